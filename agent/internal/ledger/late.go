package ledger

import (
	"context"
	"database/sql"
	"time"

	"miandan/agent/internal/order"
)

// Pressing is an order that has not shipped and whose deadline is near or past.
type Pressing struct {
	Order  order.Order
	Warned string // the code that people were told last; empty for none
}

// pressing names its index: it holds what is left to be told, and not all that
// was ever done.
const pressing = `SELECT o.source, o.platform_id, o.key, o.sealed_order, o.warned
	FROM orders o INDEXED BY orders_to_warn
	WHERE o.key IS NOT NULL AND o.warned <> 'order-is-late' AND o.deadline <= ?1 AND (o.warned = '' OR o.deadline <= ?2)
		AND o.state NOT IN ('skipped', 'cancelled')
		AND NOT EXISTS (SELECT 1 FROM outbox x WHERE x.order_id = o.id AND x.waybill = o.waybill AND x.what = 'shipped')
		AND NOT (?3 AND o.labelled = 1 AND NOT EXISTS (SELECT 1 FROM labels b
			WHERE b.order_id = o.id AND b.waybill = o.waybill AND b.state NOT IN ('confirmed','presumed','printed')))
	ORDER BY o.deadline, o.id`

// Pressing lists the orders that must ship within a time and of which people
// may have something to be told, the most urgent first. With paper an order has
// shipped once its labels are printed: nobody tells this station more.
func (l *Ledger) Pressing(ctx context.Context, ahead time.Duration, paper bool) ([]Pressing, error) {
	now := l.now()
	rows, err := l.db.Read.QueryContext(ctx, pressing, now+ahead.Milliseconds(), now, paper)
	if err != nil {
		return nil, err
	}
	return collect(rows, func(r *sql.Rows, p *Pressing) error {
		var wrapped, sealed []byte
		if err := r.Scan(&p.Order.Source, &p.Order.ID, &wrapped, &sealed, &p.Warned); err != nil {
			return err
		}
		key, err := l.seal.Unwrap(wrapped)
		if err != nil {
			return err
		}
		p.Order, err = openOrder(key, p.Order.Key, sealed)
		return err
	})
}

// Warned records that people were told of an order's deadline by a code. It is
// on disk, so that a restart tells nothing twice.
func (l *Ledger) Warned(ctx context.Context, key order.Key, code string) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE orders SET warned = ? WHERE source = ? AND platform_id = ?`, code, key.Source, key.ID)
		return err
	})
}
