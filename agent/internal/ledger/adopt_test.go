package ledger

import (
	"errors"
	"testing"
	"time"

	"miandan/agent/internal/order"
	"miandan/printer"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// lose brings an order to where its carrier's answer was lost.
func (b *bench) lose(o order.Order) {
	b.t.Helper()
	b.accept(o)
	b.do(b.issuing(o))
	b.do(b.IssueLost(b.t.Context(), o.Key, Problem{Code: "carrier-answer-unknown"}, time.Hour))
}

// recorded counts what the audit holds of a kind.
func (b *bench) recorded(what string) (n int) {
	b.t.Helper()
	b.do(b.db.Read.QueryRow(`SELECT count(*) FROM audit WHERE what = ? AND who = 'tester'`, what).Scan(&n))
	return n
}

func (b *bench) lookedUp(o order.Order) Numbering {
	b.t.Helper()
	n, err := b.Lost(b.t.Context(), o.Key)
	b.do(err)
	return n
}

func TestANumberFoundByHandGoesTheUsualWay(t *testing.T) {
	b, p := newBench(t), Person{Who: "tester"}
	o := b.order("1")
	b.lose(o)
	n := b.lookedUp(o)
	if n.Issuer != plan.Issuer || !n.Again || n.Order.Receiver.Name.Reveal() != name {
		t.Fatalf("Lost = %+v", n)
	}
	b.do(b.Adopted(t.Context(), n, bill(n.Order, 2), p))
	b.crash()
	next, err := b.Next(t.Context()) // at once, however long the next question was put off
	if err != nil || next.Waybill == nil || next.Waybill.Number != "731" || next.Order.ID != "1" {
		t.Fatalf("Next = %+v, %v; want order 1 with its number, to be routed", next, err)
	}
	b.do(b.Enqueue(t.Context(), o.Key, *next.Waybill, Paper{"t", "76x130"}, 0))
	for range 2 {
		b.settle(b.print(Sending), printer.Confirmed)
	}
	if got := b.recorded("adopted-number"); got != 1 {
		t.Errorf("the audit holds %d records of it, want 1", got)
	}
}

func TestNoSecondNumberByHand(t *testing.T) {
	p := Person{Who: "tester"}
	var move *MoveError
	for name, test := range map[string]struct {
		meanwhile func(b *bench, o order.Order)
		bad       func(error) bool
	}{
		"it was found by asking again": {func(b *bench, o order.Order) {
			b.do(b.issuing(o))
			b.do(b.Issued(b.t.Context(), o.Key, bill(o, 1), 0))
		}, func(err error) bool { return errors.As(err, &move) && move.From == string(Issued) }},
		"the carrier is being asked": {func(b *bench, o order.Order) { b.do(b.issuing(o)) },
			func(err error) bool { return errors.As(err, &move) && move.From == string(Issuing) }},
		"somebody else has said that there is none": {func(b *bench, o order.Order) { b.do(b.ResolveNoNumber(b.t.Context(), o.Key, p)) },
			func(err error) bool { return errors.As(err, &move) && move.From == string(Accepted) }},
		"twice by hand": {func(b *bench, o order.Order) { b.do(b.Adopted(b.t.Context(), b.lookedUp(o), bill(o, 1), p)) },
			func(err error) bool { return errors.As(err, &move) && move.From == string(Issued) }},
		"it goes to somebody else now": {func(b *bench, o order.Order) {
			b.do(b.ResolveNoNumber(b.t.Context(), o.Key, p))
			o.Receiver.Phone = pii.NewPhone("13800000002")
			b.accept(o)
			b.do(b.issuing(o))
			b.do(b.IssueLost(b.t.Context(), o.Key, Problem{}, time.Hour))
		}, func(err error) bool { return errors.Is(err, ErrStale) }},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			o := b.order("1")
			b.lose(o)
			n := b.lookedUp(o)
			test.meanwhile(b, o)
			before := b.recorded("adopted-number")
			w := bill(o, 1)
			w.Number = "739"
			if err := b.Adopted(t.Context(), n, w, p); err == nil || !test.bad(err) {
				t.Errorf("Adopted: %v", err)
			}
			if got := b.row("1").Number; got == "739" {
				t.Error("the number was taken")
			}
			if got := b.recorded("adopted-number"); got != before {
				t.Errorf("%d records more", got-before)
			}
		})
	}
}

