package carriertest

import (
	"errors"
	"slices"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

func (s Simulated) routed(t *testing.T) {
	w := s.world(t)
	b := w.issue(t, Order(orderID))
	if err := route(t, w.issuer(), &b); err != nil {
		t.Fatalf("Route: %v", err)
	}
	if b.Routing == (waybill.Routing{}) {
		t.Error("there is no routing")
	}
	w.gave(t, 1, b.Numbers()...)
}

func (s Simulated) two(t *testing.T) {
	w := s.world(t)
	a, b := w.issue(t, Order(orderID)), w.issue(t, far(otherID))
	if a.Number == b.Number || barcodes(a)[0] == barcodes(b)[0] {
		t.Errorf("%s with %v, %s with %v", a.Number, barcodes(a), b.Number, barcodes(b))
	}
	w.gave(t, 2, a.Number, b.Number)
}

// again asks for an order's number once more, as nobody should: the one that it
// has comes, or a word that it has one. A carrier that does not remember is
// never asked again by anybody, and is excused.
func (s Simulated) again(t *testing.T) {
	w := s.world(t)
	first := w.issue(t, Order(orderID))
	b, err := w.issuer().Issue(t.Context(), Order(orderID))
	if reason := s.Cannot[Again]; reason != "" {
		if s.Cannot[Find] == "" {
			t.Fatalf("how can it find, if %s?", reason)
		}
		if err == nil && b.Number == first.Number {
			t.Errorf("it remembers, and the reason why it does not is: %s", reason)
		}
		t.Logf("it does not remember: %s", reason)
		return
	}
	switch {
	case err != nil && notice.CodeOf(err) != "order-has-number":
		t.Errorf("err = %v, want the number again or a word that it has one", err)
	case err != nil:
		mustBe(t, err, carrier.ErrUnknown, s.Private...)
	case b.Number != first.Number || !slices.Equal(barcodes(b), barcodes(first)):
		t.Errorf("%s with %v, before it was %s with %v", b.Number, barcodes(b), first.Number, barcodes(first))
	}
	w.gave(t, 1, first.Numbers()...)
	if f := w.finder(t); f != nil {
		w.finds(t, f, Order(orderID), first.Numbers())
		w.gave(t, 1, first.Numbers()...)
	}
}

// finds wants an order's own numbers; nil are any.
func (w *world) finds(t *testing.T, f carrier.Finder, o order.Order, want []waybill.Number) waybill.Waybill {
	t.Helper()
	b, err := f.Find(t.Context(), o)
	if err != nil {
		t.Fatalf("Find: %v", err)
	}
	w.sound(t, o, b)
	if want != nil && !slices.Equal(b.Numbers(), want) {
		t.Errorf("found %v, want %v", b.Numbers(), want)
	}
	return b
}

// lostRequest breaks the line before the carrier has done anything. The issuer
// that finds is a new one, as after a restart.
func (s Simulated) lostRequest(t *testing.T) {
	w := s.world(t)
	w.sim.Fail(LoseRequest)
	_, err := w.issuer().Issue(t.Context(), Order(orderID))
	mustBe(t, err, carrier.ErrUnknown, s.Private...)
	w.gave(t, 0)
	if f := w.finder(t); f != nil {
		w.gave(t, 1, w.finds(t, f, Order(orderID), nil).Numbers()...)
	}
}

func (s Simulated) lostAnswer(t *testing.T) {
	w := s.world(t)
	w.sim.Fail(LoseAnswer)
	_, err := w.issuer().Issue(t.Context(), Order(orderID))
	mustBe(t, err, carrier.ErrUnknown, s.Private...)
	given := w.given()
	if len(given) != 1 {
		t.Fatalf("the carrier gave %v, want one number", given)
	}
	number := waybill.Number(given[0])
	if f := w.finder(t); f != nil {
		w.finds(t, f, Order(orderID), []waybill.Number{number})
	}
	w.gave(t, 1, number)
}

func (s Simulated) hidden(t *testing.T) {
	region := Order(orderID).Receiver.Address.Region()
	for _, test := range []struct {
		name string
		hide func(*order.Order)
		code string
	}{
		{"phone", func(o *order.Order) { o.Receiver.Phone = pii.NewPhone("138****1234") }, "phone-masked"},
		{"phone, and said", func(o *order.Order) { o.PhoneKind = waybill.PhoneMasked }, "phone-masked"},
		{"name", func(o *order.Order) { o.Receiver.Name = pii.NewName("李*") }, "receiver-masked"},
		{"address", func(o *order.Order) { o.Receiver.Address = pii.NewAddress(region, "演示路**号") }, "receiver-masked"},
		{"sealed", func(o *order.Order) { o.PhoneKind = waybill.PhoneSealed }, "receiver-sealed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w, o := s.world(t), Order(orderID)
			test.hide(&o)
			_, err := w.issuer().Issue(t.Context(), o)
			refused(t, err, test.code, s.Private...)
			if f, ok := w.issuer().(carrier.Finder); ok && f.CanFind() {
				_, err := f.Find(t.Context(), o) // a refusal would end the search for what may be there
				mustBe(t, err, carrier.ErrUnknown, s.Private...)
			}
			if n := w.seen.Load(); n != 0 {
				t.Errorf("the carrier was asked %d times", n)
			}
		})
	}
}

