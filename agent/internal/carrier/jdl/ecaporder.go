package jdl

import (
	"miandan/agent/internal/carrier"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// ecapProducts are JD's products by productCode.
var ecapProducts = map[string]string{"ed-m-0001": "特惠送", "ed-m-0002": "特快送"}

// ecapOrder is an order in ECAP's words and spelling.
type ecapOrder struct {
	Order        string            `json:"orderId"` // the key: always the platform's order number
	Sender       ecapContact       `json:"senderContact"`
	Receiver     ecapContact       `json:"receiverContact"`
	Origin       int               `json:"orderOrigin"`
	Customer     string            `json:"customerCode,omitempty"`
	BusinessUnit string            `json:"businessUnitCode,omitempty"`
	Products     ecapProduct       `json:"productsReq"`
	Settle       int               `json:"settleType"`
	Cargoes      []ecapCargo       `json:"cargoes"`
	PickupType   int               `json:"pickupType,omitempty"`
	DeliveryType int               `json:"deliveryType,omitempty"`
	Channel      *ecapChannel      `json:"commonChannelInfo,omitempty"`
	Number       waybill.Number    `json:"waybillCode,omitempty"`
	Extended     map[string]string `json:"extendProps,omitempty"`
}

type ecapContact struct {
	Name      string `json:"name"`
	Mobile    string `json:"mobile,omitempty"`
	Phone     string `json:"phone,omitempty"`
	Address   string `json:"fullAddress"`
	Warehouse string `json:"warehouseCode,omitempty"`
}

type ecapProduct struct {
	Code  string            `json:"productCode"`
	Attrs map[string]string `json:"productAttrs,omitempty"`
	Added []ecapProduct     `json:"addedProducts,omitempty"`
}

// ecapCargo is all boxes together: ECAP takes one element.
type ecapCargo struct {
	Name     string  `json:"name"`
	Quantity int     `json:"quantity"`
	Weight   float64 `json:"weight"`
	Volume   float64 `json:"volume"`
}

type ecapChannel struct {
	Code  string `json:"channelCode"`
	Order string `json:"channelOrderCode,omitempty"`
}

func (e *ECAP) order(o order.Order, reserved waybill.Number) ecapOrder {
	to := ecapContactOf(carrier.Bracketed(o.Receiver, o.PhoneKind))
	from := ecapContactOf(e.Sender)
	from.Warehouse = e.Warehouse
	r := ecapOrder{
		Order: o.ID, Sender: from, Receiver: to, Origin: e.Origin, Customer: e.CustomerCode, BusinessUnit: e.BusinessUnit,
		Products: ecapProduct{Code: e.Product, Added: e.added(o)}, Settle: e.Settle,
		Cargoes:    []ecapCargo{{Name: "商品", Quantity: o.Boxes(), Weight: e.Weight, Volume: e.Volume}},
		PickupType: e.PickupType, DeliveryType: e.DeliveryType, Number: reserved,
	}
	if len(o.Items) > 0 {
		r.Cargoes[0].Name = o.Items[0].Name
	}
	if e.Channel != "" {
		r.Channel = &ecapChannel{Code: e.Channel, Order: o.ID}
	}
	if e.OAIDField != "" && o.Consignee != "" {
		r.Extended = map[string]string{e.OAIDField: o.Consignee}
	}
	return r
}

// added are the products of the order's services. Amounts go as texts, in
// yuan, as the public clients send them.
func (e *ECAP) added(o order.Order) []ecapProduct {
	var list []ecapProduct
	add := func(code, usual string, attrs map[string]string) {
		if code == "" {
			code = usual
		}
		list = append(list, ecapProduct{Code: code, Attrs: attrs})
	}
	if o.Collect > 0 {
		add(e.Added.Collect, "ed-a-0009", map[string]string{"shouldPayMoney": waybill.Fen(o.Collect).String()})
	}
	if o.Insured > 0 {
		add(e.Added.Insured, "ed-a-0002", map[string]string{"guaranteeMoney": waybill.Fen(o.Insured).String()})
	}
	if o.SignReturn != order.NoReturn {
		attrs := e.Added.SignReturnAttrs
		if attrs == nil {
			attrs = map[string]string{"reReceiveType": `["signBill"]`, "reReceiveMode": `["written"]`}
		}
		add(e.Added.SignReturn, "ed-a-0010", attrs)
	}
	return list
}

func ecapContactOf(p waybill.Party) ecapContact {
	c := ecapContact{Name: p.Name.Reveal(), Address: p.Address.Reveal()}
	if p.Phone.Mobile() {
		c.Mobile = p.Phone.Reveal()
	} else {
		c.Phone = p.Phone.Reveal()
	}
	return c
}
