package virtual

import (
	"math/rand/v2"
	"time"
)

// Mishap is something that happens to a printer by itself, at a place of the
// stream that a test can name.
type Mishap struct {
	// It happens after so many whole labels since the start, or after so many
	// rows of paper, or after so many bytes received; the first that is not 0.
	AfterLabels, AtRow, AtByte int

	Set   Condition // what is the matter then
	Rows  int       // how much paper is left then; the roll ends so much later
	Drop  bool      // the line is reset
	Mute  bool      // it says nothing
	Hang  bool      // it does nothing
	Power bool      // the power is cut for a moment
	Keep  bool      // with a battery for its buffer

	// Lasts is how long until somebody has put it right; 0 is for ever.
	Lasts time.Duration
}

// Script makes mishaps happen, beside those that are already to come.
func (p *Printer) Script(mishaps ...Mishap) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.script = append(p.script, mishaps...)
	p.happen()
}

// happen makes those mishaps happen whose place has come. The caller holds mu.
func (p *Printer) happen() {
	for i := 0; i < len(p.script); {
		m := p.script[i]
		if !p.reached(m) {
			i++
			continue
		}
		p.script = append(p.script[:i:i], p.script[i+1:]...)
		p.befall(m)
	}
}

// reached reports whether a mishap's place has come.
func (p *Printer) reached(m Mishap) bool {
	switch {
	case m.AfterLabels > 0:
		return p.done >= m.AfterLabels
	case m.AtRow > 0:
		return p.wear >= m.AtRow
	}
	return p.received >= m.AtByte
}

func (p *Printer) befall(m Mishap) {
	p.altered(func() {
		p.put(m.Set, true)
		if m.Rows > 0 && p.rows != 0 {
			p.rows = m.Rows
		}
		p.mute = p.mute || m.Mute
		p.hung = p.hung || m.Hang
	})
	switch {
	case m.Power:
		p.cutPower(m.Keep)
	case m.Drop:
		p.dropLine()
	}
	if m.Lasts <= 0 {
		return
	}
	p.work.Go(func() {
		select {
		case <-time.After(m.Lasts):
		case <-p.off:
			return
		}
		p.alter(func(s *state) {
			s.put(m.Set, false)
			if m.Rows > 0 {
				s.rows = -1
			}
			s.mute = s.mute && !m.Mute
			s.hung = s.hung && !m.Hang
		})
	})
}

// Mishaps invents n of them for a run of so many labels of about so many rows
// and bytes, the same for the same seed. All are put right after about lasts.
func Mishaps(seed uint64, n, labels, rows, bytes int, lasts time.Duration) []Mishap {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	all := make([]Mishap, n)
	for i := range all {
		m := Mishap{Lasts: lasts/2 + time.Duration(r.Int64N(int64(max(lasts, 1))))}
		switch r.IntN(3) {
		case 0:
			m.AfterLabels = 1 + r.IntN(max(labels, 1))
		case 1:
			m.AtRow = 1 + r.IntN(max(labels*rows, 1))
		case 2:
			m.AtByte = 1 + r.IntN(max(labels*bytes, 1))
		}
		switch r.IntN(10) {
		case 0:
			m.Set = CoverOpen
		case 1:
			m.Set = PaperOut
		case 2:
			m.Rows = 1 + r.IntN(max(rows, 1))
		case 3:
			m.Set = HeadHot
		case 4:
			m.Set = Paused
		case 5, 6:
			m.Drop = true
		case 7:
			m.Mute = true
		case 8:
			m.Hang = true
		case 9:
			m.Power, m.Keep = true, r.IntN(2) == 0
		}
		all[i] = m
	}
	return all
}
