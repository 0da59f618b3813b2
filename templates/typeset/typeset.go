// Package typeset sets text into a box of whole dots.
//
// Nothing is ever cut. A text is set at its size, wrapped where the block
// allows, made smaller step by step down to a floor, and refused with an
// [OverflowError] if it still does not fit: a label with half an address sends
// a parcel to the wrong door, and nobody sees it.
//
// Every glyph stands on a whole dot and every advance is whole dots, so the
// same character is the same dots wherever it stands and figures keep an even
// pitch. That is why text is set on the head's own grid and not scaled later.
package typeset

import (
	"errors"
	"fmt"
	"math"

	"miandan/templates/fonts"
	"miandan/templates/scene"
)

// Align is where a line stands in the width of its box.
type Align uint8

// Left is the zero value.
const (
	Left Align = iota
	Center
	Right
)

// VAlign is where a block stands in the height of its box.
type VAlign uint8

// Top is the zero value.
const (
	Top VAlign = iota
	Middle
	Bottom
)

// Block is a text and how it is to be set. Only Text and Size are needed.
type Block struct {
	// Text may hold anything. Line ends break the line, or are a space if
	// Lines is 1; tabs and odd spaces are a space; control characters, zero
	// widths, direction marks and variation selectors are left out. A byte that
	// is no UTF-8 counts as U+FFFD, for which no glyph will do.
	Text    string
	Bold    bool
	Size    scene.Length // of the em
	Floor   scene.Length // the smallest em that may be used; 0 is Size
	Lines   int          // at most; 0 is as many as fit the box
	Leading float64      // from line to line, in ems; 0 is 1.2
	Align   Align
	VAlign  VAlign // by the em of hanzi, so that neighbours share a baseline
	Ink     scene.Ink
}

// OverflowError reports a text that does not fit its box. It does not say
// which text: that is a person's name or address.
type OverflowError struct {
	Fit, Of int          // characters that fit, of how many
	Size    scene.Length // the smallest em that was tried
}

func (e *OverflowError) Error() string {
	return fmt.Sprintf("the text does not fit its box: %d of %d characters fit at %.1f mm", e.Fit, e.Of, e.Size.MM())
}

// MissingGlyphError reports a character that no face has, an emoji mostly, or
// U+FFFD for text that is broken.
type MissingGlyphError struct{ Rune rune }

func (e *MissingGlyphError) Error() string {
	return fmt.Sprintf("no face has a glyph for %U", e.Rune)
}

// Set lays the block out in a box. The marks come in reading order, a new one
// wherever the face changes; their common zone is the box of all the ink, and
// it lies within the given one. A text without ink gives no marks.
//
// Words and numbers stay whole: they are made smaller before they are broken,
// and broken only if they do not fit a line at the floor. Text breaks between
// hanzi, but not before closing and not after opening punctuation.
func Set(b Block, box scene.Rect, g scene.Grid) ([]scene.Glyphs, error) {
	if b.Size <= 0 || g <= 0 {
		return nil, errors.New("text without a size")
	}
	text, err := shape(clean(b.Text, b.Lines != 1), b.Bold)
	if err != nil || len(text) == 0 {
		return nil, err
	}
	setter := setter{block: b, box: box, text: text}
	floor := b.Floor
	if floor <= 0 || floor > b.Size {
		floor = b.Size
	}
	for _, breakWords := range []bool{false, true} {
		if breakWords && b.Lines == 1 {
			break
		}
		for size := setter.first(g.Exact(b.Size), g.Exact(floor)); ; size = max(size-step, g.Exact(floor)) {
			if l, ok := setter.try(size, breakWords); ok {
				return setter.marks(l), nil
			}
			if size <= g.Exact(floor) {
				break
			}
		}
	}
	return nil, &OverflowError{Fit: setter.fit(g.Exact(floor)), Of: len(text), Size: floor}
}

// step is how much smaller each try is, in dots.
const step = 0.5

// Measure returns how many dots wide a text is on one line at its size.
func Measure(b Block, g scene.Grid) (int, error) {
	if b.Size <= 0 || g <= 0 {
		return 0, errors.New("text without a size")
	}
	text, err := shape(clean(b.Text, false), b.Bold)
	if err != nil {
		return 0, err
	}
	s := setter{block: b, text: text}
	return s.extent(line{0, len(text)}, g.Exact(b.Size)).width(), nil
}

// char is a character with the glyph found for it, or a line end, which has
// none.
type char struct {
	r     rune
	glyph fonts.Glyph
}

func (c char) space() bool { return c.r == ' ' || c.r == '\u3000' }

func shape(text []rune, bold bool) ([]char, error) {
	set, err := fonts.Default()
	if err != nil {
		return nil, err
	}
	face := scene.Regular
	if bold {
		face = scene.Bold
	}
	out := make([]char, len(text))
	for i, r := range text {
		out[i].r = r
		if r == lineEnd {
			continue
		}
		g, ok, err := set.Find(face, r)
		if err != nil {
			return nil, err
		}
		if !ok || r == '\uFFFD' {
			return nil, &MissingGlyphError{r}
		}
		out[i].glyph = g
	}
	return out, nil
}

// advance returns a glyph's width in whole dots.
func (c char) advance(size float64) int {
	return int(math.Round(float64(c.glyph.Advance()) * size / fonts.UnitsPerEm))
}

// ink returns the box of the glyph's dots, seen from its origin.
func (c char) ink(size float64) (r scene.Rect, ok bool) {
	x0, y0, x1, y1 := c.glyph.Box(size)
	if x0 == x1 || y0 == y1 {
		return scene.Rect{}, false
	}
	const hair = 0.05 // of a dot; no ink that thin is seen
	scale := size / fonts.UnitsPerEm
	left, top := int(math.Floor(float64(x0)*scale+hair)), int(math.Floor(-float64(y1)*scale+hair))
	right, bottom := int(math.Ceil(float64(x1)*scale-hair)), int(math.Ceil(-float64(y0)*scale-hair))
	return scene.Rect{X: left, Y: top, W: right - left, H: bottom - top}, true
}
