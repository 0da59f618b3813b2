package spool

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/OpenPrinting/goipp"

	"miandan/printer"
)

// State is a job's state (RFC 8011 §5.3.7).
type State int

const (
	Pending    State = 3
	Held       State = 4 // until somebody releases it, or its document is complete
	Processing State = 5
	Stopped    State = 6 // it goes on when the printer does
	Canceled   State = 7
	Aborted    State = 8
	Completed  State = 9
)

func (s State) String() string {
	if s < Pending || s > Completed {
		return fmt.Sprintf("in the unknown state %d", int(s))
	}
	return [...]string{"pending", "held", "processing", "stopped", "canceled", "aborted", "completed"}[s-Pending]
}

// Over reports whether the spooler has let go of the job for good.
func (s State) Over() bool { return s == Canceled || s == Aborted || s == Completed }

// JobState is what the spooler says of a job.
type JobState struct {
	ID    int
	State State
	// Begun reports whether the spooler has ever begun to process the job, or
	// does not say. From then on bytes may have left.
	Begun       bool
	Impressions int // pages that the filters or the printer have counted
}

// Gone reports whether the job surely has printed nothing and never will: it
// ended before the spooler began with it. Zero pages alone would prove nothing,
// since few drivers count them.
func (s JobState) Gone() bool {
	return (s.State == Canceled || s.State == Aborted) && !s.Begun && s.Impressions == 0
}

func (s JobState) String() string { return fmt.Sprintf("job %d is %v", s.ID, s.State) }

// jobWords are the attributes that make a JobState. The reasons of the job are
// not among them: they lag behind (processing-to-stop-point has been seen on
// completed jobs), and the state alone decides.
var jobWords = [...]string{
	"job-id", "job-name", "job-state", "job-impressions-completed", "time-at-processing",
}

func readJob(attrs goipp.Attributes) (JobState, error) {
	id, ok := first[goipp.Integer](attrs, "job-id")
	if !ok || id <= 0 {
		return JobState{}, errors.New("the print service gives a job no number")
	}
	state, ok := first[goipp.Integer](attrs, "job-state")
	if !ok {
		return JobState{}, fmt.Errorf("the print service does not tell the state of job %d", id)
	}
	pages, _ := first[goipp.Integer](attrs, "job-impressions-completed")
	// The value of a job that was never begun is no-value.
	_, untouched := first[goipp.Void](attrs, "time-at-processing")
	return JobState{
		ID:          int(id),
		State:       State(state),
		Begun:       !untouched || State(state) == Processing,
		Impressions: int(pages),
	}, nil
}

// job asks for the state of a job by its number, and checks that it is still
// the one with this name, unless that is empty: numbers begin anew when a
// spooler is set up again.
func (t *Transport) job(ctx context.Context, id int, name string) (JobState, error) {
	m := t.request(goipp.OpGetJobAttributes, id)
	m.Operation.Add(keywords("requested-attributes", jobWords[:]...))
	reply, err := t.call(ctx, m, nil)
	if err != nil {
		return JobState{}, err
	}
	s, err := readJob(reply.Job)
	if err != nil {
		return JobState{}, err
	}
	if got, told := first[goipp.String](reply.Job, "job-name"); s.ID != id || name != "" && told && string(got) != name {
		return JobState{}, fmt.Errorf("job %d is another one now: %w", id, ErrNoJob)
	}
	return s, nil
}

// Find looks a job up by the document's name, among the jobs of all states and
// all queues. It answers what became of a label when the agent stopped between
// sending it and writing that down.
//
// ErrNoJob proves little: the spooler forgets old jobs, and finished ones at
// once where PreserveJobHistory is off. Any other error, such as names that
// are hidden from this user (JobPrivateValues), says nothing at all. The name must be
// unique; of several jobs with the same name Find returns the newest.
func (t *Transport) Find(ctx context.Context, name string) (JobState, error) {
	m := t.request(goipp.OpGetJobs, 0)
	// A job may have been moved to a sister queue: "/" stands for all of them.
	for i := range m.Operation {
		if m.Operation[i].Name == "printer-uri" {
			m.Operation[i] = goipp.MakeAttr("printer-uri", goipp.TagURI, goipp.String("ipp://"+t.host+"/"))
		}
	}
	m.Operation.Add(keywords("which-jobs", "all"))
	m.Operation.Add(keywords("requested-attributes", jobWords[:]...))
	reply, err := t.call(ctx, m, nil)
	if err != nil {
		return JobState{}, err
	}
	return findJob(reply.Groups, name)
}

// findJob picks the job out of a reply to Get-Jobs, which has one group per job.
func findJob(groups goipp.Groups, name string) (JobState, error) {
	var found []JobState
	hidden := false
	for _, g := range groups {
		if g.Tag != goipp.TagJobGroup {
			continue
		}
		got, told := first[goipp.String](g.Attrs, "job-name")
		if !told {
			hidden = true
			continue
		}
		if string(got) != name {
			continue
		}
		s, err := readJob(g.Attrs)
		if err != nil {
			return JobState{}, err
		}
		found = append(found, s)
	}
	switch {
	case len(found) > 0:
		return slices.MaxFunc(found, func(a, b JobState) int { return a.ID - b.ID }), nil
	case hidden:
		return JobState{}, errors.New("the print service hides names of jobs from this user")
	}
	return JobState{}, ErrNoJob
}

// Cancel takes a job out of the queue and waits until the spooler is done with
// it or the context ends. The state it returns tells whether that came in time:
// see JobState.Gone. A job that was over already is no error.
func (t *Transport) Cancel(ctx context.Context, id int) (JobState, error) {
	_, err := t.call(ctx, t.request(goipp.OpCancelJob, id), nil)
	// Why the spooler refused is seen from the job: usually it is over.
	if no, ok := errors.AsType[*refusal](err); err != nil && (!ok || no.reason != nil) {
		return JobState{}, err
	}
	refused := err
	for beat := (pace{}); ; {
		s, err := t.job(ctx, id, "")
		switch {
		case err != nil:
			return JobState{}, err
		case s.State.Over():
			return s, nil
		case refused != nil:
			return s, refused
		}
		if err := beat.wait(ctx); err != nil {
			return s, fmt.Errorf("%v: %w", s, err)
		}
	}
}

// Withdraw takes the job of a document out of the queue. No error means that the
// spooler had not begun with it, so that nothing of it was or will be printed. It is
// printer.ErrQueued if the job was there and would not go, or had begun. ErrNoJob
// proves little; see Find.
func (t *Transport) Withdraw(ctx context.Context, document string) error {
	job, err := t.Find(ctx, document)
	switch {
	case err != nil:
		return err
	case job.Gone():
		return nil
	case job.State.Over():
		return errors.New("the spooler's job had begun")
	}
	switch job, err = t.Cancel(ctx, job.ID); {
	case err != nil:
		return fmt.Errorf("%w: %w", printer.ErrQueued, err)
	case !job.Gone():
		return fmt.Errorf("%w: the spooler's job had begun", printer.ErrQueued)
	}
	return nil
}

// pace is the rhythm of asking: a label is out in a second, a roll is fetched
// in minutes.
type pace struct{ pause time.Duration }

const (
	firstPause = 100 * time.Millisecond
	lastPause  = time.Second
)

// wait pauses, longer each time. The error is the context's.
func (p *pace) wait(ctx context.Context) error {
	p.pause = min(max(firstPause, p.pause*3/2), lastPause)
	timer := time.NewTimer(p.pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
