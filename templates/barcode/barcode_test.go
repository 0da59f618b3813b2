package barcode

import (
	"errors"
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"miandan/templates/scene"
)

func TestFit(t *testing.T) {
	sf, err := Code128("SF1234567890123") // 145 modules, 165 with the quiet zone
	if err != nil {
		t.Fatal(err)
	}
	code, err := QR("YT8800012345678", M) // 21 modules, 29 with the quiet zone
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		sym  Symbol
		grid scene.Grid
		p    Place
		want scene.Modules // Rect, Module and Quiet
	}{
		{"the widest that fits", sf, 8, Place{Box: scene.Rect{X: 16, Y: 80, W: 576, H: 96}},
			scene.Modules{Rect: scene.Rect{X: 16 + 70, Y: 80, W: 435, H: 96}, Module: 3, Quiet: 30}},
		{"no wider than wanted", sf, 8, Place{Box: scene.Rect{W: 576, H: 64}, Module: 250},
			scene.Modules{Rect: scene.Rect{X: 143, W: 290, H: 64}, Module: 2, Quiet: 20}},
		{"exactly the least", sf, 8, Place{Box: scene.Rect{W: 330, H: 64}},
			scene.Modules{Rect: scene.Rect{X: 20, W: 290, H: 64}, Module: 2, Quiet: 20}},
		{"300 dpi", sf, scene.DPI300, Place{Box: scene.Rect{W: 850, H: 100}, Module: 375},
			scene.Modules{Rect: scene.Rect{X: 135, W: 580, H: 100}, Module: 4, Quiet: 40}},
		{"vertical", sf, 8, Place{Box: scene.Rect{W: 64, H: 500}, Vertical: true},
			scene.Modules{Rect: scene.Rect{Y: 32, W: 64, H: 435}, Module: 3, Quiet: 30}},
		{"QR in an oblong box", code, 8, Place{Box: scene.Rect{W: 200, H: 120}},
			scene.Modules{Rect: scene.Rect{X: 58, Y: 18, W: 84, H: 84}, Module: 4, Quiet: 16}},
	} {
		got, err := c.sym.Fit(c.p, c.grid)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got.Rect != c.want.Rect || got.Module != c.want.Module || got.Quiet != c.want.Quiet {
			t.Errorf("%s: Fit = %v module %d quiet %d, want %v module %d quiet %d",
				c.name, got.Rect, got.Module, got.Quiet, c.want.Rect, c.want.Module, c.want.Quiet)
		}
	}
}

