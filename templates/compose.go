package templates

import (
	"errors"
	"fmt"
	"strings"

	"miandan/templates/barcode"
	"miandan/templates/scene"
	"miandan/templates/typeset"
	"miandan/templates/waybill"
)

// Reason is a code for why a label was not composed.
type Reason string

// Why a label was not composed.
const (
	TooLong     Reason = "does-not-fit"      // the text at its floor is larger than its box
	NoGlyph     Reason = "no-glyph"          // a character that no typeface in the program has
	Masked      Reason = "masked"            // the platform hides what the courier must read
	Sealed      Reason = "sealed"            // the platform keeps it in its cipher text
	Missing     Reason = "missing"           // a required field is empty
	NotEncoded  Reason = "not-encoded"       // the code cannot say the text
	CodeTooWide Reason = "code-does-not-fit" // the code's modules would be too narrow to scan
	NoParcel    Reason = "no-parcel"         // the label is of a parcel that the waybill does not have
	BadGrid     Reason = "bad-grid"          // no print head has so many dots
)

// ComposeError says why a label cannot be printed whole. It names fields and
// never holds what stands in them.
type ComposeError struct {
	Template string
	Element  string // kind and line in the layout: "text, line 12"
	Field    string // receiver.address; empty if no field is at fault
	Reason   Reason
	Detail   string // figures that help, such as how many characters fit; may be empty
}

func (e *ComposeError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "compose %s", e.Template)
	for _, s := range []string{e.Element, e.Field, string(e.Reason), e.Detail} {
		if s != "" {
			b.WriteString(": " + s)
		}
	}
	return b.String()
}

// allowed checks that what the courier must read may be printed.
func (c *composer) allowed(v value) error {
	for _, p := range v {
		if p.field == nil || p.field.refuse == nil || p.masks() {
			continue
		}
		if r := p.field.refuse(&c.card); r != "" {
			return c.fail(p.field, r, "")
		}
	}
	return nil
}

// block returns the element's block in what remains of its box.
func (e lettering) block(text string) typeset.Block {
	return typeset.Block{
		Text: text, Bold: e.bold,
		Size: scene.MM(e.size), Floor: scene.MM(e.floor),
		Lines: e.lines, Leading: e.leading,
		Align: e.align, VAlign: e.valign,
	}
}

func (e textElement) draw(c *composer) error {
	if err := c.allowed(e.value); err != nil {
		return err
	}
	text, full := e.value.fill(&c.card)
	if !full {
		if e.required {
			return c.fail(e.value.emptyField(&c.card), Missing, "")
		}
		return nil
	}
	if e.required {
		if f := e.value.emptyField(&c.card); f != nil {
			return c.fail(f, Missing, "")
		}
	}
	b, box := e.block(text), e.dots(c.page)
	if e.reverse {
		if err := c.page.Fill(scene.Fill{Rect: box}); err != nil {
			return c.misplaced(err)
		}
		b.Ink = scene.White
		// Black that only just holds its letters eats them on hot paper.
		box = shrink(box, c.page.Grid.Dots(besideRim), c.page.Grid.Dots(aboveRim))
	}
	if e.boxed {
		t := thickness(c.page.Grid, boxRule)
		if err := c.outline(box, t); err != nil {
			return err
		}
		box = shrink(box, t+c.page.Grid.Dots(besideRim), t+c.page.Grid.Dots(aboveRim))
	}
	marks, err := e.set(c, b, box)
	var over *typeset.OverflowError
	if errors.As(err, &over) && len(e.more) > 0 {
		more, _ := e.more.fill(&c.card)
		chars := []rune(text)
		marks, err = e.longest(c, b, box, len(chars), func(n int) string { return string(chars[:n]) + more })
	}
	if err != nil {
		return c.untypeset(e.value, err)
	}
	return c.print(marks)
}

// White beside, above and below the letters in a black box or a frame, and the
// frame's lines in mm.
const (
	besideRim scene.Length = 500
	aboveRim  scene.Length = 250
	boxRule                = 0.25
)

// shrink takes rims off a box that is large enough for them.
func shrink(box scene.Rect, beside, above int) scene.Rect {
	if box.W <= 4*beside || box.H <= 4*above {
		return box
	}
	return scene.Rect{X: box.X + beside, Y: box.Y + above, W: box.W - 2*beside, H: box.H - 2*above}
}

