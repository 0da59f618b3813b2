package dispatch

import (
	"context"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// repeats is a carrier that gives every order the same number.
type repeats struct {
	carrier.Issuer
	number waybill.Number
}

func (g repeats) Issue(_ context.Context, o order.Order) (waybill.Waybill, error) {
	return waybill.Waybill{Carrier: "ZTO", Number: g.number, Order: o.ID, Receiver: o.Receiver, PhoneKind: o.PhoneKind,
		Parcels: []waybill.Parcel{{Barcode: string(g.number), Index: 1, Count: 1}}}, nil
}

func TestTheNumberOfAnotherOrderIsNotTaken(t *testing.T) {
	d := newDesk(t)
	d.Issuers["wujie/ZTO"] = repeats{number: "731"}
	d.Rules.Ways = map[string]Way{"wujie/ZTO": {Label: RenderedLabel, Paper: "76x130"}}
	first := d.accept("1", nil)
	d.do(d.numberNext(t.Context()))
	d.accept("2", nil)
	d.do(d.numberNext(t.Context()))
	rows, err := d.Ledger.Rows(t.Context(), ledger.Filter{Order: "2"})
	d.do(err)
	if r := rows[0]; r.OrderState != ledger.IssueUnknown || r.Number != "" || r.Problem.Code != "number-taken" {
		t.Errorf("order 2 is %s under %q: %v", r.OrderState, r.Number, r.Problem)
	}
	if len(d.said) != 1 || d.said[0] != "number-taken" {
		t.Errorf("people were told %q", d.said)
	}

	// What was given back may be given out again.
	cancelled := first
	cancelled.State = order.Cancelled
	_, err = d.Ledger.Accept(t.Context(), cancelled, ledger.Plan{Issuer: "wujie/ZTO", Refusal: "order-cancelled"})
	d.do(err)
	m, err := d.Ledger.NextMessage(t.Context())
	d.do(err)
	d.do(d.Ledger.Told(t.Context(), m.ID))
	d.accept("3", nil)
	d.do(d.numberNext(t.Context()))
	if rows, err = d.Ledger.Rows(t.Context(), ledger.Filter{Order: "3"}); err != nil || rows[0].OrderState != ledger.Issued {
		t.Errorf("order 3 is %+v, %v", rows, err)
	}
}
