package barcode

import (
	"math"
	"math/rand/v2"
	"testing"

	"miandan/templates/scene"
)

// paper is dots to be spoilt.
type paper struct {
	w, h  int
	black []bool
}

func newPaper(w, h int) paper { return paper{w, h, make([]bool, w*h)} }

func (p paper) Black(x, y int) bool {
	return x >= 0 && y >= 0 && x < p.w && y < p.h && p.black[y*p.w+x]
}

func (p paper) set(x, y int, black bool) { p.black[y*p.w+x] = black }

func (p paper) fill(r scene.Rect, black bool) {
	for y := r.Y; y < r.Y+r.H; y++ {
		for x := r.X; x < r.X+r.W; x++ {
			p.set(x, y, black)
		}
	}
}

// place lays a symbol out with a module of so many dots and draws it.
func place(t testing.TB, s Symbol, module int, g scene.Grid, vertical bool) (scene.Modules, paper) {
	t.Helper()
	along := module * (s.Width() + 2*s.Quiet)
	box := scene.Rect{X: 7, Y: 5, W: along, H: along}
	if len(s.Bits) == 1 {
		box.H = g.Dots(scene.MM(10))
		if vertical {
			box.W, box.H = box.H, box.W
		}
	}
	m, err := s.Fit(Place{Box: box, Vertical: vertical}, g)
	if err != nil {
		t.Fatal(err)
	}
	if m.Module != module {
		t.Fatalf("the module is %d dots, want %d", m.Module, module)
	}
	p := newPaper(box.W+20, box.H+20)
	m.Bars(func(r scene.Rect) { p.fill(r, true) })
	return m, p
}

