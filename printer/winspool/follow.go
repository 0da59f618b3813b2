package winspool

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"miandan/printer"
)

// byHand is sooner than a person can delete a job that he has just seen.
const byHand = 2 * time.Second

// follow asks for the job until the queue has let go of it. Questions that fail
// are repeated: the print service may be started again, and keeps its jobs.
func (c *Conn) follow(ctx context.Context, id uint32) (printer.Evidence, error) {
	var (
		since   = time.Now()
		last    = job{id: id}
		begun   bool
		trouble error // of the last question
	)
	for beat := (pace{}); ; {
		j, err := c.look(ctx, id)
		if err == nil {
			last, begun = j, begun || j.begun()
			c.saw(j)
		}
		switch {
		case errors.Is(err, ErrNoJob):
			return c.left(last, begun, time.Since(since))
		case err == nil && j.delivered():
			c.tidy(ctx, j)
			return c.printed(j.String())
		}
		trouble = err
		if err := beat.wait(ctx); err != nil {
			return printer.Evidence{}, c.stillThere(last, errors.Join(err, trouble))
		}
	}
}

// look asks for the job, on a new handle if the old one is no good any more.
func (c *Conn) look(ctx context.Context, id uint32) (job, error) {
	j, err := use(ctx, c, func(q queue) (job, error) {
		j, err := q.job(id)
		if err == nil || errors.Is(err, ErrNoJob) {
			return j, err
		}
		if again, reopen := c.t.calls.open(c.t.queue); reopen == nil {
			q.close()
			c.queue, c.reopened = again, true
		}
		return j, err
	})
	// A print service that was started again may give a number a second time.
	if err == nil && c.reopened && !strings.Contains(j.document, c.job.Name) {
		err = ErrNoJob
	}
	return j, err
}

func (c *Conn) saw(j job) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = j
}

// printed is the evidence of a job of which the queue says so much.
func (c *Conn) printed(what string) (printer.Evidence, error) {
	c.t.doubt.cameThrough()
	return printer.Evidence{Method: "spooler", Detail: what, At: time.Now()}, nil
}

// left says what became of a job that is not in the queue any more.
func (c *Conn) left(last job, begun bool, after time.Duration) (printer.Evidence, error) {
	switch {
	case last.status&(jobDeleting|jobDeleted) != 0:
		return printer.Evidence{}, fmt.Errorf("%w: job %d may have printed in part", ErrEnded, last.id)
	case begun:
		return c.printed(fmt.Sprintf("job %d was printing and has left the queue", last.id))
	case after < byHand:
		return c.printed(fmt.Sprintf("job %d has left the queue", last.id))
	}
	return printer.Evidence{}, fmt.Errorf("job %d has disappeared from the queue and was not seen printing: %w", last.id, ErrNoJob)
}

// stillThere reports a job that outlasted the patience: it may print at any time.
func (c *Conn) stillThere(last job, why error) error {
	status := printer.StatusOf(reasons(jobBits, last.status, true)...)
	if s, err := c.t.state(context.Background()); err == nil {
		status = printer.StatusOf(append(s.reasons(), status.Reasons...)...)
	}
	if status.Ready() {
		return fmt.Errorf("%v and still in the queue: %w", last, why)
	}
	return fmt.Errorf("%v and still in the queue, %w: %w", last, &printer.FaultError{Status: status}, why)
}

// tidy takes a printed label out of a queue that would keep it. What only was
// delivered stays: it might be deleted from under the printer.
func (c *Conn) tidy(ctx context.Context, j job) {
	if c.manner.keeps && j.status&jobPrinted != 0 && j.status&jobPrinting == 0 {
		use(ctx, c, func(q queue) (struct{}, error) { return struct{}{}, q.command(j.id, deleteNow) })
	}
}
