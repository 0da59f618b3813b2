package platform

import (
	"context"

	"miandan/agent/internal/order"
)

// Revealer is a Source whose platform opens a receiver when a person asks for
// one.
type Revealer interface {
	// Reveal returns o with its receiver as the platform opens it now: name,
	// address and, while one can be had, a virtual number with its end in
	// VirtualUntil and the moment in ReadAt. What of it may be shown is decided by
	// package privacy; a real number never is. Each call is one record in the
	// audit, and may cost of a quota. Errors are *notice.Error.
	Reveal(ctx context.Context, o order.Order) (order.Order, error)
}
