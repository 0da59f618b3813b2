package tray

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"math"
)

// picture is what the icon says: by its colour and, for who does not tell red
// from green, by the shape of its badge.
type picture uint8

const (
	_         picture = iota
	ready             // all is well: no badge
	paused            // printing is held: two bars in an amber disc
	question          // a person is asked something: a question mark in a violet square
	attention         // a printer needs somebody: an exclamation mark in a red triangle
	lost              // no agent answers: grey and struck through
)

// The icon's plane is 32 units wide whatever its size in pixels.
const plane = 32

var (
	blue  = color.NRGBA{0x1c, 0x5d, 0x99, 0xff}
	grey  = color.NRGBA{0x80, 0x86, 0x8c, 0xff}
	white = color.NRGBA{0xff, 0xff, 0xff, 0xff}
	amber = color.NRGBA{0xf0, 0x9a, 0x0a, 0xff}
	red   = color.NRGBA{0xd9, 0x30, 0x25, 0xff}
	plum  = color.NRGBA{0x7b, 0x2f, 0xbe, 0xff}
	none  = color.NRGBA{}
)

// at returns the colour of a point: a label with its barcode on a rounded
// ground, and in the corner a badge for what a person should know.
func (p picture) at(x, y float64) color.NRGBA {
	ground := blue
	if p == lost {
		ground = grey
	}
	switch far := p.outside(x, y); {
	case far < 0:
		return p.badge(x, y)
	case far < 1.5:
		return none // a gap, so that the badge stands off on any panel
	}
	switch {
	case onLabel(x, y) && !onInk(x, y):
		return white
	case rounded(x-1, y-1, 30, 30, 6.5):
		return ground
	}
	return none
}

// outside is how far a point lies from the badge; inside it is negative. Its
// middle is at 23, 23.
func (p picture) outside(x, y float64) float64 {
	x, y = x-23, y-23
	switch p {
	case paused:
		return math.Hypot(x, y) - 8
	case question:
		return max(math.Abs(x), math.Abs(y)) - 7.5
	case attention: // its sides fall 2 for each 1 across
		return max(y-8, (2*math.Abs(x)-y-9.5)/math.Sqrt(5))
	case lost: // a bar from corner to corner
		return max(math.Abs(x-y)/math.Sqrt2-1.8, math.Abs(x+y+14)/math.Sqrt2-19)
	}
	return math.Inf(1)
}

// badge returns the colour of a point in the badge.
func (p picture) badge(x, y float64) color.NRGBA {
	x, y = x-23, y-23
	switch p {
	case paused:
		if math.Abs(y) < 4 && math.Abs(math.Abs(x)-2.4) < 1.3 {
			return white
		}
		return amber
	case question:
		if hook := math.Hypot(x, y+2.2); hook > 1.7 && hook < 4.1 && (y < -2.2 || x > 0) && !(x < 0 && y > -2.2) ||
			math.Abs(x) < 1.2 && (y > .6 && y < 2.4 || y > 3.6 && y < 5.8) {
			return white
		}
		return plum
	case lost:
		return grey
	}
	if math.Abs(x) < 1.3 && (y > -4.2 && y < 2.6 || y > 3.8 && y < 6.2) {
		return white
	}
	return red
}

func onLabel(x, y float64) bool { return rounded(x-8, y-5, 16, 22, 1.5) }

func onInk(x, y float64) bool {
	if y > 8 && y < 16 {
		for _, bar := range [][2]float64{{10.5, 12.5}, {14, 15}, {16, 19}, {20.5, 21.5}} {
			if x > bar[0] && x < bar[1] {
				return true
			}
		}
	}
	return x > 10.5 && (y > 18.5 && y < 20 && x < 21.5 || y > 22 && y < 23.5 && x < 17.5)
}

// rounded reports whether a point lies in a rectangle of w × h at the origin
// whose corners have radius r.
func rounded(x, y, w, h, r float64) bool {
	if x < 0 || y < 0 || x > w || y > h {
		return false
	}
	dx := max(r-x, x-(w-r), 0)
	dy := max(r-y, y-(h-r), 0)
	return dx*dx+dy*dy <= r*r
}

// draw returns the picture at n × n pixels, each the mean of 5 × 5 points.
func (p picture) draw(n int) *image.NRGBA {
	const fine = 5
	m := image.NewNRGBA(image.Rect(0, 0, n, n))
	step := float64(plane) / float64(n*fine)
	for y := range n {
		for x := range n {
			var r, g, b, a int
			for i := range fine * fine {
				c := p.at((float64(x*fine+i%fine)+.5)*step, (float64(y*fine+i/fine)+.5)*step)
				if c.A > 0 { // clear points have no colour to add
					r, g, b, a = r+int(c.R), g+int(c.G), b+int(c.B), a+1
				}
			}
			if a > 0 {
				m.SetNRGBA(x, y, color.NRGBA{uint8(r / a), uint8(g / a), uint8(b / a), uint8(a * 255 / (fine * fine))})
			}
		}
	}
	return m
}

// bytes returns the picture in the form that the system's tray takes.
func (p picture) bytes(system string) []byte {
	if system == "windows" {
		return p.ico()
	}
	return p.png()
}

// png returns the picture for Linux, where the panel scales it.
func (p picture) png() []byte {
	var b bytes.Buffer
	png.Encode(&b, p.draw(64)) // writing to memory does not fail
	return b.Bytes()
}

// ico returns the picture for Windows, in the sizes that its scalings of 100
// to 300 % ask for. The pixels are plain 32-bit ones: LoadImage takes packed
// ones in small sizes only on some versions.
func (p picture) ico() []byte {
	sizes := []int{16, 20, 24, 32, 48}
	le := binary.LittleEndian
	dir := le.AppendUint16(le.AppendUint16(le.AppendUint16(nil, 0), 1), uint16(len(sizes)))
	var data []byte
	for _, n := range sizes {
		b := p.bitmap(n)
		dir = append(dir, byte(n), byte(n), 0, 0)
		dir = le.AppendUint16(le.AppendUint16(dir, 1), 32)
		dir = le.AppendUint32(dir, uint32(len(b)))
		dir = le.AppendUint32(dir, uint32(6+16*len(sizes)+len(data)))
		data = append(data, b...)
	}
	return append(dir, data...)
}

// bitmap returns an icon's picture: a header of 40 bytes that counts the mask
// into the height, the rows from the bottom up, and an empty mask, since the
// pixels carry their own.
func (p picture) bitmap(n int) []byte {
	le := binary.LittleEndian
	var b []byte
	for _, v := range []uint32{40, uint32(n), uint32(2 * n), 1 | 32<<16, 0, uint32(4 * n * n), 0, 0, 0, 0} {
		b = le.AppendUint32(b, v)
	}
	m := p.draw(n)
	for y := n - 1; y >= 0; y-- {
		for x := range n {
			c := m.NRGBAAt(x, y)
			b = append(b, c.B, c.G, c.R, c.A)
		}
	}
	return append(b, make([]byte, (n+31)/32*4*n)...)
}
