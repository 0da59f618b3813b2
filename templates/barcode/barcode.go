// Package barcode turns text into the modules of a barcode, lays them on whole
// dots, and reads a finished code back.
//
// A thermal head prints a bar right only when every module is the same whole
// number of dots. So a symbol here is its modules and nothing else; [Symbol.Fit]
// chooses the dots once, and whatever follows draws rectangles. Symbols are as
// small as their standards allow, for every module saved makes all bars wider.
//
// A finished label is measured before it is printed: [ReadDots] reads a code
// where it stands, and [Laid.Inspect] grades it in the manner of ISO/IEC 15416 and
// 15415. What is measured is dots, which are black or white: scratches, things
// too near, modules that are not whole. What heat and paper add is theirs, and
// a code that is not nearly perfect here will not be good there.
package barcode

import (
	"fmt"
	"math"

	"miandan/templates/scene"
)

// MinModule is the narrowest module that a warehouse's scanners read from
// thermal paper: 2 dots at 203 dpi, 3 at 300 dpi.
const MinModule scene.Length = 250

// MinMatrixModule is the same for QR and DataMatrix, whose modules lose to heat
// on all sides: 3 dots at 203 dpi, 4 at 300 dpi.
const MinMatrixModule scene.Length = 330

// Symbol is a barcode in modules, without its quiet zone.
type Symbol struct {
	Symbology scene.Symbology
	Text      string   // what a reader gives back
	Bits      [][]bool // row by row, true is a bar; a linear code has one row
	Quiet     int      // modules that must stay white: beside a linear code, all round a QR code
}

// Width returns the width of the symbol in modules, without its quiet zone.
func (s Symbol) Width() int { return len(s.Bits[0]) }

// Place says where on a page a symbol goes.
type Place struct {
	Box      scene.Rect   // symbol and quiet zone lie within it
	Module   scene.Length // the module wanted; 0 takes the widest that fits
	Vertical bool         // bars across the feed
}

// Fit lays the symbol in the middle of a box, in whole dots. A linear code is
// as high as the box; a QR code is square. The module is never wider than the
// place wants and never narrower than MinModule or, for a matrix code,
// MinMatrixModule: then the error is a *FitError.
func (s Symbol) Fit(p Place, g scene.Grid) (scene.Modules, error) {
	along, across := p.Box.W, p.Box.H
	if p.Vertical {
		along, across = across, along
	}
	linear := len(s.Bits) == 1
	avail := along
	if !linear {
		avail = min(along, across)
	}
	total := s.Width() + 2*s.Quiet
	x := avail / total
	if p.Module > 0 {
		x = min(x, g.Dots(p.Module))
	}
	if least := s.leastDots(g); x < least || across < 1 {
		return scene.Modules{}, &FitError{
			Symbology: s.Symbology,
			Modules:   total,
			Need:      scene.MM(float64(total*least) / float64(g)),
			Have:      scene.MM(float64(avail) / float64(g)),
		}
	}
	w, h := x*s.Width(), x*len(s.Bits)
	if linear {
		h = across
	}
	if p.Vertical {
		w, h = h, w
	}
	return scene.Modules{
		Rect:      scene.Rect{X: p.Box.X + (p.Box.W-w)/2, Y: p.Box.Y + (p.Box.H-h)/2, W: w, H: h},
		Symbology: s.Symbology,
		Text:      s.Text,
		Module:    x,
		Quiet:     x * s.Quiet,
		Bits:      s.Bits,
		Vertical:  p.Vertical,
	}, nil
}

// The subtrahend keeps a grid such as 8.0001 from asking for a third dot.
func (s Symbol) leastDots(g scene.Grid) int {
	least := MinModule
	if len(s.Bits) > 1 {
		least = MinMatrixModule
	}
	return int(math.Ceil(g.Exact(least) - 0.01))
}

// FitError says that a box is too small for a code that scanners can read.
type FitError struct {
	Symbology  scene.Symbology
	Modules    int // with the quiet zone
	Need, Have scene.Length
}

func (e *FitError) Error() string {
	return fmt.Sprintf("a %v of %d modules needs %.1f mm and has %.1f mm", e.Symbology, e.Modules, e.Need.MM(), e.Have.MM())
}

// TextError says that a symbology cannot say a text. It does not quote it: a
// QR code may hold what is nobody's business.
type TextError struct {
	Symbology scene.Symbology
	Problem   string
}

func (e *TextError) Error() string { return fmt.Sprintf("no %v: %s", e.Symbology, e.Problem) }
