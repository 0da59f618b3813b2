package main

import (
	"cmp"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"time"

	"miandan/printer/virtual"
)

// gate stands before the gateway and can end the agent in the middle of a call.
type gate struct {
	next http.Handler
	name string // what all its calls are called; empty takes their method
	down atomic.Bool

	mu   sync.Mutex
	trap *gateTrap
}

// gateTrap springs at a call. At "asked" the request never reaches the gateway;
// at "heard" it does and the agent is gone by then; at "done" the gateway has
// done it and says nothing; at "half" half the answer was sent.
type gateTrap struct {
	method, phase string
	nth           int
	spring        func()
}

var gatePhases = []string{"asked", "heard", "done", "half"}

func (g *gate) set(t *gateTrap) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.trap = t
}

// caught returns the trap if it springs now.
func (g *gate) caught(method string) *gateTrap {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.trap
	if t == nil || t.method != method {
		return nil
	}
	if t.nth--; t.nth > 0 {
		return nil
	}
	g.trap = nil
	return t
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if g.down.Load() {
		panic(http.ErrAbortHandler)
	}
	t := g.caught(cmp.Or(g.name, r.URL.Query().Get("method")))
	if t == nil {
		g.next.ServeHTTP(w, r)
		return
	}
	if t.phase == "asked" || t.phase == "heard" {
		t.spring()
	}
	if t.phase == "asked" {
		panic(http.ErrAbortHandler)
	}
	// The gateway's own faults may panic: then there is no answer to cut.
	reply := httptest.NewRecorder()
	g.next.ServeHTTP(reply, r.WithContext(r.Context()))
	if t.phase == "half" {
		body := reply.Body.Bytes()
		w.Header().Set("Content-Length", reply.Header().Get("Content-Length"))
		w.Write(body[:len(body)/2])
		http.NewResponseController(w).Flush()
	}
	if t.phase != "heard" {
		t.spring()
	}
	panic(http.ErrAbortHandler)
}

// wire stands before a printer, passes everything on, and can end the agent at
// a byte, after the last one, or between the paper and the word that it is out.
type wire struct {
	printer  *virtual.Printer
	listener *net.TCPListener
	work     sync.WaitGroup

	mu       sync.Mutex
	cuts     int           // of the printer's power
	cutting  chan struct{} // closed once nobody stands at the door any more
	trap     *wireTrap
	conns    map[net.Conn]bool
	printing map[net.Conn]bool // the agent's lines that carry a label now
	crowded  int               // how often two labels were on their way at once
}

type wireTrap struct {
	phase  string // "byte", "last", "paper"
	byte   int    // of "byte"
	spring func()
}

var wirePhases = []string{"byte", "last", "paper"}

// aLabel is more than any question: what is longer is a label.
const aLabel = 1500

func newWire(p *virtual.Printer) (*wire, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w := &wire{printer: p, listener: l.(*net.TCPListener), conns: map[net.Conn]bool{}, printing: map[net.Conn]bool{}}
	w.work.Go(w.accept)
	return w, nil
}

func (w *wire) url() string { return "tcp://" + w.listener.Addr().String() }

func (w *wire) set(t *wireTrap) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.trap = t
}

// take returns the trap if it is of that phase, once.
func (w *wire) take(phase string, enough func(*wireTrap) bool) *wireTrap {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.trap
	if t == nil || t.phase != phase || !enough(t) {
		return nil
	}
	w.trap = nil
	return t
}

func (w *wire) armed(phase string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.trap != nil && w.trap.phase == phase
}

func (w *wire) accept() {
	for {
		c, err := w.listener.Accept()
		w.mu.Lock()
		cuts, cutting := w.cuts, w.cutting
		if err != nil && cutting != nil { // nobody else stands at the door
			w.cutting = nil
			w.listener.SetDeadline(time.Time{})
		}
		w.mu.Unlock()
		switch {
		case err == nil && cutting != nil:
			c.(*net.TCPConn).SetLinger(0)
			c.Close()
		case err == nil:
			w.work.Go(func() { w.serve(c, cuts) })
		case cutting != nil:
			close(cutting)
		default:
			return
		}
	}
}

