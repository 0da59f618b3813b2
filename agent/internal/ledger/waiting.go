package ledger

import (
	"context"
	"database/sql"

	"miandan/agent/internal/order"
)

// Waiting is an order for which no number has been asked, or of which the carrier
// or the settings have said no: one on which the settings have their say.
type Waiting struct {
	Key    order.Key
	State  OrderState // Accepted or Refused
	Issuer string
}

// Waiting lists them, by deadline.
func (l *Ledger) Waiting(ctx context.Context) ([]Waiting, error) {
	rows, err := l.db.Read.QueryContext(ctx, `SELECT source, platform_id, state, issuer
		FROM orders WHERE state IN ('accepted', 'refused') AND key IS NOT NULL ORDER BY deadline, id`)
	if err != nil {
		return nil, err
	}
	return collect(rows, func(r *sql.Rows, w *Waiting) error { return r.Scan(&w.Key.Source, &w.Key.ID, &w.State, &w.Issuer) })
}
