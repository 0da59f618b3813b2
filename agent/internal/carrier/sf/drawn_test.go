package sf_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/sf"
	"miandan/agent/internal/carrier/sf/sfsim"
	"miandan/agent/internal/order"
	"miandan/templates"
	"miandan/templates/raster"
	"miandan/templates/scene"
	"miandan/templates/scene/scenetest"
	"miandan/templates/waybill"
)

// A number of SF's, its label drawn at 203 dpi on each size: the finished dots
// give every code back, and what SF has printed is on it.
func TestDrawn(t *testing.T) {
	library, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	i, sim := station(t, sfsim.Config{}, nil)
	for n, id := range []string{"249786309732", "249786309733", "249786309734", "249786309735"} {
		o := carriertest.Order(id)
		o.Parcels, o.Collect, o.Insured, o.SignReturn = n+1, 5990, 100000, order.PaperReturn
		w, err := i.Issue(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []string{"76x130", "100x150", "100x180"} {
			t.Run(fmt.Sprint(size, " ", n+1), func(t *testing.T) {
				layout, err := library.Get(sf.Kind().Layout(carrier.Account{}) + "-" + size)
				if err != nil {
					t.Fatal(err)
				}
				l := waybill.Label{Waybill: w, Parcel: n, PrintedAt: now}
				page, err := layout.Compose(l, scene.DPI203)
				if err != nil {
					t.Fatal(err)
				}
				dots, err := raster.Render(page)
				if err != nil {
					t.Fatal(err)
				}
				if dir := os.Getenv("MIANDAN_DRAWN"); dir != "" {
					f, err := os.Create(filepath.Join(dir, fmt.Sprintf("sf-%s-%d.png", size, n+1)))
					if err == nil {
						err = dots.EncodePNG(f)
						f.Close()
					}
					if err != nil {
						t.Fatal(err)
					}
				}
				codes, err := raster.Grades(page, dots) // reads every code off the dots
				if err != nil {
					t.Fatal(err)
				}
				var said []string
				for _, c := range codes {
					said = append(said, c.Code.Text)
				}
				given := sim.Given()[strings.Replace(reference, "249786309732", id, 1)]
				printed := sim.Label("M1" + id)
				if len(given) != n+1 || !slices.Contains(said, given[n]) || !slices.Contains(said, printed["twoDimensionCode"]) {
					t.Errorf("the codes say %q, SF gave %v", said, given)
				}
				text := scenetest.Read(t, page).Text
				for _, name := range []string{"destRouteLabel", "codingMapping", "codingMappingOut", "abFlag", "proCode", "proName", "sourceDeptCode"} {
					if v := printed[name]; v == "" || !strings.Contains(text, v) {
						t.Errorf("%s %q is not on the label", name, v)
					}
				}
				want := []string{"回单" + sim.Receipts()["M1"+id], "签单返还", "59.90", "1000.00"}
				for _, h := range w.Handling {
					want = append(want, strings.ReplaceAll(h.String(), " ", ""))
				}
				for _, v := range want {
					if !strings.Contains(text, v) {
						t.Errorf("%q is not on the label", v)
					}
				}
				phone := "13800001234"
				if hides := printed["printFlag"] == "000000000"; hides == strings.Contains(text, phone) || hides != w.HidePhone {
					t.Errorf("printFlag is %s, the label hides %t", printed["printFlag"], w.HidePhone)
				}
			})
		}
	}
}
