// Package jdl takes numbers of JD Express, 京东快递, through the ldop family of
// JD's open platform.
//
// The number and its routing come in one answer. Whether an order that is sent
// again gets the same number is not public, so it is a setting.
package jdl

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/order"
	"miandan/agent/internal/outbound"
	"miandan/templates/waybill"
)

// Issuer is a contract with JD Express.
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

	SameNumberAgain bool
	Now             func() time.Time
}

var (
	_ carrier.Issuer = (*Issuer)(nil)
	_ carrier.Finder = (*Issuer)(nil)
)

const (
	receive   = "jingdong.ldop.waybill.receive"
	intercept = "jingdong.ldop.receive.order.intercept"
)

// done is the resultCode of success; that it is the stateCode too is remembered,
// not documented.
const done = "100"

// products are JD's products by promiseTimeType.
var products = map[int]string{
	1: "特惠送", 2: "特快送", 4: "城际闪送", 5: "同城当日达", 6: "次晨达", 7: "微小件", 8: "生鲜专送", 16: "生鲜特快", 17: "生鲜特惠", 21: "特惠小包",
}

// Issue implements carrier.Issuer.
func (i *Issuer) Issue(ctx context.Context, o order.Order) (waybill.Waybill, error) {
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
	switch {
	case r.Code == "":
		return waybill.Waybill{}, carrier.Classify(jos.Broken(receive, "no resultCode"), false)
	case r.Code != done && carrier.Doubt(r.Words, o) != nil:
		return waybill.Waybill{}, carrier.Doubt(r.Words, o)
	case r.Code != done && r.Retry.True():
		return waybill.Waybill{}, carrier.Classify(jos.Broken(receive, "resultCode "+outbound.Words(string(r.Code))+", to be tried again"), false)
	case r.Code != done:
		return waybill.Waybill{}, carrier.Refuse(r.Words, o)
	case r.Number == "":
		return waybill.Waybill{}, carrier.Classify(jos.Broken(receive, "no number"), false)
	}
	promise := r.Promise.Int()
	if promise == 0 {
		promise = i.PromiseTime
	}
	w := waybill.Waybill{
		Carrier: "JD", CarrierName: "京东快递", Number: waybill.Number(r.Number), Order: o.ID, Shop: i.Shop, Product: products[promise],
		Sender: i.Sender, Receiver: o.Receiver, PhoneKind: o.PhoneKind, Items: o.Items, Remark: o.Remark,
		Parcels: []waybill.Parcel{{Barcode: fmt.Sprintf("%s-%d-%d-", r.Number, 1, 1), Index: 1, Count: 1}}, IssuedAt: i.Now(),
	}
	if r.Sorted != nil {
		r.Sorted.apply(&w)
	}
	return w, nil
}

// CanFind implements carrier.Finder.
func (i *Issuer) CanFind() bool { return i.SameNumberAgain }

// Find implements carrier.Finder by asking again under the same key.
func (i *Issuer) Find(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	return i.Issue(ctx, o)
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
		return carrier.NotTaken(n, answer.Result.Words)
	}
}

// params are in JD's words and JD's spelling. What is empty is left out: JD
// does not say what an empty one means to it.
func (i *Issuer) params(o order.Order) map[string]any {
	from, to := i.Sender, carrier.Bracketed(o.Receiver, o.PhoneKind)
	region := to.Address.Region()
	p := map[string]any{
		"salePlat": i.SalePlatform, "customerCode": i.CustomerCode, "orderId": o.ID, "thrOrderId": o.ID,
		"senderName": from.Name.Reveal(), "senderAddress": from.Address.Reveal(),
		"receiveName": to.Name.Reveal(), "receiveAddress": to.Address.Reveal(),
		"province": region.Province, "city": region.City, "county": region.District, "town": region.Town,
		"provinceId": o.RegionIDs.Province, "cityId": o.RegionIDs.City, "countyId": o.RegionIDs.District, "townId": o.RegionIDs.Town,
		"promiseTimeType": i.PromiseTime, "warehouseCode": i.WarehouseCode,
	}
	if len(o.Items) > 0 {
		p["goods"] = o.Items[0].Name
	}
	maps.DeleteFunc(p, func(_ string, v any) bool { return v == "" || v == 0 })
	maps.Copy(p, map[string]any{
		"packageCount": 1, "weight": i.Weight, "vloumn": i.Volume, "transType": max(i.TransType, 1), "goodsType": max(i.GoodsType, 1),
	})
	put(p, "sender", from)
	put(p, "receive", to)
	return p
}

// put puts a party's number where JD wants it: a mobile one, or another.
func put(p map[string]any, who string, party waybill.Party) {
	kind := "Tel"
	if party.Phone.Mobile() {
		kind = "Mobile"
	}
	p[who+kind] = party.Phone.Reveal()
}

// sorted is preSortResult: where the parcel goes, and what of the receiver the
// label must hide.
type sorted struct {
	Site          string   `json:"siteName"`
	Road          string   `json:"road"`
	Slide         jos.Text `json:"slideNo"`
	Source        string   `json:"sourceSortCenterName"`
	SourceCross   jos.Text `json:"sourceCrossCode"`
	SourceTrolley jos.Text `json:"sourceTabletrolleyCode"`
	Target        string   `json:"targetSortCenterName"`
	TargetTrolley jos.Text `json:"targetTabletrolleyCode"`
	Aging         string   `json:"agingName"`
	HideName      jos.Text `json:"isHideName"`
	HidePhone     jos.Text `json:"isHideContractNumbers"`
}

func (s *sorted) apply(w *waybill.Waybill) {
	w.Routing = waybill.Routing{
		Code: string(s.TargetTrolley), Name: s.Target, Origin: s.Source, OriginCode: join(s.SourceCross, s.SourceTrolley),
		Target: s.Target, TargetCode: string(s.TargetTrolley), Site: s.Site, Road: s.Road,
	}
	if s.Aging != "" {
		w.Product = s.Aging
	}
	w.HideName, w.HidePhone = s.HideName.True(), s.HidePhone.True()
}

func join(parts ...jos.Text) string {
	var all []string
	for _, p := range parts {
		if p != "" {
			all = append(all, string(p))
		}
	}
	return strings.Join(all, "-")
}
