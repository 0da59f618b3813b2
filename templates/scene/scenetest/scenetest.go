// Package scenetest reads a composed label as a person does, so that a test of a
// carrier can ask what is written on it, whatever the layout.
package scenetest

import (
	"strings"
	"testing"

	"miandan/templates/scene"
)

// Page is what stands on a label.
type Page struct {
	Text  string // all that is written, without blanks
	Codes []scene.Modules
}

// Read reads a label as it was composed, before it becomes dots.
func Read(t *testing.T, p *scene.Page) Page {
	t.Helper()
	var r reader
	if err := p.Draw(&r); err != nil {
		t.Fatal(err)
	}
	return Page{Text: squeeze(r.text.String()), Codes: r.codes}
}

// Says reports whether something is written there. Nothing is never said: a test
// that looks for what its carrier did not give looks for nothing.
func (p Page) Says(what string) bool {
	what = squeeze(what)
	return what != "" && strings.Contains(p.Text, what)
}

// Main returns the widest code, which is the one that is scanned.
func (p Page) Main() scene.Modules {
	var main scene.Modules
	for _, c := range p.Codes {
		if c.Rect.W > main.Rect.W {
			main = c
		}
	}
	return main
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

// reader is a scene.Renderer that keeps what it is told to draw.
type reader struct {
	text  strings.Builder
	codes []scene.Modules
}

func (*reader) Fill(scene.Fill) error           { return nil }
func (*reader) Picture(scene.Picture) error     { return nil }
func (r *reader) Modules(m scene.Modules) error { r.codes = append(r.codes, m); return nil }
func (r *reader) Glyphs(g scene.Glyphs) error {
	for _, one := range g.Run {
		r.text.WriteRune(one.Rune)
	}
	return nil
}
