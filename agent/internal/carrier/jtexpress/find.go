package jtexpress

import (
	"context"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// What getOrders goes by.
const (
	byReference = 1
	byNumber    = 2
)

// cancelled is the orderStatus of an order that is off.
const cancelled = "104"

type question struct {
	customer
	Command int      `json:"command"`
	Serials []string `json:"serialNumber"`
}

// found is an order that J&T knows.
type found struct {
	Reference string   `json:"txlogisticId"`
	Number    string   `json:"billCode"`
	Status    jos.Text `json:"orderStatus"`
	Freight   jos.Text `json:"sumFreight"`
	sorted
}

// look asks for the order of a reference or a number. It returns nil for one
// that J&T definitely does not know. The receiver, as far as there is one, is
// whom its words may not name.
func (i *Issuer) look(ctx context.Context, command int, serial string, receiver waybill.Party) (*found, error) {
	var list []found
	a, err := i.ask(ctx, getOrders, question{i.customer(), command, []string{serial}}, &list)
	switch {
	case err != nil:
		return nil, err
	case a.Code == notFound:
		return nil, nil
	case a.Code != done:
		return nil, i.client.Failed(getOrders, string(a.Code), carrier.Words(a.Words, receiver))
	}
	for _, f := range list {
		if command == byReference && f.Reference == serial || command == byNumber && f.Number == serial {
			return &f, nil
		}
	}
	if len(list) > 0 {
		return nil, i.client.Broken(getOrders, "other orders than the one that was asked for")
	}
	return nil, nil
}

// CanFind implements carrier.Finder.
func (i *Issuer) CanFind() bool { return true }

// Find implements carrier.Finder.
func (i *Issuer) Find(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	if err := serves(o); err != nil {
		return waybill.Waybill{}, carrier.StillUnknown(err)
	}
	f, err := i.look(ctx, byReference, i.account.Reference(o), o.Receiver)
	switch {
	case err != nil:
		return waybill.Waybill{}, carrier.Classify(err, false)
	case f == nil:
		return i.add(ctx, o)
	case f.Status == cancelled:
		return waybill.Waybill{}, carrier.Has("订单已取消", o) // and the reference is used up with it
	}
	return i.given(o, waybill.Number(f.Number), f.sorted, f.Freight)
}

// Adopt implements carrier.Adopter.
func (i *Issuer) Adopt(o order.Order, numbers []waybill.Number) (waybill.Waybill, error) {
	if len(numbers) != 1 || o.Boxes() != 1 {
		return waybill.Waybill{}, notice.New("parcel-count", nil, o.ID, o.Boxes(), len(numbers))
	}
	return i.waybill(o, numbers[0]), nil
}

// Route implements carrier.Router for a number that came without routing, or
// that was found by hand.
func (i *Issuer) Route(ctx context.Context, w *waybill.Waybill) error {
	if w.Routing != (waybill.Routing{}) {
		return nil
	}
	f, err := i.look(ctx, byNumber, string(w.Number), w.Receiver)
	switch {
	case err != nil:
		return err
	case f == nil || f.Code == "" && f.Hub == "":
		return notice.New("routing-missing", i.client.Broken(getOrders, "no routing"), w.Order)
	}
	w.Routing = f.routing()
	return nil
}

// Prove implements carrier.Prover.
func (i *Issuer) Prove(ctx context.Context, n waybill.Number) error {
	f, err := i.look(ctx, byNumber, string(n), waybill.Party{})
	switch {
	case err != nil:
		return err
	case f == nil:
		return notice.New("number-not-known", nil, string(n), "查不到数据")
	case f.Status == cancelled:
		return notice.New("number-not-known", nil, string(n), "订单已取消")
	}
	return nil
}

// Cancel implements carrier.Issuer. An order that is off already is as it
// should be: an answer to this call may have been lost before.
func (i *Issuer) Cancel(ctx context.Context, n waybill.Number) error {
	f, err := i.look(ctx, byNumber, string(n), waybill.Party{})
	switch {
	case err != nil:
		return err
	case f == nil:
		return carrier.NotTaken(n, "查不到数据")
	case f.Status == cancelled:
		return nil
	case f.Reference == "":
		return i.client.Broken(getOrders, "no txlogisticId")
	}
	return i.cancel(ctx, f.Reference, n)
}

// Return implements carrier.Returner, where the look-up is not needed.
func (i *Issuer) Return(ctx context.Context, o order.Order, n waybill.Number) error {
	return i.cancel(ctx, i.account.Reference(o), n)
}

func (i *Issuer) cancel(ctx context.Context, reference string, n waybill.Number) error {
	a, err := i.ask(ctx, cancelOrder, struct {
		customer
		OrderType string `json:"orderType"`
		Reference string `json:"txlogisticId"`
		Reason    string `json:"reason"`
	}{i.customer(), i.account.Values["order_type"], reference, "订单取消"}, new(any))
	switch {
	case err != nil:
		return err
	case a.Code == done, a.Code == "145003202": // cancelled already
		return nil
	}
	return i.client.Kept(cancelOrder, string(a.Code), a.Words, n)
}
