package printer

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"time"
)

// Sighting is one answer of a printer to the question how it is.
type Sighting struct {
	Status Status
	Busy   bool // it is printing, or has something left to print
}

// Watch tells from a printer's answers after a label's last byte whether the
// label is out. It is for printers that say how they are and not what they have
// printed. The zero value is ready for use.
type Watch struct {
	// Busy says that the printer was seen at work on the label.
	Busy  bool
	fault bool
	ready int // answers in a row that it has nothing to do
}

const (
	// calm answers in a row end a label. Between reading a job and starting the
	// motor many printers say for a moment that they are ready.
	calm = 3
	// unseen answers in a row, with never another one, are all that there is to
	// learn: the printer was too quick, or does not tell when it is at work.
	unseen = 30
)

// See takes the next answer. It returns true when the label is out, and
// ErrPresumed when nothing more can be learnt of it.
//
// A fault breaks the chain: whether the printer will print what it held is seen
// only when it goes back to work, so that one which never does is waited for
// until the caller's patience ends.
func (w *Watch) See(s Sighting) (bool, error) {
	switch {
	case w.Busy && slices.Equal(s.Status.Reasons, []Reason{OutputFull}):
		w.ready++ // it is this label that waits to be taken off
	case !s.Status.Ready():
		*w = Watch{fault: true}
	case s.Busy:
		w.Busy, w.ready = true, 0
	default:
		w.ready++
	}
	switch {
	case w.Busy:
		return w.ready >= calm, nil
	case !w.fault && w.ready >= unseen:
		return false, ErrPresumed
	}
	return false, nil
}

// Interview is how a Confirmer asks a printer over and over: a question as soon
// as rw's reads begin to end with os.ErrDeadlineExceeded, its answer, a pause,
// the next question. A question without an answer is repeated after some such
// ends only: it waits behind the label while the printer's buffer is full.
type Interview struct {
	Question []byte
	Pause    time.Duration
	// Hear takes what the printer says, and nothing when a read ended without
	// anything. asked tells whether a question is out. The interview is over when
	// it returns done or an error.
	Hear func(said []byte, asked bool) (answered, done bool, err error)
}

// patientPolls is how many ends of reads a question may stay unanswered.
const patientPolls = 5

// Run holds the interview. The error is the context's cause if that ended it.
func (i *Interview) Run(ctx context.Context, rw io.ReadWriter) error {
	buf := make([]byte, 512)
	asked, waited := false, 0
	for {
		n, err := rw.Read(buf)
		answered, done, heard := i.Hear(buf[:n], asked)
		switch {
		case heard != nil:
			return heard
		case done:
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case asked && answered:
			if !sleep(ctx, i.Pause) {
				return context.Cause(ctx)
			}
		case errors.Is(err, os.ErrDeadlineExceeded):
			if waited++; asked && waited < patientPolls {
				continue
			}
		case err != nil:
			return err
		default:
			continue
		}
		if _, err := rw.Write(i.Question); err != nil {
			return err
		}
		asked, waited = true, 0
	}
}

// sleep waits unless the context ends first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
