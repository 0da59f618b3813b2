package page

import (
	"bytes"
	"errors"
	"image"
	"math/rand/v2"
	"testing"

	"golang.org/x/image/bmp"

	"miandan/printer"
	"miandan/printer/bitmap"
)

func TestBitmapBytes(t *testing.T) {
	m := bitmap.New(10, 2)
	m.PerMetre = 8000
	m.Set(0, 0, true)
	m.Set(9, 1, true)
	var got bytes.Buffer
	if err := (Bitmap{}).Encode(&got, printer.Job{Image: m}); err != nil {
		t.Fatal(err)
	}
	want := []byte{
		'B', 'M', 70, 0, 0, 0, 0, 0, 0, 0, 62, 0, 0, 0,
		40, 0, 0, 0, 10, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF, 1, 0, 1, 0,
		0, 0, 0, 0, 8, 0, 0, 0, 0x40, 0x1F, 0, 0, 0x40, 0x1F, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
		0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0,
		0x80, 0x00, 0, 0,
		0x00, 0x40, 0, 0,
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("Encode = % x, want % x", got.Bytes(), want)
	}
}

// Another's reader of the format sees the same dots.
func TestBitmapIsReadByOthers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range []image.Point{{1, 1}, {31, 3}, {32, 3}, {33, 3}, {799, 20}} {
		m := bitmap.New(size.X, size.Y)
		for range size.X * size.Y / 3 {
			m.Set(r.IntN(size.X), r.IntN(size.Y), true)
		}
		var b bytes.Buffer
		if err := (Bitmap{}).Encode(&b, printer.Job{Image: m}); err != nil {
			t.Fatal(err)
		}
		got, err := bmp.Decode(&b)
		if err != nil {
			t.Fatalf("%v: %v", size, err)
		}
		if got.Bounds() != m.Bounds() {
			t.Fatalf("read as %v, want %v", got.Bounds(), m.Bounds())
		}
		for y := range size.Y {
			for x := range size.X {
				if red, _, _, _ := got.At(x, y).RGBA(); (red == 0) != m.Black(x, y) {
					t.Fatalf("%v: the dot %d, %d is another", size, x, y)
				}
			}
		}
	}
}

func TestBitmapWithoutImage(t *testing.T) {
	for _, j := range []printer.Job{{}, {PDF: []byte("%PDF-1.4")}, {Image: bitmap.New(0, 5)}} {
		var b bytes.Buffer
		if err := (Bitmap{}).Encode(&b, j); !errors.Is(err, ErrNoImage) || b.Len() > 0 {
			t.Errorf("Encode = %v and %d bytes, want ErrNoImage and none", err, b.Len())
		}
	}
}
