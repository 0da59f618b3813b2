package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
)

// Unsent says which of the orders that have not shipped are asked for.
type Unsent struct {
	Find    string // part of a number; empty for all
	Carrier string // empty for all
	Paper   bool   // an order has shipped once it is on paper: nobody tells this station more
	Limit   int    // 0 for all
}

const (
	// unsent walks along the deadlines of orders whose data is still kept, in an
	// index that holds all that is asked of them.
	unsent = `SELECT o.id, 0, '', o.deadline FROM orders o INDEXED BY orders_unsent
		WHERE o.key IS NOT NULL AND o.state NOT IN ('skipped', 'cancelled') AND (?1 = '' OR o.carrier = ?1) AND ` + unshipped + ` ORDER BY o.deadline, o.id LIMIT ?3`
	unsentOf = `SELECT o.id, 0, '', o.deadline FROM orders o
		WHERE o.id IN (SELECT value FROM json_each(?4)) AND o.key IS NOT NULL AND o.state NOT IN ('skipped', 'cancelled') AND (?1 = '' OR o.carrier = ?1) AND ` + unshipped + ` ORDER BY o.deadline, o.id LIMIT ?3`
	unshipped = `NOT EXISTS (SELECT 1 FROM outbox x WHERE x.order_id = o.id AND x.waybill = o.waybill AND x.what = 'shipped')
		AND NOT (?2 AND o.state = 'issued' AND o.labelled = 1 AND NOT EXISTS (SELECT 1 FROM labels b
			WHERE b.order_id = o.id AND b.waybill = o.waybill AND b.state NOT IN ('confirmed', 'presumed', 'printed')))`
	// doubtful are those whose data is gone and that stand visibly in unknown.
	doubtful = `SELECT o.id, 0, '', o.deadline FROM orders o WHERE o.id IN (
			SELECT order_id FROM labels WHERE ended_at = 0 AND stand = 'unknown' UNION SELECT id FROM orders WHERE stand = 'unknown')
		AND o.key IS NULL AND (?1 = '' OR o.carrier = ?1) ORDER BY o.deadline, o.id LIMIT ?2`
	rowsOfOrders = rowColumns + `
		FROM json_each(?) j CROSS JOIN orders o ON o.id = j.value LEFT JOIN labels b ON b.order_id = o.id
		LEFT JOIN attempts a ON a.label_id = b.id AND a.n = b.attempt ORDER BY o.deadline, o.id, b.id`
)

// Unsent returns the rows of orders that have not shipped, the most urgent first;
// all rows of each. more says that there are others beyond the limit.
func (l *Ledger) Unsent(ctx context.Context, q Unsent) (rows []Row, more bool, err error) {
	tx, err := l.db.Read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, false, err
	}
	defer tx.Rollback()
	most := q.Limit + 1
	if q.Limit == 0 {
		most = -1
	}
	found, err := q.spots(ctx, tx, most)
	if err != nil {
		return nil, false, err
	}
	kinds := [4][]spot{found}
	cut(&kinds, most)
	found = kinds[0]
	if more = q.Limit > 0 && len(found) > q.Limit; more {
		found = found[:q.Limit]
	}
	list := make([]int64, len(found))
	for i, s := range found {
		list[i] = s.order
	}
	text, err := json.Marshal(list)
	if err != nil {
		return nil, false, err
	}
	read, err := tx.QueryContext(ctx, rowsOfOrders, string(text))
	if err != nil {
		return nil, false, err
	}
	rows, err = collect(read, l.scanRow)
	return rows, more, err
}

func (q Unsent) spots(ctx context.Context, tx *sql.Tx, most int) ([]spot, error) {
	if q.Find == "" {
		found, err := spots(ctx, tx, unsent, q.Carrier, q.Paper, most)
		if err != nil {
			return nil, err
		}
		rest, err := spots(ctx, tx, doubtful, q.Carrier, most)
		return append(found, rest...), err
	}
	orders, err := numbered(ctx, tx, q.Find)
	if err != nil {
		return nil, err
	}
	open, err := partly(ctx, tx, q.Find)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(append(append([]int64{}, orders...), open...))
	if err != nil {
		return nil, err
	}
	return spots(ctx, tx, unsentOf, q.Carrier, q.Paper, most, string(text))
}
