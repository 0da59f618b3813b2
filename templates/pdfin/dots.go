package pdfin

import "miandan/printer/bitmap"

// fineness is how many pixels are drawn for a dot, along and across. It is odd,
// so that what covers most of a dot is never a tie.
const fineness = 5

// nudge moves the page on the frame, in dots. Generators put bars at whole dots
// or, centred, at halves. Moved by one pixel neither is near the boundary where
// a rounding error in the PDF decides whether a dot is black, and a bar that is
// a dot wider than its neighbour.
const nudge = 1.0 / fineness

// black is how many of a dot's pixels make it black: more than half.
const black = fineness*fineness/2 + 1

// dots draws a page and returns the bits of the frame.
func dots(s source, o order, most int) ([]byte, error) {
	if o.Width == 0 || o.Height == 0 || uint64(o.Width) > uint64(most) || uint64(o.Width)*uint64(o.Height) > uint64(most) {
		return nil, TooLarge
	}
	m := bitmap.New(int(o.Width), int(o.Height))
	counts := make([]uint8, o.Width)
	err := s.draw(o, fineness, func(y int, rows []byte, stride int) {
		clear(counts)
		for r := range fineness {
			row := rows[r*stride : r*stride+fineness*len(counts)]
			for x := range counts {
				for _, p := range row[fineness*x : fineness*x+fineness] {
					counts[x] += 1 - p>>7 // darker than half
				}
			}
		}
		line := m.Row(y)
		for x, n := range counts {
			if n >= black {
				line[x/8] |= 0x80 >> (x % 8)
			}
		}
	})
	return m.Bits, err
}
