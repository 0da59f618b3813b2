package ledger

import (
	"context"
	"database/sql"
	"time"

	"miandan/agent/internal/order"
)

// SameFor is how long at least the same order is known to be the same after its
// personal data was deleted.
const SameFor = 90 * 24 * time.Hour

// Trim takes out what is left of orders whose personal data was deleted so long
// ago, at least SameFor, and of which nothing is open any more. It returns how
// many. The records of what was done stay.
//
// An order paid as long ago as one of them that the ledger does not know may be
// one of them: Accept doubts it, and no number is taken for it on a guess.
//
// While all of the database is being read behind the start it does nothing: the WAL
// cannot be emptied so long, and would grow by all that is taken out.
func (l *Ledger) Trim(ctx context.Context, history time.Duration) (int, error) {
	select {
	case <-l.sound:
	default:
		return 0, nil
	}
	return l.bits(ctx, func(tx *sql.Tx) (n int, more bool, err error) {
		return l.trim(tx, max(history, SameFor))
	})
}

// marksAtOnce is of how many orders it is noted in one bit since when they are kept,
// which is done sooner than to take one out.
const marksAtOnce = 100

// trim returns how many orders it has taken out, and whether there may be more to do.
func (l *Ledger) trim(tx *sql.Tx, history time.Duration) (n int, more bool, err error) {
	a, err := l.passed(tx)
	if err != nil {
		return 0, false, err
	}
	// Since when an order without data is kept is noted at the first look.
	marked, err := count(tx.Exec(`UPDATE orders SET kept_from = ?, kept_why = 'history'
		WHERE id IN (SELECT id FROM orders INDEXED BY orders_unmarked WHERE key IS NULL AND kept_why <> 'history' LIMIT ?)`, a.count, marksAtOnce))
	if err != nil {
		return 0, false, err
	}
	n, err = l.takeOut(tx, a, history)
	return n, n == atOnce || marked == marksAtOnce, err
}

func (l *Ledger) takeOut(tx *sql.Tx, a age, history time.Duration) (int, error) {
	rows, err := tx.Query(`SELECT id, deadline FROM orders o INDEXED BY orders_left WHERE key IS NULL AND kept_why = 'history' AND kept_from <= ?
		AND NOT EXISTS (SELECT 1 FROM labels b WHERE b.order_id = o.id AND b.ended_at = 0)
		AND NOT EXISTS (SELECT 1 FROM outbox m WHERE m.order_id = o.id AND m.done_at = 0)
		LIMIT ?`, a.count-history.Milliseconds(), atOnce)
	if err != nil {
		return 0, err
	}
	type old struct{ id, deadline int64 }
	orders, err := collect(rows, func(r *sql.Rows, o *old) error { return r.Scan(&o.id, &o.deadline) })
	if err != nil || len(orders) == 0 {
		return 0, err
	}
	var paid int64
	for _, o := range orders {
		paid = max(paid, o.deadline-order.ShipWithin.Milliseconds())
		for _, q := range []string{
			`DELETE FROM attempts WHERE label_id IN (SELECT id FROM labels WHERE order_id = ?)`,
			`DELETE FROM unread WHERE label_id IN (SELECT id FROM labels WHERE order_id = ?)`,
			`DELETE FROM fleet_labels WHERE label_id IN (SELECT id FROM labels WHERE order_id = ?)`,
			`DELETE FROM labels WHERE order_id = ?`,
			`DELETE FROM outbox WHERE order_id = ?`,
			`DELETE FROM order_goods WHERE order_id = ?`,
			`DELETE FROM wave_orders WHERE order_id = ?`,
			`DELETE FROM orders WHERE id = ?`,
		} {
			if _, err := tx.Exec(q, o.id); err != nil {
				return 0, err
			}
		}
	}
	_, err = tx.Exec(`INSERT INTO meta (name, value) VALUES ('trimmed', ?) ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)`, paid+1)
	return len(orders), err
}

// gone returns the time of payment before which an order that the ledger does
// not know may be one that it knew once, because an older copy was restored,
// because it was trimmed or because another station of its fleet had it. It is 0 if there is none.
func gone(tx *sql.Tx) (paid int64, err error) {
	err = tx.QueryRow(`SELECT coalesce(max(value), 0) FROM meta WHERE name IN ('restored', 'trimmed', 'left_fleet')`).Scan(&paid)
	return paid, err
}
