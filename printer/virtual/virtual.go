// Package virtual is a thermal printer that exists in memory: it takes ESC/POS
// on a TCP port, keeps a printer's state, puts dots on imaginary paper and
// writes down every print.
//
// It is the oracle of the tests that kill the agent, and therefore shares no
// code with the encoders and behaves as printers do where that is unpleasant:
// bytes that came before the line dropped stay in its buffer and are printed,
// whoever is connected by then; a label whose end never comes is printed as far
// as it came; without paper it waits, and goes on after the reload.
package virtual

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"miandan/printer/bitmap"
)

// Config is how the printer is built. The zero value works.
type Config struct {
	Name      string // what it calls itself on GS I; "VIRTUAL"
	Head      int    // width in dots; 832
	DotsPerMM int    // 8
	Speed     int    // of the paper in mm/s; 0 prints at once
	Buffer    int    // bytes it takes beyond what it is printing; 65536
	// Folder is where the journal and the pictures go; "" keeps none.
	Folder string
	// OnPrint, if set, is told of every print once its process ID is known, or
	// once it is known that none will come. It must not close the printer.
	OnPrint func(Print)
}

// Print is one piece of paper with something on it.
type Print struct {
	Seq  int       `json:"seq"`            // counts up, across restarts with the same folder
	At   time.Time `json:"at"`             // when the paper stopped
	Mark string    `json:"mark,omitempty"` // the process ID asked for after it, if any was
	// Partial is a label whose end never came.
	Partial bool `json:"partial,omitempty"`
	// Reloads counts the rolls that were put in while it was being printed: it
	// lies in one piece more.
	Reloads int `json:"reloads,omitempty"`
	// Garbage is text, and commands that this printer does not know. A label of
	// dots causes none.
	Garbage string `json:"garbage,omitempty"`
	Width   int    `json:"width"` // in dots
	Height  int    `json:"height"`
	PNG     string `json:"png,omitempty"` // the picture's file in the folder

	Image *bitmap.Image `json:"-"` // nil if read from a journal
}

// Printer is a virtual printer. Its methods are what one can do to a printer
// with one's hands, and ways to make it misbehave; all may be used at any time.
type Printer struct {
	cfg      Config
	listener net.Listener
	journal  *journal // nil without a folder
	work     sync.WaitGroup
	off      chan struct{} // closed when the power goes

	mu     sync.Mutex
	change sync.Cond // on mu: bytes came or went, or a hand or a fault moved
	state
	queue  queue
	conn   net.Conn // who is connected, if anyone
	prints []Print
	err    error // of the journal: an oracle that cannot write must not go on
}

// state is what hands and faults have set.
type state struct {
	rows      int // of paper left; negative is endless
	cover     bool
	lowPaper  bool
	jammed    bool // the cutter
	reports   bool // GS a is on
	mute      bool
	hung      bool
	lateMark  time.Duration
	dropAfter int  // bytes until the line drops; negative never
	forgetful bool // a dropped line empties the buffer
	received  int
}

// Start starts a printer with endless paper on a free port of 127.0.0.1.
func Start(cfg Config) (*Printer, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("virtual printer: %w", err)
	}
	p, err := StartOn(listener, cfg)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	return p, nil
}

// StartOn starts a printer on a listener, which it will close.
func StartOn(listener net.Listener, cfg Config) (*Printer, error) {
	if cfg.Name == "" {
		cfg.Name = "VIRTUAL"
	}
	for _, d := range []struct {
		field *int
		value int
	}{{&cfg.Head, 832}, {&cfg.DotsPerMM, 8}, {&cfg.Buffer, 64 << 10}} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	p := &Printer{cfg: cfg, listener: listener, off: make(chan struct{})}
	p.change.L = &p.mu
	p.rows, p.dropAfter = -1, -1
	first := 1
	if cfg.Folder != "" {
		j, last, err := openJournal(cfg.Folder)
		if err != nil {
			return nil, fmt.Errorf("virtual printer: %w", err)
		}
		p.journal, first = j, last+1
	}
	m := &mechanism{p: p, seq: first, area: cfg.Head}
	p.work.Go(p.accept)
	p.work.Go(m.run)
	return p, nil
}

