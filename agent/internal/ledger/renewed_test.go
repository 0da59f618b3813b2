package ledger

import (
	"testing"
	"time"

	"miandan/agent/internal/order"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// An order whose number was given back asks its carrier as another order, and a
// message about the number of before still means that one.
func TestANumberIsGivenBackAsItWasTaken(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.enqueue(o, 1)
	o.State = order.Locked
	_, err := b.Accept(t.Context(), o, Plan{Issuer: plan.Issuer, Refusal: o.NumberAsked()})
	b.do(err)
	o.State = order.ToShip // before the carrier has been told
	b.accept(o)
	b.do(b.ResolveNoNumber(t.Context(), o.Key, Person{Who: "tester"}))
	m, err := b.NextMessage(t.Context())
	b.do(err)
	if m.What != "cancel" || m.Renewed != 0 {
		t.Errorf("%s as of an order that gave %d numbers back, want cancel and none", m.What, m.Renewed)
	}
	n, err := b.Next(t.Context())
	b.do(err)
	if n.Order.Renewed != 1 {
		t.Errorf("the next number is asked for as of an order that gave %d back, want 1", n.Order.Renewed)
	}
}

// While it is not known whether there is a number, asking as another order would
// take a second one.
func TestALostNumberIsNoRenewal(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.lose(o)
	if n := b.lookedUp(o); n.Order.Renewed != 0 {
		t.Errorf("looked up as of an order that gave %d numbers back", n.Order.Renewed)
	}
	b.do(b.ResolveNoNumber(t.Context(), o.Key, Person{Who: "tester"}))
	n, err := b.Next(t.Context())
	b.do(err)
	if n.Order.Renewed != 0 {
		t.Errorf("asked as of an order that gave %d numbers back", n.Order.Renewed)
	}
}

// An order that stands as it was told before is not accepted again; once anything
// about it is another, it is.
func TestStands(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	if b.Stands(o, plan) {
		t.Error("an order that nobody knows stands")
	}
	b.enqueue(o, 1)
	if b.Stands(o, plan) {
		t.Error("it stands before it was told again")
	}
	b.accept(o)
	o.ReadAt = o.ReadAt.Add(1)
	if !b.Stands(o, plan) {
		t.Error("told again as it was, it does not stand")
	}
	other := o
	other.Remark = "another"
	cancelled := o
	cancelled.State = order.Cancelled
	if b.Stands(other, plan) || b.Stands(cancelled, plan) || b.Stands(o, Plan{Issuer: "wujie/YTO"}) {
		t.Error("something about it is another, and it stands")
	}
	_, err := b.Accept(t.Context(), cancelled, Plan{Issuer: plan.Issuer, Refusal: cancelled.NumberAsked()})
	b.do(err)
	if b.Stands(o, plan) {
		t.Error("it was cancelled since, and what was told before stands")
	}
	b.accept(o)
	b.crash()
	if b.Stands(o, plan) {
		t.Error("it stands after a start")
	}
}

// The carrier is told of the virtual number that was bound last, also if that was
// before it was asked.
func TestAVirtualNumberIsBoundAnewBeforeTheWaybill(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	o.PhoneKind, o.Receiver.Phone, o.VirtualUntil = waybill.PhoneVirtual, pii.NewPhone("17000000000-4740"), b.now.Add(time.Hour)
	b.accept(o)
	o.Receiver.Phone, o.VirtualUntil = pii.NewPhone("17000000000-5977"), b.now.Add(48*time.Hour)
	if v := b.accept(o); v != Same {
		t.Errorf("bound anew: %s, want %s", v, Same)
	}
	n, err := b.Next(t.Context())
	b.do(err)
	if got := n.Order.Receiver.Phone.Reveal(); got != "17000000000-5977" || !n.Order.VirtualUntil.Equal(o.VirtualUntil) {
		t.Errorf("the carrier is told of %s until %v", got, n.Order.VirtualUntil)
	}
}
