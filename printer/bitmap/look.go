package bitmap

import "encoding/binary"

// White reports whether a rectangle has no black dot.
func (m *Image) White(x, y, w, h int) bool {
	x0, y0, x1, y1 := max(x, 0), max(y, 0), min(x+w, m.Width), min(y+h, m.Height)
	if x0 >= x1 {
		return true
	}
	first, last := x0/8, (x1-1)/8
	head, tail := byte(0xFF)>>(x0%8), byte(0xFF)<<(7-(x1-1)%8)
	for ; y0 < y1; y0++ {
		row := m.Row(y0)[first : last+1]
		black := row[0] & head
		if first == last {
			black &= tail
		} else {
			black |= row[last-first] & tail
			for _, b := range row[1 : last-first] {
				black |= b
			}
		}
		if black != 0 {
			return false
		}
	}
	return true
}

// Unpack writes a byte for each dot from (x, y) to the right: 0 if it is black, 0xFF
// if it is white, as all is outside the image.
func (m *Image) Unpack(to []byte, x, y int) {
	if y < 0 || y >= m.Height {
		fillWhite(to)
		return
	}
	if x < 0 {
		n := min(-x, len(to))
		fillWhite(to[:n])
		to, x = to[n:], 0
	}
	n := max(min(len(to), m.Width-x), 0)
	fillWhite(to[n:])
	to = to[:n]
	for row := m.Row(y); len(to) > 0; {
		var dots [8]byte
		binary.LittleEndian.PutUint64(dots[:], unpacked[row[x/8]])
		n := copy(to, dots[x%8:])
		to, x = to[n:], x+n
		for len(to) >= 8 {
			binary.LittleEndian.PutUint64(to, unpacked[row[x/8]])
			to, x = to[8:], x+8
		}
	}
}

func fillWhite(to []byte) {
	for i := range to {
		to[i] = 0xFF
	}
}

// unpacked holds the eight dots of each byte, the left one in the lowest byte.
var unpacked = func() (all [256]uint64) {
	for b := range all {
		for i := range 8 {
			if b>>(7-i)&1 == 0 {
				all[b] |= 0xFF << (8 * i)
			}
		}
	}
	return all
}()
