package place_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/order/place"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

const mobile = "13800001234"

// imported is an order out of a file, with its address in one line.
func imported(address, phone string) order.Order {
	return order.Order{
		Key: order.Key{Source: "csv", ID: "7"}, State: order.ToShip, PhoneKind: waybill.PhoneReal,
		Receiver: waybill.Party{Name: pii.NewName("演示张三"), Phone: pii.NewPhone(phone), Address: pii.NewAddress(pii.Region{}, address)},
	}
}

// divided is an order whose platform gave the address in parts.
func divided(region pii.Region, detail, phone string) order.Order {
	o := imported("", phone)
	o.Source, o.RegionIDs = "jd", order.RegionIDs{Province: 1, City: 72, District: 2799}
	o.Receiver.Address = pii.NewAddress(region, detail)
	return o
}

func TestAddresses(t *testing.T) {
	for _, c := range []struct{ address, refusal, doubts, printed string }{
		{"广东广州海珠区演示路2号", "", "", "广东省广州市海珠区演示路2号"},
		{"广东省广州市海珠区演示路2号", "", "", "广东省广州市海珠区演示路2号"},
		{"海南琼海嘉积镇演示村", "", "", "海南省琼海市嘉积镇演示村"},
		{"北京市朝阳区演示大厦", "", "", "北京市朝阳区演示大厦"},
		{"云南省大理白族自治州云龙县演示乡演示村二组", "", "", "云南省大理白族自治州云龙县演示乡演示村二组"},
		{"广东省人民医院", place.NoCity, "", "广东省人民医院"},
		{"广州市海珠区", place.RegionOnly, "", ""},
		{"广东省广州市", place.RegionOnly, place.NoDistrict, ""},
		{"演示路2号", place.NoRegion, "", "演示路2号"},
		{"朝阳区演示路2号", place.NoRegion, "", "朝阳区演示路2号"},
		{"江苏省南京市余杭区演示路2号", place.RegionWrong, "", "江苏省南京市余杭区演示路2号"},
		{"广东省南京市鼓楼区演示路2号", place.RegionWrong, "", ""},
		{"广东省广州市海珠区演示路", place.Short, "", ""},
		{"广东省广州市海珠区赤岗街道", place.Short, "", ""},
		{"江苏省昆山市花桥镇", place.Short, "", ""},
		{"广东省广州市海珠区x", place.Short, "", ""},
		{"广东省广州市海珠区演示大王", "", place.NoHouse, ""},
		{"广州市天河路208号", "", place.NoDistrict, "广州市天河路208号"}, // no doubt, no region
		{"南京大学演示校区", place.NoRegion, "", "南京大学演示校区"},
		{"广东省广州市海珠区演示路***", "receiver-masked", "", ""},
		{"广东省广州市海珠区••", "receiver-masked", "", ""},
	} {
		t.Run(c.address, func(t *testing.T) {
			o, refusal, doubts := place.Check(imported(c.address, mobile))
			if refusal != c.refusal || strings.Join(doubts, " ") != c.doubts {
				t.Errorf("refused %q with doubts %q, want %q and %q", refusal, doubts, c.refusal, c.doubts)
			}
			if got := o.Receiver.Address.Reveal(); c.printed != "" && got != c.printed {
				t.Errorf("printed %s, want %s", got, c.printed)
			}
		})
	}
}

func TestARegionIsFilledIn(t *testing.T) {
	o, _, _ := place.Check(imported("江苏昆山花桥镇演示路1号", mobile))
	if got, want := o.Receiver.Address.Region(), (pii.Region{Province: "江苏省", City: "苏州市", District: "昆山市"}); got != want {
		t.Errorf("region %+v, want %+v", got, want)
	}
	o = imported("", mobile)
	o.Receiver.Address = pii.NewAddress(pii.Region{Province: "江苏", City: "昆山", Town: "花桥镇"}, "演示路1号") // columns of a file
	o, refusal, doubts := place.Check(o)
	if got, want := o.Receiver.Address.Region(), (pii.Region{Province: "江苏省", City: "苏州市", District: "昆山市", Town: "花桥镇"}); got != want || refusal != "" || doubts != nil {
		t.Errorf("region %+v, want %+v; refused %q, doubts %q", got, want, refusal, doubts)
	}
	// what has been filled in stays, however often it is looked at
	again, _, _ := place.Check(o)
	if !again.Receiver.Address.Equal(o.Receiver.Address) || again.Receiver.Address.Region() != o.Receiver.Address.Region() {
		t.Errorf("then %v", again.Receiver.Address)
	}
}

