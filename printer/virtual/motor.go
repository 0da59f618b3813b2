package virtual

import (
	"errors"
	"time"
)

// submit hands a page to the motor, and waits while that has enough to do.
func (it *interpreter) submit(pg *page) error {
	p := it.p
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held = true
	defer func() { p.held = false }()
	for len(p.pages) > p.cfg.Pages {
		if err := it.interrupted(); err != nil {
			return err
		}
		p.change.Wait()
	}
	if err := it.interrupted(); err != nil {
		return err
	}
	pg.left = min(max(pg.left, 1), maxCopies)
	pg.batch, pg.from, pg.came = pg.left, it.line, time.Now()
	p.pages = append(p.pages, pg)
	p.change.Broadcast()
	return nil
}

// still waits until all that was submitted is printed.
func (it *interpreter) still() error {
	p := it.p
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.pages) > 0 {
		if err := it.interrupted(); err != nil {
			return err
		}
		p.change.Wait()
	}
	return it.interrupted()
}

// motor prints pages one after the other.
type motor struct {
	*mechanism
	idle bool // the paper has stood still since the last label
}

func (m *motor) run() {
	for {
		pg := m.next()
		if pg == nil {
			return
		}
		err := m.print(pg)
		if errors.Is(err, errTorn) {
			m.idle = true
			continue
		}
		if err != nil {
			return
		}
	}
}

// next waits for a page and returns nil when the printer is off.
func (m *motor) next() *page {
	p := m.p
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.working() {
		switch {
		case len(p.pages) == 0 || p.hung:
		case p.pages[0].left == 0:
			p.pages = p.pages[1:]
			p.change.Broadcast()
			continue
		case p.set&LabelWaiting == 0 || p.pages[0].image == nil:
			m.cuts = p.cuts
			return p.pages[0]
		}
		nothing := len(p.pages) == 0
		m.idle = m.idle || nothing
		p.change.Wait()
		if !nothing {
			m.due = time.Now() // it had something to do, and could not
		}
	}
	return nil
}

// print prints one copy.
func (m *motor) print(pg *page) error {
	p := m.p
	if m.idle {
		if err := m.moves(backing, p.cfg.BackFeed); err != nil {
			return err
		}
	}
	m.idle = false
	m.catch(pg.came)
	if pg.image == nil {
		return m.feed(pg)
	}
	p.mu.Lock()
	pg.moving = true
	p.motion = printing
	after, span := p.loaded.rest(pg)
	p.mu.Unlock()
	if err := m.begin(); err != nil {
		return err
	}
	moved := m.advance(pg.image.Height + after)
	if moved != nil && m.moved == 0 {
		return moved
	}
	pr := Print{Garbage: pg.junk, Setup: &pg.setup, Image: pg.image}
	if span > 1 {
		pr.Span = span
	}
	if m.moved < pg.image.Height {
		pr.Partial, pr.Image = true, top(pg.image, m.moved)
	}
	if err := m.out(pg, pr); err != nil || pr.Partial {
		return errors.Join(err, moved)
	}
	p.mu.Lock()
	late := p.lateMark
	p.mu.Unlock()
	if late > 0 {
		err := p.sleep(late)
		m.due = time.Now()
		if err != nil {
			return err
		}
	}
	m.count(pg)
	if moved == nil && pg.setup.Cut {
		return m.moves(cutting, cutTime*time.Duration(min(p.cfg.Speed, 1)))
	}
	return moved
}

// advance moves the paper by so many rows.
func (m *motor) advance(rows int) error {
	for rows > 0 {
		n, err := m.step(rows)
		if err != nil {
			return err
		}
		rows -= n
	}
	return nil
}

// out writes down a copy that is out, or torn off.
func (m *motor) out(pg *page, pr Print) error {
	p := m.p
	p.mu.Lock()
	pr.Mark = pg.mark
	p.mu.Unlock()
	pr, err := m.record(pr)
	if err != nil {
		return err
	}
	p.mu.Lock()
	pg.seq = pr.Seq
	late := pg.mark
	p.mu.Unlock()
	if late != pr.Mark {
		pr.Mark = late
		if err := p.mark(pr.Seq, late); err != nil {
			return err
		}
	}
	if p.cfg.OnPrint != nil {
		p.cfg.OnPrint(pr)
	}
	return nil
}

// cutTime is what a cutter takes, unless the printer prints at once.
const cutTime = 300 * time.Millisecond

// count counts a copy that is out.
func (m *motor) count(pg *page) {
	p := m.p
	p.mu.Lock()
	defer p.mu.Unlock()
	pg.left = max(pg.left-1, 0)
	pg.moving = pg.left > 0
	p.odometer++
	p.counter++
	p.done++
	p.motion = still
	p.altered(func() {
		for _, c := range []struct {
			what Condition
			now  bool
		}{
			{LabelWaiting, pg.setup.Peel},
			{GapLost, pg.setup.Media != Continuous && p.loaded.media == Continuous},
			{Paused, pg.pause > 0 && pg.left > 0 && (pg.batch-pg.left)%pg.pause == 0},
		} {
			if c.now {
				p.put(c.what, true)
			}
		}
	})
	if pg.printed != nil {
		pg.printed(pg)
	}
	if pg.left == 0 && len(p.pages) > 0 && p.pages[0] == pg {
		p.pages = p.pages[1:]
	}
	p.happen()
	p.change.Broadcast()
}

// moves is a movement that takes its time.
func (m *motor) moves(how motion, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	m.p.alter(func(s *state) { s.motion = how })
	err := m.p.sleep(d)
	m.due = time.Now()
	m.p.alter(func(s *state) { s.motion = still })
	return err
}

// feed moves paper without printing.
func (m *motor) feed(pg *page) error {
	p := m.p
	p.mu.Lock()
	pg.moving = true
	p.motion = pg.motion
	p.mu.Unlock()
	m.moved = 0
	err := m.advance(pg.after)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.motion = still
	if len(p.pages) > 0 && p.pages[0] == pg && err == nil {
		p.pages = p.pages[1:]
	}
	p.change.Broadcast()
	return err
}
