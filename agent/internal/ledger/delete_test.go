package ledger

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"miandan/agent/internal/order"
	"miandan/printer"
)

var asks = Person{Who: "local:tester", Why: "13800000001 asked for it"}

// What is on the way is stopped or waited for, what is on paper is left, and
// nobody is named in any case.
func TestDelete(t *testing.T) {
	for _, c := range []struct {
		name   string
		begin  func(*bench, order.Order)
		want   Deleted
		err    error
		order  OrderState
		label  LabelState
		cancel int // numbers that go back
	}{
		{"accepted", func(b *bench, o order.Order) { b.accept(o) }, Deleted{}, nil, Cancelled, "", 0},
		{"number being taken", func(b *bench, o order.Order) { b.accept(o); b.do(b.issuing(o)) }, Deleted{}, ErrBusy, Issuing, "", 0},
		{"answer lost", func(b *bench, o order.Order) {
			b.accept(o)
			b.do(b.issuing(o))
			b.do(b.IssueLost(b.t.Context(), o.Key, Problem{"carrier-answer-unknown", []any{"1", phone}}, 0))
		}, Deleted{}, nil, IssueUnknown, "", 0},
		{"numbered", func(b *bench, o order.Order) {
			b.accept(o)
			b.do(b.issuing(o))
			b.do(b.Issued(b.t.Context(), o.Key, bill(o, 1), 0))
		}, Deleted{Returned: 1}, nil, Cancelled, "", 1},
		{"queued", func(b *bench, o order.Order) { b.enqueue(o, 1) }, Deleted{Cancelled: 1, Returned: 1}, nil, Cancelled, Dropped, 1},
		{"rendered", func(b *bench, o order.Order) { b.enqueue(o, 1); b.print(Rendered) }, Deleted{Cancelled: 1, Returned: 1}, nil, Cancelled, Dropped, 1},
		{"intent", func(b *bench, o order.Order) { b.enqueue(o, 1); b.print(Intent) }, Deleted{}, ErrBusy, Issued, Intent, 0},
		{"sending", func(b *bench, o order.Order) { b.enqueue(o, 1); b.print(Sending) }, Deleted{}, ErrBusy, Issued, Sending, 0},
		{"nothing sent", func(b *bench, o order.Order) { b.enqueue(o, 1); b.settle(b.print(Sending), printer.NotSent) }, Deleted{Cancelled: 1, Returned: 1}, nil, Cancelled, Dropped, 1},
		{"unknown", func(b *bench, o order.Order) { b.enqueue(o, 1); b.settle(b.print(Sending), printer.Uncertain) }, Deleted{Unknown: 1}, nil, Issued, Unknown, 0},
		{"printed", func(b *bench, o order.Order) { b.enqueue(o, 1); b.settle(b.print(Sending), printer.Confirmed) }, Deleted{}, nil, Issued, Confirmed, 0},
		{"changed when it was printed", func(b *bench, o order.Order) {
			b.enqueue(o, 1)
			b.settle(b.print(Sending), printer.Confirmed)
			o.Services.Parcels = 2
			if v := b.accept(o); v != TooLate {
				b.t.Fatalf("the change is %s", v)
			}
		}, Deleted{}, nil, Issued, Confirmed, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			o := b.order("1")
			c.begin(b, o)
			var wrapped []byte
			b.do(b.db.Read.QueryRow(`SELECT key FROM orders`).Scan(&wrapped))
			raw, err := newThief(t, b.dir).Unwrap(wrapped)
			b.do(err)
			key := []string{raw}
			got, err := b.Delete(t.Context(), o.Key, asks)
			c.want.Emptied = err == nil
			if got.Already = false; !errors.Is(err, c.err) || got != c.want && err == nil {
				t.Fatalf("Delete = %+v, %v, want %+v, %v", got, err, c.want, c.err)
			}
			r := b.row("1")
			if r.OrderState != c.order || r.Label != c.label || r.Purged != (err == nil) {
				t.Errorf("the order is %s, its label %s, purged %v", r.OrderState, r.Label, r.Purged)
			}
			if n := found(newThief(t, b.dir), key); (n == 0) != (err == nil) {
				t.Errorf("its key is found %d times", n)
			}
			var back int
			b.do(b.db.Read.QueryRow(`SELECT count(*) FROM outbox WHERE what = 'cancel' AND done_at = 0`).Scan(&back))
			if back != c.cancel {
				t.Errorf("%d numbers go back, want %d", back, c.cancel)
			}
			if err != nil {
				return
			}
			// It is not taken up again, whatever its platform says and whoever asks.
			for _, s := range []order.State{order.ToShip, order.Paused, order.Cancelled, order.ToShip} {
				b.crash()
				b.now = b.now.Add(10 * day)
				again := b.order("1")
				again.State = s
				if v, err := b.Accept(t.Context(), again, Plan{Issuer: plan.Issuer, Wanted: true, Asked: true}); v != Same || err != nil {
					t.Errorf("fetched again as %s: %s, %v", s, v, err)
				}
			}
			if c.order == IssueUnknown {
				if err := b.ResolveNoNumberAs(t.Context(), b.order("1"), plan, asks); err != nil || b.row("1").OrderState != Cancelled {
					t.Errorf("no-number: %v, the order is %s", err, b.row("1").OrderState)
				}
			}
			if _, err := b.Next(t.Context()); !errors.Is(err, ErrNothing) {
				t.Errorf("a number is to be taken: %v", err)
			}
			if _, err := b.Claim(t.Context(), Claimant{Printer: "p", Paper: "76x130"}); !errors.Is(err, ErrNothing) {
				t.Errorf("a label is to be printed: %v", err)
			}
			if got := b.row("1"); !got.Purged {
				t.Error("it is sealed anew")
			}
			for _, q := range []string{`SELECT count(*) FROM orders WHERE key IS NOT NULL OR sealed_order IS NOT NULL OR sealed_waybill IS NOT NULL OR length(content) > 0 OR alarm_about IS NOT NULL`,
				`SELECT count(*) FROM audit WHERE why LIKE '%` + phone + `%'`, `SELECT count(*) FROM orders WHERE problem_detail LIKE '%` + phone + `%'`,
				`SELECT 1 - count(*) FROM audit WHERE what = 'deleted' AND who = 'local:tester' AND subject = 'jd:1'`} {
				var n int
				b.do(b.db.Read.QueryRow(q).Scan(&n))
				if n != 0 {
					t.Errorf("%d of %s", n, q)
				}
			}
			if got, err := b.Delete(t.Context(), o.Key, asks); err != nil || !got.Already || got.Returned != 0 {
				t.Errorf("a second time: %+v, %v", got, err)
			}
		})
	}
}

