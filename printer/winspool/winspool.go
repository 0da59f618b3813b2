// Package winspool prints through the queues of Windows: the bytes of a printer's
// language as they are (RAW), or a label's dots through the installed driver
// (GDI).
//
// It is the way to printers that only the maker's driver can reach, and to
// shared ones. Where a label printer can be reached directly it should be: a
// queue has no way back for a printer's own words, says when it has let go of a
// job and nothing more, and forgets the job at that moment.
//
// What a queue calls printed is presumed, never confirmed: ports whose monitor
// knows no true end of a job say so when the last byte has left the computer,
// and "complete" means delivered by its definition. A job that is no longer in
// the queue has been printed, or was deleted by a person. It counts as printed
// if it was seen at work, or if it was gone before a person could have deleted
// it; otherwise nobody knows. Of one that a person deletes at work it shows for a
// moment that it is being deleted; if that is shorter than between two looks it
// counts as printed.
//
// A document is held back until it is whole and then handed over in one go, so
// that half a label never lies in a queue. That nothing was printed is claimed
// only of a job that was paused, was then seen never to have begun, and was
// deleted.
//
// The calls themselves are a small interface (calls.go), so that all that
// decides anything is tested everywhere. On Wine the calls run for real:
// enumeration, RAW to the byte and GDI to the dot. Wine shows no jobs, no
// status, no version 4 driver and no maker's driver; MANUAL.md lists what is to be
// looked at on a PC.
package winspool

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"miandan/printer"
)

// Scheme is that of the addresses that Open takes.
const Scheme = "winspool"

// Why a queue takes no label. Whatever carries one of these was not sent.
var (
	ErrNoSpooler  = errors.New("the print service does not answer: is the service Print Spooler running?")
	ErrNoQueue    = errors.New("there is no such print queue for this user")
	ErrNoPaper    = errors.New("the queue's driver has no such paper")
	ErrResolution = errors.New("the queue's driver prints with another resolution, which would scale barcodes")
	ErrMargins    = errors.New("the queue's driver leaves a margin in which the label has dots")
)

// Why it is not known, or surely not so, that a job was printed.
var (
	ErrNoJob = errors.New("the queue has no such job")
	ErrEnded = errors.New("the job was deleted in the queue")
)

// Form is in what form a queue is given its labels.
type Form int

const (
	Raw  Form = iota // the bytes of a printer's language, which no driver touches
	Page             // a bitmap (page.Bitmap), which the driver draws dot by dot
)

// Transport is the way to one queue. It may be used by several goroutines.
type Transport struct {
	queue string // as Windows names it
	form  Form
	calls calls
	doubt doubt
}

var _ printer.Transport = (*Transport)(nil)

// Open returns the way to the queue that the URL names; it connects to nothing.
//
//	winspool:///QUEUE          a queue of this computer
//	winspool://SERVER/QUEUE    one that another computer shares, \\SERVER\QUEUE
//
// What stands in a URL for something else is written %20 (space), %23 (#), %2F
// (/), %3F (?), %25 (%). The error wraps errors.ErrUnsupported on systems other
// than Windows.
func Open(u *url.URL, form Form) (*Transport, error) {
	name, err := QueueName(u)
	if err != nil {
		return nil, err
	}
	system, err := system()
	if err != nil {
		return nil, err
	}
	return &Transport{queue: name, form: form, calls: system}, nil
}

