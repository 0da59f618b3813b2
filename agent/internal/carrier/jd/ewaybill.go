package jd

import (
	"context"
	"slices"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// Ewaybill is a contract with one carrier, asked for numbers by the newer
// family. Routing and stock have no method there; the classic ones serve.
type Ewaybill struct {
	Issuer

	// Together asks for one waybill whose boxes travel together, 子母件; without
	// it each box is a waybill of its own.
	Together bool
	// SignReturnService is the name under which the carrier offers a signed
	// receipt in serviceList; the names are each carrier's own. Empty refuses
	// orders that ask for one.
	SignReturnService string
}

var (
	_ carrier.Issuer    = (*Ewaybill)(nil)
	_ carrier.Finder    = (*Ewaybill)(nil)
	_ carrier.Router    = (*Ewaybill)(nil)
	_ carrier.Adopter   = (*Ewaybill)(nil)
	_ carrier.Appender  = (*Ewaybill)(nil)
	_ carrier.Balance   = (*Ewaybill)(nil)
	_ carrier.Contracts = (*Ewaybill)(nil)
)

const (
	create        = "jingdong.logistics.ewaybill.waybill.create"
	appendOne     = "jingdong.logistics.ewaybill.waybill.append"
	cancel        = "jingdong.logistics.ewaybill.waybill.cancel"
	contractQuery = "jingdong.logistics.ewaybill.contract.query"
)

// Issue implements carrier.Issuer. The waybill comes without routing.
func (e *Ewaybill) Issue(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	if o.SignReturn != order.NoReturn && e.SignReturnService == "" {
		return waybill.Waybill{}, carrier.Unserved("签单返还")
	}
	if err := e.before(ctx, o); err != nil {
		return waybill.Waybill{}, err
	}
	return e.ask(ctx, o)
}

func (e *Ewaybill) ask(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	given, err := e.give(ctx, create, map[string]any{"request": e.request(o)}, o)
	if err != nil {
		return waybill.Waybill{}, err
	}
	parcels := given.parcels()
	seen := map[string]bool{"": true}
	for _, p := range parcels {
		if seen[p.Barcode] {
			return waybill.Waybill{}, carrier.Classify(jos.Broken(create, "a box without a number of its own"), false)
		}
		seen[p.Barcode] = true
	}
	if len(parcels) != o.Boxes() {
		return waybill.Waybill{}, miscounted(create, len(parcels), o.Boxes())
	}
	w := e.waybill(o, parcels)
	w.Number = given[0].Number
	return w, nil
}

// Find implements carrier.Finder by asking again under the same key.
func (e *Ewaybill) Find(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	if err := carrier.Hidden(o, true); err != nil {
		return waybill.Waybill{}, carrier.StillUnknown(err)
	}
	return e.ask(ctx, o)
}

// Append implements carrier.Appender.
func (e *Ewaybill) Append(ctx context.Context, o order.Order, w *waybill.Waybill) error {
	given, err := e.give(ctx, appendOne, map[string]any{
		"parentWaybillCode": string(w.Number), "providerCode": e.ProviderCode, "providerId": e.ProviderID, "vendorCode": e.VendorCode,
	}, o)
	if err != nil {
		return err
	}
	return appended(appendOne, w, given.numbers())
}

// Cancel implements carrier.Issuer.
func (e *Ewaybill) Cancel(ctx context.Context, n waybill.Number) error {
	return e.release(ctx, cancel, n, map[string]any{
		"providerCode": e.ProviderCode, "providerId": e.ProviderID, "waybillCode": string(n), "cancelReason": "订单取消", "vendorCode": e.VendorCode,
	})
}

// Contracts implements carrier.Contracts.
func (e *Ewaybill) Contracts(ctx context.Context) ([]carrier.Contract, error) {
	return e.contracts(ctx, contractQuery, map[string]any{"request": map[string]any{"vendorCode": e.VendorCode}})
}

// give asks for numbers of the newer family.
func (e *Ewaybill) give(ctx context.Context, method string, params any, o order.Order) (given, error) {
	var answer answer[struct {
		Given given `json:"waybillCodeInfoList"`
	}]
	if err := e.Client.Call(ctx, method, params, &answer); err != nil {
		return nil, carrier.Classify(err, jos.NoEffect(err))
	}
	r := answer.result()
	if err := verdict(method, r.Status, r.Words, o); err != nil {
		return nil, doubted(method, err, r.Data.Given.numbers())
	}
	return r.Data.Given, whole(method, r.Data.Given.numbers())
}

// given are the numbers of an answer, each with those of its boxes.
type given []struct {
	Number waybill.Number `json:"waybillCode"`
	Boxes  []box          `json:"waybillPackageNoList"`
}

type box struct {
	Serial jos.Text `json:"serialNumber"`
	Code   string   `json:"packageNo"`
}

func (g given) numbers() []waybill.Number {
	var list []waybill.Number
	for _, n := range g {
		list = append(list, n.Number)
	}
	return list
}

// parcels makes one parcel of each box: boxes of one waybill bear their own
// barcodes under its number, and waybills their numbers.
func (g given) parcels() []waybill.Parcel {
	if len(g) == 1 && len(g[0].Boxes) > 1 {
		boxes := slices.Clone(g[0].Boxes)
		slices.SortStableFunc(boxes, func(a, b box) int { return a.Serial.Int() - b.Serial.Int() })
		return carrier.Boxes(len(boxes), func(index int) string { return boxes[index-1].Code })
	}
	return carrier.Numbered(g.numbers())
}

// request is what the newer family asks for a number with. It knows regions by
// name only.
type request struct {
	ProviderCode   string    `json:"providerCode"`
	ProviderID     int       `json:"providerId"`
	VendorCode     string    `json:"vendorCode"`
	SalePlatform   string    `json:"salePlatform"`
	PlatformOrder  string    `json:"platformOrderNo"` // the key: always the platform's order number
	VendorOrder    string    `json:"vendorOrderCode"`
	Count          int       `json:"waybillCount"`
	BranchCode     string    `json:"branchCode,omitempty"`
	SettlementCode string    `json:"settlementCode,omitempty"`
	Weight         float64   `json:"weight"`
	Volume         float64   `json:"volume"`
	Quantity       int       `json:"quantity"`
	GoodsName      string    `json:"goodsName,omitempty"`
	Goods          []goods   `json:"goodsList,omitempty"`
	PayType        int       `json:"payType"`
	ShouldPay      float64   `json:"shouldPayMoney"`
	NeedGuarantee  bool      `json:"needGuarantee"`
	Guarantee      float64   `json:"guaranteeMoney"`
	ReceiveTime    int       `json:"receiveTimeType"`
	ExpressPay     string    `json:"expressPayMethod,omitempty"`
	ExpressType    string    `json:"expressType,omitempty"`
	Together       bool      `json:"childMotherOrder"`
	Services       []service `json:"serviceList,omitempty"`
	From           address   `json:"fromAddress"`
	To             address   `json:"toAddress"`
}

type goods struct {
	Code     string `json:"code,omitempty"`
	Name     string `json:"name"`
	Quantity int    `json:"quantity"`
}

type service struct {
	Name string `json:"name"`
}

func (e *Ewaybill) request(o order.Order) request {
	c := e.content(o)
	r := request{
		ProviderCode: c.ProviderCode, ProviderID: c.ProviderID, VendorCode: c.VendorCode, SalePlatform: c.SalePlatform,
		PlatformOrder: c.PlatformOrder, VendorOrder: c.VendorOrder, Count: c.WaybillCount, BranchCode: c.BranchCode, SettlementCode: c.SettlementCode,
		Weight: c.Weight, Volume: c.Volume, Quantity: c.WaybillCount, GoodsName: c.GoodsName, PayType: c.PayType, ShouldPay: c.ShouldPay,
		NeedGuarantee: c.NeedGuarantee, Guarantee: c.Guarantee, ReceiveTime: c.ReceiveTime, ExpressPay: c.ExpressPay, ExpressType: c.ExpressType,
		Together: e.Together && o.Boxes() > 1, From: c.From.named(), To: c.To.named(),
	}
	for _, item := range o.Items {
		r.Goods = append(r.Goods, goods{Code: item.SKU, Name: item.Name, Quantity: item.Quantity})
	}
	if o.SignReturn != order.NoReturn {
		r.Services = []service{{Name: e.SignReturnService}}
	}
	return r
}

// named is the address without JD's numbers of its regions.
func (a address) named() address {
	a.ProvinceID, a.CityID, a.DistrictID, a.TownID = 0, 0, 0, 0
	return a
}
