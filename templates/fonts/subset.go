package fonts

import (
	"cmp"
	"errors"
	"iter"
	"slices"

	"miandan/templates/scene"
)

// Subset gathers the glyphs of a document into one small TrueType font.
//
// The writer of the PDF pays per font, not per glyph, and knows no character
// beyond U+FFFF. So all faces share one font, and a code in it is not always
// the character: the face that comes first with a character takes its own
// code, the others get codes of the private use area.
type Subset struct {
	codes  map[member]rune
	taken  map[rune]bool
	glyphs []coded
	next   rune
}

// member names a glyph as it looks: the rare face has more than one look.
type member struct {
	face   scene.Face
	r      rune
	sx, sy int
}

// coded is a glyph under its code.
type coded struct {
	code, r rune
	advance int
	outline Outline
}

// The private use area of the basic plane.
const (
	firstPrivate = 0xE000
	lastPrivate  = 0xF8FF
)

// ErrFull reports a document with more glyphs than one font has codes for.
var ErrFull = errors.New("the document needs more glyphs than one font holds")

// NewSubset returns an empty subset.
func NewSubset() *Subset {
	return &Subset{codes: map[member]rune{}, taken: map[rune]bool{}, next: firstPrivate}
}

// Add adds a glyph as it looks at a size in dots an em and returns its code.
func (s *Subset) Add(g Glyph, size float64) (rune, error) {
	m := member{face: g.Face, r: g.Rune}
	if g.Face == scene.Rare {
		m.sx, m.sy = swell(size)
	}
	if code, ok := s.codes[m]; ok {
		return code, nil
	}
	code := g.Rune
	if code >= firstPrivate && code <= lastPrivate || code >= 0xFFFE || s.taken[code] {
		if s.next > lastPrivate {
			return 0, ErrFull
		}
		code = s.next
		s.next++
	}
	s.codes[m], s.taken[code] = code, true
	s.glyphs = append(s.glyphs, coded{code, g.Rune, g.Advance(), g.Outline(size)})
	return code, nil
}

// Characters yields each code of the font with the character that it shows,
// by rising code.
func (s *Subset) Characters() iter.Seq2[rune, rune] {
	return func(yield func(code, r rune) bool) {
		for _, g := range s.sorted() {
			if !yield(g.code, g.r) {
				return
			}
		}
	}
}

func (s *Subset) sorted() []coded {
	return slices.SortedFunc(slices.Values(s.glyphs), func(a, b coded) int { return cmp.Compare(a.code, b.code) })
}
