// Package place reads addresses and telephone numbers as people write them, and
// finds before a number is taken what would bring a parcel back.
//
// A carrier refuses such an order too, but with a code of its own, after the
// number, or at the door. What is certainly wrong is refused here with a sentence
// that says what to write instead; what only looks odd is a doubt, which stops
// nothing: places are founded and renamed faster than any list learns of it, and
// whoever knows a village knows it better. An address that a platform gives
// already divided has been through its own list, whose places are not the state's;
// there the region is never a reason to refuse. Whether anybody delivers to a
// place is the carrier's word.
package place

import (
	"slices"
	"strings"
	"unicode"

	"miandan/agent/internal/order"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// Codes of package notice that refuse an order, with the order's number as their
// argument. Of these only the first refuses an order whose platform has divided its
// address; the others are doubts there.
const (
	RegionOnly  = "address-region-only"  // nothing stands behind the district or the town
	Undialable  = "phone-undialable"     // it is no number that a telephone takes
	NoRegion    = "address-no-region"    // neither province nor city can be made out
	NoCity      = "address-no-city"      // the province is there, and no city
	RegionWrong = "address-region-wrong" // the district is not in that city, or the city not in that province
	Short       = "address-short"        // a street or a town, and no number
)

// Codes of package notice that are doubts, beside those above where they do not
// refuse.
const (
	NoDistrict = "address-no-district" // province and city are there, and no district
	NoHouse    = "address-no-house"    // neither a number nor the name of a building
	NoAreaCode = "phone-no-area-code"  // a landline that only the same town can dial
)

// Check looks at whom an order goes to. It returns the order, with its region
// filled in where it was written in one line and could be read without a doubt;
// the code of package notice for which no number may be taken, or the empty
// string; and the codes of what looks odd, which somebody should see and which
// stops nothing. A receiver that is under a seal or hidden is not looked at: that
// is the matter of order.Order.NumberAsked.
func Check(o order.Order) (checked order.Order, refusal string, doubts []string) {
	to := o.Receiver
	if o.PhoneKind == waybill.PhoneSealed || o.PhoneKind == waybill.PhoneMasked || to.Address.Empty() || to.Phone.Empty() {
		return o, "", nil
	}
	byPlatform := fromPlatform(o)
	if code := masked(to); code != "" {
		if byPlatform && o.Consignee != "" { // its number stands for the receiver
			return o, "", nil
		}
		return o, code, nil
	}
	var found []string
	note := func(code string) {
		if code != "" && !slices.Contains(found, code) {
			found = append(found, code)
		}
	}
	whole := to.Address.Reveal()
	p := split(whole)
	note(p.problem)
	if byPlatform {
		p.rest = behind(whole, to.Address.Region())
	} else if town := to.Address.Region().Town; town != "" {
		if rest, ok := strings.CutPrefix(p.rest, town); ok {
			p.region.Town, p.rest = town, trim(rest)
		}
	}
	note(street(p.rest))
	note(dialable(to.Phone.Reveal(), p.region.Province))
	if p.problem == "" && (!byPlatform || to.Address.Region() == pii.Region{}) {
		o.Receiver.Address = fill(to.Address, p)
	}
	for _, code := range found {
		if refusal == "" && refuses(code, byPlatform) {
			refusal = code
			continue
		}
		doubts = append(doubts, code)
	}
	return o, refusal, doubts
}

// fromPlatform reports whether a platform gave the receiver's place by its own
// list.
func fromPlatform(o order.Order) bool { return o.Source == "jd" || o.RegionIDs != order.RegionIDs{} }

func refuses(code string, byPlatform bool) bool {
	switch code {
	case RegionOnly:
		return true
	case NoRegion, NoCity, RegionWrong, Short, Undialable:
		return !byPlatform
	}
	return false
}

// fill puts a region into an address, unless that changes more of it than the
// names in it.
func fill(a pii.Address, p parts) pii.Address {
	filled := pii.NewAddress(p.region, p.rest)
	if again := split(filled.Reveal()); again.region.District != p.region.District || !strings.HasSuffix(filled.Reveal(), p.region.District+p.region.Town+p.rest) {
		return a
	}
	return filled
}

// masked returns the code of what somebody has hidden.
func masked(p waybill.Party) string {
	name, address := p.Name.Reveal(), p.Address.Reveal()
	switch {
	case p.Phone.Hidden():
		return "phone-masked"
	case strings.ContainsAny(name, "*＊•"), strings.Contains(address, "**"), strings.ContainsAny(address, "＊•"):
		return "receiver-masked"
	}
	return ""
}

// behind is what an address says besides the region that a platform gave.
func behind(address string, r pii.Region) string {
	for _, name := range []string{r.Province, r.City, r.District, r.Town} {
		address = trim(strings.TrimPrefix(address, name))
	}
	return address
}

// ends are what a street or a town ends with, which alone is no address.
var ends = []string{"路", "街", "大道", "巷", "弄", "胡同", "镇", "乡", "街道", "街道办事处", "街道办", "苏木"}

// houses are what a place ends with or holds that is found without a number.
const houses = "村组屯社店厦场园苑校院站库馆楼区寓舍学司厂行府局所城庭邸里门塘寨坊湾岛号栋幢室层座铺港队营监庙寺处中心"

// street returns the code of what is wrong with the part behind the region.
func street(rest string) string {
	letters := 0
	numbered := false
	for _, r := range rest {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			letters++
		}
		numbered = numbered || unicode.IsDigit(r) || unicode.Is(unicode.Nl, r)
	}
	end := func(kind string) bool { return strings.HasSuffix(rest, kind) }
	switch {
	case letters == 0:
		return RegionOnly
	case numbered:
		return ""
	case letters < 2, slices.ContainsFunc(ends, end):
		return Short
	case !strings.ContainsAny(rest, houses+"一二三四五六七八九十"):
		return NoHouse
	}
	return ""
}
