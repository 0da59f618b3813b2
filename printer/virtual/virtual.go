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
	"sync"
	"time"

	"miandan/printer/bitmap"
)

// Language is what a printer understands.
type Language string

const (
	ESCPOS Language = "escpos" // also the meaning of ""
	TSPL   Language = "tspl"
	ZPL    Language = "zpl"
	CPCL   Language = "cpcl"
)

// Config is how the printer is built. The zero value works.
type Config struct {
	Name      string // what it calls itself when asked; "VIRTUAL"
	Language  Language
	Head      int // width in dots; 832
	DotsPerMM int // 8; what it says of itself where it is asked
	// PerMetre is the head's true pitch in dots a metre; 1000 × DotsPerMM. A head
	// of 300 dpi has 11811 and says 12 dots a millimetre.
	PerMetre int
	Speed    int // of the paper in mm/s; 0 prints at once
	// BackFeed is what a label printer needs to pull the paper back under the
	// head when no label was ready as the last one ended.
	BackFeed time.Duration
	Buffer   int // bytes it takes beyond what it is printing; 65536
	// Pages is how many labels it draws ahead of the one under the head; 1.
	// ESC/POS has none.
	Pages int
	// Callers is how many connections it serves at the same time; 1. Others wait
	// unanswered. One that serves several takes their jobs one after the other.
	Callers int
	// Joins makes a caller's bytes go on where the last caller's ended, be it
	// within a picture, as on a printer whose interpreter is not told of lines.
	// Without it half a command is forgotten with its line.
	Joins  bool
	Quirks Quirks
	// Folder is where the journal and the pictures go; "" keeps none.
	Folder string
	// OnPrint, if set, is told of every print once its process ID is known, or
	// once it is known that none will come. It must not close the printer.
	OnPrint func(Print)
}

// Quirks are ways in which printers of one language differ. Zero is the manual.
type Quirks struct {
	// Subset is a TSPL firmware that knows what a picture needs and drops all
	// else without a word, questions included.
	Subset bool
	// ZlibBitmap knows TSPL's BITMAP mode 3 with a zlib stream. Without it the
	// stream is read as commands.
	ZlibBitmap bool
	// Locked ignores TSPL's ESC ! until ~!E.
	Locked bool
	// Responds knows Gprinter's SET RESPONSE.
	Responds bool
	// LongGF takes more than 99,999 bytes in one ^GF.
	LongGF bool
	// NoZ64 is a ZPL clone without :Z64: and :B64:.
	NoZ64 bool
	// NoHQES is a ZPL firmware that is too old for ~HQES.
	NoHQES bool
	// NoSGD is a ZPL clone that answers every getvar with "?".
	NoSGD bool
	// Coy does not answer ~HS and device.host_status while it is stopped.
	Coy bool
	// Eager answers CPCL's ESC h while a label is being printed, with the busy
	// bit, rather than after it.
	Eager bool
	// OneReset forgets the reset bit of ESC h once it was told, rather than on
	// ESC N. Which printers do so is not certain.
	OneReset bool
}

// Print is one piece of paper with something on it.
type Print struct {
	Seq      int       `json:"seq"`                // counts up, across restarts with the same folder
	At       time.Time `json:"at"`                 // when the paper stopped
	Began    time.Time `json:"began,omitzero"`     // when it began to move
	Stood    Stood     `json:"stood_ms,omitempty"` // how long it stood in between for want of data
	Language Language  `json:"language,omitempty"`
	// Mark is the process ID that was asked for after it, the text of TSPL's OUT
	// after it, or the first comment in ZPL and CPCL.
	Mark string `json:"mark,omitempty"`
	// Partial is a label whose end never came.
	Partial bool `json:"partial,omitempty"`
	// Reloads counts the rolls that were put in while it was being printed: it
	// lies in one piece more.
	Reloads int `json:"reloads,omitempty"`
	// Span counts the labels of the roll that it lies on, if they are more than
	// one.
	Span int `json:"span,omitempty"`
	// Garbage is text, and commands that this printer does not know, whether it
	// prints them or passes over them. A label of dots causes none.
	Garbage string `json:"garbage,omitempty"`
	Setup   *Setup `json:"setup,omitempty"` // nil in ESC/POS
	Width   int    `json:"width"`           // in dots
	Height  int    `json:"height"`
	PNG     string `json:"png,omitempty"` // the picture's file in the folder

	Image *bitmap.Image `json:"-"` // nil if read from a journal
}

// Stood is a time in milliseconds.
type Stood float64

// Setup is how a label printer was told to print.
type Setup struct {
	Darkness int     `json:"darkness"` // in the language's own steps
	Speed    float64 `json:"speed"`    // in the language's own unit
	Media    Media   `json:"media"`
	Cut      bool    `json:"cut,omitempty"`
	Peel     bool    `json:"peel,omitempty"`
}

// Media is how labels follow each other on the roll.
type Media string

const (
	Gap        Media = "gap"
	BlackMark  Media = "mark"
	Continuous Media = "continuous"
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
	lines  []*line // in the order in which they came; those that are down until they are read
	pages  []*page // the first is under the head
	prints []Print
	err    error // of the journal: an oracle that cannot write must not go on
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
	}{{&cfg.Head, 832}, {&cfg.DotsPerMM, 8}, {&cfg.PerMetre, 1000 * max(cfg.DotsPerMM, 8)}, {&cfg.Buffer, 64 << 10}, {&cfg.Pages, 1}, {&cfg.Callers, 1}} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	p := &Printer{cfg: cfg, off: make(chan struct{})}
	p.change.L = &p.mu
	p.rows, p.dropAfter, p.restart = -1, -1, true
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
	select {
	case <-p.off:
		p.mu.Unlock()
		return nil
	default:
	}
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
	select {
	case <-p.off:
		return false
	default:
		return p.err == nil
	}
}
