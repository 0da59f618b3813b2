package sf

import (
	"miandan/agent/internal/carrier"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// request is an order in SF's words and SF's spelling.
type request struct {
	Language    string    `json:"language"`
	Order       string    `json:"orderId"`
	Cargo       []cargo   `json:"cargoDetails"`
	Contacts    []contact `json:"contactInfoList"`
	MonthlyCard string    `json:"monthlyCard,omitempty"`
	PayMethod   int       `json:"payMethod"`
	ExpressType int       `json:"expressTypeId"`
	Parcels     int       `json:"parcelQty"`
	Weight      float64   `json:"totalWeight,omitempty"` // kg
	Collects    int       `json:"isDocall"`
	SignBack    int       `json:"isSignBack,omitempty"`
	Services    []service `json:"serviceList,omitempty"`
	RouteLabel  int       `json:"isReturnRoutelabel"`
	Unified     int       `json:"isUnifiedWaybillNo"` // SF and 13 digits
	Number      int       `json:"isGenWaybillNo"`
}

type cargo struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
	Unit  string `json:"unit"`
}

type contact struct {
	Type     int    `json:"contactType"`
	Name     string `json:"contact"`
	Mobile   string `json:"mobile,omitempty"`
	Tel      string `json:"tel,omitempty"`
	Country  string `json:"country"`
	Province string `json:"province,omitempty"`
	City     string `json:"city,omitempty"`
	County   string `json:"county,omitempty"`
	Address  string `json:"address"`
}

// service is something that SF does besides carrying, 增值服务.
type service struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Value1 string `json:"value1,omitempty"`
}

func (i *Issuer) request(o order.Order) request {
	r := request{
		Language: language, Order: i.account.Reference(o), Cargo: []cargo{i.cargo(o)},
		Contacts:    []contact{contactOf(1, i.account.Sender), contactOf(2, carrier.Bracketed(o.Receiver, o.PhoneKind))},
		MonthlyCard: i.account.Values["monthly_card"], PayMethod: i.account.Whole("pay_method"),
		ExpressType: i.account.Whole("express_type"), Parcels: o.Boxes(), Weight: i.account.Weight,
		Services: i.services(o), RouteLabel: 1, Unified: 1, Number: 1,
	}
	if i.account.Is("call_courier") {
		r.Collects = 1
	}
	if o.SignReturn == order.PaperReturn || o.SignReturn == order.BothReturn {
		r.SignBack = 1
	}
	return r
}

func (i *Issuer) cargo(o order.Order) cargo {
	c := cargo{Name: i.account.Values["cargo"], Unit: "件"}
	for _, item := range o.Items {
		if c.Name == "" {
			c.Name = item.Name
		}
		c.Count += max(item.Quantity, 0)
	}
	c.Count = max(c.Count, 1)
	if c.Name == "" {
		c.Name = "商品"
	}
	return c
}

func contactOf(kind int, p waybill.Party) contact {
	region := p.Address.Region()
	c := contact{
		Type: kind, Name: p.Name.Reveal(), Country: "CN",
		Province: region.Province, City: region.City, County: region.District, Address: p.Address.Reveal(),
	}
	if p.Phone.Mobile() {
		c.Mobile = p.Phone.Reveal()
	} else {
		c.Tel = p.Phone.Reveal()
	}
	return c
}

// photo is the value of IN91 for a photograph of the signed receipt.
const photo = "13"

// services are the order's services. Amounts go as texts, in yuan.
func (i *Issuer) services(o order.Order) []service {
	var list []service
	if o.Collect > 0 {
		list = append(list, service{Name: "COD", Value: waybill.Fen(o.Collect).String(), Value1: i.account.Values["collect_card"]})
	}
	if o.Insured > 0 {
		list = append(list, service{Name: "INSURE", Value: waybill.Fen(o.Insured).String()})
	}
	if o.SignReturn == order.ElectronicReturn || o.SignReturn == order.BothReturn {
		list = append(list, service{Name: "IN91", Value: photo})
	}
	return list
}

// unserved refuses what SF has no service for. Values of isSignBack beyond 1 are
// taken and nothing comes of them.
func unserved(o order.Order) error {
	if o.SignReturn == order.CheckedReturn {
		return carrier.Unserved("签单返还（校验身份）")
	}
	return nil
}
