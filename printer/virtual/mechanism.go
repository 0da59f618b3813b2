package virtual

import (
	"errors"
	"time"

	"miandan/printer/bitmap"
)

// What ends a wait for the next byte.
var (
	errLineDown = errors.New("the line went down")
	errOff      = errors.New("the printer was switched off")
)

// mechanism is head, motor and cutter with the interpreter that drives them. It
// belongs to one goroutine.
type mechanism struct {
	p       *Printer
	seq     int // of the next print
	due     time.Time
	margin  int // in dots
	area    int // width of the print area in dots
	spacing int // of lines, in rows; 0 is the default

	strip strip // the paper since the last cut
	last  *Print
}

// strip is paper under the head: rows of dots, each as wide as what was printed
// there.
type strip struct {
	rows    [][]byte // a byte a dot
	garbage string
	reloads int
}

func (s *strip) empty() bool { return len(s.rows) == 0 && s.garbage == "" }

// run obeys until the power goes.
func (m *mechanism) run() {
	for {
		b, err := m.next()
		if err == nil {
			err = m.command(b)
		}
		switch {
		case errors.Is(err, errLineDown):
			m.settle()
			m.finish(true)
			m.settle()
		case err != nil:
			m.finish(true)
			m.settle()
			return
		}
	}
}

// next takes a byte from the buffer and waits for it if need be.
func (m *mechanism) next() (byte, error) {
	p := m.p
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		q := &p.queue
		switch {
		case !p.working():
			return 0, errOff
		case p.hung:
		case len(q.ends) > 0 && q.ends[0] <= q.taken:
			q.ends = q.ends[1:]
			return 0, errLineDown
		case len(q.bytes) > 0:
			b := q.bytes[0]
			q.bytes = q.bytes[1:]
			q.taken++
			if len(q.bytes) == p.cfg.Buffer-1 {
				p.change.Broadcast()
			}
			return b, nil
		}
		p.change.Wait()
	}
}

// take takes n bytes.
func (m *mechanism) take(n int) ([]byte, error) {
	bytes := make([]byte, n)
	for i := range bytes {
		b, err := m.next()
		if err != nil {
			return nil, err
		}
		bytes[i] = b
	}
	return bytes, nil
}

// feed moves the paper by rows of dots; nil is a white one. Without paper, with
// the cover open or the cutter jammed it waits.
func (m *mechanism) feed(dots []byte) error {
	p := m.p
	if m.strip.empty() {
		m.settle()
		if p.journal != nil {
			if err := p.journal.write(record{Event: started, Print: Print{Seq: m.seq, At: time.Now()}}); err != nil {
				p.fail(err)
				return errOff
			}
		}
	}
	p.mu.Lock()
	out := p.rows == 0
	for p.working() && (p.hung || p.stopped()) {
		p.change.Wait()
	}
	if !p.working() {
		p.mu.Unlock()
		return errOff
	}
	if out && !m.strip.empty() {
		m.strip.reloads++
	}
	if p.rows > 0 {
		before := p.report()
		p.rows--
		p.reportChange(before)
	}
	p.mu.Unlock()
	m.strip.rows = append(m.strip.rows, dots)
	return m.roll()
}

// roll takes the time that one row takes.
func (m *mechanism) roll() error {
	if m.p.cfg.Speed <= 0 {
		return nil
	}
	now := time.Now()
	if m.due.Before(now) {
		m.due = now
	}
	m.due = m.due.Add(time.Second / time.Duration(m.p.cfg.Speed*m.p.cfg.DotsPerMM))
	// Timers are too coarse for every single row.
	if ahead := m.due.Sub(now); ahead > 2*time.Millisecond {
		select {
		case <-time.After(ahead):
		case <-m.p.off:
			return errOff
		}
	}
	return nil
}

// finish ends the strip: it is cut, torn off or left hanging.
func (m *mechanism) finish(partial bool) {
	if m.strip.empty() {
		return
	}
	s := m.strip
	m.strip = strip{}
	pr := Print{
		Seq: m.seq, At: time.Now(), Partial: partial, Reloads: s.reloads, Garbage: s.garbage,
		Image: picture(s.rows, m.p.cfg.DotsPerMM),
	}
	pr.Width, pr.Height = pr.Image.Width, pr.Image.Height
	m.seq++
	p := m.p
	if p.journal != nil {
		if err := p.journal.print(&pr); err != nil {
			p.fail(err)
		}
	}
	p.mu.Lock()
	p.prints = append(p.prints, pr)
	p.mu.Unlock()
	m.last = &pr
}

// picture joins rows; those that are shorter are white on the right.
func picture(rows [][]byte, dotsPerMM int) *bitmap.Image {
	width := 0
	for _, row := range rows {
		width = max(width, len(row))
	}
	image := bitmap.New(width, len(rows))
	image.PerMetre = dotsPerMM * 1000
	for y, row := range rows {
		for x, dot := range row {
			if dot != 0 {
				image.Set(x, y, true)
			}
		}
	}
	return image
}

// marked is GS ( H: all before it is done. The journal knows before the host.
func (m *mechanism) marked(mark string) error {
	p := m.p
	if m.last != nil {
		m.last.Mark = mark
		if p.journal != nil {
			if err := p.journal.write(record{Event: marked, Print: Print{Seq: m.last.Seq, At: time.Now(), Mark: mark}}); err != nil {
				p.fail(err)
				return errOff
			}
		}
		p.mu.Lock()
		p.prints[len(p.prints)-1].Mark = mark
		p.mu.Unlock()
		m.settle()
	}
	reply := append(append([]byte{0x37, 0x22}, mark...), 0)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lateMark <= 0 {
		p.say(reply)
		return nil
	}
	late := p.lateMark
	p.work.Go(func() {
		select {
		case <-time.After(late):
			p.mu.Lock()
			defer p.mu.Unlock()
			p.say(reply)
		case <-p.off:
		}
	})
	return nil
}

// settle tells of the last print, about which nothing more will be learnt.
func (m *mechanism) settle() {
	if m.last == nil {
		return
	}
	if m.p.cfg.OnPrint != nil {
		m.p.cfg.OnPrint(*m.last)
	}
	m.last = nil
}
