package zpl

import (
	"bytes"
	"testing"

	"miandan/printer"
	"miandan/printer/drivertest"
)

// TestSize keeps a full label within half of its raw dots, which is what serial
// and Bluetooth lines have to carry.
func TestSize(t *testing.T) {
	m := drivertest.Waybill(t)
	for _, r := range []struct {
		name   string
		driver Driver
		most   int
	}{
		{"run lengths", Driver{}, 50_000},
		{"zlib", Driver{Compression: Z64}, 20_000},
	} {
		var b bytes.Buffer
		if err := r.driver.Encode(&b, printer.Job{Image: m}); err != nil {
			t.Fatal(err)
		}
		if b.Len() > r.most {
			t.Errorf("%s: %d bytes for %d of dots, want at most %d", r.name, b.Len(), len(m.Bits), r.most)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	for _, r := range []struct {
		name   string
		driver Driver
	}{{"runs", Driver{}}, {"z64", Driver{Compression: Z64}}, {"hex", Driver{Compression: Hex}}} {
		b.Run(r.name, func(b *testing.B) { drivertest.Bench(b, r.driver) })
	}
}
