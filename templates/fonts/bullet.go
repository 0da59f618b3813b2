package fonts

import "miandan/templates/scene"

// bullet is what a mask puts in place of what it hides. Noto draws it faint in
// the middle of an em, so that a hidden number falls apart into dust; here it
// is a disc in half an em, about as wide as a figure, half as high as one and
// in the middle of its height.
const (
	bullet        = '•'
	bulletAdvance = UnitsPerEm / 2
	bulletMiddle  = 370
)

// disc returns the bullet's outline: eight quadratic curves, clockwise.
func disc(face scene.Face) Outline {
	radius := 150
	if face == scene.Bold {
		radius = 175
	}
	// On the circle, and where the tangents of two such points meet.
	const diagonal, tangent = 0.70711, 0.41421
	at := func(x, y float64, on bool) Point {
		return Point{bulletAdvance/2 + int(x*float64(radius)), bulletMiddle + int(y*float64(radius)), on}
	}
	var c []Point
	for _, p := range [][2]float64{{0, 1}, {1, 0}, {0, -1}, {-1, 0}} {
		x, y := p[0], p[1]
		// The next quarter is this one turned clockwise.
		turn := func(u, v float64) (float64, float64) { return x*v + y*u, y*v - x*u }
		for _, q := range []struct {
			u, v float64
			on   bool
		}{{0, 1, true}, {tangent, 1, false}, {diagonal, diagonal, true}, {1, tangent, false}} {
			u, v := turn(q.u, q.v)
			c = append(c, at(u, v, q.on))
		}
	}
	return Outline{c}
}
