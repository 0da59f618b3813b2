// Package jdl takes numbers of JD Express, 京东快递, by one of two doors: the
// ldop family of JD's open platform, where the number and its routing come in
// one answer, and the orders of JD Logistics' own platform (ECAP), where
// nothing that is public says how to come by the routing.
//
// Whether an order that is sent again gets the same number is not public for
// either, so it is a setting.
package jdl

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/outbound"
	"miandan/templates/waybill"
)

// Issuer is a contract with JD Express on JD's open platform.
type Issuer struct {
	Client *jos.Client

	CustomerCode  string // 商家编码
	Shop          string // for the label
	SalePlatform  string // 0010001 is JD
	PromiseTime   int    // 1 特惠送, 2 特快送 …
	TransType     int    // 1 land, 2 air
	GoodsType     int    // 1 ordinary
	WarehouseCode string
	Weight        float64 // kg
	Volume        float64 // cm³

	Sender waybill.Party

	// CheckRange asks whether JD Express delivers to the address, 超区, before
	// a number is taken. That 100 means yes is remembered, not documented.
	CheckRange      bool
	SameNumberAgain bool
	Now             func() time.Time
}

var (
	_ carrier.Issuer = (*Issuer)(nil)
	_ carrier.Finder = (*Issuer)(nil)
	_ carrier.Router = (*Issuer)(nil)

	_ carrier.Adopter = (*Issuer)(nil)
	_ carrier.Prover  = (*Issuer)(nil)
)

const (
	receive   = "jingdong.ldop.waybill.receive"
	intercept = "jingdong.ldop.receive.order.intercept"
	query     = "jingdong.ldop.waybill.query"
)

// done is the resultCode of success; that it is the stateCode too is remembered,
// not documented.
const done = "100"

// products are JD's products by promiseTimeType.
var products = map[int]string{
	1: "特惠送", 2: "特快送", 4: "城际闪送", 5: "同城当日达", 6: "次晨达", 7: "微小件", 8: "生鲜专送", 16: "生鲜特快", 17: "生鲜特惠", 21: "特惠小包",
}

// most is how many parcels one order may have: on paper of 76 mm the code of a
// hundredth would be too dense to scan, and a label is not refused after its number.
const most = 99

// Issue implements carrier.Issuer. All parcels of an order travel under one
// number, each with its barcode.
func (i *Issuer) Issue(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	if err := carrier.Hidden(o, false); err != nil { // whether an oaid could stand in is not public
		return waybill.Waybill{}, err
	}
	if err := carrier.Many(o, most); err != nil {
		return waybill.Waybill{}, err
	}
	if i.CheckRange {
		if err := i.reaches(ctx, o); err != nil {
			return waybill.Waybill{}, err
		}
	}
	return i.ask(ctx, o)
}

func (i *Issuer) ask(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	var answer struct {
		Result struct {
			Code    jos.Text `json:"resultCode"`
			Words   string   `json:"resultMessage"`
			Number  string   `json:"deliveryId"`
			Promise jos.Text `json:"promiseTimeType"`
			Retry   jos.Text `json:"needRetry"`
			Sorted  *sorted  `json:"preSortResult"`
		} `json:"receiveorderinfo_result"`
	}
	if err := i.Client.Call(ctx, receive, i.params(o), &answer); err != nil {
		return waybill.Waybill{}, carrier.Classify(err, jos.NoEffect(err))
	}
	r := answer.Result
	doubt := carrier.Doubt(r.Words, o)
	switch {
	case r.Code == "":
		return waybill.Waybill{}, carrier.Classify(jos.Broken(receive, "no resultCode"), false)
	case r.Code != done && doubt != nil:
		return waybill.Waybill{}, doubt
	case r.Code != done && r.Retry.True():
		return waybill.Waybill{}, carrier.Trouble(jos.Broken(receive, "resultCode "+outbound.Code(string(r.Code))+", to be tried again"), r.Words, o)
	case r.Code != done && r.Number != "":
		return waybill.Waybill{}, carrier.Classify(jos.Broken(receive, "a failure and a number"), false)
	case r.Code != done:
		return waybill.Waybill{}, carrier.Refuse(r.Words, o)
	case r.Number == "":
		return waybill.Waybill{}, carrier.Classify(jos.Broken(receive, "no number"), false)
	}
	promise := r.Promise.Int()
	if promise == 0 {
		promise = i.PromiseTime
	}
	w := i.waybill(o, waybill.Number(r.Number))
	w.Product = products[promise]
	if r.Sorted != nil {
		r.Sorted.apply(&w)
	}
	return w, nil
}

