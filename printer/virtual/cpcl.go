package virtual

import (
	"strings"

	"miandan/printer/bitmap"
)

// cpcl is the interpreter of CPCL, as of a mobile printer. What does not stand
// in a session, from an exclamation mark to PRINT, is text: such a printer
// prints it.
type cpcl struct {
	*interpreter
	junk  junk
	setup Setup

	session bool
	sheet   *bitmap.Image
	width   int // PAGE-WIDTH of this session
	offset  int
	copies  int
	feed    bool // FORM
	cut     bool
	mark    string
}

func newCPCL(it *interpreter) *cpcl {
	return &cpcl{interpreter: it, setup: Setup{Speed: 3, Media: Continuous}}
}

func (c *cpcl) busy() bool { return c.session }

func (c *cpcl) lineDown() { c.end() }

func (c *cpcl) cancel() { c.end() }

func (c *cpcl) powerOff() {}

func (c *cpcl) end() {
	c.session, c.sheet, c.mark, c.feed, c.cut = false, nil, "", false, false
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	c.p.drawing = false
}

// command reads a line of text, the data after it where it has some, or an
// escape sequence.
func (c *cpcl) command(b byte) error {
	if b == 0x1B && !c.session {
		return c.escape()
	}
	var text []byte
	for b != '\n' && len(text) < maxText {
		text = append(text, b)
		if b == ' ' && c.session {
			if word, n := cpclGraphic(string(text)); word != "" {
				return c.graphic(word, n)
			}
		}
		// A question after half a line of text is a question all the same.
		next, err := c.peek()
		if err != nil {
			return err
		}
		if next == 0x1B && !c.session {
			break
		}
		b = next
		c.next()
	}
	return c.obey(strings.TrimSuffix(string(text), "\r"))
}

// obey obeys a line of text.
func (c *cpcl) obey(text string) error {
	word := strings.Fields(text)
	switch {
	case len(word) == 0:
		return nil
	case word[0] == "!":
		return c.begin(word[1:], text)
	case !c.session:
		return c.print(text)
	case word[0] == "PRINT":
		return c.finish()
	case word[0] == "ABORT":
		c.end()
		return nil
	case strings.HasPrefix(text, ";"):
		if c.mark == "" {
			c.mark = strings.TrimSpace(text[1:])
		}
		return nil
	}
	if !c.set(word) {
		c.junk.add("‹%s›", text)
	}
	return nil
}

// begin begins a session: offset, two resolutions, height and quantity. A
// session within a session begins anew.
func (c *cpcl) begin(arg []string, text string) error {
	n, ok := numbers(arg, 0, maxRows)
	if !ok || len(n) != 5 || n[3] == 0 || n[4] == 0 || n[4] > 1024 {
		c.junk.add("‹%s›", text)
		return nil
	}
	c.end()
	c.session, c.offset, c.copies, c.width = true, n[0], n[4], c.p.cfg.Head
	c.sheet = c.p.sheet(c.p.cfg.Head, n[3])
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	c.p.drawing = true
	return nil
}

// set obeys the commands that set something, and reports whether it knows the
// word and its arguments.
func (c *cpcl) set(word []string) bool {
	arg := func(low, high int) (int, bool) {
		if len(word) != 2 {
			return 0, false
		}
		return number(word[1], low, high)
	}
	switch word[0] {
	case "PAGE-WIDTH", "PW":
		n, ok := arg(1, maxRows)
		if ok {
			c.width = min(n, c.p.cfg.Head)
		}
		return ok
	case "FORM":
		c.feed = true
		return len(word) == 1
	case "CUT":
		c.cut = true
		return len(word) == 1
	case "JOURNAL":
		c.setup.Media = Continuous
		return len(word) == 1
	case "GAP-SENSE":
		c.setup.Media = Gap
		return true
	case "BAR-SENSE":
		c.setup.Media = BlackMark
		return true
	case "SPEED":
		n, ok := arg(0, 5)
		if ok {
			c.setup.Speed = float64(n)
		}
		return ok
	case "TONE", "CONTRAST":
		low, high := -99, 200
		if word[0] == "CONTRAST" {
			low, high = 0, 3
		}
		n, ok := arg(low, high)
		if ok {
			c.setup.Darkness = n
		}
		return ok
	case "SET-TOF", "PREFEED", "POSTFEED", "PAGE-HEIGHT":
		_, ok := arg(0, maxRows)
		return ok
	case "PRESENT-AT":
		return len(word) > 1
	case "LINE", "L", "BOX", "INVERSE-LINE", "IL":
		n, ok := numbers(word[1:], 0, maxRows)
		return ok && len(n) == 5 && c.shape(word[0], n)
	}
	return false
}

// shape draws what is made of rectangles. Slanted lines are not drawn.
func (c *cpcl) shape(word string, n []int) bool {
	x0, y0, x1, y1, thick := n[0]+c.offset, n[1], n[2]+c.offset, n[3], n[4]
	m := c.sheet
	if word == "BOX" {
		w, h := x1-x0, y1-y0
		m.FillRect(x0, y0, w, thick, true)
		m.FillRect(x0, y1-thick, w, thick, true)
		m.FillRect(x0, y0, thick, h, true)
		m.FillRect(x1-thick, y0, thick, h, true)
		return true
	}
	w, h := x1-x0, thick
	if x0 == x1 {
		w, h = thick, y1-y0
	} else if y0 != y1 {
		return false
	}
	if word == "LINE" || word == "L" {
		m.FillRect(x0, y0, w, h, true)
		return true
	}
	for y := y0; y < min(y0+h, m.Height); y++ {
		for x := x0; x < min(x0+w, m.Width); x++ {
			put(m, x, y, true, xor)
		}
	}
	return true
}

// finish is PRINT.
func (c *cpcl) finish() error {
	pg := &page{
		image: cropped(c.sheet, c.width, c.sheet.Height), left: c.copies, setup: c.setup,
		mark: c.mark, junk: c.junk.empty(),
	}
	pg.setup.Cut = c.cut
	if !c.feed {
		pg.setup.Media = Continuous
	} else if c.setup.Media == Continuous {
		pg.setup.Media = Gap
	}
	if c.feed {
		pg.after = c.p.dots(2) // where nobody said how long the gap is
	}
	c.end()
	return c.submit(pg)
}

// print prints a line of text, of which only the place is kept.
func (c *cpcl) print(text string) error {
	c.junk.add("%s", text)
	m := c.p.sheet(c.p.cfg.Head, textRows)
	return c.submit(&page{image: m, left: 1, setup: Setup{Media: Continuous}, junk: c.junk.empty()})
}
