// Package scene is a label as a list of marks on a print head's own grid.
//
// Every decision about dots is taken once, when a template is composed: where
// a glyph stands, how wide a bar is, where a rule begins. The renderers that
// follow (raster for thermal heads, pdf for the system's queue) only carry the
// marks out, so preview, paper and PDF are the same dots.
//
// The list is typed and closed: a mark that a renderer does not know is a
// compile error, never a hole in the label.
package scene

import "fmt"

// Rect is a rectangle in whole dots from the upper left corner of the page.
type Rect struct{ X, Y, W, H int }

// In reports whether r lies within o.
func (r Rect) In(o Rect) bool {
	return r.X >= o.X && r.Y >= o.Y && r.X+r.W <= o.X+o.W && r.Y+r.H <= o.Y+o.H
}

// Overlaps reports whether r and o share a dot.
func (r Rect) Overlaps(o Rect) bool {
	return r.X < o.X+o.W && o.X < r.X+r.W && r.Y < o.Y+o.H && o.Y < r.Y+r.H
}

// Ink is what a mark leaves on paper.
type Ink uint8

// White is for text on a black box.
const (
	Black Ink = iota
	White
)

// Face is one of the typefaces in the program.
type Face uint8

// Rare is the face for hanzi that Regular and Bold lack, as dark as Regular;
// RareBold is the same face as dark as Bold.
const (
	Regular Face = iota
	Bold
	Rare
	RareBold
)

// Fill is a rectangle of ink: a rule, a side of a frame, a black box.
type Fill struct {
	Rect
	Ink Ink
}

// Glyph is one character at its own origin on the baseline, in whole dots.
type Glyph struct {
	Rune rune
	X, Y int
}

// Glyphs is a run of characters in one face and size.
type Glyphs struct {
	Face Face
	Size float64 // of the em, in dots
	Ink  Ink
	Run  []Glyph
	Zone Rect // the box that the text was set into; the glyphs lie inside it
}

// Symbology is a kind of barcode.
type Symbology uint8

// The symbologies a label may carry.
const (
	Code128 Symbology = iota + 1
	QR
	DataMatrix
)

func (s Symbology) String() string {
	switch s {
	case Code128:
		return "Code 128"
	case QR:
		return "QR"
	case DataMatrix:
		return "DataMatrix"
	}
	return fmt.Sprintf("symbology %d", uint8(s))
}

// Modules is a barcode. Its bars are whole modules of whole dots.
type Modules struct {
	Rect      // the symbol without its quiet zone
	Symbology Symbology
	Text      string // what a reader must give back
	Module    int    // dots a module is wide
	Quiet     int    // dots that must stay white on each side
	// Bits holds the symbol row by row, true is a bar. A linear code has one
	// row, which is drawn over the whole height. For Vertical codes (bars
	// across the feed) rows and columns of Bits are exchanged when drawn.
	Bits     [][]bool
	Vertical bool
}

// Bars calls f with every rectangle of bars, in dots on the page.
func (m Modules) Bars(f func(Rect)) {
	rowHeight := m.Module
	if len(m.Bits) == 1 {
		rowHeight = m.H
		if m.Vertical {
			rowHeight = m.W
		}
	}
	for y, row := range m.Bits {
		for x := 0; x < len(row); {
			if !row[x] {
				x++
				continue
			}
			n := 1
			for x+n < len(row) && row[x+n] {
				n++
			}
			along, across := x*m.Module, y*rowHeight
			r := Rect{m.X + along, m.Y + across, n * m.Module, rowHeight}
			if m.Vertical {
				r = Rect{m.X + across, m.Y + along, rowHeight, n * m.Module}
			}
			f(r)
			x += n
		}
	}
}

// Picture is a picture in black and white whose dots are the page's own: it is
// scaled before it becomes a mark, and never after. What is not black is left
// as it is.
type Picture struct {
	Rect          // W × H dots
	Rows [][]bool // H rows of W, true is black
}

// Blacks calls f with rectangles that are black and do not overlap, in dots on
// the page. Runs that stand one below the other are one rectangle.
func (p Picture) Blacks(f func(Rect)) {
	var open []Rect // runs that the row above ended with, from left to right
	for y := range len(p.Rows) + 1 {
		var next []Rect
		if y < len(p.Rows) {
			next = p.runs(y)
		}
		i := 0
		for _, r := range open {
			for i < len(next) && next[i].X < r.X {
				i++
			}
			if i < len(next) && next[i].X == r.X && next[i].W == r.W {
				next[i].Y, next[i].H = r.Y, r.H+1
				continue
			}
			f(r)
		}
		open = next
	}
}

// runs returns the black runs of a row.
func (p Picture) runs(y int) (runs []Rect) {
	row := p.Rows[y]
	for x := 0; x < len(row); x++ {
		start := x
		for x < len(row) && row[x] {
			x++
		}
		if x > start {
			runs = append(runs, Rect{p.X + start, p.Y + y, x - start, 1})
		}
	}
	return runs
}

// Renderer carries marks out.
type Renderer interface {
	Fill(Fill) error
	Glyphs(Glyphs) error
	Modules(Modules) error
	Picture(Picture) error
}

// Page is one label, ready to be rendered on one grid.
type Page struct {
	Grid          Grid
	Width, Height int // dots
	marks         []mark
}

type mark interface{ draw(Renderer) error }

func (f Fill) draw(r Renderer) error    { return r.Fill(f) }
func (g Glyphs) draw(r Renderer) error  { return r.Glyphs(g) }
func (m Modules) draw(r Renderer) error { return r.Modules(m) }
func (p Picture) draw(r Renderer) error { return r.Picture(p) }

// NewPage returns an empty page of the size nearest to width × height.
func NewPage(g Grid, width, height Length) *Page {
	return &Page{Grid: g, Width: g.Dots(width), Height: g.Dots(height)}
}

// Page is a Renderer that remembers, so a page can be composed of pages.
var _ Renderer = (*Page)(nil)

// Empty reports whether nothing is on the page.
func (p *Page) Empty() bool { return len(p.marks) == 0 }

// Bounds returns the whole page.
func (p *Page) Bounds() Rect { return Rect{0, 0, p.Width, p.Height} }

// Fill adds a rectangle of ink. It must lie on the page.
func (p *Page) Fill(f Fill) error { return p.add(f, f.Rect) }

// Glyphs adds a run of text. Its zone must lie on the page.
func (p *Page) Glyphs(g Glyphs) error { return p.add(g, g.Zone) }

// Modules adds a barcode. The symbol must lie on the page.
func (p *Page) Modules(m Modules) error { return p.add(m, m.Rect) }

// Picture adds a picture. It must lie on the page and have its dots.
func (p *Page) Picture(m Picture) error {
	if len(m.Rows) != m.H {
		return fmt.Errorf("a picture %d dots high has %d rows", m.H, len(m.Rows))
	}
	for _, row := range m.Rows {
		if len(row) != m.W {
			return fmt.Errorf("a picture %d dots wide has a row of %d", m.W, len(row))
		}
	}
	return p.add(m, m.Rect)
}

func (p *Page) add(m mark, r Rect) error {
	if !r.In(p.Bounds()) {
		return fmt.Errorf("a mark at %v lies outside the page of %d×%d dots", r, p.Width, p.Height)
	}
	p.marks = append(p.marks, m)
	return nil
}

// Draw carries out the page's marks in the order they were added.
func (p *Page) Draw(r Renderer) error {
	for _, m := range p.marks {
		if err := m.draw(r); err != nil {
			return err
		}
	}
	return nil
}
