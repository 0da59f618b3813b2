package ledger

import (
	"context"
	"database/sql"
	"time"
)

// Retention is how long personal data is kept.
type Retention struct {
	Ended   time.Duration // after every label of an order has ended
	Stale   time.Duration // of an order that never came to a label, after the platform last told of it; 0 is 30 days
	Unknown time.Duration // while a label stands in unknown, after its attempt, or after the old copy that knows of none was restored
}

// Purge deletes the keys of orders whose time has come: what they sealed
// cannot be opened again, by anybody. A label in unknown stays unknown; to
// print it again the order is fetched again. It returns how many orders were
// purged.
func (l *Ledger) Purge(ctx context.Context, r Retention) (int, error) {
	var n int
	stale := r.Stale
	if stale == 0 {
		stale = 30 * 24 * time.Hour
	}
	err := l.tx(ctx, func(tx *sql.Tx) (err error) {
		n, err = count(tx.Exec(`UPDATE orders SET key = NULL, sealed_order = NULL, sealed_waybill = NULL
			WHERE key IS NOT NULL AND (
				(ended_at > 0 AND ended_at <= ?) OR
				(max(read_at, created_at) <= ? AND state IN ('accepted', 'refused', 'issue-unknown', 'changed')) OR
				(EXISTS (SELECT 1 FROM labels b LEFT JOIN attempts a ON a.label_id = b.id AND a.n = b.attempt
					WHERE b.order_id = orders.id AND b.state = 'unknown'
					AND coalesce(a.intent_at, (SELECT value FROM meta WHERE name = 'restored')) <= ?)
				AND NOT EXISTS (SELECT 1 FROM labels b WHERE b.order_id = orders.id AND b.ended_at = 0 AND b.state <> 'unknown')))`,
			l.now()-r.Ended.Milliseconds(), l.now()-stale.Milliseconds(), l.now()-r.Unknown.Milliseconds()))
		return err
	})
	if err != nil {
		return n, err
	}
	// The old pages of a purged row live in the WAL until it is emptied, and
	// somebody who reads, or a crash just here, may keep it from that. So it is
	// emptied each time, whether anybody was purged now or not; that it could not
	// be is made up for by the next call.
	var held, frames, moved int
	return n, l.db.Write.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&held, &frames, &moved)
}
