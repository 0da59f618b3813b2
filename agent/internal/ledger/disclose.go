package ledger

import (
	"context"
	"database/sql"
	"fmt"

	"miandan/agent/internal/order"
)

// Revealing writes down that a person is about to see whom an order goes to.
// When it returns nil that is on disk, and the receiver may be opened once.
// What cannot be recorded is not shown.
func (l *Ledger) Revealing(ctx context.Context, key order.Key, p Person) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		var id int64
		if err := tx.QueryRow(`SELECT id FROM orders WHERE source = ? AND platform_id = ?`, key.Source, key.ID).Scan(&id); err != nil {
			return notFound(err, ErrNoOrder)
		}
		return l.audit(tx, p.Who, "revealed", id, nil, p.Why)
	})
}

// Exporting writes down that a person is about to get a list of so many orders,
// and what it says of their receivers. When it returns nil that is on disk.
func (l *Ledger) Exporting(ctx context.Context, form string, orders int, p Person) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		return l.audit(tx, p.Who, "exported", nil, nil, fmt.Sprintf("%s, %d orders", form, orders))
	})
}
