package spool

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/OpenPrinting/goipp"

	"miandan/printer"
)

// ErrEnded reports a job that a person canceled in the queue or that the
// spooler aborted. Sending it again is for a person to decide.
var ErrEnded = errors.New("the job was ended in the queue")

// GoneError reports a label that did not get through and of which nothing has
// been or will be printed: its job was ended before the spooler began with it.
// The label may be sent again as if it never had been, unless Cause is
// ErrEnded: then somebody may have meant it.
type GoneError struct {
	Job   int
	Cause error
}

func (e *GoneError) Error() string {
	return fmt.Sprintf("%v; job %d has ended and printed nothing", e.Cause, e.Job)
}

func (e *GoneError) Unwrap() error { return e.Cause }

// Is lets printer.Send take it as printer.ErrUnprinted, but for jobs that
// somebody ended: whether to print those again is for a person to say.
func (e *GoneError) Is(target error) bool {
	return target == printer.ErrUnprinted && !errors.Is(e.Cause, ErrEnded)
}

// WaitingError reports that the context ended before the job did. The job is
// still in the queue and may print at any time. It unwraps to the context's
// error and, if the printer has a fault, to a *printer.FaultError.
type WaitingError struct {
	Job    JobState       // as it was seen last
	Status printer.Status // of its printer, likewise
	Err    error
}

func (e *WaitingError) Error() string {
	if e.Status.Ready() {
		return fmt.Sprintf("%v and still in the queue: %v", e.Job, e.Err)
	}
	return fmt.Sprintf("%v and still in the queue, %v: %v", e.Job, &printer.FaultError{Status: e.Status}, e.Err)
}

func (e *WaitingError) Unwrap() []error {
	if e.Status.Ready() {
		return []error{e.Err}
	}
	return []error{e.Err, &printer.FaultError{Status: e.Status}}
}

// Conn brings one document to the queue.
//
// The document is held back until Finish and then sent in one request of known
// length. So a label that breaks off half way never reaches the spooler, and
// until Finish begins nothing that was written can be printed.
type Conn struct {
	t        *Transport
	papers   []paper
	name     string
	id       int // 0 before Start
	finished bool
	document bytes.Buffer

	mu     sync.Mutex
	sent   bool
	last   JobState
	status printer.Status
}

var (
	_ printer.Conn     = (*Conn)(nil)
	_ printer.Follower = (*Conn)(nil)
	_ StatusTransport  = (*Conn)(nil)
)

