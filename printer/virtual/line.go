package virtual

import (
	"errors"
	"net"
	"time"
)

// queue is the receive buffer: bytes, and the places between them at which a
// line went down.
type queue struct {
	bytes []byte
	taken int   // bytes taken out in the printer's life
	ends  []int // at what taken a line's last byte was
}

// accept serves one caller at a time. Others wait unanswered, as at most
// network printers.
func (p *Printer) accept() {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			if !errors.Is(err, net.ErrClosed) {
				p.fail(err)
			}
			return
		}
		p.serve(c)
	}
}

// fail stops the printer.
func (p *Printer) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil {
		p.err = err
	}
	p.change.Broadcast()
}

// serve takes one connection's bytes until it ends. Real-time commands are
// obeyed as they come, even inside a picture, and stay in the stream.
func (p *Printer) serve(c net.Conn) {
	p.mu.Lock()
	if !p.working() {
		p.mu.Unlock()
		c.Close()
		return
	}
	p.conn = c
	if p.dropAfter == 0 {
		p.dropLine()
	}
	p.mu.Unlock()

	var rt realTime
	buf := make([]byte, 4096)
	for {
		n, err := c.Read(buf)
		if !p.take(&rt, buf[:n]) || err != nil {
			break
		}
	}

	p.mu.Lock()
	defer p.mu.Unlock()
	c.Close()
	p.conn = nil
	if p.forgetful {
		p.queue.taken += len(p.queue.bytes)
		p.queue.bytes = nil
	}
	p.queue.ends = append(p.queue.ends, p.queue.taken+len(p.queue.bytes))
	p.change.Broadcast()
}

// take puts bytes into the buffer, as far as it has room, and reports whether
// the line is still up.
func (p *Printer) take(rt *realTime, bytes []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, b := range bytes {
		for p.working() && (p.hung || len(p.queue.bytes) >= p.cfg.Buffer) {
			p.change.Wait()
		}
		if !p.working() {
			return false
		}
		if p.dropAfter == 0 {
			p.dropLine()
			return false
		}
		if p.dropAfter > 0 {
			p.dropAfter--
		}
		p.received++
		p.queue.bytes = append(p.queue.bytes, b)
		if n := rt.feed(b); n != 0 {
			p.say(p.answer(n))
		}
		if len(p.queue.bytes) == 1 {
			p.change.Broadcast()
		}
	}
	if p.dropAfter == 0 && len(bytes) > 0 {
		p.dropLine()
		return false
	}
	return p.working()
}

// realTime finds DLE EOT in a stream.
type realTime struct{ last, before byte }

// feed returns n when the byte ends DLE EOT n, else 0.
func (r *realTime) feed(b byte) int {
	found := 0
	if r.before == 0x10 && r.last == 0x04 && b >= 1 && b <= 4 {
		found = int(b)
	}
	r.before, r.last = r.last, b
	return found
}

// answer is the byte that tells the printer's state to DLE EOT n. The caller
// holds mu.
func (p *Printer) answer(n int) []byte {
	b := byte(0b0001_0010)
	set := func(bits byte, on bool) {
		if on {
			b |= bits
		}
	}
	switch n {
	case 1:
		set(0b0000_0100, true) // no drawer
		set(0b0000_1000, p.stopped())
	case 2:
		set(0b0000_0100, p.cover)
		set(0b0010_0000, p.rows == 0)
		set(0b0100_0000, p.jammed)
	case 3:
		set(0b0000_1000, p.jammed)
	case 4:
		set(0b0000_1100, p.lowPaper)
		set(0b0110_0000, p.rows == 0)
	}
	return []byte{b}
}

// stopped reports whether the paper cannot move. The caller holds mu.
func (p *Printer) stopped() bool { return p.cover || p.rows == 0 || p.jammed }

// report is the state in four bytes, as sent after GS a. The caller holds mu.
func (p *Printer) report() [4]byte {
	b := [4]byte{0b0001_0100, 0, 0, 0}
	if p.stopped() {
		b[0] |= 1 << 3
	}
	if p.cover {
		b[0] |= 1 << 5
	}
	if p.jammed {
		b[1] |= 1 << 3
	}
	if p.lowPaper {
		b[2] |= 3
	}
	if p.rows == 0 {
		b[2] |= 3 << 2
	}
	return b
}

// reportChange reports the state if it is another than before and reports are
// wanted. The caller holds mu.
func (p *Printer) reportChange(before [4]byte) {
	if now := p.report(); p.reports && now != before {
		p.say(now[:])
	}
}

// say sends to whoever is connected. A host that does not listen loses it, as
// it does with a printer whose own buffer is full. The caller holds mu.
func (p *Printer) say(b []byte) {
	if p.conn == nil || p.mute || p.hung {
		return
	}
	p.conn.SetWriteDeadline(time.Now().Add(time.Second))
	p.conn.Write(b)
}
