package testcard

import (
	"fmt"

	"miandan/templates/barcode"
	"miandan/templates/scene"
	"miandan/templates/typeset"
)

// Test draws the test card.
func Test(f Facts, width, height scene.Length, g scene.Grid) (*scene.Page, error) {
	c, err := newCard(width, height, g)
	if err != nil {
		return nil, err
	}
	c.box(c.rect(Margin.MM(), Margin.MM(), c.w-2*Margin.MM(), c.h-2*Margin.MM()), max(2, c.dots(0.25)))
	if c.h < 95 || c.w < 58 {
		c.rulers(Margin.MM(), 1.6)
		c.small(f)
	} else {
		c.rulers(Margin.MM(), 1.9)
		c.large(f)
	}
	return c.Page, c.err
}

// full is how high the large card is on paper of 76 mm, from its heading to its
// foot.
const full = 115.5

// area is where a card's contents stand: within the rulers and their figures.
func (c *card) area(left, top float64) (x, y, w, h float64) {
	const right, foot = 3.2, 3.2
	return left, top, c.w - left - right, c.h - top - foot
}

// large is the card for waybill paper: a heading and five numbered parts, each
// with what to look at.
func (c *card) large(f Facts) {
	x, y, w, h := c.area(9, 8)
	// Everything grows with the paper, from 76×130 on.
	u := min(w/63.8, h/full, 1.3)
	gap := (h - u*full) / 5

	c.text("打印测试页", x, y, w*0.5, 6*u, 5.2*u, bold)
	c.text("Test card", x+w*0.5, y+1.9*u, w*0.5, 4*u, 2.6*u, func(b *typeset.Block) { b.Align, b.Lines = typeset.Right, 1 })
	y += 7 * u
	c.black(x, y, w, 0.375)
	y += 1.1 * u
	for _, line := range [][2]string{
		{"打印机", f.Printer},
		{"语言 型号", joined(f.Language, f.Model)},
		{"打印头 纸张", head(c.Grid) + "   " + size(c.w, c.h) + " mm"},
		{"日期", f.Date},
	} {
		c.text(line[0], x, y, 15*u, 3.4*u, 2.5*u, single)
		c.text(line[1], x+15*u, y, w-15*u, 3.4*u, 2.5*u, func(b *typeset.Block) { b.Bold, b.Lines = true, 1 })
		y += 3.6 * u
	}

	y += 1.3*u + gap
	c.part(x, y, w, u, "1", "黑白", "Polarity", "左应为黑底，右应为白底；反了"+inverted(f))
	y += 7.4 * u
	c.polarity(x, y, w, 8*u, 3.2*u)
	y += 8*u + 2.3*u + gap

	c.part(x, y, w, u, "2", "位置", "Position", "外框距纸边各 2 mm，刻度数字为距纸边毫米数。偏了请运行 printers calibrate。")
	y += 7.6*u + gap

	c.part(x, y, w, u, "3", "浓度", "Density", "12 应看得见，88 的白点应分明，100 应全黑。偏淡加大 darkness，糊则减小。")
	y += 7.4 * u
	c.steps(x, y, w, 8*u, 2*u)
	y += 8*u + 4.8*u + gap

	c.part(x, y, w, u, "4", "细线", "Lines", "单点线应根根分明。纵向白线为坏点，横向断线为停顿。")
	y += 7.4 * u
	c.lines(x, y, w, 8*u)
	y += 8*u + 2.3*u + gap

	c.part(x, y, w, u, "5", "条码", "Codes", "用扫描枪扫一扫，应读出条码下的文字。")
	y += 8 * u
	c.codes(x, y, w, 20*u, u)
}

// joined is what is known of two things, with a point between.
func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " · " + b
}

// inverted says what helps against a label that is the wrong way round.
func inverted(f Facts) string {
	if f.Invert == "" {
		return "说明 language 设置不对。"
	}
	return "请设 " + f.Invert + "。"
}

