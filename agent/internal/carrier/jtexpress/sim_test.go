package jtexpress_test

import (
	"net/http/httptest"
	"testing"

	"miandan/agent/internal/carrier/jtexpress"
	"miandan/agent/internal/carrier/jtexpress/jtsim"
	"miandan/agent/internal/secret"
	"miandan/templates"
	"miandan/templates/pdfin"
	"miandan/templates/pdfin/pdfintest"
	"miandan/templates/raster"
	"miandan/templates/scene"
	"miandan/templates/scene/scenetest"
	"miandan/templates/waybill"
)

func TestMain(m *testing.M) { pdfintest.Main(m) }

// practice is an account with the simulator.
func practice(t testing.TB, base, prefix string) *jtexpress.Issuer {
	a := account(t)
	a.Gateway, a.Prefix, a.Secrets = base, prefix, map[string]secret.Token{}
	settings, secrets := jtsim.Settings()
	a.Values = settings
	for name, s := range secrets {
		a.Secrets[name] = secret.New(s)
	}
	return open(t, a)
}

// A label of our own has everything that J&T tells, and its bars say the number.
func TestLabel(t *testing.T) {
	server := httptest.NewServer(jtsim.New(jtsim.Config{}))
	defer server.Close()
	w, err := practice(t, server.URL, "").Issue(t.Context(), demo())
	if err != nil {
		t.Fatal(err)
	}
	library, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []string{"76x130", "100x150", "100x180"} {
		layout, err := library.Get("jt-" + size)
		if err != nil {
			t.Fatal(err)
		}
		page, err := layout.Compose(waybill.Label{Waybill: w, PrintedAt: now}, scene.DPI203)
		if err != nil {
			t.Fatal(err)
		}
		dots, err := raster.Render(page)
		if err != nil {
			t.Fatal(err)
		}
		if codes := pdfin.FindCodes(dots, scene.DPI203, string(w.Number)); len(codes) == 0 {
			t.Errorf("%s: the bars do not say %s", size, w.Number)
		}
		label := scenetest.Read(t, page)
		for _, said := range []string{w.Routing.Code, w.Routing.Hub, "极兔速递"} {
			if !label.Says(said) {
				t.Errorf("%s: %q is not on the label: %s", size, said, label.Text)
			}
		}
	}
}

// The label that J&T draws can be read back too.
func TestDrawnLabel(t *testing.T) {
	server := httptest.NewServer(jtsim.New(jtsim.Config{}))
	defer server.Close()
	i := practice(t, server.URL, "")
	w, err := i.Issue(t.Context(), demo())
	if err != nil {
		t.Fatal(err)
	}
	d, err := i.Document(t.Context(), w, 0)
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
	if err := pdfin.Check(dots, scene.DPI203, pdfin.Expected{Symbology: scene.Code128, Texts: []string{string(w.Number)}}); err != nil {
		t.Error(err)
	}
}
