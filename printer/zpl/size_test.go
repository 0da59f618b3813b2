package zpl

import (
	"bytes"
	"io"
	"os"
	"testing"

	"miandan/printer"
	"miandan/printer/bitmap"
)

// waybill is a label of 100×150 mm at 203 dpi in two parts, about as full as
// they come. Its receiver is invented.
func waybill(t testing.TB) *bitmap.Image {
	t.Helper()
	f, err := os.Open("testdata/label-100x150.png")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := bitmap.DecodePNG(f)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestSize keeps a full label within half of its raw dots, which is what serial
// and Bluetooth lines have to carry.
func TestSize(t *testing.T) {
	m := waybill(t)
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
		b.Run(r.name, func(b *testing.B) {
			j := printer.Job{Image: waybill(b)}
			var size counting
			for b.Loop() {
				size = 0
				if err := r.driver.Encode(&size, j); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(size), "bytes/label")
		})
	}
}

type counting int

func (c *counting) Write(b []byte) (int, error) {
	*c += counting(len(b))
	return len(b), nil
}

var _ io.Writer = (*counting)(nil)