// A platform's places are not the state's; what it has divided is not taken
// apart again.
func TestAPlatformsOwnAddresses(t *testing.T) {
	for _, c := range []struct {
		region          pii.Region
		detail, phone   string
		refusal, doubts string
	}{
		{pii.Region{Province: "北京", City: "朝阳区", District: "三环到四环之间"}, "演示路2号", mobile, "", ""},
		{pii.Region{Province: "广东", City: "广州市", District: "海珠区", Town: "赤岗街道"}, "演示路2号", mobile, "", ""},
		{pii.Region{Province: "广东", City: "广州市", District: "海珠区", Town: "赤岗街道"}, "广东广州市海珠区赤岗街道演示路2号", mobile, "", ""},
		{pii.Region{Province: "港澳", City: "香港特别行政区", District: "沙田区"}, "演示街2号", "52345678", "", place.NoRegion + " " + place.NoAreaCode},
		{pii.Region{Province: "海南", City: "琼海市", District: "嘉积镇"}, "演示路", mobile, "", place.Short},
		{pii.Region{Province: "江苏", City: "南京市", District: "余杭区"}, "演示路2号", mobile, "", place.RegionWrong},
		{pii.Region{Province: "广东", City: "新市", District: "新区"}, "演示路2号", "139", "", place.NoCity + " " + place.Undialable},
		{pii.Region{}, "广东广州市海珠区演示路2号", mobile, "", ""},
		{pii.Region{}, "演示路2号", mobile, "", place.NoRegion},
		{pii.Region{Province: "广东", City: "广州市", District: "海珠区", Town: "赤岗街道"}, "广东广州市海珠区赤岗街道", mobile, place.RegionOnly, ""},
		{pii.Region{Province: "广东", City: "广州市", District: "海珠区"}, "演示路2号", "17000000000-4740", "", ""},
		{pii.Region{Province: "广东", City: "广州市", District: "海珠区"}, "演***", mobile, "receiver-masked", ""},
	} {
		t.Run(c.region.City+c.detail, func(t *testing.T) {
			o := divided(c.region, c.detail, c.phone)
			checked, refusal, doubts := place.Check(o)
			if refusal != c.refusal || strings.Join(doubts, " ") != c.doubts {
				t.Errorf("refused %q with doubts %q, want %q and %q", refusal, doubts, c.refusal, c.doubts)
			}
			if c.region != (pii.Region{}) && !checked.Receiver.Address.Equal(o.Receiver.Address) {
				t.Error("the platform's address was changed")
			}
		})
	}
}

// What nobody can read yet is not judged: order.Order.NumberAsked says why.
func TestAReceiverWhoIsNotThere(t *testing.T) {
	for name, change := range map[string]func(*order.Order){
		"sealed":     func(o *order.Order) { o.PhoneKind = waybill.PhoneSealed },
		"masked":     func(o *order.Order) { o.PhoneKind, o.Receiver.Phone = waybill.PhoneMasked, pii.NewPhone("138****1234") },
		"no phone":   func(o *order.Order) { o.Receiver.Phone = pii.Phone{} },
		"no address": func(o *order.Order) { o.Receiver.Address = pii.Address{} },
		"by its number": func(o *order.Order) {
			o.Source, o.Consignee, o.Receiver.Address = "jd", "o1-demo", pii.NewAddress(pii.Region{Province: "广东"}, "演***")
		},
	} {
		o := imported("x", mobile)
		change(&o)
		if _, refusal, doubts := place.Check(o); refusal != "" || doubts != nil {
			t.Errorf("%s: refused %q, doubts %q", name, refusal, doubts)
		}
	}
	o := imported("广东省广州市海珠区演示路2号", "138****1234")
	if _, refusal, _ := place.Check(o); refusal != "phone-masked" {
		t.Errorf("stars that nobody spoke of: refused %q", refusal)
	}
}

