// Package drivertest is what every driver owes its caller before a printer is
// involved. What comes out of a printer is printertest's matter.
package drivertest

import (
	"bytes"
	_ "embed"
	"errors"
	"io"
	"math/rand/v2"
	"testing"

	"miandan/printer"
	"miandan/printer/bitmap"
)

// Picture is a label that some encoder has stumbled over.
type Picture struct {
	Name  string
	Image *bitmap.Image
}

// Pictures are labels in which every boundary of an encoder is met: padding,
// rows that are all of one colour or like the one above, corners, and the
// largest size.
func Pictures() []Picture {
	all := []Picture{
		{"one black dot", filled(1, 1, true)},
		{"one white dot", filled(1, 1, false)},
		{"all white, 76×130 mm", filled(608, 1040, false)},
		{"all black, 76×130 mm", filled(608, 1040, true)},
		{"all black, padded", filled(601, 50, true)},
		{"corner dots", corners(800, 1200)},
		{"corner dots, padded", corners(13, 7)},
		{"noise, 100×180 mm at 300 dpi", noise(20, 1181, 2126)},
		{"black, 100×180 mm at 300 dpi", filled(1181, 2126, true)},
	}
	for w := range 18 {
		all = append(all, Picture{"noise of an odd width", noise(uint64(w), w+1, 11)})
	}
	return all
}

// noise is a picture in which many a command's first bytes occur.
func noise(seed uint64, w, h int) *bitmap.Image {
	source := rand.NewPCG(seed, 0)
	m := bitmap.New(w, h)
	for y := range h {
		for x := 0; x < w; x += 64 {
			for i, bits := 0, source.Uint64(); i < 64; i++ {
				m.Set(x+i, y, bits>>i&1 == 1)
			}
		}
	}
	return m
}

func filled(w, h int, black bool) *bitmap.Image {
	m := bitmap.New(w, h)
	m.FillRect(0, 0, w, h, black)
	return m
}

//go:embed label-100x150.png
var waybill []byte

// Waybill is a label of 100×150 mm at 203 dpi in two parts, about as full as
// they come. Whoever is on it is invented.
func Waybill(t testing.TB) *bitmap.Image {
	t.Helper()
	m, err := bitmap.DecodePNG(bytes.NewReader(waybill))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Bench measures the encoding of the waybill and reports its size.
func Bench(b *testing.B, d printer.Driver) {
	j := printer.Job{Image: Waybill(b)}
	var label bytes.Buffer
	b.ReportAllocs()
	for b.Loop() {
		label.Reset()
		if err := d.Encode(&label, j); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(label.Len()), "bytes/label")
}

func corners(w, h int) *bitmap.Image {
	m := bitmap.New(w, h)
	for _, x := range []int{0, w - 1} {
		for _, y := range []int{0, h - 1} {
			m.Set(x, y, true)
		}
	}
	return m
}

// Encode holds what every driver owes its caller besides the dots: the same
// bytes each time, also when encoding several labels at once, the picture left as
// it was, and the writer's error whichever byte it fails at.
func Encode(t *testing.T, d printer.Driver) {
	t.Helper()
	j := printer.Job{Name: "^XZ\r\n~JA", Mark: printer.MarkAt(1), Image: noise(21, 21, 9)}
	before := bytes.Clone(j.Image.Bits)
	var first bytes.Buffer
	if err := d.Encode(&first, j); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(j.Image.Bits, before) {
		t.Error("Encode changed the picture")
	}
	again := make(chan []byte)
	for range 4 {
		go func() {
			var b bytes.Buffer
			if err := d.Encode(&b, j); err != nil {
				t.Error(err)
			}
			again <- b.Bytes()
		}()
	}
	for range 4 {
		if got := <-again; !bytes.Equal(got, first.Bytes()) {
			t.Errorf("the same job gave other bytes:\n%q, before\n%q", got, first.Bytes())
		}
	}
	whole := printer.Job{Image: noise(22, 120, 60)}
	var twice [2]bytes.Buffer
	for i := range twice { // what was encoded before leaves nothing behind
		if err := d.Encode(&twice[i], whole); err != nil {
			t.Fatal(err)
		}
		if err := d.Encode(io.Discard, printer.Job{Image: noise(uint64(23+i), 90, 80)}); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(twice[0].Bytes(), twice[1].Bytes()) {
		t.Error("the same label gave other bytes after another one")
	}
	for n := range first.Len() {
		w := &failing{room: n}
		if err := d.Encode(w, j); !errors.Is(err, errFull) {
			t.Fatalf("the writer failed after %d bytes: Encode = %v, want its error", n, err)
		}
		if !bytes.HasPrefix(first.Bytes(), w.taken.Bytes()) {
			t.Fatalf("the writer failed after %d bytes and was given others than the label's", n)
		}
	}
}

var errFull = errors.New("no more room")

// failing takes some bytes and then fails.
type failing struct {
	room  int
	taken bytes.Buffer
}

func (f *failing) Write(b []byte) (int, error) {
	n := min(len(b), f.room)
	f.taken.Write(b[:n])
	f.room -= n
	if n < len(b) {
		return n, errFull
	}
	return n, nil
}
