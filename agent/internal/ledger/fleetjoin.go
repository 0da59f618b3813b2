package ledger

import (
	"context"
	"database/sql"
	"fmt"

	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// JoinOpen reports what keeps a station from joining a fleet: work that only a station
// that stands alone brings to its end.
type JoinOpen struct {
	Orders   int // accepted, and their number is not taken or not known
	Labels   int // not settled
	Messages int // to platforms and carriers, not delivered
}

func (e *JoinOpen) Error() string {
	return fmt.Sprintf("%d orders without a number, %d labels not settled, %d messages not delivered", e.Orders, e.Labels, e.Messages)
}

// Numbered is an order for which no number is to be taken any more.
type Numbered struct {
	Key order.Key
	// Number is empty if it is not known, or if a person has deleted the order.
	Number waybill.Number
}

// MayJoinFleet looks into the database of a station that stands alone and does not run.
// It returns the orders for which the fleet must not take a number. It returns *JoinOpen while something is open: a member reads no platform for itself and
// takes no number, so what is accepted here would be printed by nobody, and what is
// changed or cancelled there would be heard of by nobody.
func MayJoinFleet(ctx context.Context, db *sql.DB) ([]Numbered, error) {
	var open JoinOpen
	err := db.QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM orders WHERE ended_at = 0 AND key IS NOT NULL AND (state IN ('accepted', 'refused', 'issuing', 'issue-unknown') OR state = 'issued' AND labelled = 0)),
		(SELECT count(*) FROM labels WHERE ended_at = 0),
		(SELECT count(*) FROM outbox WHERE done_at = 0)`).Scan(&open.Orders, &open.Labels, &open.Messages)
	if err != nil {
		return nil, err
	}
	if open != (JoinOpen{}) {
		return nil, &open
	}
	rows, err := db.QueryContext(ctx, `SELECT source, platform_id, waybill FROM orders
		WHERE state IN ('issued', 'changed', 'issuing', 'issue-unknown') OR deleted_at > 0 ORDER BY id`)
	if err != nil {
		return nil, err
	}
	return collect(rows, func(r *sql.Rows, n *Numbered) error { return r.Scan(&n.Key.Source, &n.Key.ID, &n.Number) })
}
