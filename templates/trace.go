package templates

import (
	"slices"
	"strings"

	"miandan/templates/scene"
	"miandan/templates/waybill"
)

// Place is where something stands in a layout or a block.
type Place struct {
	File         string
	Line, Column int      // from 1
	Excerpt      string   // the line and the two before it, with a mark under the place
	Includes     []string // who includes the block, FILE:LINE, the innermost first
}

// Element is what a layout says in one place, for those who judge layouts.
type Element struct {
	Kind     string // text, barcode, …
	Place    Place
	Fields   []string // that it prints as they are
	Masked   []string // that it prints with some of it hidden
	Words    string   // those around the fields
	Vertical bool     // a code turned by a quarter
	Number   int      // its place in the order of drawing
	title    string
}

// Shows reports whether the element prints a field as it is.
func (e *Element) Shows(field string) bool { return slices.Contains(e.Fields, field) }

// Drawn is an element and the marks that it left on a page, alone.
type Drawn struct {
	*Element
	Page  int // from 0
	Marks *scene.Page
}

// Place returns the beginning of the layout's file.
func (t *Template) Place() Place {
	return Place{File: t.source.file, Line: 1, Column: 1, Excerpt: excerpt(t.source.src, 1, 1)}
}

// Elements returns what the layout says, its blocks spread out, in the order of
// drawing.
func (t *Template) Elements() []*Element {
	all := make([]*Element, len(t.elements))
	for i := range t.elements {
		all[i] = t.elements[i].describe()
		all[i].Number = i
	}
	return all
}

func (e *element) describe() *Element {
	d := &Element{Kind: e.kind, title: e.String(), Place: Place{
		File: e.source.file, Line: e.line, Column: e.column, Excerpt: excerpt(e.source.src, e.line, e.column),
	}}
	for _, s := range slices.Backward(e.way) {
		d.Place.Includes = append(d.Place.Includes, s.from)
	}
	var values []value
	switch of := e.drawer.(type) {
	case textElement:
		values = []value{of.value}
	case itemsElement:
		values = []value{of.each}
	case codeElement:
		values, d.Vertical = []value{of.value}, of.vertical
	case marksElement:
		for _, m := range of.marks {
			values = append(values, m.value)
		}
	case tableElement:
		for _, c := range of.columns {
			values = append(values, c.value, c.heading())
		}
	}
	var words []string
	for _, v := range values {
		for _, p := range v {
			switch {
			case p.field == nil:
				words = append(words, p.words)
			case p.masks():
				d.Masked = append(d.Masked, p.field.Path)
			default:
				d.Fields = append(d.Fields, p.field.Path)
			}
		}
	}
	d.Words = strings.Join(words, " ")
	return d
}

// Trace is Pages that also tells which element left which marks; elements are
// those of Elements, and one that drew nothing is left out. Its errors are
// *ComposeError.
func (t *Template) Trace(l waybill.Label, g scene.Grid, elements []*Element) ([]*scene.Page, []Drawn, error) {
	var all []Drawn
	pages, err := t.compose(l, g, func(c *composer) {
		c.traced = func(e *element, marks *scene.Page) error {
			if c.card.page == 1 && len(all) > 0 && all[len(all)-1].Page > 0 {
				all = nil // the pages are set once more, now that their number is known
			}
			i := slices.IndexFunc(elements, func(d *Element) bool { return &t.elements[d.Number] == e })
			all = append(all, Drawn{elements[i], c.card.page - 1, marks})
			return nil
		}
	})
	return pages, all, err
}

// draw draws an element on the page, and first on a page of its own if somebody
// asks what it draws.
func (c *composer) draw(e *element) error {
	if c.traced == nil {
		return e.draw(c)
	}
	whole := c.page
	c.page = &scene.Page{Grid: whole.Grid, Width: whole.Width, Height: whole.Height}
	err := e.draw(c)
	marks := c.page
	c.page = whole
	if err != nil || marks.Empty() {
		return err
	}
	if err := marks.Draw(whole); err != nil {
		return c.misplaced(err)
	}
	return c.traced(e, marks)
}

// Title is how a ComposeError names the element.
func (e *Element) Title() string { return e.title }
