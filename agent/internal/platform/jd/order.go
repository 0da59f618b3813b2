package jd

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/jos/tde"
	"miandan/agent/internal/order"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// orderInfo is an order in JD's words, as far as it matters here.
type orderInfo struct {
	OrderID  string   `json:"orderId"`
	Type     jos.Text `json:"orderType"`
	State    string   `json:"orderState"`
	Payment  jos.Text `json:"orderPayment"`
	Seller   jos.Text `json:"orderSellerPrice"`
	Remark   string   `json:"orderRemark"`
	Note     string   `json:"venderRemark"`
	Started  string   `json:"orderStartTime"`
	Paid     string   `json:"paymentConfirmTime"`
	Modified string   `json:"modified"`
	Parent   jos.Text `json:"parentOrderId"`
	Direct   jos.Text `json:"directParentOrderId"`
	Shipment jos.Text `json:"idSopShipmenttype"`
	Items    []struct {
		Outer string   `json:"outerSkuId"`
		SKU   jos.Text `json:"skuId"`
		Name  string   `json:"skuName"`
		Total jos.Text `json:"itemTotal"`
	} `json:"itemInfoList"`
	Consignee struct {
		Name       string   `json:"fullname"`
		Mobile     string   `json:"mobile"`
		Telephone  string   `json:"telephone"`
		Address    string   `json:"fullAddress"`
		Province   string   `json:"province"`
		City       string   `json:"city"`
		County     string   `json:"county"`
		Town       string   `json:"town"`
		ProvinceID jos.Text `json:"provinceId"`
		CityID     jos.Text `json:"cityId"`
		CountyID   jos.Text `json:"countyId"`
		TownID     jos.Text `json:"townId"`
		OAID       string   `json:"oaid"`
	} `json:"consigneeInfo"`
}

var states = map[string]order.State{
	"WAIT_SELLER_STOCK_OUT": order.ToShip, "WAIT_SELLER_DELIVERY": order.ToShip,
	"WAIT_GOODS_RECEIVE_CONFIRM": order.Shipped, "FINISHED_L": order.Shipped,
	"TRADE_CANCELED": order.Cancelled, "PARENT_TRADE_CANCELED": order.Cancelled, "LOCKED": order.Locked,
	"POP_ORDER_PAUSE": order.Paused, "PAUSE": order.Paused,
}

var merchants = map[string]order.Merchant{"22": order.SOP, "21": order.FBP, "112": order.FCS}

// order reads one order. A field that cannot be opened makes the order sealed,
// not the reading fail: it must not hold up the others. Only a vault that
// cannot be reached now fails it.
func (s *Source) order(ctx context.Context, i orderInfo) (order.Order, error) {
	o := order.Order{
		Key: order.Key{Source: Name, ID: i.OrderID}, State: order.Other, Merchant: order.SOP,
		Remark: i.Remark, Note: i.Note, Price: fen(i.Payment), Consignee: i.Consignee.OAID,
		RegionIDs: order.RegionIDs{
			Province: i.Consignee.ProvinceID.Int(), City: i.Consignee.CityID.Int(), District: i.Consignee.CountyID.Int(), Town: i.Consignee.TownID.Int(),
		},
		PaidAt: moment(i.Paid), Modified: moment(i.Modified), ReadAt: s.Now(),
	}
	if state, ok := states[i.State]; ok {
		o.State = state
	}
	if m, ok := merchants[string(i.Type)]; ok {
		o.Merchant = m
	}
	if p := string(i.Direct); p != "" && p != "0" {
		o.Parent = p
	} else if p := string(i.Parent); p != "0" {
		o.Parent = p
	}
	o.IsParent = i.State == "PARENT_TRADE_CANCELED"
	if i.Shipment == "68" || i.Shipment == "69" { // 京配, 京配自提
		o.Shipment = "jd-express"
	}
	if o.PaidAt.IsZero() { // cash on delivery is never paid before it ships
		o.PaidAt = moment(i.Started)
	}
	for _, item := range i.Items {
		sku := item.Outer
		if sku == "" {
			sku = string(item.SKU)
		}
		o.Items = append(o.Items, waybill.Item{SKU: sku, Name: item.Name, Quantity: item.Total.Int()})
	}
	return o, s.consignee(ctx, i, &o)
}

func (s *Source) consignee(ctx context.Context, i orderInfo, o *order.Order) error {
	c := i.Consignee
	phone := c.Mobile
	if phone == "" {
		phone = c.Telephone
	}
	sealed := false
	for _, field := range []*string{&c.Name, &c.Address, &phone} {
		if !tde.Is(*field) {
			continue
		}
		text, err := s.Vault.Decrypt(ctx, *field)
		switch {
		case err == nil:
			*field = text
		case tde.Permanent(err):
			*field, sealed = "", true
		default:
			return err
		}
	}
	name, extension := cutExtension(c.Name)
	address, _ := cutExtension(c.Address)
	switch {
	case sealed:
		o.PhoneKind = waybill.PhoneSealed
	case pii.NewPhone(phone).Hidden():
		o.PhoneKind = waybill.PhoneMasked
	case virtual.MatchString(phone):
		o.PhoneKind = waybill.PhoneVirtual
	case extension != "":
		o.PhoneKind = waybill.PhoneVirtual
		phone += "-" + extension
	default:
		o.PhoneKind = waybill.PhoneReal
	}
	o.Receiver = waybill.Party{
		Name: pii.NewName(name), Phone: pii.NewPhone(phone),
		Address: pii.NewAddress(pii.Region{Province: c.Province, City: c.City, District: c.County, Town: c.Town}, address),
	}
	return nil
}

// A virtual number's extension stands in brackets behind the name and the
// address, or behind the number.
var (
	bracketed = regexp.MustCompile(`^(.+)\[(\d{3,6})\]$`)
	virtual   = regexp.MustCompile(`^1\d{10}-\d{3,6}$`)
)

func cutExtension(s string) (text, extension string) {
	if m := bracketed.FindStringSubmatch(strings.TrimSpace(s)); m != nil {
		return m[1], m[2]
	}
	return s, ""
}

// moment reads one of JD's dates. An empty time is the year 1.
func moment(s string) time.Time {
	t, err := time.ParseInLocation(jos.DateTime, s, jos.Beijing)
	if err != nil || t.Year() < 2000 {
		return time.Time{}
	}
	return t
}

// fen reads an amount in yuan.
func fen(t jos.Text) order.Money {
	yuan, err := strconv.ParseFloat(string(t), 64)
	if err != nil {
		return 0
	}
	return order.Money(yuan*100 + 0.5)
}
