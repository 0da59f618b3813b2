// Package carrier is who gives waybill numbers.
//
// Taking a number is the second most dangerous thing this program does: two
// numbers for one order are two parcels. So an issuer is asked under a key
// that never changes for an order, and says about every failure whether a
// number may have been taken.
package carrier

import (
	"context"
	"errors"
	"fmt"

	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// Issuer gives a waybill number for an order.
type Issuer interface {
	// Issue takes a number for o. The order's ID is its idempotency key: an
	// issuer sends the same key for the same order for ever. A *Refusal is the
	// carrier's definite no. Every other error wraps ErrUnsent, if the request
	// provably never reached the carrier, or ErrUnknown, if a number may have
	// been taken.
	Issue(ctx context.Context, o order.Order) (waybill.Waybill, error)
	// Cancel gives a number back.
	Cancel(ctx context.Context, n waybill.Number) error
}

// Finder is an Issuer that can be asked again for an order without taking a
// second number: it has a look-up, or the same idempotency key gives the same
// number. It may depend on settings, hence the method.
type Finder interface {
	// CanFind reports whether Find may be used with this account.
	CanFind() bool
	// Find returns the number that o already has, or takes its first one. It
	// never takes a second. Errors are as for Issue.
	Find(ctx context.Context, o order.Order) (waybill.Waybill, error)
}

// Router is an Issuer whose numbers come without routing: the number is put on
// disk first, the routing is read after it and may be read again at will.
type Router interface {
	// Route fills in w.Routing.
	Route(ctx context.Context, w *waybill.Waybill) error
}

// ErrUnsent reports that the carrier never saw the request: it may be made
// again.
var ErrUnsent = errors.New("the request did not reach the carrier")

// ErrUnknown reports that the request may have had its effect: a number may
// have been taken.
var ErrUnknown = errors.New("the carrier's answer was lost, a number may have been taken")

// Refusal is a carrier's definite no; no number was taken.
type Refusal struct {
	Code    string // of package notice: "stock-out", "phone-masked", "carrier-refused"
	Message string // the carrier's words, without anything about a person
	Retry   bool   // asking again later makes sense (stock is refilled, a quota passes)
}

func (r *Refusal) Error() string { return fmt.Sprintf("%s: %s", r.Code, r.Message) }
