package pdfin

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"
)

// FuzzPicture reads pictures where the child does, without the child: many
// more than a process each would allow.
func FuzzPicture(f *testing.F) {
	m := image.NewPaletted(image.Rect(0, 0, 9, 7), color.Palette{color.White, color.Black, color.Transparent})
	m.SetColorIndex(3, 3, 1)
	var one, other bytes.Buffer
	if err := errors.Join(png.Encode(&one, m), jpeg.Encode(&other, m, nil)); err != nil {
		f.Fatal(err)
	}
	for turn := range uint8(4) {
		f.Add(one.Bytes(), turn, uint16(8), uint16(8), 1.0, 0.0)
		f.Add(other.Bytes(), turn, uint16(3), uint16(30), 2.5, -1.5)
	}
	f.Add(one.Bytes(), uint8(9), uint16(1), uint16(1), 5e-324, 1e308)
	const most = 1 << 16
	f.Fuzz(func(t *testing.T, b []byte, turn uint8, w, h uint16, scale, left float64) {
		for _, kind := range []Kind{PNG, JPEG} {
			p, err := openPicture(b, kind, most, 1<<30)
			if err != nil {
				if got := problemOf(err); got != Broken && got != TooLarge {
					t.Errorf("openPicture: %v", err)
				}
				continue
			}
			pages, err := p.pages()
			if err != nil || len(pages) != 1 || pages[0].Width*pages[0].Height > most || pages[0].Width < 1 || pages[0].Height < 1 {
				t.Fatalf("pages = %v, %v", pages, err)
			}
			bits, err := dots(p, order{Turn: Turn(turn % 4), Fine: turn % 8, Scale: scale, Left: left, Top: -left, Width: uint32(w), Height: uint32(h)}, most)
			if want := (int(w) + 7) / 8 * int(h); err == nil && len(bits) != want {
				t.Errorf("%d bytes, want %d", len(bits), want)
			}
		}
	})
}
