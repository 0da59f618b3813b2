package pdfin_test

import (
	"errors"
	"testing"

	"miandan/printer/bitmap"
	"miandan/templates/barcode"
	"miandan/templates/pdfin"
	"miandan/templates/scene"
)

// TestCheck looks for a code among frames, text and other codes.
func TestCheck(t *testing.T) {
	g := scene.DPI203
	page := scene.NewPage(g, scene.MM(100), scene.MM(60))
	m := bitmap.New(page.Width, page.Height)
	put := func(text string, x, y, w, h float64) {
		symbol, err := barcode.Code128(text)
		if err != nil {
			t.Fatal(err)
		}
		box := scene.Rect{X: g.Dots(scene.MM(x)), Y: g.Dots(scene.MM(y)), W: g.Dots(scene.MM(w)), H: g.Dots(scene.MM(h))}
		modules, err := symbol.Fit(barcode.Place{Box: box}, g)
		if err != nil {
			t.Fatal(err)
		}
		modules.Bars(func(r scene.Rect) { m.FillRect(r.X, r.Y, r.W, r.H, true) })
	}
	put("ORDER-1", 4, 4, 44, 10)
	put("7300000000001", 50, 4, 46, 10)
	put("SHORT", 4, 40, 60, 5) // low bars under a row of squares
	m.FillRect(0, 0, m.Width, 3, true)
	m.FillRect(0, 0, 3, m.Height, true)
	m.FillRect(m.Width-3, 0, 3, m.Height, true)
	for x := 20; x < m.Width-20; x += 9 {
		m.FillRect(x, 200, 5, 24, true)
	}
	for _, text := range []string{"ORDER-1", "7300000000001", "SHORT"} {
		if err := pdfin.Check(m, g, expect(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := pdfin.Check(m, g, expect("7300000000002")); !errors.Is(err, pdfin.NoCode) {
		t.Errorf("a code that is not there: %v", err)
	}
}

func BenchmarkCheck(b *testing.B) {
	m := bitmap.New(608, 1040)
	for b.Loop() {
		if pdfin.Check(m, scene.DPI203, expect("x")) == nil {
			b.Fatal("found")
		}
	}
}

func expect(texts ...string) pdfin.Expected {
	return pdfin.Expected{Symbology: scene.Code128, Texts: texts}
}

// TestEveryCode looks for a bar code and a QR code, each of which must be there.
func TestEveryCode(t *testing.T) {
	g := scene.DPI203
	m := bitmap.New(800, 800)
	line, err := barcode.Code128("DPK360000000001")
	if err != nil {
		t.Fatal(err)
	}
	square, err := barcode.QR("https://example.test/演示", barcode.M)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		symbol barcode.Symbol
		box    scene.Rect
	}{{line, scene.Rect{X: 40, Y: 40, W: 700, H: 100}}, {square, scene.Rect{X: 300, Y: 300, W: 300, H: 300}}} {
		modules, err := c.symbol.Fit(barcode.Place{Box: c.box}, g)
		if err != nil {
			t.Fatal(err)
		}
		modules.Bars(func(r scene.Rect) { m.FillRect(r.X, r.Y, r.W, r.H, true) })
	}
	qr := func(text string) pdfin.Expected { return pdfin.Expected{Symbology: scene.QR, Texts: []string{text}} }
	if err := pdfin.Check(m, g, expect("other", "DPK360000000001"), qr("https://example.test/演示")); err != nil {
		t.Error(err)
	}
	for name, e := range map[string]pdfin.Expected{"another line": expect("DPK360000000002"), "another square": qr("https://example.test/")} {
		if err := pdfin.Check(m, g, qr("https://example.test/演示"), e); !errors.Is(err, pdfin.NoCode) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
