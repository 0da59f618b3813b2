package yto

import (
	"encoding/json"
	"slices"
	"strings"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/order"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// param is an order in YTO's words.
type param struct {
	Reference string `json:"logisticsNo"`
	sender
	recipient
	Services []service `json:"increments,omitempty"`
	Goods    []goods   `json:"goods,omitempty"`
	Order    string    `json:"cstOrderNo,omitempty"`
	Business string    `json:"cstBusinessType,omitempty"`
	Weight   float64   `json:"weight,omitempty"` // kg
	Product  string    `json:"productCode,omitempty"`
}

type sender struct {
	Name     string `json:"senderName"`
	Province string `json:"senderProvinceName"`
	City     string `json:"senderCityName"`
	County   string `json:"senderCountyName,omitempty"`
	Town     string `json:"senderTownName,omitempty"`
	Address  string `json:"senderAddress"`
	Mobile   string `json:"senderMobile"`
}

type recipient struct {
	Name     string `json:"recipientName"`
	Province string `json:"recipientProvinceName"`
	City     string `json:"recipientCityName"`
	County   string `json:"recipientCountyName,omitempty"`
	Town     string `json:"recipientTownName,omitempty"`
	Address  string `json:"recipientAddress"`
	Mobile   string `json:"recipientMobile"` // a landline too
}

// service is a value-added one: 1 代收货款, 4 保价.
type service struct {
	Type   int     `json:"type"`
	Amount float64 `json:"amount"` // yuan
}

type goods struct {
	Name     string `json:"name"`
	Quantity int    `json:"quantity"`
}

// mostGoods is how many lines YTO takes. They are for its customer service; the
// rest is left out.
const mostGoods = 20

func (i *Issuer) order(o order.Order, services []service) param {
	v, from, to := i.account.Values, i.account.Sender, carrier.Bracketed(o.Receiver, o.PhoneKind)
	p := param{Reference: i.account.Reference(o), Services: services, Order: o.ID, Business: v["business"], Weight: i.account.Weight, Product: v["product"]}
	r := from.Address.Region()
	p.sender = sender{from.Name.Reveal(), r.Province, r.City, r.District, r.Town, street(from.Address), from.Phone.Reveal()}
	r = to.Address.Region()
	p.recipient = recipient{to.Name.Reveal(), r.Province, r.City, r.District, r.Town, street(to.Address), to.Phone.Reveal()}
	for _, line := range o.Items[:min(len(o.Items), mostGoods)] {
		p.Goods = append(p.Goods, goods{line.Name, line.Quantity})
	}
	return p
}

// street is an address without its region, for which YTO has fields down to the
// town.
func street(a pii.Address) string {
	s := carrier.Street(a)
	if rest := strings.TrimPrefix(s, a.Region().Town); rest != "" {
		return rest
	}
	return s
}

// asked refuses what YTO cannot be asked for, before it is asked, and returns
// the services of the rest.
func asked(o order.Order) ([]service, error) {
	if err := carrier.Hidden(o, false); err != nil {
		return nil, err
	}
	if err := carrier.Many(o, most); err != nil {
		return nil, err
	}
	if o.SignReturn != order.NoReturn { // no interface that is public has it
		return nil, carrier.Unserved("签单返还")
	}
	var list []service
	for _, s := range []struct {
		kind        int
		name        string
		amount      order.Money
		least, most order.Money // yuan
	}{{1, "代收货款", o.Collect, 3, 20000}, {4, "保价", o.Insured, 100, 30000}} {
		switch {
		case s.amount == 0:
		case s.amount < s.least*100 || s.amount > s.most*100:
			return nil, &carrier.Refusal{Code: "carrier-refused", Message: s.name + "须在 " + waybill.Fen(s.least*100).String() + " 至 " + waybill.Fen(s.most*100).String() + " 元之间"}
		default:
			list = append(list, service{s.kind, carrier.Yuan(s.amount)})
		}
	}
	return list, nil
}

// hide marks on a waybill what YTO gave in hidden form: the label hides it in our
// way. A list that cannot be read hides all, since YTO wants something hidden.
func (p param) hide(list json.RawMessage, w *waybill.Waybill) {
	var rows []struct {
		Field jos.Text `json:"code"` // as in the request
		Value jos.Text `json:"value"`
	}
	if len(list) == 0 {
		return
	}
	if json.Unmarshal(list, &rows) != nil {
		w.HideName, w.HidePhone = true, true
		return
	}
	sent := map[string]*string{"recipientName": &p.recipient.Name, "recipientMobile": &p.recipient.Mobile, "recipientAddress": &p.recipient.Address}
	var hidden []string
	for _, r := range rows {
		if was := sent[string(r.Field)]; was != nil && r.Value != "" && string(r.Value) != *was {
			hidden = append(hidden, string(r.Field))
		}
	}
	address := slices.Contains(hidden, "recipientAddress") // a label hides building and room with the rest only
	w.HideName = address || slices.Contains(hidden, "recipientName")
	w.HidePhone = address || slices.Contains(hidden, "recipientMobile")
}
