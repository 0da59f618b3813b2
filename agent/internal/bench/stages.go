package bench

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"miandan/printer"
	"miandan/printer/bitmap"
	"miandan/printer/cpcl"
	"miandan/printer/escpos"
	"miandan/printer/tspl"
	"miandan/printer/zpl"
	"miandan/templates"
	"miandan/templates/pdf"
	"miandan/templates/raster"
	"miandan/templates/scene"
	"miandan/templates/waybill"
)

// layout is what is measured: 100×150 mm in two parts, with a Code 128 on each and
// a QR code.
const layout = "wujie-100x150"

// subject is the label that is measured. Each has a number of its own, so that no
// code is the last one's.
type subject struct {
	template *templates.Template
	sample   waybill.Label
}

func open() (*subject, error) {
	library, err := templates.Builtin()
	if err != nil {
		return nil, err
	}
	t, err := library.Get(layout)
	if err != nil {
		return nil, err
	}
	sample, _, err := templates.Sample(layout)
	return &subject{t, sample}, err
}

func (s *subject) compose(i int, g scene.Grid) (*scene.Page, error) {
	l := s.sample
	l.Number = waybill.Number(fmt.Sprintf("YT%013d", i))
	l.Routing.QR = "https://example.com/w/" + string(l.Number)
	l.Parcels = slices.Clone(l.Parcels)
	l.Parcels[0].Barcode = string(l.Number)
	return s.template.Compose(l, g)
}

// languages are the drivers, as they are set for a printer that nothing is known
// of.
func languages() []struct {
	name   string
	driver printer.Driver
} {
	return []struct {
		name   string
		driver printer.Driver
	}{
		{"tspl", tspl.Driver{}},
		{"zpl", zpl.Driver{}},
		{"escpos", escpos.Driver{}},
		{"cpcl", cpcl.Driver{}},
	}
}

// work says how far a label is taken.
type work struct {
	grid   scene.Grid
	check  bool
	driver printer.Driver // nil for none
}

// label takes the i-th label from its data to its bytes.
func (s *subject) label(i int, w work, out *bytes.Buffer) (int, error) {
	page, err := s.compose(i, w.grid)
	if err != nil {
		return 0, err
	}
	image, err := raster.Render(page)
	if err != nil {
		return 0, err
	}
	if w.check {
		if err := raster.Check(page, image); err != nil {
			return 0, err
		}
	}
	return encode(w.driver, image, out)
}

func encode(d printer.Driver, m *bitmap.Image, out *bytes.Buffer) (int, error) {
	out.Reset()
	err := d.Encode(out, printer.Job{Name: "bench", Mark: printer.MarkAt(1), Image: m})
	return out.Len(), err
}

// stages measures the steps of a label, one by one and together, on one core.
func (b *bench) stages(ctx context.Context) error {
	defer oneCore()()
	s, err := open()
	if err != nil {
		return err
	}
	page, err := s.compose(0, scene.DPI203)
	if err != nil {
		return err
	}
	fine, err := s.compose(0, scene.DPI300)
	if err != nil {
		return err
	}
	image, err := raster.Render(page)
	if err != nil {
		return err
	}
	fineImage, err := raster.Render(fine)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	type item struct {
		line    Line
		f       func(i int) (int, error)
		reaches []Reach
	}
	rate := func(want float64) []Reach { return []Reach{{Figure: "per_core_second", Want: want}} }
	items := []item{
		{Line{Name: "compose", Part: Stages, What: "compose, 203 dpi, codes drawn fresh"}, func(i int) (int, error) {
			_, err := s.compose(i, scene.DPI203)
			return 0, err
		}, nil},
		{Line{Name: "raster-203", Part: Stages, What: "raster, 203 dpi"}, func(int) (int, error) {
			m, err := raster.Render(page)
			return sized(m), err
		}, nil},
		{Line{Name: "raster-300", Part: Stages, What: "raster, 300 dpi"}, func(int) (int, error) {
			m, err := raster.Render(fine)
			return sized(m), err
		}, nil},
		{Line{Name: "check-203", Part: Stages, What: "check: decode and grade every code, 203 dpi"}, func(int) (int, error) { return 0, raster.Check(page, image) }, nil},
		{Line{Name: "check-300", Part: Stages, What: "check: decode and grade every code, 300 dpi"}, func(int) (int, error) { return 0, raster.Check(fine, fineImage) }, nil},
	}
	for _, l := range languages() {
		items = append(items, item{Line{Name: l.name, Part: Stages, What: "bytes, " + l.name}, func(int) (int, error) { return encode(l.driver, image, &out) }, nil})
	}
	items = append(items,
		item{Line{Name: "pdf", Part: Stages, What: "PDF by gofpdf, one document a label"}, func(int) (int, error) {
			out.Reset()
			err := pdf.Write(&out, page)
			return out.Len(), err
		}, rate(180)},
		item{Line{Name: "label-203", Part: Labels, What: "compose + raster + TSPL, 203 dpi"}, func(i int) (int, error) {
			return s.label(i, work{scene.DPI203, false, tspl.Driver{}}, &out)
		}, rate(1000)},
		item{Line{Name: "checked-203", Part: Labels, What: "compose + raster + check + TSPL, 203 dpi"}, func(i int) (int, error) {
			return s.label(i, work{scene.DPI203, true, tspl.Driver{}}, &out)
		}, rate(400)},
		item{Line{Name: "checked-300", Part: Labels, What: "compose + raster + check + TSPL, 300 dpi"}, func(i int) (int, error) {
			return s.label(i, work{scene.DPI300, true, tspl.Driver{}}, &out)
		}, rate(200)},
		item{Line{Name: "zpl-203", Part: Labels, What: "compose + raster + ZPL, 203 dpi"}, func(i int) (int, error) {
			return s.label(i, work{scene.DPI203, false, zpl.Driver{}}, &out)
		}, nil},
		item{Line{Name: "pdf-label", Part: Labels, What: "compose + PDF"}, func(i int) (int, error) {
			p, err := s.compose(i, scene.DPI203)
			if err != nil {
				return 0, err
			}
			out.Reset()
			err = pdf.Write(&out, p)
			return out.Len(), err
		}, nil},
	)
	for _, it := range items {
		l, err := b.measure(ctx, it.line, it.f)
		if err != nil {
			return fmt.Errorf("%s: %w", it.line.Name, err)
		}
		b.add(l, it.reaches...)
	}
	return nil
}

func sized(m *bitmap.Image) int {
	if m == nil {
		return 0
	}
	return len(m.Bits)
}
