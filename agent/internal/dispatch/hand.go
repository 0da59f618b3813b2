package dispatch

import (
	"context"
	"sync"
	"time"
)

// alone locks the printer's line, for what must not fall into a label, and
// reports whether it came to that in time. The caller unlocks it.
func (p *Printer) alone(ctx context.Context, patience time.Duration) bool {
	end := time.After(patience)
	for !p.line.TryLock() {
		select {
		case <-time.After(20 * time.Millisecond):
		case <-end:
			return false
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// hand is held by the label that is being sent. Its zero value is free.
type hand struct {
	once sync.Once
	held chan struct{}
}

// take waits for the hand. Whoever has it calls free, once or more often.
func (h *hand) take(ctx context.Context) (free func(), err error) {
	h.once.Do(func() { h.held = make(chan struct{}, 1) })
	select {
	case h.held <- struct{}{}:
		return sync.OnceFunc(func() { <-h.held }), nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
