package folder

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/privacy"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// orders makes orders of a file's rows.
func (s *Source) orders(sheets []sheet, f file, m *mapping) ([]order.Order, []wrongRow) {
	ds := &drafts{byID: map[string]*draft{}}
	for _, sh := range sheets {
		ds.last = nil
		for _, r := range sh.rows[sh.header.row+1:] {
			ds.add(sh, r)
		}
	}
	var list []order.Order
	for _, d := range ds.list {
		if len(d.wrong) > 0 { // what its wrong rows say has not been read
			continue
		}
		if o := s.order(d, f, m); len(d.wrong) == 0 {
			list = append(list, o)
		}
	}
	return list, ds.finish()
}

// word returns what a field says, or what holds for the folder.
func (d *draft) word(f field, m *mapping) string { return cmp.Or(d.said[f].text, m.values[f]) }

// order makes an order of what its rows say. What is wrong stands in d.wrong.
func (s *Source) order(d *draft, f file, m *mapping) order.Order {
	now := s.Now()
	filed := f.time // when the file was written; a share's clock may go ahead
	if filed.After(now) {
		filed = now
	}
	o := order.Order{
		Key: order.Key{Source: s.Name, ID: d.id}, Items: d.items, AfterSales: d.service || m.service || s.AfterSales,
		Remark: d.word(fRemark, m), Note: d.word(fNote, m), Shipment: d.word(fShipment, m), Modified: filed, ReadAt: now,
	}
	if len(o.Items) == 0 && m.values[fGoods] != "" {
		o.Items = []waybill.Item{{Name: m.values[fGoods], Quantity: 1}}
	}
	d.readWords(&o, s, m)
	d.readAmounts(&o, m)
	d.readTimes(&o, filed)
	if o.State == order.ToShip {
		d.readReceiver(&o)
	}
	if o.AfterSales && o.PhoneKind == waybill.PhoneVirtual && o.VirtualUntil.IsZero() {
		fetched := filed
		if at, problem := d.time(fServiceAt); problem == nil && !at.IsZero() && at.Before(filed) {
			fetched = at
		}
		o.VirtualUntil, _ = privacy.SituationOf(o).Fetch(fetched)
	}
	return o
}

// complain puts a problem with a field down to the row that says it.
func (d *draft) complain(f field, p problem) {
	if p == nil {
		return
	}
	at, title := d.said[f].at, d.said[f].title
	if title == "" { // what the folder says
		at, title = d.first, f.String()
	}
	d.bad(at, p(title))
}

// readWords reads the columns that say one of a few words.
func (d *draft) readWords(o *order.Order, s *Source, m *mapping) {
	state, known := m.states[plain(d.said[fState].text)]
	if !known {
		state, known = states[plain(d.said[fState].text)]
	}
	if !known {
		d.complain(fState, noWord)
	}
	o.State = state
	o.Merchant = cmp.Or(s.Merchant, order.SOP)
	if w := plain(d.word(fMerchant, m)); w != "" {
		if o.Merchant, known = merchants[w]; !known {
			d.complain(fMerchant, noWord)
		}
	}
	if o.SignReturn, known = signReturns[plain(d.word(fSignReturn, m))]; !known {
		d.complain(fSignReturn, noWord)
	}
	o.Shop = d.word(fShop, m)
	if s.Shop != "" && o.Shop != "" && o.Shop != s.Shop {
		d.complain(fShop, otherShop)
	}
}

// readAmounts reads money and numbers of parcels. An amount that differs from
// row to row is that of each row's goods: what the order costs is their sum.
func (d *draft) readAmounts(o *order.Order, m *mapping) {
	for _, of := range []struct {
		f  field
		to *order.Money
	}{{fCollect, &o.Collect}, {fInsured, &o.Insured}} {
		if text := d.word(of.f, m); text != "" && plain(text) != "否" && plain(text) != "无" {
			amount, problem := readMoney(text)
			*of.to = amount
			d.complain(of.f, problem)
		}
	}
	prices := d.prices
	if len(prices) == 0 && m.values[fPrice] != "" {
		prices = []string{m.values[fPrice]}
	}
	if len(prices) > 1 && len(slices.Compact(slices.Clone(prices))) == 1 {
		prices = prices[:1]
	}
	for _, text := range prices {
		amount, problem := readMoney(text)
		o.Price += amount
		if problem != nil {
			d.complain(fPrice, problem)
			break
		}
	}
	if text := d.word(fParcels, m); text != "" {
		n, problem := readCount(text, 99)
		o.Parcels = n
		d.complain(fParcels, problem)
	}
}

