package ledger

import (
	"context"
	"database/sql"

	"miandan/agent/internal/order"
)

// Waiting lists the orders for which no number has been asked, or of which the
// carrier has said no: those on which the settings have their say.
func (l *Ledger) Waiting(ctx context.Context) ([]order.Key, error) {
	rows, err := l.db.Read.QueryContext(ctx, `SELECT source, platform_id FROM orders WHERE state IN ('accepted', 'refused') AND key IS NOT NULL ORDER BY deadline, id`)
	if err != nil {
		return nil, err
	}
	return collect(rows, func(r *sql.Rows, k *order.Key) error { return r.Scan(&k.Source, &k.ID) })
}
