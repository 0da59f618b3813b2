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
// No space is put between hanzi and Latin: what is printed is what was written.
//
// # Lines
//
// Text breaks between hanzi and behind spaces, but not before closing and not
// behind opening punctuation; the white half of a comma or a bracket hangs out
// of its line. Words and numbers stay whole: they are made smaller before they are
// broken, and broken, behind a hyphen rather than elsewhere, only if they do not
// fit a line at the floor. 12号, 3栋, 2单元 and 301室 stay whole where they fit a
// line and it costs the text no more than a tenth of its size. A paragraph does
// not end with one character on a line of its own.
//
// # Characters
//
// What prints nothing and changes nothing is left out: control characters, zero
// widths, soft hyphens, byte order marks, tags, variation selectors, and the
// marks of direction from left to right, which is the only one here. Tabs and
// odd spaces are a space. A letter and the accents behind it are one character
// where Unicode has that.
//
// What cannot be printed as it is meant is refused with a [MissingGlyphError],
// and the caller names the field: characters without a glyph, such as emoji;
// bytes that are no UTF-8, for somebody's name has been cut in two; characters of
// private use, which mean another thing on every system; accents and strokes
// through letters that would be lost; and marks that have the text read from
// right to left, behind which 12-3 may be what its writer saw as 3-12.
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
	// Text may hold anything; the package tells what becomes of it. Line ends
	// break the line, or are a space if Lines is 1.
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

// Problem is why a character cannot be set.
type Problem uint8

// Only [NoGlyph] is for a face to solve.
const (
	NoGlyph    Problem = iota // an emoji mostly, or a character of private use
	Broken                    // it stands for bytes that are no UTF-8
	TurnsRound                // it has what follows read from right to left
	LooseMark                 // it is an accent or a stroke for a letter that has no such
)

// MissingGlyphError reports a character that cannot be set.
type MissingGlyphError struct {
	Rune    rune
	Problem Problem
}

func (e *MissingGlyphError) Error() string {
	switch e.Problem {
	case Broken:
		return "the text is broken: it is not valid UTF-8"
	case TurnsRound:
		return fmt.Sprintf("%U has the text read from right to left", e.Rune)
	case LooseMark:
		return fmt.Sprintf("no letter here can bear the mark %U", e.Rune)
	}
	return fmt.Sprintf("no face has a glyph for %U", e.Rune)
}

// Set lays the block out in a box. The marks come in reading order, a new one
// wherever the face changes; their common zone is the box of all the ink, and
// it lies within the given one. A text without ink gives no marks.
func Set(b Block, box scene.Rect, g scene.Grid) ([]scene.Glyphs, error) {
	if b.Size <= 0 || g <= 0 {
		return nil, errors.New("text without a size")
	}
	text, err := shape(b.Text, b.Lines != 1, b.Bold)
	if err != nil || len(text) == 0 {
		return nil, err
	}
	setter := setter{block: b, box: box, text: text, bonds: bonds(text)}
	size, floor := g.Exact(b.Size), g.Exact(b.Floor)
	if floor <= 0 || floor > size {
		floor = size
	}
	first := setter.first(size, floor)
	for _, m := range []manner{keep, part, breakWords} {
		least := floor
		switch {
		case b.Lines == 1 && m != keep:
			continue
		case m == keep:
			least = max(floor, size*worth)
			if b.Lines == 1 {
				least = floor
			}
		}
		for try := first; ; try = max(try-step, least) {
			if m == part && try < size*worth {
				if l, ok := setter.try(try, keep); ok {
					return setter.marks(l), nil
				}
			}
			if l, ok := setter.try(try, m); ok {
				return setter.marks(l), nil
			}
			if try <= least {
				break
			}
		}
	}
	return nil, &OverflowError{Fit: setter.fit(floor), Of: len(text), Size: scene.Length(math.Round(floor / float64(g) * 1000))}
}

const (
	// step is how much smaller each try is, in dots.
	step = 0.5
	// worth is how much smaller a text may get for 12号 to stay whole.
	worth = 0.9
)

// Measure returns how many dots wide a text is on one line at its size.
func Measure(b Block, g scene.Grid) (int, error) {
	if b.Size <= 0 || g <= 0 {
		return 0, errors.New("text without a size")
	}
	text, err := shape(b.Text, false, b.Bold)
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
	class class
	glyph fonts.Glyph
}

func (c *char) is(a class) bool { return c.class&a != 0 }

func (c *char) space() bool { return c.r == ' ' || c.r == '\u3000' }

// shape cleans a text and finds its glyphs.
func shape(text string, multiline, bold bool) ([]char, error) {
	letters, err := clean(text, multiline)
	if err != nil {
		return nil, err
	}
	set, err := fonts.Default()
	if err != nil {
		return nil, err
	}
	face := scene.Regular
	if bold {
		face = scene.Bold
	}
	out := make([]char, len(letters))
	for i, l := range letters {
		out[i].r = l.r
		if l.r == lineEnd {
			continue
		}
		g, ok, err := set.Find(face, l.r)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, &MissingGlyphError{Rune: l.blame}
		}
		out[i] = char{l.r, classes[l.r], g}
	}
	return out, nil
}
