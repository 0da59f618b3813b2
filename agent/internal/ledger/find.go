package ledger

import (
	"context"
	"database/sql"
)

// mostFound is how many orders a number's beginning finds in each place that
// numbers stand. Whoever sees so many writes another digit.
const mostFound = 1000

// beginnings finds orders by the beginning of one of their numbers, the highest
// first; what is looked for is in it twice, and the second time followed by what no
// number holds.
var beginnings = []string{
	`SELECT id FROM orders WHERE platform_id >= ?1 AND platform_id < ?2 ORDER BY platform_id DESC LIMIT ?3`,
	`SELECT id FROM orders WHERE waybill <> '' AND waybill >= ?1 AND waybill < ?2 ORDER BY waybill DESC LIMIT ?3`,
	`SELECT order_id FROM labels WHERE waybill >= ?1 AND waybill < ?2 ORDER BY waybill DESC LIMIT ?3`,
	`SELECT order_id FROM labels WHERE own >= ?1 AND own < ?2 ORDER BY own DESC LIMIT ?3`,
	`SELECT order_id FROM labels WHERE barcode >= ?1 AND barcode < ?2 ORDER BY barcode DESC LIMIT ?3`,
}

// numbered returns the orders of which a number begins so, however long ago.
func numbered(ctx context.Context, tx *sql.Tx, beginning string) ([]int64, error) {
	var all []int64
	for _, q := range beginnings {
		found, err := ids(ctx, tx, q, beginning, beginning+"\U0010FFFF", mostFound)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// inside finds orders that have not ended by any part of one of their numbers, by
// indexes that hold nothing else.
var inside = []string{
	`SELECT id FROM orders INDEXED BY orders_open WHERE ended_at = 0 AND (instr(platform_id, ?1) > 0 OR instr(waybill, ?1) > 0) LIMIT ?2`,
	`SELECT order_id FROM labels INDEXED BY labels_open WHERE ended_at = 0 AND instr(own, ?1) > 0 LIMIT ?2`,
}

func partly(ctx context.Context, tx *sql.Tx, part string) ([]int64, error) {
	var all []int64
	for _, q := range inside {
		found, err := ids(ctx, tx, q, part, mostFound)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

func ids(ctx context.Context, tx *sql.Tx, query string, args ...any) ([]int64, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return collect(rows, func(r *sql.Rows, id *int64) error { return r.Scan(id) })
}
