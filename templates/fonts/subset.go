package fonts

import (
	"iter"

	"miandan/templates/scene"
)

// Subset gathers the glyphs of a document into small TrueType fonts.
//
// A code in them is one byte and says nothing about the character, which
// [Small.Characters] tells. Fonts whose codes are characters the writer of the
// PDF reads, cuts and writes anew, with tables of 65,536 entries, which costs
// more than all the rest of a label; fonts of one byte it takes as they are. It
// pays per font, so all faces and sizes share one until its codes are gone.
type Subset struct {
	codes map[member]Code
	fonts []*Small
}

// Code is where a subset has a glyph: the font's number, from 0, and the code in
// it.
type Code struct {
	Font int
	Byte byte
}

// member names a glyph as it looks, which up to some size depends on the size.
type member struct {
	face scene.Face
	r    rune
	size float64 // 0 for large sizes, at which all look alike
}

func memberOf(face scene.Face, r rune, size float64) member {
	if size >= settledBelow {
		size = 0
	}
	return member{face, r, size}
}

// The codes that are given out, in this order. The one of the space is not among
// them, for programs may stretch what bears it.
const (
	firstCode = 33
	lastCode  = 255
)

// NewSubset returns an empty subset.
func NewSubset() *Subset { return &Subset{codes: map[member]Code{}} }

// Code returns the code of a glyph that has been added.
func (s *Subset) Code(face scene.Face, r rune, size float64) (Code, bool) {
	c, ok := s.codes[memberOf(face, r, size)]
	return c, ok
}

// Add adds a glyph as it looks at a size in dots an em and returns its code.
func (s *Subset) Add(g Glyph, size float64) Code {
	m := memberOf(g.Face, g.Rune, size)
	if c, ok := s.codes[m]; ok {
		return c
	}
	if n := len(s.fonts); n == 0 || len(s.fonts[n-1].glyphs) > lastCode-firstCode {
		s.fonts = append(s.fonts, &Small{})
	}
	n := len(s.fonts) - 1
	f := s.fonts[n]
	c := Code{n, byte(firstCode + len(f.glyphs))}
	s.codes[m] = c
	f.glyphs = append(f.glyphs, coded{g.Rune, kept.record(m, g, size)})
	return c
}

// Fonts returns the fonts by their numbers. A document without text has none.
func (s *Subset) Fonts() []*Small { return s.fonts }

// Small is a font of a subset.
type Small struct {
	glyphs []coded // the first one has the first code
}

type coded struct {
	r rune
	*record
}

// Characters yields each code of the font with the character that it shows,
// by rising code.
func (f *Small) Characters() iter.Seq2[byte, rune] {
	return func(yield func(code byte, r rune) bool) {
		for i, g := range f.glyphs {
			if !yield(byte(firstCode+i), g.r) {
				return
			}
		}
	}
}

// Advances returns the widths of all codes in thousandths of an em.
func (f *Small) Advances() (widths [256]int) {
	for i, g := range f.glyphs {
		widths[firstCode+i] = g.advance
	}
	return widths
}

// Box returns the box that holds all glyphs, in thousandths of an em.
func (f *Small) Box() (x0, y0, x1, y1 int) {
	b := f.bounds()
	return b.x0, b.y0, b.x1, b.y1
}

func (f *Small) bounds() (b box) {
	for _, g := range f.glyphs {
		if len(g.data) > 0 {
			b = b.with(g.box)
		}
	}
	return b
}
