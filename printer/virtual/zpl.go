package virtual

import (
	"strconv"
	"strings"

	"miandan/printer/bitmap"
)

// zpl is the interpreter of ZPL II, as of a Zebra label printer.
type zpl struct {
	*interpreter
	junk   junk
	images map[string]*bitmap.Image // ~DG

	// What stays from format to format.
	width, length int // ^PW, ^LL; 0 before the first
	homeX, homeY  int // ^LH
	topShift      int // ^LT
	upsideDown    bool
	darkness      int // ~SD
	relative      int // ^MD
	speed         int
	media         Media
	mode          byte // ^MM

	open  bool          // between ^XA and ^XZ
	sheet *bitmap.Image // drawn on by this format; nil if by none yet
	x, y  int           // ^FO
	count [2]int        // ^PQ: how many, pause after so many
	mark  string
}

func newZPL(it *interpreter) *zpl {
	it.p.alter(func(s *state) { s.printMode, s.transfer = 'T', false })
	return &zpl{interpreter: it, darkness: 10, speed: 4, media: Gap, mode: 'T', count: [2]int{1, 0}}
}

func (z *zpl) busy() bool { return z.open }

func (z *zpl) lineDown() { z.begin(false) }

func (z *zpl) cancel() { z.begin(false) }

func (z *zpl) powerOff() {}

// begin begins a format, or forgets one.
func (z *zpl) begin(open bool) {
	z.open, z.sheet, z.mark = open, nil, ""
	z.x, z.y, z.count = 0, 0, [2]int{1, 0}
	z.p.mu.Lock()
	defer z.p.mu.Unlock()
	z.p.drawing = open
}

// command reads up to the next prefix, or a graphic's data. What stands between
// commands is passed over.
func (z *zpl) command(b byte) error {
	switch b {
	case '^', '~':
		return z.prefixed(b)
	case '!':
		if !z.open {
			return z.sgd()
		}
	case '\r', '\n', '\t', ' ', 0:
		return nil
	}
	z.junk.add("%s", string(rune(b)))
	return nil
}

// prefixed reads a command of two letters and its parameters.
func (z *zpl) prefixed(prefix byte) error {
	name, err := z.take(2)
	if err != nil {
		return err
	}
	word := string(prefix) + string(name)
	if word == "^GF" || word == "~DG" {
		return z.graphic(word)
	}
	if prefix == '~' && complete(word) < 0 {
		return z.control(word)
	}
	var text []byte
	for len(text) != complete(word) {
		b, err := z.peek()
		if err != nil {
			return err
		}
		if b == '^' || b == '~' || (b == '\r' || b == '\n') && word != "^FD" && word != "^FX" {
			break
		}
		z.next()
		if len(text) < maxText {
			text = append(text, b)
		}
	}
	return z.obey(word, string(text))
}

// complete is with how many characters a command needs no prefix after it to be
// known as complete; -1 is none.
func complete(word string) int {
	switch word {
	case "^XA", "^XZ", "^FS":
		return 0
	case "~SD":
		return 2
	case "~TA":
		return 3
	}
	return -1
}

// obey obeys a format command.
func (z *zpl) obey(word, text string) error {
	switch word {
	case "^XA":
		if !z.open || !z.p.cfg.Quirks.Nests {
			z.begin(true)
		}
		return nil
	case "^XZ":
		return z.end()
	case "^FS":
		z.x, z.y = 0, 0
		return nil
	case "^FX":
		if z.mark == "" {
			z.mark = strings.TrimSpace(text)
		}
		return nil
	case "^FD", "^FV":
		z.junk.add("%s", text)
		return nil
	}
	arg := strings.Split(text, ",")
	if !z.open && word[0] != '~' || !z.set(word, arg) && !z.draw(word, arg) {
		z.junk.add("‹%s%s›", word, text)
	}
	return nil
}

// integer reads a parameter; an empty one leaves what is there.
func integer(arg []string, i, low, high int, to *int) bool {
	if i >= len(arg) || strings.TrimSpace(arg[i]) == "" {
		return true
	}
	n, err := strconv.Atoi(strings.TrimSpace(arg[i]))
	if err != nil || n < low || n > high {
		return false
	}
	*to = n
	return true
}

// letter reads a parameter of one letter.
func letter(arg []string, i int) byte {
	if i >= len(arg) || len(arg[i]) != 1 {
		return 0
	}
	return arg[i][0]
}

// set obeys the commands that set something, and reports whether it knows the
// command and its parameters.
func (z *zpl) set(word string, arg []string) bool {
	first := letter(arg, 0)
	switch word {
	case "^PW":
		return integer(arg, 0, 1, maxRows, &z.width)
	case "^LL":
		return integer(arg, 0, 1, maxRows, &z.length)
	case "^LH":
		return integer(arg, 0, 0, maxRows, &z.homeX) && integer(arg, 1, 0, maxRows, &z.homeY)
	case "^LT":
		return integer(arg, 0, -120, 120, &z.topShift)
	case "^PO":
		z.upsideDown = first == 'I'
		return first == 'I' || first == 'N'
	case "^MN":
		media, ok := map[byte]Media{'N': Continuous, 'Y': Gap, 'W': Gap, 'M': BlackMark, 'A': Gap}[first]
		if ok {
			z.media = media
		}
		return ok
	case "^MM":
		if !strings.ContainsRune("TPRACDKF", rune(first)) || first == 0 {
			return false
		}
		z.mode = first
		z.p.alter(func(s *state) { s.printMode = first })
		return true
	case "^MT":
		z.p.alter(func(s *state) { s.transfer = first == 'T' })
		return first == 'T' || first == 'D'
	case "^MD":
		return integer(arg, 0, -30, 30, &z.relative)
	case "~SD":
		return integer(arg, 0, 0, 30, &z.darkness)
	case "~TA": // where a label is torn off
		adjust := 0
		return integer(arg, 0, -120, 120, &adjust)
	case "^PR":
		if first >= 'A' && first <= 'E' {
			z.speed = map[byte]int{'A': 2, 'B': 3, 'C': 4, 'D': 6, 'E': 8}[first]
			return true
		}
		return integer(arg, 0, 1, 14, &z.speed)
	case "^PQ":
		return integer(arg, 0, 1, 99_999_999, &z.count[0]) && integer(arg, 1, 0, 99_999_999, &z.count[1]) && z.unpaused(arg)
	case "^MA", "^SX":
		return true // reports that nobody here reads
	case "^JU", "^JZ":
		return true
	}
	return false
}

// unpaused is ^PQ's last but one parameter: Y does not pause between groups.
func (z *zpl) unpaused(arg []string) bool {
	if letter(arg, 3) == 'Y' {
		z.count[1] = 0
	}
	return true
}

// paper is what the format draws on. A label without ^LL is as long as the one
// in the printer, or as what is drawn.
func (z *zpl) paper(rows int) *bitmap.Image {
	p := z.p
	p.mu.Lock()
	defer p.mu.Unlock()
	width, length := z.width, z.length
	if width == 0 {
		width = p.cfg.Head
	}
	if p.loaded.length > 0 && z.media != Continuous {
		length = p.loaded.length
	}
	if length == 0 && z.sheet != nil {
		length = z.sheet.Height
	}
	if z.length == 0 && p.loaded.length == 0 {
		length = max(length, rows)
	}
	if z.sheet == nil {
		z.sheet = p.sheet(width, length)
	} else {
		z.sheet = cropped(z.sheet, min(width, p.cfg.Head), min(length, maxRows))
	}
	return z.sheet
}
