package apitest

import (
	"context"
	"fmt"

	"miandan/agent/internal/api"
	"miandan/agent/internal/order"
)

// AddOrder takes an order: new the first time, then the same. Nobody stands in
// what it keeps.
func (s *Station) AddOrder(_ context.Context, o order.Order) (a api.Added, err error) {
	line := fmt.Sprintf("add %s to be %s", o.Key, o.State)
	err = s.act(line, func() error {
		a = api.Added{Verdict: api.NewOrder, State: api.Waiting}
		for _, before := range s.acts[:len(s.acts)-1] {
			if before == line {
				a.Verdict = api.SameOrder
			}
		}
		return nil
	})
	return a, err
}
