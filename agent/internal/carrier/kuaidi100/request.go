package kuaidi100

import (
	"crypto/sha256"
	"encoding/hex"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// partner is the merchant's account with the carrier.
type partner struct {
	ID       string `json:"partnerId,omitempty"`
	Key      string `json:"partnerKey,omitempty"`
	Secret   string `json:"partnerSecret,omitempty"`
	Name     string `json:"partnerName,omitempty"`
	Net      string `json:"net,omitempty"`
	Code     string `json:"code,omitempty"`
	CheckMan string `json:"checkMan,omitempty"`
}

func (i *Issuer) partner() partner {
	v, s := i.account.Values, i.account.Secrets
	return partner{
		ID: v["partner_id"], Key: s["partner_key"].Reveal(), Secret: s["partner_secret"].Reveal(),
		Name: v["partner_name"], Net: v["net"], Code: v["code"], CheckMan: v["check_man"],
	}
}

type cancellation struct {
	partner
	Company string `json:"kuaidicom"`
	Number  string `json:"kuaidinum"`
	Order   string `json:"orderId,omitempty"` // the carrier's: kdComOrderNum
	Product string `json:"expType,omitempty"`
	Reason  string `json:"reason"`
}

// request asks for a number.
type request struct {
	partner
	Print      string  `json:"printType"`
	Company    string  `json:"kuaidicom"`
	Order      string  `json:"orderId"`
	Reorder    bool    `json:"reorder"` // true, its default, takes a number each time
	Receiver   man     `json:"recMan"`
	Sender     man     `json:"sendMan"`
	Cargo      string  `json:"cargo,omitempty"`
	Count      int     `json:"count"`
	Weight     float64 `json:"weight,omitempty"` // kg
	Pay        string  `json:"payType"`
	Product    string  `json:"expType,omitempty"`
	Insured    float64 `json:"valinsPay,omitempty"`  // yuan
	Collect    float64 `json:"collection,omitempty"` // yuan
	NeedChild  string  `json:"needChild,omitempty"`
	ChildKind  string  `json:"childNumType,omitempty"`
	NeedReturn string  `json:"needBack,omitempty"`

	Template      string `json:"tempId,omitempty"`
	ChildTemplate string `json:"childTempId,omitempty"`
	Masked        bool   `json:"needDesensitization,omitempty"`
}

// man is a sender or a receiver. One of the two numbers is wanted, and the
// address in parts or in one line.
type man struct {
	Name     string `json:"name"`
	Mobile   string `json:"mobile,omitempty"`
	Phone    string `json:"tel,omitempty"`
	Province string `json:"province,omitempty"`
	City     string `json:"city,omitempty"`
	District string `json:"district,omitempty"`
	Rest     string `json:"addr,omitempty"`
	Line     string `json:"printAddr,omitempty"`
}

// manOf tells who somebody is. The address goes in one line, which is how the
// courier reads it: what the parts hold of a town is not documented.
func manOf(p waybill.Party) man {
	m := man{Name: p.Name.Reveal(), Line: p.Address.Reveal()}
	if p.Phone.Mobile() {
		m.Mobile = p.Phone.Reveal()
	} else {
		m.Phone = p.Phone.Reveal()
	}
	return m
}

func (i *Issuer) request(o order.Order) request {
	v := i.account.Values
	r := request{
		partner: i.partner(), Print: "NON", Company: v["company"], Order: i.Reference(o),
		Receiver: manOf(carrier.Bracketed(o.Receiver, o.PhoneKind)), Sender: manOf(i.account.Sender),
		Cargo: v["cargo"], Count: o.Boxes(), Weight: i.account.Weight, Pay: v["pay_type"], Product: v["exp_type"],
		Insured: carrier.Yuan(o.Insured), Collect: carrier.Yuan(o.Collect),
	}
	if o.Boxes() > 1 {
		r.NeedChild, r.ChildKind = "1", v["child_numbers"]
	}
	if o.SignReturn != order.NoReturn {
		r.NeedReturn = "1"
	}
	if v["label_template"] != "" {
		r.Print, r.Template, r.ChildTemplate, r.Masked = "IMAGE", v["label_template"], v["label_child_template"], i.account.Is("label_masked")
	}
	return r
}

// longest is how many characters an order number may have. It is not documented;
// a public client cuts its own there, and two numbers that are one when they are
// cut would be one parcel for two orders.
const longest = 32

// Reference implements carrier.Referrer.
func (i *Issuer) Reference(o order.Order) string {
	r := i.account.Reference(o)
	if len(r) <= longest {
		return r
	}
	sum := sha256.Sum256([]byte(r))
	prefix := i.account.Prefix[:min(len(i.account.Prefix), 8)]
	return prefix + hex.EncodeToString(sum[:12])
}
