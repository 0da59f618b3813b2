package dispatch

import (
	"context"
	"testing"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/platform"
	"miandan/templates/waybill"
)

// lists is a platform that tells of its orders again and again.
type lists struct {
	platform.Source
	orders []order.Order
}

func (l *lists) Orders(context.Context, platform.Cursor) ([]order.Order, platform.Cursor, error) {
	return l.orders, "", nil
}

func (l *lists) Order(_ context.Context, id string) (order.Order, error) {
	for _, o := range l.orders {
		if o.ID == id {
			return o, nil
		}
	}
	return order.Order{}, platform.ErrNoOrder
}

// refuses is a carrier that says no and counts how often it was asked.
type refuses struct {
	carrier.Issuer
	asked int
}

func (r *refuses) Issue(context.Context, order.Order) (waybill.Waybill, error) {
	r.asked++
	return waybill.Waybill{}, &carrier.Refusal{Code: "carrier-area", Message: "超区"}
}

func (d *desk) state(id string) ledger.OrderState {
	d.t.Helper()
	rows, err := d.Ledger.Rows(d.t.Context(), ledger.Filter{Order: id})
	d.do(err)
	return rows[0].OrderState
}

func TestACarrierThatSaysNoIsLeftAlone(t *testing.T) {
	d := newDesk(t)
	no := &refuses{}
	d.Issuers["wujie/ZTO"] = no
	d.Rules.Auto, d.Rules.Route = true, func(order.Order) (string, bool) { return "wujie/ZTO", true }
	source := &lists{orders: []order.Order{d.accept("1", nil)}}
	d.Sources["jd"] = source
	turn := func() {
		d.do(d.poll(t.Context(), "jd", source))
		d.numberNext(t.Context())
	}
	d.numberNext(t.Context())
	for range 20 {
		d.now = d.now.Add(15 * time.Second)
		turn()
	}
	if no.asked != 1 || d.state("1") != ledger.Refused {
		t.Errorf("it was asked %d times in five minutes, the order is %s", no.asked, d.state("1"))
	}
	d.do(d.Fetch(t.Context(), source.orders[0].Key)) // a person asks
	d.numberNext(t.Context())
	if no.asked != 2 {
		t.Errorf("it was asked %d times although a person asks", no.asked)
	}
	d.now = d.now.Add(11 * time.Minute)
	turn()
	if no.asked != 3 {
		t.Errorf("it was asked %d times ten minutes later", no.asked)
	}
}

// The settings are changed while the agent does not run.
func TestOrdersThatWaitFollowTheSettings(t *testing.T) {
	d := newDesk(t)
	d.accept("1", nil) // for wujie/ZTO
	o := d.accept("2", func(o *order.Order) { o.PhoneKind = waybill.PhoneVirtual })
	_, err := d.Ledger.Accept(t.Context(), o, ledger.Plan{Refusal: "phone-kind"})
	d.do(err)
	d.Rules.Phone, d.Rules.Route = virtualToo, func(order.Order) (string, bool) { return "jd-express", true }
	d.do(d.replan(t.Context()))
	for _, id := range []string{"1", "2"} {
		rows, err := d.Ledger.Rows(t.Context(), ledger.Filter{Order: id})
		d.do(err)
		if r := rows[0]; r.OrderState != ledger.Accepted || r.Issuer != "jd-express" {
			t.Errorf("order %s is %s with %s", id, r.OrderState, r.Issuer)
		}
	}
}

// asks is a carrier that says that it was asked.
type asks struct {
	carrier.Issuer
	asked chan string
}

func (a *asks) Issue(_ context.Context, o order.Order) (waybill.Waybill, error) {
	a.asked <- o.ID
	return waybill.Waybill{}, &carrier.Refusal{Code: "carrier-area", Message: "超区"}
}

// To go through what waits takes a while where thousands do.
func TestOnlyNumbersWaitForTheSettings(t *testing.T) {
	d := newDesk(t)
	d.accept("1", func(o *order.Order) { o.PaidAt = d.now.Add(-49 * time.Hour) })
	carrier := &asks{asked: make(chan string, 10)}
	d.Issuers["wujie/ZTO"] = carrier
	settings, said := make(chan struct{}), make(chan notice.Code, 10)
	d.Rules.Route = func(order.Order) (string, bool) { <-settings; return "wujie/ZTO", true }
	d.Say = func(n *notice.Error) { said <- n.Code }
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); d.Run(ctx) }()
	defer func() { cancel(); <-done }()
	if code := <-said; code != "order-is-late" { // a loop that takes no number
		t.Errorf("told %s", code)
	}
	select {
	case id := <-carrier.asked:
		t.Errorf("a number was taken for order %s before the settings were asked", id)
	case <-time.After(50 * time.Millisecond):
	}
	close(settings)
	if id := <-carrier.asked; id != "1" {
		t.Errorf("a number was taken for order %s", id)
	}
}
