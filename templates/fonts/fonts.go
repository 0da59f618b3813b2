// Package fonts holds the typefaces of the program: Noto Sans SC 400 and 700,
// and HanaMinB for the hanzi that those lack.
//
// Together they cover all 87,887 hanzi of GB 18030-2022, level 3, so that no
// name is ever printed with a box in it. They travel inside the program,
// because a label must look alike on every PC, whatever is installed there.
// HanaMinB is three times as large as the others and rarely needed; it is
// unpacked when the first rare hanzi turns up. Unpacked they are 51 MB, of which a
// station draws a few hundred kilobytes: a program that runs all day keeps them in
// a folder and reads its glyphs from there.
//
// What a glyph looks like is decided here, once for both renderers: raster
// fills the outlines as dots, pdf puts the same outlines into a small font. The
// rare face's strokes are made as thick as its neighbours', strokes of Noto's
// that a small size would lose are made thick enough to stay, a mask's bullet is
// a solid disc in half an em, and edges keep away from the middle of a dot.
//
// The files are made by the program in pack.
package fonts

import (
	"fmt"
	"sync"
	"unicode"

	"miandan/templates/scene"
)

// Set is the faces of the program. It is safe for concurrent use.
type Set struct {
	regular, bold *Font
	rare          func() (*Font, error)
}

// Default returns the set that the program carries. The first call opens Regular
// and Bold, or unpacks them (30 ms on two cores) if they are not kept; later calls
// are free.
func Default() (*Set, error) { return loadDefault() }

var loadDefault = sync.OnceValues(func() (*Set, error) { return load(keptIn()) })

// GlyphID is a glyph's number in its font. 0 means that there is none.
type GlyphID uint16

// Glyph is a character's picture in one face.
type Glyph struct {
	Face scene.Face
	Rune rune
	ID   GlyphID
	font *Font
}

// Find looks for a character in a face and, if it is a hanzi that is not
// there, in the rare face of that weight. Missing is reported by false; an error means that
// a font could not be unpacked.
func (s *Set) Find(face scene.Face, r rune) (Glyph, bool, error) {
	f, err := s.font(face)
	if err != nil {
		return Glyph{}, false, err
	}
	if id := f.index(r); id != 0 {
		return Glyph{face, r, id, f}, true, nil
	}
	if !unicode.Is(unicode.Han, r) {
		return Glyph{}, false, nil
	}
	switch face {
	case scene.Regular:
		return s.Find(scene.Rare, r)
	case scene.Bold:
		return s.Find(scene.RareBold, r)
	}
	return Glyph{}, false, nil
}

func (s *Set) font(face scene.Face) (*Font, error) {
	switch face {
	case scene.Regular:
		return s.regular, nil
	case scene.Bold:
		return s.bold, nil
	case scene.Rare, scene.RareBold:
		return s.rare()
	}
	return nil, fmt.Errorf("no face %d", face)
}

// Advance returns the glyph's width in thousandths of an em.
func (g Glyph) Advance() int {
	if g.Rune == bullet {
		return bulletAdvance
	}
	return g.font.advance(g.ID)
}

// Outline returns the glyph's contours as they are filled at a size in dots an
// em.
func (g Glyph) Outline(size float64) Outline {
	switch {
	case g.Rune == bullet:
		return disc(g.Face).settle(size)
	case g.rare():
		return g.darken(size).settle(size)
	case unicode.Is(unicode.Han, g.Rune):
		return g.font.outline(g.ID).sustain(size).settle(size)
	}
	return g.font.outline(g.ID).settle(size)
}

func (g Glyph) rare() bool { return g.Face == scene.Rare || g.Face == scene.RareBold }

// Box returns the box that holds all the glyph's ink at a size in dots an em,
// in thousandths of an em. It is empty for a space. Ink may stand out by a tenth
// of a dot, which blackens none.
func (g Glyph) Box(size float64) (x0, y0, x1, y1 int) {
	if g.rare() || g.Rune == bullet {
		return g.Outline(size).Box()
	}
	left, bottom, right, top := g.font.box(g.ID)
	return settled(left, size), settled(bottom, size), settled(right, size), settled(top, size)
}
