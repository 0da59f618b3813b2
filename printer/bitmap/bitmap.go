// Package bitmap is a label as the dots of a print head: one bit a dot, a set
// bit is black, rows from the top, the most significant bit on the left, every
// row a whole number of bytes with white padding.
//
// That is what ESC/POS, ZPL and CPCL send as it is. Polarity is decided here
// once; the languages in which a set bit is white turn it over themselves.
package bitmap

import (
	"encoding/binary"
	"image"
	"image/color"
)

// Image is a label in dots. It is an image.Image, so every codec takes it.
type Image struct {
	Width, Height int
	Stride        int // bytes a row
	Bits          []byte
	PerMetre      int // dots a metre, which files carry along; 0 if not known
}

// New returns a white image.
func New(width, height int) *Image {
	stride := (width + 7) / 8
	return &Image{Width: width, Height: height, Stride: stride, Bits: make([]byte, stride*height)}
}

// Black reports whether the dot is black. Outside the image all is white.
func (m *Image) Black(x, y int) bool {
	if x < 0 || y < 0 || x >= m.Width || y >= m.Height {
		return false
	}
	return m.Bits[y*m.Stride+x/8]&(0x80>>(x%8)) != 0
}

// Set makes a dot black or white. Outside the image it does nothing.
func (m *Image) Set(x, y int, black bool) {
	if x < 0 || y < 0 || x >= m.Width || y >= m.Height {
		return
	}
	b := &m.Bits[y*m.Stride+x/8]
	if black {
		*b |= 0x80 >> (x % 8)
	} else {
		*b &^= 0x80 >> (x % 8)
	}
}

// Row returns row y, Stride bytes.
func (m *Image) Row(y int) []byte { return m.Bits[y*m.Stride : (y+1)*m.Stride] }

// FillRect makes a rectangle black or white, clipped to the image.
func (m *Image) FillRect(x, y, w, h int, black bool) {
	x0, y0, x1, y1 := max(x, 0), max(y, 0), min(x+w, m.Width), min(y+h, m.Height)
	if x0 >= x1 || y0 >= y1 {
		return
	}
	first, last := x0/8, (x1-1)/8
	head, tail := byte(0xFF)>>(x0%8), byte(0xFF)<<(7-(x1-1)%8)
	if first == last {
		m.fillColumn(first, y0, y1, head&tail, black)
		return
	}
	// Whole bytes between the first and the last.
	if first+1 < last {
		row := m.Row(y0)[first+1 : last]
		for i := range row {
			row[i] = 0
			if black {
				row[i] = 0xFF
			}
		}
		for y := y0 + 1; y < y1; y++ {
			copy(m.Row(y)[first+1:last], row)
		}
	}
	m.fillColumn(first, y0, y1, head, black)
	m.fillColumn(last, y0, y1, tail, black)
}

// fillColumn makes dots of a column of bytes black or white: those of the mask.
func (m *Image) fillColumn(column, y0, y1 int, mask byte, black bool) {
	for i, end := y0*m.Stride+column, y1*m.Stride; i < end; i += m.Stride {
		if black {
			m.Bits[i] |= mask
		} else {
			m.Bits[i] &^= mask
		}
	}
}

// Invert writes the dots of from into to with black and white exchanged. Both have
// the same length.
func Invert(to, from []byte) {
	for len(from) >= 8 {
		binary.LittleEndian.PutUint64(to, ^binary.LittleEndian.Uint64(from))
		to, from = to[8:], from[8:]
	}
	for i, b := range from {
		to[i] = ^b
	}
}

// Equal reports whether both have the same size and dots.
func (m *Image) Equal(o *Image) bool {
	return m.Width == o.Width && m.Height == o.Height && string(m.Bits) == string(o.Bits)
}

// Palette is white and black, in this order.
var Palette = color.Palette{color.Gray{0xFF}, color.Gray{0x00}}

func (m *Image) ColorModel() color.Model { return Palette }
func (m *Image) Bounds() image.Rectangle { return image.Rect(0, 0, m.Width, m.Height) }

func (m *Image) At(x, y int) color.Color { return Palette[m.ColorIndexAt(x, y)] }

// ColorIndexAt makes the image an image.PalettedImage, which image/png writes
// as one bit a dot.
func (m *Image) ColorIndexAt(x, y int) uint8 {
	if m.Black(x, y) {
		return 1
	}
	return 0
}