// part is the heading of a part of the card, with what to look at below it.
func (c *card) part(x, y, w, u float64, number, chinese, english, look string) {
	r := c.rect(x, y, 3.4*u, 3.4*u)
	c.fill(r, scene.Black)
	c.textIn(number, r, 2.6*u, func(b *typeset.Block) {
		b.Bold, b.Lines, b.Ink, b.Align, b.VAlign = true, 1, scene.White, typeset.Center, typeset.Middle
	})
	c.text(chinese+" "+english, x+4.4*u, y, w-4.4*u, 3.4*u, 2.8*u, func(b *typeset.Block) { b.Bold, b.Lines, b.VAlign = true, 1, typeset.Middle })
	c.text(look, x, y+4*u, w, 3.6*u, 2.1*u, single)
}

// polarity is two boxes: one black with white words, one white with black words.
func (c *card) polarity(x, y, w, h, size float64) {
	half := (w - 2) / 2
	left, right := c.rect(x, y, half, h), c.rect(x+half+2, y, half, h)
	c.fill(left, scene.Black)
	c.textIn("黑底白字", left, size, func(b *typeset.Block) {
		b.Bold, b.Lines, b.Ink, b.Align, b.VAlign = true, 1, scene.White, typeset.Center, typeset.Middle
	})
	c.box(right, max(2, c.dots(0.25)))
	c.textIn("白底黑字", right, size, func(b *typeset.Block) {
		b.Bold, b.Lines, b.Align, b.VAlign = true, 1, typeset.Center, typeset.Middle
	})
}

// coverage are the steps of darkness in sixty-fourths: 12, 25, 50, 75, 88 and 100
// per cent of the dots are black.
var coverage = []struct {
	of64 int
	name string
}{{8, "12"}, {16, "25"}, {32, "50"}, {48, "75"}, {56, "88"}, {64, "100"}}

// steps draws fields of single dots, ever more of which are black. Heat makes
// dots grow: what closes first, and what stays grey, shows how hot the head is.
func (c *card) steps(x, y, w, h, figures float64) {
	n := len(coverage)
	each := (w - float64(n-1)) / float64(n)
	for i, s := range coverage {
		r := c.rect(x+float64(i)*(each+1), y, each, h)
		c.screen(r, s.of64)
		c.box(r, max(1, c.dots(0.125)))
		if each < 2.8 {
			continue
		}
		c.text(s.name, x+float64(i)*(each+1), y+h+0.3, each, figures*1.15, figures, func(b *typeset.Block) { b.Lines, b.Align = 1, typeset.Center })
	}
}

// bayer says in which order the dots of a field of 8 × 8 become black.
var bayer = [8][8]int{
	{0, 32, 8, 40, 2, 34, 10, 42}, {48, 16, 56, 24, 50, 18, 58, 26},
	{12, 44, 4, 36, 14, 46, 6, 38}, {60, 28, 52, 20, 62, 30, 54, 22},
	{3, 35, 11, 43, 1, 33, 9, 41}, {51, 19, 59, 27, 49, 17, 57, 25},
	{15, 47, 7, 39, 13, 45, 5, 37}, {63, 31, 55, 23, 61, 29, 53, 21},
}

func (c *card) screen(r scene.Rect, of64 int) {
	if of64 >= 64 {
		c.fill(r, scene.Black)
		return
	}
	rows := make([][]bool, r.H)
	for y := range rows {
		rows[y] = make([]bool, r.W)
		for x := range rows[y] {
			rows[y][x] = bayer[y%8][x%8] < of64
		}
	}
	if c.err == nil {
		c.keep(c.Page.Picture(scene.Picture{Rect: r, Rows: rows}))
	}
}

