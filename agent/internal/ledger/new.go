package ledger

import (
	"context"

	"miandan/agent/internal/order"
)

// These ask the two indexes that list orders by their number, each for itself.
const (
	byKey    = `SELECT EXISTS (SELECT 1 FROM orders WHERE source = ?1 AND platform_id = ?2)`
	byNumber = `SELECT EXISTS (SELECT 1 FROM orders INDEXED BY orders_by_number WHERE platform_id = ?2 AND source = ?1)`
)

// waitIfNew waits until all of the database has been read, if it is in doubt
// whether the ledger knows an order: a damaged index may have lost one that is long
// on paper. Two that say the same are believed meanwhile, for they share no page:
// to read a database of a million orders takes minutes, and the first order of the
// morning cannot wait for that.
func (l *Ledger) waitIfNew(ctx context.Context, key order.Key) error {
	select {
	case <-l.sound:
		return nil
	default:
	}
	var known, numbered bool
	if err := l.db.Read.QueryRowContext(ctx, byKey, key.Source, key.ID).Scan(&known); err != nil || known {
		return err
	}
	if err := l.db.Read.QueryRowContext(ctx, byNumber, key.Source, key.ID).Scan(&numbered); err != nil || !numbered {
		return err
	}
	select {
	case <-l.sound:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
