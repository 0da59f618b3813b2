package typeset

import (
	"math"

	"miandan/templates/fonts"
	"miandan/templates/scene"
)

// metrics are a character at a size, in whole dots.
type metrics struct {
	advance int
	// reach is how wide it is at a line's end: the white half of closing punctuation
	// may hang out. So may that before the ink of opening punctuation at a line's
	// beginning, which is its indent.
	reach, indent int
	ink           scene.Rect // the box of its dots, seen from its origin
	inked         bool       // a space is not
}

// at returns the text's characters at a size. A size that fits is measured once
// and asked for several times.
func (s *setter) at(size float64) []metrics {
	if size == s.size && s.measured != nil {
		return s.measured
	}
	if s.measured == nil {
		s.measured = make([]metrics, len(s.text))
	}
	s.size = size
	for i := range s.text {
		s.measured[i] = s.text[i].measure(size)
	}
	return s.measured
}

func (c *char) measure(size float64) (m metrics) {
	if c.r == lineEnd {
		return m
	}
	advance := c.glyph.Advance()
	m.advance = int(math.Round(float64(advance) * size / fonts.UnitsPerEm))
	m.reach = m.advance
	if m.ink, m.inked = c.ink(size); m.inked && advance == fonts.UnitsPerEm {
		if c.is(closing) {
			m.reach = m.ink.X + m.ink.W
		}
		if c.is(opening) {
			m.indent = max(m.ink.X, 0)
		}
	}
	return m
}

// ink returns the box of the glyph's dots, seen from its origin.
func (c *char) ink(size float64) (r scene.Rect, ok bool) {
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

// indent returns the white before the ink that a line begins with.
func (s *setter) indent(start int, size float64) int {
	if start == len(s.text) {
		return 0
	}
	return s.at(size)[start].indent
}
