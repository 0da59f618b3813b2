package dispatch

import (
	"testing"
	"time"

	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// queue takes an order to a claimed label.
func (d *desk) queue(o order.Order) ledger.Label {
	d.t.Helper()
	ctx := d.t.Context()
	n, err := d.Ledger.Next(ctx)
	d.do(err)
	d.do(d.Ledger.Issuing(ctx, n))
	w := waybill.Waybill{Carrier: "ZTO", Number: waybill.Number("73" + o.ID), Order: o.ID, Receiver: o.Receiver, PhoneKind: o.PhoneKind,
		Parcels: []waybill.Parcel{{Barcode: "73" + o.ID, Index: 1, Count: 1}}}
	d.do(d.Ledger.Issued(ctx, o.Key, w, 0))
	d.do(d.Ledger.Enqueue(ctx, o.Key, w, ledger.Paper{Template: "t", Size: "76x130"}, 0))
	return d.claim()
}

func (d *desk) claim() ledger.Label {
	d.t.Helper()
	label, err := d.Ledger.Claim(d.t.Context(), ledger.Claimant{Printer: "bench-1", Paper: "76x130"})
	d.do(err)
	return label
}

func TestAnOrderThatDoesNotShipStaysOffPaper(t *testing.T) {
	for state, code := range map[order.State]notice.Code{order.Paused: "order-paused", order.Shipped: "order-not-to-ship"} {
		t.Run(string(state), func(t *testing.T) { staysOffPaper(t, state, code) })
	}
}

func staysOffPaper(t *testing.T, state order.State, code notice.Code) {
	d := newDesk(t)
	d.Rules.Fresh = time.Minute
	d.Rules.Route = func(order.Order) (string, bool) { return "wujie/ZTO", true }
	source := &lists{orders: []order.Order{d.accept("1", nil)}}
	d.Sources["jd"] = source
	p := &Printer{}
	label := d.queue(source.orders[0])
	d.now = d.now.Add(2 * time.Minute)
	source.orders[0].State = state
	for range 5 {
		source.orders[0].ReadAt = d.now
		err := d.fresh(t.Context(), &label)
		if notice.CodeOf(err) != code {
			t.Fatalf("at %v: %v", d.now, err)
		}
		d.release(t.Context(), p, label, err)
		d.now = d.now.Add(25 * time.Second)
		if _, err := d.Ledger.Claim(t.Context(), ledger.Claimant{Printer: "bench-1", Paper: "76x130"}); err == nil {
			t.Fatal("the platform is asked again at once")
		}
		d.now = d.now.Add(longestWait)
		label = d.claim()
	}
	source.orders[0].State, source.orders[0].ReadAt = order.ToShip, d.now
	if err := d.fresh(t.Context(), &label); err != nil {
		t.Errorf("released: %v", err)
	}
	if state == order.Shipped { // a torn label is printed again after the parcel has been told of
		source.orders[0].State, label.Copy, d.now = order.Shipped, 1, d.now.Add(time.Hour)
		if err := d.fresh(t.Context(), &label); err != nil {
			t.Errorf("a reprint: %v", err)
		}
	}
}

func TestALapsedNumberStaysOffPaper(t *testing.T) {
	d := newDesk(t)
	d.Rules.Fresh, d.Rules.Phone = time.Minute, virtualToo
	d.Rules.Route = func(order.Order) (string, bool) { return "wujie/ZTO", true }
	source := &lists{orders: []order.Order{d.accept("1", func(o *order.Order) {
		o.PhoneKind, o.Receiver.Phone, o.VirtualUntil = waybill.PhoneVirtual, pii.NewPhone("17000000000-4740"), d.now.Add(time.Hour)
	})}}
	d.Sources["jd"] = source
	label := d.queue(source.orders[0])
	if err := d.fresh(t.Context(), &label); err != nil {
		t.Errorf("alive: %v", err)
	}
	d.now = d.now.Add(2 * time.Hour)
	source.orders[0].ReadAt = d.now
	if err := d.fresh(t.Context(), &label); notice.CodeOf(err) != "phone-expired" {
		t.Errorf("lapsed: %v", err)
	}
	d.now = d.now.Add(2 * time.Minute)
	o := &source.orders[0]
	o.ReadAt, o.Receiver.Phone, o.VirtualUntil = d.now, pii.NewPhone("17000000001-5851"), d.now.Add(time.Hour)
	if err := d.fresh(t.Context(), &label); err != nil {
		t.Errorf("bound anew: %v", err)
	}
	if got := label.Receiver.Phone; !got.Equal(o.Receiver.Phone) {
		t.Errorf("the label bears the number %v that has lapsed", got)
	}
	d.now = d.now.Add(2 * time.Hour)
	o.ReadAt, o.PhoneKind, o.Receiver.Phone, o.VirtualUntil = d.now, waybill.PhoneReal, pii.NewPhone("13800000001"), time.Time{}
	if err := d.fresh(t.Context(), &label); err != nil || label.PhoneKind != waybill.PhoneReal || !label.Receiver.Phone.Equal(o.Receiver.Phone) {
		t.Errorf("the real number in its place: %v, the label bears a %s one", err, label.PhoneKind)
	}
}

// virtualToo lets every label carry a virtual number.
func virtualToo(string) waybill.PhoneKind { return waybill.PhoneVirtual }
