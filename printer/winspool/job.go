package winspool

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"miandan/printer"
)

// job is what a queue says of a job (JOB_INFO_1).
type job struct {
	id       uint32
	document string
	status   uint32
	pages    uint32 // that were printed
}

// Bits of a job's status (JOB_STATUS_…).
const (
	jobPaused   = 0x1
	jobDeleting = 0x4
	jobSpooling = 0x8
	jobPrinting = 0x10
	jobPrinted  = 0x80
	jobDeleted  = 0x100
	jobRestart  = 0x800
	jobComplete = 0x1000
)

var jobBits = []bit{
	{jobPaused, "PAUSED", printer.Paused, true},
	{0x2, "ERROR", printer.OtherFault, false},
	{jobDeleting, "DELETING", "", false},
	{jobSpooling, "SPOOLING", "", false},
	{jobPrinting, "PRINTING", "", false},
	{0x20, "OFFLINE", printer.Offline, false},
	{0x40, "PAPEROUT", printer.MediaEmpty, false},
	{jobPrinted, "PRINTED", "", false},
	{jobDeleted, "DELETED", "", false},
	{0x200, "BLOCKED_DEVQ", printer.OtherFault, false},
	{0x400, "USER_INTERVENTION", printer.OtherFault, false},
	{jobRestart, "RESTART", "", false},
	{jobComplete, "COMPLETE", "", false},
	// It may be that the job has still to print, so that this says nothing.
	{0x2000, "RETAINED", "", false},
	{0x4000, "RENDERING_LOCALLY", "", false},
}

// delivered reports whether the queue says that the printer has it all.
func (j job) delivered() bool { return j.status&(jobPrinted|jobComplete) != 0 }

// begun reports whether the job was seen at work.
func (j job) begun() bool {
	return j.pages > 0 || j.status&(jobPrinting|jobPrinted|jobComplete|jobRestart) != 0
}

// untouched reports whether surely no byte of the job has left: nothing is said
// of it but that it waits. A word of its printer may have come while it printed.
func (j job) untouched() bool {
	return j.pages == 0 && j.status&^(jobPaused|jobSpooling|jobDeleting) == 0
}

func (j job) String() string {
	var words []string
	for _, b := range jobBits {
		if j.status&b.bit != 0 {
			words = append(words, strings.ToLower(b.name))
		}
	}
	if words == nil {
		words = []string{"waiting"}
	}
	return fmt.Sprintf("job %d is %s", j.id, strings.Join(words, ", "))
}

// withdrawTime is how long a queue may take to be rid of a job that was deleted.
const withdrawTime = 5 * time.Second

// withdraw takes a job out of the queue and reports whether it is proven that
// nothing of it was or will be printed. Paused, a job that has not begun does
// not begin while it is looked at. end, if there is one, ends a document that is
// still being written.
func withdraw(ctx context.Context, q queue, id uint32, direct bool, end func() error) (unprinted bool, err error) {
	paused := q.command(id, pause)
	j, err := q.job(id)
	if err != nil {
		return false, err
	}
	unprinted = paused == nil && j.status&jobPaused != 0 && j.untouched() && !direct
	if err := q.command(id, deleteNow); err != nil && !errors.Is(err, ErrNoJob) {
		return false, errors.Join(paused, err)
	}
	if end != nil {
		end() // what became of it is seen from the job
	}
	ctx, cancel := context.WithTimeout(ctx, withdrawTime)
	defer cancel()
	for beat := (pace{}); ; {
		j, err := q.job(id)
		switch {
		case errors.Is(err, ErrNoJob):
			return unprinted, nil
		case err != nil:
			return false, err
		case j.begun():
			unprinted = false
		}
		if err := beat.wait(ctx); err != nil {
			return false, fmt.Errorf("%v and does not go away: %w", j, err)
		}
	}
}

// Withdraw takes the job of a document out of the queue. No error means that it
// had not begun, so that nothing of it was or will be printed. It is
// printer.ErrQueued if the job was there and would not go, or had begun. ErrNoJob proves
// little: the queue forgets a job when it has been printed.
func (t *Transport) Withdraw(ctx context.Context, document string) error {
	q, err := t.open(ctx)
	if err != nil {
		return err
	}
	// The handle is let go of by whoever uses it last.
	_, err = bounded(ctx, func() (struct{}, error) {
		defer q.close()
		return struct{}{}, t.withdraw(ctx, q, document)
	}, nil)
	return err
}

func (t *Transport) withdraw(ctx context.Context, q queue, document string) error {
	s, err := q.state()
	if err != nil {
		return err
	}
	all, err := q.jobs()
	if err != nil {
		return err
	}
	found := ErrNoJob
	for _, j := range all {
		// A server may put something of its own before or behind the name.
		if document == "" || !strings.Contains(j.document, document) {
			continue
		}
		unprinted, err := withdraw(ctx, q, j.id, s.attributes&attributeDirect != 0, nil)
		switch {
		case err != nil:
			return fmt.Errorf("%w: %w", printer.ErrQueued, err)
		case !unprinted:
			return fmt.Errorf("%w: the queue's job had begun", printer.ErrQueued)
		}
		found = nil
	}
	return found
}

// pace is the rhythm of asking. A job may be printed and forgotten in a tenth of
// a second, and whether it was seen at work decides what is known of it.
type pace struct{ asked int }

const (
	quickPause = 20 * time.Millisecond
	slowPause  = 50 * time.Millisecond
	quickly    = 50 // times
)

// wait pauses. The error is the context's.
func (p *pace) wait(ctx context.Context) error {
	pause := quickPause
	if p.asked++; p.asked > quickly {
		pause = slowPause
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
