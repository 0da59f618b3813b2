// Package templates says what a label looks like: layouts in YAML and the
// composing of a waybill into one.
//
// A layout is a list of things with a place in millimetres, and no program:
// people who pack parcels change it, so what they write wrong is answered with
// the line and with what to write instead. What layouts share stands in blocks,
// which are spread out when a layout is read. Compose is the one place where
// millimetres become dots. It never cuts a text, prints a box for a character
// or leaves a field out by itself: a label that cannot be whole is refused
// with the field's name, never with its content.
package templates

import (
	"fmt"
	"slices"

	"miandan/templates/barcode"
	"miandan/templates/scene"
	"miandan/templates/typeset"
)

// Template is a layout that has been checked.
type Template struct {
	name          string
	source        source
	title         string
	width, height scene.Length
	elements      []element
	flows         bool // a table goes on over further pages
}

// Name returns the name by which a Library knows the template: its file's name
// without the ending.
func (t *Template) Name() string { return t.name }

// Title returns what people call it, or the name if the layout says nothing.
func (t *Template) Title() string {
	if t.title == "" {
		return t.name
	}
	return t.title
}

// Size returns the size of the label.
func (t *Template) Size() (width, height scene.Length) { return t.width, t.height }

// shows reports whether a text of the template has the field whenever there is
// something to show.
func (t *Template) shows(path string) bool {
	for _, e := range t.elements {
		text, ok := e.drawer.(textElement)
		always := !slices.ContainsFunc(e.when, func(w *condition) bool { return w.field.Path != path || w.op != "" })
		if ok && always && text.value.has(path) {
			return true
		}
	}
	return false
}

func (v value) has(path string) bool {
	for _, p := range v {
		if p.field != nil && p.field.Path == path {
			return true
		}
	}
	return false
}

// at is a place in millimetres from the upper left corner.
type at struct{ x, y, w, h float64 }

func (a at) overlaps(o at) bool {
	const hair = 1e-9
	return a.x < o.x+o.w-hair && o.x < a.x+a.w-hair && a.y < o.y+o.h-hair && o.y < a.y+a.h-hair
}

// dots snaps the edges, not the size, so boxes that touch in millimetres touch
// in dots. Whatever the rounding, the rectangle has a dot and is on the page.
func (a at) dots(p *scene.Page) scene.Rect {
	edge := func(mm float64, most int) int { return min(p.Grid.Dots(scene.MM(mm)), most) }
	x, y := edge(a.x, p.Width-1), edge(a.y, p.Height-1)
	return scene.Rect{
		X: x, Y: y,
		W: max(edge(a.x+a.w, p.Width)-x, 1),
		H: max(edge(a.y+a.h, p.Height)-y, 1),
	}
}

type element struct {
	kind string
	file string // the block that it stands in; empty for the layout itself
	line int
	when []*condition // all of them must hold
	drawer

	column int
	source source
	way    []step
}

func (e *element) wanted(c *card) bool {
	for _, w := range e.when {
		if !w.holds(c) {
			return false
		}
	}
	return true
}

func (e *element) String() string {
	s := fmt.Sprintf("%s, line %d", e.kind, e.line)
	if e.file != "" {
		s += " of " + e.file
	}
	return s
}

// A drawer is one kind of element.
type drawer interface {
	draw(*composer) error
	boxes() []at // what it may leave ink in
}

// lettering is how a text is set, in millimetres on the page.
type lettering struct {
	size, floor float64
	lines       int
	leading     float64
	bold        bool
	align       typeset.Align
	valign      typeset.VAlign
	missing     string // what stands for a character without a glyph; empty refuses it
}

type textElement struct {
	at
	lettering
	value, more              value
	reverse, boxed, required bool
}

type itemsElement struct {
	at
	lettering
	each, more value
	join       string
}

// codeElement is a barcode of any kind.
type codeElement struct {
	at
	value    value
	module   scene.Length
	vertical bool
	encode   func(text string) (barcode.Symbol, error)
}

type lineElement struct {
	at
	upright bool
}

type frameElement struct {
	at
	thick float64
}

func (a at) boxes() []at { return []at{a} }

// A frame is its four sides: what stands inside it is not on it.
func (e frameElement) boxes() []at {
	return []at{
		{e.x, e.y, e.w, e.thick}, {e.x, e.y + e.h - e.thick, e.w, e.thick},
		{e.x, e.y, e.thick, e.h}, {e.x + e.w - e.thick, e.y, e.thick, e.h},
	}
}
