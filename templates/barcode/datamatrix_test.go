package barcode

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"strings"
	"testing"

	"miandan/templates/scene"
)

func TestDataMatrix(t *testing.T) {
	for _, c := range []struct {
		name, text string
		modules    int
	}{
		{"six figures in the smallest there is", "123456", 10},
		{"a waybill number", "YT0000000000001", 16},
		{"JD's parcel", "JDVC00000000001-1-1-", 18},
		{"several regions", strings.Repeat("ABCdef012", 12), 40},
		{"control characters", "a\tb\x1dc", 12},
	} {
		s, err := DataMatrix(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if s.Width() != c.modules || len(s.Bits) != c.modules {
			t.Errorf("%s: DataMatrix(%q) is %d×%d modules, want %d×%[5]d", c.name, c.text, s.Width(), len(s.Bits), c.modules)
		}
		for _, g := range []scene.Grid{scene.DPI203, scene.DPI300} {
			m, err := s.Fit(Place{Box: scene.Rect{W: 400, H: 400}, Module: 500}, g)
			if err != nil {
				t.Fatal(err)
			}
			img := image.NewGray(image.Rect(0, 0, 400, 400))
			for i := range img.Pix {
				img.Pix[i] = 0xFF
			}
			m.Bars(func(r scene.Rect) {
				for y := r.Y; y < r.Y+r.H; y++ {
					for x := r.X; x < r.X+r.W; x++ {
						img.SetGray(x, y, color.Gray{})
					}
				}
			})
			zone := image.Rect(m.X-m.Quiet, m.Y-m.Quiet, m.X+m.W+m.Quiet, m.Y+m.H+m.Quiet)
			if got, err := Read(img.SubImage(zone), scene.DataMatrix); err != nil || got != c.text {
				t.Errorf("%s: it reads %q, %v", c.name, got, err)
			}
		}
	}
}

func TestDataMatrixRefuses(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "there is nothing to encode"},
		{"Chinese", "面单", "it says letters, digits and signs of ASCII only"},
		{"more than the largest holds", strings.Repeat("x", 2000), "the text is too long"},
		{"more than anything holds", strings.Repeat("1", maxDataMatrix+1), "the text is too long"},
	} {
		_, err := DataMatrix(c.text)
		var te *TextError
		if !errors.As(err, &te) || err.Error() != fmt.Sprintf("no DataMatrix: %s", c.want) {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
}
