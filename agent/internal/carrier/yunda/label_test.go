package yunda_test

import (
	"slices"
	"strings"
	"testing"

	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/yunda/yundasim"
	"miandan/templates"
	"miandan/templates/barcode"
	"miandan/templates/raster"
	"miandan/templates/scene"
	"miandan/templates/waybill"
)

// A number of the simulator's, on all three papers: its barcode, which is not the
// number, is read back from the dots, and all that the sorters need stands on the
// page.
func TestLabel(t *testing.T) {
	library, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []string{"76x130", "100x150", "100x180"} {
		t.Run(size, func(t *testing.T) {
			i, _ := open(t, yundasim.Config{}, nil)
			w, err := i.Issue(t.Context(), carriertest.Order("249786309732"))
			if err != nil {
				t.Fatal(err)
			}
			layout, err := library.Get("yunda-" + size)
			if err != nil {
				t.Fatal(err)
			}
			page, err := layout.Compose(waybill.Label{Waybill: w}, scene.DPI203)
			if err != nil {
				t.Fatal(err)
			}
			dots, err := raster.Render(page)
			if err != nil {
				t.Fatal(err)
			}
			var seen sight
			if err := page.Draw(&seen); err != nil {
				t.Fatal(err)
			}
			main := seen.codes[0]
			for _, c := range seen.codes {
				if c.Rect.W > main.Rect.W {
					main = c
				}
			}
			if got, err := barcode.ReadDots(dots, main); err != nil || got != w.Parcels[0].Barcode || got == string(w.Number) {
				t.Errorf("the main barcode says %q, %v; want %s", got, err, w.Parcels[0].Barcode)
			}
			for _, want := range []string{
				w.Routing.Code, w.Routing.Name, w.Routing.Inbound, w.Routing.Road, w.Routing.Hub, w.Routing.HubCode, w.Routing.Mark, w.Routing.Site,
				w.Routing.OriginBranch, w.Receiver.Phone.Reveal(),
			} {
				if want == "" || !strings.Contains(seen.text.String(), want) {
					t.Errorf("%q is not on the label", want)
				}
			}
			if !slices.ContainsFunc(seen.codes, func(c scene.Modules) bool { return c.Text == w.Routing.QR }) {
				t.Errorf("no code says %q", w.Routing.QR)
			}
		})
	}
}

// sight is a scene.Renderer that reads a page.
type sight struct {
	text  strings.Builder
	codes []scene.Modules
}

func (*sight) Fill(scene.Fill) error           { return nil }
func (*sight) Picture(scene.Picture) error     { return nil }
func (s *sight) Modules(m scene.Modules) error { s.codes = append(s.codes, m); return nil }
func (s *sight) Glyphs(g scene.Glyphs) error {
	for _, one := range g.Run {
		s.text.WriteRune(one.Rune)
	}
	return nil
}
