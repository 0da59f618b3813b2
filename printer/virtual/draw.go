package virtual

import "miandan/printer/bitmap"

// maxRows bounds a label's length, in dots. ZPL's own limit is 32,000.
const maxRows = 32_000

// mode is how dots meet those that are there.
type mode uint8

const (
	over mode = iota // they replace them
	or
	xor
)

// sheet makes paper to draw on, within what a printer has room for.
func (p *Printer) sheet(width, height int) *bitmap.Image {
	m := bitmap.New(min(max(width, 0), p.cfg.Head), min(max(height, 0), maxRows))
	m.PerMetre = p.cfg.PerMetre
	return m
}

// put draws one dot.
func put(m *bitmap.Image, x, y int, black bool, how mode) {
	switch how {
	case or:
		black = black || m.Black(x, y)
	case xor:
		black = black != m.Black(x, y)
	}
	m.Set(x, y, black)
}

// putRow draws whole bytes of dots, the most significant bit on the left.
func putRow(m *bitmap.Image, x, y int, bits []byte, how mode) {
	if y < 0 || y >= m.Height {
		return
	}
	if how == over && x >= 0 && x%8 == 0 && x < m.Width {
		row := m.Row(y)
		n := copy(row[x/8:], bits)
		if spare := 8*m.Stride - m.Width; x/8+n == m.Stride {
			row[m.Stride-1] &= 0xFF << spare
		}
		return
	}
	for i := max(0, -x); i < 8*len(bits) && x+i < m.Width; i++ {
		put(m, x+i, y, bits[i/8]<<(i%8)&0x80 != 0, how)
	}
}

// reach is how many bytes of a row that begins at x can be seen.
func reach(m *bitmap.Image, x, bytes int) int {
	if x >= m.Width {
		return 0
	}
	return min(bytes, (m.Width-x+7)/8)
}

// invert is for languages in which a set bit is white.
func invert(bits []byte) {
	for i := range bits {
		bits[i] = ^bits[i]
	}
}

// turned is the image upside down, or mirrored, or both.
func turned(m *bitmap.Image, upsideDown, mirrored bool) *bitmap.Image {
	if !upsideDown && !mirrored {
		return m
	}
	t := bitmap.New(m.Width, m.Height)
	t.PerMetre = m.PerMetre
	for y := range m.Height {
		for x := range m.Width {
			if !m.Black(x, y) {
				continue
			}
			tx, ty := x, y
			if upsideDown {
				tx, ty = m.Width-1-x, m.Height-1-y
			}
			if mirrored {
				tx = m.Width - 1 - tx
			}
			t.Set(tx, ty, true)
		}
	}
	return t
}

// shifted is the image moved within its paper, down and to the right.
func shifted(m *bitmap.Image, dx, dy int) *bitmap.Image {
	if dx == 0 && dy == 0 {
		return m
	}
	t := bitmap.New(m.Width, m.Height)
	t.PerMetre = m.PerMetre
	for y := range m.Height {
		for x := range m.Width {
			if m.Black(x, y) {
				t.Set(x+dx, y+dy, true)
			}
		}
	}
	return t
}

// cropped is the image on paper of another size.
func cropped(m *bitmap.Image, width, height int) *bitmap.Image {
	if width == m.Width && height == m.Height {
		return m
	}
	t := bitmap.New(width, height)
	t.PerMetre = m.PerMetre
	for y := range min(height, m.Height) {
		putRow(t, 0, y, m.Row(y), over)
	}
	return t
}

// copied is the image as it is now.
func copied(m *bitmap.Image) *bitmap.Image {
	t := *m
	t.Bits = append([]byte(nil), m.Bits...)
	return &t
}