func TestFitRefuses(t *testing.T) {
	s, err := Code128("SF1234567890123")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		grid scene.Grid
		p    Place
		want string
	}{
		{"a dot too narrow", 8, Place{Box: scene.Rect{W: 329, H: 64}}, "a Code 128 of 165 modules needs 41.2 mm and has 41.1 mm"},
		{"300 dpi wants 3 dots", scene.DPI300, Place{Box: scene.Rect{W: 494, H: 64}}, "a Code 128 of 165 modules needs 41.9 mm and has 41.8 mm"},
		{"a module too fine is wanted", 8, Place{Box: scene.Rect{W: 576, H: 64}, Module: 100}, "a Code 128 of 165 modules needs 41.2 mm and has 72.0 mm"},
		{"no height", 8, Place{Box: scene.Rect{W: 576}}, "a Code 128 of 165 modules needs 41.2 mm and has 72.0 mm"},
	} {
		_, err := s.Fit(c.p, c.grid)
		var fe *FitError
		if !errors.As(err, &fe) || err.Error() != c.want {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
}

func TestReadFindsNothing(t *testing.T) {
	for _, s := range []scene.Symbology{scene.Code128, scene.QR} {
		if _, err := Read(image.NewGray(image.Rect(0, 0, 300, 80)), s); !errors.Is(err, ErrUnreadable) {
			t.Errorf("Read of a black picture as %v: %v, want ErrUnreadable", s, err)
		}
	}
	if _, err := Read(image.NewGray(image.Rect(0, 0, 0, 0)), scene.QR); err == nil {
		t.Error("Read of an empty picture gives no error")
	}
	if _, err := Read(image.NewGray(image.Rect(0, 0, 9, 9)), 9); err == nil || err.Error() != "there is no reader for symbology 9" {
		t.Errorf("Read of an unknown symbology: %v", err)
	}
}

// A reader of other make must agree with ours.
func TestZbarReadsOurs(t *testing.T) {
	zbar, err := exec.LookPath("zbarimg")
	if err != nil {
		if os.Getenv("MIANDAN_CI") == "1" {
			t.Fatal("zbarimg is missing")
		}
		t.Skip("zbarimg is missing")
	}
	rnd := rand.New(rand.NewPCG(4, 128))
	n := 12
	if os.Getenv("MIANDAN_CI") == "1" {
		n = 200
	}
	symbols := []Symbol{linear(t, "JD0012345678901-1-1-"), matrix(t, "李䶮 𠮷 中通快递", M)}
	for range n {
		symbols = append(symbols, linear(t, carrierNumber(rnd)), matrix(t, "https://example.com/w/"+carrierNumber(rnd), Level(rnd.IntN(4))))
	}
	dir := t.TempDir()
	args := []string{"--raw", "-q"}
	for i, s := range symbols {
		file := filepath.Join(dir, fmt.Sprintf("%03d.png", i))
		f, err := os.Create(file)
		if err != nil {
			t.Fatal(err)
		}
		grid := []scene.Grid{scene.DPI203, scene.DPI300, 12, 24}[i%4]
		if err := png.Encode(f, paintOn(t, s, grid)); err != nil {
			t.Fatal(err)
		}
		f.Close()
		args = append(args, file)
	}
	out, err := exec.Command(zbar, args...).Output()
	if err != nil {
		t.Fatalf("zbarimg: %v", err)
	}
	said := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(said) != len(symbols) {
		t.Fatalf("zbarimg reads %d codes, want %d", len(said), len(symbols))
	}
	for i, s := range symbols {
		if said[i] != s.Text {
			t.Errorf("zbarimg reads %q, want %q", said[i], s.Text)
		}
	}
}

// paint draws a symbol and its quiet zone with the fewest dots a module.
func paint(t testing.TB, s Symbol) image.Image {
	t.Helper()
	return paintOn(t, s, scene.DPI203)
}

func paintOn(t testing.TB, s Symbol, g scene.Grid) image.Image {
	t.Helper()
	w := s.leastDots(g) * (s.Width() + 2*s.Quiet)
	h := w
	if len(s.Bits) == 1 {
		h = 40
	}
	m, err := s.Fit(Place{Box: scene.Rect{W: w, H: h}}, g)
	if err != nil {
		t.Fatal(err)
	}
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = 0xFF
	}
	m.Bars(func(r scene.Rect) {
		for y := r.Y; y < r.Y+r.H; y++ {
			for x := r.X; x < r.X+r.W; x++ {
				img.Pix[y*img.Stride+x] = 0
			}
		}
	})
	return img
}

// BenchmarkRead reads codes off the dots of a label.
func BenchmarkRead(b *testing.B) {
	for _, c := range []struct {
		name   string
		encode func() (Symbol, error)
	}{
		{"Code 128", func() (Symbol, error) { return Code128("JDVC00000000001-1-1-") }},
		{"QR", func() (Symbol, error) { return QR("https://example.com/w/YT8800012345678?sort=300-B12-005", M) }},
		{"DataMatrix", func() (Symbol, error) { return DataMatrix("YT8800012345678") }},
	} {
		b.Run(c.name, func(b *testing.B) {
			s, err := c.encode()
			if err != nil {
				b.Fatal(err)
			}
			m, dots := place(b, s, 3, scene.DPI203, false)
			b.ReportAllocs()
			for b.Loop() {
				if got, err := ReadDots(dots, m); err != nil || got != s.Text {
					b.Fatal(got, err)
				}
			}
		})
	}
}

// BenchmarkCode128 chooses code sets and draws the bars.
func BenchmarkCode128(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Code128("JDVC00000000001-1-1-"); err != nil {
			b.Fatal(err)
		}
	}
}
