package dispatch

import (
	"context"
	"errors"
	"sync"
	"time"

	"miandan/agent/internal/ledger"
)

// hand is held by the label that is being sent. Its zero value is free.
type hand struct {
	once sync.Once
	held chan struct{}
}

func (h *hand) taken() chan struct{} {
	h.once.Do(func() { h.held = make(chan struct{}, 1) })
	return h.held
}

// stale is how long a drawn label may wait for its turn. One that has waited
// longer is drawn anew: its order may have changed meanwhile.
const stale = 10 * time.Second

// turn waits until a label may be sent to the printer. A printer that comes into
// trouble meanwhile, a stop of all printing and a long wait end it: whoever waits
// puts the label back, and a sister printer may take it.
func (s *Station) turn(ctx context.Context, p *Printer) (free func(), err error) {
	taken, tick := p.hand.taken(), time.NewTicker(tick)
	defer tick.Stop()
	for began := time.Now(); ; {
		trouble := p.inTrouble()
		select {
		case taken <- struct{}{}:
			free := sync.OnceFunc(func() { <-taken })
			err, trouble := s.mayPrint(ctx), p.Condition().Trouble
			switch {
			case err != nil:
				free()
				return nil, err
			case trouble != nil:
				free()
				return nil, &troubleError{trouble}
			case time.Since(began) > stale:
				free()
				return nil, errStale
			}
			return free, nil
		case <-trouble:
			if n := p.Condition().Trouble; n != nil { // it may just be over
				return nil, &troubleError{n}
			}
		case <-tick.C:
			if err := s.mayPrint(ctx); err != nil {
				return nil, err
			}
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// mayPrint returns ledger.ErrNothing while all printing is held.
func (s *Station) mayPrint(ctx context.Context) error {
	paused, err := s.Ledger.Paused(ctx)
	if err == nil && paused {
		err = ledger.ErrNothing
	}
	return err
}

// errStale reports a label that has waited too long for its turn.
var errStale = errors.New("drawn too long ago")

// putBack gives up a label that has waited for its turn. It has no trouble of its
// own, and whoever is free may claim it at once.
func (s *Station) putBack(ctx context.Context, label ledger.Label, cause error) error {
	err := s.persist(ctx, func(ctx context.Context) error {
		return s.Ledger.Release(ctx, label.ID, ledger.Problem{}, 0)
	})
	if errors.As(err, new(*ledger.MoveError)) {
		err = nil // another rule has taken it out of the queue
	}
	if cause == errStale {
		return err
	}
	return errors.Join(cause, err)
}
