package raster

import (
	"errors"
	"fmt"

	"miandan/printer/bitmap"
	"miandan/templates/barcode"
	"miandan/templates/scene"
)

// Problem is what is wrong with a barcode on a finished label.
type Problem uint8

// What may be wrong.
const (
	Crowded    Problem = iota + 1 // something black stands in the quiet zone, or the page ends there
	Unreadable                    // no reader finds the code
	Misread                       // the reader gives back another text
	Poor                          // it can be read, but its grade is below Least
)

func (p Problem) String() string {
	switch p {
	case Crowded:
		return "its quiet zone is not free"
	case Unreadable:
		return "it cannot be read"
	case Misread:
		return "it reads as something else"
	case Poor:
		return "some scanners will not read it"
	}
	return fmt.Sprintf("problem %d", uint8(p))
}

// Least is the grade below which a code is refused: the head and the paper take
// their part after it, and what leaves the sorting centre's scanner unread is
// sorted by hand.
const Least = barcode.B

// CodeError reports a barcode that must not go on paper. It says where the
// code stands and not what it says: that may be somebody's business.
type CodeError struct {
	Symbology scene.Symbology
	At        scene.Rect // dots
	Problem   Problem
	Report    barcode.Report // of a Poor code
}

func (e *CodeError) Error() string {
	if e.Problem == Poor {
		return fmt.Sprintf("the %v at %d,%d is spoilt: it is of grade %v, and below %s %v",
			e.Symbology, e.At.X, e.At.Y, e.Report.Grade, Least.Letter(), e.Problem)
	}
	return fmt.Sprintf("the %v at %d,%d is spoilt: %v", e.Symbology, e.At.X, e.At.Y, e.Problem)
}

// Check reads every barcode of a page back from its finished dots, as a scanner
// would: cut out with its quiet zone and with whatever else got into it. The
// first code that does not give back its own text, or whose grade is below
// Least, is reported by a *CodeError.
func Check(p *scene.Page, m *bitmap.Image) error {
	_, err := check(p, m, Least)
	return err
}

// Graded is a code on a finished label and what was measured of it.
type Graded struct {
	Code scene.Modules
	barcode.Report
}

// Grades is Check that refuses no grade and tells what it measured.
func Grades(p *scene.Page, m *bitmap.Image) ([]Graded, error) { return check(p, m, barcode.F) }

func check(p *scene.Page, m *bitmap.Image, least barcode.Grade) ([]Graded, error) {
	if m.Width != p.Width || m.Height != p.Height {
		return nil, fmt.Errorf("check: a page of %d×%d dots, a picture of %d×%d", p.Width, p.Height, m.Width, m.Height)
	}
	c := checker{m: m, grid: p.Grid, least: least}
	if err := p.Draw(&c); err != nil {
		return nil, err
	}
	return c.graded, nil
}

// checker is a Renderer that looks instead of drawing.
type checker struct {
	m      *bitmap.Image
	grid   scene.Grid
	least  barcode.Grade
	graded []Graded
}

func (*checker) Fill(scene.Fill) error       { return nil }
func (*checker) Glyphs(scene.Glyphs) error   { return nil }
func (*checker) Picture(scene.Picture) error { return nil }

func (c *checker) Modules(code scene.Modules) error {
	zone := barcode.Zone(code)
	spoilt := &CodeError{Symbology: code.Symbology, At: code.Rect}
	if !zone.In(scene.Rect{W: c.m.Width, H: c.m.Height}) || !c.quiet(zone, code.Rect) {
		spoilt.Problem = Crowded
		return spoilt
	}
	laid := barcode.Lay(c.m, code)
	text, err := laid.Read()
	switch {
	case errors.Is(err, barcode.ErrUnreadable):
		spoilt.Problem = Unreadable
		return spoilt
	case err != nil:
		return fmt.Errorf("check: %w", err)
	case text != code.Text:
		spoilt.Problem = Misread
		return spoilt
	}
	spoilt.Report = laid.Inspect(c.grid)
	if spoilt.Report.Grade < c.least-0.5 {
		spoilt.Problem = Poor
		return spoilt
	}
	c.graded = append(c.graded, Graded{code, spoilt.Report})
	return nil
}

// quiet reports whether the zone is white outside the symbol.
func (c *checker) quiet(zone, symbol scene.Rect) bool {
	right, bottom := symbol.X+symbol.W, symbol.Y+symbol.H
	for _, strip := range []scene.Rect{
		{X: zone.X, Y: zone.Y, W: symbol.X - zone.X, H: zone.H},
		{X: right, Y: zone.Y, W: zone.X + zone.W - right, H: zone.H},
		{X: symbol.X, Y: zone.Y, W: symbol.W, H: symbol.Y - zone.Y},
		{X: symbol.X, Y: bottom, W: symbol.W, H: zone.Y + zone.H - bottom},
	} {
		if !c.m.White(strip.X, strip.Y, strip.W, strip.H) {
			return false
		}
	}
	return true
}
