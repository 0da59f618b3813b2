package templates_test

import (
	"testing"

	"miandan/templates"
	"miandan/templates/scene"
)

// BenchmarkCompose is what every label costs before it is dots.
func BenchmarkCompose(b *testing.B) {
	for name, data := range map[string]string{"jd-express-76x130": "jd-express", "wujie-76x130": "wujie"} {
		b.Run(name, func(b *testing.B) {
			l, label := layout(b, name), sample(b, data)
			for b.Loop() {
				if _, err := l.Compose(label, scene.DPI203); err != nil {
					b.Fatal(err)
				}
			}
		})
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
