package sto_test

import (
	"testing"

	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/sto/stosim"
	"miandan/templates"
	"miandan/templates/barcode"
	"miandan/templates/raster"
	"miandan/templates/scene"
	"miandan/templates/scene/scenetest"
	"miandan/templates/waybill"
)

// A number of the simulator's, on all three papers: its barcode is read back
// from the dots, and all that the sorters need stands on the page.
func TestLabel(t *testing.T) {
	library, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []string{"76x130", "100x150", "100x180"} {
		t.Run(size, func(t *testing.T) {
			i, _ := open(t, stosim.Config{Safe: true}, nil)
			w, err := i.Issue(t.Context(), carriertest.Order("249786309732"))
			if err != nil {
				t.Fatal(err)
			}
			layout, err := library.Get("sto-" + size)
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
			if got, err := barcode.ReadDots(dots, label.Main()); err != nil || got != string(w.Number) {
				t.Errorf("the main barcode says %q, %v; want %s", got, err, w.Number)
			}
			for _, want := range []string{w.Routing.Code, w.Routing.Hub, w.Routing.Mark, w.Receiver.Phone.Reveal()} {
				if !label.Says(want) {
					t.Errorf("%q is not on the label", want)
				}
			}
		})
	}
}
