package zpl

// parser takes the back channel apart, byte by byte. Host answers are frames
// between STX and ETX, answers to getvar are in double quotes; alerts and whatever
// else a printer says by itself are neither and are dropped.
type parser struct {
	inside byte // what ends the piece that is being heard; 0 between two
	buf    []byte
	frame  func(text string)
	value  func(text string)
}

const (
	stx      = 0x02
	etx      = 0x03
	maxPiece = 1024 // longer than any answer
)

func (p *parser) feed(said []byte) {
	for _, b := range said {
		switch {
		case b == stx: // also within a piece whose end got lost
			p.inside, p.buf = etx, p.buf[:0]
		case p.inside == 0 && b == '"':
			p.inside, p.buf = '"', p.buf[:0]
		case p.inside == 0:
		case b == p.inside:
			text, end := string(p.buf), p.inside
			p.inside = 0
			if end == etx {
				p.frame(text)
			} else {
				p.value(text)
			}
		case len(p.buf) == maxPiece || p.inside == '"' && (b == '\r' || b == '\n'):
			p.inside = 0
		default:
			p.buf = append(p.buf, b)
		}
	}
}
