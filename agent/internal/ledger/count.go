package ledger

import (
	"context"
	"database/sql"
	"time"
)

// Counts is how many labels and orders stand where.
type Counts struct {
	Waiting  int // labels that wait for a printer, orders that wait for a number
	Printing int // labels between claim and settlement
	Unknown  int // labels and orders that need a person
	Refused  int
	Done     int // labels on paper since the given time, whatever the evidence
}

// quarter is the grain in which finished labels are counted: days begin at one in
// every time zone.
const quarter = 15 * time.Minute

// tallies reads what the database counts in the transactions that move orders and
// labels, see package store: it is asked after every commit.
const tallies = `SELECT
	(SELECT coalesce(sum(n), 0) FROM tally WHERE what = 'label waiting') + (SELECT total(n) FROM tally WHERE what = 'order waiting'),
	(SELECT coalesce(sum(n), 0) FROM tally WHERE what = 'label printing'),
	(SELECT coalesce(sum(n), 0) FROM tally WHERE what = 'label unknown') + (SELECT total(n) FROM tally WHERE what = 'order unknown'),
	(SELECT coalesce(sum(n), 0) FROM tally WHERE what = 'order refused'),
	(SELECT coalesce(sum(n), 0) FROM tally WHERE what = 'label done' AND slot >= ?)`

// Counts counts. Done counts from since on, which is the beginning of a quarter
// of an hour.
func (l *Ledger) Counts(ctx context.Context, since time.Time) (Counts, error) {
	var c Counts
	err := l.db.Read.QueryRowContext(ctx, tallies, since.UnixMilli()/quarter.Milliseconds()).
		Scan(&c.Waiting, &c.Printing, &c.Unknown, &c.Refused, &c.Done)
	return c, err
}

// WaitingBy is how many labels of each carrier wait for a printer.
func (l *Ledger) WaitingBy(ctx context.Context) (map[string]int, error) {
	rows, err := l.db.Read.QueryContext(ctx, `SELECT slot, n FROM tally WHERE what = 'label waiting' AND n > 0`)
	if err != nil {
		return nil, err
	}
	type carrier struct {
		name string
		n    int
	}
	list, err := collect(rows, func(r *sql.Rows, c *carrier) error { return r.Scan(&c.name, &c.n) })
	by := map[string]int{}
	for _, c := range list {
		by[c.name] = c.n
	}
	return by, err
}
