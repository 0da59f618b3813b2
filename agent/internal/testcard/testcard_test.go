package testcard

import (
	"bytes"
	"flag"
	"fmt"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"

	"miandan/printer/bitmap"
	"miandan/templates/raster"
	"miandan/templates/scene"
)

var update = flag.Bool("update", false, "write the pictures anew")

var bench = Facts{Printer: "bench-1", Model: "gprinter-tspl", Language: "TSPL", Invert: "[printer.tspl] invert = true", Date: "2026-11-29 10:30"}

type drawer func(Facts, scene.Length, scene.Length, scene.Grid) (*scene.Page, error)

func render(t *testing.T, draw drawer, f Facts, w, h float64, g scene.Grid) (*scene.Page, *bitmap.Image) {
	t.Helper()
	page, err := draw(f, scene.MM(w), scene.MM(h), g)
	if err != nil {
		t.Fatalf("%g×%g at %.0f dpi: %v", w, h, float64(g)*25.4, err)
	}
	m, err := raster.Render(page)
	if err != nil {
		t.Fatal(err)
	}
	return page, m
}

// TestCards holds the cards against their pictures, dot by dot, and reads every
// barcode back.
func TestCards(t *testing.T) {
	for _, card := range []struct {
		name string
		draw drawer
	}{{"test", Test}, {"ruler", Ruler}} {
		for _, size := range [][2]float64{{60, 40}, {76, 130}, {100, 150}} {
			for _, g := range []scene.Grid{scene.DPI203, scene.DPI300} {
				name := fmt.Sprintf("%s-%gx%g-%.0f.png", card.name, size[0], size[1], float64(g)*25.4)
				page, got := render(t, card.draw, bench, size[0], size[1], g)
				if err := raster.Check(page, got); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				file := filepath.Join("testdata", name)
				if *update {
					got.PerMetre = int(math.Round(float64(g) * 1000))
					var b bytes.Buffer
					if err := got.EncodePNG(&b); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
						t.Fatal(err)
					}
					continue
				}
				b, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				want, err := bitmap.DecodePNG(bytes.NewReader(b))
				if err != nil {
					t.Fatal(err)
				}
				// Compilers may fuse floating-point operations: a few dots of glyphs' edges.
				if diff, n := bitmap.Diff(want, got); n > got.Width*got.Height/5000 {
					out := filepath.Join(t.ArtifactDir(), name)
					f, err := os.Create(out)
					if err != nil {
						t.Fatal(err)
					}
					png.Encode(f, diff)
					f.Close()
					t.Errorf("%d dots differ from %s; see %s, or run with -update and look at it", n, file, out)
				}
			}
		}
	}
}

// TestEveryPaper draws the cards on every paper that the settings allow and on
// every head, with names of every length.
func TestEveryPaper(t *testing.T) {
	long := bench
	long.Printer, long.Model = "一号打包台的打印机 bench-1 by the window 12", "a-model-with-a-name-as-long-as-they-may-be-0123"
	for _, g := range []scene.Grid{scene.DPI203, scene.DPI300, 12, 23.622, 24} {
		for _, size := range [][2]float64{{40, 30}, {50, 30}, {60, 40}, {40, 60}, {58, 60}, {70, 50}, {76, 130}, {80, 100}, {100, 60}, {100, 80}, {100, 150}, {100, 180}, {108, 400}, {216, 280}, {40, 80}} {
			if size[0]*size[1]*float64(g)*float64(g) > 6e6 && g != scene.DPI203 {
				continue // nothing new, and slow
			}
			for _, f := range []Facts{bench, long, {}} {
				for _, draw := range []drawer{Test, Ruler} {
					page, m := render(t, draw, f, size[0], size[1], g)
					if err := raster.Check(page, m); err != nil {
						t.Errorf("%g×%g at %.0f dpi: %v", size[0], size[1], float64(g)*25.4, err)
					}
				}
			}
		}
	}
	for _, size := range [][2]float64{{39, 60}, {60, 29}} {
		if _, err := Test(bench, scene.MM(size[0]), scene.MM(size[1]), scene.DPI203); err != ErrSmall {
			t.Errorf("%gx%g: %v, want %v", size[0], size[1], err, ErrSmall)
		}
	}
}

// TestTheFrameStandsWhereItSays measures the finished dots: the frame is two
// millimetres from every edge, a bar of the ruler card is where BarOf says.
func TestTheFrameStandsWhereItSays(t *testing.T) {
	for _, g := range []scene.Grid{scene.DPI203, scene.DPI300} {
		_, m := render(t, Test, bench, 76, 130, g)
		edge := g.Dots(Margin)
		for _, at := range [][2]int{{edge, m.Height / 2}, {m.Width - 1 - edge, m.Height / 2}, {m.Width / 2, edge}, {m.Width / 2, m.Height - 1 - edge}} {
			if !m.Black(at[0], at[1]) {
				t.Errorf("at %.0f dpi there is no frame at %v", float64(g)*25.4, at)
			}
		}
		for i := range edge {
			if m.Black(i, m.Height/2) || m.Black(m.Width/2, i) {
				t.Fatalf("at %.0f dpi dot %d stands outside the frame", float64(g)*25.4, i)
			}
		}
		_, m = render(t, Ruler, bench, 76, 130, g)
		r := measure(m, g)
		if math.Abs(r.Left-20) > 0.1 || math.Abs(r.Top-20) > 0.1 || math.Abs(r.Length-50) > 0.1 {
			t.Errorf("at %.0f dpi the bars measure %+v", float64(g)*25.4, r)
		}
	}
}

// measure measures a ruler card's dots as a person does: from the paper's edges
// to the edges of the bars. The bars are the longest runs of black.
func measure(m *bitmap.Image, g scene.Grid) Reading {
	longest := func(lines, length int, black func(line, at int) bool) (first, start, run int) {
		for l := range lines {
			n := 0
			for at := range length + 1 {
				if at < length && black(l, at) {
					n++
					continue
				}
				if n > run {
					first, start, run = l, at-n, n
				}
				n = 0
			}
		}
		return first, start, run
	}
	top, left, across := longest(m.Height, m.Width, func(y, x int) bool { return m.Black(x, y) })
	return Reading{Left: float64(left) / float64(g), Top: float64(top) / float64(g), Length: float64(across) / float64(g)}
}

func TestCorrect(t *testing.T) {
	for _, c := range []struct {
		name string
		r    Reading
		x, y float64
		dpi  float64
	}{
		{"it lies right", Reading{20, 20, 50}, 0, 0, 0},
		{"the length is as it should be", Reading{20, 20, 0}, 0, 0, 0},
		{"too far to the right and down", Reading{22.5, 21, 50}, -2.5, -1, 0},
		{"too far to the left and up", Reading{17, 18.5, 49.6}, 3, 1.5, 0},
		{"a head of 300 dpi that was taken for one of 203", Reading{13.5, 13.5, 33.9}, 0, 0, 300},
	} {
		got, err := Correct(c.r, scene.MM(76), scene.MM(130), scene.DPI203)
		if err != nil || got.X != c.x || got.Y != c.y || math.Abs(float64(got.Grid)*25.4-c.dpi) > 3 {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
	for _, r := range []Reading{{0, 20, 50}, {20, -1, 50}, {200, 20, 50}, {20, 20, 500}, {math.NaN(), 20, 50}, {20, 20, math.Inf(1)}} {
		if got, err := Correct(r, scene.MM(76), scene.MM(130), scene.DPI203); err == nil {
			t.Errorf("%+v gives %+v", r, got)
		}
	}
}
