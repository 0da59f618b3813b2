package place

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"miandan/templates/pii"
)

// parts are an address as Split sees it. The region has the state's own names,
// whatever was written.
type parts struct {
	region  pii.Region
	rest    string // what stands behind the region, as it was written
	problem string // "", or why the region is not whole: a code of package notice
}

// Split takes an address that was written in one line apart: 广东广州海珠区演示路2号
// is in 广东省, 广州市, 海珠区, and 演示路2号 stands behind it. problem is the code of
// what is missing or contradicts itself; then the address is as far apart as it
// went.
func Split(line string) (a pii.Address, problem string) {
	p := split(line)
	return pii.NewAddress(p.region, p.rest), p.problem
}

func split(line string) parts {
	line = trim(line)
	p := cut(line)
	if p.problem != "" || p.region.Province == "" {
		return p
	}
	if head := strings.TrimSuffix(line, p.rest); head != line { // some write the region twice
		if again, ok := strings.CutPrefix(p.rest, trimEnd(head)); ok {
			p.rest = trim(again)
		}
	}
	return p
}

func cut(line string) parts {
	g := names()
	written, province := longest(line, g.province)
	if at, cities := g.city(line, ""); len(at) > len(written) && len(cities) == 1 || province == "" { // 吉林市 is no province
		return g.withoutProvince(line)
	}
	p := parts{region: pii.Region{Province: province}, rest: trim(line[len(written):])}
	if own := g.in[province][province]; len(own) > 0 {
		return g.ownCity(p, own[0])
	}
	return g.belowProvince(p)
}

// ownCity goes on behind a city that is its own province, which some write
// twice: 北京市北京市朝阳区, 北京市市辖区朝阳区, 重庆市县忠县.
func (g *gazetteer) ownCity(p parts, c *city) parts {
	p.region.City = c.name
	for again := true; again; {
		written, _ := longest(p.rest, func(s string) (string, bool) {
			if g.provinces[s] == c.province || s == "市辖区" {
				return s, s == "市辖区" || s == c.province
			}
			return "", false
		})
		again = written != ""
		p.rest = trim(p.rest[len(written):])
	}
	if county, ok := strings.CutPrefix(p.rest, "县"); ok {
		if at, _ := longest(county, g.district(c)); at != "" {
			p.rest = county
		}
	}
	return g.belowCity(p, c)
}

// belowProvince goes on behind a province that has cities.
func (g *gazetteer) belowProvince(p parts) parts {
	for _, between := range []string{"省直辖县级行政区划", "省直辖县级行政单位", "自治区直辖县级行政区划", "自治区直辖县级行政单位", "省直辖"} {
		p.rest = trim(strings.TrimPrefix(p.rest, between))
	}
	written, cities := g.city(p.rest, p.region.Province)
	around := g.around[p.region.Province]
	at, district := longest(p.rest, func(s string) (string, bool) {
		if of := around[s]; len(of) == 1 {
			return s, g.within[of[0]][s] == s
		}
		return "", false
	})
	switch {
	case len(at) > len(written): // 江苏昆山, and 新疆和田市 with 和田地区 left out
		c := around[district][0]
		p.region.City, p.region.District = c.name, g.within[c][district]
		p.rest = trim(p.rest[len(at):])
		return p
	case len(cities) == 1:
		p.region.City = cities[0].name
		p.rest = trim(p.rest[len(written):])
		return g.belowCity(p, cities[0])
	}
	p.problem = NoCity
	if g.elsewhere(p.rest, func(c *city) bool { return c.province == p.region.Province }) {
		p.problem = RegionWrong
	}
	return p
}

// belowCity goes on behind a city.
func (g *gazetteer) belowCity(p parts, c *city) parts {
	if at, name := longest(p.rest, g.district(c)); name != "" {
		p.region.District, p.rest = name, trim(p.rest[len(at):])
		return p
	}
	if len(c.districts) == 0 {
		return p
	}
	for _, zone := range zones {
		if strings.HasPrefix(p.rest, zone) {
			p.region.District, p.rest = zone, trim(p.rest[len(zone):])
			return p
		}
	}
	p.problem = NoDistrict
	if g.elsewhere(p.rest, func(other *city) bool {
		return other == c || other.province == c.province && len(other.districts) == 0
	}) {
		p.problem = RegionWrong
	}
	return p
}

// withoutProvince reads a line that begins with a city or a district.
func (g *gazetteer) withoutProvince(line string) parts {
	written, cities := g.city(line, "")
	at, name := longest(line, func(s string) (string, bool) {
		if len(g.districts[s]) == 1 {
			return s, true
		}
		return "", false
	})
	switch {
	case len(at) > len(written):
		c := g.districts[name][0]
		return parts{region: pii.Region{Province: c.province, City: c.name, District: name}, rest: trim(line[len(at):])}
	case len(cities) == 1 && (len(cities[0].districts) > 0 || kind(written)): // 天门 alone may be anything
		c := cities[0]
		return g.belowCity(parts{region: pii.Region{Province: c.province, City: c.name}, rest: trim(line[len(written):])}, c)
	}
	return parts{rest: line, problem: NoRegion}
}

