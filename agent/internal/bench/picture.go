package bench

import (
	"bytes"
	"fmt"
)

// step is a part of a label's time in the picture.
type step struct{ name, line, colour string }

// steps are those of a label at 203 dpi on its way to a TSPL printer.
var steps = []step{
	{"compose", "compose", "#3b6fb6"},
	{"raster", "raster-203", "#e3a008"},
	{"check", "check-203", "#2f9e6e"},
	{"TSPL bytes", "tspl", "#d9583b"},
}

// headTime is what a label's time is measured against: how long the head takes for
// 150 mm, in ms.
const headTime = 150.0 / headSpeed * 1000

// The picture's measures, in its own units.
const (
	picWidth, picHeight = 860, 330
	picLeft, picRight   = 36, 824
	picInk, picFaint    = "#1b1e23", "#5a6270"
)

// Picture draws where a label's time goes, as SVG: the steps of one label, and all of
// them beside the time that the paper takes.
func (r *Report) Picture() []byte {
	var b bytes.Buffer
	total := 0.0
	for _, s := range steps {
		l, _ := r.Line(s.line)
		total += l.P50
	}
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" font-family="'Segoe UI', 'Helvetica Neue', 'DejaVu Sans', Arial, sans-serif" font-size="15">`+"\n", picWidth, picHeight, picWidth, picHeight)
	fmt.Fprintf(&b, `<title>Where the time of one label goes</title>`+"\n")
	fmt.Fprintf(&b, `<rect x="0.5" y="0.5" width="%d" height="%d" rx="10" fill="#ffffff" stroke="#d5d8de"/>`+"\n", picWidth-1, picHeight-1)
	text := func(x, y float64, size int, colour, anchor, words string) {
		fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" font-size="%d" fill="%s" text-anchor="%s">%s</text>`+"\n", x, y, size, colour, anchor, words)
	}
	fmt.Fprintf(&b, `<text x="%d" y="46" font-size="20" font-weight="600" fill="%s">Where the time of one label goes</text>`+"\n", picLeft, picInk)
	text(picRight, 46, 20, picInk, "end", fmt.Sprintf("%.2f ms", total))
	text(picLeft, 70, 13, picFaint, "start", "100 × 150 mm at 203 dpi, its codes drawn fresh and read back from the dots, one core")

	x, scale := float64(picLeft), 0.0
	if total > 0 {
		scale = (picRight - picLeft) / total
	}
	fmt.Fprintf(&b, `<clipPath id="bar"><rect x="%d" y="90" width="%d" height="48" rx="6"/></clipPath>`+"\n"+`<g clip-path="url(#bar)">`+"\n", picLeft, picRight-picLeft)
	for _, s := range steps {
		l, _ := r.Line(s.line)
		fmt.Fprintf(&b, `<rect x="%.2f" y="90" width="%.2f" height="48" fill="%s" stroke="#ffffff" stroke-width="1.5"/>`+"\n", x, l.P50*scale, s.colour)
		if l.P50*scale > 56 {
			text(x+l.P50*scale/2, 120, 15, "#ffffff", "middle", fmt.Sprintf("%.0f %%", 100*l.P50/total))
		}
		x += l.P50 * scale
	}
	b.WriteString("</g>\n")
	for i, s := range steps { // below, since a step may be too thin for words
		l, _ := r.Line(s.line)
		at := picLeft + float64(i)*(picRight-picLeft)/float64(len(steps))
		fmt.Fprintf(&b, `<rect x="%.1f" y="154" width="12" height="12" rx="3" fill="%s"/>`+"\n", at, s.colour)
		text(at+20, 165, 14, picInk, "start", fmt.Sprintf("%s %.2f ms", s.name, l.P50))
	}

	share := min(total/headTime, 1)
	text(picLeft, 222, 15, picInk, "start", "The same beside the paper")
	text(picRight, 222, 15, picInk, "end", fmt.Sprintf("%.0f ms under the head, 152 mm/s", headTime))
	fmt.Fprintf(&b, `<rect x="%d" y="234" width="%d" height="20" rx="4" fill="#e6e8ec"/>`+"\n", picLeft, picRight-picLeft)
	fmt.Fprintf(&b, `<rect x="%d" y="234" width="%.2f" height="20" fill="%s"/>`+"\n", picLeft, max(share*(picRight-picLeft), 1), steps[0].colour) // so that it is seen
	fmt.Fprintf(&b, `<path d="M %.2f 258 v 12 h 14" fill="none" stroke="%s"/>`+"\n", picLeft+share*(picRight-picLeft)/2, picFaint)
	text(picLeft+22, 275, 13, picFaint, "start", fmt.Sprintf("all of the above: the paper moves %.2f mm meanwhile", share*150))
	text(picLeft, 306, 12, picFaint, "start", fmt.Sprintf("Medians of miandan bench, %s/%s, %d cores, %s", r.System.OS, r.System.Arch, r.System.CPUs, r.At.Format("2006-01-02")))
	b.WriteString("</svg>\n")
	return b.Bytes()
}
