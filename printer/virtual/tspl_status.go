package virtual

import "fmt"

// tsplWatcher obeys ESC ! and ~!E as they come, but for those within data,
// which it counts.
type tsplWatcher struct {
	p     *Printer
	head  tsplHead
	data  int  // bytes of data to come
	esc   int  // bytes of an escape sequence to come
	bang  bool // it is ESC !
	ready bool // ~!E has come, or is not needed
}

func (w *tsplWatcher) arrived(l *line, b byte) bool {
	p := w.p
	switch {
	case w.data > 0:
		w.data--
	case w.esc == 2:
		w.esc, w.bang = 1, b == '!'
	case w.esc == 1:
		w.esc = 0
		if w.bang && !p.cfg.Quirks.Subset && (w.ready || !p.cfg.Quirks.Locked) {
			return p.tsplImmediate(l, b)
		}
	case b == 0x1B && len(w.head.text) == 0:
		w.esc = 2
	default:
		n, done := w.head.feed(b)
		if done && w.head.String() == "~!E" {
			w.ready = true
		}
		if n >= 0 || done {
			if n > 0 && w.head.commas == 6 && !p.cfg.Quirks.ZlibBitmap {
				n = 0 // the interpreter will read them as commands
			}
			w.data, w.head = max(n, 0), tsplHead{}
		}
	}
	return false
}

// tsplImmediate obeys ESC ! b and reports whether it emptied the buffer.
func (p *Printer) tsplImmediate(l *line, b byte) bool {
	switch b {
	case '?':
		p.say(l, []byte{tsplStatus(p.conditions(), p.moves())})
	case 'S':
		s := p.tsplExtended(l)
		p.say(l, s[:])
	case 'R':
		p.reset()
		return true
	case '.':
		p.cancel()
		return true
	case 'P':
		p.altered(func() { p.put(Paused, true) })
	case 'O':
		p.altered(func() { p.put(Paused, false) })
	case 'F':
		if len(p.pages) == 0 && !p.stopped() {
			p.pages = append(p.pages, &page{after: max(p.loaded.length+p.loaded.gap, 1), motion: feeding})
			p.change.Broadcast()
		}
	}
	return false
}

// moves reports whether a label is being printed, or waits for that.
func (p *Printer) moves() bool { return len(p.pages) > 0 || p.motion != still }

// tsplStatus is the byte that answers ESC !?.
func tsplStatus(c Condition, moves bool) byte {
	b := byte(c.bits(
		bit{CoverOpen, 0x01}, bit{PaperJam | GapLost, 0x02}, bit{PaperOut, 0x04}, bit{RibbonOut | RibbonJam, 0x08},
		bit{Paused, 0x10}, bit{CutterJam | HeadHot | MotorHot | HeadFault | MemoryFull | Fault | Broken, 0x80},
	))
	if moves {
		b |= 0x20
	}
	return b
}

// tsplExtended are the eight bytes that answer ESC !S.
func (p *Printer) tsplExtended(l *line) [8]byte {
	c := p.conditions()
	s2 := 0x40 | c.bits(bit{PaperLow, 0x01}, bit{RibbonLow, 0x02})
	if p.full(l) {
		s2 |= 0x08
	}
	s3 := 0x40 | c.bits(bit{HeadHot, 0x01}, bit{MotorHot, 0x02}, bit{HeadFault, 0x04}, bit{CutterJam, 0x08}, bit{MemoryFull, 0x10})
	s4 := 0x40 | c.bits(bit{PaperOut, 0x01}, bit{PaperJam | GapLost, 0x02}, bit{RibbonOut, 0x04}, bit{RibbonJam, 0x08}, bit{CoverOpen, 0x20})
	return [8]byte{0x02, p.tsplDoing(c), byte(s2), byte(s3), byte(s4), 0x03, '\r', '\n'}
}

// tsplDoing is the first of them: what the printer is doing.
func (p *Printer) tsplDoing(c Condition) byte {
	switch {
	case c&stops&^(Paused|WaitsForKey) != 0:
		return 'E'
	case c&Paused != 0:
		return '`'
	case c&WaitsForKey != 0:
		return 'K'
	case c&LabelWaiting != 0:
		return 'L'
	case p.motion == backing:
		return 'B'
	case p.motion == cutting:
		return 'C'
	case p.motion == feeding:
		return 'F'
	case p.motion == printing:
		return 'P'
	case len(p.pages) > 0 || p.drawing:
		return 'W'
	}
	return '@'
}

// answer obeys ~! and a letter, in its turn and only by a printer that is ready.
func (t *tspl) answer(b byte) bool {
	p := t.p
	p.mu.Lock()
	defer p.mu.Unlock()
	var text string
	switch b {
	case 'T':
		text = p.cfg.Name
	case '@':
		text = fmt.Sprint(p.wear / p.cfg.PerMetre)
	case 'A':
		text = fmt.Sprint(maxData)
	case 'F':
		for name := range t.images {
			text += name + "\r"
		}
	case 'I':
		text = "8 bit : 437, 001"
	case 'E':
		return true
	default:
		return false
	}
	if !p.stopped() {
		p.say(t.line, []byte(text+"\r"))
	}
	return true
}
