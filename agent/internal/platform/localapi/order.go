package localapi

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"miandan/agent/internal/order"
	"miandan/agent/internal/platform/folder"
	"miandan/agent/internal/privacy"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// draft is an order while it is read.
type draft struct {
	now   time.Time
	order order.Order
	to    receiver
	wrong []complaint
}

// receiver is whom an order goes to, as the program writes it. It is never
// printed and ends with the reading.
type receiver struct {
	said                            bool
	name, phone, extension, address string
	region                          pii.Region
	badName, badPhone, badAddress   bool // said, and not to be used
}

// mostFen is the dearest that an order may be: 99,999,999.99 yuan.
const mostFen = 9_999_999_999

// ahead is how far a time of payment may lie ahead of this clock.
const ahead = 24 * time.Hour

var (
	orderID     = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._-]{0,49}$`)
	extension   = regexp.MustCompile(`^[0-9]{3,6}$`)
	merchants   = []string{string(order.SOP), string(order.FBP), string(order.FCS)}
	states      = []string{string(order.ToShip), string(order.Cancelled)}
	signReturns = []string{"paper", "checked", "electronic", "both"} // from order.PaperReturn
)

// read reads an order. What is wrong stands in d.wrong.
func (d *draft) read(raw json.RawMessage) {
	o := &d.order
	o.Source, o.State, o.Merchant, o.Modified, o.ReadAt = Name, order.ToShip, order.SOP, d.now, d.now
	d.object("", raw, d.member)
	if len(d.wrong) > 0 && d.wrong[0].code == notObject {
		return
	}
	if o.ID == "" && !d.complained("id") {
		d.bad("id", missing)
	}
	if o.PaidAt.IsZero() {
		o.PaidAt = d.now
	}
	if o.State == order.ToShip || d.to.said {
		d.receiver()
	}
}

func (d *draft) complained(field string) bool {
	for _, w := range d.wrong {
		if w.field == field {
			return true
		}
	}
	return false
}

func (d *draft) member(name string, value json.RawMessage) bool {
	o := &d.order
	switch name {
	case "id":
		d.id(value)
	case "state":
		if i := d.word(name, value, states...); i >= 0 {
			o.State = order.State(states[i])
		}
	case "receiver":
		d.to.said = true
		d.object(name, value, d.party)
	case "items":
		for i, item := range d.list(name, value, 200) {
			d.item(fmt.Sprintf("items[%d]", i), item)
		}
	case "remark":
		o.Remark = d.text(name, value, 500)
	case "note":
		o.Note = d.text(name, value, 500)
	case "price":
		o.Price = order.Money(d.number(name, value, 0, mostFen))
	case "collect":
		o.Collect = order.Money(d.number(name, value, 0, mostFen))
	case "insured":
		o.Insured = order.Money(d.number(name, value, 0, mostFen))
	case "parcels":
		o.Parcels = int(d.number(name, value, 1, 99))
	case "sign_return":
		o.SignReturn = order.PaperReturn + order.SignReturn(max(d.word(name, value, signReturns...), 0))
	case "paid_at":
		if o.PaidAt = d.moment(name, value); o.PaidAt.After(d.now.Add(ahead)) {
			d.bad(name, noTime)
		}
	case "shop":
		o.Shop = d.text(name, value, 100)
	case "merchant":
		if i := d.word(name, value, merchants...); i >= 0 {
			o.Merchant = order.Merchant(merchants[i])
		}
	case "shipment":
		o.Shipment = d.text(name, value, 50)
	case "after_sales":
		o.AfterSales = d.yes(name, value)
	default:
		return false
	}
	return true
}

// id reads the order's number. It is shown everywhere, so a telephone number is
// none.
func (d *draft) id(value json.RawMessage) {
	id := d.text("id", value, 50)
	switch bare := len(id) == 11 && phoneLike.MatchString(id); {
	case d.complained("id"), id == "":
	case bare || !orderID.MatchString(id):
		d.bad("id", noID)
	default:
		d.order.ID = id
	}
}

func (d *draft) party(name string, value json.RawMessage) bool {
	to, at := &d.to, "receiver."+name
	switch before := len(d.wrong); name {
	case "name":
		to.name = d.text(at, value, 100)
		to.badName = len(d.wrong) > before
	case "phone":
		to.phone = d.text(at, value, 40)
		to.badPhone = len(d.wrong) > before
	case "extension":
		if to.extension = d.text(at, value, 6); to.extension != "" && !extension.MatchString(to.extension) {
			d.bad(at, noExtension)
		}
		to.badPhone = to.badPhone || len(d.wrong) > before
	case "virtual_until":
		d.order.VirtualUntil = d.moment(at, value)
	case "province":
		to.region.Province = d.text(at, value, 50)
	case "city":
		to.region.City = d.text(at, value, 50)
	case "district":
		to.region.District = d.text(at, value, 50)
	case "town":
		to.region.Town = d.text(at, value, 50)
	case "address":
		to.address = d.text(at, value, 300)
		to.badAddress = len(d.wrong) > before
	default:
		return false
	}
	return true
}

func (d *draft) item(at string, raw json.RawMessage) {
	item := waybill.Item{Quantity: 1}
	before := len(d.wrong)
	d.object(at, raw, func(name string, value json.RawMessage) bool {
		switch name {
		case "name":
			item.Name = d.text(at+".name", value, 300)
		case "sku":
			item.SKU = d.text(at+".sku", value, 100)
		case "quantity":
			item.Quantity = int(d.number(at+".quantity", value, 1, 99_999))
		default:
			return false
		}
		return true
	})
	if item.Name == "" && len(d.wrong) == before {
		d.bad(at+".name", missing)
	}
	d.order.Items = append(d.order.Items, item)
}

// receiver puts whom the order goes to together. What is certainly wrong with an
// address is found when the order is taken, as with every source.
func (d *draft) receiver() {
	to, o := &d.to, &d.order
	if !to.said {
		d.bad("receiver", missing)
		return
	}
	for _, need := range []struct {
		field, text string
		bad         bool
	}{{"receiver.name", to.name, to.badName}, {"receiver.phone", to.phone, to.badPhone}, {"receiver.address", to.address, to.badAddress}} {
		if need.text == "" && !need.bad && !d.complained("receiver") {
			d.bad(need.field, missing)
		}
	}
	name, behind := privacy.CutExtension(to.name) // as JD writes it: 张三[4740]
	if strings.ContainsAny(name, "*＊") {
		d.bad("receiver.name", hidden)
	}
	if strings.Count(to.address, "*")+strings.Count(to.address, "＊") > 1 {
		d.bad("receiver.address", hidden)
	}
	var phone pii.Phone
	if to.phone != "" && !to.badPhone {
		phone = d.phone(cmp.Or(to.extension, behind))
	}
	if len(d.wrong) > 0 {
		return
	}
	o.Receiver = waybill.Party{Name: pii.NewName(name), Phone: phone, Address: pii.NewAddress(to.region, to.address)}
	if o.AfterSales && o.PhoneKind == waybill.PhoneVirtual && o.VirtualUntil.IsZero() {
		o.VirtualUntil, _ = privacy.SituationOf(*o).Fetch(d.now)
	}
}

// phone reads the number that the courier calls.
func (d *draft) phone(ext string) pii.Phone {
	to, o := &d.to, &d.order
	if strings.ContainsAny(to.phone, "*＊") {
		d.bad("receiver.phone", hidden)
		return pii.Phone{}
	}
	phone, kind, ok := folder.Phone(to.phone, ext)
	_, whole := privacy.Parse(to.phone)
	switch {
	case !ok:
		d.bad("receiver.phone", noPhone)
	case whole && ext != "" && !strings.HasSuffix(strings.TrimRight(to.phone, "]】)）# "), ext):
		d.bad("receiver.extension", noExtension)
	case kind != waybill.PhoneVirtual && !o.VirtualUntil.IsZero():
		d.bad("receiver.virtual_until", noExtension)
	case digits(to.phone) == digits(o.ID):
		d.bad("id", noID)
		o.ID = ""
	}
	o.PhoneKind = kind
	return phone
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
