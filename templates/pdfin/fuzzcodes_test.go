package pdfin

import (
	"math"
	"testing"
	"time"

	"miandan/printer/bitmap"
	"miandan/templates/barcode"
	"miandan/templates/scene"
)

// FuzzCodes looks for codes in dots of foreign make.
func FuzzCodes(f *testing.F) {
	s, err := barcode.Code128("JDVC00000000001-1-1-")
	if err != nil {
		f.Fatal(err)
	}
	const height = 40
	m := bitmap.New(2*s.Width()+60, height)
	for x, black := range s.Bits[0] {
		if black {
			m.FillRect(30+2*x, 4, 2, height-8, true)
		}
	}
	f.Add(m.Bits, uint16(m.Width), "JDVC00000000001-1-1-")
	f.Add(turned(m).Bits, uint16(height), "JDVC00000000001-1-1-")
	f.Add(make([]byte, 100), uint16(8), "")
	f.Fuzz(func(t *testing.T, bits []byte, width uint16, wanted string) {
		w := int(width%2000) + 1
		m := bitmap.New(w, 1)
		h := min(len(bits)/m.Stride, 400)
		if h == 0 {
			return
		}
		m = bitmap.New(w, h)
		copy(m.Bits, bits)
		clearPadding(m)
		began := time.Now()
		for _, c := range FindCodes(m, scene.DPI203) {
			box := scene.Rect{W: w, H: h}
			if c.Vertical {
				box = scene.Rect{W: h, H: w}
			}
			if !c.At.In(box) || !(c.Module > 0) || math.IsInf(c.Module, 0) {
				t.Errorf("%+v in %d×%d dots", c, w, h)
			}
		}
		if err := Check(m, scene.DPI203, Expected{scene.Code128, []string{wanted}}); err == nil {
			text := FindCodes(m, scene.DPI203, wanted)
			if len(text) == 0 || text[0].Text != wanted {
				t.Errorf("Check finds %q, FindCodes %v", wanted, text)
			}
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}
