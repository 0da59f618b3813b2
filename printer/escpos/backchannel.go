package escpos

import "miandan/printer"

// heard is what the printer has just finished saying.
type heard uint8

const (
	nothing heard = iota
	answer        // one byte, to a DLE EOT
	report        // four bytes of automatic status
	process       // a process ID
	block         // some other block: an identity, an acknowledgement
)

// parser takes the back channel apart, byte by byte. Several kinds of answers
// share one pipe without frames and the printer speaks unasked as well, so
// whatever does not fit is dropped and the next byte begins afresh.
type parser struct {
	state state
	buf   [maxBlock]byte // what is being heard, or was heard last
	n     int
}

type state uint8

const (
	idle state = iota
	inReport
	inBlock
)

// maxBlock is longer than any block a printer sends; GS I returns up to 80
// characters.
const maxBlock = 96

const (
	xon, xoff    = 0x11, 0x13
	blockStart   = 0x37
	infoStart    = 0x5F
	separator    = 0x1F
	processBlock = 0x22
)

// feed takes the next byte and reports what it ends.
func (p *parser) feed(b byte) heard {
	if b == xon || b == xoff {
		return nothing // the serial line's own, between any two bytes
	}
	switch p.state {
	case inReport:
		return p.inReport(b)
	case inBlock:
		return p.inBlock(b)
	}
	return p.start(b)
}

func (p *parser) start(b byte) heard {
	p.state, p.n = idle, 0
	p.add(b)
	switch {
	case b == blockStart || b == infoStart:
		p.state = inBlock
	case b&0x93 == 0x10:
		p.state = inReport
	case b&0x93 == 0x12:
		return answer
	}
	return nothing
}

func (p *parser) inReport(b byte) heard {
	if b&0x90 != 0 {
		return p.start(b)
	}
	p.add(b)
	if p.n < 4 {
		return nothing
	}
	p.state = idle
	return report
}

// inBlock goes on to the zero that ends every block. A control character before
// it means that the end got lost.
func (p *parser) inBlock(b byte) heard {
	switch {
	case b == 0:
		p.state = idle
		if p.n == 6 && p.buf[0] == blockStart && p.buf[1] == processBlock && p.mark().Valid() {
			return process
		}
		return block
	case b < 0x20 && b != separator, p.n == maxBlock:
		return p.start(b)
	}
	p.add(b)
	return nothing
}

func (p *parser) add(b byte) {
	p.buf[p.n] = b
	p.n++
}

// mark is the process ID that has been heard.
func (p *parser) mark() printer.Mark { return printer.Mark(p.buf[2:6]) }
