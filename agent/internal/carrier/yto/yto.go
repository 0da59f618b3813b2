// Package yto takes numbers of YTO Express, 圆通速递, on YTO's open platform.
//
// The answer has the sort code and, for what of the receiver a label must not
// show, values that are hidden already; no hub. YTO's own label comes as a PDF
// when it is asked for. An order that is sent again gets the number that it has:
// logisticsNo and the customer are YTO's key.
//
// YTO takes numbers back under the order's number only. Whoever has no more
// than the waybill's is told so.
package yto

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/gateway"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// The interfaces. What creates orders is a setting.
const (
	private = "privacy_create_adapter" // the one that says what to hide
	cancel  = "korder_cancel_adapter"
	label   = "waybill_print_adapter"
	balance = "waybill_balance_adapter"
)

// Issuer is a contract with YTO.
type Issuer struct {
	account carrier.Account
	client  *gateway.Client
}

var (
	_ carrier.Issuer    = (*Issuer)(nil)
	_ carrier.Finder    = (*Issuer)(nil)
	_ carrier.Adopter   = (*Issuer)(nil)
	_ carrier.Documents = (*Issuer)(nil)
	_ carrier.Balance   = (*Issuer)(nil)
	_ carrier.Returner  = (*Issuer)(nil)
)

// most is how many parcels one order has: YTO's orders have one number.
const most = 1

// Reference implements carrier.Referrer.
func (i *Issuer) Reference(o order.Order) string { return i.account.Reference(o) }

// Issue implements carrier.Issuer.
func (i *Issuer) Issue(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	services, err := asked(o)
	if err != nil {
		return waybill.Waybill{}, err
	}
	return i.create(ctx, o, services)
}

// CanFind implements carrier.Finder.
func (i *Issuer) CanFind() bool { return i.account.Is("same_number_again") }

// Find implements carrier.Finder by asking again under the same number of the
// order.
func (i *Issuer) Find(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	services, err := asked(o)
	if err != nil {
		return waybill.Waybill{}, carrier.StillUnknown(err)
	}
	if !i.CanFind() {
		return waybill.Waybill{}, carrier.StillUnknown(notice.New("carrier-answer-unknown", nil, o.ID))
	}
	return i.create(ctx, o, services)
}

func (i *Issuer) create(ctx context.Context, o order.Order, services []service) (waybill.Waybill, error) {
	api, p := i.account.Values["create"], i.order(o, services)
	body, err := i.call(ctx, api, p)
	var a struct {
		failure
		Number    jos.Text        `json:"mailNo"`
		Reference jos.Text        `json:"logisticsNo"`
		Sort      jos.Text        `json:"shortAddress"`
		Hidden    json.RawMessage `json:"secretWaybills"`
	}
	if err == nil {
		err = i.client.Read(api, body, &a)
	}
	switch {
	case err != nil:
		return waybill.Waybill{}, gateway.Lost(err)
	case i.no(a.failure) && a.Number != "":
		return waybill.Waybill{}, i.client.Both(api, i.client.Refused(api, string(a.Code), a.words(), o))
	case i.no(a.failure):
		return waybill.Waybill{}, i.client.Refused(api, string(a.Code), a.words(), o)
	case a.Number == "": // YTO does not promise one: it may come when the order is sent again
		return waybill.Waybill{}, carrier.Classify(i.client.Broken(api, "no number"), false)
	case a.Reference != "" && string(a.Reference) != p.Reference:
		return waybill.Waybill{}, carrier.Classify(i.client.Broken(api, "the number of another order"), false)
	}
	w := i.waybill(o, waybill.Number(a.Number))
	w.Routing.Code = string(a.Sort)
	p.hide(a.Hidden, &w)
	return w, nil
}

func (i *Issuer) waybill(o order.Order, n waybill.Number) waybill.Waybill {
	w := i.account.Waybill("YTO", "圆通速递", o, n)
	w.Product = products[i.account.Values["product"]]
	w.Parcels = carrier.Numbered([]waybill.Number{n})
	return w
}

