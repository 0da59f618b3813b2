package ledger

import (
	"context"
	"strings"
	"testing"
	"time"

	"miandan/printer"
)

// What is asked after every commit must take as long in a year as on the first
// day.
func TestWhatIsDueIsFoundByAnIndex(t *testing.T) {
	b := newBench(t)
	for query, index := range map[string]string{nextOrder: "orders_due", nextMessage: "outbox_due"} {
		rows, err := b.db.Read.QueryContext(context.Background(), "EXPLAIN QUERY PLAN "+query, 0, 0)
		b.do(err)
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var step string
			b.do(rows.Scan(&id, &parent, &unused, &step))
			plan = append(plan, step)
		}
		b.do(rows.Err())
		if all := strings.Join(plan, "; "); !strings.Contains(all, index) || strings.Contains(all, "TEMP B-TREE") {
			t.Errorf("not by %s: %s", index, all)
		}
	}
}

// What a loop asks before it rests says no only when nothing can become due by
// itself: not of what is put off.
func TestPending(t *testing.T) {
	b, ctx := newBench(t), t.Context()
	is := func(when string, want Due) {
		t.Helper()
		var got Due
		for _, k := range []Due{DueNumbers, DueLabels, DueMessages} {
			yes, err := b.Pending(ctx, k)
			b.do(err)
			if yes {
				got |= k
			}
		}
		if got != want {
			t.Errorf("%s: %03b is pending, want %03b", when, got, want)
		}
	}
	b.ShipOnPaper = true
	is("at first", 0)
	o := b.order("1")
	_, err := b.Accept(ctx, o, Plan{Issuer: plan.Issuer})
	b.do(err)
	is("with an order that nobody has asked for", 0)
	b.enqueue(b.order("2"), 1)
	is("with a label in the queue", DueLabels)
	label := b.print(Claimed)
	is("with it in hand", 0)
	b.do(b.Release(ctx, label.ID, Problem{}, time.Minute))
	is("with it put off", DueLabels)
	b.now = b.now.Add(2 * time.Minute)
	b.settle(b.print(Sending), printer.Confirmed)
	is("with shipped to be told", DueMessages)
	m, err := b.NextMessage(ctx)
	b.do(err)
	b.do(b.NotTold(ctx, m.ID, Problem{}, time.Minute))
	is("with that put off", DueMessages)
	b.do(b.Told(ctx, m.ID))
	is("with it told", 0)
	b.accept(b.order("3"))
	is("with a number to take", DueNumbers)
	b.do(b.NotIssued(ctx, b.order("3").Key, Problem{}, time.Minute))
	is("with that put off", DueNumbers)
}

// Each number that a carrier gives is looked up among all that it ever gave.
func TestWhoHasANumberIsFoundByIndexes(t *testing.T) {
	b := newBench(t)
	rows, err := b.db.Read.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+whoHas, "jd", "1", "731", 0)
	b.do(err)
	defer rows.Close()
	var all string
	for rows.Next() {
		var id, parent, unused int
		var step string
		b.do(rows.Scan(&id, &parent, &unused, &step))
		all += step + "; "
	}
	b.do(rows.Err())
	for _, index := range []string{"orders_by_waybill", "labels_by_waybill", "labels_by_own"} {
		if !strings.Contains(all, index) {
			t.Errorf("not by %s: %s", index, all)
		}
	}
	if strings.Contains(all, "SCAN o") || strings.Contains(all, "SCAN labels") {
		t.Errorf("a whole table is read: %s", all)
	}
}
