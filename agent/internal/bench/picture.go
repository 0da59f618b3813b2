package bench

import (
	"bytes"
	"fmt"
)

// step is a part of a label's time in the picture.
type step struct{ name, line, colour string }

// steps are those of a label at 203 dpi on its way to a TSPL printer.
var steps = []step{
	{"compose", "compose", "#4269d0"},
	{"raster", "raster-203", "#efb118"},
	{"check", "check-203", "#3ca951"},
	{"TSPL", "tspl", "#ff725c"},
}

// headTime is what a label's time is measured against: how long the head takes for
// 150 mm, in ms.
const headTime = 150.0 / headSpeed * 1000

// Picture draws where a label's time goes, as SVG: the steps of one label, and how
// far the paper moves in that time.
func (r *Report) Picture() []byte {
	const left, width, top, bar = 24, 752.0, 64, 56
	var b bytes.Buffer
	total := 0.0
	for _, s := range steps {
		l, _ := r.Line(s.line)
		total += l.P50
	}
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 260" width="800" height="260" font-family="system-ui, sans-serif" font-size="15">`+"\n")
	fmt.Fprintf(&b, `<rect width="800" height="260" fill="#ffffff"/>`+"\n")
	fmt.Fprintf(&b, `<text x="%d" y="34" font-size="19" font-weight="600" fill="#1b1e23">One label of 100×150 mm, 203 dpi, one core: %.2f ms</text>`+"\n", left, total)
	x := float64(left)
	for i, s := range steps {
		l, _ := r.Line(s.line)
		w := 0.0
		if total > 0 {
			w = width * l.P50 / total
		}
		fmt.Fprintf(&b, `<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>`+"\n", x, top, w, bar, s.colour)
		// The legend is below, since a step may be too thin for words.
		at := left + i*188
		fmt.Fprintf(&b, `<rect x="%d" y="138" width="14" height="14" rx="3" fill="%s"/><text x="%d" y="150" fill="#1b1e23">%s %.2f ms</text>`+"\n", at, s.colour, at+22, s.name, l.P50)
		x += w
	}
	fmt.Fprintf(&b, `<text x="%d" y="190" fill="#1b1e23">Beside the head, which takes %.0f ms for it at 152 mm/s</text>`+"\n", left, headTime)
	fmt.Fprintf(&b, `<rect x="%d" y="204" width="%.0f" height="14" fill="#d5d8de"/><rect x="%d" y="204" width="%.2f" height="14" fill="#4269d0"/>`+"\n", left, width, left, width*min(total/headTime, 1))
	fmt.Fprintf(&b, `<text x="%d" y="242" font-size="13" fill="#5a6270">Medians. The paper moves %.2f mm in that time. %s, %d cores, %s.</text>`+"\n</svg>\n", left, total/headTime*150, r.System.OS+"/"+r.System.Arch, r.System.CPUs, r.At.Format("2006-01-02"))
	return b.Bytes()
}
