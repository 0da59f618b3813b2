package ledger

import (
	"context"

	"miandan/agent/internal/order"
)

// waitIfNew waits until all of the database has been read, if the ledger does not
// know an order: until then a damaged index may have lost one that is long on
// paper. What is known goes on meanwhile.
func (l *Ledger) waitIfNew(ctx context.Context, key order.Key) error {
	select {
	case <-l.sound:
		return nil
	default:
	}
	var known bool
	err := l.db.Read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM orders WHERE source = ? AND platform_id = ?)`, key.Source, key.ID).Scan(&known)
	if err != nil || known {
		return err
	}
	select {
	case <-l.sound:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