func linear(t testing.TB, text string) Symbol {
	t.Helper()
	s, err := Code128(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func matrix(t testing.TB, text string, level Level) Symbol {
	t.Helper()
	s, err := QR(text, level)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// On every head, upright and lying, whole modules come out whole, and what we
// draw is of the best grade.
func TestOursAreOfGradeA(t *testing.T) {
	data, err := DataMatrix("YT8800012345678")
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(3, 128))
	for _, g := range []scene.Grid{scene.DPI203, scene.DPI300, 12, 24} {
		for _, s := range []Symbol{linear(t, carrierNumber(rnd)), linear(t, "JD0012345678901-1-1-"), matrix(t, "中通快递 73123456789012", M), data} {
			for module := s.leastDots(g); module <= s.leastDots(g)+3; module++ {
				for _, vertical := range []bool{false, true} {
					m, p := place(t, s, module, g, vertical)
					r := Lay(p, m).Inspect(g)
					want := Report{Grade: A, Contrast: 1, Modulation: 1, Decodability: 1, Unused: 1, Quiet: true, Narrowest: float64(module), Widest: float64(module), Readable: scans}
					if len(s.Bits) > 1 {
						want.Readable = 1
					}
					near := func(a, b float64) bool { return math.Abs(a-b) < 1e-6 }
					if !near(float64(r.Grade), 4) || !near(r.Contrast, 1) || !near(r.Modulation, 1) || !near(r.Defects, 0) || !near(r.Decodability, 1) ||
						!r.Quiet || !near(r.Narrowest, want.Narrowest) || !near(r.Widest, want.Widest) || r.Readable != want.Readable {
						t.Errorf("%v of %d dots at %.3f dots/mm, vertical %v: %+v, want %+v", s.Symbology, module, float64(g), vertical, r, want)
					}
					if got, err := ReadDots(p, m); err != nil || got != s.Text {
						t.Errorf("%v of %d dots at %.3f dots/mm, vertical %v reads %q, %v", s.Symbology, module, float64(g), vertical, got, err)
					}
				}
			}
		}
	}
}

func TestLinearGrades(t *testing.T) {
	for _, c := range []struct {
		name   string
		module int
		spoil  func(m scene.Modules, p paper)
		want   string
	}{
		{"sound", 3, func(scene.Modules, paper) {}, "A"},
		{"bars a dot too wide, 4 dots a module", 4, grow, "B"},
		{"bars a dot too wide, 3 dots a module", 3, grow, "C"},
		{"bars a dot too wide, 2 dots a module", 2, grow, "F"},
		{"a white scratch over a tenth of the height", 3, func(m scene.Modules, p paper) {
			p.fill(scene.Rect{X: m.X, Y: m.Y + m.H/2 - m.H/20, W: m.W, H: m.H / 10}, false)
		}, "B"},
		{"over a quarter", 3, func(m scene.Modules, p paper) {
			p.fill(scene.Rect{X: m.X, Y: m.Y + m.H/3, W: m.W, H: m.H / 4}, false)
		}, "B"},
		{"over half of it", 3, func(m scene.Modules, p paper) {
			p.fill(scene.Rect{X: m.X, Y: m.Y + m.H/3, W: m.W, H: m.H / 2}, false)
		}, "C"},
		{"a dead dot of the head at a bar's edge, 2 dots a module", 2, func(m scene.Modules, p paper) {
			p.fill(scene.Rect{X: m.X, Y: m.Y, W: 1, H: m.H}, false)
		}, "F"},
		{"the same, 4 dots a module", 4, func(m scene.Modules, p paper) {
			p.fill(scene.Rect{X: m.X, Y: m.Y, W: 1, H: m.H}, false)
		}, "A"},
		{"a dead dot within a bar of two modules", 4, func(m scene.Modules, p paper) {
			p.fill(scene.Rect{X: m.X + 3, Y: m.Y, W: 1, H: m.H}, false)
		}, "F"},
		{"a spot in a space, as high as the code", 4, func(m scene.Modules, p paper) {
			p.fill(scene.Rect{X: m.X + 19, Y: m.Y, W: 1, H: m.H}, true)
		}, "F"},
		{"text in the quiet zone", 3, func(m scene.Modules, p paper) {
			p.fill(scene.Rect{X: m.X - m.Quiet + 3, Y: m.Y, W: 2, H: m.H}, true)
		}, "F"},
		{"all white", 3, func(m scene.Modules, p paper) { p.fill(m.Rect, false) }, "F"},
		{"all black", 3, func(m scene.Modules, p paper) { p.fill(m.Rect, true) }, "F"},
	} {
		s := linear(t, "SF1234567890123")
		for _, vertical := range []bool{false, true} {
			m, p := place(t, s, c.module, scene.DPI203, false)
			c.spoil(m, p)
			if vertical { // the same, stood up
				up, turned := m, newPaper(p.h, p.w)
				up.X, up.Y, up.W, up.H, up.Vertical = m.Y, m.X, m.H, m.W, true
				for x := range p.w {
					for y := range p.h {
						turned.set(y, x, p.Black(x, y))
					}
				}
				m, p = up, turned
			}
			if r := Lay(p, m).Inspect(scene.DPI203); r.Grade.Letter() != c.want {
				t.Errorf("%s, vertical %v: %v, want %s: %+v", c.name, vertical, r.Grade, c.want, r)
			}
		}
	}
}

// grow widens every bar by a dot to the right, as heat does.
func grow(m scene.Modules, p paper) {
	for y := m.Y; y < m.Y+m.H; y++ {
		for x := m.X + m.W; x >= m.X; x-- {
			p.set(x, y, p.Black(x, y) || p.Black(x-1, y))
		}
	}
}

// A code whose check symbol is wrong does not decode, however sharp it is.
func TestACheckSymbolIsChecked(t *testing.T) {
	s, other := linear(t, "SF1234567890123"), linear(t, "SF1234567890124")
	n := len(s.Bits[0])
	copy(s.Bits[0][n-24:n-13], other.Bits[0][n-24:n-13])
	m, p := place(t, s, 3, scene.DPI203, false)
	if r := Lay(p, m).Inspect(scene.DPI203); r.Readable != 0 || r.Grade != F {
		t.Errorf("a code with another's check symbol is of grade %v", r.Grade)
	}
}

func TestMatrixGrades(t *testing.T) {
	module := func(m scene.Modules, p paper, x, y int) {
		r := scene.Rect{X: m.X + x*m.Module, Y: m.Y + y*m.Module, W: m.Module, H: m.Module}
		p.fill(r, !m.Bits[y][x])
	}
	for _, c := range []struct {
		name  string
		spoil func(m scene.Modules, p paper)
		want  string
	}{
		{"sound", func(scene.Modules, paper) {}, "A"},
		{"a module of a finder", func(m scene.Modules, p paper) { module(m, p, 3, 3) }, "B"},
		{"two modules of a finder", func(m scene.Modules, p paper) { module(m, p, 3, 3); module(m, p, 4, 4) }, "C"},
		{"a module in each finder", func(m scene.Modules, p paper) {
			module(m, p, 3, 3)
			module(m, p, len(m.Bits)-4, 3)
			module(m, p, 3, len(m.Bits)-4)
		}, "B"},
		{"a module of the data", func(m scene.Modules, p paper) { module(m, p, 12, 12) }, "A"},
		{"five modules of the data", func(m scene.Modules, p paper) {
			for i := range 5 {
				module(m, p, 9+2*i, 10)
			}
		}, "B"},
		{"seven modules of the data", func(m scene.Modules, p paper) {
			for i := range 7 {
				module(m, p, 9+2*(i%5), 10+2*(i/5))
			}
		}, "C"},
		{"ten modules of the data", func(m scene.Modules, p paper) {
			for i := range 10 {
				module(m, p, 9+2*(i%5), 10+2*(i/5))
			}
		}, "F"},
		{"a spot in the quiet zone", func(m scene.Modules, p paper) { p.fill(scene.Rect{X: m.X - 3, Y: m.Y + 9, W: 1, H: 1}, true) }, "F"},
		{"all white", func(m scene.Modules, p paper) { p.fill(m.Rect, false) }, "F"},
		{"a little of every module", func(m scene.Modules, p paper) {
			for y := range m.Bits {
				for x := range m.Bits {
					p.fill(scene.Rect{X: m.X + x*m.Module, Y: m.Y + y*m.Module, W: 1, H: 1}, !m.Bits[y][x])
				}
			}
		}, "A"},
	} {
		s := matrix(t, "中通快递 73123456789012", M) // version 3: 13 wrong codewords may be
		m, p := place(t, s, 4, scene.DPI203, false)
		c.spoil(m, p)
		if r := Lay(p, m).Inspect(scene.DPI203); r.Grade.Letter() != c.want {
			t.Errorf("%s: %v, want %s: %+v", c.name, r.Grade, c.want, r)
		}
	}
}

// Whatever became of a code, it is measured; noise makes no code better.
func TestNoiseIsMeasured(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 128))
	data, err := DataMatrix("YT8800012345678")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []Symbol{linear(t, "SF1234567890123"), matrix(t, "中通快递 73123456789012", Q), data} {
		for _, share := range []float64{0.001, 0.01, 0.1, 0.5, 1} {
			m, p := place(t, s, 3, scene.DPI203, rnd.IntN(2) == 0)
			zone := Zone(m)
			for y := zone.Y; y < zone.Y+zone.H; y++ {
				for x := zone.X; x < zone.X+zone.W; x++ {
					if rnd.Float64() < share {
						p.set(x, y, rnd.IntN(2) == 0)
					}
				}
			}
			r := Lay(p, m).Inspect(scene.DPI203)
			for name, v := range map[string]float64{"contrast": r.Contrast, "modulation": r.Modulation, "defects": r.Defects, "decodability": r.Decodability, "grade": float64(r.Grade) / 4} {
				if math.IsNaN(v) || v > 1+1e-9 || v < -1e-9 {
					t.Errorf("%v with %.3f noise: %s %f", s.Symbology, share, name, v)
				}
			}
			if share >= 0.5 && r.Grade > 0 {
				t.Errorf("%v with %.3f noise is of grade %v", s.Symbology, share, r.Grade)
			}
		}
	}
}

func TestGradeLetters(t *testing.T) {
	for g, want := range map[Grade]string{4: "A", 3.5: "A", 3.4: "B", 2.5: "B", 2.4: "C", 1.5: "C", 1.4: "D", 0.5: "D", 0.4: "F", 0: "F"} {
		if got := g.Letter(); got != want {
			t.Errorf("%.1f is %s, want %s", float64(g), got, want)
		}
	}
}