func TestANumberBelongsToOneOrder(t *testing.T) {
	p := Person{Who: "tester"}
	boxes := func(o order.Order, numbers ...waybill.Number) waybill.Waybill {
		w := bill(o, len(numbers))
		w.Number = numbers[0]
		for i, n := range numbers {
			w.Parcels[i].Number, w.Parcels[i].Barcode = n, string(n)
		}
		return w
	}
	for name, test := range map[string]struct {
		has   func(b *bench, o order.Order)
		typed []waybill.Number
		taken bool
	}{
		"on a label":          {func(b *bench, o order.Order) { b.enqueue(o, 1) }, []waybill.Number{"732"}, true},
		"the second of a box": {func(b *bench, o order.Order) { b.enqueue(o, 1) }, []waybill.Number{"741", "732"}, true},
		"not yet on a label": {func(b *bench, o order.Order) {
			b.accept(o)
			b.do(b.issuing(o))
			b.do(b.Issued(b.t.Context(), o.Key, boxes(o, "751", "752"), 0))
		}, []waybill.Number{"752"}, true},
		"a box's label": {func(b *bench, o order.Order) {
			b.accept(o)
			b.do(b.issuing(o))
			b.do(b.Issued(b.t.Context(), o.Key, boxes(o, "751", "752"), 0))
			b.do(b.Enqueue(b.t.Context(), o.Key, boxes(o, "751", "752"), Paper{"t", "76x130"}, 0))
		}, []waybill.Number{"752"}, true},
		"given back": {func(b *bench, o order.Order) {
			b.enqueue(o, 1)
			o.State = order.Cancelled
			_, err := b.Accept(b.t.Context(), o, Plan{Refusal: "order-cancelled"})
			b.do(err)
		}, []waybill.Number{"732"}, true},
		"nobody's": {func(b *bench, o order.Order) { b.enqueue(o, 1) }, []waybill.Number{"741", "742"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			test.has(b, b.order("2"))
			o := b.order("1")
			b.lose(o)
			err := b.Adopted(t.Context(), b.lookedUp(o), boxes(o, test.typed...), p)
			var taken *TakenError
			if got := errors.As(err, &taken); got != test.taken || got && taken.Order != "2" || !got && err != nil {
				t.Errorf("Adopted: %v", err)
			}
			want := IssueUnknown
			if !test.taken {
				want = Issued
			}
			if got := b.row("1").OrderState; got != want {
				t.Errorf("the order is %s, want %s", got, want)
			}
		})
	}
}

func TestLostIsNothingElse(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	if _, err := b.Lost(t.Context(), o.Key); !errors.Is(err, ErrNoOrder) {
		t.Errorf("Lost of nothing: %v", err)
	}
	b.accept(o)
	var move *MoveError
	if _, err := b.Lost(t.Context(), o.Key); !errors.As(err, &move) {
		t.Errorf("Lost of an order that waits: %v", err)
	}
	b.do(b.issuing(o))
	b.do(b.IssueLost(t.Context(), o.Key, Problem{}, 0))
	if n := b.days(31, Retention{Ended: time.Hour, Unknown: time.Hour}); n != 1 {
		t.Fatalf("%d purged after 31 days, want 1", n)
	}
	if _, err := b.Lost(t.Context(), o.Key); !errors.Is(err, ErrPurged) {
		t.Errorf("Lost of a purged order: %v", err)
	}
}

func TestWhatIsShownIsRecordedFirst(t *testing.T) {
	b, p := newBench(t), Person{Who: "tester"}
	b.accept(b.order("1"))
	for range 2 {
		b.do(b.Revealing(t.Context(), order.Key{Source: "jd", ID: "1"}, p, Unlimited))
	}
	b.do(b.Exporting(t.Context(), "masked", 7, p))
	b.crash()
	if r, e := b.recorded("revealed"), b.recorded("exported"); r != 2 || e != 1 {
		t.Errorf("%d and %d records, want one for each: 2 and 1", r, e)
	}
	if err := b.Revealing(t.Context(), order.Key{Source: "jd", ID: "9"}, p, Unlimited); !errors.Is(err, ErrNoOrder) {
		t.Errorf("Revealing of nothing: %v", err)
	}
}