// lines draws lines of one dot, in both directions: alone, and as close as one
// and two dots apart.
func (c *card) lines(x, y, w, h float64) {
	third := (w - 4) / 3
	// Along the feed, each by one heating element.
	r := c.rect(x, y, third, h)
	c.comb(r, false)
	// Across the feed, each by one step of the motor.
	c.comb(c.rect(x+third+2, y, third, h), true)
	// Both at once.
	grid := c.rect(x+2*third+4, y, third, h)
	step := c.dots(1)
	for i := 0; i < grid.W; i += step {
		c.fill(scene.Rect{X: grid.X + i, Y: grid.Y, W: 1, H: grid.H}, scene.Black)
	}
	for i := 0; i < grid.H; i += step {
		c.fill(scene.Rect{X: grid.X, Y: grid.Y + i, W: grid.W, H: 1}, scene.Black)
	}
}

// comb draws lines of one dot with ever more dots between them.
func (c *card) comb(r scene.Rect, lying bool) {
	long := r.W
	if lying {
		long = r.H
	}
	spaces := []int{1, 2, 3, 5, 8}
	for i, at := 0, 0; at < long; i++ {
		line := scene.Rect{X: r.X + at, Y: r.Y, W: 1, H: r.H}
		if lying {
			line = scene.Rect{X: r.X, Y: r.Y + at, W: r.W, H: 1}
		}
		c.fill(line, scene.Black)
		at += 1 + spaces[min(i*len(spaces)/max(1, combLines(long)), len(spaces)-1)]
	}
}

// combLines is about how many lines a comb of a length has.
func combLines(long int) int { return long * 5 / 24 }

// codes draws a Code 128 and a QR code beside each other.
func (c *card) codes(x, y, w, h, u float64) {
	square := min(h, w*0.36)
	number := "TEST" + digits(c.w, c.h)
	s, err := barcode.Code128(number)
	bars := w - square - 1
	high := h - 5.2*u
	c.code(s, err, x, y, bars, high, 0.375)
	c.text(number, x, y+high+0.6*u, bars, 3.4*u, 2.6*u, func(b *typeset.Block) { b.Align, b.Lines = typeset.Center, 1 })
	q, err := barcode.QR("MIANDAN "+number, barcode.M)
	c.code(q, err, x+w-square, y, square, square, 0.625)
}

// digits are a size as figures: 076130.
func digits(w, h float64) string { return fmt.Sprintf("%03.0f%03.0f", w, h) }

// small is the card for little labels: the same parts without words around them.
func (c *card) small(f Facts) {
	x, y, w, h := c.area(7.4, 7)
	u := min(w/49.4, h/29.8, 1.6)
	square := max(11.2, min(13.5*u, w*0.42))
	left := w - square - 0.5
	pitch := head(c.Grid) + " · "
	if left < 26 {
		pitch = fmt.Sprintf("%.0f dpi ", float64(c.Grid)*25.4)
	}
	c.spare("测试页 "+f.Printer, x, y, left, 3.4*u, 2.6*u, bold)
	for i, line := range []string{joined(f.Language, f.Model), pitch + size(c.w, c.h) + " mm", f.Date} {
		c.spare(line, x, y+(3.7+2.7*float64(i))*u, left, 2.5*u, 2*u, single)
	}
	number := "TEST" + digits(c.w, c.h)
	q, err := barcode.QR(number, barcode.M)
	c.code(q, err, x+w-square, y-0.4*u, square, square, 0.5)

	top := y + max(12*u, square-0.2)
	rest := c.h - 2.8 - top
	band, comb := max(3.4, rest*0.3), min(4*u, rest*0.2)
	c.polarity(x, top, w*0.5, band, min(2.4*u, band*0.7))
	c.steps(x+w*0.5+1.2, top, w*0.5-1.2, band-1.9, 1.6)
	below := top + band + 0.9
	if rest < 12 {
		return
	}
	c.lines(x, below, w, comb)
	below += comb + 1
	if w < 40 { // the letters have no room
		number = digits(c.w, c.h)
	}
	s, err := barcode.Code128(number)
	c.code(s, err, x, below, w, min(c.h-2.8-below, 14*u), 0.25*max(1, u))
}
