package virtual

import (
	"errors"
	"time"

	"miandan/printer/bitmap"
)

// errTorn ends a print that will not go on, though its page may be printed once
// more: the power was cut and the buffers have survived it, say.
var errTorn = errors.New("the label under the head was torn off")

// mechanism is head and motor and the journal of what they did. It belongs to
// one goroutine.
type mechanism struct {
	p   *Printer
	seq int // of the next print
	// due is when the head has burnt what it was given, by its own clock; zero
	// where the paper stands for as long as something else takes.
	due time.Time
	// interrupted returns, with mu held, what else ends a wait for paper.
	interrupted func() error
	// starved returns how long was waited for data since it was last asked; nil
	// where whole pages come.
	starved func() time.Duration
	cuts    int // of the printer's power, as far as noticed

	open    bool      // a print has been begun and not recorded
	began   time.Time // of this print
	from    time.Time // the same by the head's clock
	moved   int       // rows since then
	reloads int
	stood   time.Duration
}

// begin begins a print, unless one is begun of which nothing is on paper yet.
func (m *mechanism) begin() error {
	if m.open {
		return nil
	}
	m.open = true
	m.began, m.from, m.moved, m.reloads, m.stood = time.Time{}, time.Time{}, 0, 0, 0
	p := m.p
	if p.journal == nil {
		return nil
	}
	if err := p.journal.write(record{Event: started, Print: Print{Seq: m.seq, At: time.Now()}}); err != nil {
		p.fail(err)
		return errOff
	}
	return nil
}

// step moves the paper by at most so many rows and returns how many, and takes
// the time that it takes. Without paper, with the cover open or the cutter jammed
// it waits.
func (m *mechanism) step(rows int) (int, error) {
	p := m.p
	p.mu.Lock()
	out, again := p.rows == 0, false
	var err error
	for {
		switch {
		case !p.working():
			err = errOff
		case m.cuts != p.cuts:
			m.cuts = p.cuts
			err = errTorn
		case m.interrupted != nil:
			err = m.interrupted()
		}
		if err != nil || !p.hung && !p.stopped() {
			break
		}
		again = again || p.conditions()&(PaperOut|CoverOpen|RibbonOut) != 0
		p.stuck = m.moved
		p.change.Wait()
		p.stuck, m.due = 0, time.Time{}
	}
	if err == nil && again && m.moved > 0 && p.cfg.Quirks.Reprints && p.cfg.Language != ESCPOS {
		err = errTorn
	}
	if err != nil {
		p.mu.Unlock()
		return 0, err
	}
	if out && m.moved > 0 {
		m.reloads++
	}
	if p.cfg.Speed > 0 {
		rows = min(rows, max(1, m.rows(2*time.Millisecond)))
	}
	if p.rows > 0 {
		rows = min(rows, p.rows)
		p.altered(func() { p.rows -= rows })
	}
	p.wear += rows
	p.happen()
	p.mu.Unlock()
	if m.moved == 0 {
		m.began = time.Now()
	}
	err = m.roll(rows)
	m.moved += rows
	return rows, err
}

// rows are how many rows pass in a time.
func (m *mechanism) rows(d time.Duration) int {
	return int(d.Seconds() * float64(m.p.cfg.Speed*m.p.cfg.PerMetre) / 1000)
}

// roll takes the time that so many rows take. Rows that come too late find the
// paper standing; rows for which only this program was late are caught up with.
func (m *mechanism) roll(rows int) error {
	if m.p.cfg.Speed <= 0 {
		return nil
	}
	now := time.Now()
	if m.due.IsZero() {
		m.due = now
	}
	if m.starved != nil {
		if waited := m.starved(); waited > 0 && m.due.Before(now) {
			if m.moved > 0 {
				m.stood += min(waited, now.Sub(m.due))
			}
			m.due = now
		}
	}
	if m.moved == 0 {
		m.from = m.due
	}
	m.due = m.due.Add(time.Duration(rows) * time.Second * 1000 / time.Duration(m.p.cfg.Speed*m.p.cfg.PerMetre))
	// Timers are too coarse for every single row.
	if ahead := m.due.Sub(now); ahead > 2*time.Millisecond {
		return m.p.sleep(ahead)
	}
	return nil
}

// catch lets the head's clock stand until what came at that time.
func (m *mechanism) catch(came time.Time) {
	if m.due.Before(came) {
		m.due = came
	}
}

// sleep waits, unless the power goes.
func (p *Printer) sleep(d time.Duration) error {
	if d <= 0 {
		return nil
	}
	select {
	case <-time.After(d):
		return nil
	case <-p.off:
		return errOff
	}
}

// record writes down the print that was begun and returns it with what the
// mechanism knows of it.
func (m *mechanism) record(pr Print) (Print, error) {
	p := m.p
	pr.Seq, pr.At, pr.Began, pr.Reloads = m.seq, time.Now(), m.began, m.reloads
	pr.Stood = Stood(m.stood.Microseconds()) / 1000
	if pr.from = m.from; !pr.from.IsZero() {
		pr.to = m.due
	}
	pr.Language = p.cfg.Language
	if pr.Image == nil {
		pr.Image = bitmap.New(0, 0)
	}
	pr.Width, pr.Height = pr.Image.Width, pr.Image.Height
	m.seq++
	m.open = false
	var err error
	if p.journal != nil {
		if err = p.journal.print(&pr); err != nil {
			p.fail(err)
			err = errOff
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.prints = append(p.prints, pr)
	return pr, err
}

// mark writes down the process ID of a print that has been recorded. The journal
// knows before the host. The caller holds no lock.
func (p *Printer) mark(seq int, mark string) error {
	if p.journal != nil {
		if err := p.journal.write(record{Event: marked, Print: Print{Seq: seq, At: time.Now(), Mark: mark}}); err != nil {
			p.fail(err)
			return errOff
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.prints {
		if p.prints[i].Seq == seq {
			p.prints[i].Mark = mark
		}
	}
	return nil
}
