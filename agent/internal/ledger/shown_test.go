package ledger

import (
	"testing"
	"time"

	"miandan/agent/internal/order"
	"miandan/printer"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// masked is an order as the platform shows it without the right to more.
func masked(o order.Order) order.Order {
	o.PhoneKind = waybill.PhoneMasked
	o.Receiver = waybill.Party{Name: pii.NewName("张**"), Phone: pii.NewPhone("138****0001"), Address: pii.NewAddress(o.Receiver.Address.Region(), "演示路**")}
	return o
}

// enqueueSealed takes an order to a label whose data nobody here sees.
func (b *bench) enqueueSealed(o order.Order) {
	b.t.Helper()
	ctx := b.t.Context()
	b.accept(o)
	b.do(b.issuing(o))
	w := bill(o, 1)
	b.do(b.Issued(ctx, o.Key, w, 0))
	w.PhoneKind = waybill.PhoneSealed
	b.do(b.Enqueue(ctx, o.Key, w, Paper{"jd/sealed", "76x130 sealed"}, 0))
}

func TestAReceiverThatIsShownInAnotherWayHasNotChanged(t *testing.T) {
	collects := func(m order.Money) func(order.Order) order.Order {
		return func(o order.Order) order.Order { o.Collect = m; return o }
	}
	virtual := func(o order.Order) order.Order {
		o.PhoneKind, o.Receiver.Phone = waybill.PhoneVirtual, pii.NewPhone("17000000000-4740")
		return o
	}
	moved := func(o order.Order) order.Order {
		o.Receiver.Address = pii.NewAddress(o.Receiver.Address.Region(), "另一条路9号")
		return o
	}
	away := func(o order.Order) order.Order {
		o.Receiver.Address = pii.NewAddress(pii.Region{Province: "江苏"}, "演示路**")
		return o
	}
	as := func(o order.Order) order.Order { return o }
	for _, test := range []struct {
		name       string
		sealed     bool
		first, now func(order.Order) order.Order
		want       Verdict
	}{
		{"masked, then open, under a seal", true, masked, as, Same},
		{"open, then masked, under a seal", true, as, masked, Same},
		{"real, then virtual", false, as, virtual, Same},
		{"virtual, then real", false, virtual, as, Same},
		{"virtual, then real and elsewhere", false, virtual, moved, Overtaken},
		{"masked, then open and in another province", true, masked, away, Overtaken},
		{"masked, and other money to take", false, as, func(o order.Order) order.Order { return collects(200)(masked(o)) }, Overtaken},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t)
			if o := test.first(b.order("1")); test.sealed {
				b.enqueueSealed(o)
			} else {
				b.enqueue(o, 1)
			}
			if v := b.accept(test.now(b.order("1"))); v != test.want {
				t.Errorf("%s, want %s", v, test.want)
			}
			want := Queued
			if test.want != Same {
				want = Superseded
			}
			if r := b.row("1"); r.Label != want {
				t.Errorf("the label is %s, want %s", r.Label, want)
			}
		})
	}
}

// Once the receiver has been seen, a change of it is one.
func TestWhatIsSeenLaterIsHeldAgainst(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.enqueueSealed(masked(o))
	b.accept(o)
	o.Receiver.Address = pii.NewAddress(o.Receiver.Address.Region(), "另一条路9号")
	if v := b.accept(o); v != Overtaken {
		t.Errorf("%s, want %s", v, Overtaken)
	}
}

func TestAnOrderOnHoldIsReadAgainBeforePaper(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.enqueue(o, 1)
	o.State = order.Paused
	if v := b.accept(o); v != Same {
		t.Errorf("Accept = %s, want %s", v, Same)
	}
	if l := b.print(Claimed); !l.ReadAt.IsZero() {
		t.Errorf("its label counts as read at %v", l.ReadAt)
	}
}

