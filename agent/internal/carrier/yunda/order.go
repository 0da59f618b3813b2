package yunda

import (
	"strconv"
	"strings"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/order"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// bmOrder is an order in Yunda's words and spelling.
type bmOrder struct {
	Serial   string   `json:"order_serial_no"` // the key: letters, digits and _
	Customer string   `json:"khddh"`           // 大客户订单号
	Sender   bmParty  `json:"sender"`
	Receiver bmParty  `json:"receiver"`
	Weight   float64  `json:"weight,omitempty"`           // kg
	Value    float64  `json:"value,omitempty"`            // yuan
	Collect  float64  `json:"collection_value,omitempty"` // yuan
	Items    []bmItem `json:"items,omitempty"`
	Type     string   `json:"order_type"`
	Private  string   `json:"isProtectPrivacy"`
	Platform string   `json:"platform_source,omitempty"`
	Node     string   `json:"node_id"`
	Marks    []bmMark `json:"markingInfos,omitempty"`
}

type bmParty struct {
	Name     string `json:"name"`
	Province string `json:"province"`
	City     string `json:"city"`
	County   string `json:"county"`
	Address  string `json:"address"` // province, city, county and the rest, with commas between
	Mobile   string `json:"mobile,omitempty"`
	Phone    string `json:"phone,omitempty"`
}

type bmItem struct {
	Name   string `json:"name"`
	Number string `json:"number"`
}

type bmMark struct {
	Type string `json:"type"`
}

func (i *Issuer) order(o order.Order, key string) bmOrder {
	v := i.Values
	b := bmOrder{
		Serial: key, Customer: key, Sender: party(i.Sender), Receiver: party(carrier.Bracketed(o.Receiver, o.PhoneKind)),
		Weight: i.Weight, Type: v["order_type"], Private: "0", Platform: v["platform_source"], Node: v["node_id"],
	}
	for _, item := range o.Items {
		b.Items = append(b.Items, bmItem{item.Name, strconv.Itoa(max(item.Quantity, 1))})
	}
	if i.Is("privacy") {
		b.Private = "1"
	}
	if o.Collect > 0 {
		b.Type, b.Collect = v["collect_type"], carrier.Yuan(o.Collect)
	}
	if o.Insured > 0 {
		b.Value = carrier.Yuan(o.Insured)
		b.Marks = append(b.Marks, bmMark{v["insured_mark"]})
	}
	if o.SignReturn != order.NoReturn {
		b.Marks = append(b.Marks, bmMark{v["sign_return_mark"]})
	}
	return b
}

func party(p waybill.Party) bmParty {
	r := p.Address.Region()
	street := strings.ReplaceAll(carrier.Street(p.Address), ",", "，") // a comma would part it where Yunda reads none
	b := bmParty{Name: p.Name.Reveal(), Province: r.Province, City: r.City, County: r.District,
		Address: strings.Join([]string{r.Province, r.City, r.District, street}, ",")}
	if r == (pii.Region{}) {
		b.Address = p.Address.Reveal()
	}
	if p.Phone.Mobile() {
		b.Mobile = p.Phone.Reveal()
	} else {
		b.Phone = p.Phone.Reveal()
	}
	return b
}
