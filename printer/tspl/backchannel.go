package tspl

import (
	"iter"
	"slices"
	"strconv"

	"miandan/printer"
)

// heard is one thing that the printer has said.
type heard struct {
	sighting *printer.Sighting
	reported bool // it is the report of a printed label, not an answer
}

// parser takes the back channel apart. An answer to ESC !? is a bare byte, one
// to ESC !S a frame, a report of a printed label a text in braces; boards send
// frames unasked as well. No bare answer has bit 6, which all text and a frame's
// inner bytes have; so a frame is known by the byte after its first, which is
// also how a paper jam says its name.
type parser struct {
	long    bool // bare bytes are no answers
	lineEnd bool // a report has just ended: its CR and LF would pass for answers
	buf     []byte
}

const (
	frameStart  = 0x02
	frameEnd    = 0x03
	frameLength = 8
	maxReport   = 64 // longer than any report that was seen
)

// feed takes what one read returned. A byte that may begin a frame is held back
// only until the end of that read: the rest of a frame comes with it.
func (p *parser) feed(said []byte) []heard { return slices.Collect(p.each(said)) }

// each is feed, one thing after the other: what follows is in buf meanwhile.
func (p *parser) each(said []byte) iter.Seq[heard] {
	p.buf = append(p.buf, said...)
	return func(yield func(heard) bool) {
		for len(p.buf) > 0 {
			n, h := p.next(len(said) == 0)
			if n == 0 {
				return
			}
			p.buf = p.buf[n:]
			if h.sighting != nil && !yield(h) {
				return
			}
		}
	}
}

// next is the first thing in the buffer and how many bytes it takes; none if it
// may go on. over says that nothing more has come for a while.
func (p *parser) next(over bool) (int, heard) {
	b := p.buf
	ended := p.lineEnd && (b[0] == '\r' || b[0] == '\n')
	p.lineEnd = ended
	switch {
	case ended:
		return 1, heard{}
	case b[0] == '{':
		return p.report(over)
	case b[0] == frameStart && len(b) > 1 && b[1]&0xC0 == 0x40:
		return p.frame(over)
	case b[0] == frameStart && len(b) == 1 && p.long && !over:
		return 0, heard{} // the beginning of what was asked for
	case p.long || b[0]&0x40 != 0:
		return 1, heard{}
	}
	s := short(b[0])
	return 1, heard{sighting: &s}
}

func (p *parser) frame(over bool) (int, heard) {
	b := p.buf
	switch {
	case len(b) < frameLength && !over:
		return 0, heard{}
	case len(b) < frameLength:
		return len(b), heard{}
	case b[5] != frameEnd || b[6] != '\r' || b[7] != '\n':
		return 1, heard{}
	}
	s := long([4]byte(b[1:5]))
	return frameLength, heard{sighting: &s}
}

// report reads {ss,…}: a status in two hexadecimal digits, coded as the answer
// to ESC !?, and a counter. Makers do not document what follows, so that it is
// not looked at.
func (p *parser) report(over bool) (int, heard) {
	b := p.buf
	end := 1
	for end < len(b) && b[end] != '}' && end < maxReport {
		end++
	}
	if end >= len(b) && !over {
		return 0, heard{}
	}
	if end >= len(b) || b[end] != '}' {
		return 1, heard{}
	}
	p.lineEnd = true
	if end < 4 || b[3] != ',' {
		return end + 1, heard{}
	}
	status, err := strconv.ParseUint(string(b[1:3]), 16, 8)
	if err != nil {
		return end + 1, heard{}
	}
	s := short(byte(status))
	return end + 1, heard{sighting: &s, reported: true}
}
