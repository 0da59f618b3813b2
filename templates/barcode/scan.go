package barcode

import (
	"bytes"
	"math"
	"slices"
	"sync"

	"miandan/templates/scene"
)

// scans is how many lines ISO/IEC 15416 has scanned, evenly over the middle
// four fifths of a code's height. A code's grade is the mean of theirs.
const scans = 10

func (l *Laid) inspectLinear(g scene.Grid) Report {
	all := Report{Contrast: 1, Modulation: 1, Decodability: 1, Unused: 1, Quiet: true, Narrowest: math.Inf(1)}
	size := aperture(l.code.Module, g)
	modules := elementsOf(l.code.Bits[0])
	type line struct {
		blacks []byte
		Report
	}
	var known []line // the lines of a sound code are all alike
	var spare []byte
	for i := range scans {
		y := int(float64(l.h) * (0.1 + 0.8*(float64(i)+0.5)/scans))
		blacks := l.blacks(y, size, spare)
		at := slices.IndexFunc(known, func(k line) bool { return bytes.Equal(k.blacks, blacks) })
		if at < 0 {
			at = len(known)
			known = append(known, line{blacks, scan(profile(blacks, size), modules, l.code)})
			spare = nil
		} else {
			spare = blacks
		}
		r := known[at].Report
		all.Grade += r.Grade / scans
		all.Contrast = min(all.Contrast, r.Contrast)
		all.Modulation = min(all.Modulation, r.Modulation)
		all.Defects = max(all.Defects, r.Defects)
		all.Decodability = min(all.Decodability, r.Decodability)
		all.Quiet = all.Quiet && r.Quiet
		all.Narrowest, all.Widest = min(all.Narrowest, r.Narrowest), max(all.Widest, r.Widest)
		all.Readable += r.Readable
	}
	return all
}

// aperture returns how many dots wide the spot is through which the standard
// has a module of that width measured.
func aperture(module int, g scene.Grid) int {
	spot := 0.5
	switch mm := float64(module) / float64(g); {
	case mm < 0.18:
		spot = 0.075
	case mm < 0.33:
		spot = 0.125
	case mm < 0.635:
		spot = 0.25
	}
	return max(int(math.Round(spot*float64(g))), 1)
}

// blacks counts the black dots of each column of a line so many dots high. It
// writes over what is spare.
func (l *Laid) blacks(y, spot int, spare []byte) []byte {
	if spare == nil {
		spare = make([]byte, l.w)
	}
	clear(spare)
	row := make([]byte, l.w)
	for j := max(y-spot/2, 0); j < min(y-spot/2+spot, l.h); j++ {
		l.row(j, row)
		for x, white := range row {
			spare[x] += ^white & 1
		}
	}
	return spare
}

// profile returns the reflectance along a line, a value a dot from 0 for black
// to 1, seen through a square spot of so many dots.
func profile(blacks []byte, spot int) []float64 {
	reflectance := make([]float64, len(blacks))
	for x := range reflectance {
		black := 0
		for dx := range spot {
			if at := x - spot/2 + dx; at >= 0 && at < len(blacks) {
				black += int(blacks[at])
			}
		}
		reflectance[x] = 1 - float64(black)/float64(spot*spot)
	}
	return reflectance
}

// elementsOf returns the widths of bars and spaces in modules.
func elementsOf(row []bool) (widths []int) {
	for i := range row {
		if i == 0 || row[i] != row[i-1] {
			widths = append(widths, 0)
		}
		widths[len(widths)-1]++
	}
	return widths
}

// scan measures one line. A line that shows another number of elements than the
// code has, or that does not decode, is of grade F whatever else it is.
func scan(p []float64, modules []int, m scene.Modules) Report {
	low, high := slices.Min(p), slices.Max(p)
	r := Report{Contrast: high - low, Narrowest: math.Inf(1)}
	edges := crossings(p, (low+high)/2)
	if len(edges) != len(modules)+1 {
		return r
	}
	r.Modulation, r.Defects = unevenness(p, edges, r.Contrast)
	widths := make([]float64, len(modules))
	total := 0
	for i, n := range modules {
		widths[i] = edges[i+1] - edges[i]
		total += n
		r.Narrowest = min(r.Narrowest, widths[i]/float64(n))
		r.Widest = max(r.Widest, widths[i]/float64(n))
	}
	// A twentieth may be the bars' own, that heat has widened.
	need := 0.95*float64(m.Quiet/m.Module)*(edges[len(edges)-1]-edges[0])/float64(total) - 1
	r.Quiet = edges[0] >= need && float64(len(p))-1-edges[len(edges)-1] >= need
	decodes := false
	if r.Decodability, decodes = decodability(widths); decodes {
		r.Readable = 1
	}
	if !decodes || !r.Quiet || low > high/2 || r.Modulation*r.Contrast < 0.15 {
		return r
	}
	r.Grade = min(
		atLeast(r.Contrast, 0.70, 0.55, 0.40, 0.20),
		atLeast(r.Modulation, 0.70, 0.60, 0.50, 0.40),
		atLeast(-r.Defects, -0.15, -0.20, -0.25, -0.30),
		atLeast(r.Decodability, 0.62, 0.50, 0.37, 0.25),
	)
	return r
}

