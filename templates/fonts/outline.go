package fonts

import (
	"encoding/binary"
	"math"
)

// Point is a point of a contour in thousandths of an em, y upwards from the
// baseline. Between two points off the curve lies an implied one on it.
type Point struct {
	X, Y int
	On   bool
}

// Outline is the closed contours of a glyph, to be filled by the nonzero rule.
type Outline [][]Point

// Bits of a point's flags in table glyf.
const (
	onCurve = 1 << iota
	xShort
	yShort
	repeated
	xSame // positive, if short
	ySame
)

// outline decodes a simple glyph. The fonts hold no composite ones; a test
// decodes every glyph that is in the character maps.
func (f *Font) outline(id GlyphID) Outline {
	data := f.data(id)
	if len(data) == 0 {
		return nil
	}
	contours := int(binary.BigEndian.Uint16(data))
	ends := data[10:]
	points := int(binary.BigEndian.Uint16(ends[2*(contours-1):])) + 1
	rest := ends[2*contours:]
	rest = rest[2+int(binary.BigEndian.Uint16(rest)):]

	flags := make([]byte, 0, points)
	for len(flags) < points {
		flag := rest[0]
		rest = rest[1:]
		flags = append(flags, flag)
		if flag&repeated != 0 {
			for range rest[0] {
				flags = append(flags, flag)
			}
			rest = rest[1:]
		}
	}
	all := make([]Point, points)
	rest = f.coordinates(rest, flags, xShort, xSame, func(i, x int) { all[i].X = x })
	f.coordinates(rest, flags, yShort, ySame, func(i, y int) { all[i].Y = y })
	o := make(Outline, contours)
	first := 0
	for c := range o {
		end := int(binary.BigEndian.Uint16(ends[2*c:])) + 1
		for i := first; i < end; i++ {
			all[i].On = flags[i]&onCurve != 0
		}
		o[c] = all[first:end:end]
		first = end
	}
	return o
}

// coordinates decodes the x or the y of all points and returns what follows.
func (f *Font) coordinates(data, flags []byte, short, same byte, set func(i, v int)) []byte {
	v := 0
	for i, flag := range flags {
		switch {
		case flag&short != 0:
			d := int(data[0])
			data = data[1:]
			if flag&same == 0 {
				d = -d
			}
			v += d
		case flag&same == 0:
			v += int(int16(binary.BigEndian.Uint16(data)))
			data = data[2:]
		}
		set(i, int(math.Round(float64(v)*UnitsPerEm/float64(f.em))))
	}
	return data
}

// Box returns the box of all points, which holds all the ink. An outline
// without points has the empty box.
func (o Outline) Box() (x0, y0, x1, y1 int) {
	x0, y0, x1, y1 = math.MaxInt, math.MaxInt, math.MinInt, math.MinInt
	for _, contour := range o {
		for _, p := range contour {
			x0, y0, x1, y1 = min(x0, p.X), min(y0, p.Y), max(x1, p.X), max(y1, p.Y)
		}
	}
	if x0 > x1 {
		return 0, 0, 0, 0
	}
	return x0, y0, x1, y1
}

// Pen draws contours.
type Pen interface {
	MoveTo(x, y float32)
	LineTo(x, y float32)
	QuadTo(cx, cy, x, y float32)
	ClosePath()
}

// Draw draws the outline at a scale in dots a unit, y downwards, with the
// glyph's origin at (x, y).
func (o Outline) Draw(pen Pen, scale, x, y float32) {
	at := func(p Point) (float32, float32) { return x + float32(p.X)*scale, y - float32(p.Y)*scale }
	between := func(p, q Point) (float32, float32) {
		return x + float32(p.X+q.X)/2*scale, y - float32(p.Y+q.Y)/2*scale
	}
	for _, c := range o {
		// The contour is walked from a point on the curve, or from an implied one.
		start := 0
		for start < len(c) && !c[start].On {
			start++
		}
		if start == len(c) {
			start = 0
			pen.MoveTo(between(c[len(c)-1], c[0]))
		} else {
			pen.MoveTo(at(c[start]))
			start++
		}
		for i := range c {
			p, next := c[(start+i)%len(c)], c[(start+i+1)%len(c)]
			if p.On {
				pen.LineTo(at(p))
				continue
			}
			cx, cy := at(p)
			ex, ey := at(next)
			if !next.On {
				ex, ey = between(p, next)
			}
			pen.QuadTo(cx, cy, ex, ey)
		}
		pen.ClosePath()
	}
}
