package templates_test

import (
	"slices"
	"strings"
	"testing"

	"miandan/printer/bitmap"
	"miandan/templates"
	"miandan/templates/raster"
	"miandan/templates/scene"
)

// TestTraceIsThePage holds what the elements drew, laid over one another,
// against the page that is printed.
func TestTraceIsThePage(t *testing.T) {
	for name, l := range map[string]string{"jd-express-100x180": "jd-express", "packing-slip-76x130": "packing-slip"} {
		tpl := layout(t, name)
		label := sample(t, l)
		for len(label.Items) < 40 {
			label.Items = append(label.Items, label.Items...)
		}
		want, err := tpl.Pages(label, scene.DPI203)
		if err != nil {
			t.Fatal(err)
		}
		elements := tpl.Elements()
		pages, drawn, err := tpl.Trace(label, scene.DPI203, elements)
		if err != nil || len(pages) != len(want) {
			t.Fatalf("%s: %d pages, want %d: %v", name, len(pages), len(want), err)
		}
		for i := range want {
			sum := scene.NewPage(scene.DPI203, scene.MM(1), scene.MM(1))
			sum.Width, sum.Height = want[i].Width, want[i].Height
			for _, d := range drawn {
				if d.Page == i {
					if err := d.Marks.Draw(sum); err != nil {
						t.Fatal(err)
					}
				}
			}
			for title, p := range map[string]*scene.Page{"the traced page": pages[i], "the sum of the elements": sum} {
				if n := differ(t, want[i], p); n != 0 {
					t.Errorf("%s, page %d: %s differs by %d dots", name, i+1, title, n)
				}
			}
		}
	}
}

func differ(t *testing.T, a, b *scene.Page) int {
	t.Helper()
	x, err := raster.Render(a)
	if err != nil {
		t.Fatal(err)
	}
	y, err := raster.Render(b)
	if err != nil {
		t.Fatal(err)
	}
	_, n := bitmap.Diff(x, y)
	return n
}

func TestElementsSayWhereTheyStand(t *testing.T) {
	for _, e := range layout(t, "zto-76x130").Elements() {
		if e.Shows("receiver.address") {
			if !strings.HasSuffix(e.Place.File, "receiver.yaml") && !strings.HasSuffix(e.Place.File, "receiver-qr.yaml") {
				t.Errorf("the address stands in %s", e.Place.File)
			}
			if len(e.Place.Includes) != 2 || !strings.Contains(e.Place.Includes[1], "zto-76x130.yaml:") || !strings.Contains(e.Place.Excerpt, "{receiver.address}") {
				t.Errorf("the address stands at %+v", e.Place)
			}
		}
	}
	slip := layout(t, "packing-slip-76x130").Elements()
	if !slices.ContainsFunc(slip, func(e *templates.Element) bool {
		return slices.Contains(e.Masked, "receiver.phone") && !e.Shows("receiver.phone")
	}) {
		t.Error("no element of the slip masks the phone")
	}
}

func TestSamples(t *testing.T) {
	for layout, want := range map[string]string{"jd-express-76x130": "jd-express", "jt": "jt", "wave-separator-76x130": "wave", "small": "wujie"} {
		if _, name, err := templates.Sample(layout); err != nil || name != want {
			t.Errorf("%s is shown with %s, want %s: %v", layout, name, want, err)
		}
	}
	for _, name := range templates.SampleNames() {
		if l, _, err := templates.Sample(name); err != nil || len(l.Parcels) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