// crossings returns where a profile that begins white crosses the threshold, in
// dots.
func crossings(p []float64, threshold float64) (edges []float64) {
	for i := 1; i < len(p); i++ {
		if (p[i-1] < threshold) == (p[i] < threshold) {
			continue
		}
		edges = append(edges, float64(i-1)+(p[i-1]-threshold)/(p[i-1]-p[i]))
	}
	return edges
}

// unevenness returns the weakest edge and the largest spot or gap within an
// element, both of the contrast.
func unevenness(p, edges []float64, contrast float64) (modulation, defects float64) {
	weakest := contrast
	last, bar := 0.0, false
	for k := range len(edges) + 1 {
		from, to := 0, len(p)
		if k > 0 {
			from = int(math.Ceil(edges[k-1]))
		}
		if k < len(edges) {
			to = int(edges[k]) + 1
		}
		element := p[min(from, to-1):to]
		extreme := slices.Max(element)
		if bar {
			extreme = slices.Min(element)
		}
		if k > 0 {
			weakest = min(weakest, math.Abs(extreme-last))
		}
		defects = max(defects, spot(element, bar))
		last, bar = extreme, !bar
	}
	return weakest / contrast, defects / contrast
}

// spot returns how far reflectance goes back and forth within an element.
func spot(element []float64, bar bool) (worst float64) {
	value := func(i int) float64 {
		if bar {
			return -element[i]
		}
		return element[i]
	}
	// Where there is a dip between two peaks, from the higher one to the dip.
	after := make([]float64, len(element)+1)
	after[len(element)] = math.Inf(-1)
	for i := len(element) - 1; i >= 0; i-- {
		after[i] = max(after[i+1], value(i))
	}
	before := math.Inf(-1)
	for i := range element {
		if v := value(i); before > v && after[i+1] > v {
			worst = max(worst, max(before, after[i+1])-v)
		}
		before = max(before, value(i))
	}
	return worst
}

// decodability decodes widths of elements by the reference algorithm of
// ISO/IEC 15417 and returns by how much of what it bears the worst edge misses
// its place. It reports false if the widths are no Code 128.
func decodability(widths []float64) (float64, bool) {
	if len(widths) < 19 || (len(widths)-1)%6 != 0 {
		return 0, false
	}
	worst, values := 1.0, []int(nil)
	for i := 0; i+6 < len(widths); i += 6 {
		value, v := decodeSymbol(widths[i : i+6])
		values = append(values, value)
		worst = min(worst, v)
	}
	n := len(values)
	if slices.Contains(values, -1) || values[0] < startA128 || values[0] > startA128+2 || values[n-1] != stop128 {
		return 0, false
	}
	sum := values[0]
	for i, v := range values[1 : n-2] {
		sum += (i + 1) * v
	}
	return worst, sum%103 == values[n-2]
}

// decodeSymbol decodes three bars and three spaces, or returns -1. It goes by
// the distances between edges of a kind, which ink that spreads leaves alone.
func decodeSymbol(w []float64) (value int, decodability float64) {
	p := 0.0
	for _, x := range w {
		p += x
	}
	var e [4]int
	off := 0.0
	for i := range e {
		n := (w[i] + w[i+1]) * 11 / p
		e[i] = int(math.Round(n))
		off = max(off, math.Abs(n-math.Round(n)))
	}
	bars := (w[0] + w[2] + w[4]) * 11 / p
	value, wrong := -1, 1.75
	for _, c := range byDistance()[e] {
		if d := math.Abs(bars - float64(c.bars)); d < wrong {
			value, wrong = c.value, d
		}
	}
	return value, min(1-2*off, (1.75-wrong)/1.75)
}

type candidate struct{ value, bars int }

// byDistance holds the symbols by the distances of their edges, in modules.
var byDistance = sync.OnceValue(func() map[[4]int][]candidate {
	all := map[[4]int][]candidate{}
	for value, s := range widths128 {
		n := func(i int) int { return int(s[i] - '0') }
		e := [4]int{n(0) + n(1), n(1) + n(2), n(2) + n(3), n(3) + n(4)}
		all[e] = append(all[e], candidate{value, n(0) + n(2) + n(4)})
	}
	return all
})
