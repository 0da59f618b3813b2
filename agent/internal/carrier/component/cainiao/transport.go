package cainiao

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"miandan/agent/internal/carrier/component"
	"miandan/agent/internal/carrier/component/line"
	"miandan/agent/internal/outbound"
	"miandan/printer"
)

// Transport is the way to one printer of a component. It may be used by several
// goroutines.
type Transport struct {
	dialect Dialect
	address line.Address
	caller  map[string]string // fields that name the calling program in every request
}

var _ printer.Transport = (*Transport)(nil)

// Dialect is the one that the component speaks.
func (t *Transport) Dialect() Dialect { return t.dialect }

// named says in an error whose component it is about.
func named(d Dialect, err error) error {
	if err == nil {
		return nil
	}
	return &component.VendorError{Vendor: d.Vendor, Err: err}
}

// Dial connects to the component. Every error carries component.ErrOff or
// component.ErrNotLocal.
func (t *Transport) Dial(ctx context.Context) (printer.Conn, error) {
	l, err := t.address.Dial(ctx)
	if err != nil {
		return nil, named(t.dialect, err)
	}
	return &Conn{t: t, line: l}, nil
}

// Device is a printer as the component knows it.
type Device struct {
	Name     string
	Disabled bool // it cannot print now
}

// Printers returns the component's printers. It is a question: nothing is
// printed.
func (t *Transport) Printers(ctx context.Context) ([]Device, error) {
	l, err := t.address.Dial(ctx)
	if err != nil {
		return nil, named(t.dialect, err)
	}
	defer l.Close()
	all, err := t.printers(ctx, l)
	return all, named(t.dialect, err)
}

func (t *Transport) printers(ctx context.Context, l *line.Line) ([]Device, error) {
	key := line.NewKey()
	frame, err := t.request("getPrinters", key, nil)
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
		return nil, fmt.Errorf("%w (no list of printers: %w)", component.ErrOff, err)
	}
	return readPrinters(reply)
}

// device is a printer in the list, which some components send as a mere name.
type device struct {
	Name   scalar `json:"name"`
	Status scalar `json:"status"` // enable, disable; older ones say nothing
}

func (d *device) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &d.Name)
	}
	type plain device
	return json.Unmarshal(b, (*plain)(d))
}

func readPrinters(reply []byte) ([]Device, error) {
	var r struct {
		Status   scalar   `json:"status"`
		Error    scalar   `json:"errorCode"`
		Words    scalar   `json:"msg"`
		Printers []device `json:"printers"`
	}
	if json.Unmarshal(reply, &r) != nil {
		return nil, errors.New("the print component's list of printers cannot be read")
	}
	if r.Status.is("failed") || r.Printers == nil {
		return nil, fmt.Errorf("the print component gives no list of its printers: %q: %q", outbound.Words(string(r.Error)), outbound.Words(string(r.Words)))
	}
	var all []Device
	for _, d := range r.Printers {
		all = append(all, Device{Name: string(d.Name), Disabled: d.Status.is("disable")})
	}
	return all, nil
}

// Status asks the component for the printer. A disabled one is offline: why it
// cannot print is not known. The error carries component.ErrNoPrinter, with the
// names that there are, if the component has no such printer; it carries
// component.ErrOff if it does not answer.
func (t *Transport) Status(ctx context.Context) (printer.Status, error) {
	l, err := t.address.Dial(ctx)
	if err != nil {
		return printer.Status{}, named(t.dialect, err)
	}
	defer l.Close()
	return t.status(ctx, l)
}

func (t *Transport) status(ctx context.Context, l *line.Line) (printer.Status, error) {
	all, err := t.printers(ctx, l)
	if err != nil {
		return printer.Status{}, named(t.dialect, err)
	}
	at := slices.IndexFunc(all, func(d Device) bool { return d.Name == t.address.Printer })
	switch {
	case at < 0:
		var names []string
		for _, d := range all {
			names = append(names, d.Name)
		}
		return printer.Status{}, named(t.dialect, &component.UnknownPrinterError{Name: t.address.Printer, Known: names})
	case all[at].Disabled:
		return printer.StatusOf(printer.Offline), nil
	}
	return printer.Status{}, nil
}

// Became asks what became of a document that an earlier attempt handed over, by
// the job's name: for a label of which nothing is known since the program or the
// component broke off. A nil error is the component's word that it has printed;
// one that is printer.ErrUnprinted is certain. Whatever else it is, nothing more
// is known than before.
func (t *Transport) Became(ctx context.Context, name string) (printer.Evidence, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, t.address.Patience, errPatience)
	defer cancel()
	l, err := t.address.Dial(ctx)
	if err != nil {
		return printer.Evidence{}, named(t.dialect, err)
	}
	f := &following{t: t, name: name, document: name, own: true}
	f.listen(l)
	defer f.leave()
	f.ask(ctx)
	evidence, err := f.run(ctx)
	return evidence, named(t.dialect, err)
}
