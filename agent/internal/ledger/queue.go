package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"time"
)

// Look says what of the queue is looked at.
type Look struct {
	Find    string    // part of an order's or a waybill's number, of finished ones its beginning; empty for all
	Carrier string    // empty for all
	Since   time.Time // of what has ended, what has done so since, and what has an alarm
	Limit   int       // rows of each kind
}

// Kinds are the rows of the queue, of each kind at most as many as were asked for.
type Kinds struct {
	Person  []Row // labels and orders that need a person, by deadline
	Waiting []Row // that wait or print: what prints first, then by deadline
	Refused []Row // by deadline
	Ended   []Row // labels on paper and what was cancelled: what has an alarm that nobody has seen to first, the latest first
	More    int   // how many more there are that wait or print and fit
}

// spot is one row before it is read: an order, or one label of it.
type spot struct {
	order, label int64
	stand        string
	when         int64 // its deadline, or when it ended
}

// ahead finds what has not ended by its stand, one kind at a time and each by its
// index: no kind is ever walked through to the end.
const (
	labelsAhead = `SELECT order_id, id, stand, deadline FROM labels WHERE ended_at = 0 AND stand = ?1 ORDER BY deadline LIMIT ?2`
	labelsOf    = `SELECT order_id, id, stand, deadline FROM labels WHERE ended_at = 0 AND stand = ?1 AND carrier = ?3 ORDER BY deadline LIMIT ?2`
	ordersAhead = `SELECT id, 0, stand, deadline FROM orders WHERE stand = ?1 ORDER BY deadline LIMIT ?2`
	ordersOf    = `SELECT id, 0, stand, deadline FROM orders WHERE stand = ?1 AND carrier = ?3 ORDER BY deadline LIMIT ?2`
	labelsEnded = `SELECT order_id, id, stand, ended_at FROM labels b WHERE ended_at >= ?1 AND (?3 = '' OR carrier = ?3)
		AND (stand = 'done' OR NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = b.order_id AND o.stand = 'unknown')) ORDER BY ended_at DESC LIMIT ?2`
	ordersEnded = `SELECT id, 0, stand, ended_at FROM orders INDEXED BY orders_ended WHERE ended_at >= ?1 AND stand = 'cancelled' AND (?3 = '' OR carrier = ?3) ORDER BY ended_at DESC LIMIT ?2`
	alarmed     = `SELECT b.order_id, b.id, b.stand, b.ended_at FROM orders o INDEXED BY orders_alarmed CROSS JOIN labels b ON b.order_id = o.id
		WHERE o.alarm <> '' AND o.alarm_seen = 0 AND o.deadline >= ?1 AND b.stand = 'done' AND b.ended_at > 0 AND (?3 = '' OR b.carrier = ?3) ORDER BY b.ended_at DESC LIMIT ?2`
	printingOf = `SELECT (SELECT count(*) FROM labels WHERE ended_at = 0 AND stand = 'waiting' AND carrier = ?1)
		+ (SELECT count(*) FROM labels WHERE ended_at = 0 AND stand = 'printing' AND carrier = ?1)
		+ (SELECT count(*) FROM orders WHERE stand = 'waiting' AND carrier = ?1)`
)

// Queue reads the queue. Only the rows that it returns are opened.
func (l *Ledger) Queue(ctx context.Context, v Look) (Kinds, error) {
	tx, err := l.db.Read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // all that is shown was so at one moment
	if err != nil {
		return Kinds{}, err
	}
	defer tx.Rollback()
	spots := l.spotsAhead
	if v.Find != "" {
		spots = l.spotsFound
	}
	kinds, all, err := spots(ctx, tx, v)
	if err != nil {
		return Kinds{}, err
	}
	shown := len(kinds[1])
	q := Kinds{More: max(all-shown, 0)}
	for i, into := range []*[]Row{&q.Person, &q.Waiting, &q.Refused, &q.Ended} {
		if *into, err = l.open(ctx, tx, kinds[i]); err != nil {
			return Kinds{}, err
		}
	}
	return q, nil
}

