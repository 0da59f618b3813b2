package bitmap_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"strings"
	"testing"

	"miandan/printer/bitmap"
)

func TestSetAndBlack(t *testing.T) {
	m := bitmap.New(11, 3)
	if m.Stride != 2 || len(m.Bits) != 6 {
		t.Fatalf("New(11, 3): stride %d, %d bytes, want 2 and 6", m.Stride, len(m.Bits))
	}
	m.Set(0, 0, true)
	m.Set(9, 1, true)
	m.Set(10, 2, true)
	m.Set(10, 2, false)
	for _, p := range [][2]int{{-1, 0}, {0, -1}, {11, 0}, {15, 0}, {0, 3}} {
		m.Set(p[0], p[1], true)
		if m.Black(p[0], p[1]) {
			t.Errorf("Black%v = true outside the image", p)
		}
	}
	if want := []byte{0x80, 0, 0, 0x40, 0, 0}; !bytes.Equal(m.Bits, want) {
		t.Errorf("Bits = % X, want % X", m.Bits, want)
	}
}

func TestFillRect(t *testing.T) {
	for _, r := range []struct {
		name       string
		x, y, w, h int
	}{
		{"inside one byte", 2, 1, 3, 2},
		{"across bytes", 5, 0, 14, 3},
		{"whole bytes", 8, 1, 8, 1},
		{"to the last column", 16, 0, 5, 4},
		{"clipped on every side", -3, -3, 100, 100},
		{"left of the image", -9, 0, 9, 4},
		{"right of the image", 21, 0, 9, 4},
		{"below the image", 0, 4, 9, 4},
		{"empty", 4, 1, 0, 3},
		{"negative", 4, 1, -2, 3},
	} {
		t.Run(r.name, func(t *testing.T) {
			for _, black := range []bool{true, false} {
				got, want := bitmap.New(21, 4), bitmap.New(21, 4)
				for y := range 4 {
					for x := range 21 {
						got.Set(x, y, !black)
						in := x >= r.x && x < r.x+r.w && y >= r.y && y < r.y+r.h
						want.Set(x, y, in == black)
					}
				}
				got.FillRect(r.x, r.y, r.w, r.h, black)
				if !got.Equal(want) {
					t.Errorf("FillRect(%d, %d, %d, %d, %v):\n% X, want\n% X", r.x, r.y, r.w, r.h, black, got.Bits, want.Bits)
				}
			}
		})
	}
}

func TestLooking(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	m := randomImage(random, 37, 5)
	for range 3000 {
		x, y, w, h := random.IntN(50)-8, random.IntN(9)-2, random.IntN(45), random.IntN(4)
		if random.IntN(3) > 0 {
			m.FillRect(x+random.IntN(3)-1, y, w, h, random.IntN(4) == 0)
		}
		white := true
		for j := y; j < y+h; j++ {
			for i := x; i < x+w; i++ {
				white = white && !m.Black(i, j)
			}
		}
		if got := m.White(x, y, w, h); got != white {
			t.Fatalf("White(%d, %d, %d, %d) = %v", x, y, w, h, got)
		}
		dots := make([]byte, w)
		m.Unpack(dots, x, y)
		for i, d := range dots {
			if want := map[bool]byte{true: 0, false: 0xFF}[m.Black(x+i, y)]; d != want {
				t.Fatalf("Unpack of %d dots from (%d, %d): %d is %#x, want %#x", w, x, y, i, d, want)
			}
		}
	}
}

func TestInvert(t *testing.T) {
	for n := range 20 {
		from, to := bytes.Repeat([]byte{0x5A}, n), make([]byte, n)
		if bitmap.Invert(to, from); !bytes.Equal(to, bytes.Repeat([]byte{0xA5}, n)) {
			t.Errorf("Invert of %d bytes: % X", n, to)
		}
	}
}

