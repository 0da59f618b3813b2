package raster

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"miandan/printer/bitmap"
	"miandan/templates/barcode"
	"miandan/templates/scene"
	"miandan/templates/typeset"
)

func page(t testing.TB) *scene.Page {
	t.Helper()
	p := scene.NewPage(scene.DPI203, scene.MM(76), scene.MM(60))
	s, err := barcode.Code128("YT0000000000001")
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.Fit(barcode.Place{Box: scene.Rect{X: 40, Y: 40, W: 528, H: 96}}, p.Grid)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Modules(m); err != nil {
		t.Fatal(err)
	}
	for i, text := range []string{"李䶮 13800000003", "广东省广州市海珠区演示路1号", "𠮷祥如意 300-B12-005"} {
		runs, err := typeset.Set(typeset.Block{Text: text, Size: scene.MM(4), Bold: i == 0}, scene.Rect{X: 40, Y: 160 + 60*i, W: 528, H: 50}, p.Grid)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range runs {
			if err := p.Glyphs(r); err != nil {
				t.Fatal(err)
			}
		}
	}
	return p
}

func TestRender(t *testing.T) {
	p := page(t)
	m, err := Render(p)
	if err != nil {
		t.Fatal(err)
	}
	if m.Width != 608 || m.Height != 480 || m.PerMetre != 8000 {
		t.Errorf("picture of %d×%d dots, %d a metre", m.Width, m.Height, m.PerMetre)
	}
	again, err := Render(p)
	if err != nil || !again.Equal(m) {
		t.Errorf("the same page gives other dots: %v", err)
	}
	if err := Check(p, m); err != nil {
		t.Errorf("Check: %v", err)
	}
}

func TestInkStaysInItsZone(t *testing.T) {
	p := page(t)
	m, err := Render(p)
	if err != nil {
		t.Fatal(err)
	}
	for y := 150; y < m.Height; y++ {
		for x := range m.Width {
			in := false
			for i := range 3 {
				in = in || x >= 40 && x < 568 && y >= 160+60*i && y < 210+60*i
			}
			if m.Black(x, y) && !in {
				t.Fatalf("ink at %d,%d, outside every box", x, y)
			}
		}
	}
}

func TestCheckSeesASpoiltCode(t *testing.T) {
	p := page(t)
	for name, c := range map[string]struct {
		spoil func(set func(x, y, w, h int, black bool))
		want  Problem
	}{
		"a line through the quiet zone": {func(set func(x, y, w, h int, black bool)) { set(60, 40, 2, 96, true) }, Crowded},
		"half of it white":              {func(set func(x, y, w, h int, black bool)) { set(200, 40, 100, 96, false) }, Unreadable},
		"the lower half white":          {func(set func(x, y, w, h int, black bool)) { set(40, 90, 528, 46, false) }, Poor},
	} {
		m, err := Render(p)
		if err != nil {
			t.Fatal(err)
		}
		c.spoil(m.FillRect)
		var code *CodeError
		if err := Check(p, m); !errors.As(err, &code) || code.Problem != c.want {
			t.Errorf("%s: Check = %v, want %v", name, err, c.want)
		}
	}
}

func TestGrades(t *testing.T) {
	p, all := codes(t)
	m, err := Render(p)
	if err != nil {
		t.Fatal(err)
	}
	graded, err := Grades(p, m)
	if err != nil || len(graded) != len(all) {
		t.Fatalf("Grades = %d codes, %v", len(graded), err)
	}
	for i, g := range graded {
		if g.Code.Text != all[i].Text || g.Grade.Letter() != "A" {
			t.Errorf("%v is of grade %v", g.Code.Symbology, g.Grade)
		}
	}
	// A grade that Check refuses is told.
	code := all[1]
	m.FillRect(code.X, code.Y, code.W/2, code.H, false)
	graded, err = Grades(p, m)
	if err != nil || len(graded) != len(all) || graded[1].Grade > 3 {
		t.Errorf("with half a code white Grades = %v, %v", graded, err)
	}
	var poor *CodeError
	if err := Check(p, m); !errors.As(err, &poor) || poor.Problem != Poor || poor.Report.Grade > 3 || poor.At != code.Rect {
		t.Errorf("with half a code white Check = %v", err)
	} else if want := "the Code 128 at 20,84 is spoilt: it is of grade C (2.0), and below B some scanners will not read it"; err.Error() != want {
		t.Errorf("the error says %q, want %q", err, want)
	}
}

func BenchmarkRender(b *testing.B) {
	p := page(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Render(p); err != nil {
			b.Fatal(err)
		}
	}
}

// codes is a page with a QR code and a Code 128 that stands.
func codes(t *testing.T) (*scene.Page, []scene.Modules) {
	t.Helper()
	p := scene.NewPage(scene.DPI203, scene.MM(60), scene.MM(60))
	qr, err := barcode.QR("订单 312045870013", barcode.M)
	if err != nil {
		t.Fatal(err)
	}
	linear, err := barcode.Code128("JDVA12345678901")
	if err != nil {
		t.Fatal(err)
	}
	var all []scene.Modules
	for _, c := range []struct {
		symbol barcode.Symbol
		place  barcode.Place
	}{
		{qr, barcode.Place{Box: scene.Rect{X: 200, Y: 20, W: 240, H: 240}}},
		{linear, barcode.Place{Box: scene.Rect{X: 20, Y: 20, W: 80, H: 440}, Vertical: true}},
	} {
		m, err := c.symbol.Fit(c.place, p.Grid)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Modules(m); err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
	}
	return p, all
}

