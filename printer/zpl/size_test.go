package zpl

import (
	"bytes"
	"testing"

	"miandan/printer"
	"miandan/printer/bitmap"
	"miandan/printer/drivertest"
)

// TestSize keeps a 100×150 mm label within 25 kB, which is what serial and
// Bluetooth lines carry in two or three seconds: one of some lines of text in run
// lengths, one that is full of them only by zlib. In run lengths a full one is held
// within half of its raw dots; see the package's comment for why not further.
func TestSize(t *testing.T) {
	full, light := drivertest.Waybill(t), light(t)
	for _, r := range []struct {
		name   string
		driver Driver
		label  *bitmap.Image
		most   int
	}{
		{"light, run lengths", Driver{}, light, 25_000},
		{"light, zlib", Driver{Compression: Z64}, light, 10_000},
		{"full, run lengths", Driver{}, full, 50_000},
		{"full, zlib", Driver{Compression: Z64}, full, 20_000},
	} {
		var b bytes.Buffer
		if err := r.driver.Encode(&b, printer.Job{Image: r.label}); err != nil {
			t.Fatal(err)
		}
		if b.Len() > r.most {
			t.Errorf("%s: %d bytes for %d of dots, want at most %d", r.name, b.Len(), len(r.label.Bits), r.most)
		}
		t.Logf("%s: %d bytes", r.name, b.Len())
	}
}

// light is a label of 100×150 mm with a frame, rules, a disc of 60 mm and a dozen
// lines of a waybill's text.
func light(t *testing.T) *bitmap.Image {
	m, from := bitmap.New(800, 1200), drivertest.Waybill(t)
	m.FillRect(16, 16, 768, 1168, true)
	m.FillRect(18, 18, 764, 1164, false)
	for y := range 480 {
		for x := range 480 {
			if (x-240)*(x-240)+(y-240)*(y-240) <= 240*240 {
				m.Set(160+x, 40+y, true)
			}
		}
	}
	for block := range 6 {
		top := 560 + 100*block
		m.FillRect(16, top-20, 768, 2, true)
		for y := range 60 {
			for x := range 320 {
				m.Set(40+x, top+y, from.Black(90+x, 622+y))
			}
		}
	}
	return m
}

func BenchmarkEncode(b *testing.B) {
	for _, r := range []struct {
		name   string
		driver Driver
	}{{"runs", Driver{}}, {"z64", Driver{Compression: Z64}}, {"hex", Driver{Compression: Hex}}} {
		b.Run(r.name, func(b *testing.B) { drivertest.Bench(b, r.driver) })
	}
}