func TestPNG(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, size := range []image.Point{{1, 1}, {7, 3}, {8, 2}, {17, 5}, {608, 40}} {
		m := randomImage(random, size.X, size.Y)
		m.PerMetre = 8000
		var file bytes.Buffer
		if err := m.EncodePNG(&file); err != nil {
			t.Fatal(err)
		}
		raw := file.Bytes()
		if depth, colour := raw[24], raw[25]; depth != 1 || colour != 0 {
			t.Errorf("%v: bit depth %d, colour type %d, want 1 and 0", size, depth, colour)
		}
		if at := bytes.Index(raw, []byte("pHYs")); at < 0 || binary.BigEndian.Uint32(raw[at+4:]) != 8000 || raw[at+12] != 1 {
			t.Errorf("%v: the file does not say 8000 dots a metre", size)
		}
		got, err := bitmap.DecodePNG(&file)
		if err != nil {
			t.Fatal(err)
		}
		if !got.Equal(m) {
			_, n := bitmap.Diff(m, got)
			t.Errorf("%v: %d dots differ after EncodePNG and DecodePNG", size, n)
		}
	}
	if err := bitmap.New(0, 4).EncodePNG(new(bytes.Buffer)); err == nil {
		t.Error("EncodePNG of a picture without dots gave no error")
	}
}

func TestDecodePNGColours(t *testing.T) {
	picture := image.NewNRGBA(image.Rect(0, 0, 5, 1))
	for x, c := range []color.NRGBA{
		{0, 0, 0, 255}, {255, 255, 255, 255}, {0, 0, 0, 0}, {127, 127, 127, 255}, {128, 128, 128, 255},
	} {
		picture.SetNRGBA(x, 0, c)
	}
	var file bytes.Buffer
	if err := png.Encode(&file, picture); err != nil {
		t.Fatal(err)
	}
	m, err := bitmap.DecodePNG(&file)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := m.Bits[0], byte(0b10010000); got != want {
		t.Errorf("black, white, transparent, dark, light = %08b, want %08b", got, want)
	}
}

func TestDecodePNGRefusesHugePictures(t *testing.T) {
	var file bytes.Buffer
	if err := bitmap.New(1, 1).EncodePNG(&file); err != nil {
		t.Fatal(err)
	}
	raw := file.Bytes()
	binary.BigEndian.PutUint32(raw[16:], 1<<20)
	binary.BigEndian.PutUint32(raw[20:], 1<<20)
	if _, err := bitmap.DecodePNG(bytes.NewReader(raw)); err == nil {
		t.Error("DecodePNG took 2⁴⁰ dots")
	}
	if _, err := bitmap.DecodePNG(strings.NewReader("no picture")); err == nil {
		t.Error("DecodePNG took text")
	}
}

func TestDiff(t *testing.T) {
	want, got := bitmap.New(3, 1), bitmap.New(3, 1)
	want.Set(0, 0, true)
	want.Set(1, 0, true)
	got.Set(1, 0, true)
	got.Set(2, 0, true)
	picture, n := bitmap.Diff(want, got)
	if n != 2 {
		t.Errorf("Diff counts %d dots, want 2", n)
	}
	for x, c := range []color.NRGBA{{0xD0, 0, 0, 0xFF}, {0, 0, 0, 0xFF}, {0, 0xA0, 0, 0xFF}} {
		if picture.At(x, 0) != c {
			t.Errorf("dot %d is %v, want %v", x, picture.At(x, 0), c)
		}
	}
	if _, n := bitmap.Diff(bitmap.New(4, 4), bitmap.New(4, 5)); n != 4 {
		t.Errorf("Diff of 4×4 and 4×5 white dots counts %d, want 4", n)
	}
}

func randomImage(random *rand.Rand, w, h int) *bitmap.Image {
	m := bitmap.New(w, h)
	for y := range h {
		for x := range w {
			m.Set(x, y, random.IntN(2) == 1)
		}
	}
	return m
}
