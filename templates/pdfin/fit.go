package pdfin

import (
	"context"
	"math"

	"miandan/printer/bitmap"
	"miandan/templates/barcode"
	"miandan/templates/scene"
)

// finer is how many times as fine as the head a page is drawn to measure the
// modules of its codes.
const finer = 4

func (d *Document) fit(ctx context.Context, o order, wide, high float64, f Frame) (*bitmap.Image, error) {
	w, h := f.dots()
	factor := min(float64(w)/wide, float64(h)/high)
	scale := o.Scale
	o.Scale = scale * factor
	n := finer
	for n > 1 && w*n > d.limits.Dots/(h*n) {
		n--
	}
	fine := o
	fine.Fine = 1 // fine enough as it is
	fine.Scale, fine.Width, fine.Height = o.Scale*float64(n), uint32(w*n), uint32(h*n)
	measured, err := d.drawn(ctx, fine, f)
	if err != nil {
		return nil, err
	}
	codes := FindCodes(measured, f.Grid*scene.Grid(n))
	if len(codes) > 0 {
		module := math.Inf(1)
		for _, c := range codes {
			module = min(module, c.Module/float64(n))
		}
		// A rounding error must not cost a whole dot.
		whole := math.Floor(module + 0.02)
		if whole < math.Ceil(f.Grid.Exact(barcode.MinModule)-0.01) {
			return nil, Uneven
		}
		o.Scale *= whole / module
	}
	// In the middle, on whole dots.
	wide, high = wide*o.Scale/scale, high*o.Scale/scale
	o.Left, o.Top = math.Floor((float64(w)-wide)/2), math.Floor((float64(h)-high)/2)
	m, err := d.drawn(ctx, o, f)
	if err != nil {
		return nil, err
	}
	for _, want := range codes {
		got := FindCodes(m, f.Grid, want.Text)
		if len(got) == 0 || !got[0].Whole {
			return nil, Uneven
		}
	}
	return m, nil
}
