package printer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// follow ends the document and waits for the spooler's word. Meanwhile it passes
// on how the spooler's printer is.
func (a *Attempt) follow(ctx context.Context, spooler Follower) (Outcome, Evidence, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, a.limits.Fault, fmt.Errorf("still in the queue after %v: %w", a.limits.Fault, ErrUnconfirmed))
	defer cancel()
	finished := make(chan answer, 1)
	go func() {
		var f answer
		f.err = guard("the spooler", func() (err error) { f.evidence, err = spooler.Finish(ctx); return err })
		finished <- f
	}()
	reporter, reports := a.conn.(Reporter)
	reports = reports && a.printer.Changed != nil
	tick := time.NewTicker(a.limits.Poll)
	defer tick.Stop()
	var last Status
	for {
		select {
		case f := <-finished:
			switch {
			case f.err == nil:
				return Sent, f.evidence, nil
			case errors.Is(f.err, ErrUnprinted):
				return NotSent, Evidence{}, f.err
			}
			return Uncertain, f.evidence, f.err
		case <-tick.C:
			if !reports {
				continue
			}
			// A spooler that cannot be asked is no news of the printer.
			if s, err := reporter.Status(ctx); err == nil && !slices.Equal(s.Reasons, last.Reasons) {
				last = s
				a.printer.Changed(s)
			}
		}
	}
}
