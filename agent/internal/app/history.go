package app

import (
	"cmp"
	"context"
	"errors"

	"miandan/agent/internal/api"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
)

var _ api.Historian = (*station)(nil)

// pageOfHistory is how many rows a page has where nobody says.
const pageOfHistory = 50

// History implements api.Historian.
func (s *station) History(ctx context.Context, q api.HistoryQuery) (api.History, error) {
	past := ledger.Past{
		Find: q.Find, Carrier: q.Carrier, Printer: q.Printer, From: q.From, To: q.To, Before: q.Before, Limit: cmp.Or(q.Limit, pageOfHistory),
	}
	past.Labels, past.Orders = stands(q.State)
	rows, next, err := s.Ledger.History(ctx, past)
	if errors.Is(err, ledger.ErrPlace) {
		return api.History{}, notice.New("history-no-place", api.ErrNotFound)
	}
	if err != nil {
		return api.History{}, s.told(err)
	}
	h := api.History{Next: next}
	for _, r := range rows {
		h.Rows = append(h.Rows, s.shown(r))
	}
	return h, nil
}

// stands returns where the ledger has the labels and the orders that people see in
// a state.
func stands(state api.State) (labels, orders []string) {
	switch state {
	case api.Waiting, api.Cancelled:
		return []string{string(state)}, []string{string(state)}
	case api.Printing, api.Unknown, api.Done:
		return []string{string(state)}, nil
	case api.NumberUnknown:
		return nil, []string{"unknown"}
	case api.Refused:
		return nil, []string{"refused"}
	}
	return nil, nil
}
