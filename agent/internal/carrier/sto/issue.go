package sto

import (
	"cmp"
	"context"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/gateway"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// Issue implements carrier.Issuer.
func (i *Issuer) Issue(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	if err := i.refuse(o); err != nil {
		return waybill.Waybill{}, err
	}
	return i.ask(ctx, o)
}

// refuse refuses what STO cannot be asked for, before anything is sent.
func (i *Issuer) refuse(o order.Order) error {
	if err := cmp.Or(carrier.Hidden(o, false), carrier.Many(o, 1)); err != nil {
		return err
	}
	if o.SignReturn != order.NoReturn && i.Values["sign_return_service"] == "" {
		return carrier.Unserved("签单返还")
	}
	return nil
}

// ask takes the number of an order, or the one that it has.
func (i *Issuer) ask(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	g, err := i.create(ctx, o)
	if err != nil {
		return waybill.Waybill{}, err
	}
	w := i.waybill(o, waybill.Number(g.Number))
	g.apply(&w)
	return w, nil
}

func (i *Issuer) create(ctx context.Context, o order.Order) (given, error) {
	key := i.Reference(o)
	a, err := i.call(ctx, create, "sto_oms", i.order(o, key))
	if err != nil {
		return given{}, gateway.Lost(err)
	}
	_, known := i.client.Codes[string(a.Code)]
	switch {
	case a.Success == "":
		return given{}, gateway.Lost(i.client.Broken(create, "no success"))
	case !a.Success.True() && !known && a.Retry.True():
		return given{}, carrier.Trouble(i.client.Failed(create, string(a.Code), ""), a.Words, o)
	}
	var g given
	broken := i.client.Read(create, a.Data, &g)
	if !a.Success.True() {
		err := i.client.Refused(create, string(a.Code), a.Words, o)
		if g.Number != "" {
			err = i.client.Both(create, err)
		}
		return given{}, err
	}
	if broken != nil {
		return given{}, carrier.Classify(broken, false)
	}
	if g.Number == "" || g.Order != "" && string(g.Order) != key {
		return given{}, carrier.Classify(i.client.Broken(create, "no number, or that of another order"), false)
	}
	return g, nil
}

func (i *Issuer) waybill(o order.Order, n waybill.Number) waybill.Waybill {
	w := i.Waybill("STO", title, o, n)
	w.Parcels = carrier.Numbered([]waybill.Number{n})
	if i.Is("privacy") {
		w.HideName, w.HidePhone = true, w.PhoneKind != waybill.PhoneVirtual
	}
	return w
}

// apply puts onto a waybill what STO says besides the number. A virtual number
// of STO's stands in for a real one; one that the order has already stays, since
// its platform says how long it lives and binds it anew.
func (g given) apply(w *waybill.Waybill) {
	w.Routing = waybill.Routing{Code: string(g.BigWord), Hub: string(g.Package)}
	switch block := string(g.Block); {
	case len(block) <= longestMark:
		w.Routing.Mark = block
	default:
		w.Routing.Name = block
	}
	if g.Safe != "" && w.PhoneKind != waybill.PhoneVirtual {
		w.Receiver.Phone, w.PhoneKind = pii.NewPhone(string(g.Safe)), waybill.PhoneVirtual
		w.CarrierPhone, w.HidePhone = true, false // nothing of it is the receiver's
	}
}

// longestMark is how many characters the label's box takes. How newBlockCode
// looks, which one public client calls the new four-segment code, is not public;
// a longer one has a line of its own.
const longestMark = 6

// CanFind implements carrier.Finder.
func (i *Issuer) CanFind() bool { return i.Is("same_number_again") }

// Find implements carrier.Finder by asking again under the same order number.
func (i *Issuer) Find(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	if err := i.refuse(o); err != nil {
		return waybill.Waybill{}, carrier.StillUnknown(err)
	}
	return i.ask(ctx, o)
}

// Adopt implements carrier.Adopter. STO cannot be asked for the routing of a
// number, so the label goes without.
func (i *Issuer) Adopt(o order.Order, numbers []waybill.Number) (waybill.Waybill, error) {
	if len(numbers) != 1 || o.Boxes() != 1 {
		return waybill.Waybill{}, notice.New("parcel-count", nil, o.ID, o.Boxes(), len(numbers))
	}
	return i.waybill(o, numbers[0]), nil
}

// Cancel implements carrier.Issuer.
func (i *Issuer) Cancel(ctx context.Context, n waybill.Number) error {
	a, err := i.call(ctx, cancel, "edi_modify_order", map[string]string{
		"billCode": string(n), "orderType": i.Values["order_type"], "orderSource": i.Values["order_source"],
		"remark": "订单取消", "creater": i.Shop,
	})
	switch {
	case err != nil:
		return err
	case a.Success.True():
		return nil
	case a.Success == "":
		return i.client.Broken(cancel, "no success")
	}
	return i.client.Kept(cancel, string(a.Code), a.Words, n)
}
