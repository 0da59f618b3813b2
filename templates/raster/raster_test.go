package raster

import (
	"errors"
	"testing"

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

func BenchmarkRender(b *testing.B) {
	p := page(b)
	for b.Loop() {
		if _, err := Render(p); err != nil {
			b.Fatal(err)
		}
	}
}
