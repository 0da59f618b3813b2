package typeset

import "strings"

// line is a part of the text, from its first character to behind its last.
type line struct{ from, to int }

// manner is how text is parted into lines.
type manner uint8

const (
	keep       manner = iota // 12号 and words stay whole; 12号 parts if it is longer than a line
	part                     // 12号 parts like any hanzi
	breakWords               // words part too, if they are longer than a line
)

// wrap parts the text into lines no wider than width dots. It gives up if
// something that must stay whole is longer than a line.
func (s *setter) wrap(size float64, width int, m manner) ([]line, bool) {
	var lines []line
	for start := 0; ; {
		at, ok := s.split(size, width, start, m)
		if !ok {
			return lines, false
		}
		lines = append(lines, line{start, s.trim(start, at)})
		switch {
		case at == len(s.text):
			return s.mendWidows(lines, size, width), true
		case s.text[at].r == lineEnd:
			at++
		}
		start = at
	}
}

// split returns where a line that begins at start ends: behind the paragraph if
// all of it fits, otherwise at the last of the loosest bonds on the line.
func (s *setter) split(size float64, width, start int, m manner) (int, bool) {
	var last [firm + 1]int
	hyphen, used := 0, -s.indent(start, size)
	all := s.at(size)
	for i := start; ; i++ {
		if i == len(s.text) || s.text[i].r == lineEnd {
			return i, true
		}
		b := s.bonds[i]
		if b == soft && m != keep {
			b = free
		}
		if i > start {
			last[b] = i
			if b == word && strings.ContainsRune("-/_.@", s.text[i-1].r) && used > width/2 {
				hyphen = i
			}
		}
		if s.text[i].space() || used+all[i].reach <= width {
			used += all[i].advance
			continue
		}
		for _, at := range []int{last[free], last[soft]} {
			if at > start {
				return at, true
			}
		}
		if m == breakWords {
			for _, at := range []int{hyphen, last[word], i} {
				if at > start {
					return at, true
				}
			}
		}
		return i, false
	}
}

// trim leaves out the spaces that a line ends with.
func (s *setter) trim(from, to int) int {
	for to > from && s.text[to-1].space() {
		to--
	}
	return to
}

// mendWidows moves something down to a paragraph's last line if but one
// character stands there.
func (s *setter) mendWidows(lines []line, size float64, width int) []line {
	for k := 1; k < len(lines); k++ {
		l, above := lines[k], &lines[k-1]
		ends := l.to == len(s.text) || s.text[l.to].r == lineEnd
		begins := s.text[l.from-1].r == lineEnd
		if !ends || begins || s.seen(l) > 1 {
			continue
		}
		at := above.to - 1
		for at > above.from && s.bonds[at] != free {
			at--
		}
		moved := line{at, l.to}
		if at > above.from+1 && s.extent(moved, size).width() <= width {
			above.to, lines[k] = s.trim(above.from, at), moved
		}
	}
	return lines
}

// seen counts a line's characters but for closing punctuation.
func (s *setter) seen(l line) (n int) {
	for i := l.from; i < l.to; i++ {
		if c := &s.text[i]; !c.space() && !c.is(closing) {
			n++
		}
	}
	return n
}