// Status reads the condition of the queue and of the printer behind it. Before
// Finish it says whether to send a label now: what an idle queue still says of
// the last job is believed for a while, and then it takes a label to know.
func (c *Conn) Status(ctx context.Context) (printer.Status, error) {
	q, err := c.t.ask(ctx)
	if err != nil {
		return printer.Status{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sent {
		return q.status(), nil
	}
	return c.t.doubt.status(q, time.Now()), nil
}

// Job returns what the spooler last said of the job and of its printer, for
// those who watch while Finish waits. It may be called at any time from any
// goroutine.
func (c *Conn) Job() (JobState, printer.Status) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last, c.status
}

func (c *Conn) saw(s JobState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = s
}

// look asks how the printer is. That it could not be asked is no news: the
// job's own state is what counts.
func (c *Conn) look(ctx context.Context) {
	status, err := c.t.Status(ctx)
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.status = status
}

// Start has the queue check the job and then opens it there, still empty. The
// error carries ErrNoPaper if the queue has no paper of the label's size. If
// Start fails nothing can be printed: a job without a document never is.
func (c *Conn) Start(ctx context.Context, j printer.Job) error {
	if c.id != 0 || c.finished {
		return errors.New("a connection to a spooler takes one job")
	}
	if err := checkJob(j); err != nil {
		return err
	}
	// A driver without the paper would print on another one, in silence.
	w, h := hundredths(j.Width), hundredths(j.Height)
	how := fitOf(c.papers, w, h)
	if how == noFit {
		return fmt.Errorf("queue %s: %w of %s × %s mm", c.t.queue, ErrNoPaper, millimetres(w), millimetres(h))
	}
	reply, err := c.t.call(ctx, c.t.ticket(goipp.OpValidateJob, j, how), nil)
	if err != nil {
		return err
	}
	for _, name := range []string{"media-col", "media-size", "x-dimension", "y-dimension"} {
		if has(reply.Unsupported, name) {
			return fmt.Errorf("queue %s: %w (%s is not supported)", c.t.queue, ErrNoPaper, name)
		}
	}
	if reply, err = c.t.call(ctx, c.t.ticket(goipp.OpCreateJob, j, how), nil); err != nil {
		return err
	}
	s, err := readJob(reply.Job)
	if err != nil {
		return err
	}
	c.id, c.name = s.ID, j.Name
	c.t.doubt.tried(time.Now())
	c.saw(s)
	return nil
}

// Write adds to the document. It fails only before Start, after Finish, and
// for a document that does not begin as a PDF does: a queue would print the
// bytes of a printer language as text.
func (c *Conn) Write(p []byte) (int, error) {
	if c.id == 0 || c.finished {
		return 0, errors.New("the spooler's document is not open")
	}
	const magic = "%PDF-"
	n := c.document.Len()
	c.document.Write(p)
	if start := c.document.Bytes(); n < len(magic) && !bytes.HasPrefix(start, []byte(magic)[:min(len(start), len(magic))]) {
		c.document.Truncate(n)
		return 0, errors.New("a queue takes PDF, and the driver writes something else: the printer needs the driver page")
	}
	return len(p), nil
}

// SetDeadline does nothing: Write only remembers, and all that waits has a
// context.
func (c *Conn) SetDeadline(time.Time) error { return nil }

// Finish sends the document and follows the job until it is over. Polls that
// fail are repeated, for cupsd may be restarted and keeps its jobs. Stopped and
// held jobs are waited for; Job and Transport.Status tell why.
//
// Its errors are a *GoneError if nothing was or will be printed; a
// *WaitingError if the context ended first; one that carries ErrNoJob if the
// job disappeared from the queue, printed or not; and ErrEnded if it was
// canceled or aborted there. Where the document did not get through, Finish takes up
// to abandonTime beyond the context to cancel the job.
func (c *Conn) Finish(ctx context.Context) (printer.Evidence, error) {
	if c.id == 0 || c.finished {
		return printer.Evidence{}, errors.New("the spooler's document is not open")
	}
	c.finished = true
	c.mu.Lock()
	c.sent = true
	c.mu.Unlock()
	if c.document.Len() == 0 {
		return printer.Evidence{}, c.abandon(errors.New("the document is empty"))
	}
	m := c.t.request(goipp.OpSendDocument, c.id)
	m.Operation.Add(goipp.MakeAttr("document-name", goipp.TagName, goipp.String(c.name)))
	m.Operation.Add(goipp.MakeAttr("document-format", goipp.TagMimeType, goipp.String(pdf)))
	m.Operation.Add(goipp.MakeAttr("last-document", goipp.TagBoolean, goipp.Boolean(true)))
	if _, err := c.t.call(ctx, m, c.document.Bytes()); err != nil {
		return printer.Evidence{}, c.abandon(err)
	}
	return c.follow(ctx)
}

// follow asks for the job until it is over.
func (c *Conn) follow(ctx context.Context) (printer.Evidence, error) {
	var trouble error // of the last poll
	for beat := (pace{}); ; {
		s, err := c.t.job(ctx, c.id, c.name)
		if err == nil {
			c.saw(s)
		}
		switch {
		case errors.Is(err, ErrNoJob):
			return printer.Evidence{}, fmt.Errorf("job %d has disappeared from the queue and may have printed: %w", c.id, err)
		case err == nil && s.State.Over():
			c.t.doubt.ended(s.State)
			return s.end()
		case ctx.Err() == nil:
			trouble = err
			c.look(ctx)
		}
		if err := beat.wait(ctx); err != nil {
			if trouble != nil {
				err = fmt.Errorf("%w; %w", err, trouble)
			}
			s, status := c.Job()
			return printer.Evidence{}, &WaitingError{s, status, err}
		}
	}
}

// end is what the state of a job that is over says of its label.
func (s JobState) end() (printer.Evidence, error) {
	switch {
	case s.State == Completed:
		return printer.Evidence{Method: "spooler", Detail: fmt.Sprintf("job %d completed", s.ID), At: time.Now()}, nil
	case s.Gone():
		return printer.Evidence{}, &GoneError{s.ID, ErrEnded}
	}
	return printer.Evidence{}, fmt.Errorf("%w: %v and may have printed in part", ErrEnded, s)
}

// abandonTime is how long the spooler may take to cancel a job.
const abandonTime = 5 * time.Second

// abandon cancels the job because of cause and returns cause, as a *GoneError
// if the job is surely gone. It has a context of its own: the caller's may be
// the very reason.
func (c *Conn) abandon(cause error) error {
	ctx, cancel := context.WithTimeout(context.Background(), abandonTime)
	defer cancel()
	s, err := c.t.Cancel(ctx, c.id)
	if err != nil {
		return fmt.Errorf("%w; job %d may still be in the queue: %w", cause, c.id, err)
	}
	c.saw(s)
	if s.Gone() {
		return &GoneError{c.id, cause}
	}
	return fmt.Errorf("%w; %v and may have printed", cause, s)
}

// Close gives up a job that was started and not finished: it cancels the job,
// which is empty. A job that was finished goes on without the connection.
func (c *Conn) Close() error {
	if c.id == 0 || c.finished {
		return nil
	}
	c.finished = true
	err := c.abandon(errors.New("the label was given up"))
	if _, gone := errors.AsType[*GoneError](err); gone {
		return nil
	}
	return err
}
