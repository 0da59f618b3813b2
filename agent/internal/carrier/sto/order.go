package sto

import (
	"strconv"
	"strings"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// stoOrder is an order in STO's words and spelling. Numbers go as texts.
type stoOrder struct {
	Order    string    `json:"orderNo"` // the key
	Source   string    `json:"orderSource"`
	BillType string    `json:"billType"`
	Type     string    `json:"orderType"`
	Sender   stoParty  `json:"sender"`
	Receiver stoParty  `json:"receiver"`
	Cargo    cargo     `json:"cargo"`
	Customer customer  `json:"customer"`
	Collect  string    `json:"codValue,omitempty"` // yuan
	Insured  *insured  `json:"insuredAnnex,omitempty"`
	Services []string  `json:"serviceTypeList,omitempty"`
	Pay      string    `json:"payModel"`
	Way      direction `json:"expressDirection"`
	Channel  direction `json:"createChannel"`
	Region   direction `json:"regionType"`
}

// direction is 01 in all three places: outward, by the customer, within the
// country.
type direction string

type stoParty struct {
	Name     string `json:"name"`
	Tel      string `json:"tel,omitempty"`
	Mobile   string `json:"mobile,omitempty"`
	Country  string `json:"country"`
	Province string `json:"province"`
	City     string `json:"city"`
	Area     string `json:"area"`
	Town     string `json:"town,omitempty"`
	Address  string `json:"address"`
}

type cargo struct {
	Battery string `json:"battery"`
	Type    string `json:"goodsType"`
	Name    string `json:"goodsName"`
	Count   string `json:"goodsCount"`
	Weight  string `json:"weight,omitempty"` // kg
}

type customer struct {
	Site     string `json:"siteCode"`
	Name     string `json:"customerName"`
	Password string `json:"sitePwd"`
	Month    string `json:"monthCustomerCode,omitempty"`
}

type insured struct {
	Value string `json:"insuredValue"` // yuan
	Goods string `json:"goodsValue"`
}

// privacySurface is the service code of a privacy label, as one public client
// has it.
const privacySurface = "PRIVACY_SURFACE_SINGLE"

func (i *Issuer) order(o order.Order, key string) stoOrder {
	v := i.Values
	s := stoOrder{
		Order: key, Source: v["order_source"], BillType: v["bill_type"], Type: v["order_type"], Pay: v["pay_model"],
		Sender: party(i.Sender), Receiver: party(carrier.Bracketed(o.Receiver, o.PhoneKind)),
		Cargo:    cargo{Battery: v["battery"], Type: v["goods_type"], Name: "商品", Count: "1"},
		Customer: customer{Site: v["site_code"], Name: v["customer_name"], Password: i.Secrets["site_password"].Reveal(), Month: v["month_customer"]},
		Way:      "01", Channel: "01", Region: "01",
	}
	if len(o.Items) > 0 {
		s.Cargo.Name, s.Cargo.Count = o.Items[0].Name, strconv.Itoa(pieces(o.Items))
	}
	if i.Weight > 0 {
		s.Cargo.Weight = strconv.FormatFloat(i.Weight, 'f', -1, 64)
	}
	if o.Collect > 0 {
		s.BillType, s.Collect = "01", o.Collect.Yuan()
	}
	if o.Insured > 0 {
		s.Insured = &insured{Value: o.Insured.Yuan(), Goods: o.Insured.Yuan()}
	}
	if o.SignReturn != order.NoReturn {
		s.Services = append(s.Services, v["sign_return_service"])
	}
	if i.Is("privacy") {
		s.Services = append(s.Services, privacySurface)
	}
	return s
}

func pieces(items []waybill.Item) (n int) {
	for _, item := range items {
		n += max(item.Quantity, 1)
	}
	return n
}

func party(p waybill.Party) stoParty {
	r := p.Address.Region()
	s := stoParty{
		Name: p.Name.Reveal(), Country: "中国", Province: r.Province, City: r.City, Area: r.District, Town: r.Town,
		Address: strings.TrimPrefix(carrier.Street(p.Address), r.Town),
	}
	if p.Phone.Mobile() {
		s.Mobile = p.Phone.Reveal()
	} else {
		s.Tel = p.Phone.Reveal()
	}
	return s
}