// elsewhere reports whether a line begins with the full name of a place that is
// somewhere else, and nowhere that is here.
func (g *gazetteer) elsewhere(line string, here func(*city) bool) bool {
	at, _ := longest(line, func(s string) (string, bool) {
		of := slices.Concat(g.districts[s], g.cities[s])
		switch {
		case utf8.RuneCountInString(s) < 3 || !kind(s) || everywhere[s] || slices.ContainsFunc(of, here):
			return "", false
		case len(of) > 0, g.provinces[s] != "":
			return s, false
		}
		return "", false
	})
	return at != ""
}

// everywhere are names of districts somewhere that people use for a part of any
// town.
var everywhere = map[string]bool{
	"市中区": true, "新城区": true, "老城区": true, "城中区": true, "城关区": true, "港口区": true, "新市区": true, "市北区": true, "市南区": true,
}

// kind reports whether a name says what it is the name of.
func kind(name string) bool {
	return !strings.HasSuffix(name, "开发区") && slices.ContainsFunc([]string{"区", "县", "市", "旗", "州", "盟", "省"}, func(k string) bool { return strings.HasSuffix(name, k) })
}

func (g *gazetteer) province(s string) (string, bool) { return g.provinces[s], g.provinces[s] == s }

// district finds the districts of a city.
func (g *gazetteer) district(c *city) func(string) (string, bool) {
	return func(s string) (string, bool) { return g.within[c][s], g.within[c][s] == s }
}

// city returns the cities of a province, or of all if it is empty, that a line
// begins with.
func (g *gazetteer) city(line, province string) (written string, cities []*city) {
	from := g.cities
	if province != "" {
		from = g.in[province]
	}
	written, name := longest(line, func(s string) (string, bool) {
		if of := from[s]; len(of) > 0 {
			return s, of[0].name == s
		}
		return "", false
	})
	return written, from[name]
}

// longestName is more than the runes of any name: 双江拉祜族佤族布朗族傣族自治县.
const longestName = 24

// longest looks for the longest name that a line begins with. find returns what
// a text is the name of, and whether it is the whole name; one that is not is none
// where a street or a house follows that is called after it: 南京路, 北京饭店.
func longest(line string, find func(string) (name string, whole bool)) (written, name string) {
	end := 0
	for i, n := 0, 0; i < len(line) && n < longestName; n++ {
		_, size := utf8.DecodeRuneInString(line[i:])
		i += size
		if found, whole := find(line[:i]); found != "" && (whole || !calledAfter(line[i:])) {
			end, name = i, found
		}
	}
	return line[:end], name
}

// calledAfter reports whether a line goes on like the name of a street or a
// house, or of a place of another kind.
func calledAfter(line string) bool {
	g := names()
	for i := range line { // 道里区 and 路桥区 begin like streets
		if i > 6*utf8.UTFMax {
			break
		}
		if i > utf8.UTFMax && len(g.districts[line[:i]]) > 0 {
			return false
		}
	}
	if slices.ContainsFunc(houseNames, func(s string) bool { return strings.HasPrefix(line, s) }) {
		return true
	}
	line = strings.TrimLeft(line, "东西南北中一二三四五六七八九十新老大")
	return slices.ContainsFunc(streetNames, func(s string) bool { return strings.HasPrefix(line, s) })
}

var streetNames = []string{"路", "街", "道", "巷", "弄", "胡同", "环"}

var houseNames = []string{
	"区", "县", "州", "旗", "盟", "镇", "乡", "村", "屯", "寨", "里", "门", "桥", "站", "港", "湾", "场", "学", "院", "厦", "楼", "城", "大学", "大厦", "大桥", "饭店", "酒店", "宾馆", "花园", "花苑",
	"广场", "公寓", "公园", "小区", "商城", "商场", "银行", "医院", "学校", "公司", "集团", "名城", "华府",
}

const separators = ",，、/|;；:：.。·-—_\\"

func separator(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(separators, r) }

// trim cuts off what stands before an address or between its parts and says
// nothing.
func trim(s string) string {
	s = trimEnd(strings.TrimLeftFunc(s, separator))
	for _, head := range []string{"收货地址", "收件地址", "详细地址", "地址", "中华人民共和国", "中国"} {
		if rest, ok := strings.CutPrefix(s, head); ok && (strings.HasPrefix(head, "中") && !calledAfter(rest) || strings.TrimLeft(rest, ":：") != rest) {
			return trim(rest)
		}
	}
	return s
}

func trimEnd(s string) string { return strings.TrimRightFunc(s, unicode.IsSpace) }
