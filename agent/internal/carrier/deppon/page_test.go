package deppon_test

import (
	"strings"

	"miandan/templates/scene"
)

// text is a renderer that keeps what is written.
type text struct{ strings.Builder }

func (t *text) Fill(scene.Fill) error       { return nil }
func (t *text) Modules(scene.Modules) error { return nil }
func (t *text) Picture(scene.Picture) error { return nil }

func (t *text) Glyphs(g scene.Glyphs) error {
	for _, r := range g.Run {
		t.WriteRune(r.Rune)
	}
	return nil
}

// words returns what stands on a page, without its blanks.
func words(p *scene.Page) string {
	var t text
	_ = p.Draw(&t)
	return strings.Join(strings.Fields(t.String()), "")
}
