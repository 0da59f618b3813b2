package virtual

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"miandan/printer/bitmap"
)

// tspl is the interpreter of TSPL, as of a TSC or Gprinter label printer. What
// it draws stays in the image buffer until CLS, also over a PRINT and the end of
// a line, so that a job without CLS prints the label before it again.
type tspl struct {
	*interpreter
	junk   junk
	images map[string]*bitmap.Image // downloaded

	width, height int // of the label, in dots; 0 before the first SIZE
	after         int // rows of gap or mark
	setup         Setup
	upsideDown    bool
	mirrored      bool
	x0, y0        int // REFERENCE
	dx, dy        int // SHIFT
	batchCut      bool
	response      response

	buffer  *bitmap.Image // what the next PRINT prints; nil until it is needed
	began   bool          // something was drawn since the last PRINT
	printed *page         // the last page handed over
}

// response is what Gprinter's SET RESPONSE asks for.
type response uint8

const (
	noResponse response = iota
	eachLabel
	eachBatch
)

func newTSPL(it *interpreter) *tspl {
	return &tspl{interpreter: it, setup: Setup{Darkness: 8, Speed: 4, Media: Gap}}
}

func (t *tspl) busy() bool { return t.began }

// lineDown leaves the image buffer as it is: only CLS empties it.
func (t *tspl) lineDown() { t.draws(false) }

func (t *tspl) cancel() { t.buffer = nil; t.draws(false) }

func (t *tspl) powerOff() {}

// draws notes that a label has been begun, or that it is done.
func (t *tspl) draws(yes bool) {
	t.began = yes
	t.p.mu.Lock()
	defer t.p.mu.Unlock()
	t.p.drawing = yes
}

// command reads a line of text, and the data after it where it has some.
func (t *tspl) command(b byte) error {
	if b == 0x1B { // obeyed as it came
		return t.skip(2)
	}
	var head tsplHead
	for {
		n, done := head.feed(b)
		switch {
		case n >= 0:
			return t.data(head.String(), n)
		case done:
			return t.obey(head.String())
		}
		var err error
		if b, err = t.next(); err != nil {
			return err
		}
	}
}

// portable are the commands of the subset that every firmware knows.
var portable = []string{"SIZE", "GAP", "BLINE", "REFERENCE", "OFFSET", "DENSITY", "SPEED", "DIRECTION", "CLS", "PRINT", "SET"}

// obey obeys a line without data.
func (t *tspl) obey(text string) error {
	word, arg := words(strings.TrimSpace(text))
	if word == "" {
		return nil
	}
	if t.p.cfg.Quirks.Subset && !slices.Contains(portable, word) {
		t.junk.add("‹%s›", word)
		return nil
	}
	known, err := t.set(word, arg)
	if !known && err == nil {
		known, err = t.act(word, arg)
	}
	if !known && err == nil {
		t.junk.add("‹%s›", text)
	}
	return err
}

// words takes a command apart. Blanks around its arguments are none of them.
func words(text string) (word string, arg []string) {
	word, rest, _ := strings.Cut(text, " ")
	arg = strings.Split(rest, ",")
	for i := range arg {
		arg[i] = strings.TrimSpace(arg[i])
	}
	return word, arg
}

// set obeys the commands that set something, and reports whether it knows the
// word and its arguments.
func (t *tspl) set(word string, arg []string) (bool, error) {
	switch word {
	case "SIZE", "GAP", "BLINE", "OFFSET":
		return t.measure(word, arg), nil
	case "DENSITY":
		n, ok := number(arg[0], 0, 15)
		if ok {
			t.setup.Darkness = n
		}
		return ok, nil
	case "SPEED":
		v, err := strconv.ParseFloat(arg[0], 64)
		if err != nil || !(v > 0 && v <= 20) {
			return false, nil
		}
		t.setup.Speed = v
		return true, nil
	case "DIRECTION":
		n, ok := numbers(arg, 0, 1)
		if !ok || len(n) > 2 {
			return false, nil
		}
		t.upsideDown, t.mirrored = n[0] == 1, len(n) == 2 && n[1] == 1
		return true, nil
	case "REFERENCE":
		n, ok := numbers(arg, -maxRows, maxRows)
		if !ok || len(n) != 2 {
			return false, nil
		}
		t.x0, t.y0 = n[0], n[1]
		return true, nil
	case "SHIFT":
		n, ok := numbers(arg, -maxRows, maxRows)
		switch {
		case !ok || len(n) > 2:
			return false, nil
		case len(n) == 1:
			t.dx, t.dy = 0, n[0]
		default:
			t.dx, t.dy = n[0], n[1]
		}
		return true, nil
	case "SET":
		return t.option(strings.Fields(strings.Join(arg, ","))), nil
	case "CODEPAGE", "COUNTRY", "LIMITFEED", "SOUND":
		return true, nil // nothing that dots show
	}
	return false, nil
}

// measure obeys what is given in millimetres, inches or dots.
func (t *tspl) measure(word string, arg []string) bool {
	var dots [2]int
	if len(arg) > 2 || word != "OFFSET" && word != "SIZE" && len(arg) != 2 {
		return false
	}
	for i, a := range arg {
		n, ok := t.dots(a)
		if !ok {
			return false
		}
		dots[i] = n
	}
	switch word {
	case "SIZE":
		t.width = dots[0]
		if len(arg) == 2 {
			t.height = dots[1]
		}
	case "GAP":
		t.setup.Media, t.after = Gap, max(dots[0], 0)
		if dots[0] == 0 {
			t.setup.Media = Continuous
		}
	case "BLINE":
		t.setup.Media, t.after = BlackMark, max(dots[0], 0)
	}
	return true
}

// dots reads a length. The space before mm is required: without it, it is none.
func (t *tspl) dots(s string) (int, bool) {
	value, unit, _ := strings.Cut(s, " ")
	v, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsNaN(v) {
		return 0, false
	}
	switch unit {
	case "mm":
		v *= float64(t.p.cfg.PerMetre) / 1000
	case "dot":
	case "":
		v *= 25.4 * float64(t.p.cfg.PerMetre) / 1000
	default:
		return 0, false
	}
	if math.Abs(v) > maxRows {
		return 0, false
	}
	return int(math.Round(v)), true
}

// option obeys SET.
func (t *tspl) option(words []string) bool {
	if len(words) != 2 {
		return false
	}
	on := words[1] == "ON" || words[1] == "1"
	switch words[0] {
	case "PEEL":
		t.setup.Peel = on
	case "CUTTER":
		n, err := strconv.Atoi(words[1])
		t.setup.Cut, t.batchCut = err == nil && n > 0, words[1] == "BATCH"
	case "RESPONSE":
		if !t.p.cfg.Quirks.Responds {
			return false
		}
		t.response = map[string]response{"ON": eachLabel, "BATCH": eachBatch}[words[1]]
	case "TEAR", "RIBBON", "HEAD", "GAP", "COUNTER", "KEY1", "KEY2", "PRINTKEY", "REPRINT":
	default:
		return false
	}
	return true
}

// number reads a whole number within limits.
func number(s string, low, high int) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= low && n <= high
}

// numbers reads at least one of them.
func numbers(arg []string, low, high int) ([]int, bool) {
	all := make([]int, len(arg))
	for i, a := range arg {
		n, ok := number(a, low, high)
		if !ok {
			return nil, false
		}
		all[i] = n
	}
	return all, true
}
