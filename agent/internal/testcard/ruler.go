package testcard

import (
	"fmt"
	"math"
	"strconv"

	"miandan/templates/scene"
	"miandan/templates/typeset"
)

// Bar is the black bar of a ruler card in one direction: where it begins, from
// the paper's edge, and how long it is.
type Bar struct{ Start, Length float64 } // mm

// BarOf returns the bar that fits a side of the paper.
//
// One bar gives both numbers, and both are distances between edges that are
// plain to see: nobody has to know which direction counts as plus, nor find the
// middle of a line. It begins far enough from the paper's edge to be there even
// on a printer that is off by a centimetre.
func BarOf(side scene.Length) Bar {
	b := Bar{Start: 20}
	if side.MM() < 75 {
		b.Start = 10
	}
	for _, length := range []float64{50, 40, 30, 20, 10} {
		b.Length = length
		if b.Start+length+3 <= side.MM() {
			break
		}
	}
	return b
}

// thickness of the bars in mm.
const thickness = 2.5

// Ruler draws the ruler card.
func Ruler(f Facts, width, height scene.Length, g scene.Grid) (*scene.Page, error) {
	c, err := newCard(width, height, g)
	if err != nil {
		return nil, err
	}
	across, down := BarOf(width), BarOf(height)
	x, y := across.Start, down.Start
	c.black(x, y, across.Length, thickness)
	c.black(x, y, thickness, down.Length)
	figure := func(mm float64) string { return strconv.FormatFloat(mm, 'f', -1, 64) }

	// Arrows from where the paper's edges should be to the bars' corner.
	c.arrow(x, y+thickness/2, false)
	c.arrow(x+thickness/2, y, true)
	u := 1.0
	if c.h < 70 {
		u = 0.72
	}
	c.text("左 "+figure(across.Start), 1.2, y-3.6*u, across.Start-1.6, 3.4*u, 2.6*u, func(b *typeset.Block) { b.Bold, b.Lines = true, 1 })
	c.text("上 "+figure(down.Start), x+thickness+1, y-5.2*u-1, 20, 3.4*u, 2.6*u, func(b *typeset.Block) { b.Bold, b.Lines = true, 1 })

	inner := x + thickness + 2
	room := c.w - inner - 2.5
	top := y + thickness + 1.8*u
	c.spare(fmt.Sprintf("横条长 %s mm，竖条长 %s mm", figure(across.Length), figure(down.Length)), inner, top, room, 4*u, 3*u, bold)
	top += 5 * u
	if c.h-top > 52 {
		for _, line := range []string{
			"用尺量，读到 0.5 mm：",
			"① 横条有多长（应为 " + figure(across.Length) + "）",
			"② 左：纸的左边到竖条的左边",
			"③ 上：纸的上边到横条的上边",
			"把数字填入 miandan printers calibrate",
		} {
			c.spare(line, inner, top, room, 4.2, 3, single)
			top += 5
		}
		top += 1
		c.spare("Measure with a ruler, to half a millimetre: length of the bar across, left edge of the paper to the bar, upper edge to the bar.", inner, top, room, 12, 2.4, nil)
		top += 13
	} else if c.h-top > 6 {
		c.spare("① 横条长 ② 纸左边到竖条 ③ 纸上边到横条", inner, top, room, 3*u, 2.4*u, single)
		top += 3.4
	}
	c.spare(f.Printer, inner, top, room, 3.4*u, 2.6*u, func(b *typeset.Block) { b.Bold, b.Lines = true, 1 })
	c.spare(joined(f.Language, head(g))+" · "+size(c.w, c.h)+" mm", inner, top+3.8*u, room, 3*u, 2.2*u, single)
	c.spare(f.Date, inner, top+7.2*u, room, 3*u, 2.2*u, single)
	return c.Page, c.err
}

// arrow draws a line from near the paper's edge to a bar, with a head at the bar.
func (c *card) arrow(x, y float64, standing bool) {
	to, at := c.dots(x), c.dots(y)
	if standing {
		to, at = at, to
	}
	thick := max(2, c.dots(0.25))
	put := func(along, across, length, width int) {
		r := scene.Rect{X: along, Y: across, W: length, H: width}
		if standing {
			r = scene.Rect{X: across, Y: along, W: width, H: length}
		}
		c.fill(r, scene.Black)
	}
	from := c.dots(1.2)
	clear := c.dots(0.5) // the bar's edge stays alone
	tip := to - clear
	put(from, at-thick/2, tip-from, thick)
	for i := range c.dots(1.5) {
		wide := max(thick, 2*i*6/10)
		put(tip-1-i, at-wide/2, 1, wide)
	}
}

// Reading is what somebody has measured on a ruler card, in mm.
type Reading struct {
	Left, Top float64 // from the paper's edges to the bars
	Length    float64 // of the bar across; 0 takes what it should be
}

// Correction is what to set after a reading.
type Correction struct {
	X, Y float64 // to be added to the offsets, in mm
	// Grid is what the head's pitch seems to be, where the bar's length is off by
	// more than one in a hundred; else 0. Offsets measured with a wrong pitch are
	// wrong too.
	Grid scene.Grid
}

// tolerance is by how much the bar may be off: a ruler is read to half a
// millimetre in fifty.
const tolerance = 0.01

// Correct says what a reading of a ruler card means. The grid is the one that the
// card was printed with.
func Correct(r Reading, width, height scene.Length, g scene.Grid) (Correction, error) {
	across, down := BarOf(width), BarOf(height)
	if r.Length == 0 {
		r.Length = across.Length
	}
	for _, v := range []struct{ value, most float64 }{{r.Left, width.MM()}, {r.Top, height.MM()}, {r.Length, 2.2 * across.Length}} {
		if !(v.value > 0 && v.value <= v.most) {
			return Correction{}, fmt.Errorf("%g mm cannot be: the paper is %s mm", v.value, size(width.MM(), height.MM()))
		}
	}
	if off := r.Length/across.Length - 1; math.Abs(off) > tolerance {
		return Correction{Grid: scene.Grid(float64(g) * across.Length / r.Length)}, nil
	}
	tenth := func(mm float64) float64 { return math.Round(mm*10) / 10 }
	return Correction{X: tenth(across.Start - r.Left), Y: tenth(down.Start - r.Top)}, nil
}
