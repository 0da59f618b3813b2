package component

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"miandan/agent/internal/carrier/component/line"
	"miandan/printer"
)

// Conn brings one document to the component, in the name of the job.
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

// Status asks whether the component has the printer. While a label is under
// way it asks nothing: the component knows no more of a printer than its name.
func (c *Conn) Status(ctx context.Context) (printer.Status, error) {
	if c.UnderWay() {
		return printer.Status{}, nil
	}
	return c.t.status(ctx, c.line)
}

// enough is how many replies to one request are kept.
const enough = 4

// second is how long a second reply is listened for when the first says that
// nothing was printed. Replies come twice; if they contradict each other,
// nothing is known.
const second = 300 * time.Millisecond

// Finish hands the document over and waits for the component's reply to it.
// A nil error is the component's word that it has printed. One that is
// printer.ErrUnprinted is certain: the task never left, or the component
// refused it before printing (see RefusedError). Whatever else happened, the
// label may be on paper.
func (c *Conn) Finish(ctx context.Context) (printer.Evidence, error) {
	document, err := c.Whole()
	if err != nil {
		return printer.Evidence{}, err
	}
	key := line.NewKey()
	frame, err := c.task(key, document)
	if err != nil {
		return printer.Evidence{}, fmt.Errorf("%w: %w", printer.ErrUnprinted, err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, c.t.address.Patience, fmt.Errorf("nothing within %v", c.t.address.Patience))
	defer cancel()
	replies := make(chan []byte, enough)
	c.line.Hear(replies, key)
	defer c.line.Forget(key)
	left, err := c.line.Send(ctx, frame)
	switch {
	case err != nil && !left:
		return printer.Evidence{}, fmt.Errorf("%w: %w (%w)", printer.ErrUnprinted, ErrOff, err)
	case err != nil:
		return printer.Evidence{}, fmt.Errorf("%w (%w)", ErrNoReply, err)
	}
	reply, err := c.line.Wait(ctx, replies)
	if err != nil {
		return printer.Evidence{}, fmt.Errorf("%w (%w)", ErrNoReply, err)
	}
	if err := c.verdict(ctx, reply, replies); err != nil {
		return printer.Evidence{}, err
	}
	return printer.Evidence{Method: "component", Detail: "task " + key, At: time.Now()}, nil
}

func (c *Conn) task(key string, document []byte) ([]byte, error) {
	d, err := decode(document)
	if err != nil {
		return nil, err
	}
	task, err := c.t.speak.print(key, c.t.address.Printer, c.Name, d)
	if err != nil {
		return nil, err
	}
	return json.Marshal(task)
}

func (c *Conn) verdict(ctx context.Context, reply []byte, replies <-chan []byte) error {
	err := c.t.speak.verdict(reply)
	if !errors.Is(err, printer.ErrUnprinted) {
		return err
	}
	more, cancel := context.WithTimeout(ctx, second)
	defer cancel()
	again, silent := c.line.Wait(more, replies)
	var unheard error
	if silent != nil {
		// What it said before it answers another question has been heard by then.
		_, unheard = c.t.printers(ctx, c.line)
		select {
		case again = <-replies:
			silent = nil
		default:
		}
	}
	var r *RefusedError
	switch {
	case silent == nil && !errors.Is(c.t.speak.verdict(again), printer.ErrUnprinted):
		return fmt.Errorf("%w that can be relied on: two that contradict each other", ErrNoReply)
	case unheard != nil && errors.As(err, &r):
		return &RefusedError{Status: r.Status, Words: r.Words} // there may have been another word
	}
	return err
}

// Close hangs up. What was handed over goes on without the connection.
func (c *Conn) Close() error { return c.line.Close() }
