package dispatch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/platform"
	"miandan/printer"
	"miandan/printer/bitmap"
	"miandan/templates"
	"miandan/templates/pdf"
	"miandan/templates/raster"
	"miandan/templates/scene"
)

// SizeOf names the paper that a template needs, as printers name theirs.
func SizeOf(t *templates.Template) string {
	w, h := t.Size()
	return fmt.Sprintf("%gx%g", w.MM(), h.MM())
}

// errGone reports a label whose order was cancelled or changed while it was
// claimed.
var errGone = errors.New("the order was cancelled or changed")

// fresh reads the order again if the platform's last word on it is old. A
// label whose order cannot be read waits: a cancelled order on paper is a
// parcel on its way.
func (s *Station) fresh(ctx context.Context, label ledger.Label) error {
	// Less than nothing is the age of what was read before the clock was set back.
	if age := s.Clock().Sub(label.ReadAt); s.Rules.Fresh <= 0 || age >= 0 && age <= s.Rules.Fresh {
		return nil
	}
	source, ok := s.Sources[label.Order.Source]
	if !ok {
		return nil
	}
	o, err := source.Order(ctx, label.Order.ID)
	if errors.Is(err, platform.ErrNoOrder) {
		return nil // the platform forgets orders; that cancels nothing
	}
	if err != nil {
		return err
	}
	verdict, err := s.Ledger.Accept(ctx, o, s.plan(o))
	if err != nil {
		return err
	}
	switch {
	case verdict == ledger.Withdrawn || verdict == ledger.Overtaken:
		return errGone
	case o.State == order.Paused:
		return notice.New("order-paused", nil, o.ID)
	}
	return nil
}

// drawn is a label as one printer will print it.
type drawn struct {
	page   *scene.Page
	image  *bitmap.Image
	pdf    []byte
	timing ledger.Timing
}

func (d drawn) job(a ledger.Attempt) printer.Job {
	size := func(dots int) int { return int(float64(dots) * 1000 / float64(d.page.Grid)) }
	return printer.Job{Name: a.Document, Mark: a.Mark, Image: d.image, PDF: d.pdf, Width: size(d.page.Width), Height: size(d.page.Height)}
}

// draw composes the label on the printer's own grid, renders it and reads
// every barcode of the finished dots back.
func (s *Station) draw(label ledger.Label, p *Printer) (drawn, error) {
	t, err := s.Templates.Get(label.Template)
	if err != nil {
		return drawn{}, err
	}
	var d drawn
	began := time.Now()
	if d.page, err = t.Compose(label.Label, p.Grid); err != nil {
		return drawn{}, err
	}
	d.timing.Compose = time.Since(began)
	began = time.Now()
	if d.image, err = raster.Render(d.page); err != nil {
		return drawn{}, err
	}
	if err := raster.Check(d.page, d.image); err != nil {
		return drawn{}, err
	}
	if p.PDF {
		var b bytes.Buffer
		if err := pdf.Write(&b, d.page); err != nil {
			return drawn{}, err
		}
		d.pdf = b.Bytes()
	}
	d.timing.Render = time.Since(began)
	return d, s.Ledger.Rendered(context.Background(), label.ID)
}

// Picture draws a label again, as its printer printed or would print it, and
// writes its PDF too. Nothing goes to paper.
func (s *Station) Picture(ctx context.Context, id int64, g scene.Grid) (*bitmap.Image, []byte, error) {
	label, err := s.Ledger.Label(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	t, err := s.Templates.Get(label.Template)
	if err != nil {
		return nil, nil, err
	}
	page, err := t.Compose(label.Label, g)
	if err != nil {
		return nil, nil, err
	}
	image, err := raster.Render(page)
	if err != nil {
		return nil, nil, err
	}
	var b bytes.Buffer
	if err := pdf.Write(&b, page); err != nil {
		return nil, nil, err
	}
	return image, b.Bytes(), nil
}
