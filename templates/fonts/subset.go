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
	next   rune // private code
	lent   rune
}

// member names a glyph as it looks, which up to some size depends on the size.
type member struct {
	face scene.Face
	r    rune
	size float64 // 0 for large sizes, at which all look alike
}

// coded is a glyph under its code.
type coded struct {
	code, r rune
	advance int
	outline Outline
}

// The private use area of the basic plane, and the hanzi and syllables before
// it, whose codes are lent out when the private ones are gone. What a code
// shows is told by Characters, so any code will do.
const (
	firstPrivate = 0xE000
	lastPrivate  = 0xF8FF
	firstLent    = 0x3400
	lastLent     = 0xD7FF
)

// ErrFull reports a document with more glyphs than one font has codes for,
// which takes some 50,000.
var ErrFull = errors.New("the document needs more glyphs than one font holds")

// NewSubset returns an empty subset.
func NewSubset() *Subset {
	return &Subset{codes: map[member]rune{}, taken: map[rune]bool{}, next: firstPrivate, lent: firstLent}
}

// Add adds a glyph as it looks at a size in dots an em and returns its code.
func (s *Subset) Add(g Glyph, size float64) (rune, error) {
	m := member{face: g.Face, r: g.Rune}
	if size < settledBelow {
		m.size = size
	}
	if code, ok := s.codes[m]; ok {
		return code, nil
	}
	code := g.Rune
	if code >= firstPrivate && code <= lastPrivate || code >= 0xFFFE || s.taken[code] {
		var err error
		if code, err = s.free(); err != nil {
			return 0, err
		}
	}
	s.codes[m], s.taken[code] = code, true
	s.glyphs = append(s.glyphs, coded{code, g.Rune, g.Advance(), g.Outline(size)})
	return code, nil
}

// free returns a code that no glyph has.
func (s *Subset) free() (rune, error) {
	for ; s.next <= lastPrivate; s.next++ {
		if !s.taken[s.next] {
			return s.next, nil
		}
	}
	for ; s.lent <= lastLent; s.lent++ {
		if !s.taken[s.lent] {
			return s.lent, nil
		}
	}
	return 0, ErrFull
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
