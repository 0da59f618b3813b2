package virtual

import (
	"errors"
	"net"
	"time"
)

// line is a connection with its receive buffer. It outlives its caller until
// its bytes have been read.
type line struct {
	conn  net.Conn // nil once it is down
	bytes []byte
	down  bool // no more bytes will come
	watch watcher
}

// watcher looks at bytes as they arrive, ahead of those that wait in the buffer,
// and obeys those commands that printers obey at once. It is called with mu held
// and reports whether the byte must not go into the buffer.
type watcher interface {
	arrived(l *line, b byte) bool
}

// hangUp ends the connection, if it is still there.
func (l *line) hangUp(reset bool) {
	if l.conn == nil {
		return
	}
	if tcp, ok := l.conn.(*net.TCPConn); ok && reset {
		tcp.SetLinger(0)
	}
	l.conn.Close()
	l.conn = nil
}

// accept serves so many callers at a time. Others wait unanswered, as at most
// network printers. What they have sent meanwhile is in the network card, and gone
// with the power: the system would hand it over even after its sender has hung up.
func (p *Printer) accept() {
	type caller struct {
		conn  net.Conn
		since int // how often the power had been cut
	}
	waiting := make(chan caller, 1024) // in the order in which they called
	defer close(waiting)
	p.work.Go(func() {
		places := make(chan struct{}, p.cfg.Callers)
		for c := range waiting {
			places <- struct{}{}
			if p.powered() != c.since {
				c.conn.Close()
				<-places
				continue
			}
			p.work.Go(func() {
				defer func() { <-places }()
				p.serve(c.conn)
			})
		}
	})
	for {
		c, err := p.listener.Accept()
		if err != nil {
			if !errors.Is(err, net.ErrClosed) {
				p.fail(err)
			}
			return
		}
		waiting <- caller{c, p.powered()}
	}
}

// powered is how often the power has been cut.
func (p *Printer) powered() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.blackouts
}

// serve takes one connection's bytes until it ends.
func (p *Printer) serve(c net.Conn) {
	l := p.plug(c)
	if l == nil {
		c.Close()
		return
	}
	buf := make([]byte, 4096)
	for {
		n, err := c.Read(buf)
		if !p.take(l, buf[:n]) || err != nil {
			break
		}
	}
	p.unplug(l)
}

// plug adds a line, unless the printer is off.
func (p *Printer) plug(c net.Conn) *line {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.working() {
		return nil
	}
	l := &line{conn: c}
	if !p.cfg.Joins || p.watch == nil {
		p.watch = p.newWatcher()
	}
	l.watch = p.watch
	p.lines = append(p.lines, l)
	if p.dropAfter == 0 {
		p.dropLine()
	}
	return l
}

// newWatcher returns nil for a language without commands that go ahead of others.
func (p *Printer) newWatcher() watcher {
	switch p.cfg.Language {
	case ESCPOS:
		return &escposWatcher{p: p}
	case TSPL:
		return &tsplWatcher{p: p}
	case ZPL:
		return &zplWatcher{p: p}
	}
	return nil
}

// unplug ends a line. What it brought stays to be read.
func (p *Printer) unplug(l *line) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l.hangUp(false)
	l.down = true
	if p.forgetful {
		l.bytes = nil
		for _, o := range p.lines {
			if o.down {
				o.bytes = nil
			}
		}
	}
	p.change.Broadcast()
}

// take puts bytes into the buffer, as far as it has room, and reports whether
// the line is still up.
func (p *Printer) take(l *line, bytes []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, b := range bytes {
		for p.working() && (p.hung || p.full(l)) {
			p.change.Wait()
		}
		if !p.working() {
			return false
		}
		if p.dropAfter == 0 {
			p.dropLine()
		}
		if l.conn == nil {
			return false
		}
		if p.dropAfter > 0 {
			p.dropAfter--
		}
		p.received++
		p.happen()
		if l.watch == nil || !l.watch.arrived(l, b) {
			l.bytes = append(l.bytes, b)
			if len(l.bytes) == 1 {
				p.change.Broadcast()
			}
		}
	}
	if p.dropAfter == 0 && len(bytes) > 0 {
		p.dropLine()
	}
	return p.working() && l.conn != nil
}

// full reports whether the line's next byte finds no room. The caller holds mu.
func (p *Printer) full(l *line) bool {
	total := 0
	for _, o := range p.lines {
		total += len(o.bytes)
	}
	return len(l.bytes) >= p.cfg.Buffer || total >= p.cfg.Buffer*p.cfg.Callers
}

// say sends to a caller; nil is everybody who is connected. With one caller at
// a time the answer goes to whoever that is by now. A host that does not listen
// loses it, as it does with a printer whose own buffer is full. The caller holds
// mu.
func (p *Printer) say(to *line, b []byte) {
	if p.mute || p.hung {
		return
	}
	times := 1
	if p.stutter {
		times = 2
	}
	for _, l := range p.lines {
		if l.conn == nil || to != nil && to != l && p.cfg.Callers > 1 {
			continue
		}
		for range times {
			l.conn.SetWriteDeadline(time.Now().Add(time.Second))
			l.conn.Write(b)
		}
	}
}
