package ledger

import (
	"context"
	"database/sql"
)

// SetPaused holds or frees all printing. It is kept: who paused before the end
// of a shift does not want the next start to print.
func (l *Ledger) SetPaused(ctx context.Context, paused bool, p Person) error {
	value, what := 0, "resumed"
	if paused {
		value, what = 1, "paused"
	}
	return l.tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.Exec(`INSERT INTO meta (name, value) VALUES ('paused', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, value); err != nil {
			return err
		}
		return l.audit(tx, p.Who, what, nil, nil, p.Why)
	})
}

// Paused reports whether printing is held.
func (l *Ledger) Paused(ctx context.Context) (bool, error) {
	var paused bool
	err := l.db.Read.QueryRowContext(ctx, `SELECT coalesce((SELECT value FROM meta WHERE name = 'paused'), 0)`).Scan(&paused)
	return paused, err
}
