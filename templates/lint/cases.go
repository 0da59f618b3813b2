package lint

import (
	"slices"
	"strings"

	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// A labelCase is something that a layout has to bear.
type labelCase struct {
	title phrase
	make  func(waybill.Label) waybill.Label
}

var (
	plainCase  = &labelCase{phrase{"as it is", "原样"}, func(l waybill.Label) waybill.Label { return l }}
	hiddenCase = &labelCase{phrase{"hidden, reprinted, with services", "隐私、重印、带增值服务"}, hidden}
	longCase   = &labelCase{phrase{"long texts", "长文字"}, long}
)

func cases() []*labelCase { return []*labelCase{plainCase, hiddenCase, longCase} }

func caseNamed(title string) *labelCase {
	for _, c := range cases() {
		if c.title[0] == title {
			return c
		}
	}
	return plainCase
}

// The receiver of the case that is to be hidden. Since they are known here,
// nobody's mask has to be taken off to look for them.
const (
	hiddenName  = "欧阳演示"
	hiddenPhone = "13800000003"
	hiddenRoom  = "2幢301室"
)

// hidden is the second of two parcels, printed for the second time, with money
// to be taken and a receiver whom the carrier hides.
func hidden(l waybill.Label) waybill.Label {
	l.Receiver = waybill.Party{
		Name: pii.NewName(hiddenName), Phone: pii.NewPhone(hiddenPhone),
		Address: pii.NewAddress(pii.Region{Province: "广东", City: "广州市", District: "海珠区", Town: "演示街道"}, "演示路1号"+hiddenRoom),
	}
	l.PhoneKind, l.HideName, l.HidePhone = waybill.PhoneReal, true, true
	l.Collect, l.Freight, l.Insured, l.SignReturn = 123456, 1200, 100000, true
	l.Handling = []waybill.Handling{waybill.Fragile, waybill.Fresh}
	code := l.Parcels[l.Parcel].Barcode
	l.Parcels = []waybill.Parcel{
		{Barcode: strings.Replace(code, "-1-1-", "-1-2-", 1), Index: 1, Count: 2},
		{Barcode: strings.Replace(code, "-1-1-", "-2-2-", 1), Index: 2, Count: 2},
	}
	l.Parcel, l.Copy = 1, 1
	return l
}

// long has a name, an address, goods and a remark as long as they come.
func long(l waybill.Label) waybill.Label {
	l.Receiver = waybill.Party{
		Name: pii.NewName("演示名字很长的收件人"), Phone: pii.NewPhone("17000000000-4740"),
		Address: pii.NewAddress(pii.Region{Province: "广东", City: "深圳市", District: "南山区", Town: "演示街道"},
			strings.Repeat("演示科技园区第二期", 7)+"东北角8栋B座1203室"),
	}
	l.PhoneKind, l.HideName, l.HidePhone = waybill.PhoneVirtual, false, false
	for range 6 {
		l.Items = append(slices.Clone(l.Items), waybill.Item{Name: "演示商品 春秋款纯棉长袖上衣 加大码", Quantity: 3})
	}
	l.Remark = strings.Repeat("请在工作日下午送达，放在门口的柜子上，谢谢；若无人请放前台。", 4)
	l.Shop = strings.Repeat("演示旗舰店", 4)
	return l
}

// Case is a sample as the lint looks at it.
type Case struct {
	Key              string // plain, hidden or long
	English, Chinese string
	Label            waybill.Label
}

// Cases returns what a sample is looked at as, for a preview.
func Cases(sample waybill.Label) []Case {
	var all []Case
	for i, key := range []string{"plain", "hidden", "long"} {
		c := cases()[i]
		all = append(all, Case{key, c.title[0], c.title[1], c.make(sample)})
	}
	return all
}
