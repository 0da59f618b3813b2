package jd

import (
	"context"
	"regexp"
	"strings"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/jos/tde"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// consignee is whom an order goes to. The fields that begin with encrypt_ were
// added for shops that are half way to encryption; few orders have them.
type consignee struct {
	Name          jos.Text `json:"fullname"`
	Mobile        jos.Text `json:"mobile"`
	Telephone     jos.Text `json:"telephone"`
	Address       jos.Text `json:"fullAddress"`
	SealedName    jos.Text `json:"encrypt_fullname"`
	SealedMobile  jos.Text `json:"encrypt_mobile"`
	SealedPhone   jos.Text `json:"encrypt_telephone"`
	SealedAddress jos.Text `json:"encrypt_fullAddress"`
	Province      jos.Text `json:"province"`
	City          jos.Text `json:"city"`
	County        jos.Text `json:"county"`
	Town          jos.Text `json:"town"`
	ProvinceID    jos.Text `json:"provinceId"`
	CityID        jos.Text `json:"cityId"`
	CountyID      jos.Text `json:"countyId"`
	TownID        jos.Text `json:"townId"`
	OAID          jos.Text `json:"oaid"`
}

// receiver reads a consignee. One that is sealed in part is sealed: half of a
// person is of no use on a label.
func (s *Source) receiver(ctx context.Context, c *consignee) (waybill.Party, waybill.PhoneKind, error) {
	var text [3]string
	sealed := false
	for i, forms := range [][]jos.Text{
		{c.Name, c.SealedName},
		{c.Address, c.SealedAddress},
		{c.Mobile, c.SealedMobile, c.Telephone, c.SealedPhone},
	} {
		t, closed, err := s.best(ctx, forms)
		if err != nil {
			return waybill.Party{}, "", err
		}
		text[i], sealed = t, sealed || closed
	}
	name, address, phone := text[0], text[1], text[2]
	region := pii.Region{Province: string(c.Province), City: string(c.City), District: string(c.County), Town: string(c.Town)}
	if sealed {
		return waybill.Party{Address: pii.NewAddress(region, "")}, waybill.PhoneSealed, nil
	}
	if strings.TrimSpace(address) == "" { // a region alone is no address
		region = pii.Region{}
	}
	name, address, phone, kind := unbracket(name, address, phone)
	return waybill.Party{Name: pii.NewName(name), Phone: pii.NewPhone(phone), Address: pii.NewAddress(region, address)}, kind, nil
}

// best opens the forms of one field in turn and returns the first that can be
// read whole, or else the first that is there at all. sealed reports that there
// is none but such as do not open.
func (s *Source) best(ctx context.Context, forms []jos.Text) (text string, sealed bool, err error) {
	for _, f := range forms {
		t := string(f)
		if tde.Is(t) {
			t, err = s.Vault.Decrypt(ctx, t)
			if err != nil && !tde.Permanent(err) {
				return "", false, err
			}
			sealed = sealed || err != nil
		}
		if strings.TrimSpace(t) != "" && !pii.NewPhone(t).Hidden() {
			return t, false, nil
		}
		if text == "" {
			text = t
		}
	}
	return text, sealed && text == "", nil
}

// A virtual number's extension stands in brackets behind the name and the
// address, or behind the number.
var (
	bracketed = regexp.MustCompile(`^(.+)\[(\d{3,6})\]$`)
	virtual   = regexp.MustCompile(`^1\d{10}-\d{3,6}$`)
)

// unbracket puts an extension where it belongs, behind the number, and says
// which kind of number it is. The name decides: an address may end in a room
// that is written in brackets.
func unbracket(name, address, phone string) (string, string, string, waybill.PhoneKind) {
	name, extension := cutExtension(name)
	if rest, e := cutExtension(address); e != "" && e == extension {
		address = rest
	}
	switch {
	case pii.NewPhone(phone).Hidden():
		return name, address, phone, waybill.PhoneMasked
	case virtual.MatchString(phone):
		return name, address, phone, waybill.PhoneVirtual
	case extension != "" && phone != "":
		return name, address, phone + "-" + extension, waybill.PhoneVirtual
	}
	return name, address, phone, waybill.PhoneReal
}

func cutExtension(s string) (text, extension string) {
	if m := bracketed.FindStringSubmatch(strings.TrimSpace(s)); m != nil {
		return m[1], m[2]
	}
	return s, ""
}
