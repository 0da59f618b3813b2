package kuaidi100

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// word is a text that may be missing, or be what it should not: a routing field
// must not cost a number that has been taken.
type word string

func (w *word) UnmarshalJSON(b []byte) error {
	var t jos.Text
	if t.UnmarshalJSON(b) == nil {
		*w = word(strings.TrimSpace(string(t)))
	}
	return nil
}

// first returns the first word that says something.
func first(words ...word) string {
	for _, w := range words {
		if w != "" {
			return string(w)
		}
	}
	return ""
}

// list is several numbers: a text with commas between them, or a list.
type list []string

func (l *list) UnmarshalJSON(b []byte) error {
	var all []word
	if json.Unmarshal(b, &all) != nil {
		var one word
		if err := json.Unmarshal(b, &one); err != nil {
			return err
		}
		for _, s := range strings.FieldsFunc(string(one), func(r rune) bool { return r == ',' || r == '，' }) {
			all = append(all, word(strings.TrimSpace(s)))
		}
	}
	*l = nil
	for _, w := range all {
		*l = append(*l, string(w))
	}
	return nil
}

// data is what is told of a number. Which carrier fills in what is not known.
type data struct {
	Number   word `json:"kuaidinum"`
	Children list `json:"childNum"`
	Return   word `json:"returnNum"`
	Order    word `json:"kdComOrderNum"`
	Label    word `json:"label"`

	BigPen         word `json:"bulkpen"`
	FromCode       word `json:"orgCode"`
	FromName       word `json:"orgName"`
	FromSortCode   word `json:"orgSortingCode"`
	FromSortName   word `json:"orgSortingName"`
	ToCode         word `json:"destCode"`
	ToName         word `json:"destName"`
	ToSortCode     word `json:"destSortingCode"`
	ToSortName     word `json:"destSortingName"`
	Road           word `json:"road"`
	HubCode        word `json:"pkgCode"`
	Hub            word `json:"pkgName"`
	QR             word `json:"qrCode"`
	Product        word `json:"expressName"`
	TwoDimensional word `json:"twoDimensionCode"` // this and what follows: SF only
	Inbound        word `json:"codingMapping"`
	Outbound       word `json:"codingMappingOut"`
	ProName        word `json:"proName"`
	AB             word `json:"abFlag"`
	XB             word `json:"xbFlag"`
	Icons          word `json:"printIcon"`
	Route          word `json:"destRouteLabel"`
	Aging          word `json:"agingName"`
}

func (i *Issuer) data(r reply) (data, error) {
	var d data
	if b := bytes.TrimSpace(r.Data); len(b) == 0 || b[0] != '{' {
		return d, i.client.Broken(orderMethod, "no data")
	}
	if err := i.client.Read(orderMethod, r.Data, &d); err != nil {
		return d, err
	}
	if d.Number == "" {
		return d, i.client.Broken(orderMethod, "no number")
	}
	return d, nil
}

// waybill makes a waybill of what was told.
func (i *Issuer) waybill(o order.Order, d data) (waybill.Waybill, error) {
	numbers := []waybill.Number{waybill.Number(d.Number)}
	for _, n := range d.Children {
		if n != string(d.Number) {
			numbers = append(numbers, waybill.Number(n))
		}
	}
	if one := i.company.shared && len(numbers) == 1; !one && len(numbers) != o.Boxes() {
		return waybill.Waybill{}, i.client.Broken(orderMethod, fmt.Sprintf("%d numbers for %d parcels", len(numbers), o.Boxes()))
	}
	if sorted := slices.Sorted(slices.Values(numbers)); len(slices.Compact(sorted)) != len(numbers) {
		return waybill.Waybill{}, i.client.Broken(orderMethod, "a number comes twice")
	}
	w := i.begin(o, numbers)
	w.Routing, w.Product = d.routing(), first(d.ProName, d.Aging, d.Product)
	w.Handling = append(w.Handling, icons(string(d.Icons))...)
	if o.SignReturn != order.NoReturn && plain(string(d.Return)) {
		w.SignReturnNumber = waybill.Number(d.Return)
	}
	return w, carrier.Sound(o.ID, w)
}

// begin is a waybill with nothing on it of what its carrier says.
func (i *Issuer) begin(o order.Order, numbers []waybill.Number) waybill.Waybill {
	w := i.account.Waybill(i.company.code, i.title(), o, numbers[0])
	w.Parcels = i.parcels(o, numbers)
	if i.account.Values["pay_type"] == "CONSIGNEE" {
		w.Handling = []waybill.Handling{"到付"} // how much it is, the carrier tells the courier only
	}
	return w
}

// plain reports whether what is said to be a number looks like one.
func plain(s string) bool {
	return s != "" && len(s) <= 40 && strings.Trim(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == ""
}

// parcels are the boxes of a waybill: with a number each, or, with JD, which,
// of how many, behind the one that they share.
func (i *Issuer) parcels(o order.Order, numbers []waybill.Number) []waybill.Parcel {
	if i.company.shared && len(numbers) == 1 {
		return carrier.Boxes(o.Boxes(), func(index int) string { return fmt.Sprintf("%s-%d-%d-", numbers[0], index, o.Boxes()) })
	}
	return carrier.Numbered(numbers)
}

// routing says the same in the trade's words. What is largest on the label is the
// first of four that is there.
func (d data) routing() waybill.Routing {
	r := waybill.Routing{
		Code: first(d.BigPen, d.Route, d.ToSortCode, d.ToCode), Name: first(d.ToSortName, d.ToName),
		Hub: first(d.Hub, d.HubCode), HubCode: string(d.HubCode),
		Origin: first(d.FromSortName, d.FromName), OriginCode: first(d.FromSortCode, d.FromCode),
		Target: first(d.ToSortName, d.ToName), TargetCode: first(d.ToSortCode, d.BigPen, d.ToCode),
		Road: string(d.Road), OriginBranch: first(d.FromName, d.FromCode),
		Inbound: string(d.Inbound), Outbound: string(d.Outbound), Mark: first(d.AB, d.XB), QR: first(d.TwoDimensional, d.QR),
	}
	if d.ToName != "" && d.ToName != word(r.Name) {
		r.Site = string(d.ToName)
	}
	return r
}

// icons reads printIcon, eight digits of which a 1 is an icon.
func icons(flags string) []waybill.Handling {
	if len(flags) != 8 || strings.Trim(flags, "01") != "" {
		return nil
	}
	var all []waybill.Handling
	for at, h := range []waybill.Handling{waybill.Heavy, "蟹", waybill.Fresh, waybill.Fragile, waybill.Medicine, "Z", waybill.Liquor} {
		if flags[at] == '1' {
			all = append(all, h)
		}
	}
	return all
}
