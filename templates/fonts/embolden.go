package fonts

import "math"

// The rare face is a Mincho: its horizontal strokes are 20 units thick, its
// vertical ones 62. A stroke thinner than one dot may fall between two rows
// and leave neither half black, so a name would lose strokes. A stroke of one
// dot or more never does, wherever it falls. And beside Noto's strokes of 70
// units a hairline looks like a flaw and fades first on a worn head, so strokes
// are never thinner than the least ones below.
const (
	rareHorizontal, leastHorizontal = 20, 50
	rareVertical, leastVertical     = 62, 78
)

// swell returns by how much the rare face's strokes grow at a size in dots an
// em: vertical strokes in width, horizontal ones in height. Vertical strokes
// grow a little earlier than they must, for slanting strokes taper to nothing.
func swell(size float64) (x, y int) {
	dot := int(math.Ceil(UnitsPerEm / size))
	return max(leastVertical, dot+20) - rareVertical, max(leastHorizontal, dot) - rareHorizontal
}

// embolden moves the contours outwards so that strokes grow by x in width and
// y in height. Each side is moved along its normal by half the width that an
// ellipse of x by y has in that direction, and the corners follow.
func (o Outline) embolden(x, y int) {
	if x <= 0 && y <= 0 {
		return
	}
	a, b := float64(x)/2, float64(y)/2
	outward := 1.0 // TrueType's outer contours run clockwise, ink on their right
	if o.area() > 0 {
		outward = -1
	}
	for i, c := range o {
		o[i] = offset(c, a, b, outward)
	}
}

// area is twice the area of all points' polygons, negative if clockwise.
func (o Outline) area() (sum int) {
	for _, c := range o {
		for i, p := range c {
			q := c[(i+1)%len(c)]
			sum += p.X*q.Y - q.X*p.Y
		}
	}
	return sum
}

func offset(c []Point, a, b, outward float64) []Point {
	c = distinct(c)
	if len(c) < 3 {
		return c
	}
	out := make([]Point, len(c))
	n1, h1 := side(c[len(c)-1], c[0], a, b)
	for i, p := range c {
		n2, h2 := side(p, c[(i+1)%len(c)], a, b)
		// The corner goes where the two moved sides meet: s·n1 = h1, s·n2 = h2.
		var sx, sy float64
		if cross, dot := n1.x*n2.y-n1.y*n2.x, n1.x*n2.x+n1.y*n2.y; math.Abs(cross) > 0.3 {
			sx, sy = (h1*n2.y-h2*n1.y)/cross, (h2*n1.x-h1*n2.x)/cross
		} else if dot > 0 {
			sx, sy = (h1*n1.x+h2*n2.x)/2, (h1*n1.y+h2*n2.y)/2
		} // else a spike: its tip stays
		// A sharp corner would run away; it is cut at twice the ellipse.
		if long, most := math.Hypot(sx, sy), 2*math.Max(math.Abs(a), math.Abs(b)); long > most {
			sx, sy = sx*most/long, sy*most/long
		}
		out[i] = Point{p.X + int(math.Round(outward*sx)), p.Y + int(math.Round(outward*sy)), p.On}
		n1, h1 = n2, h2
	}
	return out
}

type vector struct{ x, y float64 }

// side returns the normal to the left of the way from p to q, and how far the
// side moves along it.
func side(p, q Point, a, b float64) (vector, float64) {
	dx, dy := float64(q.X-p.X), float64(q.Y-p.Y)
	l := math.Hypot(dx, dy)
	n := vector{-dy / l, dx / l}
	return n, math.Hypot(a*n.x, b*n.y)
}

// distinct drops points that lie on their predecessor.
func distinct(c []Point) []Point {
	out := c[:0:0]
	for i, p := range c {
		if q := c[(i+len(c)-1)%len(c)]; p.X != q.X || p.Y != q.Y {
			out = append(out, p)
		}
	}
	return out
}
