// Package localapi takes orders that programs on this computer hand in.
//
// Nobody is asked for orders here: a program says what it has, and what it said
// last is the last word. The same order said again is the same order; with
// another receiver it takes the place of the first, or alarms somebody if that
// one's label has begun. All of that is the ledger's business; this package makes
// orders of JSON.
//
// JSON is read by hand, member by member, and not into a type: whoever writes a
// program against this wants to be told which field of which order is wrong, all
// of them at once, and encoding/json names the first one, with what stands there.
// No sentence repeats a value, for it may be somebody's name.
package localapi

import (
	"context"

	"miandan/agent/internal/order"
	"miandan/agent/internal/platform"
)

// Name is the source's name in order.Key and in routes.
const Name = "api"

// Source stands for the programs among the station's sources.
type Source struct{}

var _ platform.Source = Source{}

// Orders implements platform.Source: orders come by themselves.
func (Source) Orders(_ context.Context, after platform.Cursor) ([]order.Order, platform.Cursor, error) {
	return nil, after, nil
}

// Order implements platform.Source. Nobody can be asked how an order stands now,
// and that is what ErrNoOrder means to those who ask before paper.
func (Source) Order(context.Context, string) (order.Order, error) {
	return order.Order{}, platform.ErrNoOrder
}
