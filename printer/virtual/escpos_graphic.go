package virtual

import "encoding/binary"

// raster prints GS v 0 row by row, each as soon as it is there.
func (e *escpos) raster() error {
	head, err := e.take(6)
	if err != nil {
		return err
	}
	if head[0] != '0' || head[1] != 0 && head[1] != '0' {
		return e.unknown("GS v", head[1])
	}
	stride := int(head[2]) | int(head[3])<<8
	rows := int(head[4]) | int(head[5])<<8
	if stride == 0 || rows == 0 {
		return e.unknown("GS v 0", head[2]|head[4])
	}
	right := min(e.margin+e.area, e.p.cfg.Head)
	for range rows {
		bits, err := e.take(stride)
		if err != nil {
			return err
		}
		row := make([]byte, max(min(e.margin+8*stride, right), 0))
		for i, eight := range bits {
			if eight == 0 { // as most of a label is
				continue
			}
			for k, x := 0, e.margin+8*i; k < 8 && x < len(row); k, x = k+1, x+1 {
				row[x] = eight >> (7 - k) & 1
			}
		}
		if err := e.feed(row); err != nil {
			return err
		}
	}
	return nil
}

// graphics is GS ( L: what it stores is printed by another.
func (e *escpos) graphics(arg []byte) error {
	switch {
	case len(arg) == 2 && (arg[1] == 2 || arg[1] == 50):
		return e.printStored()
	case len(arg) < 10 || arg[0] != 48 || arg[1] != 112:
		return e.unknown("GS ( L", byte(len(arg)))
	}
	head, dots := arg[:10], arg[10:]
	width, height, stride, ok := graphicSize(head)
	if !ok || len(dots) != stride*height {
		return e.unknown("GS ( L 112", byte(len(arg)))
	}
	e.stored = e.p.sheet(width, height)
	for y := range min(height, e.stored.Height) {
		putRow(e.stored, 0, y, dots[y*stride:(y+1)*stride], over)
	}
	return nil
}

// longGraphics is GS 8 L, the same with a length of four bytes.
func (e *escpos) longGraphics() error {
	head, err := e.take(5 + 10)
	if err != nil {
		return err
	}
	length := int(binary.LittleEndian.Uint32(head[1:]))
	width, height, stride, ok := graphicSize(head[5:])
	if head[0] != 'L' || head[5] != 48 || head[6] != 112 || !ok || length-10 != stride*height {
		return e.unknown("GS 8", head[0])
	}
	e.stored = e.p.sheet(width, height)
	row := make([]byte, reach(e.stored, 0, stride))
	for y := range height {
		if err := e.fill(row); err != nil {
			return err
		}
		if err := e.skip(stride - len(row)); err != nil {
			return err
		}
		putRow(e.stored, 0, y, row, over)
	}
	return nil
}

// graphicSize reads what stands before a graphic's dots: they are of one colour
// and not enlarged.
func graphicSize(head []byte) (width, height, stride int, ok bool) {
	width = int(binary.LittleEndian.Uint16(head[6:]))
	height = int(binary.LittleEndian.Uint16(head[8:]))
	return width, height, (width + 7) / 8, head[2] == 48 && head[3] == 1 && head[4] == 1 && head[5] == 49 && width > 0 && height > 0
}

func (e *escpos) printStored() error {
	m := e.stored
	if m == nil {
		return nil
	}
	e.stored = nil
	for y := range m.Height {
		row := make([]byte, max(min(e.margin+m.Width, e.margin+e.area, e.p.cfg.Head), 0))
		for x := e.margin; x < len(row); x++ {
			if m.Black(x-e.margin, y) {
				row[x] = 1
			}
		}
		if err := e.feed(row); err != nil {
			return err
		}
	}
	return nil
}

// columnRows is the height of a line of columns.
const columnRows = 24

// column is ESC *: dots in columns of 24, or of 8 that are three times as high, of
// which the line is printed by LF or ESC J.
func (e *escpos) column(how byte) error {
	size, err := e.take(2)
	if err != nil {
		return err
	}
	n := int(size[0]) | int(size[1])<<8
	if how&^33 != 0 {
		return e.unknown("ESC *", how)
	}
	for range n {
		column, err := e.pins(how&32 != 0)
		if err != nil {
			return err
		}
		for range 2 - int(how&1) { // single density is twice as wide
			if len(e.columns) < e.p.cfg.Head {
				e.columns = append(e.columns, column)
			}
		}
	}
	return nil
}

// pins takes a column of 24 dots, or one of 8.
func (e *escpos) pins(all bool) (column uint32, err error) {
	if all {
		dots, err := e.take(3)
		if err != nil {
			return 0, err
		}
		return uint32(dots[0])<<16 | uint32(dots[1])<<8 | uint32(dots[2]), nil
	}
	dots, err := e.next()
	for bit := range 8 {
		if dots>>bit&1 != 0 {
			column |= 7 << (3 * bit)
		}
	}
	return column, err
}

func (e *escpos) printColumns() error {
	columns := e.columns
	e.columns = nil
	for y := range columnRows {
		row := make([]byte, max(min(e.margin+len(columns), e.margin+e.area, e.p.cfg.Head), 0))
		for x := e.margin; x < len(row); x++ {
			row[x] = byte(columns[x-e.margin] >> (columnRows - 1 - y) & 1)
		}
		if err := e.feed(row); err != nil {
			return err
		}
	}
	return nil
}
