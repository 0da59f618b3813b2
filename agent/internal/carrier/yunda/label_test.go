package yunda_test

import (
	"slices"
	"testing"

	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/yunda/yundasim"
	"miandan/templates"
	"miandan/templates/barcode"
	"miandan/templates/raster"
	"miandan/templates/scene"
	"miandan/templates/scene/scenetest"
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
			label := scenetest.Read(t, page)
			if got, err := barcode.ReadDots(dots, label.Main()); err != nil || got != w.Parcels[0].Barcode || got == string(w.Number) {
				t.Errorf("the main barcode says %q, %v; want %s", got, err, w.Parcels[0].Barcode)
			}
			for _, want := range []string{
				w.Routing.Code, w.Routing.Name, w.Routing.Inbound, w.Routing.Road, w.Routing.Hub, w.Routing.HubCode, w.Routing.Mark, w.Routing.Site,
				w.Routing.OriginBranch, w.Receiver.Phone.Reveal(),
			} {
				if !label.Says(want) {
					t.Errorf("%q is not on the label", want)
				}
			}
			if !slices.ContainsFunc(label.Codes, func(c scene.Modules) bool { return c.Text == w.Routing.QR }) {
				t.Errorf("no code says %q", w.Routing.QR)
			}
		})
	}
}