func TestPhones(t *testing.T) {
	const home, overseas = "广东省广州市海珠区演示路2号", "香港特别行政区沙田区演示街1号"
	for _, c := range []struct{ address, phone, code string }{
		{home, "13800001234", ""}, {home, "138 0000 1234", ""}, {home, "138-0000-1234", ""}, {home, "+8613800001234", ""}, {home, "+86 138-0000-1234", ""},
		{home, "8613800001234", ""}, {home, "86-13800001234", ""}, {home, "0086-13800001234", ""}, {home, "１３８００００１２３４", ""},
		{home, "17000000000-4740", ""}, {home, "17000000000转4740", ""}, {home, "17000000000,4740#", ""}, {home, "17000000000[4740]", ""},
		{home, "020-80000001", ""}, {home, "02080000001", ""}, {home, "(020)80000001", ""}, {home, "0755-80000001-801", ""}, {home, "0755-80000001转801", ""}, {home, "0755-80000001分机801", ""}, {home, "010-80000001", ""},
		{home, "0898-6000001", ""}, {home, "95013800001234", ""}, {home, "95013800001234-123", ""}, {home, "95118", ""}, {home, "400-800-0001", ""}, {home, "4008000001-12", ""}, {home, "8008000001", ""},
		{home, "852-52345678", ""}, {home, "+852 5234 5678", ""}, {overseas, "52345678", ""}, {home, "+853 62345678", ""},
		{home, "80000001", place.NoAreaCode}, {home, "8000001-12", place.NoAreaCode},
		{home, "1380000123", place.Undialable}, {home, "138000012345", place.Undialable}, {home, "139", place.Undialable}, {home, "电话", place.Undialable}, {home, "0000000", place.Undialable},
		{home, "23800001234", place.Undialable}, {home, "13800001234/13900001234", place.Undialable}, {home, "020-0", place.Undialable}, {home, "-", place.Undialable}, {home, "138O0001234", place.Undialable},
	} {
		_, refusal, doubts := place.Check(imported(c.address, c.phone))
		got := strings.Join(append(doubts, refusal), "")
		if got != c.code {
			t.Errorf("%s: %q, want %q", c.phone, got, c.code)
		}
		if refusal != "" && refusal != place.Undialable {
			t.Errorf("%s: refused for %s", c.phone, refusal)
		}
	}
}

func TestEveryCodeHasItsSentence(t *testing.T) {
	for _, c := range []string{
		place.RegionOnly, place.Undialable, place.NoRegion, place.NoCity, place.RegionWrong, place.Short, place.NoDistrict, place.NoHouse, place.NoAreaCode, "receiver-masked", "phone-masked",
	} {
		if !notice.Known(notice.Code(c)) || notice.Places(notice.Code(c)) != 1 {
			t.Errorf("%q has no sentence that takes the order's number", c)
		}
		if got := carrier.ActionOf(notice.Code(c)); got != carrier.Ask {
			t.Errorf("%s is to %v, want ask", c, got)
		}
	}
}

// FuzzCheck: whatever somebody has typed, no name, street or number comes out in
// a code, and an order that passed passes again.
func FuzzCheck(f *testing.F) {
	f.Add("广东广州海珠区演示路2号", "13800001234", "", "")
	f.Add("演示路2号", "020-80000001", "广东", "广州")
	f.Add("**", "转转", "北京", "北京")
	f.Fuzz(func(t *testing.T, address, phone, province, city string) {
		o := imported("", phone)
		o.Receiver.Address = pii.NewAddress(pii.Region{Province: province, City: city}, address)
		checked, refusal, doubts := place.Check(o)
		for _, code := range append(slices.Clone(doubts), refusal) {
			if code != "" && !notice.Known(notice.Code(code)) {
				t.Errorf("%q is no code", code)
			}
		}
		if refusal != "" {
			return
		}
		again, refused, more := place.Check(checked)
		if refused != "" || fmt.Sprint(more) != fmt.Sprint(doubts) || !again.Receiver.Address.Equal(checked.Receiver.Address) {
			t.Errorf("%q in %q: at first %q, then refused %q with %q", address, province+city, doubts, refused, more)
		}
	})
}
