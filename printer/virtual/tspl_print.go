package virtual

import (
	"fmt"
	"strings"

	"miandan/printer/bitmap"
)

// act obeys the commands that draw, print, move or answer.
func (t *tspl) act(word string, arg []string) (bool, error) {
	switch word {
	case "CLS":
		t.buffer = t.p.sheet(t.width, t.height)
		t.draws(true)
		return true, nil
	case "BAR", "BOX", "ERASE", "REVERSE":
		n, ok := numbers(arg, -maxRows, maxRows)
		return ok && t.shape(word, n), nil
	case "PUTBMP":
		return t.putBMP(arg), nil
	case "PRINT":
		n, ok := numbers(arg, 1, 999_999_999)
		if !ok || len(n) > 2 {
			return false, nil
		}
		return true, t.print(append(n, 1)[0], append(n, 1)[1])
	case "FEED", "BACKFEED", "BACKUP":
		n, ok := number(arg[0], 1, 9999)
		if !ok {
			return false, nil
		}
		how := feeding
		if word != "FEED" {
			how = backing
		}
		return true, t.submit(&page{after: n, motion: how})
	case "FORMFEED", "HOME":
		return true, t.submit(&page{after: t.height + t.after, motion: feeding})
	case "CUT":
		return true, t.submit(&page{motion: cutting})
	case "OUT":
		return true, t.out(strings.Trim(strings.Join(arg, ","), `"`))
	case "EOP", "EOJ", "GAPDETECT", "BLINEDETECT", "AUTODETECT", "INITIALPRINTER", "SELFTEST", "KILL", "MOVE":
		return true, nil
	}
	if strings.HasPrefix(word, "~!") && len(word) == 3 {
		return t.answer(word[2]), nil
	}
	return false, nil
}

// paper is the image buffer.
func (t *tspl) paper() *bitmap.Image {
	if t.buffer == nil {
		t.buffer = t.p.sheet(t.width, t.height)
	}
	if !t.began {
		t.draws(true)
	}
	return t.buffer
}

// shape draws what is made of rectangles.
func (t *tspl) shape(word string, n []int) bool {
	if len(n) < 4 || len(n) > 6 || word != "BOX" && len(n) != 4 {
		return false
	}
	m := t.paper()
	x, y := n[0]+t.x0, n[1]+t.y0
	switch word {
	case "BAR":
		m.FillRect(x, y, n[2], n[3], true)
	case "ERASE":
		m.FillRect(x, y, n[2], n[3], false)
	case "REVERSE":
		for dy := max(0, -y); dy < n[3] && y+dy < m.Height; dy++ {
			for dx := max(0, -x); dx < n[2] && x+dx < m.Width; dx++ {
				put(m, x+dx, y+dy, true, xor)
			}
		}
	case "BOX": // corners are square: a radius is a newer firmware's
		if len(n) < 5 {
			return false
		}
		w, h, thick := n[2]-n[0], n[3]-n[1], n[4]
		m.FillRect(x, y, w, thick, true)
		m.FillRect(x, y+h-thick, w, thick, true)
		m.FillRect(x, y, thick, h, true)
		m.FillRect(x+w-thick, y, thick, h, true)
	}
	return true
}

// print hands the image buffer to the motor and keeps it. Without a SIZE the
// motor runs and nothing comes out.
func (t *tspl) print(sets, copies int) error {
	if t.width == 0 || t.height == 0 {
		t.junk.add("‹PRINT without SIZE›")
		t.buffer = nil
	}
	m := shifted(turned(copied(t.paper()), t.upsideDown, t.mirrored), t.dx, t.dy)
	pg := &page{image: m, left: min(sets, maxCopies) * min(copies, maxCopies), after: t.after, setup: t.setup, junk: t.junk.empty()}
	pg.setup.Cut = pg.setup.Cut || t.batchCut
	switch t.response {
	case eachLabel:
		pg.printed = func(pg *page) { t.p.respond(pg) }
	case eachBatch:
		pg.printed = func(pg *page) {
			if pg.left == 0 {
				t.p.respond(pg)
			}
		}
	}
	t.draws(false)
	t.printed = pg
	return t.submit(pg)
}

// respond is Gprinter's automatic answer: the state as to ESC !?, and a count.
// The caller holds mu.
func (p *Printer) respond(pg *page) {
	p.say(pg.from, fmt.Appendf(nil, "{%02X,%05d}", tsplStatus(p.conditions(), false), p.counter%100_000))
}

// out is OUT: an echo when the interpreter gets there, which may be before the
// label is out. It names the label before it.
func (t *tspl) out(text string) error {
	if pg := t.printed; pg != nil {
		if err := t.p.name(pg, text); err != nil {
			return err
		}
	}
	t.say([]byte(text + "\r\n"))
	return nil
}

// bitmap is BITMAP with its data of n bytes.
func (t *tspl) bitmap(arg []string, n int) error {
	at, ok := numbers(arg[:5], -maxRows, maxData)
	if !ok || at[2] < 1 || at[3] < 1 || at[4] == 3 && !t.p.cfg.Quirks.ZlibBitmap {
		t.junk.add("‹BITMAP %s›", strings.Join(arg, ","))
		return nil // and the data are read as commands
	}
	m := t.paper()
	x, y, width, height := at[0]+t.x0, at[1]+t.y0, at[2], at[3]
	if at[4] == 3 {
		return t.zlibBitmap(m, x, y, width, height, n)
	}
	seen := reach(m, x, width)
	row := make([]byte, seen)
	for i := range height {
		if err := t.fill(row); err != nil {
			return err
		}
		if err := t.skip(width - seen); err != nil {
			return err
		}
		invert(row)
		putRow(m, x, y+i, row, mode(at[4]))
	}
	return nil
}
