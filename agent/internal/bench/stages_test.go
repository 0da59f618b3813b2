package bench

import (
	"bytes"
	"testing"

	"miandan/printer/tspl"
	"miandan/templates/scene"
)

// BenchmarkLabel takes a label from its data to its bytes.
func BenchmarkLabel(b *testing.B) {
	for _, c := range []struct {
		name string
		work work
	}{
		{"203dpi", work{scene.DPI203, false, tspl.Driver{}}},
		{"203dpi-checked", work{scene.DPI203, true, tspl.Driver{}}},
		{"300dpi-checked", work{scene.DPI300, true, tspl.Driver{}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			s, err := open()
			if err != nil {
				b.Fatal(err)
			}
			var out bytes.Buffer
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, err := s.label(i, c.work, &out); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
