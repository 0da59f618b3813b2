// Package pdf writes pages for the system's print queue.
//
// A rasteriser between here and the paper must come to the same dots as
// package raster. So the page is a whole number of dots, each glyph stands at
// its own origin, and rectangles are a tenth of a dot smaller on every side: an
// edge exactly between two dots is rounded this way by one program and that way
// by the next.
//
// The writer underneath is gofpdf. Fonts whose codes are characters it reads and
// cuts anew for every document, which takes five times as long as all else here,
// and panics beyond U+FFFF. So it is given small fonts of one-byte codes with
// just the document's glyphs, which it takes as they are. What the codes mean it
// cannot say; that is put right in the finished document, so that a name is found
// and copied as it was typed.
package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"strconv"
	"time"

	"github.com/jung-kurt/gofpdf"

	"miandan/templates/fonts"
	"miandan/templates/scene"
)

// inset is how much smaller a rectangle is on every side, in dots.
const inset = 0.1

// fine is by how much coordinates are larger than points. gofpdf writes two
// decimals; half of the last one is enough to set the edge of a thin stroke a
// dot off.
const fine = 100

// nudge moves a glyph right and down, in dots: rasterisers that round a
// glyph's place down would set one that fell a hair short a quarter dot off.
// The page's size has two decimals of a point, so at 12 dots/mm the last line
// of a page that is drawn by resolution may be 0.024 dot short.
const nudge = 0.03

// Write writes the pages as one document. The same pages give the same bytes:
// the document has no title, no time and no producer's name.
func Write(w io.Writer, pages ...*scene.Page) error {
	if len(pages) == 0 {
		return errors.New("write pdf: no pages")
	}
	set, err := fonts.Default()
	if err != nil {
		return fmt.Errorf("write pdf: %w", err)
	}
	gather := &gatherer{set: set, subset: fonts.NewSubset()}
	for _, p := range pages {
		if err := p.Draw(gather); err != nil {
			return fmt.Errorf("write pdf: %w", err)
		}
	}
	data, err := write(gather, pages)
	if err != nil {
		return fmt.Errorf("write pdf: %w", err)
	}
	if data, err = nameCharacters(data, gather.subset.Fonts()); err != nil {
		return fmt.Errorf("write pdf: %w", err)
	}
	_, err = w.Write(data)
	return err
}

// gatherer collects the glyphs of a document before its first page is drawn.
type gatherer struct {
	set    *fonts.Set
	subset *fonts.Subset
}

func (g *gatherer) Fill(scene.Fill) error       { return nil }
func (g *gatherer) Modules(scene.Modules) error { return nil }
func (g *gatherer) Picture(scene.Picture) error { return nil }

func (g *gatherer) Glyphs(run scene.Glyphs) error {
	for _, glyph := range run.Run {
		if _, ok := g.subset.Code(run.Face, glyph.Rune, run.Size); ok {
			continue
		}
		found, ok, err := g.set.Find(run.Face, glyph.Rune)
		if err != nil {
			return err
		}
		if !ok || found.Face != run.Face {
			return errNoGlyph
		}
		g.subset.Add(found, run.Size)
	}
	return nil
}

var errNoGlyph = errors.New("a character has no glyph in its face; the page was not composed by typeset")

