package templates

import (
	"errors"
	"fmt"
	"strings"

	"miandan/templates/barcode"
	"miandan/templates/typeset"
)

func (c *composer) fail(f *Field, r Reason, detail string) error {
	e := &ComposeError{Template: c.template.name, Reason: r, Detail: detail}
	if c.element != nil {
		e.Element = c.element.String()
	}
	if f != nil {
		e.Field = f.Path
	}
	return e
}

// misplaced is for a page that refuses a mark: the place was checked on load,
// so only rounding on an odd grid is left to blame. Its error has dots alone.
func (c *composer) misplaced(err error) error {
	if err == nil {
		return nil
	}
	return c.fail(nil, BadGrid, err.Error())
}

func (c *composer) untypeset(v value, err error) error {
	var over *typeset.OverflowError
	var missing *typeset.MissingGlyphError
	switch {
	case errors.As(err, &over):
		return c.fail(v.longestField(&c.card), TooLong, fmt.Sprintf("%d of %d characters fit at %.1f mm", over.Fit, over.Of, over.Size.MM()))
	case errors.As(err, &missing):
		return c.fail(v.fieldWith(&c.card, missing.Rune), NoGlyph, "")
	}
	return c.fail(v.longestField(&c.card), NoGlyph, "the typefaces cannot be read")
}

func (c *composer) uncoded(v value, err error) error {
	var fit *barcode.FitError
	if errors.As(err, &fit) {
		return c.fail(v.longestField(&c.card), CodeTooWide, fit.Error())
	}
	return c.fail(v.longestField(&c.card), NotEncoded, err.Error())
}

func (v value) find(c *card, better func(best, next string) bool) *Field {
	var best *Field
	text := ""
	for _, p := range v {
		if p.field == nil {
			continue
		}
		if s := p.text(c); best == nil || better(text, s) {
			best, text = p.field, s
		}
	}
	return best
}

// emptyField returns the first field that says nothing, or nil.
func (v value) emptyField(c *card) *Field {
	for _, p := range v {
		if p.field != nil && p.text(c) == "" {
			return p.field
		}
	}
	return nil
}

func (v value) longestField(c *card) *Field {
	return v.find(c, func(best, next string) bool { return len(next) > len(best) })
}

func (v value) fieldWith(c *card, r rune) *Field {
	return v.find(c, func(best, next string) bool {
		return !strings.ContainsRune(best, r) && strings.ContainsRune(next, r)
	})
}