func (i *Issuer) waybill(o order.Order, n waybill.Number) waybill.Waybill {
	w := waybill.Waybill{
		Carrier: "JD", CarrierName: "京东快递", Number: n, Order: o.ID, Shop: cmp.Or(o.Shop, i.Shop), Product: products[i.PromiseTime],
		Sender: i.Sender, Receiver: o.Receiver, PhoneKind: o.PhoneKind, Items: o.Items, Remark: o.Remark,
		Parcels: boxes(n, o.Boxes()), IssuedAt: i.Now(),
	}
	o.Mark(&w)
	return w
}

// boxes are a number's parcels with JD's barcodes: number, which box, of how
// many.
func boxes(n waybill.Number, count int) []waybill.Parcel {
	return carrier.Boxes(count, func(index int) string { return fmt.Sprintf("%s-%d-%d-", n, index, count) })
}

// Adopt implements carrier.Adopter: one number serves all parcels.
func (i *Issuer) Adopt(o order.Order, numbers []waybill.Number) (waybill.Waybill, error) {
	if len(numbers) != 1 {
		return waybill.Waybill{}, notice.New("parcel-count", nil, o.ID, o.Boxes(), len(numbers))
	}
	return i.waybill(o, numbers[0]), nil
}

// Prove implements carrier.Prover. JD's word for success is not public here;
// what it has to tell of a number is in data, so data is what counts.
func (i *Issuer) Prove(ctx context.Context, n waybill.Number) error {
	var answer struct {
		Result *struct {
			Words string          `json:"statusMessage"`
			Data  json.RawMessage `json:"data"`
		} `json:"resultInfo"`
	}
	if err := i.Client.Read(ctx, query, map[string]any{"customerCode": i.CustomerCode, "deliveryId": string(n)}, &answer); err != nil {
		return err
	}
	r := answer.Result
	if r == nil {
		return jos.Broken(query, "no result")
	}
	switch string(r.Data) {
	case "", "null", "{}", "[]", `""`:
		if carrier.Troubled(r.Words) {
			return trouble(query, r.Words)
		}
		return notice.New("number-not-known", nil, string(n), carrier.Words(r.Words, waybill.Party{}))
	}
	return nil
}

// CanFind implements carrier.Finder.
func (i *Issuer) CanFind() bool { return i.SameNumberAgain }

// Find implements carrier.Finder by asking again under the same key.
func (i *Issuer) Find(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	if err := carrier.Hidden(o, false); err != nil {
		return waybill.Waybill{}, carrier.StillUnknown(err)
	}
	return i.ask(ctx, o)
}

// Cancel implements carrier.Issuer.
func (i *Issuer) Cancel(ctx context.Context, n waybill.Number) error {
	var answer struct {
		Result struct {
			Code  jos.Text `json:"stateCode"`
			Words string   `json:"stateMessage"`
		} `json:"resultInfo"`
	}
	err := i.Client.Call(ctx, intercept, map[string]any{
		"vendorCode": i.CustomerCode, "deliveryId": string(n), "interceptReason": "订单取消",
		"cancelTime": i.Now().In(jos.Beijing).Format(jos.DateTime), "cancelOperator": i.Shop, "cancelOperatorCodeType": 1,
	}, &answer)
	if err != nil {
		return err
	}
	switch answer.Result.Code {
	case done:
		return nil
	case "":
		return jos.Broken(intercept, "no stateCode")
	default:
		if carrier.Troubled(answer.Result.Words) {
			return trouble(intercept, answer.Result.Words)
		}
		return carrier.NotTaken(n, answer.Result.Words)
	}
}

// trouble is the error of a no that is about JD itself: asking again helps.
func trouble(method, words string) error {
	return notice.New(jos.NoticeBackEnd, fmt.Errorf("%s: %s", method, outbound.Words(words)))
}
