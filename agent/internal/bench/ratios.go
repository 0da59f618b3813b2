package bench

import "fmt"

// ratios sets our own figures against the others'. Both sides are of the same run
// and the same label, whose marks both have before them: what a core has worked for a
// label where that is known of both, which holds on a busy computer too; otherwise
// medians of the clock on the wall.
func (b *bench) ratios() {
	for _, r := range []struct {
		name, what, ours, theirs string
		want                     float64
	}{
		{"pdf-chromium", "our PDF against headless Chromium kept open", "pdf", "chromium", 40},
		{"pdf-reportlab", "our PDF against ReportLab", "pdf", "reportlab", 1.3},
		{"dots-pdftoppm", "our dots against pdftoppm's", "raster-203", "pdftoppm", 0},
		{"bytes-cups", "our compose + raster + ZPL against the filters of CUPS", "zpl-203", "cups", 40},
	} {
		ours, _ := b.report.Line(r.ours)
		theirs, ok := b.report.Line(r.theirs)
		if !ok || ours.P50 == 0 || theirs.P50 == 0 {
			continue
		}
		a, z, clock := ours.P50, theirs.P50, "on the wall"
		if ours.PerCore > 0 && theirs.PerCore > 0 {
			a, z, clock = 1000/ours.PerCore, 1000/theirs.PerCore, "of a core"
		}
		l := Line{Name: r.name, Part: Ratios, What: fmt.Sprintf("%s, %s : %s ms %s", r.what, figure(a), figure(z), clock), Value: z / a, Unit: "×"}
		if r.want == 0 {
			b.add(l)
			continue
		}
		b.add(l, Reach{Figure: "value", Want: r.want})
	}
}
