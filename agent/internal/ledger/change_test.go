package ledger

import (
	"errors"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/order"
	"miandan/printer"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

func TestSameOrderAgain(t *testing.T) {
	move := func(o order.Order) order.Order {
		o.Receiver.Address = pii.NewAddress(o.Receiver.Address.Region(), "另一条路9号")
		return o
	}
	cancel := func(o order.Order) order.Order { o.State = order.Cancelled; return o }
	same := func(o order.Order) order.Order { o.Modified = o.Modified.Add(time.Hour); return o }
	for _, c := range []struct {
		name   string
		upTo   LabelState // "" is before the number
		change func(order.Order) order.Order
		want   Verdict
		order  OrderState
		label  LabelState
	}{
		{"same before number", "", same, Same, Accepted, ""},
		{"moved before number", "", move, Replaced, Accepted, ""},
		{"same in queue", Queued, same, Same, Issued, Queued},
		{"moved in queue", Queued, move, Overtaken, Changed, Superseded},
		{"moved while rendered", Rendered, move, Overtaken, Changed, Superseded},
		{"moved after intent", Intent, move, TooLate, Issued, Intent},
		{"cancelled in queue", Queued, cancel, Withdrawn, Cancelled, Dropped},
		{"cancelled after intent", Intent, cancel, TooLate, Issued, Intent},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			o := b.order("1")
			if c.upTo == "" {
				b.accept(o)
			} else {
				b.enqueue(o, 1)
				if c.upTo != Queued {
					b.print(c.upTo)
				}
			}
			plan := plan
			o = c.change(o)
			plan.Refusal = o.NumberAsked()
			got, err := b.Accept(t.Context(), o, plan)
			b.do(err)
			r := b.row("1")
			if got != c.want || r.OrderState != c.order || r.Label != c.label {
				t.Errorf("Accept = %s, order %s, label %s; want %s, %s, %s", got, r.OrderState, r.Label, c.want, c.order, c.label)
			}
			if again, err := b.Accept(t.Context(), o, plan); err != nil || again == Fresh {
				t.Errorf("once more: %s, %v", again, err)
			}
			if wantAlarm := c.want == TooLate; (r.Alarm != "") != wantAlarm {
				t.Errorf("alarm = %q, want one: %v", r.Alarm, wantAlarm)
			}
		})
	}
}

func TestAnAttemptThatSentNothingIsNotTooLate(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.enqueue(o, 1)
	b.settle(b.print(Sending), printer.NotSent)
	o.State = order.Cancelled
	v, err := b.Accept(t.Context(), o, Plan{Issuer: plan.Issuer, Refusal: o.NumberAsked()})
	b.do(err)
	if r := b.row("1"); v != Withdrawn || r.Label != Dropped {
		t.Errorf("Accept = %s, label %s; want %s, %s: nothing of it had left", v, r.Label, Withdrawn, Dropped)
	}
}

func TestChangedWhileTheCarrierIsAsked(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*order.Order)
		want   Verdict
		label  LabelState
	}{
		{"cancelled", func(o *order.Order) { o.State = order.Cancelled }, Withdrawn, Dropped},
		{"moved", func(o *order.Order) { o.Receiver.Phone = pii.NewPhone("13900000009") }, Overtaken, Superseded},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			o := b.order("1")
			b.accept(o)
			b.do(b.issuing(o))
			w := bill(o, 1)
			c.change(&o)
			p := Plan{Issuer: plan.Issuer, Refusal: o.NumberAsked()}
			if v, err := b.Accept(t.Context(), o, p); err != nil || v != TooLate {
				t.Fatalf("Accept = %s, %v", v, err)
			}
			b.do(b.Issued(t.Context(), o.Key, w, 0))
			b.do(b.Enqueue(t.Context(), o.Key, w, Paper{"wujie-76x130", "76x130"}, 0))
			if l := b.print(Claimed); !l.ReadAt.IsZero() {
				t.Fatalf("the order counts as read at %v: it would go to paper as it was", l.ReadAt)
			}
			v, err := b.Accept(t.Context(), o, p)
			b.do(err)
			if r := b.row("1"); v != c.want || r.Label != c.label {
				t.Errorf("read again: %s, label %s; want %s, %s", v, r.Label, c.want, c.label)
			}
		})
	}
}

func TestReplacedBetweenReadingAndAsking(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.accept(o)
	n, err := b.Next(t.Context())
	b.do(err)
	o.Receiver.Phone = pii.NewPhone("13900000009")
	b.accept(o)
	if err := b.Issuing(t.Context(), n); !errors.Is(err, ErrStale) {
		t.Errorf("Issuing: %v, want ErrStale: the number would be for the receiver of before", err)
	}
	if n, err = b.Next(t.Context()); err != nil || n.Order.Receiver.Phone.Reveal() != "13900000009" {
		t.Fatalf("Next = %v, %v", n.Order, err)
	}
	b.do(b.Issuing(t.Context(), n))
}

