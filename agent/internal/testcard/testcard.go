// Package testcard draws the labels that a printer is set up with: a test card,
// on which everything that can be wrong is seen at a glance and says itself what
// it would look like, and a ruler card, from which a printer is calibrated.
//
// The cards are drawn like waybills, on the head's own grid and through the same
// text, barcodes and renderers, so that what they show is what waybills will look
// like. They name nobody.
package testcard

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"miandan/templates/barcode"
	"miandan/templates/scene"
	"miandan/templates/typeset"
)

// Facts are what a card says of the printer.
type Facts struct {
	Printer  string // its name in the settings
	Model    string // its model file, "" if none
	Language string // "TSPL", "PDF"
	Invert   string // the setting that turns black and white round, "" if there is none
	Date     string
}

// ErrSmall reports paper that has no room for a card.
var ErrSmall = errors.New("the paper is smaller than 40 × 30 mm")

// Margin is where the frame stands, from every edge of the paper.
const Margin = scene.Length(2000)

// card is a page being drawn. The first error stays; what follows draws nothing.
type card struct {
	*scene.Page
	w, h float64 // mm
	err  error
}

func newCard(width, height scene.Length, g scene.Grid) (*card, error) {
	if width.MM() < 40 || height.MM() < 30 {
		return nil, ErrSmall
	}
	return &card{Page: scene.NewPage(g, width, height), w: width.MM(), h: height.MM()}, nil
}

// dots is a place or a length in whole dots.
func (c *card) dots(mm float64) int { return c.Grid.Dots(scene.MM(mm)) }

// rect is a rectangle in whole dots, each edge snapped for itself.
func (c *card) rect(x, y, w, h float64) scene.Rect {
	x0, y0 := c.dots(x), c.dots(y)
	return scene.Rect{X: x0, Y: y0, W: c.dots(x+w) - x0, H: c.dots(y+h) - y0}
}

func (c *card) keep(err error) {
	if c.err == nil {
		c.err = err
	}
}

func (c *card) fill(r scene.Rect, ink scene.Ink) {
	if c.err == nil && r.W > 0 && r.H > 0 {
		c.keep(c.Page.Fill(scene.Fill{Rect: r, Ink: ink}))
	}
}

func (c *card) black(x, y, w, h float64) { c.fill(c.rect(x, y, w, h), scene.Black) }

// box draws the sides of a rectangle inside it, so many dots thick.
func (c *card) box(r scene.Rect, thick int) {
	c.fill(scene.Rect{X: r.X, Y: r.Y, W: r.W, H: thick}, scene.Black)
	c.fill(scene.Rect{X: r.X, Y: r.Y + r.H - thick, W: r.W, H: thick}, scene.Black)
	c.fill(scene.Rect{X: r.X, Y: r.Y, W: thick, H: r.H}, scene.Black)
	c.fill(scene.Rect{X: r.X + r.W - thick, Y: r.Y, W: thick, H: r.H}, scene.Black)
}

// text sets a text into a box in mm, smaller if it must be.
func (c *card) text(text string, x, y, w, h, size float64, change func(*typeset.Block)) {
	c.textIn(text, c.rect(x, y, w, h), size, change)
}

func (c *card) textIn(text string, r scene.Rect, size float64, change func(*typeset.Block)) {
	if c.err != nil || text == "" {
		return
	}
	b := typeset.Block{Text: text, Size: scene.MM(size), Floor: scene.MM(min(size, max(size*0.6, 1.5))), Leading: 1.25}
	if change != nil {
		change(&b)
	}
	runs, err := typeset.Set(b, r, c.Grid)
	if err != nil {
		c.keep(fmt.Errorf("a card of %g×%g mm: %w", c.w, c.h, err))
		return
	}
	for _, run := range runs {
		c.keep(c.Page.Glyphs(run))
	}
}

// spare is text that little paper may have no room for: it is left out then, and
// nothing is lost that the card is for.
func (c *card) spare(text string, x, y, w, h, size float64, change func(*typeset.Block)) {
	before := c.err
	c.text(text, x, y, w, h, size, change)
	if errors.As(c.err, new(*typeset.OverflowError)) && before == nil {
		c.err = nil
	}
}

func bold(b *typeset.Block)   { b.Bold, b.Lines = true, 1 }
func single(b *typeset.Block) { b.Lines = 1 }

// code lays a barcode into a box in mm. A module wider than wanted is not taken.
func (c *card) code(s barcode.Symbol, err error, x, y, w, h, module float64) {
	if c.err != nil {
		return
	}
	if err != nil {
		c.keep(err)
		return
	}
	m, err := s.Fit(barcode.Place{Box: c.rect(x, y, w, h), Module: scene.MM(module)}, c.Grid)
	if err != nil {
		c.keep(err)
		return
	}
	c.keep(c.Page.Modules(m))
}

// rulers draws millimetres along the upper and the left edge, counted from the
// edges of the paper: the mark 10 stands 10 mm from the edge if the card lies
// right. Marks begin where the frame does.
func (c *card) rulers(from float64, figures float64) {
	for mm := int(from) + 1; float64(mm) < c.w-from; mm++ {
		long := tick(mm)
		c.mark(c.dots(float64(mm)), c.dots(from), false, long)
		if mm%10 == 0 && float64(mm) < c.w-from-4 && figures > 0 {
			c.text(strconv.Itoa(mm), float64(mm)-3, from+long+0.3, 6, figures*1.1, figures, func(b *typeset.Block) { b.Align, b.Lines = typeset.Center, 1 })
		}
	}
	for mm := int(from) + 1; float64(mm) < c.h-from; mm++ {
		long := tick(mm)
		c.mark(c.dots(from), c.dots(float64(mm)), true, long)
		if mm%10 == 0 && float64(mm) < c.h-from-3 && figures > 0 {
			c.text(strconv.Itoa(mm), from+long+0.4, float64(mm)-figures, 6, figures*2, figures, func(b *typeset.Block) { b.Lines, b.VAlign = 1, typeset.Middle })
		}
	}
}

// tick is how long a mark is, in mm.
func tick(mm int) float64 {
	switch {
	case mm%10 == 0:
		return 2.4
	case mm%5 == 0:
		return 1.7
	}
	return 1
}

// mark draws one mark, a dot thin, its middle at the place.
func (c *card) mark(x, y int, lying bool, long float64) {
	thick := max(1, c.dots(0.125))
	if lying {
		c.fill(scene.Rect{X: x, Y: y - thick/2, W: c.dots(long), H: thick}, scene.Black)
		return
	}
	c.fill(scene.Rect{X: x - thick/2, Y: y, W: thick, H: c.dots(long)}, scene.Black)
}

// size is a paper's size as people write it.
func size(w, h float64) string {
	f := func(mm float64) string { return strconv.FormatFloat(mm, 'f', -1, 64) }
	return f(w) + "×" + f(h)
}

// head is a head's pitch in both of the trade's words.
func head(g scene.Grid) string {
	return fmt.Sprintf("%.0f dpi (%s/mm)", float64(g)*25.4, strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.3f", float64(g)), "0"), "."))
}