// QueueName is the name of the queue that a URL names, as Windows writes it.
func QueueName(u *url.URL) (string, error) {
	name := strings.TrimPrefix(u.Path, "/")
	switch {
	case u.Scheme != Scheme || u.Opaque != "":
		return "", errors.New("a queue of Windows is written winspool:///QUEUE or winspool://SERVER/QUEUE")
	case u.User != nil:
		return "", errors.New("a winspool address carries no user and no password")
	case u.RawQuery != "" || u.Fragment != "":
		return "", errors.New("a winspool address has nothing behind the queue: write ? as %3F and # as %23")
	case u.Port() != "":
		return "", errors.New("a winspool address has a server and no port")
	case name == "":
		return "", errors.New("the winspool address names no queue")
	case len(name) > 220 || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == '\\' || r == ',' }):
		return "", errors.New(`a queue's name has at most 220 bytes and neither \ nor comma`)
	}
	if u.Host != "" {
		name = `\\` + u.Hostname() + `\` + name
	}
	return name, nil
}

// URL is the address of a queue that Windows names so.
func URL(name string) *url.URL {
	u := &url.URL{Scheme: Scheme, Path: "/" + name}
	if rest, ok := strings.CutPrefix(name, `\\`); ok {
		server, queue, _ := strings.Cut(rest, `\`)
		u.Host, u.Path = server, "/"+queue
	}
	return u
}

// Dial opens the queue. The error carries ErrNoSpooler, ErrNoQueue or
// printer.ErrDenied where one of them is the reason. A paused queue is no error: it
// takes jobs and prints them later.
func (t *Transport) Dial(ctx context.Context) (printer.Conn, error) {
	q, err := t.open(ctx)
	if err != nil {
		return nil, err
	}
	return &Conn{t: t, using: make(chan struct{}, 1), queue: q}, nil
}

// open opens the queue. Windows waits half a minute and longer for a computer that
// is off, and cannot be told to stop: then its answer is thrown away.
func (t *Transport) open(ctx context.Context) (queue, error) {
	return bounded(ctx, func() (queue, error) { return t.calls.open(t.queue) }, func(q queue) { q.close() })
}

// bounded runs a call that may take long until the context ends. What it
// returns later goes to late.
func bounded[T any](ctx context.Context, call func() (T, error), late func(T)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		v, err := call()
		done <- result{v, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		go func() {
			if r := <-done; r.err == nil && late != nil {
				late(r.value)
			}
		}()
		var none T
		return none, fmt.Errorf("%w (%w)", ErrNoSpooler, context.Cause(ctx))
	}
}

// stateTime is how long a queue may take to say how it is.
const stateTime = 10 * time.Second

// state reads the queue's condition on a handle of its own.
func (t *Transport) state(ctx context.Context) (state, error) {
	ctx, cancel := context.WithTimeout(ctx, stateTime)
	defer cancel()
	return bounded(ctx, func() (state, error) {
		q, err := t.calls.open(t.queue)
		if err != nil {
			return state{}, err
		}
		defer q.close()
		return q.state()
	}, nil)
}

// Status reads the condition of the queue and of the printer behind it, as far
// as the queue knows it.
func (t *Transport) Status(ctx context.Context) (printer.Status, error) {
	s, err := t.state(ctx)
	if err != nil {
		return printer.Status{}, err
	}
	return printer.StatusOf(s.reasons()...), nil
}

// KeepsPrinted reports whether the queue keeps documents that it has printed,
// with whom they name, until somebody deletes them.
func (t *Transport) KeepsPrinted(ctx context.Context) (bool, error) {
	s, err := t.state(ctx)
	return s.attributes&attributeKeep != 0, err
}

// Queue is a print queue as Windows lists it.
type Queue struct {
	Name       string // \\SERVER\QUEUE for one of another computer
	Driver     string
	Port       string // USB001, a TCP port's name, a share
	Attributes uint32 // PRINTER_ATTRIBUTE_…
	Status     printer.Status
	// Answered is whether all of this is known. Of a queue whose computer does
	// not answer it is the name and the attributes.
	Answered bool
}

// URL is the queue's address.
func (q Queue) URL() string { return URL(q.Name).String() }

// KeepsPrinted reports whether the queue keeps what it has printed.
func (q Queue) KeepsPrinted() bool { return q.Attributes&attributeKeep != 0 }

// Queues lists the queues of this computer and those that this user is
// connected to. It takes about as long as wait at most: queues that have not
// answered by then have their name only.
func Queues(ctx context.Context, wait time.Duration) ([]Queue, error) {
	system, err := system()
	if err != nil {
		return nil, err
	}
	return list(ctx, system, wait)
}

func list(ctx context.Context, c calls, wait time.Duration) ([]Queue, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	// This list stands in the registry; the full one asks every computer that
	// shares a queue and waits for those that are off.
	queues, err := bounded(ctx, c.names, nil)
	if err != nil {
		return nil, err
	}
	type answer struct {
		i int
		s state
	}
	answers := make(chan answer, len(queues))
	for i, q := range queues {
		go func() {
			t := Transport{queue: q.Name, calls: c}
			if s, err := t.state(ctx); err == nil {
				answers <- answer{i, s}
				return
			}
			answers <- answer{i: -1}
		}()
	}
	for range queues {
		if a := <-answers; a.i >= 0 {
			q := &queues[a.i]
			q.Driver, q.Port, q.Attributes, q.Answered = a.s.driver, a.s.port, a.s.attributes, true
			q.Status = printer.StatusOf(a.s.reasons()...)
		}
	}
	return queues, nil
}
