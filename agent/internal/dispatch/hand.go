package dispatch

import (
	"context"
	"sync"
)

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