// spotsAhead returns the spots of each kind, and how many wait or print in all. What
// is out and has an alarm that nobody has seen to is among them, and first, on whatever day it was printed:
// its parcel may be here still.
func (l *Ledger) spotsAhead(ctx context.Context, tx *sql.Tx, v Look) (kinds [4][]spot, all int, err error) {
	labels, orders, more := labelsAhead, ordersAhead, []any(nil)
	if v.Carrier != "" {
		labels, orders, more = labelsOf, ordersOf, []any{v.Carrier}
	}
	since := v.Since.UnixMilli()
	for _, part := range []struct {
		kind  int
		query string
		args  []any
	}{
		{0, labels, append([]any{"unknown", v.Limit}, more...)},
		{0, orders, append([]any{"unknown", v.Limit}, more...)},
		{1, labels, append([]any{"printing", v.Limit}, more...)},
		{1, labels, append([]any{"waiting", v.Limit}, more...)},
		{1, orders, append([]any{"waiting", v.Limit}, more...)},
		{2, orders, append([]any{"refused", v.Limit}, more...)},
		{3, labelsEnded, []any{since, v.Limit, v.Carrier}},
		{3, ordersEnded, []any{since, v.Limit, v.Carrier}},
	} {
		found, err := spots(ctx, tx, part.query, part.args...)
		if err != nil {
			return kinds, 0, err
		}
		kinds[part.kind] = append(kinds[part.kind], found...)
	}
	alarms, err := spots(ctx, tx, alarmed, l.leftBy(), v.Limit, v.Carrier)
	if err != nil {
		return kinds, 0, err
	}
	kinds[3] = slices.DeleteFunc(kinds[3], func(s spot) bool {
		return slices.ContainsFunc(alarms, func(b spot) bool { return b.label == s.label })
	})
	cut(&kinds, v.Limit)
	if kinds[3] = append(alarms, kinds[3]...); len(kinds[3]) > v.Limit && v.Limit >= 0 {
		kinds[3] = kinds[3][:v.Limit]
	}
	if v.Carrier != "" {
		return kinds, all, tx.QueryRowContext(ctx, printingOf, v.Carrier).Scan(&all)
	}
	err = tx.QueryRowContext(ctx, `SELECT coalesce(sum(n), 0) FROM tally WHERE what IN ('label waiting', 'label printing', 'order waiting')`).Scan(&all)
	return kinds, all, err
}

// spotsFound does so for what a part of a number finds.
func (l *Ledger) spotsFound(ctx context.Context, tx *sql.Tx, v Look) (kinds [4][]spot, all int, err error) {
	orders, err := numbered(ctx, tx, v.Find)
	if err != nil {
		return kinds, 0, err
	}
	open, err := partly(ctx, tx, v.Find)
	if err != nil {
		return kinds, 0, err
	}
	list, err := json.Marshal(append(orders, open...))
	if err != nil {
		return kinds, 0, err
	}
	found, err := spots(ctx, tx, `SELECT * FROM (
			SELECT b.order_id, b.id, b.stand, iif(b.ended_at = 0, b.deadline, b.ended_at) AS at FROM labels b JOIN orders o ON o.id = b.order_id
				WHERE b.order_id IN (SELECT value FROM json_each(?1)) AND (b.ended_at = 0 OR b.ended_at >= ?2 OR o.alarm <> '' AND o.alarm_seen = 0 AND o.deadline >= ?4) AND (?3 = '' OR b.carrier = ?3)
				AND NOT (b.stand = 'cancelled' AND o.stand IS 'unknown')
			UNION ALL SELECT id, 0, stand, iif(ended_at = 0, deadline, ended_at) FROM orders o
				WHERE id IN (SELECT value FROM json_each(?1)) AND stand IS NOT NULL AND (ended_at = 0 OR ended_at >= ?2) AND (?3 = '' OR carrier = ?3))`,
		string(list), v.Since.UnixMilli(), v.Carrier, l.leftBy())
	if err != nil {
		return kinds, 0, err
	}
	for _, s := range found {
		kind := map[string]int{"unknown": 0, "printing": 1, "waiting": 1, "refused": 2, "done": 3, "cancelled": 3}[s.stand]
		kinds[kind] = append(kinds[kind], s)
	}
	all = len(kinds[1])
	cut(&kinds, v.Limit)
	return kinds, all, nil
}

// cut sorts each kind as people read it and keeps the first of it.
func cut(kinds *[4][]spot, limit int) {
	for i, k := range kinds {
		slices.SortStableFunc(k, func(a, b spot) int {
			if i == 3 {
				return cmp.Compare(b.when, a.when)
			}
			return cmp.Or(first(a)-first(b), cmp.Compare(a.when, b.when), cmp.Compare(a.order, b.order), cmp.Compare(a.label, b.label))
		})
		if limit >= 0 && len(k) > limit {
			k = k[:limit]
		}
		kinds[i] = k
	}
}

func first(s spot) int {
	if s.stand == "printing" {
		return 0
	}
	return 1
}

func spots(ctx context.Context, tx *sql.Tx, query string, args ...any) ([]spot, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return collect(rows, func(r *sql.Rows, s *spot) error { return r.Scan(&s.order, &s.label, &s.stand, &s.when) })
}

// rowsAt reads rows in the order in which they are named.
const rowsAt = rowColumns + `
	FROM json_each(?) j CROSS JOIN orders o ON o.id = j.value ->> 0 LEFT JOIN labels b ON b.id = j.value ->> 1
	LEFT JOIN attempts a ON a.label_id = b.id AND a.n = b.attempt ORDER BY j.key`

// open reads the rows at spots, in that order.
func (l *Ledger) open(ctx context.Context, tx *sql.Tx, at []spot) ([]Row, error) {
	if len(at) == 0 {
		return nil, nil
	}
	list := make([][2]int64, len(at))
	for i, s := range at {
		list[i] = [2]int64{s.order, s.label}
	}
	text, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, rowsAt, string(text))
	if err != nil {
		return nil, err
	}
	return collect(rows, l.scanRow)
}