func TestAChangedOrderKeepsUpWithThePlatform(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.enqueue(o, 1)
	for _, number := range []string{"13900000008", "13900000009"} {
		o.Receiver.Phone = pii.NewPhone(number)
		if got := b.accept(o); got != Overtaken {
			t.Fatalf("moved to %s: %s, want %s", number, got, Overtaken)
		}
	}
	b.do(b.ResolveNoNumber(t.Context(), o.Key, Person{Who: "tester"}))
	n, err := b.Next(t.Context())
	b.do(err)
	if got := n.Order.Receiver.Phone.Reveal(); got != "13900000009" {
		t.Errorf("the number would be taken for %s, the receiver before last", got)
	}
	b.do(b.Issuing(t.Context(), n))

	b.enqueue(b.order("2"), 1)
	o = b.order("2")
	o.Receiver.Phone = pii.NewPhone("13900000008")
	b.accept(o)
	o.State = order.Cancelled
	v, err := b.Accept(t.Context(), o, Plan{Issuer: plan.Issuer, Refusal: o.NumberAsked()})
	b.do(err)
	if r := b.row("2"); v != Withdrawn || r.OrderState != Cancelled {
		t.Errorf("cancelled while changed: %s, %s", v, r.OrderState)
	}
}

// What a platform shows of a receiver changes with the app's rights and with the
// order's age. Less of it is no other receiver.
func TestAReceiverThatIsClosedLaterHasNotChanged(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.enqueue(o, 1)
	masked := o
	masked.PhoneKind = waybill.PhoneMasked
	masked.Receiver.Name, masked.Receiver.Phone = pii.NewName("张**"), pii.NewPhone("138****0001")
	sealed := o
	sealed.PhoneKind, sealed.Receiver = waybill.PhoneSealed, waybill.Party{}
	for name, again := range map[string]order.Order{"masked": masked, "sealed": sealed} {
		if v, err := b.Accept(t.Context(), again, plan); v != Same || err != nil {
			t.Errorf("%s: %s, %v", name, v, err)
		}
	}
	if r := b.row("1"); r.Alarm != "" || r.Label != Queued {
		t.Errorf("the label is %s, alarm %q", r.Label, r.Alarm)
	}
	masked.State = order.Cancelled
	if v, err := b.Accept(t.Context(), masked, plan); v != Withdrawn || err != nil {
		t.Errorf("cancelled: %s, %v", v, err)
	}
}

func TestMoreParcelsAreAChange(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.enqueue(o, 1)
	o.Parcels = 1
	if v, err := b.Accept(t.Context(), o, plan); v != Same || err != nil {
		t.Errorf("one parcel, said aloud: %s, %v", v, err)
	}
	o.Parcels = 2
	if v, err := b.Accept(t.Context(), o, plan); v != Overtaken || err != nil {
		t.Errorf("two parcels: %s, %v", v, err)
	}
}

// A page of a slow reading may arrive after somebody has asked for one of its
// orders.
func TestASlowReadingIsNoNews(t *testing.T) {
	b := newBench(t)
	old := b.order("1")
	b.now = b.now.Add(time.Second)
	now := b.order("1")
	now.Receiver.Address = pii.NewAddress(pii.Region{Province: "浙江", City: "杭州市", District: "西湖区"}, "演示路99号")
	b.accept(now)
	if v, err := b.Accept(t.Context(), old, plan); v != Same || err != nil {
		t.Errorf("the older reading: %s, %v", v, err)
	}
	if o, _, err := b.Order(t.Context(), now.Key); err != nil || !strings.HasSuffix(o.Receiver.Address.Reveal(), "演示路99号") {
		t.Errorf("the order goes to where it went before: %v", err)
	}
	old.ReadAt = b.now.Add(-time.Hour) // the clock was set back
	if v, err := b.Accept(t.Context(), old, plan); v != Replaced || err != nil {
		t.Errorf("read by a clock that was set back: %s, %v", v, err)
	}
}

func TestNoNumberTakesTheOrderAsItIsNow(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.accept(o)
	b.do(b.issuing(o))
	b.do(b.IssueLost(t.Context(), o.Key, Problem{Code: "carrier-answer-unknown"}, 0))
	o.Receiver.Address = pii.NewAddress(pii.Region{Province: "浙江", City: "杭州市", District: "西湖区"}, "演示路99号")
	o.ReadAt = b.now.Add(time.Second)
	b.do(b.ResolveNoNumberAs(t.Context(), o, plan, Person{Who: "tester"}))
	n, err := b.Next(t.Context())
	if err != nil || n.Again || !strings.HasSuffix(n.Order.Receiver.Address.Reveal(), "演示路99号") {
		t.Errorf("Next: again %v, %v", n.Again, err)
	}
}