// URL is the printer's address for the agent.
func (p *Printer) URL() string { return "tcp://" + p.Addr() }

// Addr is host:port.
func (p *Printer) Addr() string { return p.listener.Addr().String() }

// Close switches the power off. What is in the buffer is lost; a label under
// the head is written down as partial.
func (p *Printer) Close() error {
	p.mu.Lock()
	select {
	case <-p.off:
		p.mu.Unlock()
		return nil
	default:
	}
	close(p.off)
	if p.conn != nil {
		p.conn.Close()
	}
	p.change.Broadcast()
	p.mu.Unlock()
	err := p.listener.Close()
	p.work.Wait()
	if p.journal != nil {
		err = errors.Join(err, p.journal.close())
	}
	return errors.Join(p.Err(), err)
}

// Err reports a journal that could not be written, after which nothing is
// printed any more.
func (p *Printer) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// Prints returns what has been printed since the start, partial labels
// included.
func (p *Printer) Prints() []Print {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Print(nil), p.prints...)
}

// Received counts the bytes that came since the start, questions included.
func (p *Printer) Received() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.received
}

// LoadPaper puts in a new roll of so many millimetres; negative is endless.
func (p *Printer) LoadPaper(mm int) {
	rows := -1
	if mm >= 0 {
		rows = mm * p.cfg.DotsPerMM
	}
	p.set(func(s *state) { s.rows, s.lowPaper = rows, false })
}

// RunOutAfter leaves so many rows of paper: those of whole labels, or the
// printer stops in the middle of one.
func (p *Printer) RunOutAfter(rows int) { p.set(func(s *state) { s.rows = max(rows, 0) }) }

// LowPaper makes the near-end sensor see that the roll is thin.
func (p *Printer) LowPaper() { p.set(func(s *state) { s.lowPaper = true }) }

// OpenCover opens the cover: the paper stops.
func (p *Printer) OpenCover() { p.set(func(s *state) { s.cover = true }) }

// CloseCover closes it, and the printer goes on.
func (p *Printer) CloseCover() { p.set(func(s *state) { s.cover = false }) }

// JamCutter blocks the cutter, or frees it.
func (p *Printer) JamCutter(jammed bool) { p.set(func(s *state) { s.jammed = jammed }) }

// Mute makes the printer say nothing at all.
func (p *Printer) Mute(mute bool) { p.set(func(s *state) { s.mute = mute }) }

// Hang makes it take, print and say nothing, while the line stays up.
func (p *Printer) Hang(hung bool) { p.set(func(s *state) { s.hung = hung }) }

// LateMark makes it return process IDs so much later than it should.
func (p *Printer) LateMark(by time.Duration) { p.set(func(s *state) { s.lateMark = by }) }

// Forget makes a dropped line empty the buffer, as some interface boards do.
func (p *Printer) Forget(forget bool) { p.set(func(s *state) { s.forgetful = forget }) }

// DropAfter resets the line once, n bytes from now; negative calls it off. The
// bytes before that have arrived.
func (p *Printer) DropAfter(n int) {
	p.set(func(s *state) { s.dropAfter = n })
	if n == 0 {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.dropLine()
	}
}

// dropLine resets the connection. The caller holds mu.
func (p *Printer) dropLine() {
	if p.conn == nil {
		return
	}
	p.dropAfter = -1
	if tcp, ok := p.conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	p.conn.Close()
}

// set changes the state, wakes whoever waits for it and reports the change to
// the host if the host asked for reports.
func (p *Printer) set(change func(*state)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.report()
	change(&p.state)
	p.reportChange(before)
	p.change.Broadcast()
}

// working reports whether the power is on and the journal can be written. The
// caller holds mu.
func (p *Printer) working() bool {
	select {
	case <-p.off:
		return false
	default:
		return p.err == nil
	}
}
