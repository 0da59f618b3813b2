package fonts

import "math"

// embolden moves the contours outwards so that strokes grow by x in width and
// y in height. Each side is moved along its normal by half the width that an
// ellipse of x by y has in that direction, and the corners follow. Contours
// without an area go.
func (o Outline) embolden(x, y int) Outline {
	if x <= 0 && y <= 0 {
		return o
	}
	a, b := float64(x)/2, float64(y)/2
	return o.offset(func(_, _ int, n vector) float64 { return math.Hypot(a*n.x, b*n.y) })
}

// offset moves every side outwards by what move says of a side: its contour,
// its number and its normal.
func (o Outline) offset(move func(contour, side int, n vector) float64) Outline {
	outward := o.outward()
	ways := make([]float64, len(o))
	for i := range o {
		ways[i] = outward * o.inverted(i, outward)
	}
	out := o[:0]
	for i, c := range o {
		if len(c) < 3 {
			continue
		}
		outward := ways[i]
		by := func(j int) (vector, float64) {
			n := normal(c[j], c[(j+1)%len(c)])
			return n, move(i, j, n)
		}
		moved := make([]Point, len(c))
		most := 0.0
		for j := range c {
			_, h := by(j)
			most = max(most, 2*math.Abs(h))
		}
		n1, h1 := by(len(c) - 1)
		for j, p := range c {
			n2, h2 := by(j)
			sx, sy := corner(n1, n2, h1, h2)
			// A sharp corner would run away; it is cut at twice the widest move.
			if long := math.Hypot(sx, sy); long > most {
				sx, sy = sx*most/long, sy*most/long
			}
			moved[j] = Point{p.X + int(math.Round(outward*sx)), p.Y + int(math.Round(outward*sy)), p.On}
			n1, h1 = n2, h2
		}
		out = append(out, moved)
	}
	return out
}

// corner returns where two moved sides meet: s·n1 = h1, s·n2 = h2.
func corner(n1, n2 vector, h1, h2 float64) (x, y float64) {
	cross, dot := n1.x*n2.y-n1.y*n2.x, n1.x*n2.x+n1.y*n2.y
	switch {
	case math.Abs(cross) > 0.3:
		return (h1*n2.y - h2*n1.y) / cross, (h2*n1.x - h1*n2.x) / cross
	case dot > 0:
		return (h1*n1.x + h2*n2.x) / 2, (h1*n1.y + h2*n2.y) / 2
	}
	return 0, 0 // a spike: its tip stays
}

type vector struct{ x, y float64 }

// normal returns the normal to the left of the way from p to q.
func normal(p, q Point) vector {
	dx, dy := float64(q.X-p.X), float64(q.Y-p.Y)
	l := math.Hypot(dx, dy)
	return vector{-dy / l, dx / l}
}

// outward is 1 if normals to the left of a contour's way point away from the
// ink, as TrueType asks for, and -1 if a font does it the other way round.
func (o Outline) outward() float64 {
	sum := 0
	for _, c := range o {
		sum += turn(c)
	}
	if sum > 0 {
		return -1
	}
	return 1
}

// turn is twice a contour's area, less than nought if it runs with the clock.
func turn(c []Point) (sum int) {
	for i, p := range c {
		q := c[(i+1)%len(c)]
		sum += p.X*q.Y - q.X*p.Y
	}
	return sum
}

// inverted returns -1 for a contour of a part that runs the wrong way round,
// such as the ring of 㔔 in Noto, which nobody sees until it is made bolder.
func (o Outline) inverted(i int, outward float64) float64 {
	around := o[i] // the outermost contour that holds this one
	x0, y0, x1, y1 := Outline{around}.Box()
	for _, c := range o {
		if a, b, x, y := (Outline{c}).Box(); len(c) > 0 && a <= x0 && b <= y0 && x >= x1 && y >= y1 {
			around, x0, y0, x1, y1 = c, a, b, x, y
		}
	}
	if float64(turn(around))*outward > 0 {
		return -1
	}
	return 1
}

// distinct drops points that lie on their predecessor.
func (o Outline) distinct() Outline {
	for i, c := range o {
		out := c[:0:0]
		for j, p := range c {
			if q := c[(j+len(c)-1)%len(c)]; p.X != q.X || p.Y != q.Y {
				out = append(out, p)
			}
		}
		o[i] = out
	}
	return o
}
