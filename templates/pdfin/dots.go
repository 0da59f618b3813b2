package pdfin

import "miandan/printer/bitmap"

// fineness is how many pixels are drawn for a dot, along and across. A picture
// in a PDF of as many dots as the paper may come out a pixel wider than it is;
// five pixels are enough for each dot to stay itself.
const fineness = 5

// nudge moves the page on the frame, in dots. Generators put bars at whole dots
// or, centred, at halves, where the last digit of a number would decide whether
// a dot is half covered, and whether a bar is a dot wider than its neighbour.
const nudge = 0.08

// dots draws a page and returns the bits of the frame: a dot is black if more
// than half of it is covered, a grey counting as what it is.
func dots(s source, o order, most int) ([]byte, error) {
	k := int(o.Fine)
	if k < 1 || k > fineness || o.Width == 0 || o.Height == 0 || uint64(o.Width) > uint64(most) || uint64(o.Width)*uint64(o.Height) > uint64(most) {
		return nil, TooLarge
	}
	m := bitmap.New(int(o.Width), int(o.Height))
	light := make([]uint16, o.Width)
	err := s.draw(o, k, func(y int, rows []byte, stride int) {
		clear(light)
		for r := range k {
			row := rows[r*stride : r*stride+k*len(light)]
			for x := range light {
				for _, p := range row[k*x : k*x+k] {
					light[x] += uint16(p)
				}
			}
		}
		line := m.Row(y)
		for x, l := range light {
			if 2*int(l) < k*k*0xFF {
				line[x/8] |= 0x80 >> (x % 8)
			}
		}
	})
	return m.Bits, err
}
