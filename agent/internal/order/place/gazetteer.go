package place

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
)

// divisions is made by the command pack, which says from what.
//
//go:embed divisions.txt.gz
var divisions []byte

// city is a city with the districts below it. One that has none is its own: a
// county that a province governs itself, 省直辖县.
type city struct {
	name      string
	province  string
	districts []string
}

// gazetteer is every name that a place may be written with. A name of more than
// one place is of none, unless what stands before it decides.
type gazetteer struct {
	provinces map[string]string             // as it may be written: its name
	cities    map[string][]*city            // by name, and by what people make of it
	in        map[string]map[string][]*city // the same by province
	districts map[string][]*city            // by name alone
	within    map[*city]map[string]string   // by name and by what people make of it
	around    map[string]map[string][]*city // districts so written, by province
}

var names = sync.OnceValue(func() *gazetteer {
	lines, err := unpack()
	if err != nil {
		panic(fmt.Sprintf("the list of places in this program is damaged: %v", err)) // a test reads it
	}
	g := &gazetteer{
		provinces: map[string]string{}, cities: map[string][]*city{}, in: map[string]map[string][]*city{},
		districts: map[string][]*city{}, within: map[*city]map[string]string{}, around: map[string]map[string][]*city{},
	}
	for _, line := range lines {
		g.add(line)
	}
	return g
})

func unpack() ([]string, error) {
	z, err := gzip.NewReader(bytes.NewReader(divisions))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(z)
	return strings.Split(strings.TrimSpace(string(text)), "\n"), err
}

// add takes a line of the list: province, city, districts.
func (g *gazetteer) add(line string) {
	fields := strings.Split(line, "\t")
	c := &city{name: fields[1], province: fields[0], districts: strings.Fields(fields[2])}
	if g.in[c.province] == nil {
		g.in[c.province], g.around[c.province] = map[string][]*city{}, map[string][]*city{}
		for _, written := range provinceNames(c.province) {
			g.provinces[written] = c.province
		}
	}
	for _, written := range cityNames(c.name) {
		g.cities[written] = append(g.cities[written], c)
		g.in[c.province][written] = append(g.in[c.province][written], c)
	}
	within := map[string]string{}
	g.within[c] = within
	for _, d := range c.districts {
		g.districts[d] = append(g.districts[d], c)
		within[d] = d
	}
	for _, d := range former[c.name] {
		within[d] = d
	}
	for _, d := range c.districts { // a true name goes before what people make of another
		for _, written := range districtNames(d) {
			if within[written] == "" {
				within[written] = d
			}
		}
	}
	for written := range within {
		g.around[c.province][written] = append(g.around[c.province][written], c)
	}
}

// autonomous are the people behind whom an autonomous area is named; in
// conversation they are left out.
var autonomous = []string{
	"蒙古族", "蒙古", "回族", "藏族", "维吾尔", "苗族", "彝族", "壮族", "布依族", "朝鲜族", "满族", "侗族", "瑶族", "白族", "土家族", "哈尼族", "哈萨克族", "哈萨克",
	"傣族", "黎族", "傈僳族", "佤族", "畲族", "拉祜族", "水族", "东乡族", "纳西族", "景颇族", "柯尔克孜", "土族", "达斡尔族", "仫佬族", "羌族", "撒拉族", "毛南族", "仡佬族",
	"锡伯", "塔吉克", "普米族", "怒族", "鄂温克族", "保安族", "裕固族", "独龙族", "鄂伦春", "各族", "布朗族",
}

// plainName cuts the people and the kind of area off a name: 恩施 of
// 恩施土家族苗族自治州.
func plainName(name string, kinds ...string) string {
	for _, kind := range kinds {
		cut, ok := strings.CutSuffix(name, kind)
		if !ok {
			continue
		}
		for more := strings.HasPrefix(kind, "自治"); more; {
			more = false
			for _, people := range autonomous {
				if shorter, ok := strings.CutSuffix(cut, people); ok && len(shorter) > len("省") {
					cut, more = shorter, true
				}
			}
		}
		return cut
	}
	return name
}

// short lists a name without its kind if that is still a name: of 忠县 it is not.
func short(plain, name string, also ...string) []string {
	if plain == name || len([]rune(plain)) < 2 {
		return nil
	}
	list := []string{plain}
	for _, kind := range also {
		list = append(list, plain+kind)
	}
	return list
}

func provinceNames(name string) []string {
	plain := plainName(name, "省", "市", "特别行政区", "自治区")
	list := append(short(plain, name, "省"), name)
	if plain == "内蒙古" {
		list = append(list, "内蒙")
	}
	return list
}

func cityNames(name string) []string {
	list := append(short(plainName(name, "市", "地区", "盟", "特别行政区"), name), name)
	if strings.HasSuffix(name, "自治州") {
		list = append(list, short(plainName(name, "自治州"), name, "州")...)
	}
	if strings.HasSuffix(name, "自治县") {
		list = append(list, short(plainName(name, "自治县"), name, "县")...)
	}
	return slices.Compact(list)
}

// districtNames are what people call a district besides its name: what it was
// before it was raised (密云县), and a county or a town without its kind (昆山). A
// district of a city is never without: 西湖 is a lake, and 天河路 a street.
func districtNames(name string) []string {
	switch {
	case strings.HasSuffix(name, "自治县"), strings.HasSuffix(name, "自治旗"):
		return short(plainName(name, "自治县", "自治旗"), name, "县", "旗")
	case strings.HasSuffix(name, "市"), strings.HasSuffix(name, "县"):
		return short(plainName(name, "市", "县"), name, "县", "市", "区")
	case strings.HasSuffix(name, "县区"):
		return []string{strings.TrimSuffix(name, "区")}
	case strings.HasSuffix(name, "区"):
		list := short(plainName(name, "区"), name, "县", "市")
		return list[min(1, len(list)):]
	}
	return nil
}