// accounts are two environments of one merchant with the same carrier: their
// orders have the same numbers, and no reference is ever used twice.
func (s Simulated) accounts(t *testing.T) {
	w := s.world(t)
	var numbers []waybill.Number
	for _, prefix := range []string{"A7", "B8"} {
		b, err := s.New(w.url, prefix).Issue(t.Context(), Order(orderID))
		if err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, b.Number)
	}
	w.gave(t, 2, numbers...)
}

// elsewhere are order numbers as other platforms and people make them.
func (s Simulated) elsewhere(t *testing.T) {
	w := s.world(t)
	keys := []order.Key{
		{Source: "jd", ID: orderID}, {Source: "csv", ID: orderID}, {Source: "csv", ID: "7"}, {Source: "csv", ID: "7 "},
		{Source: "csv", ID: "订单 7/2026#1"}, {Source: "csv", ID: "订单 7/2026#2"}, {Source: "csv", ID: "99999999999999999999999999999999999999999999999999999999999999999999999999999991"},
		{Source: "csv", ID: "99999999999999999999999999999999999999999999999999999999999999999999999999999992"}, {Source: "api", ID: `"<&'=`},
	}
	var numbers []waybill.Number
	for _, key := range keys {
		o := Order(key.ID)
		o.Key = key
		numbers = append(numbers, w.issue(t, o).Number)
	}
	w.gave(t, len(keys), numbers...)
}

// withoutNumber asks for a number that does not come, and then, when all is well
// again, for the same.
func (w *world) withoutNumber(t *testing.T, how string) error {
	t.Helper()
	w.sim.Fail(how)
	b, err := w.issuer().Issue(t.Context(), Order(orderID))
	if reason := w.Cannot[how]; reason != "" {
		if err != nil {
			t.Errorf("err = %v, and the reason why it cannot be is: %s", err, reason)
		}
		t.Logf("does not occur: %s", reason)
		return nil
	}
	if err == nil {
		t.Fatalf("number %s; if the carrier has no such thing, say why in Cannot", b.Number)
	}
	w.sim.Fail("")
	if errors.Is(err, carrier.ErrUnknown) {
		return err
	}
	w.gave(t, 0)
	w.gave(t, 1, w.issue(t, Order(orderID)).Numbers()...)
	return err
}

func (s Simulated) unsent(t *testing.T, how string, action carrier.Action) {
	t.Helper()
	if err := s.world(t).withoutNumber(t, how); err != nil {
		mustBe(t, err, carrier.ErrUnsent, s.Private...)
		mustHelp(t, err, action)
	}
}

func (s Simulated) busy(t *testing.T)       { s.unsent(t, Busy, carrier.Wait) }
func (s Simulated) signature(t *testing.T)  { s.unsent(t, Signature, carrier.Fix) }
func (s Simulated) permission(t *testing.T) { s.unsent(t, Permission, carrier.Ask) }

// backEnd may have got half way: the carrier's word that it had trouble is no
// word that there is no number.
func (s Simulated) backEnd(t *testing.T) {
	w := s.world(t)
	err := w.withoutNumber(t, BackEnd)
	if err == nil {
		return
	}
	mustBe(t, err, carrier.ErrUnknown, s.Private...)
	mustHelp(t, err, carrier.Retry, carrier.Ask)
	if f := w.finder(t); f != nil {
		w.gave(t, 1, w.finds(t, f, Order(orderID), nil).Numbers()...)
	}
}

// definite wants a definite no with a code, whatever it is if empty.
func (s Simulated) definite(t *testing.T, how, code string, actions ...carrier.Action) {
	t.Helper()
	err := s.world(t).withoutNumber(t, how)
	if err == nil {
		return
	}
	r := refused(t, err, code, s.Private...)
	action := carrier.ActionOf(notice.Code(r.Code))
	if !slices.Contains(actions, action) || r.Retry != (action == carrier.Wait) {
		t.Errorf("%s is to %v (again later: %t), want %v", r.Code, action, r.Retry, actions)
	}
}

func (s Simulated) refuse(t *testing.T) { s.definite(t, Refuse, "", carrier.Ask, carrier.Fix) }

func (s Simulated) outside(t *testing.T) { s.definite(t, Outside, "carrier-area", carrier.Ask) }

func (s Simulated) stock(t *testing.T) { s.definite(t, Stock, "stock-out", carrier.Wait) }
