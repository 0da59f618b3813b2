package jdsim

import (
	"fmt"
	"hash/fnv"
	"strings"
)

// place is as much of an address as sorting needs.
type place struct{ province, city, county string }

// provinces are the names that addresses begin with.
const provinces = "北京 上海 天津 重庆 河北 山西 河南 辽宁 吉林 黑龙江 内蒙古 江苏 山东 安徽 浙江 福建 湖北 湖南 广东 广西 江西 四川 海南 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆 台湾 香港 澳门"

// placeOf reads the place out of a whole address. What it cannot read stays
// empty.
func placeOf(address string) place {
	var p place
	for name := range strings.FieldsSeq(provinces) {
		if rest, ok := strings.CutPrefix(address, name); ok {
			p.province, address = name, rest
			break
		}
	}
	for _, kind := range []string{"省", "市", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区"} {
		address = strings.TrimPrefix(address, kind)
	}
	p.city, address = upTo(address, "市")
	for _, kind := range []string{"区", "县", "市"} {
		if county, _ := upTo(address, kind); county != "" {
			p.county = county
			break
		}
	}
	return p
}

// upTo cuts a name off that ends in kind and is short enough to be one.
func upTo(address, kind string) (name, rest string) {
	before, after, ok := strings.Cut(address, kind)
	if !ok || before == "" || len([]rune(before)) > 8 {
		return "", address
	}
	return before + kind, after
}

// or fills in what p does not say.
func (p place) or(q place) place {
	if p.province == "" {
		p.province = q.province
	}
	if p.city == "" {
		p.city = q.city
	}
	if p.county == "" {
		p.county = q.county
	}
	return p
}

// town is the city's short name; of a municipality, where JD's cities are
// districts, the province.
func (p place) town() string {
	if name, ok := strings.CutSuffix(p.city, "市"); ok && name != "" {
		return name
	}
	return p.province
}

// code makes up the same number below n for the same place.
func (p place) code(what string, n uint32) int {
	h := fnv.New32a()
	fmt.Fprint(h, what, p.province, p.city, p.county)
	return int(h.Sum32() % n)
}