// serve serves a caller who came after so many cuts.
func (w *wire) serve(agent net.Conn, cuts int) {
	device, err := net.Dial("tcp", w.printer.Addr())
	if err != nil {
		agent.Close()
		return
	}
	w.mu.Lock()
	w.conns[agent], w.conns[device] = true, true
	if cuts != w.cuts { // what it has sent is gone with the power
		agent.(*net.TCPConn).SetLinger(0)
		agent.Close()
		device.Close()
	}
	w.mu.Unlock()
	var sent atomic.Int64
	before := whole(w.printer)
	back := make(chan struct{})
	go func() {
		defer close(back)
		w.answers(agent, device, &sent, before)
		// The printer has hung up: so does the wire.
		agent.(*net.TCPConn).SetLinger(0)
		agent.Close()
	}()
	w.data(agent, device, &sent)
	w.mu.Lock()
	delete(w.printing, agent) // the agent has hung up, or is dead
	w.mu.Unlock()
	device.Close()
	agent.Close()
	<-back
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.conns, agent)
	delete(w.conns, device)
}

// data passes on what the agent sends.
func (w *wire) data(agent, device net.Conn, sent *atomic.Int64) {
	buf := make([]byte, 2048)
	for {
		if sent.Load() > aLabel && w.armed("last") {
			agent.SetReadDeadline(time.Now().Add(60 * time.Millisecond))
		}
		n, err := agent.Read(buf)
		if ne, ok := err.(net.Error); ok && ne.Timeout() {
			agent.SetReadDeadline(time.Time{})
			if t := w.take("last", func(*wireTrap) bool { return true }); t != nil {
				t.spring()
			}
			continue
		}
		total := sent.Load() + int64(n)
		if n > 0 {
			w.begun(agent, sent.Load(), total)
			if t := w.take("byte", func(t *wireTrap) bool { return total >= int64(t.byte) && total > aLabel }); t != nil {
				device.Write(buf[:max(0, n-int(total-int64(t.byte)))])
				t.spring()
				sent.Store(total)
				return // the rest is lost with the agent
			}
			if _, err := device.Write(buf[:n]); err != nil {
				sent.Store(total)
				return
			}
			sent.Store(total)
		}
		if err != nil {
			return
		}
	}
}

// begun counts the labels that are on their way.
func (w *wire) begun(agent net.Conn, before, now int64) {
	if before > aLabel || now <= aLabel {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.printing[agent] = true; len(w.printing) > 1 {
		w.crowded++
	}
}

// answers passes on what the printer says. With a trap between paper and word
// it keeps back every word until the paper is out, and then there is nobody to
// hear it.
func (w *wire) answers(agent, device net.Conn, sent *atomic.Int64, before int) {
	buf := make([]byte, 2048)
	for {
		n, err := device.Read(buf)
		if n > 0 && sent.Load() > aLabel && w.armed("paper") {
			for end := time.Now().Add(2 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
				if whole(w.printer) > before {
					if t := w.take("paper", func(*wireTrap) bool { return true }); t != nil {
						t.spring()
					}
					break
				}
			}
		}
		if n > 0 {
			if _, err := agent.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// whole counts the labels that came out whole.
func whole(p *virtual.Printer) int {
	n := 0
	for _, pr := range p.Prints() {
		if !pr.Partial {
			n++
		}
	}
	return n
}

func (w *wire) crowds() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.crowded
}

// drop resets every connection, with what is still on its way.
func (w *wire) drop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.conns {
		c.(*net.TCPConn).SetLinger(0)
		c.Close()
	}
	clear(w.printing) // nothing is on its way any more
}

// cut is drop for a printer without power: whoever has called and was not yet
// let in is gone as well.
func (w *wire) cut() {
	w.mu.Lock()
	w.cuts++
	done := make(chan struct{})
	w.cutting = done
	w.listener.SetDeadline(time.Now().Add(30 * time.Millisecond))
	w.mu.Unlock()
	<-done
}

func (w *wire) close() {
	w.listener.Close()
	w.drop()
	w.work.Wait()
}
