// Package virtual is a thermal printer that exists in memory: it takes ESC/POS,
// TSPL, ZPL or CPCL on a TCP port, keeps a printer's state, puts dots on
// imaginary paper and writes down every print.
//
// It is the oracle of the tests that kill the agent, and therefore shares no
// code with the encoders and behaves as printers do where that is unpleasant:
// bytes that came before the line dropped stay in its buffer and are printed,
// whoever is connected by then; a label whose end never comes is printed as far
// as it came; without paper it waits, and goes on after the reload.
//
// Bytes go from a line (line.go) through the interpreter of one language to the
// mechanism. ESC/POS drives the mechanism row by row, as receipt printers do.
// The label languages draw a page and hand it to a motor of its own (motor.go),
// so that the next label is drawn while this one is printed.
package virtual

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
)

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
	gone   bool    // off is closed: it is looked at with each byte
	lines  []*line // in the order in which they came; those that are down until they are read
	watch  watcher // of the last line
	pages  []*page // the first is under the head
	prints []Print
	err    error // of the journal: an oracle that cannot write must not go on
	// blackouts is how often the power has been cut.
	blackouts int
	stuck     int // rows of the label under the head, if it cannot move on
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
	p, err := assemble(cfg)
	if err != nil {
		return nil, fmt.Errorf("virtual printer: %w", err)
	}
	p.listener = listener
	p.work.Go(p.accept)
	return p, nil
}

// assemble makes a printer that works and has no port yet.
func assemble(cfg Config) (*Printer, error) {
	switch cfg.Language {
	case "":
		cfg.Language = ESCPOS
	case ESCPOS, TSPL, ZPL, CPCL:
	default:
		return nil, fmt.Errorf("unknown language %q, want %q, %q, %q or %q", cfg.Language, ESCPOS, TSPL, ZPL, CPCL)
	}
	if cfg.Name == "" {
		cfg.Name = "VIRTUAL"
	}
	for _, d := range []struct {
		field *int
		value int
	}{{&cfg.Head, 832}, {&cfg.DotsPerMM, 8}, {&cfg.Buffer, 64 << 10}, {&cfg.Pages, 1}, {&cfg.Callers, 1}} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	if cfg.PerMetre <= 0 {
		cfg.PerMetre = 1000 * cfg.DotsPerMM
	}
	p := &Printer{cfg: cfg, off: make(chan struct{})}
	p.change.L = &p.mu
	p.rows, p.dropAfter, p.restart, p.printMode = -1, -1, true, 'T'
	m := &mechanism{p: p, seq: 1}
	if cfg.Folder != "" {
		j, last, err := openJournal(cfg.Folder)
		if err != nil {
			return nil, err
		}
		p.journal, m.seq, p.odometer = j, last+1, last
	}
	it := &interpreter{p: p}
	if cfg.Language == ESCPOS {
		m.interrupted, m.starved = it.interrupted, it.starved
		it.make = func() language { return newESCPOS(it, m) }
	} else {
		it.make = map[Language]func() language{
			TSPL: func() language { return newTSPL(it) },
			ZPL:  func() language { return newZPL(it) },
			CPCL: func() language { return newCPCL(it) },
		}[cfg.Language]
		p.work.Go((&motor{mechanism: m, idle: true}).run)
	}
	p.work.Go(it.run)
	return p, nil
}

// URL is the printer's address for the agent.
func (p *Printer) URL() string { return "tcp://" + p.Addr() }

// Addr is host:port.
func (p *Printer) Addr() string { return p.listener.Addr().String() }

// Close switches the power off for good. What is in the buffer is lost; a label
// under the head is written down as partial.
func (p *Printer) Close() error {
	p.mu.Lock()
	if p.gone {
		p.mu.Unlock()
		return nil
	}
	p.gone = true
	close(p.off)
	for _, l := range p.lines {
		l.hangUp(false)
	}
	p.change.Broadcast()
	p.mu.Unlock()
	var err error
	if p.listener != nil {
		err = p.listener.Close()
	}
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

// Busy reports whether anything that has come is still to be printed.
func (p *Printer) Busy() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.pages) > 0 || p.held || p.motion != still || slices.ContainsFunc(p.lines, func(l *line) bool { return len(l.bytes) > 0 })
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

// working reports whether the power is on and the journal can be written. The
// caller holds mu.
func (p *Printer) working() bool {
	return !p.gone && p.err == nil
}
