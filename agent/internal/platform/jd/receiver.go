package jd

import (
	"context"
	"strings"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/jos/tde"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/privacy"
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
	Index         jos.Text `json:"desen_mobile"` // the same for the same number
	PhoneIndex    jos.Text `json:"desen_telephone"`
}

// receiver reads a consignee into an order. One that is sealed in part is
// sealed: half of a person is of no use on a label.
func (s *Source) receiver(ctx context.Context, c *consignee, o *reading) error {
	var text [3]string
	sealed := false
	for i, forms := range [][]jos.Text{
		{c.Name, c.SealedName},
		{c.Address, c.SealedAddress},
		{c.Mobile, c.SealedMobile, c.Telephone, c.SealedPhone},
	} {
		t, closed, err := s.best(ctx, forms, o)
		if err != nil {
			return err
		}
		text[i], sealed = t, sealed || closed
	}
	o.mark = markOf(o.ID, c, text[:]...)
	region := pii.Region{Province: string(c.Province), City: string(c.City), District: string(c.County), Town: string(c.Town)}
	if sealed {
		o.Receiver, o.PhoneKind = waybill.Party{Address: pii.NewAddress(region, "")}, waybill.PhoneSealed
		return nil
	}
	o.Receiver, o.PhoneKind = unbracket(text[0], text[1], text[2], region)
	return nil
}

// best opens the forms of one field in turn and returns the first that can be
// read whole, or else the first that is there at all. sealed reports that there
// is none but such as do not open. An app without the right to JD's keys holds up
// no order that needs none, nor those that JD opens by another call.
func (s *Source) best(ctx context.Context, forms []jos.Text, o *reading) (text string, sealed bool, err error) {
	for _, f := range forms {
		t := string(f)
		if tde.Is(t) {
			t, err = s.Vault.Decrypt(ctx, t)
			if err != nil && !tde.Permanent(err) && !lacksRight(err) {
				return "", false, err
			}
			if err != nil {
				o.keyless = o.keyless || notice.CodeOf(err) == tde.NoticeNoKey || lacksRight(err)
				s.tell(err)
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

// unbracket puts an extension where it belongs, behind the number, and says
// which kind of number it is. The name decides: an address may end in a room
// that is written in brackets.
func unbracket(name, address, phone string, region pii.Region) (waybill.Party, waybill.PhoneKind) {
	name, extension := privacy.CutExtension(name)
	if rest, e := privacy.CutExtension(address); e != "" && e == extension {
		address = rest
	}
	if strings.TrimSpace(address) == "" { // a region alone is no address
		region = pii.Region{}
	}
	p := waybill.Party{Name: pii.NewName(name), Phone: pii.NewPhone(phone), Address: pii.NewAddress(region, address)}
	if p.Phone.Hidden() {
		return p, waybill.PhoneMasked
	}
	v, ok := privacy.Parse(phone)
	if !ok && extension != "" && !p.Phone.Empty() {
		v, ok = privacy.Join(phone, extension)
		if !ok { // a number of another form keeps what was written behind the name
			p.Phone = pii.NewPhone(phone + "-" + extension)
			return p, waybill.PhoneVirtual
		}
	}
	if !ok {
		return p, waybill.PhoneReal
	}
	p.Phone = v.Number()
	return p, waybill.PhoneVirtual
}