// products are YTO's products by productCode. Of three of them one public note
// is the only source.
var products = map[string]string{"PK": "普快", "YZD": "圆准达", "XTCTK": "同城特快", "HKJ": "航空件"}

// Adopt implements carrier.Adopter. The sort code cannot be asked for alone. What
// the label must hide was in the answer that is lost, so it hides all, but for
// an account at the older interface, which hides nothing.
func (i *Issuer) Adopt(o order.Order, numbers []waybill.Number) (waybill.Waybill, error) {
	if len(numbers) != 1 || o.Boxes() != 1 {
		return waybill.Waybill{}, notice.New("parcel-count", nil, o.ID, o.Boxes(), len(numbers))
	}
	w := i.waybill(o, numbers[0])
	w.HideName = i.account.Values["create"] == private
	w.HidePhone = w.HideName
	return w, nil
}

// Cancel implements carrier.Issuer for those who do not know the order: YTO is
// not asked, since it knows waybills by their orders.
func (i *Issuer) Cancel(_ context.Context, n waybill.Number) error {
	return carrier.NotTaken(n, "圆通只按订单号取消 (YTO takes numbers back under the order's number only)")
}

// Return implements carrier.Returner.
func (i *Issuer) Return(ctx context.Context, o order.Order, n waybill.Number) error {
	reference := i.account.Reference(o)
	body, err := i.call(ctx, cancel, map[string]string{"logisticsNo": reference, "cancelDesc": "订单取消"})
	var a struct {
		failure
		Reference jos.Text `json:"logisticsNo"`
	}
	if err == nil {
		err = i.client.Read(cancel, body, &a)
	}
	switch {
	case err != nil:
		return err
	case !i.no(a.failure) && string(a.Reference) == reference:
		return nil
	case !i.no(a.failure):
		return i.client.Broken(cancel, "neither the order nor a failure")
	}
	return i.client.Kept(cancel, string(a.Code), a.words(), n)
}

// Document implements carrier.Documents.
func (i *Issuer) Document(ctx context.Context, w waybill.Waybill, parcel int) (carrier.Document, error) {
	number := waybill.Label{Waybill: w, Parcel: parcel}.Own()
	body, err := i.call(ctx, label, map[string]string{"waybillNo": string(number)})
	var a struct {
		failure
		Data *struct {
			PDF string `json:"pdfBase64"`
		} `json:"data"`
	}
	if err == nil {
		err = i.client.Read(label, body, &a)
	}
	switch {
	case err != nil:
		return carrier.Document{}, err
	case a.Data == nil && (i.no(a.failure) || a.Code == "-1"):
		return carrier.Document{}, i.client.Failed(label, string(a.Code), carrier.Words(a.words(), w.Receiver))
	case a.Data == nil || a.Data.PDF == "":
		return carrier.Document{}, i.client.Broken(label, "no label")
	}
	pdf, err := base64.StdEncoding.DecodeString(a.Data.PDF)
	if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		return carrier.Document{}, i.client.Broken(label, "a label that is no PDF")
	}
	return carrier.Document{PDF: pdf}, nil
}

// Balance implements carrier.Balance. The names are of one public client.
func (i *Issuer) Balance(ctx context.Context) (int, error) {
	now := i.account.Now().In(jos.Beijing)
	body, err := i.call(ctx, balance, map[string]any{
		"clientId": i.access(balance).customer, "timestamp": now.Unix(), "requestDate": now.Format("20060102"),
	})
	var a struct {
		failure
		Left jos.Text `json:"data"`
	}
	if err == nil {
		err = i.client.Read(balance, body, &a)
	}
	switch {
	case err != nil:
		return 0, err
	case a.Left == "" && (i.no(a.failure) || a.Code == "-1"):
		return 0, i.client.Failed(balance, string(a.Code), a.words())
	case a.Left == "" || a.Left != "0" && a.Left.Int() <= 0:
		return 0, i.client.Broken(balance, "no amount")
	}
	return a.Left.Int(), nil
}
