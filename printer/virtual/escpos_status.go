package virtual

// escposWatcher obeys real-time commands as they come, even inside a picture.
// They stay in the stream, where the interpreter passes over them.
type escposWatcher struct {
	p    *Printer
	last [10]byte
}

// clearBuffers is DLE DC4 8: it empties the buffers and is acknowledged.
const clearBuffers = "\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"

func (w *escposWatcher) arrived(l *line, b byte) bool {
	p := w.p
	copy(w.last[:], w.last[1:])
	w.last[9] = b
	switch {
	case w.last[7] == 0x10 && w.last[8] == 0x04 && b >= 1 && b <= 4:
		p.say(l, []byte{realTimeStatus(int(b), p.conditions())})
	case string(w.last[:]) == clearBuffers:
		p.cancel()
		p.say(l, []byte{0x37, 0x25, 0})
		return true
	case w.last[7] == 0x10 && w.last[8] == 0x05 && b == 2 && p.conditions()&recoverable != 0:
		p.cancel()
		p.altered(func() { p.put(recoverable, false) })
		return true
	}
	return false
}

// recoverable are the errors from which DLE ENQ recovers.
const recoverable = CutterJam | PaperJam | Fault | WaitsForKey

// realTimeStatus is the byte that tells the state to DLE EOT n.
func realTimeStatus(n int, c Condition) byte {
	b := byte(0b0001_0010)
	switch n {
	case 1:
		return b | ^byte(c.bits(bit{Drawer, 0x04}))&0x04 | byte(c.bits(bit{stops, 0x08}, bit{WaitsForKey, 0x20}, bit{FeedPressed, 0x40}))
	case 2:
		return b | byte(c.bits(bit{CoverOpen, 0x04}, bit{FeedPressed, 0x08}, bit{PaperOut, 0x20},
			bit{CutterJam | PaperJam | Fault | Broken | HeadHot | MotorHot | HeadFault, 0x40}))
	case 3:
		return b | byte(c.bits(bit{Fault | PaperJam, 0x04}, bit{CutterJam, 0x08}, bit{Broken | HeadFault, 0x20}, bit{HeadHot | MotorHot, 0x40}))
	default:
		return b | byte(c.bits(bit{PaperLow, 0x0C}, bit{PaperOut, 0x60}))
	}
}

// automaticStatus is the state in four bytes, as sent after GS a.
func automaticStatus(c Condition) [4]byte {
	return [4]byte{
		0x10 | ^byte(c.bits(bit{Drawer, 0x04}))&0x04 | byte(c.bits(bit{stops, 0x08}, bit{CoverOpen, 0x20}, bit{FeedPressed, 0x40})),
		byte(c.bits(bit{WaitsForKey, 0x01}, bit{FeedPressed, 0x02}, bit{Fault | PaperJam, 0x04}, bit{CutterJam, 0x08},
			bit{Broken | HeadFault, 0x20}, bit{HeadHot | MotorHot, 0x40})),
		byte(c.bits(bit{PaperLow, 0x03}, bit{PaperOut, 0x0C})),
		0,
	}
}

// ask answers the questions that wait their turn in the buffer.
func (e *escpos) ask(command, arg byte) {
	p := e.p
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.conditions()
	switch command {
	case 'a':
		p.reports = arg&0x0E != 0
		if p.reports {
			b := automaticStatus(c)
			p.say(e.line, b[:])
		}
	case 'r':
		switch arg {
		case 1, '1':
			p.say(e.line, []byte{byte(c.bits(bit{PaperLow, 0x03}, bit{PaperOut, 0x0C}))})
		case 2, '2':
			p.say(e.line, []byte{^byte(c.bits(bit{Drawer, 0x01})) & 0x01})
		}
	case 'I':
		switch arg {
		case 1, 2, 3:
			p.say(e.line, []byte{0x20 + arg})
		case 0x41, 0x42, 0x43, 0x44:
			text := map[byte]string{0x41: "1.0", 0x42: "MIANDAN", 0x43: p.cfg.Name, 0x44: "0"}[arg]
			p.say(e.line, append(append([]byte{0x5F}, text...), 0))
		}
	}
}
