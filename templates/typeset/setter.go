package typeset

import (
	"math"

	"miandan/templates/fonts"
	"miandan/templates/scene"
)

// setter holds a block while sizes are tried.
type setter struct {
	block Block
	box   scene.Rect
	text  []char
	bonds []bond

	size     float64 // that was measured last
	measured []metrics
}

// layout is a block as it fits: its size in dots an em, its lines, the
// distance between them and the first one's baseline.
type layout struct {
	size            float64
	lines           []line
	leading, origin int
}

// The em of hanzi reaches so far above and below the baseline.
const (
	ascent  = 0.88
	descent = 0.12
)

// try lays the block out at a size and reports whether it fits.
func (s *setter) try(size float64, m manner) (layout, bool) {
	l := layout{size: size, lines: []line{{0, len(s.text)}}, leading: s.leading(size)}
	if s.block.Lines != 1 {
		var ok bool
		if l.lines, ok = s.wrap(size, s.box.W, m); !ok {
			return l, false
		}
		if s.block.Lines > 0 && len(l.lines) > s.block.Lines {
			return l, false
		}
	}
	ink := s.extent(l.lines[0], size)
	for i, line := range l.lines {
		e := s.extent(line, size)
		if e.width() > s.box.W {
			return l, false
		}
		ink.top = min(ink.top, e.top+i*l.leading)
		ink.bottom = max(ink.bottom, e.bottom+i*l.leading)
	}
	if ink.bottom-ink.top > s.box.H {
		return l, false
	}
	up := int(math.Round(ascent * size))
	height := up + (len(l.lines)-1)*l.leading + int(math.Round(descent*size))
	l.origin = s.box.Y + up
	switch s.block.VAlign {
	case Middle:
		l.origin += (s.box.H - height) / 2
	case Bottom:
		l.origin += s.box.H - height
	}
	// A descender may reach below the em of hanzi; the block gives way.
	l.origin = min(l.origin, s.box.Y+s.box.H-ink.bottom)
	l.origin = max(l.origin, s.box.Y-ink.top)
	return l, true
}

// first passes over the sizes at which the lines that there may be are too
// narrow for certain, even if every advance were rounded down, and returns the
// first one to try. A large size with a low floor costs no more than the right
// size.
func (s *setter) first(size, floor float64) float64 {
	if s.block.Lines <= 0 {
		return size
	}
	lines := float64(s.block.Lines)
	ems := 0.0
	for i := range s.text {
		if c := &s.text[i]; c.r != lineEnd && !c.space() { // spaces go where lines end
			ems += float64(c.glyph.Advance()) / fonts.UnitsPerEm
		}
	}
	ems -= 2 * lines // the white halves of punctuation may hang out
	fits := (float64(s.box.W)*lines + float64(len(s.text))/2) / max(ems, 0.001)
	if steps := math.Floor((size - fits) / step); steps > 0 {
		return max(size-steps*step, floor)
	}
	return size
}

func (s *setter) leading(size float64) int {
	ems := s.block.Leading
	if ems <= 0 {
		ems = 1.2
	}
	return int(math.Round(ems * size))
}

// extent is how far a line reaches from its origin, in dots. To the sides it
// holds advances and ink, up and down the ink alone. The white half of opening
// punctuation hangs out of a line's beginning, that of closing out of its end.
type extent struct{ left, right, top, bottom int }

func (e extent) width() int { return e.right - e.left }

func (s *setter) extent(l line, size float64) (e extent) {
	pen, end := -s.indent(l.from, size), 0
	all := s.at(size)[l.from:l.to]
	for i := range all {
		c := &all[i]
		end = pen + c.reach
		if c.inked {
			e.left, e.right = min(e.left, pen+c.ink.X), max(e.right, pen+c.ink.X+c.ink.W)
			e.top, e.bottom = min(e.top, c.ink.Y), max(e.bottom, c.ink.Y+c.ink.H)
		}
		pen += c.advance
	}
	e.right = max(e.right, end)
	return e
}

// marks returns the laid out block. Within a mark the face is one.
func (s *setter) marks(l layout) []scene.Glyphs {
	var marks []scene.Glyphs
	var zone scene.Rect
	all := s.at(l.size)
	run := make([]scene.Glyph, 0, len(s.text)) // of all marks, one behind the other
	for i, line := range l.lines {
		e := s.extent(line, l.size)
		x, y := s.box.X-e.left-s.indent(line.from, l.size), l.origin+i*l.leading
		switch s.block.Align {
		case Center:
			x += (s.box.W - e.width()) / 2
		case Right:
			x += s.box.W - e.width()
		}
		for k := line.from; k < line.to; k++ {
			c, at := &s.text[k], &all[k]
			if n := len(marks); n == 0 || marks[n-1].Face != c.glyph.Face {
				marks = append(marks, scene.Glyphs{Face: c.glyph.Face, Size: l.size, Ink: s.block.Ink})
			}
			run = append(run, scene.Glyph{Rune: c.r, X: x, Y: y})
			m := &marks[len(marks)-1]
			m.Run = run[len(run)-1-len(m.Run) : len(run) : len(run)]
			if at.inked {
				zone = union(zone, scene.Rect{X: x + at.ink.X, Y: y + at.ink.Y, W: at.ink.W, H: at.ink.H})
			}
			x += at.advance
		}
	}
	if zone.W == 0 {
		return nil
	}
	for i := range marks {
		marks[i].Zone = zone
	}
	return marks
}

func union(a, b scene.Rect) scene.Rect {
	if a.W == 0 {
		return b
	}
	x, y := min(a.X, b.X), min(a.Y, b.Y)
	return scene.Rect{X: x, Y: y, W: max(a.X+a.W, b.X+b.W) - x, H: max(a.Y+a.H, b.Y+b.H) - y}
}

// fit counts the characters that have a place at a size.
func (s *setter) fit(size float64) (n int) {
	lines := []line{{0, len(s.text)}}
	if s.block.Lines != 1 {
		lines, _ = s.wrap(size, s.box.W, breakWords)
	}
	for i, l := range lines {
		if (s.block.Lines > 0 && i == s.block.Lines) || i*s.leading(size)+int(size) > s.box.H {
			break
		}
		used := 0
		for _, c := range s.at(size)[l.from:l.to] {
			if used += c.advance; used > s.box.W {
				return n
			}
			n++
		}
	}
	return n
}
