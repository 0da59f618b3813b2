package ledger

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// reusedAfter is how long a number is one order's only. Carriers give old
// numbers out again, after half a year at the earliest.
const reusedAfter = 90 * 24 * time.Hour

// whoHas finds another order under a number by four indexes: one condition for
// all of them would walk through every order that ever was.
const whoHas = `SELECT o.platform_id FROM (
		SELECT id FROM orders WHERE waybill = ?3 AND waybill <> ''
		UNION SELECT order_id FROM labels WHERE waybill = ?3
		UNION SELECT order_id FROM labels WHERE own = ?3
		UNION SELECT order_id FROM labels WHERE barcode = ?3) n JOIN orders o ON o.id = n.id
	WHERE NOT (o.source = ?1 AND o.platform_id = ?2) AND o.created_at > ?4
		AND NOT EXISTS (SELECT 1 FROM outbox x WHERE x.order_id = o.id AND x.waybill = ?3 AND x.what = 'cancel' AND x.done_at > 0 AND x.problem = '')
	LIMIT 1`

// strangers returns a *TakenError if another order travels under one of the
// numbers that a carrier has given: its answer was about that order, or it has
// given a number twice. What its carrier has taken back may come again.
func (l *Ledger) strangers(tx *sql.Tx, key order.Key, numbers []string) error {
	for _, n := range numbers {
		var other string
		err := tx.QueryRow(whoHas, key.Source, key.ID, n, l.now()-reusedAfter.Milliseconds()).Scan(&other)
		switch {
		case err == nil:
			return &TakenError{waybill.Number(n), other}
		case !errors.Is(err, sql.ErrNoRows):
			return err
		}
	}
	return nil
}

// NotOurs records that the carrier's answer gave an order a number that another
// one has. It may have given it one of its own as well, so the order stands in
// issue-unknown; the number is not put down anywhere.
func (l *Ledger) NotOurs(ctx context.Context, key order.Key, taken *TakenError) error {
	p := Problem{Code: "number-taken", Args: []any{string(taken.Number), taken.Order}}
	return l.IssueLost(ctx, key, p, longestWait)
}
