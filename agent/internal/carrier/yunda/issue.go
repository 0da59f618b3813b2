package yunda

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/gateway"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// Issue implements carrier.Issuer.
func (i *Issuer) Issue(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	if err := i.refuse(o); err != nil {
		return waybill.Waybill{}, err
	}
	return i.ask(ctx, pathCreate, o)
}

// refuse refuses what Yunda cannot be asked for, before anything is sent. How
// the pieces of an order are told of, multi_pack, is not public enough to use.
func (i *Issuer) refuse(o order.Order) error {
	if err := cmp.Or(carrier.Hidden(o, false), carrier.Many(o, 1)); err != nil {
		return err
	}
	switch {
	case o.Insured > 0 && i.Values["insured_mark"] == "":
		return carrier.Unserved("保价")
	case o.SignReturn != order.NoReturn && i.Values["sign_return_mark"] == "":
		return carrier.Unserved("签单返还")
	}
	return nil
}

// errHas marks the no to an order that Yunda has already.
var errHas = errors.New("the order is there")

// ask sends an order, as a new one or to the one that is there.
func (i *Issuer) ask(ctx context.Context, path string, o order.Order) (waybill.Waybill, error) {
	key := i.Reference(o)
	a, err := i.call(ctx, path, request{Orders: []any{i.order(o, key)}})
	switch {
	case err != nil:
		return waybill.Waybill{}, gateway.Lost(err)
	case a.Code == "" || a.Result != "" && a.Result.True() != (a.Code == done):
		return waybill.Waybill{}, gateway.Lost(i.client.Broken(path, "neither yes nor no"))
	case !a.ok():
		return waybill.Waybill{}, i.no(path, string(a.Code), a.words(), a.named(), o)
	}
	e, err := i.one(path, a)
	switch {
	case err != nil:
		return waybill.Waybill{}, carrier.Classify(err, false)
	case e.Serial != "" && string(e.Serial) != key:
		return waybill.Waybill{}, carrier.Classify(i.client.Broken(path, "another order than was asked about"), false)
	case e.Status == "0":
		return waybill.Waybill{}, i.no(path, "", string(e.Words), a.named(), o)
	}
	n := e.number()
	if n == "" {
		return waybill.Waybill{}, carrier.Classify(i.client.Broken(path, "no number, or several"), false)
	}
	w := i.waybill(o, n)
	e.sheet().apply(&w)
	return w, nil
}

// no judges a no by its code, or by Yunda's words where it has none. named says
// that a number stands in the answer all the same.
func (i *Issuer) no(path, code, words string, named bool, o order.Order) error {
	err := i.refused(path, code, words, o)
	if named {
		return i.client.Both(path, err)
	}
	return err
}

func (i *Issuer) refused(path, code, words string, o order.Order) error {
	_, known := i.client.Codes[code]
	switch {
	case !known && strings.Contains(words, "更新接口"): // it has the order, and says what to do
		return &has{carrier.Has(words, o)}
	case !known && strings.Contains(words, "脱敏"):
		r := carrier.Refuse(words, o)
		r.Code = "receiver-masked"
		return r
	}
	err := i.client.Refused(path, code, words, o)
	if notice.CodeOf(err) == "order-has-number" {
		return &has{err}
	}
	return err
}

// has is carrier.Has, recognised again.
type has struct{ error }

func (e *has) Unwrap() []error { return []error{e.error, errHas} }

func (i *Issuer) waybill(o order.Order, n waybill.Number) waybill.Waybill {
	w := i.Waybill("YUNDA", title, o, n)
	w.Parcels = carrier.Numbered([]waybill.Number{n})
	if i.Is("privacy") {
		w.HideName = true
		hidePhone(&w)
	}
	return w
}

// Cancel implements carrier.Issuer. Yunda wants the order's number beside its
// own, which stands in the label data; without them it is asked all the same.
func (i *Issuer) Cancel(ctx context.Context, n waybill.Number) error {
	l, err := i.label(ctx, n)
	if err != nil {
		return err
	}
	return i.giveBack(ctx, l.sheet.text("order_serial_no"), n)
}

// Return implements carrier.Returner.
func (i *Issuer) Return(ctx context.Context, o order.Order, n waybill.Number) error {
	return i.giveBack(ctx, i.Reference(o), n)
}

func (i *Issuer) giveBack(ctx context.Context, serial string, n waybill.Number) error {
	a, err := i.call(ctx, pathCancel, request{Orders: []any{map[string]string{"order_serial_no": serial, "mailno": string(n)}}})
	switch {
	case err != nil:
		return err
	case a.Code == "":
		return i.client.Broken(pathCancel, "no code")
	case !a.ok():
		return i.client.Kept(pathCancel, string(a.Code), a.words(), n)
	}
	e, err := i.one(pathCancel, a)
	switch {
	case err != nil:
		return err
	case e.Status != "1":
		return i.client.Kept(pathCancel, "", string(e.Words), n)
	}
	return nil
}

// atGate reports whether the gateway itself turned a call away.
func (i *Issuer) atGate(a answer) bool {
	_, known := i.client.Codes[string(a.Code)]
	return known
}
