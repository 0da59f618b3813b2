// Package platform is where orders come from.
package platform

import (
	"context"
	"errors"

	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// Cursor says how far a source has been read. It is opaque to everybody but
// the source that made it and survives restarts in the ledger.
type Cursor string

// Source gives orders.
type Source interface {
	// Orders returns what has changed after the cursor, oldest first, and the
	// cursor to ask with next time. The same order may come again; the ledger
	// knows it. Errors are *notice.Error.
	Orders(ctx context.Context, after Cursor) ([]order.Order, Cursor, error)
	// Order reads one order as it is now, or ErrNoOrder.
	Order(ctx context.Context, id string) (order.Order, error)
}

// Shipper is a Source that wants to know when an order has left.
type Shipper interface {
	// Shipped tells the platform that o travels under the number. Telling it
	// twice does no harm.
	Shipped(ctx context.Context, key order.Key, carrier waybill.Carrier, number waybill.Number) error
}

// ErrNoOrder reports that the platform has no such order.
var ErrNoOrder = errors.New("the platform has no such order")
