package templates

import (
	"fmt"

	"miandan/templates/scene"
	"miandan/templates/waybill"
)

// Grids from 4 to 48 dots/mm: heads have 6 to 24.
const (
	leastGrid scene.Grid = 4
	mostGrid  scene.Grid = 48
)

// goods is the field to blame for too many pages.
const goods = "items.count"

// maxPages is more than any parcel's packing slip has.
const maxPages = 50

// Compose sets a label, which is one page, on a grid. Its errors are
// *ComposeError.
func (t *Template) Compose(l waybill.Label, g scene.Grid) (*scene.Page, error) {
	pages, err := t.Pages(l, g)
	if err != nil {
		return nil, err
	}
	if len(pages) > 1 {
		return nil, &ComposeError{Template: t.name, Field: goods, Reason: TooLong, Detail: fmt.Sprintf("it takes %d pages", len(pages))}
	}
	return pages[0], nil
}

// Pages sets a layout on as many pages as its table of goods takes: one, if no
// table flows. Its errors are *ComposeError.
func (t *Template) Pages(l waybill.Label, g scene.Grid) ([]*scene.Page, error) {
	return t.compose(l, g, func(*composer) {})
}

func (t *Template) compose(l waybill.Label, g scene.Grid, prepare func(*composer)) ([]*scene.Page, error) {
	if l.Screen {
		l = forScreen(l)
	}
	c := &composer{template: t, card: card{Label: &l, pages: 1}}
	prepare(c)
	switch {
	case !(g >= leastGrid && g <= mostGrid):
		return nil, c.fail(nil, BadGrid, "")
	case l.Parcel < 0 || l.Parcel >= len(l.Parcels):
		return nil, c.fail(nil, NoParcel, fmt.Sprintf("parcel %d of %d", l.Parcel+1, len(l.Parcels)))
	}
	pages, err := c.pages(g)
	if err != nil || len(pages) == 1 {
		return pages, err
	}
	c.card.pages = len(pages) // which each page may say
	return c.pages(g)
}

// A composer holds what the elements share while one label is composed.
type composer struct {
	template *Template
	card     card
	page     *scene.Page
	element  *element
	next     int                               // of the goods, the first that a flowing table has not set
	traced   func(*element, *scene.Page) error // nil unless somebody asks what each element drew
}

func (c *composer) pages(g scene.Grid) ([]*scene.Page, error) {
	var pages []*scene.Page
	c.next = 0
	for c.card.page = 1; ; c.card.page++ {
		before := c.next
		c.page, c.element = scene.NewPage(g, c.template.width, c.template.height), nil
		for i := range c.template.elements {
			e := &c.template.elements[i]
			if !e.wanted(&c.card) {
				continue
			}
			c.element = e
			if err := c.draw(e); err != nil {
				return nil, err
			}
		}
		pages = append(pages, c.page)
		if c.next == before || c.next == len(c.card.Items) {
			return pages, nil
		}
		if len(pages) == maxPages {
			return nil, &ComposeError{Template: c.template.name, Field: goods, Reason: TooLong, Detail: fmt.Sprintf("it takes more than %d pages", maxPages)}
		}
	}
}