func TestCheckReadsBothKindsAndTurnedOnes(t *testing.T) {
	p, all := codes(t)
	m, err := Render(p)
	if err != nil {
		t.Fatal(err)
	}
	if err := Check(p, m); err != nil {
		t.Errorf("Check = %v", err)
	}
	other := *p
	other.Width--
	if err := Check(&other, m); err == nil {
		t.Error("Check took a picture of another size")
	}
	for _, code := range all {
		one := scene.NewPage(scene.DPI203, scene.MM(60), scene.MM(60))
		code.Text += "x"
		if err := one.Modules(code); err != nil {
			t.Fatal(err)
		}
		var spoilt *CodeError
		if err := Check(one, m); !errors.As(err, &spoilt) || spoilt.Problem != Misread || spoilt.Symbology != code.Symbology {
			t.Errorf("%v with another text: Check = %v", code.Symbology, err)
		} else if strings.Contains(err.Error(), "JDVA") || strings.Contains(err.Error(), "订单") {
			t.Errorf("the error tells what the code says: %v", err)
		}
	}
}

func TestCheckWantsAQuietZoneOnThePage(t *testing.T) {
	_, all := codes(t)
	qr := all[0]
	p := scene.NewPage(scene.DPI203, scene.MM(60), scene.MM(60))
	qr.X = qr.Quiet - 1
	if err := p.Modules(qr); err != nil {
		t.Fatal(err)
	}
	m, err := Render(p)
	if err != nil {
		t.Fatal(err)
	}
	var spoilt *CodeError
	if err := Check(p, m); !errors.As(err, &spoilt) || spoilt.Problem != Crowded {
		t.Errorf("Check = %v, want a crowded code", err)
	}
}

// runs counts the black runs of a column.
func runs(m *bitmap.Image, x int) (n int) {
	for y := range m.Height {
		if m.Black(x, y) && !m.Black(x, y-1) {
			n++
		}
	}
	return n
}

// 𠮷 has four horizontal strokes, and HanaMinB draws them 20 units thin: by
// itself it would lose strokes at nearly every size below 50 dots.
func TestRareStrokesDoNotVanish(t *testing.T) {
	for size := 16.0; size < 100; size += 0.5 {
		p := &scene.Page{Grid: scene.DPI203, Width: 120, Height: 120}
		x := 10
		if err := p.Glyphs(scene.Glyphs{Face: scene.Rare, Size: size, Run: []scene.Glyph{{Rune: '𠮷', X: x, Y: 100}}, Zone: p.Bounds()}); err != nil {
			t.Fatal(err)
		}
		m, err := Render(p)
		if err != nil {
			t.Fatal(err)
		}
		if n := runs(m, x+int(0.37*size)); n != 4 {
			t.Errorf("at %.1f dots an em, %d strokes instead of 4", size, n)
		}
	}
}

func TestInk(t *testing.T) {
	text := func(ink scene.Ink, x int) scene.Glyphs {
		return scene.Glyphs{Face: scene.Bold, Size: 40, Ink: ink, Run: []scene.Glyph{{Rune: '收', X: x, Y: 40}}, Zone: scene.Rect{W: 48, H: 48}}
	}
	draw := func(marks ...func(*scene.Page) error) *bitmap.Image {
		t.Helper()
		p := &scene.Page{Grid: scene.DPI203, Width: 48, Height: 48}
		for _, m := range marks {
			if err := m(p); err != nil {
				t.Fatal(err)
			}
		}
		m, err := Render(p)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	box := func(p *scene.Page) error { return p.Fill(scene.Fill{Rect: p.Bounds()}) }
	glyphs := func(g scene.Glyphs) func(*scene.Page) error {
		return func(p *scene.Page) error { return p.Glyphs(g) }
	}
	// The second place hangs over the left edge, where dots go one by one.
	for _, x := range []int{5, -7} {
		black, white := draw(glyphs(text(scene.Black, x))), draw(box, glyphs(text(scene.White, x)))
		n := 0
		for y := range 48 {
			for x := range 48 {
				if black.Black(x, y) == white.Black(x, y) {
					t.Fatalf("at %d,%d white on black is not black on white", x, y)
				}
				if black.Black(x, y) {
					n++
				}
			}
		}
		if n < 300 {
			t.Errorf("only %d black dots", n)
		}
	}
}

func TestRenderAtOnce(t *testing.T) {
	p := page(t)
	want, err := Render(p)
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			own := scene.NewPage(scene.DPI203, scene.MM(76), scene.MM(60))
			marks, err := typeset.Set(typeset.Block{Text: "李䶮𠮷", Size: scene.MM(3 + float64(i)/7)}, own.Bounds(), own.Grid)
			if err != nil {
				t.Error(err)
				return
			}
			for _, m := range marks {
				if err := own.Glyphs(m); err != nil {
					t.Error(err)
				}
			}
			if _, err := Render(own); err != nil {
				t.Error(err)
			}
			if got, err := Render(p); err != nil || !got.Equal(want) {
				t.Errorf("another picture, or %v", err)
			}
		})
	}
	wait.Wait()
}

func TestGlyphThatIsNotThere(t *testing.T) {
	p := &scene.Page{Grid: scene.DPI203, Width: 48, Height: 48}
	if err := p.Glyphs(scene.Glyphs{Face: scene.Bold, Size: 40, Run: []scene.Glyph{{Rune: '𠮷', Y: 40}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := Render(p); !errors.Is(err, errNoGlyph) || strings.ContainsRune(err.Error(), '𠮷') {
		t.Errorf("Render = %v, want %v", err, errNoGlyph)
	}
}
