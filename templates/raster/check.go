package raster

import (
	"errors"
	"fmt"
	"image"

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
)

func (p Problem) String() string {
	switch p {
	case Crowded:
		return "its quiet zone is not free"
	case Unreadable:
		return "it cannot be read"
	case Misread:
		return "it reads as something else"
	}
	return fmt.Sprintf("problem %d", uint8(p))
}

// CodeError reports a barcode that must not go on paper. It says where the
// code stands and not what it says: that may be somebody's business.
type CodeError struct {
	Symbology scene.Symbology
	At        scene.Rect // dots
	Problem   Problem
}

func (e *CodeError) Error() string {
	return fmt.Sprintf("the %v at %d,%d is spoilt: %v", e.Symbology, e.At.X, e.At.Y, e.Problem)
}

// Check reads every barcode of a page back from its finished dots, as a scanner
// would: cut out with its quiet zone and with whatever else got into it. The
// first code that does not give back its own text is reported by a *CodeError.
func Check(p *scene.Page, m *bitmap.Image) error {
	if m.Width != p.Width || m.Height != p.Height {
		return fmt.Errorf("check: a page of %d×%d dots, a picture of %d×%d", p.Width, p.Height, m.Width, m.Height)
	}
	return p.Draw(checker{m})
}

// checker is a Renderer that looks instead of drawing.
type checker struct{ m *bitmap.Image }

func (checker) Fill(scene.Fill) error       { return nil }
func (checker) Glyphs(scene.Glyphs) error   { return nil }
func (checker) Picture(scene.Picture) error { return nil }

func (c checker) Modules(code scene.Modules) error {
	zone := quietZone(code)
	spoilt := &CodeError{Symbology: code.Symbology, At: code.Rect}
	if !zone.In(scene.Rect{W: c.m.Width, H: c.m.Height}) || !c.quiet(zone, code.Rect) {
		spoilt.Problem = Crowded
		return spoilt
	}
	text, err := barcode.Read(c.crop(zone, code.Vertical), code.Symbology)
	switch {
	case errors.Is(err, barcode.ErrUnreadable):
		spoilt.Problem = Unreadable
	case err != nil:
		return fmt.Errorf("check: %w", err)
	case text != code.Text:
		spoilt.Problem = Misread
	default:
		return nil
	}
	return spoilt
}

// quietZone returns the code's rectangle with what must stay white: a linear
// code needs it before its first and behind its last bar only, and its text
// may stand close below.
func quietZone(m scene.Modules) scene.Rect {
	linear := len(m.Bits) == 1
	z := m.Rect
	if !linear || !m.Vertical {
		z.X, z.W = z.X-m.Quiet, z.W+2*m.Quiet
	}
	if !linear || m.Vertical {
		z.Y, z.H = z.Y-m.Quiet, z.H+2*m.Quiet
	}
	return z
}

// quiet reports whether the zone is white outside the symbol.
func (c checker) quiet(zone, symbol scene.Rect) bool {
	for y := zone.Y; y < zone.Y+zone.H; y++ {
		for x := zone.X; x < zone.X+zone.W; x++ {
			if c.m.Black(x, y) && !(scene.Rect{X: x, Y: y, W: 1, H: 1}).In(symbol) {
				return false
			}
		}
	}
	return true
}

// crop cuts a rectangle out. A vertical code is laid down by exchanging rows
// and columns, as it was stood up.
func (c checker) crop(r scene.Rect, vertical bool) image.Image {
	w, h := r.W, r.H
	if vertical {
		w, h = h, w
	}
	grey := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			dx, dy := x, y
			if vertical {
				dx, dy = y, x
			}
			if !c.m.Black(r.X+dx, r.Y+dy) {
				grey.Pix[y*grey.Stride+x] = 0xFF
			}
		}
	}
	return grey
}
