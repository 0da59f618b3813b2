package dispatch

import (
	"context"
	"errors"
	"sync"
	"time"

	"miandan/agent/internal/ledger"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// numberers is how many orders' numbers are taken at the same time: what a carrier's
// answer takes, four wait for together.
const numberers = 4

// numbering knows whose numbers are being taken.
type numbering struct {
	mu   sync.Mutex
	busy map[order.Key]bool
}

// nextNumber returns the order whose number is due next. Nobody else gets it before
// done is called.
func (s *Station) nextNumber(ctx context.Context) (n ledger.Numbering, done func(), err error) {
	b := &s.numbering
	b.mu.Lock()
	defer b.mu.Unlock()
	n, err = s.Ledger.NextBut(ctx, func(k order.Key) bool { return b.busy[k] })
	if err != nil {
		return n, nil, err
	}
	key := n.Order.Key
	if b.busy == nil {
		b.busy = map[order.Key]bool{}
	}
	b.busy[key] = true
	return n, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.busy, key)
	}, nil
}

// numbered puts a number on disk, and reports whether it is the order's own.
func (s *Station) numbered(ctx context.Context, n ledger.Numbering, w waybill.Waybill, took time.Duration) (ours bool, err error) {
	ours = true
	err = s.persist(ctx, func(ctx context.Context) error {
		err := s.Ledger.Issued(ctx, n.Order.Key, w, took)
		ours = !errors.As(err, new(*ledger.TakenError))
		return s.notOurs(ctx, n.Order.Key, err)
	})
	return ours, err
}
