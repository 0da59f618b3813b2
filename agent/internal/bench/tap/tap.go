// Package tap stands before a printer and says when the first byte of a label goes
// by, whatever the printer's language.
//
// A label is told from a question by its length: the questions that a printer is
// asked have a few bytes and an answer each, so more than those without an answer
// in between is a label, and it began with the first of them. Nobody reads what goes
// by, so that the tap costs the same in every language and next to nothing.
package tap

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// question is how many bytes go to a printer at most before it answers.
const question = 100

// Tap is a printer's address that passes everything on.
type Tap struct {
	listener net.Listener
	to       string
	first    chan time.Time
	work     sync.WaitGroup

	mu    sync.Mutex
	armed bool
	open  map[net.Conn]bool
}

// Open puts a tap before the printer at an address.
func Open(to string) (*Tap, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	t := &Tap{listener: l, to: to, first: make(chan time.Time, 1), open: map[net.Conn]bool{}}
	t.work.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			t.work.Go(func() { t.pass(c) })
		}
	})
	return t, nil
}

// Addr is where labels are to be sent.
func (t *Tap) Addr() string { return t.listener.Addr().String() }

// Close ends the tap and its connections.
func (t *Tap) Close() error {
	err := t.listener.Close()
	t.mu.Lock()
	for c := range t.open {
		c.Close()
	}
	t.open = nil
	t.mu.Unlock()
	t.work.Wait()
	return err
}

// Next returns a channel that is told once when the next label's first byte goes
// by. It is called while no label is on its way, since of one that has begun the
// rest would be taken for the next. What an earlier channel was not told, it is not
// told any more.
func (t *Tap) Next() <-chan time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.first, t.armed = make(chan time.Time, 1), true
	return t.first
}

// run is what has gone to the printer on a connection since it answered last.
type run struct {
	bytes int
	began time.Time
}

func (t *Tap) went(r *run, n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r.bytes == 0 {
		r.began = time.Now()
	}
	r.bytes += n
	if r.bytes > question && t.armed {
		t.armed = false
		t.first <- r.began
	}
}

func (t *Tap) answered(r *run) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r.bytes = 0
}

// hold lets Close end a connection.
func (t *Tap) hold(c net.Conn) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.open == nil {
		c.Close()
		return false
	}
	t.open[c] = true
	return true
}

func (t *Tap) drop(c net.Conn) {
	c.Close()
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.open, c)
}

func (t *Tap) pass(from net.Conn) {
	if !t.hold(from) {
		return
	}
	defer t.drop(from)
	to, err := net.Dial("tcp", t.to)
	if err != nil || !t.hold(to) {
		return
	}
	defer t.drop(to)
	var r run
	var answers sync.WaitGroup
	answers.Go(func() {
		defer from.Close()
		forward(from, to, func(int) { t.answered(&r) })
	})
	err = forward(to, from, func(n int) { t.went(&r, n) })
	if tcp, ok := to.(*net.TCPConn); ok && errors.Is(err, io.EOF) {
		tcp.CloseWrite() // the rest of the label is still to arrive
	} else {
		to.Close()
	}
	answers.Wait()
}

// forward passes bytes on and says how many beforehand.
func forward(to, from net.Conn, seen func(n int)) error {
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			seen(n)
			if _, err := to.Write(buffer[:n]); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
	}
}
