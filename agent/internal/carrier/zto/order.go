package zto

import (
	"math"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// param is an order in ZTO's words.
type param struct {
	PartnerType string    `json:"partnerType"`
	OrderType   string    `json:"orderType"`
	Reference   string    `json:"partnerOrderCode"`
	Account     account   `json:"accountInfo"`
	Sender      sender    `json:"senderInfo"`
	Receiver    receiver  `json:"receiveInfo"`
	Services    []service `json:"orderVasList,omitempty"`
	SiteCode    string    `json:"siteCode,omitempty"`
	SiteName    string    `json:"siteName,omitempty"`
	Summary     *summary  `json:"summaryInfo,omitempty"`
	Items       []item    `json:"orderItems,omitempty"`
}

type account struct {
	ID       string `json:"accountId,omitempty"`
	Password string `json:"accountPassword,omitempty"`
	Type     int    `json:"type"`
	Customer string `json:"customerId,omitempty"`
}

type sender struct {
	Name     string `json:"senderName"`
	Phone    string `json:"senderPhone,omitempty"`
	Mobile   string `json:"senderMobile,omitempty"`
	Province string `json:"senderProvince"`
	City     string `json:"senderCity"`
	District string `json:"senderDistrict"`
	Address  string `json:"senderAddress"`
}

type receiver struct {
	Name     string `json:"receiverName"`
	Phone    string `json:"receiverPhone,omitempty"`
	Mobile   string `json:"receiverMobile,omitempty"`
	Province string `json:"receiverProvince"`
	City     string `json:"receiverCity"`
	District string `json:"receiverDistrict"`
	Address  string `json:"receiverAddress"`
}

// service is a value-added one.
type service struct {
	Type    string `json:"vasType"`
	Amount  int64  `json:"vasAmount,omitempty"` // fen
	Account string `json:"accountNo,omitempty"`
}

type summary struct {
	Quantity int `json:"quantity"`
}

type item struct {
	Name     string `json:"name"`
	Weight   int    `json:"weight,omitempty"` // g
	Quantity int    `json:"quantity"`
}

func (i *Issuer) order(o order.Order, reference string, vas []service) param {
	v, from, to := i.account.Values, i.account.Sender, carrier.Bracketed(o.Receiver, o.PhoneKind)
	p := param{
		PartnerType: v["partner_type"], OrderType: v["order_type"], Reference: reference,
		Account:  account{v["account_id"], i.account.Secrets["account_password"].Reveal(), i.account.Whole("account_type"), v["customer_id"]},
		Services: vas, SiteCode: v["site_code"], SiteName: v["site_name"],
	}
	phone, mobile, at := numbers(from)
	p.Sender = sender{from.Name.Reveal(), phone, mobile, at.Province, at.City, at.District, carrier.Street(from.Address)}
	phone, mobile, at = numbers(to)
	p.Receiver = receiver{to.Name.Reveal(), phone, mobile, at.Province, at.City, at.District, carrier.Street(to.Address)}
	for _, line := range o.Items {
		p.Items = append(p.Items, item{Name: line.Name, Quantity: line.Quantity})
	}
	if len(p.Items) > 0 {
		p.Summary = new(summary)
		for _, line := range p.Items {
			p.Summary.Quantity += line.Quantity
		}
	}
	if len(p.Items) == 1 { // of several nobody knows which weighs what
		p.Items[0].Weight = int(math.Round(i.account.Weight * 1000))
	}
	return p
}

func numbers(p waybill.Party) (phone, mobile string, at region) {
	r := p.Address.Region()
	at = region{r.Province, r.City, r.District}
	if at.District == "" { // ZTO wants one, and a few cities have none
		at.District = at.City
	}
	if p.Phone.Mobile() {
		return "", p.Phone.Reveal(), at
	}
	return p.Phone.Reveal(), "", at
}

type region struct{ Province, City, District string }

// services are what an order is sent with besides being carried.
func (i *Issuer) services(o order.Order) ([]service, error) {
	var list []service
	v := i.account.Values
	if v["product"] != "" {
		list = append(list, service{Type: v["product"]})
	}
	if o.Collect > 0 {
		if v["collect_account"] == "" {
			return nil, carrier.Unserved("代收货款")
		}
		list = append(list, service{Type: "COD", Amount: int64(o.Collect), Account: v["collect_account"]})
	}
	if o.Insured > 0 {
		list = append(list, service{Type: "insured", Amount: int64(o.Insured)})
	}
	switch {
	case o.SignReturn == order.NoReturn:
	case o.SignReturn != order.PaperReturn: // no other is public
		return nil, carrier.Unserved("电子签单返还")
	case v["site_code"] == "" || v["site_name"] == "":
		return nil, carrier.Unserved("签单返还")
	default:
		list = append(list, service{Type: "receiveReturnService"})
	}
	return list, nil
}
