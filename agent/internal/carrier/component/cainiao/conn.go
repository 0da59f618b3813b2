package cainiao

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"miandan/agent/internal/carrier/component"
	"miandan/agent/internal/carrier/component/line"
	"miandan/printer"
)

// Conn brings one document to the component. The document is held back until
// Finish and then sent as one task of its own, as Cainiao advises, so that a
// notice can be about nothing else.
type Conn struct {
	t        *Transport
	line     *line.Line
	name     string
	started  bool
	finished atomic.Bool
	document bytes.Buffer
}

var (
	_ printer.Conn     = (*Conn)(nil)
	_ printer.Follower = (*Conn)(nil)
	_ printer.Reporter = (*Conn)(nil)
)

// Status asks whether the component has the printer and can use it. While a
// label is under way it asks nothing.
func (c *Conn) Status(ctx context.Context) (printer.Status, error) {
	if c.finished.Load() {
		return printer.Status{}, nil
	}
	return c.t.status(ctx, c.line)
}

// Start takes the job's name, under which the component will know the task. The
// ledger gives every attempt a name that it uses for no other.
func (c *Conn) Start(_ context.Context, j printer.Job) error {
	if c.started {
		return errors.New("a connection to the component takes one job")
	}
	c.started, c.name = true, j.Name
	if c.name == "" { // nobody will ask for it later
		c.name = line.NewKey()
	}
	return nil
}

// Write adds to the document. Nothing leaves before Finish.
func (c *Conn) Write(p []byte) (int, error) {
	if !c.started || c.finished.Load() {
		return 0, errors.New("the component's document is not open")
	}
	if c.document.Len()+len(p) > maxDocument {
		return 0, errors.New("the sealed document is too large")
	}
	return c.document.Write(p)
}

// SetDeadline does nothing: Write only remembers, and all that waits has a
// context.
func (c *Conn) SetDeadline(time.Time) error { return nil }

// errPatience ends the waiting for the component's word.
var errPatience = errors.New("its patience is over")

// Finish hands the document over and waits for the component's word on it. A
// nil error is its word that it has printed. One that is printer.ErrUnprinted is
// certain: the task never left, or the component gave it up before it went to a
// printer. Whatever else happened, the label may be on paper.
//
// If the line breaks the component is called again and asked, until it says what
// became of the task or its patience is over.
func (c *Conn) Finish(ctx context.Context) (printer.Evidence, error) {
	if !c.started || !c.finished.CompareAndSwap(false, true) {
		return printer.Evidence{}, errors.New("the component's document is not open")
	}
	evidence, err := c.finish(ctx)
	return evidence, named(c.t.dialect, err)
}

func (c *Conn) finish(ctx context.Context) (printer.Evidence, error) {
	d, err := decode(c.document.Bytes())
	if err != nil {
		return printer.Evidence{}, fmt.Errorf("%w: %w", printer.ErrUnprinted, err)
	}
	frame, err := c.t.print(c.name, d)
	if err != nil {
		return printer.Evidence{}, fmt.Errorf("%w: %w", printer.ErrUnprinted, err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, c.t.address.Patience, errPatience)
	defer cancel()
	f := &following{t: c.t, name: c.name, document: documentID(c.name, d), own: d.ID == ""}
	f.listen(c.line)
	left, err := c.line.Send(ctx, frame)
	if err != nil && !left {
		return printer.Evidence{}, fmt.Errorf("%w: %w (%w)", printer.ErrUnprinted, component.ErrOff, err)
	}
	defer f.leave()
	return f.run(ctx)
}

// Close hangs up. What was handed over goes on without the connection.
func (c *Conn) Close() error { return c.line.Close() }
