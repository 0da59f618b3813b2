package dispatch

import (
	"context"
	"errors"
	"time"

	"miandan/agent/internal/ledger"
)

// Fence is asked at the last moment before a label may be begun: its printer is
// ready, no print byte has left, nothing is on disk yet. A station that stands alone
// has none.
type Fence interface {
	// Pass returns nil if this station, and no other, may print the label. With
	// ErrElsewhere it has taken the label out of the queue: another one has it. Any
	// other error says why it waits.
	Pass(ctx context.Context, label ledger.Label) error
	// PutBack hears that a label is in the queue again, and waits, which Pass has refused
	// with that error. What it waited for may be there by now.
	PutBack(ctx context.Context, why error)
}

// ErrElsewhere reports a label that another station has.
var ErrElsewhere = errors.New("another station has the label")

// fenceWait is how long a label waits at most that may not be begun now. Others pass
// it, until the fence ends its wait.
const fenceWait = 5 * time.Second

// pass asks the fence. It returns ledger.ErrNothing when the label is back in the
// queue, or out of it: nothing is wrong with it or with its printer.
func (s *Station) pass(ctx context.Context, label ledger.Label) error {
	if s.Fence == nil {
		return nil
	}
	err := s.Fence.Pass(ctx, label)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrElsewhere):
		return ledger.ErrNothing
	}
	why, problem := err, problemOf(err, string(label.Number))
	err = s.persist(ctx, func(ctx context.Context) error {
		return s.Ledger.Release(ctx, label.ID, problem, fenceWait)
	})
	if err == nil {
		s.Fence.PutBack(ctx, why)
	}
	if move := (*ledger.MoveError)(nil); err == nil || errors.As(err, &move) { // or let go meanwhile
		return ledger.ErrNothing
	}
	return err
}
