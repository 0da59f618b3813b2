package fonts

import (
	"math"

	"miandan/templates/scene"
)

// The rare face is a Mincho: its horizontal strokes are 20 units thick, its
// vertical ones 62. Beside Noto it looks like a mistake, and a stroke thinner
// than a dot may fall between two rows and leave neither half black, so a name
// would lose strokes. So its strokes are made as thick as Noto's.
const rareHorizontal, rareVertical = 20, 62

// A weight is how thick Noto's strokes are in a hanzi with ems of strokes, in
// units. The more strokes, the thinner: sparse + ems × slope, measured on the
// 220 hanzi that all three faces have. Of what is so found, horizontal strokes
// get less than vertical ones, as in Noto.
type weight struct{ sparse, slope float64 }

var weights = map[scene.Face]weight{
	scene.Rare:     {77.3, -3.19},
	scene.RareBold: {136, -6.8},
}

const (
	horizontalShare, verticalShare = 0.85, 1.15
	// leastStroke of a dot is seen wherever it falls once outlines are settled;
	// slanting strokes taper, so that vertical ones need more.
	leastHorizontal, leastVertical = 0.76, 1.0
	// tip of a dot is added on each side of a slanting stroke at least, for it
	// ends in nothing.
	tip = 0.4
	// white of a dot stays between two strokes if they need not be thicker.
	white = 1.5
)

// darken returns a rare glyph with the strokes of its face's weight at a size in
// dots an em. White that would close is left open: no side comes nearer to the next ink
// than a dot.
func (g Glyph) darken(size float64) Outline {
	o := g.font.outline(g.ID).distinct()
	w := weights[g.Face]
	thick := w.sparse + w.slope*o.strokes()
	dot := UnitsPerEm / size
	grow := func(horizontal, vertical float64) (a, b float64) {
		return max(vertical-rareVertical, 0) / 2, max(horizontal-rareHorizontal, 0) / 2
	}
	leastA, leastB := grow(leastHorizontal*dot, leastVertical*dot)
	a, b := grow(max(horizontalShare*thick, leastHorizontal*dot), max(verticalShare*thick, leastVertical*dot))
	rooms := g.font.rooms.of(g.ID, o)
	return o.offset(func(contour, side int, n vector) float64 {
		want, least := math.Hypot(a*n.x, b*n.y), math.Hypot(leastA*n.x, leastB*n.y)
		if slanting(n) {
			least = max(least, min(want, tip*dot))
		}
		return max(min(want, (rooms[contour][side]-white*dot)/2), least)
	})
}

// strokes returns how many ems of strokes a glyph of the rare face has: half of
// its contours' length, for they run along thin strokes on both sides.
func (o Outline) strokes() (ems float64) {
	for _, c := range o {
		for i, p := range c {
			q := c[(i+1)%len(c)]
			ems += math.Hypot(float64(q.X-p.X), float64(q.Y-p.Y))
		}
	}
	return ems / 2 / UnitsPerEm
}
