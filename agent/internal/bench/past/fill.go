// Package past makes ledgers that have seen years, to measure what that
// costs.
//
// Their rows are such as a station leaves them a day after its labels were
// printed: without anything about a person. They are written in bulk, past the
// ledger, since a million orders on their proper way take an hour; sums and
// tallies are what the triggers would have made them.
package past

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"miandan/agent/internal/store"
)

// Step is how far apart the orders of a history are: about twenty thousand in a
// working day.
const Step = 2 * time.Second

// lot is how many orders are written in one commit: what that changes is to stay in
// the writer's cache, or each page would go through the WAL several times.
const lot = 5_000

// Fill writes the history of n orders with one label each into a new ledger, the
// last of them taken up a day before now.
func Fill(ctx context.Context, db *store.DB, n int, now time.Time) error {
	if n == 0 {
		return nil
	}
	if _, err := db.Write.ExecContext(ctx, `PRAGMA synchronous = OFF`); err != nil {
		return err
	}
	var triggers []string
	err := db.Tx(ctx, func(tx *sql.Tx) (err error) { triggers, err = takeTriggers(tx); return err })
	if err != nil {
		return err
	}
	last := now.Add(-24 * time.Hour).UnixMilli()
	for from := 1; from <= n; from += lot {
		to := min(from+lot-1, n)
		at := last - int64(n-from)*Step.Milliseconds()
		if err := db.Tx(ctx, func(tx *sql.Tx) error { return fillLot(ctx, tx, from, to, at) }); err != nil {
			return err
		}
	}
	if err := db.Tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, tally+strings.Join(triggers, ";\n"))
		return err
	}); err != nil {
		return err
	}
	_, err = db.Write.ExecContext(ctx, `PRAGMA synchronous = FULL`)
	return err
}

// fillLot writes the orders of a lot, the first of which was taken up at a time.
func fillLot(ctx context.Context, tx *sql.Tx, from, to int, at int64) error {
	for _, q := range []string{orders, labels, attempts, outbox} {
		if _, err := tx.ExecContext(ctx, q, from, to, at, Step.Milliseconds()); err != nil {
			return fmt.Errorf("fill the history: %w", err)
		}
	}
	for table, key := range map[string]string{"orders": "id", "labels": "id", "attempts": "label_id", "outbox": "id"} {
		var columns string
		err := tx.QueryRow(`SELECT group_concat('"' || name || '"', ', ') FROM (SELECT name FROM pragma_table_info(?) WHERE name <> 'sum' ORDER BY cid)`, table).Scan(&columns)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE `+table+` SET sum = miandan_sum(`+columns+`) WHERE `+key+` BETWEEN ? AND ?`, from, to); err != nil {
			return fmt.Errorf("put sums into %s: %w", table, err)
		}
	}
	return nil
}

// takeTriggers drops the triggers and returns how to make them again.
func takeTriggers(tx *sql.Tx) ([]string, error) {
	rows, err := tx.Query(`SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names, texts []string
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			return nil, err
		}
		names, texts = append(names, name), append(texts, text)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for _, name := range names {
		if _, err := tx.Exec(`DROP TRIGGER ` + name); err != nil {
			return nil, err
		}
	}
	return texts, nil
}

const (
	counted = `WITH RECURSIVE c(i, at) AS (SELECT ?1, ?3 UNION ALL SELECT i + 1, at + ?4 FROM c WHERE i < ?2) `

	orders = counted + `INSERT INTO orders (id, source, platform_id, state, content, merchant, issuer, wanted, deadline, read_at, created_at,
			carrier, waybill, phone_kind, issue_ms, ended_at, labelled, warned, kept_why, kept_from)
		SELECT i, 'jd', printf('30%010d', i), 'issued', randomblob(32), 'SOP', 'jd-express', 1, at + 172800000, at + 60000, at,
			CASE i % 5 WHEN 0 THEN 'JD' WHEN 1 THEN 'ZTO' WHEN 2 THEN 'YTO' WHEN 3 THEN 'SF' ELSE 'STO' END, printf('JDV%012d', i), 'real', 41.5, at + 600000, 1, '', 'history', at + 87000000
		FROM c`
	labels = counted + `INSERT INTO labels (id, order_id, waybill, parcel, state, template, paper, printer, deadline, attempt, printed_at, ended_at, own, barcode, scanned_at, carrier, taken)
		SELECT i, i, printf('JDV%012d', i), 0, CASE i % 50 WHEN 0 THEN 'cancelled' WHEN 1 THEN 'presumed' ELSE 'confirmed' END, 'jd-76x130', '76x130', 'bench-' || (1 + i % 4),
			at + 172800000, 1, at + 590000, at + 600000, printf('JDV%012d', i), printf('JDV%012d-1-1-', i), at + 700000,
			CASE i % 5 WHEN 0 THEN 'JD' WHEN 1 THEN 'ZTO' WHEN 2 THEN 'YTO' WHEN 3 THEN 'SF' ELSE 'STO' END, at
		FROM c`
	attempts = counted + `INSERT INTO attempts (label_id, n, copy, printer, mark, document, payload, baseline, state, evidence, timing, intent_at, settled_at)
		SELECT i, 1, 0, 'bench-' || (1 + i % 4), 'a0a0', hex(randomblob(13)), randomblob(32), '{"Printer":"bench-1","Mark":"a0a0","Follows":"","Count":0}', 'confirmed',
			'{"Method":"process-id","Detail":"a0a0","At":"2026-11-25T09:00:00Z"}', '{"Compose":2000000,"Render":3000000,"Send":9000000}', at + 595000, at + 600000
		FROM c`
	outbox = counted + `INSERT INTO outbox (id, order_id, waybill, what, done_at) SELECT i, i, printf('JDV%012d', i), 'shipped', at + 700000 FROM c`

	tally = `DELETE FROM tally;
		INSERT INTO tally SELECT 'label ' || stand, CASE stand WHEN 'waiting' THEN carrier WHEN 'done' THEN ended_at / 900000 ELSE '' END, count(*) FROM labels GROUP BY 1, 2;
		INSERT INTO tally SELECT 'order ' || stand, '', count(*) FROM orders WHERE stand IS NOT NULL GROUP BY 1;
		`
)
