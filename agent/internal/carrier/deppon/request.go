package deppon

import (
	"crypto/sha256"
	"encoding/hex"
	"math"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// form is an order in Deppon's words and spelling. What is empty is left out.
// companyCode comes first, as in every order that is known to have been taken.
type form struct {
	CompanyCode   string    `json:"companyCode"`
	LogisticID    string    `json:"logisticID"`
	CustOrderNo   string    `json:"custOrderNo"`
	CustomerCode  string    `json:"customerCode"`
	OrderType     string    `json:"orderType"`
	TransportType string    `json:"transportType"`
	Sender        contact   `json:"sender"`
	Receiver      contact   `json:"receiver"`
	Packages      packages  `json:"packageInfo"`
	Committed     string    `json:"gmtCommit"`
	PayType       string    `json:"payType"`
	Services      *services `json:"addServices,omitempty"`
	SMS           string    `json:"smsNotify"`
	Out           string    `json:"isOut"`
}

type contact struct {
	Name     string `json:"name"`
	Phone    string `json:"phone,omitempty"`
	Mobile   string `json:"mobile,omitempty"`
	Province string `json:"province"`
	City     string `json:"city"`
	County   string `json:"county"`
	Town     string `json:"town,omitempty"`
	Address  string `json:"address"`
}

type packages struct {
	Cargo    string  `json:"cargoName"`
	Number   int     `json:"totalNumber"`
	Weight   float64 `json:"totalWeight"` // kg, of one parcel on the average: its name is wrong
	Package  string  `json:"packageService"`
	Delivery string  `json:"deliveryType"`
}

// services are what Deppon does besides carrying. The receipt's fields work in
// here only; elsewhere they are passed over in silence.
type services struct {
	Insured     string `json:"insuranceValue,omitempty"` // yuan
	CodType     string `json:"codType,omitempty"`
	CodValue    string `json:"codValue,omitempty"` // yuan
	CodAccount  string `json:"reciveLoanAccount,omitempty"`
	CodName     string `json:"accountName,omitempty"`
	Receipt     string `json:"backSignBill,omitempty"`
	Requirement string `json:"returnRequirement,omitempty"`
	Receipts    string `json:"returnBillQty,omitempty"`
}

// receipts are Deppon's by ours: 1 is the paper itself, 2 a picture of it. Two
// public lists agree on these and on no other.
var receipts = map[order.SignReturn]string{order.PaperReturn: "1", order.ElectronicReturn: "2"}

func (i *Issuer) form(o order.Order) form {
	v := i.account.Values
	cargo := v["cargo"]
	if len(o.Items) > 0 && o.Items[0].Name != "" {
		cargo = o.Items[0].Name
	}
	return form{
		CompanyCode: v["company_code"], LogisticID: i.logisticID(o), CustOrderNo: i.account.Reference(o), CustomerCode: v["customer_code"],
		OrderType: v["order_type"], TransportType: v["transport_type"], PayType: v["pay_type"], SMS: "N", Out: "N",
		Sender: person(i.account.Sender), Receiver: person(carrier.Bracketed(o.Receiver, o.PhoneKind)),
		Packages: packages{Cargo: cargo, Number: o.Boxes(), Weight: max(math.Round(i.account.Weight/float64(o.Boxes())*100)/100, 0.01),
			Package: v["package"], Delivery: v["delivery_type"]},
		Committed: i.account.Now().In(jos.Beijing).Format(jos.DateTime), Services: i.services(o),
	}
}

func (i *Issuer) services(o order.Order) *services {
	var s services
	if o.Insured > 0 {
		s.Insured = waybill.Fen(o.Insured).String()
	}
	if o.Collect > 0 {
		v := i.account.Values
		s.CodType, s.CodValue, s.CodAccount, s.CodName = v["cod_type"], waybill.Fen(o.Collect).String(), v["cod_account"], v["cod_name"]
	}
	if s.Receipt = receipts[o.SignReturn]; o.SignReturn == order.PaperReturn {
		s.Requirement, s.Receipts = i.account.Values["return_requirement"], "1"
	}
	if s == (services{}) {
		return nil
	}
	return &s
}

func person(p waybill.Party) contact {
	r := p.Address.Region()
	c := contact{Name: p.Name.Reveal(), Province: r.Province, City: r.City, County: r.District, Town: r.Town, Address: carrier.Street(p.Address)}
	if p.Phone.Mobile() {
		c.Mobile = p.Phone.Reveal()
	} else {
		c.Phone = p.Phone.Reveal()
	}
	return c
}

// longest is how many characters Deppon keeps of a logisticID.
const longest = 32

// logisticID is the merchant's number of an order at Deppon, for ever.
func (i *Issuer) logisticID(o order.Order) string {
	sign, reference := i.account.Values["sign"], i.account.Reference(o)
	if room := longest - len(sign); len(reference) > room {
		sum := sha256.Sum256([]byte(reference))
		reference = hex.EncodeToString(sum[:])[:max(room, 16)]
	}
	return sign + reference
}
