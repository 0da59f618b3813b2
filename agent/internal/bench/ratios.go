package bench

import "fmt"

// ratios sets our own figures against the others'. Both sides are medians of the
// clock on the wall in the same run: what the computer is busy with besides slows
// both.
func (b *bench) ratios() {
	for _, r := range []struct {
		name, what, ours, theirs string
		want                     float64
	}{
		{"pdf-chromium", "our PDF against headless Chromium kept open", "pdf-label", "chromium", 40},
		{"pdf-reportlab", "our PDF against ReportLab", "pdf-label", "reportlab", 1.3},
		{"dots-pdftoppm", "our dots against pdftoppm's", "raster-203", "pdftoppm", 0},
		{"bytes-cups", "our compose + raster + ZPL against the filters of CUPS", "zpl-203", "cups", 40},
	} {
		ours, _ := b.report.Line(r.ours)
		theirs, ok := b.report.Line(r.theirs)
		if !ok || ours.P50 == 0 {
			continue
		}
		l := Line{Name: r.name, Part: Ratios, What: fmt.Sprintf("%s, %.2f ms : %.1f ms", r.what, ours.P50, theirs.P50), Value: theirs.P50 / ours.P50, Unit: "×"}
		if r.want == 0 {
			b.add(l)
			continue
		}
		b.add(l, Reach{Figure: "value", Want: r.want})
	}
}
