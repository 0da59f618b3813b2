// Package component hands a label to JD's own print component, 京东云打印组件,
// which listens on this computer and alone can open JD's sealed print data.
//
// To the rest of the program it is a way to a printer. The document that is
// sent is sealed, so nothing of it can be drawn, checked or kept here; what is
// kept is that it was handed over, and what the component said.
//
// The component says when it has given a label to the system's queue and
// never that it is on paper. So its word is presumed evidence, no more. And it
// has no way to ask later what became of a task: a reply that is lost is lost,
// and then only a person may print again.
//
// The protocol has no caller authentication on either side. Whoever took the
// port first gets the sealed data, which is of no use without JD's key.
package component

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"miandan/agent/internal/carrier/component/line"
	"miandan/printer"
)

// Scheme is the scheme of the component's printers.
const Scheme = "jd-component"

// DefaultPort is where the component listens. No TLS port is known.
const DefaultPort = "9113"

// DefaultPatience is how long the component may take to reply to a label.
const DefaultPatience = line.DefaultPatience

// Why a component takes no label. Whatever carries one of these was not sent.
var (
	ErrOff       = line.ErrOff
	ErrNotLocal  = line.ErrNotLocal
	ErrNoPrinter = errors.New("the print component has no such printer")
)

// ErrNoReply reports a label that was handed over and to which no usable reply
// came: it may be on paper.
var ErrNoReply = errors.New("the print component took the label and gave no reply")

// Transport is the way to one printer of a component. It may be used by several
// goroutines.
type Transport struct {
	address line.Address
	speak   protocol
}

var _ printer.Transport = (*Transport)(nil)

// Open returns the way that the URL names; it connects to nothing.
//
//	jd-component://127.0.0.1:9113/PRINTER NAME
//	jd-component:///PRINTER NAME        the same
//
// What may stand behind a question mark:
//
//	version=1|2|3       of the component's protocol; 2, known since component 3.3.2.7
//	patience=60s        how long it may take to reply to a label
//	remote=allowed      the component stands on another computer
//	tls=yes             wss in place of ws; no public source knows such a port
//	system, location, operator   what version 3 calls callSystem, printLocation and operator
func Open(u *url.URL) (printer.Transport, error) {
	t, err := open(u)
	if err != nil {
		return nil, err
	}
	return t, nil
}

var form = line.Form{Scheme: Scheme, Port: DefaultPort, Settings: []string{"version", "system", "location", "operator"}}

func open(u *url.URL) (*Transport, error) {
	address, query, err := form.Parse(u)
	if err != nil {
		return nil, err
	}
	t := &Transport{address: address}
	switch v := query.Get("version"); v {
	case "1", "2", "":
		t.speak = classic{second: v != "1"}
	case "3":
		t.speak = third{query.Get("system"), query.Get("location"), query.Get("operator")}
	default:
		return nil, fmt.Errorf("the component's protocol has the versions 1, 2 and 3, not %.20q", v)
	}
	return t, nil
}

// Dial connects to the component. Every error carries ErrOff or ErrNotLocal.
func (t *Transport) Dial(ctx context.Context) (printer.Conn, error) {
	l, err := t.address.Dial(ctx)
	if err != nil {
		return nil, err
	}
	return &Conn{t: t, line: l}, nil
}

// Printers returns the names of the component's printers. It is a question:
// nothing is printed.
func (t *Transport) Printers(ctx context.Context) ([]string, error) {
	l, err := t.address.Dial(ctx)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	return t.printers(ctx, l)
}

func (t *Transport) printers(ctx context.Context, l *line.Line) ([]string, error) {
	key := line.NewKey()
	frame, err := json.Marshal(t.speak.list(key))
	if err != nil {
		return nil, err
	}
	replies := make(chan []byte, enough)
	l.Hear(replies, key)
	defer l.Forget(key)
	if _, err := l.Send(ctx, frame); err != nil {
		return nil, line.Off(err)
	}
	reply, err := l.Wait(ctx, replies)
	if err != nil {
		return nil, fmt.Errorf("%w (no list of printers: %w)", ErrOff, err)
	}
	return t.speak.printers(reply)
}

// Status asks the component whether it has the printer, which is all it knows
// of one. The error carries ErrNoPrinter, with the names that there are, if
// not; it carries ErrOff if the component does not answer.
func (t *Transport) Status(ctx context.Context) (printer.Status, error) {
	l, err := t.address.Dial(ctx)
	if err != nil {
		return printer.Status{}, err
	}
	defer l.Close()
	return t.status(ctx, l)
}

func (t *Transport) status(ctx context.Context, l *line.Line) (printer.Status, error) {
	names, err := t.printers(ctx, l)
	if err != nil {
		return printer.Status{}, err
	}
	if !slices.Contains(names, t.address.Printer) {
		return printer.Status{}, &UnknownPrinterError{Name: t.address.Printer, Known: names}
	}
	return printer.Status{}, nil
}

// UnknownPrinterError is a printer that the component does not have. It is
// ErrNoPrinter.
type UnknownPrinterError struct {
	Name  string
	Known []string
}

func (e *UnknownPrinterError) Error() string {
	return fmt.Sprintf("%v: %q, it has %q", ErrNoPrinter, e.Name, e.Known)
}

func (e *UnknownPrinterError) Unwrap() error { return ErrNoPrinter }