func TestDeleteOfNothing(t *testing.T) {
	b := newBench(t)
	if _, err := b.Delete(t.Context(), order.Key{Source: "jd", ID: "9"}, asks); !errors.Is(err, ErrNoOrder) {
		t.Errorf("Delete of nothing: %v", err)
	}
	b.accept(b.order("1"))
	if _, err := b.Delete(t.Context(), b.order("1").Key, Person{Who: "t"}); !errors.Is(err, ErrDeleteWhy) {
		t.Errorf("Delete without a reason: %v", err)
	}
	if keys, err := b.Named(t.Context(), "jd:1"); err != nil || fmt.Sprint(keys) != "[jd:1]" {
		t.Errorf("Named = %v, %v", keys, err)
	}
}

// Somebody who reads holds the WAL; what is owed is made up for.
func TestDeleteUnderAReader(t *testing.T) {
	b := newBench(t)
	b.accept(b.order("1"))
	_, err := b.db.Write.Exec(`PRAGMA busy_timeout = 20`)
	b.do(err)
	reader, err := b.db.Read.Begin()
	b.do(err)
	var n int
	b.do(reader.QueryRow(`SELECT count(*) FROM orders`).Scan(&n))
	got, err := b.Delete(t.Context(), b.order("1").Key, asks)
	if err != nil || got.Emptied {
		t.Fatalf("Delete = %+v, %v", got, err)
	}
	b.do(reader.Rollback())
	if _, err := b.Purge(t.Context(), keep); err != nil {
		t.Fatal(err)
	}
	if keys := newThief(t, b.dir).Keys(); len(keys) > 0 {
		t.Errorf("%d keys are left", len(keys))
	}
}

// A routing that was being read when its order was deleted is too late.
func TestDeleteWhileRouting(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.accept(o)
	b.do(b.issuing(o))
	b.do(b.Issued(t.Context(), o.Key, bill(o, 1), 0))
	_, err := b.Delete(t.Context(), o.Key, asks)
	b.do(err)
	var move *MoveError
	if err := b.Enqueue(t.Context(), o.Key, bill(o, 1), Paper{"wujie-76x130", "76x130"}, time.Second); !errors.As(err, &move) {
		t.Errorf("Enqueue: %v, want a MoveError", err)
	}
}
