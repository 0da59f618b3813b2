package app

import (
	"context"

	"miandan/agent/internal/api"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/order"
)

// AddOrder implements api.Adder.
func (s *station) AddOrder(ctx context.Context, o order.Order) (api.Added, error) {
	verdict, err := s.Station.Accept(ctx, o)
	if err != nil {
		return api.Added{}, s.told(err)
	}
	added := api.Added{Verdict: api.Verdict(verdict)}
	rows, err := s.Ledger.Rows(ctx, ledger.Filter{Key: o.Key})
	if err != nil {
		s.log.Warn("an order was taken, and how it stands cannot be read", "order", o.ID, "error", err)
		return added, nil // it is on disk, and that is what was asked
	}
	for _, r := range rows {
		if r.Order == o.Key {
			v := s.shown(r)
			added.State, added.Refusal = v.State, v.Refusal
			break
		}
	}
	return added, nil
}
