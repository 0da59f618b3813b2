package ledger

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"miandan/printer"
)

// TestTrim lives through some months. What is left of old orders goes; what is
// open stays; and an order that was taken out is not numbered again by itself.
func TestTrim(t *testing.T) {
	b := newBench(t)
	const history = SameFor
	retention := Retention{Ended: time.Hour, Unknown: time.Hour}
	first := b.order("1")
	old := b.now
	rows := func() (orders, labels, attempts int) {
		t.Helper()
		b.do(b.db.Read.QueryRow(`SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM labels), (SELECT count(*) FROM attempts)`).Scan(&orders, &labels, &attempts))
		return orders, labels, attempts
	}

	b.enqueue(first, 1)
	b.settle(b.print(Sending), printer.Confirmed)
	doubtful := b.order("unknown")
	b.enqueue(doubtful, 1)
	b.settle(b.print(Sending), printer.Uncertain)
	trimmed, most := 0, 0
	for day := range 110 {
		b.now = b.now.Add(24 * time.Hour)
		b.enqueue(b.order(fmt.Sprint("day ", day)), 1)
		b.settle(b.print(Sending), printer.Confirmed)
		b.now = b.now.Add(2 * time.Hour)
		_, err := b.Purge(t.Context(), retention)
		b.do(err)
		n, err := b.Trim(t.Context(), history)
		b.do(err)
		if trimmed += n; n > 0 && b.now.Sub(old) < history {
			t.Fatalf("trimmed after %v", b.now.Sub(old))
		}
		orders, _, _ := rows()
		most = max(most, orders)
	}
	orders, labels, attempts := rows()
	if trimmed < 10 || most > 90 || orders != 112-trimmed || labels != orders || attempts != orders {
		t.Errorf("%d trimmed, at most %d orders at a time; left are %d orders, %d labels, %d attempts", trimmed, most, orders, labels, attempts)
	}
	if r := b.row("unknown"); r.Label != Unknown {
		t.Errorf("the label that nobody has looked for is %s", r.Label)
	}

	// The platform tells of the first order once more.
	first.ReadAt = b.now
	b.accept(first)
	if r := b.row("1"); r.OrderState != IssueUnknown || r.LabelID != 0 {
		t.Errorf("an order that was trimmed is %s, with label %d; want %s", r.OrderState, r.LabelID, IssueUnknown)
	}
	fresh := b.order("new")
	b.accept(fresh)
	if r := b.row("new"); r.OrderState != Accepted {
		t.Errorf("a new order is %s", r.OrderState)
	}
	if n, err := b.Trim(t.Context(), 0); n > 0 || err != nil {
		t.Errorf("%d more are trimmed when nothing is to be kept: %v", n, err)
	}
}

// TestManyAtOnce comes back after a holiday: all that ended before it goes in one call,
// however many transactions that takes, and who prints meanwhile is served.
func TestManyAtOnce(t *testing.T) {
	const many = 3*atOnce + 5
	b := newBench(t)
	for i := range many {
		b.enqueue(b.order(fmt.Sprint("old ", i)), 1)
		b.settle(b.print(Sending), printer.Confirmed)
	}
	b.now = b.now.Add(10 * 24 * time.Hour)
	b.enqueue(b.order("new"), 1)
	purged := make(chan int)
	go func() {
		n, err := b.Purge(t.Context(), Retention{Ended: 24 * time.Hour})
		if err != nil {
			t.Error(err)
		}
		purged <- n
	}()
	b.settle(b.print(Sending), printer.Confirmed)
	if n := <-purged; n != many {
		t.Errorf("%d purged of %d", n, many)
	}
	b.now = b.now.Add(4 * 24 * time.Hour)
	for range 10 { // in steps that a clock is believed
		b.now = b.now.Add(10 * 24 * time.Hour)
		_, err := b.Purge(t.Context(), Retention{Ended: 24 * time.Hour})
		b.do(err)
		_, err = b.Trim(t.Context(), 365*24*time.Hour)
		b.do(err)
	}
	n, err := b.Trim(t.Context(), SameFor)
	b.do(err)
	if n != many+1 {
		t.Errorf("%d trimmed of %d", n, many+1)
	}
}

// TestManyAreMarkedBitByBit: on the morning after a purge of thousands nobody who prints
// waits until it is noted of all of them since when they are kept.
func TestManyAreMarkedBitByBit(t *testing.T) {
	const many = 2*marksAtOnce + 5
	b := newBench(t)
	_, err := b.db.Write.Exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		INSERT INTO orders (source, platform_id, state, content, merchant, issuer, wanted, deadline, read_at, created_at, ended_at)
		SELECT 'jd', i, 'skipped', x'', 'SOP', '', 0, 1, 1, 1, 1 FROM n`, many)
	b.do(err)
	marked := func() (n int) {
		t.Helper()
		b.do(b.db.Read.QueryRow(`SELECT count(*) FROM orders WHERE kept_why = 'history'`).Scan(&n))
		return n
	}
	more := false
	b.do(b.db.Tx(t.Context(), func(tx *sql.Tx) (err error) { _, more, err = b.trim(tx, SameFor); return err }))
	if n := marked(); n != marksAtOnce || !more {
		t.Errorf("%d are marked in one bit, more to do: %v", n, more)
	}
	_, err = b.Trim(t.Context(), SameFor)
	b.do(err)
	if n := marked(); n != many {
		t.Errorf("%d are marked of %d", n, many)
	}
}
