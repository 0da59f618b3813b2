package jd

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// orderInfo is an order in JD's words, as far as it matters here.
type orderInfo struct {
	OrderID   jos.Text   `json:"orderId"`
	Type      jos.Text   `json:"orderType"`
	State     jos.Text   `json:"orderState"`
	Payment   jos.Text   `json:"orderPayment"`
	Seller    jos.Text   `json:"orderSellerPrice"`
	Remark    jos.Text   `json:"orderRemark"`
	Note      jos.Text   `json:"venderRemark"`
	Started   jos.Text   `json:"orderStartTime"`
	Paid      jos.Text   `json:"paymentConfirmTime"`
	Modified  jos.Text   `json:"modified"`
	Ended     jos.Text   `json:"orderEndTime"`
	PayType   jos.Text   `json:"payType"`
	Parent    jos.Text   `json:"parentOrderId"`
	Direct    jos.Text   `json:"directParentOrderId"`
	Shipment  jos.Text   `json:"idSopShipmenttype"`
	Waybill   jos.Text   `json:"waybill"`
	Items     []itemInfo `json:"itemInfoList"`
	Consignee *consignee `json:"consigneeInfo"`
	beside
	Marks   marks  `json:"orderMarkDesc"`
	SendPay marks  `json:"sendpayMap"`
	Pauses  pauses `json:"pauseBizInfo"`
}

// beside is what stands for the receiver where it is not among the consignee's
// fields: some of JD's classes of orders, FBP's among them, have it on the order.
type beside struct {
	OAID       jos.Text `json:"oaid"`
	Index      jos.Text `json:"desen_mobile"`
	PhoneIndex jos.Text `json:"desen_phone"`
}

// consignee is whom the order goes to; what its own fields say goes first.
func (i orderInfo) consignee() *consignee {
	c := *i.Consignee
	c.OAID, c.Index, c.PhoneIndex = cmp.Or(c.OAID, i.OAID), cmp.Or(c.Index, i.Index), cmp.Or(c.PhoneIndex, i.PhoneIndex)
	return &c
}

type itemInfo struct {
	Outer jos.Text `json:"outerSkuId"`
	SKU   jos.Text `json:"skuId"`
	Name  jos.Text `json:"skuName"`
	Total jos.Text `json:"itemTotal"`
}

// entry is an order in a list. One of a form that is not known must not make
// the list unreadable: it keeps its number.
type entry struct {
	orderInfo
	unreadable bool
}

func (e *entry) UnmarshalJSON(b []byte) error {
	*e = entry{}
	if json.Unmarshal(b, &e.orderInfo) == nil {
		return nil
	}
	*e = entry{unreadable: true}
	var fields map[string]json.RawMessage
	if json.Unmarshal(b, &fields) != nil {
		return nil
	}
	for name, to := range map[string]*jos.Text{"orderId": &e.OrderID, "modified": &e.Modified} {
		if json.Unmarshal(fields[name], to) != nil {
			*to = ""
		}
	}
	return nil
}

var states = map[string]order.State{
	"WAIT_SELLER_STOCK_OUT": order.ToShip, "WAIT_SELLER_DELIVERY": order.ToShip,
	"WAIT_GOODS_RECEIVE_CONFIRM": order.Shipped, "FINISHED_L": order.Shipped,
	"TRADE_CANCELED": order.Cancelled, parentCancelled: order.Cancelled, "LOCKED": order.Locked,
	"POP_ORDER_PAUSE": order.Paused, "PAUSE": order.Paused,
}

// parentCancelled is the state of an order that was split: its children ship.
const parentCancelled = "PARENT_TRADE_CANCELED"

var merchants = map[string]order.Merchant{"22": order.SOP, "21": order.FBP, "112": order.FCS}

// onTheSpot is the type of an order for something that is used at a shop (LOC):
// there is nothing to ship.
const onTheSpot = "75"

// JD's 京配 and 京配自提: these orders travel with JD Express.
const (
	shipJD          = "68"
	shipJDSelfFetch = "69"
)

// payAtDoor is the payType of cash on delivery; JD writes "1-货到付款".
const payAtDoor = "1"

// order makes an order of JD's words. A field that cannot be opened makes the
// order sealed; only keys that cannot be fetched now, though the app may have
// them, fail the reading, since then no order can be read and it is tried again.
func (s *Source) order(ctx context.Context, i orderInfo) (*reading, error) {
	c := i.consignee()
	o := &reading{Order: order.Order{
		Key: order.Key{Source: Name, ID: string(i.OrderID)}, State: order.Other, Merchant: s.merchant(),
		IsParent: i.State == parentCancelled, Parent: parent(i.Direct, i.Parent),
		Remark: string(i.Remark), Note: string(i.Note), Price: fen(i.Payment), Consignee: string(c.OAID),
		RegionIDs: order.RegionIDs{Province: c.ProvinceID.Int(), City: c.CityID.Int(), District: c.CountyID.Int(), Town: c.TownID.Int()},
		PaidAt:    moment(i.Paid), EndedAt: moment(i.Ended), Modified: moment(i.Modified), ReadAt: s.Now(),
	}}
	if state, ok := states[string(i.State)]; ok && i.Type != onTheSpot {
		o.State = state
	}
	if o.State == order.ToShip && s.held(i.Pauses) {
		o.State = order.Paused
	}
	if m, ok := merchants[string(i.Type)]; ok {
		o.Merchant = m
	}
	if i.Shipment == shipJD || i.Shipment == shipJDSelfFetch {
		o.Shipment = "jd-express"
	}
	if i.Payment == "" {
		o.Price = fen(i.Seller)
	}
	if kind, _, _ := strings.Cut(string(i.PayType), "-"); kind == payAtDoor {
		o.Collect = fen(i.Payment)
	}
	if o.PaidAt.IsZero() { // cash on delivery is never paid before it ships
		o.PaidAt = moment(i.Started)
	}
	for _, item := range i.Items {
		sku := item.Outer
		if sku == "" {
			sku = item.SKU
		}
		o.Items = append(o.Items, waybill.Item{SKU: string(sku), Name: string(item.Name), Quantity: item.Total.Int()})
	}
	o.regular = s.regular(i)
	o.Subscription = !o.regular && s.subscription(o.Items)
	if o.regular && o.Parent == "" { // the order that bought the whole plan, unless the plan says otherwise
		o.IsParent = true
	}
	return o, s.receiver(ctx, c, o)
}

func (s *Source) merchant() order.Merchant {
	if s.Merchant == "" {
		return order.SOP
	}
	return s.Merchant
}

// parent returns the first that names an order; JD writes "0" for none.
func parent(ids ...jos.Text) string {
	for _, id := range ids {
		if id != "" && id != "0" {
			return string(id)
		}
	}
	return ""
}

// moment reads one of JD's dates. An empty time is the year 1.
func moment(s jos.Text) time.Time {
	t, err := time.ParseInLocation(jos.DateTime, string(s), jos.Beijing)
	if err != nil || t.Year() < 2000 {
		return time.Time{}
	}
	return t
}

// fen reads an amount in yuan; what is none is 0.
func fen(t jos.Text) order.Money {
	yuan, err := strconv.ParseFloat(string(t), 64)
	if err != nil || !(yuan >= 0 && yuan < 1e12) {
		return 0
	}
	return order.Money(math.Round(yuan * 100))
}