// ahead is how far a time of payment may lie ahead of this clock.
const ahead = 24 * time.Hour

// readTimes reads when the order was paid. If no column says it, it was paid
// before the file was written; the ledger and the deadline need a time.
func (d *draft) readTimes(o *order.Order, filed time.Time) {
	for _, f := range []field{fCreated, fPaid} {
		at, problem := d.time(f)
		if problem == nil && at.After(o.ReadAt.Add(ahead)) {
			problem = noTime
		}
		d.complain(f, problem)
		if !at.IsZero() {
			o.PaidAt = at
		}
	}
	if o.PaidAt.IsZero() {
		o.PaidAt = filed
	}
	var problem problem
	o.VirtualUntil, problem = d.time(fVirtualUntil)
	d.complain(fVirtualUntil, problem)
}

func (d *draft) time(f field) (time.Time, problem) {
	said := d.said[f]
	if said.text == "" {
		return time.Time{}, nil
	}
	return readTime(said.cell, said.text, said.is1904)
}

// readReceiver reads whom the order goes to.
func (d *draft) readReceiver(o *order.Order) {
	name, extension := privacy.CutExtension(d.said[fName].text)
	address := d.said[fAddress].text
	if rest, e := privacy.CutExtension(address); e != "" && e == extension {
		address = rest
	}
	phone, kind := d.phone(extension)
	for _, need := range []struct {
		f    field
		text string
	}{{fName, name}, {fAddress, address}} {
		switch stars := strings.Count(need.text, "*") + strings.Count(need.text, "＊"); {
		case need.text == "":
			d.bad(d.first, notice.New("row-missing", nil, strings.Fields(known[need.f].titles)[0]))
		case stars > 1, stars > 0 && need.f == fName:
			d.complain(need.f, hidden)
		}
	}
	o.PhoneKind = kind
	o.Receiver = waybill.Party{Name: pii.NewName(name), Phone: phone, Address: pii.NewAddress(d.region(&address), address)}
}

// phone returns the number that the courier calls: the mobile one, or else the
// other. An extension that stands behind the receiver's name belongs to it.
func (d *draft) phone(extension string) (pii.Phone, waybill.PhoneKind) {
	f := fPhone
	if d.said[f].text == "" {
		f = fTel
	}
	text := d.said[f].text
	if text == "" {
		d.bad(d.first, notice.New("row-missing", nil, strings.Fields(known[fPhone].titles)[0]))
		return pii.Phone{}, ""
	}
	phone, kind, problem := readPhone(d.said[f].cell, text, extension)
	d.complain(f, problem)
	return phone, kind
}

// region returns the parts of an address. One column with all of them counts if
// something stands between them; else it begins the address.
func (d *draft) region(address *string) pii.Region {
	r := pii.Region{Province: d.said[fProvince].text, City: d.said[fCity].text, District: d.said[fDistrict].text, Town: d.said[fTown].text}
	whole := d.said[fRegion].text
	if whole == "" || r != (pii.Region{}) {
		return r
	}
	parts := strings.FieldsFunc(whole, func(c rune) bool { return strings.ContainsRune(" /-|,，>、", c) })
	if len(parts) < 3 || len(parts) > 4 {
		if !strings.HasPrefix(*address, whole) {
			*address = whole + *address
		}
		return r
	}
	r = pii.Region{Province: parts[0], City: parts[1], District: parts[2]}
	if len(parts) == 4 {
		r.Town = parts[3]
	}
	return r
}