func TestACancellationThatIsTakenBackTooLate(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.enqueue(o, 1)
	b.settle(b.print(Sending), printer.Sent)
	locked := o
	locked.State = order.Locked
	if v := b.accept(locked); v != TooLate {
		t.Fatalf("locked: %s", v)
	}
	if _, err := b.Scanned(t.Context(), "731", Person{Who: "tester"}); err == nil {
		t.Error("a parcel of a locked order may be packed")
	}
	if v := b.accept(o); v != Same || b.row("1").Alarm != "" {
		t.Errorf("to ship again: %s, alarm %q", v, b.row("1").Alarm)
	}
	b.scan("731", 0)
}

func TestACancellationInTimeLeavesNoAlarm(t *testing.T) {
	b := newBench(t)
	o, locked := b.order("1"), b.order("1")
	locked.State = order.Locked
	b.accept(o)
	b.do(b.issuing(o))
	b.accept(locked) // while the carrier is being asked
	b.do(b.Issued(t.Context(), o.Key, bill(o, 1), 0))
	if v := b.accept(locked); v != Withdrawn || b.row("1").Alarm != "" {
		t.Errorf("%s, alarm %q", v, b.row("1").Alarm)
	}
}

// An order may be on hold for longer than the data of one that does not ship is
// kept.
func TestAnOrderThatShipsAfterItsDataWasDeleted(t *testing.T) {
	purge := func(b *bench) {
		b.t.Helper()
		b.now = b.now.Add(25 * time.Hour)
		if n, err := b.Purge(b.t.Context(), Retention{Ended: 24 * time.Hour, Unknown: 72 * time.Hour}); n != 1 || err != nil {
			b.t.Fatalf("Purge = %d, %v", n, err)
		}
	}
	for _, s := range []order.State{order.Paused, order.Locked, order.Cancelled} {
		b := newBench(t)
		o := b.order("1")
		o.State = s
		held := Plan{Issuer: plan.Issuer, Refusal: o.NumberAsked(), Wanted: true}
		_, err := b.Accept(t.Context(), o, held)
		b.do(err)
		purge(b)
		if v, err := b.Accept(t.Context(), o, held); v != Same || err != nil {
			t.Errorf("%s as before: %s, %v", s, v, err)
		}
		o.State, o.ReadAt = order.ToShip, b.now
		if v := b.accept(o); v != Replaced {
			t.Errorf("%s, then to ship: %s", s, v)
		}
		if n, err := b.Next(t.Context()); err != nil || n.Order.Receiver.Name.Reveal() != name {
			t.Errorf("%s, then to ship: no number is taken: %v", s, err)
		}
	}
	for _, back := range []bool{true, false} {
		b := newBench(t)
		o := b.order("1")
		b.enqueue(o, 1)
		o.State = order.Locked
		b.accept(o)
		m, err := b.NextMessage(t.Context())
		b.do(err)
		if back {
			b.do(b.Told(t.Context(), m.ID))
		}
		purge(b)
		o.State, o.ReadAt = order.ToShip, b.now
		b.accept(o)
		want := Changed
		if back {
			want = Accepted
		}
		if rows, err := b.Rows(t.Context(), Filter{Order: "1"}); err != nil || len(rows) != 1 || rows[0].OrderState != want || rows[0].Purged {
			t.Errorf("number given back %v: %+v, %v; want %s", back, rows, err, want)
		}
	}
	b := newBench(t)
	o := b.order("1")
	b.enqueue(o, 1)
	b.settle(b.print(Sending), printer.Sent)
	purge(b)
	if v := b.accept(o); v != Same || !b.row("1").Purged {
		t.Errorf("an order that is on paper: %s", v)
	}
}

func TestAnOrderThatWaitsFollowsTheRoutes(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.accept(o)
	v, err := b.Accept(t.Context(), o, Plan{Issuer: "jd-express", Wanted: true})
	if r := b.row("1"); err != nil || v != Replaced || r.Issuer != "jd-express" {
		t.Errorf("%s, %v: the number is taken from %s", v, err, r.Issuer)
	}
}
