package barcode

import (
	"errors"
	"image"
	"strings"
	"testing"
	"time"

	"miandan/templates/scene"
)

// FuzzText encodes what carriers and platforms call their numbers: it is a code
// that reads back as that, or an error that does not quote it.
func FuzzText(f *testing.F) {
	for _, s := range []string{
		"JDVC00000000001-1-1-", "YT1380000123456", "73000000000001", "演示", "\x00\x1f~", "a\x80", "\xf1\xf2\xf3\xf4", strings.Repeat("9", 7089), strings.Repeat("A", 4297), strings.Repeat("9", 121),
		"", " ", "0", "1a23456789b", "\r\n", "]C1", "\u202e\ufeff", "12345678901234567890123456789012345678901", "*SFX*", "\\", "{FNC1}",
	} {
		f.Add(s, uint8(1))
	}
	f.Fuzz(func(t *testing.T, text string, level uint8) {
		for name, encode := range map[string]func() (Symbol, error){
			"Code 128":   func() (Symbol, error) { return Code128(text) },
			"QR":         func() (Symbol, error) { return QR(text, Level(level%4)) },
			"DataMatrix": func() (Symbol, error) { return DataMatrix(text) },
		} {
			s, err := encode()
			if err != nil {
				var e *TextError
				if !errors.As(err, &e) || len(text) > 3 && strings.Contains(err.Error(), text) {
					t.Errorf("%s of %q: %v", name, text, err)
				}
				continue
			}
			if s.Text != text {
				t.Errorf("%s of %q says %q", name, text, s.Text)
			}
			if s.Width() > 120 && len(s.Bits) > 1 && len(text)%8 != 0 {
				continue // large ones take a while, so only some are read
			}
			// A code that our reader cannot read is refused before it prints; one
			// that reads as another text would not be.
			if got, err := Read(paint(t, s), s.Symbology); err == nil && got != text {
				t.Errorf("%s of %q reads as %q", name, text, got)
			} else if err != nil && plain(text) {
				t.Errorf("%s of %q is unreadable", name, text)
			}
		}
	})
}

// plain reports whether a text has what carriers' numbers have.
func plain(text string) bool {
	return strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == "" && len(text) < 40
}

// FuzzRead reads codes of foreign make, as they stand in carriers' pictures.
func FuzzRead(f *testing.F) {
	add := func(s Symbol, err error) {
		if err != nil {
			f.Fatal(err)
		}
		var bits []byte
		n := 0
		for _, row := range s.Bits {
			for _, black := range row {
				if n%8 == 0 {
					bits = append(bits, 0)
				}
				if black {
					bits[n/8] |= 0x80 >> (n % 8)
				}
				n++
			}
		}
		for of := range uint8(3) {
			f.Add(bits, uint16(s.Width()), of)
		}
	}
	add(Code128("JDVC00000000001-1-1-"))
	add(QR("演示 JDVC00000000001", M))
	add(DataMatrix("JDVC00000000001"))
	add(QR(strings.Repeat("9", 300), L))
	f.Fuzz(func(t *testing.T, bits []byte, width uint16, of uint8) {
		w := int(width%512) + 1
		h := min(len(bits)*8/w, 512)
		if h == 0 {
			return
		}
		tall := 1
		if h == 1 {
			tall = 20
		}
		const dot, quiet = 2, 12
		img := image.NewGray(image.Rect(0, 0, dot*(w+2*quiet), dot*(h*tall+2*quiet)))
		for i := range img.Pix {
			img.Pix[i] = 0xFF
		}
		for y := range h * tall * dot {
			for x := range w * dot {
				if n := y/dot/tall*w + x/dot; bits[n/8]&(0x80>>(n%8)) != 0 {
					img.Pix[(y+quiet*dot)*img.Stride+x+quiet*dot] = 0
				}
			}
		}
		began := time.Now()
		text, err := Read(img, []scene.Symbology{scene.Code128, scene.QR, scene.DataMatrix}[of%3])
		if err != nil && (!errors.Is(err, ErrUnreadable) || text != "") {
			t.Errorf("Read = %q, %v", text, err)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}
