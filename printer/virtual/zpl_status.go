package virtual

import (
	"bytes"
	"fmt"
	"strings"
)

// zplWatcher obeys the control commands that Zebras obey as they come. It counts
// the data of ^GFB, which may look like them.
type zplWatcher struct {
	p    *Printer
	text []byte // since the last prefix
	data int    // bytes of data to come
}

func (w *zplWatcher) arrived(l *line, b byte) bool {
	switch {
	case w.data > 0:
		w.data--
		return false
	case b == '^' || b == '~':
		w.text = append(w.text[:0], b)
		return false
	case len(w.text) == 0 || len(w.text) > 100:
		return false
	}
	w.text = append(w.text, b)
	text := string(w.text)
	switch {
	case text[0] == '~' && (len(text) == 3 && text != "~HQ" || len(text) == 5):
		w.text = w.text[:0]
		return w.p.zplImmediate(l, text)
	case b == ',' && strings.HasPrefix(text, "^GF") && strings.Count(text, ",") == 4:
		if g, ok := w.p.cfg.Quirks.graphicField(strings.Split(strings.TrimSuffix(text[3:], ","), ",")); ok {
			w.data = g.counted()
		}
	}
	return false
}

// zplImmediate obeys a control command and reports whether it emptied the buffer.
func (p *Printer) zplImmediate(l *line, word string) bool {
	quirks := p.cfg.Quirks
	switch {
	case word == "~HS" && !(quirks.Coy && p.stopped()):
		p.say(l, []byte(p.hostStatus(l)))
	case word == "~HI":
		p.say(l, fmt.Appendf(nil, "\x02%s,V1.0,%d,8192KB,\x03\r\n", p.cfg.Name, p.cfg.DotsPerMM))
	case word == "~HM":
		p.say(l, []byte("8192,8192,8192\r\n"))
	case word == "~HQES" && !quirks.NoHQES:
		p.say(l, []byte(p.errorStatus()))
	case word == "~HQOD":
		p.say(l, fmt.Appendf(nil, "\x02\r\n  PRINT METERS\r\n  TOTAL NONRESETTABLE: %d cm\r\n\x03", p.wear*100/p.cfg.PerMetre))
	case word == "~HQPH":
		p.say(l, fmt.Appendf(nil, "\x02\r\n  LAST CLEANED: %d cm\r\n\x03", p.wear*100/p.cfg.PerMetre))
	case word == "~HQSN":
		p.say(l, []byte("\x02\r\n  SERIAL NUMBER\r\n  "+serial+"\r\n\x03"))
	case word == "~PP":
		p.altered(func() { p.put(Paused, true) })
	case word == "~PS":
		p.altered(func() { p.put(Paused|GapLost|WaitsForKey, false) })
	case word == "~JC":
		p.altered(func() { p.put(GapLost, false) })
	case word == "~JA":
		p.cancel()
		return true
	case word == "~JR":
		p.reset()
		return true
	}
	return false
}

const serial = "V0000001"

// control passes over the commands that were obeyed as they came.
func (z *zpl) control(word string) error {
	switch word {
	case "~HQ":
		return z.skip(2)
	case "~HS", "~HI", "~HM", "~PP", "~PS", "~JA", "~JR", "~JC":
		return nil
	case "~JX": // cancels what has begun, and nothing that is whole
		z.begin(false)
		return nil
	}
	z.junk.add("‹%s›", word)
	return nil
}

// digit is 1 for true.
func digit(on bool) int {
	if on {
		return 1
	}
	return 0
}

// hostStatus is the answer to ~HS. The caller holds mu.
func (p *Printer) hostStatus(l *line) string {
	c := p.conditions()
	has := func(what Condition) int { return digit(c&what != 0) }
	formats, remaining, length := digit(p.held), 0, 0
	for _, o := range p.lines {
		formats += bytes.Count(o.bytes, []byte("^XZ"))
	}
	for i, pg := range p.pages {
		if i == 0 {
			remaining = pg.left
		} else {
			formats++
		}
		if pg.image != nil {
			length = pg.image.Height
		}
	}
	mode, transfer := p.zplMode()
	return fmt.Sprintf("\x02030,%d,%d,%04d,%03d,%d,0,%d,000,%d,%d,%d\x03\r\n", has(PaperOut), has(Paused), min(length, 9999), min(formats, 999),
		digit(p.full(l)), digit(p.drawing), has(MemoryLost), has(HeadCold), has(HeadHot)) +
		fmt.Sprintf("\x02000,0,%d,%d,%d,%d,6,%d,%08d,1,%03d\x03\r\n", has(CoverOpen), has(RibbonOut), digit(transfer), mode, has(LabelWaiting), remaining, 0) +
		"\x021234,0\x03\r\n"
}

// zplMode is ^MM and ^MT as ~HS tells them.
func (p *Printer) zplMode() (mode int, transfer bool) {
	return map[byte]int{'R': 0, 'P': 1, 'T': 2, 'C': 3, 'A': 4, 'D': 5}[p.printMode], p.transfer
}

// errorStatus is the answer to ~HQES. The caller holds mu.
func (p *Printer) errorStatus() string {
	c := p.conditions()
	errors := c.bits(
		bit{PaperOut, 0x1}, bit{RibbonOut, 0x2}, bit{CoverOpen, 0x4}, bit{CutterJam, 0x8}, bit{HeadHot, 0x10}, bit{MotorHot, 0x20},
		bit{BadElement, 0x40}, bit{HeadFault, 0x80}, bit{PaperJam, 0x1000}, bit{PresenterFault, 0x2000}, bit{FeedFault, 0x4000},
		bit{PathBlocked, 0x8000}, bit{Paused, 0x10000}, bit{RetractTimeout, 0x20000}, bit{MarkUnknown, 0x40000}, bit{GapLost, 0x80000},
	)
	warnings := c.bits(bit{Uncalibrated, 0x1}, bit{HeadDirty, 0x2}, bit{HeadWorn, 0x4}, bit{PaperLow, 0x8})
	for i := range 8 {
		warnings |= c.bits(bit{KioskSensor << i, 0x10 << i})
	}
	return fmt.Sprintf("\x02\r\n  PRINTER STATUS\r\n  ERRORS:   %d 00000000 %08X\r\n  WARNINGS: %d 00000000 %08X\r\n\x03",
		digit(errors != 0), errors, digit(warnings != 0), warnings)
}
