package jtexpress

import (
	"math"
	"strconv"
	"strings"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// form is an order in J&T's words. What is empty is left out.
type form struct {
	customer
	Network       string  `json:"network,omitempty"`
	Reference     string  `json:"txlogisticId"`
	ExpressType   string  `json:"expressType"`
	OrderType     string  `json:"orderType"`
	ServiceType   string  `json:"serviceType"`
	DeliveryType  string  `json:"deliveryType"`
	PayType       string  `json:"payType"`
	Sender        contact `json:"sender"`
	Receiver      contact `json:"receiver"`
	SendStartTime string  `json:"sendStartTime,omitempty"`
	SendEndTime   string  `json:"sendEndTime,omitempty"`
	GoodsType     string  `json:"goodsType"`
	Weight        string  `json:"weight"`                  // kg
	TotalQuantity string  `json:"totalQuantity"`           // pieces
	ItemsValue    string  `json:"itemsValue,omitempty"`    // yuan, 代收货款
	PriceCurrency string  `json:"priceCurrency,omitempty"` // of ItemsValue
	OfferFee      string  `json:"offerFee,omitempty"`      // yuan, 保价
	Items         []item  `json:"items,omitempty"`
}

type contact struct {
	Name        string `json:"name"`
	Mobile      string `json:"mobile,omitempty"`
	Phone       string `json:"phone,omitempty"`
	CountryCode string `json:"countryCode"`
	Province    string `json:"prov"`
	City        string `json:"city"`
	Area        string `json:"area"`
	Town        string `json:"town,omitempty"`
	Address     string `json:"address"`
}

type item struct {
	Name   string `json:"itemName"`
	Number int    `json:"number"`
}

// collected is how long a courier who is called has to come; J&T wants an end.
const collected = 3 * time.Hour

// lightest is the least that J&T takes, in kg. The most is 30; who sends more
// is told so by J&T.
const lightest = 0.01

func (i *Issuer) form(o order.Order) form {
	v := i.account.Values
	f := form{
		customer: i.customer(), Network: v["network"], Reference: i.account.Reference(o),
		ExpressType: v["express_type"], OrderType: v["order_type"], ServiceType: v["service_type"], DeliveryType: v["delivery_type"],
		PayType: v["pay_type"], GoodsType: v["goods_type"], TotalQuantity: "1",
		Weight: strconv.FormatFloat(max(i.account.Weight, lightest), 'f', 2, 64),
		Sender: person(i.account.Sender), Receiver: person(carrier.Bracketed(o.Receiver, o.PhoneKind)),
	}
	if f.ServiceType == "01" {
		now := i.account.Now().In(jos.Beijing)
		f.SendStartTime, f.SendEndTime = now.Format(jos.DateTime), now.Add(collected).Format(jos.DateTime)
	}
	if o.Collect > 0 {
		f.ItemsValue, f.PriceCurrency = waybill.Fen(o.Collect).String(), "RMB"
	}
	if o.Insured > 0 {
		f.OfferFee = waybill.Fen(o.Insured).String()
	}
	for _, it := range o.Items {
		f.Items = append(f.Items, item{it.Name, max(it.Quantity, 1)})
	}
	return f
}

func person(p waybill.Party) contact {
	r := p.Address.Region()
	c := contact{Name: p.Name.Reveal(), CountryCode: "CHN", Province: r.Province, City: r.City, Area: r.District, Town: r.Town, Address: carrier.Street(p.Address)}
	if p.Phone.Mobile() {
		c.Mobile = p.Phone.Reveal()
	} else {
		c.Phone = p.Phone.Reveal()
	}
	return c
}

// sorted is what J&T tells of a parcel's way.
type sorted struct {
	Code jos.Text `json:"sortingCode"`    // 三段码, or 大头笔 where there is none
	Hub  jos.Text `json:"lastCenterName"` // 集包地
}

func (s sorted) routing() waybill.Routing {
	r := waybill.Routing{Hub: string(s.Hub)}
	if strings.ContainsAny(string(s.Code), "0123456789") {
		r.Code = string(s.Code)
	} else {
		r.Name = string(s.Code)
	}
	return r
}

// fen reads an amount in yuan; what is none is nothing.
func fen(yuan string) waybill.Fen {
	f, err := strconv.ParseFloat(strings.TrimSpace(yuan), 64)
	if err != nil || !(f > 0 && f < 1e6) {
		return 0
	}
	return waybill.Fen(math.Round(f * 100))
}
