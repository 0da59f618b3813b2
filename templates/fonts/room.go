package fonts

import (
	"math"
	"slices"
	"sync"
)

// rooms keeps how much white lies before the sides of the glyphs used last.
// It depends on no size and takes ten times as long to find as all the rest.
type rooms struct {
	mu   sync.Mutex
	kept map[GlyphID][][]float64
}

// mostRooms is far more than the rare hanzi of a season; beyond it all are
// dropped and found anew.
const mostRooms = 1000

func (r *rooms) of(id GlyphID, o Outline) [][]float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	found, ok := r.kept[id]
	if ok {
		return found
	}
	if r.kept == nil || len(r.kept) >= mostRooms {
		r.kept = map[GlyphID][][]float64{}
	}
	found = o.rooms()
	r.kept[id] = found
	return found
}

// farRoom is where the look for ink ends: a side that far from it never moves
// so far.
const farRoom = 300

// rooms returns how much white lies before every side, in units up to farRoom.
// It is looked for from several places of the side, straight up, down, left or
// right; places that lie within another stroke do not count.
func (o Outline) rooms() [][]float64 {
	const pitch, places = 40, 12
	outward := o.outward()
	up, across := o.edges(false), o.edges(true)
	out := make([][]float64, len(o))
	for i, c := range o {
		out[i] = make([]float64, len(c))
		for j, p := range c {
			q := c[(j+1)%len(c)]
			n := normal(p, q)
			nx, ny := outward*n.x, outward*n.y
			count := min(max(int(math.Hypot(float64(q.X-p.X), float64(q.Y-p.Y)))/pitch, 1), places)
			var seen []float64
			for k := range count {
				at := (float64(k) + 0.5) / float64(count)
				x, y := float64(p.X)+at*float64(q.X-p.X), float64(p.Y)+at*float64(q.Y-p.Y)
				// Looked at sideways the page is turned over, and ink changes sides.
				room, ok := up.room(x, y, math.Copysign(1, ny), outward)
				if math.Abs(nx) > math.Abs(ny) {
					room, ok = across.room(y, x, math.Copysign(1, nx), -outward)
				}
				if ok {
					seen = append(seen, room)
				}
			}
			out[i][j] = farRoom
			if len(seen) > 0 {
				slices.Sort(seen)
				out[i][j] = seen[0]
				// Slanting strokes run into others, which should not keep them thin.
				if slanting(n) {
					out[i][j] = seen[len(seen)/2]
				}
			}
		}
	}
	return out
}

// slanting reports whether a side with this normal is neither level nor upright.
func slanting(n vector) bool { return min(math.Abs(n.x), math.Abs(n.y)) > 0.3 }

// edges are an outline's sides by the columns that they cross.
type edges map[int][]edge

type edge struct{ x0, y0, x1, y1 float64 }

// column is a column's width in units.
const column = 32

func columnOf(x float64) int { return int(math.Floor(x / column)) }

func (o Outline) edges(turned bool) edges {
	all := edges{}
	for _, c := range o {
		for i, p := range c {
			q := c[(i+1)%len(c)]
			e := edge{float64(p.X), float64(p.Y), float64(q.X), float64(q.Y)}
			if turned {
				e = edge{e.y0, e.x0, e.y1, e.x1}
			}
			for k := columnOf(min(e.x0, e.x1)); k <= columnOf(max(e.x0, e.x1)); k++ {
				all[k] = append(all[k], e)
			}
		}
	}
	return all
}

// room returns how far it is from a place to the next ink, up if way is 1 and
// down if it is -1. It reports false if the place itself lies in ink.
func (all edges) room(x, y, way, outward float64) (float64, bool) {
	const touching = 0.5
	nearest, entering := float64(farRoom), true
	for _, e := range all[columnOf(x)] {
		if (e.x0 <= x) == (e.x1 <= x) {
			continue
		}
		if far := way * (e.y0 + (x-e.x0)*(e.y1-e.y0)/(e.x1-e.x0) - y); far > touching && far < nearest {
			nearest, entering = far, way*outward*(e.x1-e.x0) < 0
		}
	}
	return nearest, entering
}
