package virtual

import (
	"errors"
	"fmt"

	"miandan/printer/bitmap"
)

// defaultSpacing is the line spacing after ESC @, in rows: 1/6 inch at 203 dpi.
const defaultSpacing = 34

// escpos is the interpreter of ESC/POS.
type escpos struct {
	*interpreter
	strip   strip
	margin  int           // in dots
	area    int           // width of the print area in dots
	spacing int           // of lines, in rows; 0 is the default
	columns []uint32      // of 24 dots, of the line that has begun
	stored  *bitmap.Image // graphics that wait to be printed
}

func newESCPOS(it *interpreter, m *mechanism) *escpos {
	return &escpos{interpreter: it, area: it.p.cfg.Head, strip: strip{m: m}}
}

func (e *escpos) busy() bool { return !e.strip.empty() }

func (e *escpos) lineDown() {
	e.columns = nil
	e.strip.settle()
	e.strip.finish(true)
	e.strip.settle()
}

func (e *escpos) cancel() { e.lineDown() }

func (e *escpos) powerOff() {
	e.strip.finish(true)
	e.strip.settle()
}

// feed moves the paper by a row of dots; nil is a white one. If the power is cut
// meanwhile and the buffer survives, the row begins another piece of paper.
func (e *escpos) feed(dots []byte) error {
	for {
		err := e.strip.feed(dots)
		if !errors.Is(err, errTorn) {
			return err
		}
		torn := !e.strip.empty()
		e.strip.finish(true)
		e.strip.torn = e.strip.torn || torn
		e.p.mu.Lock()
		err = e.interrupted()
		e.p.mu.Unlock()
		if err != nil {
			return err
		}
	}
}

// command obeys one command, or prints one character.
func (e *escpos) command(b byte) error {
	switch b {
	case 0x10:
		return e.dle()
	case 0x1B:
		return e.escape()
	case 0x1C:
		return e.fs()
	case 0x1D:
		return e.gs()
	case 0x0A:
		return e.lineFeed()
	case 0x0C:
		e.strip.finish(false)
		return nil
	case 0x00, 0x0D, 0x18:
		return nil
	}
	return e.garbage(string(rune(b)))
}

// garbage prints what a label of dots does not hold. The first of it moves the
// paper by a line, so that there is something to cut.
func (e *escpos) garbage(text string) error {
	if e.strip.garbage == "" {
		for range textRows {
			if err := e.feed(nil); err != nil {
				return err
			}
		}
	}
	e.strip.junk(text)
	return nil
}

func (e *escpos) unknown(prefix string, b byte) error {
	return e.garbage(fmt.Sprintf("‹%s %02X›", prefix, b))
}

// lineFeed feeds one line, but does not begin a label with white.
func (e *escpos) lineFeed() error {
	n := e.spacing
	if n == 0 {
		n = defaultSpacing
	}
	return e.advance(n)
}

// advance prints the line and feeds so many rows, at least the line's own.
func (e *escpos) advance(n int) error {
	if len(e.columns) > 0 {
		if err := e.printColumns(); err != nil {
			return err
		}
		n = max(n-columnRows, 0)
	}
	return e.white(n)
}

// white feeds rows within a label. Before its first dot there is nothing to
// see, and paper that comes out white is no print.
func (e *escpos) white(rows int) error {
	if e.strip.empty() {
		return nil
	}
	for range rows {
		if err := e.feed(nil); err != nil {
			return err
		}
	}
	return nil
}

// dle passes over real-time commands, which were obeyed when they came.
func (e *escpos) dle() error {
	b, err := e.next()
	if err != nil {
		return err
	}
	n := map[byte]int{0x04: 1, 0x05: 1, 0x14: 3}[b]
	if n == 0 {
		return e.unknown("DLE", b)
	}
	arg, err := e.take(n)
	if err == nil && b == 0x14 && arg[0] == 8 {
		_, err = e.take(7)
	}
	return err
}

func (e *escpos) escape() error {
	b, err := e.next()
	if err != nil {
		return err
	}
	switch b {
	case '@':
		e.margin, e.area, e.spacing = 0, e.p.cfg.Head, 0
		e.columns, e.stored = nil, nil
		e.p.alter(func(s *state) { s.reports = false })
		return nil
	case '2':
		e.spacing = 0
		return nil
	}
	arg, err := e.next()
	if err != nil {
		return err
	}
	switch b {
	case '*':
		return e.column(arg)
	case 'J':
		return e.advance(int(arg))
	case 'd':
		for range arg {
			if err := e.lineFeed(); err != nil {
				return err
			}
		}
		return nil
	case '3':
		e.spacing = int(arg)
		return nil
	case ' ', '-', 'a', 'M', 'E', '!', 't', 'R', '{':
		return nil // how text looks
	}
	return e.unknown("ESC", b)
}

// fs knows the paper layouts of label printers only by their length, and passes
// over how Chinese text looks.
func (e *escpos) fs() error {
	b, err := e.next()
	if err != nil {
		return err
	}
	switch b {
	case '(':
		_, _, err = e.parameters()
	case '&', '.':
	case '!', '-':
		err = e.skip(1)
	case 'S':
		err = e.skip(2)
	default:
		err = e.unknown("FS", b)
	}
	return err
}

// parameters reads what follows GS ( or FS (: a letter, a length and as much.
func (e *escpos) parameters() (byte, []byte, error) {
	head, err := e.take(3)
	if err != nil {
		return 0, nil, err
	}
	rest, err := e.take(int(head[1]) | int(head[2])<<8)
	return head[0], rest, err
}

func (e *escpos) gs() error {
	b, err := e.next()
	if err != nil {
		return err
	}
	switch b {
	case 'v':
		return e.raster()
	case '8':
		return e.longGraphics()
	case '(':
		letter, arg, err := e.parameters()
		if err == nil && letter == 'L' {
			return e.graphics(arg)
		}
		if err == nil && letter == 'H' && len(arg) == 6 && (arg[0] == 48 || arg[0] == 0) {
			return e.strip.marked(string(arg[2:]))
		}
		return err
	case 'V':
		return e.cut()
	case 0x0C:
		e.strip.finish(false)
		return nil
	case 'L', 'W':
		arg, err := e.take(2)
		if err != nil {
			return err
		}
		dots := int(arg[0]) | int(arg[1])<<8
		if b == 'L' {
			e.margin = dots
		} else {
			e.area = dots
		}
		return nil
	case 'a', 'r', 'I', '!', 'B', 'H', 'h', 'w', 'f':
		arg, err := e.next()
		if err != nil {
			return err
		}
		e.ask(b, arg)
		return nil
	}
	return e.unknown("GS", b)
}

func (e *escpos) cut() error {
	how, err := e.next()
	if err != nil {
		return err
	}
	switch how {
	case 0, 1, '0', '1':
	case 'A', 'B':
		if _, err := e.next(); err != nil {
			return err
		}
	default:
		return e.unknown("GS V", how)
	}
	e.strip.finish(false)
	return nil
}
