package barcode

import "miandan/templates/scene"

// Dots is a finished label, dot by dot. Beyond its edges it is white.
type Dots interface{ Black(x, y int) bool }

// Rows are Dots that are quicker row by row.
type Rows interface {
	Dots
	// Unpack writes a byte for each dot from (x, y) to the right: 0 if it is black,
	// 0xFF if it is white.
	Unpack(to []byte, x, y int)
}

// Laid is a code's part of a finished label, laid down if it stands on it: the code
// with its quiet zone and whatever else got into it.
type Laid struct {
	code scene.Modules
	dots Dots
	zone scene.Rect
	w, h int
	// all are the dots of a matrix code, as Unpack writes them, and some bytes behind
	// them: each is looked at several times. Of a linear code only a few rows are.
	all []byte
}

// Lay takes a code off a finished label.
func Lay(d Dots, m scene.Modules) *Laid {
	l := &Laid{code: m, dots: d, zone: Zone(m)}
	l.w, l.h = l.zone.W, l.zone.H
	if m.Vertical {
		l.w, l.h = l.h, l.w
	}
	if len(m.Bits) > 1 {
		l.all = make([]byte, l.w*l.h+7)
		for y := range l.h {
			l.fetch(y, l.all[y*l.w:][:l.w])
		}
	}
	return l
}

// row writes a row of the code as it lies.
func (l *Laid) row(y int, to []byte) {
	if l.all != nil {
		copy(to, l.all[y*l.w:][:l.w])
		return
	}
	l.fetch(y, to)
}

func (l *Laid) fetch(y int, to []byte) {
	rows, ok := l.dots.(Rows)
	if ok && !l.code.Vertical {
		rows.Unpack(to[:l.w], l.zone.X, l.zone.Y+y)
		return
	}
	for x := range l.w {
		at, down := l.zone.X+x, l.zone.Y+y
		if l.code.Vertical {
			at, down = l.zone.X+y, l.zone.Y+x
		}
		to[x] = 0xFF
		if l.dots.Black(at, down) {
			to[x] = 0
		}
	}
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