// write draws the pages with gofpdf.
func write(g *gatherer, pages []*scene.Page) (data []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			// Only Go's own errors are told on: they hold no text of the label.
			err = errors.New("gofpdf panicked")
			if cause, ok := p.(runtime.Error); ok {
				err = fmt.Errorf("gofpdf panicked: %w", cause)
			}
		}
	}()
	f := gofpdf.NewCustom(&gofpdf.InitType{OrientationStr: "P", UnitStr: "pt", Size: size(pages[0])})
	f.SetAutoPageBreak(false, 0)
	f.SetCatalogSort(true)
	f.SetCreationDate(epoch)
	f.SetModificationDate(epoch)
	f.SetProducer("", false)
	// gofpdf makes a compressor anew for each page: a third of a label's time, to save 9 to 19 kB.
	f.SetCompression(false)
	for i, font := range g.subset.Fonts() {
		if err := addFont(f, i, font); err != nil {
			return nil, err
		}
	}
	for _, p := range pages {
		f.AddPageFormat("P", size(p))
		f.TransformBegin()
		f.Transform(gofpdf.TransformMatrix{A: 1.0 / fine, D: 1.0 / fine})
		if err := p.Draw(canvas{f, g, p.Grid, float64(p.Width), float64(p.Height), size(p)}); err != nil {
			return nil, err
		}
		f.TransformEnd()
	}
	var b bytes.Buffer
	if err := f.Output(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// epoch stands for the time of writing, which is nobody's business.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// canvas carries the marks of a page out with gofpdf.
type canvas struct {
	f    *gofpdf.Fpdf
	g    *gatherer
	grid scene.Grid
	// The page in dots and in points. PDF counts from below.
	width, height float64
	size          gofpdf.SizeType
}

// size returns a page's size as it is written, with two decimals of a point.
// What stands on the page is measured by that, so that a rasteriser that fits
// the page to the frame finds every dot where it should be.
func size(p *scene.Page) gofpdf.SizeType {
	round := func(points float64) float64 { return math.Round(points*100) / 100 }
	return gofpdf.SizeType{Wd: round(p.Grid.Points(float64(p.Width))), Ht: round(p.Grid.Points(float64(p.Height)))}
}

func (c canvas) Fill(f scene.Fill) error {
	c.fillInk(f.Ink)
	c.fill(func(each func(scene.Rect)) { each(f.Rect) })
	return nil
}

func (c canvas) Modules(m scene.Modules) error {
	c.fillInk(scene.Black)
	c.fill(m.Bars)
	return nil
}

// A picture is its rectangles and no image: programs scale images each in
// their own way, and these dots are final.
func (c canvas) Picture(p scene.Picture) error {
	c.fillInk(scene.Black)
	c.fill(p.Blacks)
	return nil
}

func (c canvas) Glyphs(g scene.Glyphs) error {
	level := grey(g.Ink)
	c.f.SetTextColor(level, level, level)
	font := -1
	for _, glyph := range g.Run {
		code, ok := c.g.subset.Code(g.Face, glyph.Rune, g.Size)
		if !ok {
			return errNoGlyph
		}
		if code.Font != font {
			font = code.Font
			c.f.SetFont(familyOf(font), "", c.grid.Points(g.Size)*fine)
		}
		x, y := c.at(float64(glyph.X)+nudge, float64(glyph.Y)+nudge)
		c.f.Text(x, y, letters[code.Byte:int(code.Byte)+1])
	}
	return nil
}

func (c canvas) fillInk(ink scene.Ink) {
	level := grey(ink)
	c.f.SetFillColor(level, level, level)
}

// fill writes rectangles as gofpdf's Rect would, all at once: a label has hundreds of
// bars, and a sixth of its time went into formatting each by itself.
func (c canvas) fill(all func(each func(scene.Rect))) {
	var b []byte
	number := func(v float64) {
		b = append(strconv.AppendFloat(b, v, 'f', 2, 64), ' ')
	}
	all(func(r scene.Rect) {
		x0, y0 := c.at(float64(r.X)+inset, float64(r.Y)+inset)
		x1, y1 := c.at(float64(r.X+r.W)-inset, float64(r.Y+r.H)-inset)
		number(x0)
		number(c.size.Ht - y0)
		number(x1 - x0)
		number(y0 - y1)
		b = append(b, "re f\n"...)
	})
	if len(b) > 0 {
		c.f.RawWriteStr(string(b[:len(b)-1]))
	}
}

// at returns where a place on the page, in dots, is on the finer coordinates,
// of which only those that PDF counts from below are finer.
func (c canvas) at(x, y float64) (float64, float64) {
	return x / c.width * c.size.Wd * fine, c.size.Ht - (1-y/c.height)*c.size.Ht*fine
}

func grey(ink scene.Ink) int {
	if ink == scene.White {
		return 255
	}
	return 0
}
