package winspool

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"miandan/printer"
)

// Conn brings one document to the queue. It is held back until Finish, so that
// until then nothing that was written can be printed.
type Conn struct {
	t        *Transport
	job      printer.Job
	manner   manner
	started  bool
	finished bool
	document bytes.Buffer

	// using is full while a call on the handle runs, which nobody can end.
	using    chan struct{}
	queue    queue
	reopened bool

	mu   sync.Mutex
	sent bool
	last job // as it was seen last
}

var (
	_ printer.Conn     = (*Conn)(nil)
	_ printer.Follower = (*Conn)(nil)
	_ printer.Reporter = (*Conn)(nil)
)

// Status reads the condition of the queue and of the printer behind it. Before
// Finish it says whether to send a label now: what an idle queue still says of
// the last job is believed for a while, and then it takes a label to know.
func (c *Conn) Status(ctx context.Context) (printer.Status, error) {
	s, err := c.t.state(ctx)
	if err != nil {
		return printer.Status{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sent {
		return printer.StatusOf(append(s.reasons(), reasons(jobBits, c.last.status, true)...)...), nil
	}
	return c.t.doubt.status(s, time.Now()), nil
}

// Start sees that the queue can print the job: that the driver has the label's
// paper and prints its dots one to one. Nothing is in the queue before Finish.
func (c *Conn) Start(ctx context.Context, j printer.Job) error {
	if c.started {
		return errors.New("a connection to a queue takes one job")
	}
	if j.Name == "" || len(j.Name) > 255 {
		return fmt.Errorf("a job's name has 1 to 255 bytes, not %d", len(j.Name))
	}
	c.started, c.job = true, j
	how, err := use(ctx, c, func(q queue) (manner, error) {
		how, err := mannerOf(q, c.t.form)
		if err == nil && c.t.form == Page {
			err = fits(q, j)
		}
		return how, err
	})
	c.manner = how
	return err
}

// manner is how a queue takes documents.
type manner struct {
	datatype string // of a raw document
	direct   bool   // it does not spool
	keeps    bool   // it keeps what it has printed
}

func mannerOf(q queue, form Form) (manner, error) {
	s, err := q.state()
	if err != nil {
		return manner{}, err
	}
	m := manner{"RAW", s.attributes&attributeDirect != 0, s.attributes&attributeKeep != 0}
	if form == Page {
		return m, nil
	}
	// What keeps the driver's filters away: a driver of version 4 fails at RAW
	// (0x80004005), and an older one does not know XPS_PASS.
	xps, err := q.xps()
	if xps {
		m.datatype = "XPS_PASS"
	}
	return m, err
}

// use runs a call on the connection's handle until the context ends. One that has
// not begun by then does not begin later, and what comes too late is dropped: a
// call changes nothing but the handle and gives back what it has found.
func use[T any](ctx context.Context, c *Conn, call func(queue) (T, error)) (T, error) {
	select {
	case c.using <- struct{}{}:
	case <-ctx.Done():
		var none T
		return none, fmt.Errorf("%w (%w)", ErrNoSpooler, context.Cause(ctx))
	}
	return bounded(ctx, func() (T, error) {
		defer func() { <-c.using }()
		return call(c.queue)
	}, nil)
}

// Write adds to the document.
func (c *Conn) Write(p []byte) (int, error) {
	if !c.started || c.finished {
		return 0, errors.New("the queue's document is not open")
	}
	return c.document.Write(p)
}

// SetDeadline does nothing: Write only remembers, and all that waits has a
// context.
func (c *Conn) SetDeadline(time.Time) error { return nil }

// Finish hands the document over and follows its job until the queue has let
// go of it. What is paused, or waits for its printer, is waited for; Status tells
// why. Its errors carry printer.ErrUnprinted if nothing was or will be printed.
func (c *Conn) Finish(ctx context.Context) (printer.Evidence, error) {
	if !c.started || c.finished {
		return printer.Evidence{}, errors.New("the queue's document is not open")
	}
	c.finished = true
	c.mu.Lock()
	c.sent = true
	c.mu.Unlock()
	handOver := c.writeRaw
	if c.t.form == Page {
		handOver = c.drawPage
	}
	id, err := use(ctx, c, handOver)
	if err != nil {
		return printer.Evidence{}, err
	}
	c.t.doubt.tried(time.Now())
	return c.follow(ctx, id)
}

// writeRaw hands the document over as it is.
func (c *Conn) writeRaw(q queue) (uint32, error) {
	id, err := q.startDoc(c.job.Name, c.manner.datatype)
	if err != nil {
		return 0, unprinted(err)
	}
	if err := c.writeDoc(q); err != nil {
		return id, c.giveUp(q, id, q.abort, err)
	}
	return id, nil
}

func (c *Conn) writeDoc(q queue) error {
	if err := q.startPage(); err != nil {
		return err
	}
	for rest := c.document.Bytes(); len(rest) > 0; {
		n, err := q.write(rest)
		if err != nil {
			return err
		}
		if n <= 0 || n > len(rest) {
			return printer.ErrStalled
		}
		rest = rest[n:]
	}
	if err := q.endPage(); err != nil {
		return err
	}
	return q.endDoc()
}

// giveUp takes back a document that did not get through, because of cause, and
// returns cause; as unprinted if that is proven.
func (c *Conn) giveUp(q queue, id uint32, end func() error, cause error) error {
	gone, err := withdraw(context.Background(), q, id, c.manner.direct, end)
	switch {
	case err != nil:
		return fmt.Errorf("%w; job %d may still be in the queue: %w", cause, id, err)
	case gone:
		return unprinted(cause)
	}
	return fmt.Errorf("%w; job %d had begun and may have printed", cause, id)
}

func unprinted(cause error) error { return fmt.Errorf("%w: %w", printer.ErrUnprinted, cause) }

// Close gives the handle back. A job that was finished goes on without it.
func (c *Conn) Close() error {
	c.started, c.finished = true, true
	select {
	case c.using <- struct{}{}: // and nobody uses it any more
		return c.queue.close()
	default:
	}
	go func() {
		c.using <- struct{}{}
		c.queue.close()
	}()
	return nil
}
