package kuaidi100sim

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
)

// carrier is one behind Kuaidi100: what it wants of an account, how it numbers
// and what it tells of the way.
type carrier struct {
	key, net, five bool // what it wants beside an account's number
	own            bool // it tells an order number of its own and wants to hear it again
	cancels        bool
	back           bool // a receipt comes back under a number of its own
	shared         bool // all boxes travel under one number
	number         func(uint64) string
	fills          func(place, map[string]any, string)
}

var carriers = map[string]carrier{
	"shunfeng":       {own: true, cancels: true, back: true, number: digits("SF", 13), fills: sf},
	"zhongtong":      {key: true, number: zto, fills: segments("集散")},
	"yuantong":       {key: true, number: digits("YT", 13), fills: bigPen},
	"shentong":       {key: true, net: true, number: digits("77", 13), fills: segments("转运")},
	"yunda":          {key: true, cancels: true, number: digits("4", 14), fills: yunda},
	"jtexpress":      {key: true, cancels: true, number: digits("JT", 13), fills: segments("集散")},
	"ems":            {key: true, number: s10, fills: places},
	"youzhengguonei": {key: true, five: true, number: digits("98", 11), fills: places},
	"jd":             {own: true, cancels: true, shared: true, number: digits("JDVC", 11), fills: jd},
	"debangkuaidi":   {own: true, cancels: true, back: true, number: digits("DPK", 13), fills: deppon},
	"kuayue":         {cancels: true, number: digits("KY", 13), fills: bigPen},
	"ane66":          {key: true, cancels: true, number: digits("3000", 8), fills: places},
	"annengwuliu":    {key: true, cancels: true, number: digits("3001", 8), fills: places},
}

func seed(parts ...string) uint64 {
	b, _ := hex.DecodeString(digest(parts...))
	return binary.BigEndian.Uint64(b)
}

func digits(prefix string, n int) func(uint64) string {
	return func(seed uint64) string {
		s := fmt.Sprintf("%020d", seed)
		return prefix + s[len(s)-n:]
	}
}

func zto(seed uint64) string { return fmt.Sprintf("7%d%s", 3+seed%7, digits("", 12)(seed)) }

// s10 is the Universal Postal Union's form, with its check digit.
func s10(seed uint64) string {
	serial, sum := digits("", 8)(seed), 0
	for i, weight := range []int{8, 6, 4, 2, 3, 5, 9, 7} {
		sum += weight * int(serial[i]-'0')
	}
	check := 11 - sum%11
	switch check {
	case 10:
		check = 0
	case 11:
		check = 5
	}
	return fmt.Sprintf("EA%s%dCN", serial, check)
}

// place is where a parcel goes and comes from, as far as a sorter is concerned.
type place struct {
	to, from string // two characters: 广州
	n        uint64 // another one for each order
}

func (p place) at(shift, below uint64) uint64 { return p.n >> shift % below }

// route fills in what the carrier tells of an order's way.
func (c carrier) route(data map[string]any, o order, number string) {
	c.fills(place{to: town(o.Receiver), from: town(o.Sender), n: seed("way", o.Company, o.ID, o.Receiver.address())}, data, number)
}

// town is the two characters by which a town goes on labels: 广州.
func town(m man) string {
	s := m.City
	if s == "" {
		s = m.address()
	}
	s, _, _ = strings.Cut(s, "市")
	r := []rune(s)
	return string(r[max(0, len(r)-2):])
}

func (p place) segments() string {
	return fmt.Sprintf("%03d-%c%02d-%03d", 100+p.at(0, 800), 'A'+rune(p.at(10, 26)), p.at(16, 99), p.at(24, 900))
}

func segments(hub string) func(place, map[string]any, string) {
	return func(p place, data map[string]any, _ string) {
		data["bulkpen"] = p.segments()
		data["destSortingName"] = p.to + "中心"
		data["pkgName"] = p.to + hub
		data["orgName"] = p.from + "网点"
	}
}

func bigPen(p place, data map[string]any, _ string) { data["bulkpen"] = p.segments() }

func places(p place, data map[string]any, _ string) {
	data["destCode"] = fmt.Sprintf("%03d", 100+p.at(0, 800))
	data["destName"] = p.to
	data["orgName"] = p.from
}

func yunda(p place, data map[string]any, _ string) {
	data["bulkpen"] = p.segments()
	data["destName"] = p.to + "分拨"
	data["pkgName"] = p.to + "包"
	data["pkgCode"] = fmt.Sprintf("J%06d", p.at(8, 1000000))
}

func jd(p place, data map[string]any, _ string) {
	data["orgSortingName"], data["orgSortingCode"] = p.from+"分拣中心", fmt.Sprintf("%d-%d", 10+p.at(0, 90), 10+p.at(8, 90))
	data["destSortingName"], data["destSortingCode"] = p.to+"分拣中心", fmt.Sprintf("%d-%c%d", 10+p.at(16, 90), 'A'+rune(p.at(24, 26)), 1+p.at(30, 9))
	data["destName"] = p.to + "营业部"
	data["road"] = fmt.Sprintf("%03d", p.at(34, 1000))
	data["agingName"] = "特惠送"
}

func deppon(p place, data map[string]any, _ string) {
	data["bulkpen"] = fmt.Sprintf("%s-%02d", p.to, p.at(0, 99))
	data["destSortingName"] = p.to + "外场"
	data["destName"] = p.to + "营业部"
	data["expressName"] = "标准快递"
}

func sf(p place, data map[string]any, number string) {
	city := fmt.Sprintf("%03dW", 100+p.at(0, 800))
	data["destRouteLabel"] = fmt.Sprintf("%s-%c%d-%c%c", city, 'A'+rune(p.at(10, 26)), p.at(16, 10), 'A'+rune(p.at(20, 26)), 'A'+rune(p.at(26, 26)))
	data["destName"] = p.to
	data["orgCode"] = fmt.Sprintf("%03dA%c", 100+p.at(30, 800), 'A'+rune(p.at(40, 26)))
	data["codingMapping"] = fmt.Sprintf("%c%02d", 'A'+rune(p.at(6, 26)), p.at(12, 99))
	data["codingMappingOut"] = fmt.Sprintf("%d%c", p.at(18, 90), 'A'+rune(p.at(28, 26)))
	data["abFlag"] = string('A' + rune(p.at(36, 2)))
	data["proName"], data["printIcon"] = "标快", "00100000"
	data["twoDimensionCode"] = fmt.Sprintf("MMM={'k1':'%s','k2':'','k3':'','k4':'T6','k5':'%s','k6':'','k7':'%08x'}", city, number, uint32(p.n))
}
