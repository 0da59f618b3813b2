package barcode

import "math"

// A mode is how a part of a QR code's text is written: figures take three and
// a third bits each, capitals and some signs five and a half, bytes eight.
type mode int

const (
	figures mode = iota
	capitals
	octets
	modes
)

var (
	modeBits  = [modes]int{figures: 0b0001, capitals: 0b0010, octets: 0b0100}
	countBits = [modes][3]int{figures: {10, 12, 14}, capitals: {9, 11, 13}, octets: {8, 16, 16}} // by class
	sixths    = [modes]int{figures: 20, capitals: 33, octets: 48}                                // of a bit a character
)

// classOf returns which of three lengths a version's counts have.
func classOf(version int) int {
	switch {
	case version <= 9:
		return 0
	case version <= 26:
		return 1
	}
	return 2
}

type segment struct {
	mode mode
	text string
}

// segmentsOf parts a text into as few bits as can be, by the shortest path over
// (position, mode). Text beyond ASCII is one segment of bytes.
func segmentsOf(text string, class int) []segment {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return []segment{{octets, text}}
		}
	}
	const never = math.MaxInt / 2
	n := len(text)
	// cost[i][m] are the sixths of bits up to i with mode m on; from is the mode
	// that was on before the character at i-1.
	cost := make([][modes]int, n+1)
	from := make([][modes]mode, n+1)
	for m := range modes {
		cost[0][m] = 6 * (4 + countBits[m][class])
	}
	for i := range n {
		for m := range modes {
			cost[i+1][m] = never
			if !m.has(text[i]) {
				continue
			}
			for before := range modes {
				c := cost[i][before]
				if i == 0 && before != m {
					continue
				}
				if before != m { // whole bits end a segment
					c = (c+5)/6*6 + 6*(4+countBits[m][class])
				}
				if c += sixths[m]; c < cost[i+1][m] {
					cost[i+1][m], from[i+1][m] = c, before
				}
			}
		}
	}
	last := figures
	for m := range modes {
		if (cost[n][m]+5)/6 < (cost[n][last]+5)/6 {
			last = m
		}
	}
	var segments []segment
	end := n
	for i, m := n, last; i > 0; i-- {
		before := from[i][m]
		if i == 1 || before != m {
			segments = append([]segment{{m, text[i-1 : end]}}, segments...)
			end = i - 1
		}
		m = before
	}
	return segments
}

func (m mode) has(c byte) bool {
	switch m {
	case figures:
		return c >= '0' && c <= '9'
	case capitals:
		return capitalOf(c) >= 0
	}
	return true
}

// capitalOf returns a character's place in the table of capitals and signs.
func capitalOf(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'Z':
		return int(c-'A') + 10
	}
	for i, s := range []byte(" $%*+-./:") {
		if s == c {
			return 36 + i
		}
	}
	return -1
}

// bitsOf returns how many bits segments take.
func bitsOf(segments []segment, class int) (bits int) {
	for _, s := range segments {
		if len(s.text) >= 1<<countBits[s.mode][class] {
			return math.MaxInt
		}
		bits += 4 + countBits[s.mode][class] + (sixths[s.mode]*len(s.text)+5)/6
	}
	return bits
}

func (s segment) write(b *bitString, class int) {
	b.add(modeBits[s.mode], 4)
	b.add(len(s.text), countBits[s.mode][class])
	switch t := s.text; s.mode {
	case figures:
		for ; len(t) >= 3; t = t[3:] {
			b.add(int(t[0]-'0')*100+int(t[1]-'0')*10+int(t[2]-'0'), 10)
		}
		switch len(t) {
		case 2:
			b.add(int(t[0]-'0')*10+int(t[1]-'0'), 7)
		case 1:
			b.add(int(t[0]-'0'), 4)
		}
	case capitals:
		for ; len(t) >= 2; t = t[2:] {
			b.add(capitalOf(t[0])*45+capitalOf(t[1]), 11)
		}
		if len(t) == 1 {
			b.add(capitalOf(t[0]), 6)
		}
	default:
		for i := range len(t) {
			b.add(int(t[i]), 8)
		}
	}
}

// bitString is bits, the first one on top of the first byte.
type bitString struct {
	bytes []byte
	n     int
}

func (b *bitString) add(value, bits int) {
	for i := bits - 1; i >= 0; i-- {
		if b.n%8 == 0 {
			b.bytes = append(b.bytes, 0)
		}
		if value>>i&1 == 1 {
			b.bytes[b.n/8] |= 0x80 >> (b.n % 8)
		}
		b.n++
	}
}
