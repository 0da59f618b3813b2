package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// Past says what of the history is looked for. What is left out is not asked.
type Past struct {
	Find     string   // the beginning of an order's or a waybill's number
	Labels   []string // stands of labels: waiting, printing, unknown, done, cancelled; nil for all
	Orders   []string // stands of orders without labels: waiting, unknown, refused, cancelled; nil for all
	Carrier  string
	Printer  string
	From, To time.Time // when its order was taken up
	Before   string    // Next of the page before
	Limit    int
}

// Anything is what Labels and Orders are if nothing is asked of them.
var (
	AnyLabel = []string{"waiting", "printing", "unknown", "done", "cancelled"}
	AnyOrder = []string{"waiting", "unknown", "refused", "cancelled"}
)

// ErrPlace reports a Before that no page has given.
var ErrPlace = errors.New("there is no such place in the history")

// place is where a page ended: the rows behind it are those that are older, and of
// the same moment labels come before orders and later ones before earlier.
type place struct{ taken, label, order int64 }

var end = place{math.MaxInt64, math.MaxInt64, math.MaxInt64}

func placeOf(text string) (place, error) {
	if text == "" {
		return end, nil
	}
	p := place{label: -1, order: -1}
	if _, err := fmt.Sscanf(text, "%d-%d-%d", &p.taken, &p.label, &p.order); err != nil || p.String() != text {
		return place{}, ErrPlace
	}
	return p, nil
}

func (p place) String() string { return fmt.Sprintf("%d-%d-%d", p.taken, p.label, p.order) }

// behind is the place behind a spot.
func behind(s spot) place {
	if s.label != 0 {
		return place{s.when, s.label, math.MaxInt64}
	}
	return place{s.when, 0, s.order}
}

// History returns labels, and orders that have none, the newest first by when
// their order was taken up; and where the next page begins, empty on the last.
func (l *Ledger) History(ctx context.Context, q Past) (rows []Row, next string, err error) {
	from, err := placeOf(q.Before)
	if err != nil {
		return nil, "", err
	}
	tx, err := l.db.Read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, "", err
	}
	defer tx.Rollback()
	var found []spot
	queries, err := q.queries(ctx, tx, from)
	if err != nil {
		return nil, "", err
	}
	for _, part := range queries {
		list, err := spots(ctx, tx, part.text, part.args...)
		if err != nil {
			return nil, "", err
		}
		found = append(found, list...)
	}
	slices.SortFunc(found, func(a, b spot) int {
		return cmp.Or(cmp.Compare(b.when, a.when), cmp.Compare(min(b.label, 1), min(a.label, 1)), cmp.Compare(b.label, a.label), cmp.Compare(b.order, a.order))
	})
	if len(found) > q.Limit {
		found = found[:q.Limit]
		next = behind(found[q.Limit-1]).String()
	}
	rows, err = l.open(ctx, tx, found)
	return rows, next, err
}

// query is one walk along one index.
type query struct {
	text string
	args []any
}

// queries are the walks that find a page, each in the order of the page and no
// longer than it.
func (q Past) queries(ctx context.Context, tx *sql.Tx, from place) ([]query, error) {
	var found any // the orders that it is among, as JSON
	if q.Find != "" {
		orders, err := numbered(ctx, tx, q.Find)
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(append([]int64{}, orders...))
		if err != nil {
			return nil, err
		}
		found = string(text)
	}
	labels, orders := q.Labels, q.Orders
	if labels == nil && orders == nil {
		labels, orders = AnyLabel, AnyOrder
	}
	if q.Printer != "" {
		orders = nil
	}
	var all []query
	if slices.Equal(labels, AnyLabel) {
		all = append(all, q.labels("", found, from))
	} else {
		for _, stand := range labels {
			all = append(all, q.labels(stand, found, from))
		}
	}
	for _, stand := range orders {
		all = append(all, q.orders(stand, found, from))
	}
	return all, nil
}

func (q Past) labels(stand string, found any, from place) query {
	index, where := "labels_by_taken", condition{}
	// What has not ended is little, and so is found quickest by where it stands.
	few := stand == "waiting" || stand == "printing" || stand == "unknown"
	switch {
	case found != nil:
		index = ""
	case q.Printer != "" && !few:
		index = "labels_by_printer"
	case q.Carrier != "" && !few:
		index = "labels_by_carrier"
	case stand != "":
		index = "labels_by_stand"
	}
	where.equal("stand", stand)
	where.equal("carrier", q.Carrier)
	where.equal("printer", q.Printer)
	q.bounds(&where, "taken", from.taken, from.label)
	if stand == "" || stand == "cancelled" { // an order that waits for a person speaks for what became of its labels
		where.and("(stand <> 'cancelled' OR NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = b.order_id AND o.stand = 'unknown'))")
	}
	return where.query("SELECT order_id, id, stand, taken FROM labels b", index, "order_id", found, "taken DESC, id DESC", q.Limit)
}

func (q Past) orders(stand string, found any, from place) query {
	index, where := "orders_stand_taken", condition{}
	if found != nil {
		index = ""
	}
	where.equal("stand", stand)
	where.equal("carrier", q.Carrier)
	q.bounds(&where, "created_at", from.taken, from.order)
	return where.query("SELECT id, 0, stand, created_at FROM orders", index, "id", found, "created_at DESC, id DESC", q.Limit)
}

// bounds keeps to the time and to what is behind a place. SQLite begins a walk at
// one bound of each side: were there two, it might walk down from the wrong one.
func (q Past) bounds(c *condition, column string, taken, id int64) {
	upper := taken
	if !q.To.IsZero() {
		upper = min(upper, q.To.UnixMilli()-1)
	}
	c.and(column+" <= ?", upper)
	if !q.From.IsZero() {
		c.and(column+" >= ?", q.From.UnixMilli())
	}
	c.and("(+"+column+" <> ? OR id < ?)", taken, id)
}

// condition is the WHERE of a query while it grows.
type condition struct {
	text string
	args []any
}

func (c *condition) and(text string, args ...any) {
	if c.text != "" {
		c.text += " AND "
	}
	c.text, c.args = c.text+text, append(c.args, args...)
}

func (c *condition) equal(column, value string) {
	if value != "" {
		c.and(column+" = ?", value)
	}
}

// query walks one index, or the orders that were found.
func (c *condition) query(what, index, id string, found any, sorted string, limit int) query {
	if index != "" {
		what += " INDEXED BY " + index
	}
	if found != nil {
		c.and(id+" IN (SELECT value FROM json_each(?))", found)
	}
	return query{what + " WHERE " + c.text + " ORDER BY " + sorted + " LIMIT ?", append(c.args, limit+1)}
}
