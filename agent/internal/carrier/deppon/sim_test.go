package deppon_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"miandan/agent/internal/carrier/deppon/depponsim"
	"miandan/templates"
	"miandan/templates/pdfin"
	"miandan/templates/pdfin/pdfintest"
	"miandan/templates/raster"
	"miandan/templates/scene"
	"miandan/templates/scene/scenetest"
	"miandan/templates/waybill"
)

func TestMain(m *testing.M) { pdfintest.Main(m) }

func serve(t *testing.T, sim http.Handler) string {
	t.Helper()
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	return server.URL
}

// A label of our own has everything that Deppon tells, and the bars of each
// parcel say its number.
func TestLabel(t *testing.T) {
	o := demo()
	o.Parcels = 2
	w, err := practice(t, serve(t, depponsim.New(depponsim.Config{Several: true})), "", "several", "true").Issue(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	library, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []string{"76x130", "100x150", "100x180"} {
		for parcel := range w.Parcels {
			layout, err := library.Get("deppon-" + size)
			if err != nil {
				t.Fatal(err)
			}
			page, err := layout.Compose(waybill.Label{Waybill: w, Parcel: parcel, PrintedAt: now}, scene.DPI203)
			if err != nil {
				t.Fatal(err)
			}
			dots, err := raster.Render(page)
			if err != nil {
				t.Fatal(err)
			}
			number := string(w.Parcels[parcel].Number)
			if codes := pdfin.FindCodes(dots, scene.DPI203, number); len(codes) == 0 {
				t.Errorf("%s: the bars do not say %s", size, number)
			}
			label := scenetest.Read(t, page)
			for _, said := range []string{w.Routing.Code, w.Routing.Target, w.Routing.Site, fmt.Sprintf("%d/2", parcel+1), "德邦快递", "标准快递"} {
				if !label.Says(said) {
					t.Errorf("%s: %q is not on the label: %s", size, said, label.Text)
				}
			}
		}
	}
}

// The label that Deppon draws is one parcel's and can be read back.
func TestDrawnLabel(t *testing.T) {
	o := demo()
	o.Parcels = 2
	i := practice(t, serve(t, depponsim.New(depponsim.Config{Several: true})), "", "several", "true")
	w, err := i.Issue(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	d, err := i.Document(t.Context(), w, 1)
	if err != nil {
		t.Fatal(err)
	}
	file, err := (&pdfin.Reader{Cache: pdfintest.Cache()}).Open(t.Context(), d.PDF)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	dots, err := file.Dots(t.Context(), 0, pdfin.Frame{Grid: scene.DPI203, Width: scene.MM(76), Height: scene.MM(130)}, pdfin.How{})
	if err != nil {
		t.Fatal(err)
	}
	if err := pdfin.Check(dots, scene.DPI203, pdfin.Expected{Symbology: scene.Code128, Texts: []string{string(w.Parcels[1].Number)}}); err != nil {
		t.Error(err)
	}
}
