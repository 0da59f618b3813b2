package apitest

import (
	"context"
	"fmt"

	"miandan/agent/internal/api"
)

// AddDocument says that a sealed label waits.
func (s *Station) AddDocument(_ context.Context, d api.Document) (v api.DocumentTaken, err error) {
	err = s.act(fmt.Sprintf("document %s %s %s %s %s %s %d", d.Dialect, d.Size, d.Key, d.Order, d.Carrier, d.Waybill, len(d.Sealed)), func() error {
		v = api.DocumentTaken{Key: d.Key, Waybill: d.Waybill, Label: "1", Verdict: "new", State: api.Waiting}
		return nil
	})
	return v, err
}
