package virtual

import "time"

// Set makes something the matter with the printer, or ends it. PaperOut takes
// the roll out; its end puts in an endless one.
func (p *Printer) Set(c Condition, on bool) {
	p.alter(func(s *state) { s.put(c, on) })
}

func (s *state) put(c Condition, on bool) {
	switch {
	case on && c&PaperOut != 0:
		s.rows = 0
	case c&PaperOut != 0 && s.rows == 0:
		s.rows = -1
	}
	if on {
		s.set |= c &^ PaperOut
	} else {
		s.set &^= c
	}
}

// LoadPaper puts in a new roll of so many millimetres; negative is endless.
func (p *Printer) LoadPaper(mm int) {
	rows := -1
	if mm >= 0 {
		rows = p.dots(float64(mm))
	}
	p.alter(func(s *state) {
		s.rows = rows
		s.put(PaperLow|GapLost, false)
	})
}

// LoadLabels says what kind of paper is in the printer, and how long its labels
// and the gaps between them are, in millimetres. Until then the paper is what
// each job takes it for.
func (p *Printer) LoadLabels(media Media, length, gap float64) {
	p.alter(func(s *state) { s.loaded = roll{media, p.dots(length), p.dots(gap)} })
}

// dots are so many millimetres in dots.
func (p *Printer) dots(mm float64) int { return int(mm*float64(p.cfg.PerMetre)/1000 + 0.5) }

// RunOutAfter leaves so many rows of paper: those of whole labels, or the
// printer stops in the middle of one.
func (p *Printer) RunOutAfter(rows int) { p.alter(func(s *state) { s.rows = max(rows, 0) }) }

// LowPaper makes the near-end sensor see that the roll is thin.
func (p *Printer) LowPaper() { p.Set(PaperLow, true) }

// OpenCover opens the cover: the paper stops.
func (p *Printer) OpenCover() { p.Set(CoverOpen, true) }

// CloseCover closes it, and the printer goes on.
func (p *Printer) CloseCover() { p.Set(CoverOpen, false) }

// JamCutter blocks the cutter, or frees it.
func (p *Printer) JamCutter(jammed bool) { p.Set(CutterJam, jammed) }

// TakeLabel takes the label out of the peeler.
func (p *Printer) TakeLabel() { p.Set(LabelWaiting, false) }

// Mute makes the printer say nothing at all.
func (p *Printer) Mute(mute bool) { p.alter(func(s *state) { s.mute = mute }) }

// Hang makes it take, print and say nothing, while the line stays up.
func (p *Printer) Hang(hung bool) { p.alter(func(s *state) { s.hung = hung }) }

// Stutter makes it say everything twice.
func (p *Printer) Stutter(on bool) { p.alter(func(s *state) { s.stutter = on }) }

// LateMark makes it return process IDs so much later than it should. A label
// printer counts its labels so much later and is busy until then.
func (p *Printer) LateMark(by time.Duration) { p.alter(func(s *state) { s.lateMark = by }) }

// Forget makes a dropped line empty the buffer, as some interface boards do.
func (p *Printer) Forget(forget bool) { p.alter(func(s *state) { s.forgetful = forget }) }

// DropAfter resets the line once, n bytes from now; negative calls it off. The
// bytes before that have arrived.
func (p *Printer) DropAfter(n int) {
	p.alter(func(s *state) { s.dropAfter = n })
	if n == 0 {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.dropLine()
	}
}

// dropLine resets every connection. The caller holds mu.
func (p *Printer) dropLine() {
	for _, l := range p.lines {
		if l.conn != nil {
			p.dropAfter = -1
		}
		l.hangUp(true)
	}
}

// CutPower switches the power off and on again. Lines drop and the label under
// the head is torn off. Without keep, what had been sent and not printed is
// lost, and so is what the host had set; with it, the printer has a battery and
// prints the torn label again.
func (p *Printer) CutPower(keep bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cutPower(keep)
}

// cutPower is CutPower for a caller that holds mu.
func (p *Printer) cutPower(keep bool) {
	p.dropLine()
	p.blackouts++
	p.altered(func() {
		p.cuts++
		p.restart = true
		p.motion = still
		p.put(Paused|WaitsForKey|LabelWaiting, false)
		if keep {
			return
		}
		p.lost++
		p.reports, p.alerts = false, nil
		p.empty()
	})
}

// reset is the same on a host's command: the line stays up. The caller holds mu.
func (p *Printer) reset() {
	p.altered(func() {
		p.cuts++
		p.lost++
		p.restart = true
		p.motion = still
		p.reports, p.alerts = false, nil
		p.put(Paused|WaitsForKey, false)
		p.empty()
	})
}

// cancel forgets what has not been printed, but for the label under the head.
// The caller holds mu.
func (p *Printer) cancel() {
	p.altered(func() {
		p.cleared++
		var under *page
		if len(p.pages) > 0 && p.pages[0].moving {
			under = p.pages[0]
			under.left = 1
		}
		p.empty()
		if under != nil {
			p.pages = []*page{under}
		}
	})
}

// empty empties the receive buffer and forgets the labels drawn. The caller
// holds mu.
func (p *Printer) empty() {
	for _, l := range p.lines {
		l.bytes = nil
	}
	p.pages, p.drawing, p.held = nil, false, false
}
