package apitest

import (
	"context"
	"fmt"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
)

// Delete says that a row's data is deleted.
func (s *Station) Delete(_ context.Context, d api.Delete) (v api.Deleted, err error) {
	err = s.act(fmt.Sprintf("delete %s by %s: %s", d.Order, d.Who, d.Reason), func() error {
		if s.row(func(r api.Row) bool { return r.Order == d.Order }) == nil {
			return notice.New("order-not-found", api.ErrNotFound, d.Order)
		}
		v = api.Deleted{Order: d.Order, Cancelled: 1, Emptied: true}
		return nil
	})
	return v, err
}
