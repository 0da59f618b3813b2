package cainiao

import (
	"context"
	"errors"
	"fmt"

	"miandan/agent/internal/carrier/component"
	"miandan/agent/internal/carrier/component/line"
	"miandan/printer"
)

// Conn brings one document to the component, as one task, as Cainiao advises.
type Conn struct {
	line.Held
	t    *Transport
	line *line.Line
}

var (
	_ printer.Conn     = (*Conn)(nil)
	_ printer.Follower = (*Conn)(nil)
	_ printer.Reporter = (*Conn)(nil)
)

// Status asks whether the component has the printer and can use it. While a
// label is under way it asks nothing.
func (c *Conn) Status(ctx context.Context) (printer.Status, error) {
	if c.UnderWay() {
		return printer.Status{}, nil
	}
	return c.t.status(ctx, c.line)
}

// Start takes the job's name, under which the component will know the task. The
// ledger gives every attempt a name that it uses for no other.
func (c *Conn) Start(ctx context.Context, j printer.Job) error {
	if j.Name == "" { // nobody will ask for it later
		j.Name = line.NewKey()
	}
	return c.Held.Start(ctx, j)
}

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
	document, err := c.Whole()
	if err != nil {
		return printer.Evidence{}, err
	}
	evidence, err := c.finish(ctx, document)
	return evidence, named(c.t.dialect, err)
}

func (c *Conn) finish(ctx context.Context, document []byte) (printer.Evidence, error) {
	d, err := decode(document)
	if err != nil {
		return printer.Evidence{}, fmt.Errorf("%w: %w", printer.ErrUnprinted, err)
	}
	frame, err := c.t.print(c.Name, d)
	if err != nil {
		return printer.Evidence{}, fmt.Errorf("%w: %w", printer.ErrUnprinted, err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, c.t.address.Patience, errPatience)
	defer cancel()
	f := &following{t: c.t, name: c.Name, document: documentID(c.Name, d), own: d.ID == ""}
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
