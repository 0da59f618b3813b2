package barcode

import "miandan/templates/scene"

// Dots is a finished label, dot by dot. Beyond its edges it is white.
type Dots interface{ Black(x, y int) bool }

// view is a code's part of a label, laid down if it stands on it.
type view struct {
	dots   Dots
	zone   scene.Rect
	turned bool
}

func (v view) size() (w, h int) {
	if v.turned {
		return v.zone.H, v.zone.W
	}
	return v.zone.W, v.zone.H
}

// black reports on a dot of the view, which must be within it.
func (v view) black(x, y int) bool {
	if v.turned {
		x, y = y, x
	}
	return v.dots.Black(v.zone.X+x, v.zone.Y+y)
}

// Zone returns a code's rectangle with what must stay white: a linear code
// needs it before its first and behind its last bar only, and its text may
// stand close below.
func Zone(m scene.Modules) scene.Rect {
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