func (e itemsElement) draw(c *composer) error {
	items := c.card.Items
	if len(items) == 0 {
		return nil
	}
	lines := make([]string, len(items))
	for i := range items {
		lines[i], _ = e.each.fill(&card{Label: c.card.Label, item: items[i], index: i + 1, page: c.card.page, pages: c.card.pages})
	}
	b, box := e.block(strings.Join(lines, e.join)), e.dots(c.page)
	marks, err := e.set(c, b, box)
	var over *typeset.OverflowError
	if errors.As(err, &over) {
		marks, err = e.longest(c, b, box, len(lines), func(n int) string {
			return strings.Join(lines[:n], e.join) + c.more(e.more, items[n:])
		})
	}
	if err != nil {
		return c.untypeset(e.each, err)
	}
	return c.print(marks)
}

// more returns the words that say that goods are left out.
func (c *composer) more(v value, rest []waybill.Item) string {
	left := c.card
	left.rest = rest
	text, _ := v.fill(&left)
	return text
}

// set sets a block; a character without a glyph is replaced where the layout
// says by what.
func (e lettering) set(c *composer, b typeset.Block, box scene.Rect) ([]scene.Glyphs, error) {
	for {
		marks, err := typeset.Set(b, box, c.page.Grid)
		var missing *typeset.MissingGlyphError
		if !errors.As(err, &missing) || e.missing == "" || strings.ContainsRune(e.missing, missing.Rune) {
			return marks, err
		}
		text := strings.ReplaceAll(b.Text, string(missing.Rune), e.missing)
		if text == b.Text {
			return marks, err
		}
		b.Text = text
	}
}

// longest sets as many of n parts as fit together with the words that say
// that there are more. If not even those words fit, the error is of them.
func (e lettering) longest(c *composer, b typeset.Block, box scene.Rect, n int, text func(int) string) ([]scene.Glyphs, error) {
	b.Text = text(0)
	best, err := e.set(c, b, box)
	if err != nil {
		return nil, err
	}
	for low, high := 1, n-1; low <= high; {
		middle := (low + high) / 2
		b.Text = text(middle)
		marks, err := e.set(c, b, box)
		if err != nil {
			high = middle - 1
			continue
		}
		best, low = marks, middle+1
	}
	return best, nil
}

func (e codeElement) draw(c *composer) error {
	if err := c.allowed(e.value); err != nil {
		return err
	}
	text, full := e.value.fill(&c.card)
	if !full {
		return c.fail(e.value.emptyField(&c.card), Missing, "")
	}
	sym, err := e.encode(text)
	if err != nil {
		return c.uncoded(e.value, err)
	}
	m, err := sym.Fit(barcode.Place{Box: e.dots(c.page), Module: e.module, Vertical: e.vertical}, c.page.Grid)
	if err != nil {
		return c.uncoded(e.value, err)
	}
	return c.misplaced(c.page.Modules(m))
}

// A rule is a whole number of dots thick, and at least one.
func (e lineElement) draw(c *composer) error {
	r := e.dots(c.page)
	if e.upright {
		r.W = thickness(c.page.Grid, e.w)
		r.X = min(r.X, c.page.Width-r.W)
	} else {
		r.H = thickness(c.page.Grid, e.h)
		r.Y = min(r.Y, c.page.Height-r.H)
	}
	return c.misplaced(c.page.Fill(scene.Fill{Rect: r}))
}

func thickness(g scene.Grid, mm float64) int { return max(g.Dots(scene.MM(mm)), 1) }

func (e frameElement) draw(c *composer) error {
	return c.outline(e.dots(c.page), thickness(c.page.Grid, e.thick))
}

// outline draws the four sides of a box, within it.
func (c *composer) outline(r scene.Rect, t int) error {
	t = min(t, r.W, r.H)
	for _, side := range []scene.Rect{
		{X: r.X, Y: r.Y, W: r.W, H: t},
		{X: r.X, Y: r.Y + r.H - t, W: r.W, H: t},
		{X: r.X, Y: r.Y, W: t, H: r.H},
		{X: r.X + r.W - t, Y: r.Y, W: t, H: r.H},
	} {
		if err := c.page.Fill(scene.Fill{Rect: side}); err != nil {
			return c.misplaced(err)
		}
	}
	return nil
}

func (c *composer) print(marks []scene.Glyphs) error {
	for _, m := range marks {
		if err := c.page.Glyphs(m); err != nil {
			return c.misplaced(err)
		}
	}
	return nil
}
