package testcard

import (
	"cmp"
	"fmt"

	"miandan/templates/scene"
	"miandan/templates/typeset"
)

// Lot is what a separator announces: the labels of a wave that are picked at one
// place. It names nobody.
type Lot struct {
	Wave   string // what people call it: W12 上午一波
	Place  string // empty if it is not known
	Orders int
	Pieces int      // 0 if it is not known
	Goods  []string // lines: CUP-350 × 12
	Time   string
}

// Separator draws a label that lies between others and is seen from a step away:
// black bars at both ends, the place as large as it goes. It carries no barcode, so
// that nobody takes it for a waybill.
func Separator(l Lot, width, height scene.Length, g scene.Grid) (*scene.Page, error) {
	c, err := newCard(width, height, g)
	if err != nil {
		return nil, err
	}
	const side = 3.0
	bar := max(4, c.h*0.055)
	room, top, foot := c.w-2*side, 1.5+bar, c.h-1.5-bar
	c.black(1.5, 1.5, c.w-3, bar)
	c.black(1.5, foot, c.w-3, bar)
	u := c.h / 130
	centred := func(b *typeset.Block) { b.Bold, b.Lines, b.Align, b.VAlign = true, 1, typeset.Center, typeset.Middle }
	at := top + 2*u
	line := func(text string, size float64, change func(*typeset.Block)) {
		c.spare(text, side, at, room, size*1.35, size, change)
		at += size * 1.45
	}
	if l.Place == "" {
		line(l.Wave, min(14*u, 14), func(b *typeset.Block) { centred(b); b.Floor = scene.MM(3) })
	} else {
		line(l.Wave, min(6*u, 7), func(b *typeset.Block) { centred(b); b.Floor = scene.MM(2) })
		line(l.Place, min(26*u, room*0.4), func(b *typeset.Block) { centred(b); b.Floor = scene.MM(4) })
	}
	count := fmt.Sprintf("%d 单", l.Orders)
	if l.Pieces > 0 {
		count += fmt.Sprintf(" · %d 件", l.Pieces)
	}
	line(count, min(10*u, 11), centred)
	at += 1.5 * u
	c.black(side, at, room, 0.5)
	at += 2.5 * u
	size := max(2.6, min(5*u, 5))
	for _, goods := range l.Goods {
		if at+size*1.4 > foot-size*1.8 {
			break
		}
		c.spare(goods, side, at, room, size*1.35, size, func(b *typeset.Block) { b.Lines = 1; b.Floor = scene.MM(2) })
		at += size * 1.45
	}
	c.spare(cmp.Or(l.Time, " "), side, foot-size*1.5, room, size*1.3, size*0.75, func(b *typeset.Block) { b.Lines, b.Align = 1, typeset.Right })
	return c.Page, c.err
}
