package raster

import (
	"testing"

	"miandan/templates/barcode"
	"miandan/templates/scene"
)

// BenchmarkCheck is what reading one code back costs, at the sizes that stand on
// labels.
func BenchmarkCheck(b *testing.B) {
	for _, c := range []struct {
		name   string
		encode func() (barcode.Symbol, error)
		place  barcode.Place
		grid   scene.Grid
	}{
		{"Code 128 203 dpi", func() (barcode.Symbol, error) { return barcode.Code128("JDVC00000000001-1-1-") }, barcode.Place{Box: scene.Rect{W: 576, H: 96}}, scene.DPI203},
		{"Code 128 ladder 203 dpi", func() (barcode.Symbol, error) { return barcode.Code128("JDVC00000000001-1-1-") }, barcode.Place{Box: scene.Rect{W: 96, H: 576}, Vertical: true}, scene.DPI203},
		{"Code 128 300 dpi", func() (barcode.Symbol, error) { return barcode.Code128("JDVC00000000001-1-1-") }, barcode.Place{Box: scene.Rect{W: 864, H: 144}}, scene.DPI300},
		{"QR 203 dpi", func() (barcode.Symbol, error) {
			return barcode.QR("https://example.com/w/YT8800012345678?sort=300-B12-005", barcode.M)
		}, barcode.Place{Box: scene.Rect{W: 200, H: 200}}, scene.DPI203},
		{"DataMatrix 203 dpi", func() (barcode.Symbol, error) { return barcode.DataMatrix("YT8800012345678") }, barcode.Place{Box: scene.Rect{W: 120, H: 120}}, scene.DPI203},
	} {
		b.Run(c.name, func(b *testing.B) {
			s, err := c.encode()
			if err != nil {
				b.Fatal(err)
			}
			m, err := s.Fit(c.place, c.grid)
			if err != nil {
				b.Fatal(err)
			}
			p := &scene.Page{Grid: c.grid, Width: 900, Height: 900}
			if err := p.Modules(m); err != nil {
				b.Fatal(err)
			}
			image, err := Render(p)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := Check(p, image); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
