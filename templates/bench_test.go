package templates_test

import (
	"io"
	"testing"

	"miandan/templates"
	"miandan/templates/pdf"
	"miandan/templates/raster"
	"miandan/templates/scene"
)

// BenchmarkCompose is what every label costs before it is dots.
func BenchmarkCompose(b *testing.B) {
	for name, data := range map[string]string{"jd-express-76x130": "jd-express", "wujie-100x150": "wujie"} {
		b.Run(name, func(b *testing.B) {
			l, label := layout(b, name), sample(b, data)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := l.Compose(label, scene.DPI203); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkLabel is the stages of a label behind Compose.
func BenchmarkLabel(b *testing.B) {
	for dpi, grid := range map[string]scene.Grid{"203": scene.DPI203, "300": scene.DPI300} {
		page, err := layout(b, "wujie-100x150").Compose(sample(b, "wujie"), grid)
		if err != nil {
			b.Fatal(err)
		}
		image, err := raster.Render(page)
		if err != nil {
			b.Fatal(err)
		}
		for _, stage := range []struct {
			name string
			do   func() error
		}{
			{"raster", func() error { _, err := raster.Render(page); return err }},
			{"check", func() error { return raster.Check(page, image) }},
			{"pdf", func() error { return pdf.Write(io.Discard, page) }},
		} {
			b.Run(stage.name+" "+dpi, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := stage.do(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkBuiltin is what the program pays once, when it starts.
func BenchmarkBuiltin(b *testing.B) {
	for b.Loop() {
		if _, err := templates.Builtin(); err != nil {
			b.Fatal(err)
		}
	}
}
