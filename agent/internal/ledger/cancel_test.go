package ledger

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"miandan/agent/internal/order"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

func TestANumberThatWasNotGivenBackIsNoNewOne(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.enqueue(o, 1)
	o.Receiver.Phone = pii.NewPhone("13900000009")
	b.accept(o)
	b.do(b.ResolveNoNumber(t.Context(), o.Key, Person{Who: "tester"}))
	b.do(b.issuing(o))
	b.do(b.Issued(t.Context(), o.Key, bill(o, 1), 0)) // the carrier answers with the number of before
	if r := b.row("1"); r.OrderState != Changed || r.Problem.Code != "order-changed" {
		t.Errorf("the order is %s (%s), want %s: as issued it would wait for ever, seen by nobody", r.OrderState, r.Problem.Code, Changed)
	}
}

func TestACancelledOrderThatShipsAfterAll(t *testing.T) {
	for _, back := range []bool{true, false} {
		b := newBench(t)
		o := b.order("1")
		b.enqueue(o, 1)
		o.State = order.Locked
		_, err := b.Accept(t.Context(), o, Plan{Issuer: plan.Issuer, Refusal: o.NumberAsked()})
		b.do(err)
		if back {
			m, err := b.NextMessage(t.Context())
			b.do(err)
			b.do(b.Told(t.Context(), m.ID))
		}
		o.State = order.ToShip
		b.accept(o)
		want := Changed // a person decides
		if back {
			want = Accepted
		}
		if r := b.row("1"); r.OrderState != want {
			t.Errorf("number given back %v: the order is %s, want %s", back, r.OrderState, want)
		}
		if n, err := b.Purge(t.Context(), Retention{}); n != 0 || err != nil {
			t.Errorf("Purge = %d, %v of an order that is to ship", n, err)
		}
	}
}

func TestCancelledNumberIsGivenBackOnce(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.enqueue(o, 1)
	o.State = order.Cancelled
	for range 2 {
		_, err := b.Accept(t.Context(), o, Plan{Issuer: plan.Issuer, Refusal: o.NumberAsked()})
		b.do(err)
	}
	m, err := b.NextMessage(t.Context())
	b.do(err)
	if m.What != "cancel" || m.Number != "731" || m.Issuer != "wujie/ZTO" {
		t.Errorf("message = %+v, want the number given back", m)
	}
	b.do(b.Told(t.Context(), m.ID))
	if m, err := b.NextMessage(t.Context()); !errors.Is(err, ErrNothing) {
		t.Errorf("a second message: %+v, %v", m, err)
	}
}

func TestEveryNumberOfACancelledOrderIsGivenBack(t *testing.T) {
	for _, refused := range []bool{false, true} {
		b := newBench(t)
		o := b.order("1")
		w := bill(o, 3)
		for i := range w.Parcels {
			w.Parcels[i].Number = w.Number + waybill.Number(fmt.Sprint(i))
		}
		w.Number = w.Parcels[0].Number
		b.accept(o)
		b.do(b.issuing(o))
		b.do(b.Issued(t.Context(), o.Key, w, 0))
		o.State = order.Locked
		_, err := b.Accept(t.Context(), o, Plan{Issuer: plan.Issuer, Refusal: o.NumberAsked()})
		b.do(err)
		var given []string
		for {
			m, err := b.NextMessage(t.Context())
			if errors.Is(err, ErrNothing) {
				break
			}
			b.do(err)
			given = append(given, string(m.Number))
			if refused && len(given) == 2 {
				b.do(b.GaveUp(t.Context(), m, Problem{Code: "cancel-refused"}))
			} else {
				b.do(b.Told(t.Context(), m.ID))
			}
		}
		if got := strings.Join(given, " "); got != "7310 7311 7312" {
			t.Errorf("given back: %s", got)
		}
		o.State = order.ToShip
		b.accept(o)
		want := Accepted
		if refused { // the carrier still has a parcel under one of them
			want = Changed
		}
		if r := b.row("1"); r.OrderState != want {
			t.Errorf("one number refused %v: the order is %s, want %s", refused, r.OrderState, want)
		}
	}
}
