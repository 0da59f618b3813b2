// Package templates says what a label looks like: layouts in YAML and the
// composing of a waybill into one.
//
// A layout is a list of things with a place in millimetres, and no program:
// people who pack parcels change it, so what they write wrong is answered with
// the line and with what to write instead. Compose is the one place where
// millimetres become dots. It never cuts a text, prints a box for a character
// or leaves a field out by itself: a label that cannot be whole is refused
// with the field's name, never with its content.
package templates

import (
	"miandan/templates/barcode"
	"miandan/templates/scene"
	"miandan/templates/typeset"
)

// Template is a layout that has been checked.
type Template struct {
	name          string
	title         string
	width, height scene.Length
	elements      []element
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

// shows reports whether a text of the template has the field.
func (t *Template) shows(path string) bool {
	for _, e := range t.elements {
		if text, ok := e.drawer.(textElement); ok && text.value.has(path) {
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
	line int // in the layout's file
	when *condition
	drawer
}

// A drawer is one kind of element.
type drawer interface {
	draw(*composer) error
	boxes() []at // what it may leave ink in
}

type lettering struct {
	at
	size, floor float64
	lines       int
	leading     float64
	bold        bool
	align       typeset.Align
	valign      typeset.VAlign
	missing     string // what stands for a character without a glyph; empty refuses it
}

type textElement struct {
	lettering
	value, more       value
	reverse, required bool
}

type itemsElement struct {
	lettering
	each, more value
	join       string
}

type barcodeElement struct {
	at
	value    value
	module   scene.Length
	vertical bool
}

type qrElement struct {
	at
	value  value
	module scene.Length
	level  barcode.Level
}

type lineElement struct {
	at
	upright bool
}

type frameElement struct {
	at
	thick float64
}

func (e lettering) boxes() []at      { return []at{e.at} }
func (e barcodeElement) boxes() []at { return []at{e.at} }
func (e qrElement) boxes() []at      { return []at{e.at} }
func (e lineElement) boxes() []at    { return []at{e.at} }

// A frame is its four sides: what stands inside it is not on it.
func (e frameElement) boxes() []at {
	return []at{
		{e.x, e.y, e.w, e.thick}, {e.x, e.y + e.h - e.thick, e.w, e.thick},
		{e.x, e.y, e.thick, e.h}, {e.x + e.w - e.thick, e.y, e.thick, e.h},
	}
}
