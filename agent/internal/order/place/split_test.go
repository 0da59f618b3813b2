package place

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"miandan/templates/pii"
)

func TestTheListIsWhole(t *testing.T) {
	lines, err := unpack()
	if err != nil {
		t.Fatal(err)
	}
	g := names()
	if len(lines) < 380 || len(g.in) != 34 || len(g.districts) < 2900 {
		t.Errorf("%d cities in %d provinces with %d names of districts", len(lines), len(g.in), len(g.districts))
	}
	for name := range former {
		if name != "莱芜市" && name != "巢湖市" && len(g.cities[name]) != 1 {
			t.Errorf("former districts of %s, which is no city", name)
		}
	}
}

func TestSplit(t *testing.T) {
	for _, c := range []struct{ line, want string }{ // province|city|district|rest|problem
		{"广东省广州市海珠区演示路2号", "广东省|广州市|海珠区|演示路2号|"},
		{"广东广州海珠区演示路2号", "广东省|广州市|海珠区|演示路2号|"},
		{"广州海珠区演示路2号", "广东省|广州市|海珠区|演示路2号|"},
		{"海珠区演示路2号", "广东省|广州市|海珠区|演示路2号|"},
		{"广东省 广州市 海珠区 演示路 2 号", "广东省|广州市|海珠区|演示路 2 号|"},
		{"广东省，广州市，海珠区，演示路2号", "广东省|广州市|海珠区|演示路2号|"},
		{"广东省/广州市/海珠区/演示路2号", "广东省|广州市|海珠区|演示路2号|"},
		{"　收货地址：广东省-广州市-海珠区-演示路2号 ", "广东省|广州市|海珠区|演示路2号|"},
		{"中国广东省深圳市南山区演示园1号", "广东省|深圳市|南山区|演示园1号|"},
		{"广东省广州市海珠区 广东省广州市海珠区 演示路2号", "广东省|广州市|海珠区|演示路2号|"},

		// municipalities
		{"北京朝阳区演示路1号", "北京市|北京市|朝阳区|演示路1号|"},
		{"北京市朝阳区演示路1号", "北京市|北京市|朝阳区|演示路1号|"},
		{"北京北京市朝阳区演示路1号", "北京市|北京市|朝阳区|演示路1号|"},
		{"北京市市辖区朝阳区演示路1号", "北京市|北京市|朝阳区|演示路1号|"},
		{"重庆忠县演示路1号", "重庆市|重庆市|忠县|演示路1号|"},
		{"重庆市县忠县演示路1号", "重庆市|重庆市|忠县|演示路1号|"},
		{"上海浦东新区演示路1号", "上海市|上海市|浦东新区|演示路1号|"},
		{"上海市黄浦区南京东路1号", "上海市|上海市|黄浦区|南京东路1号|"},
		{"北京密云县演示镇1号", "北京市|北京市|密云区|演示镇1号|"},

		// special administrative regions, autonomous regions
		{"香港特别行政区沙田区演示街1号", "香港特别行政区|香港特别行政区|沙田区|演示街1号|"},
		{"香港沙田区演示街1号", "香港特别行政区|香港特别行政区|沙田区|演示街1号|"},
		{"澳门花地玛堂区演示街1号", "澳门特别行政区|澳门特别行政区|花地玛堂区|演示街1号|"},
		{"台湾省台北市大安区演示路1号", "台湾省|台北市|大安区|演示路1号|"},
		{"内蒙古呼和浩特新城区演示路1号", "内蒙古自治区|呼和浩特市|新城区|演示路1号|"},
		{"内蒙赤峰市红山区演示路1号", "内蒙古自治区|赤峰市|红山区|演示路1号|"},
		{"广西省南宁市青秀区演示路1号", "广西壮族自治区|南宁市|青秀区|演示路1号|"},
		{"新疆乌鲁木齐天山区演示路1号", "新疆维吾尔自治区|乌鲁木齐市|天山区|演示路1号|"},
		{"西藏拉萨城关区演示路1号", "西藏自治区|拉萨市|城关区|演示路1号|"},

		// 省直辖县, and cities without districts
		{"海南省琼海市嘉积镇演示街1号", "海南省|琼海市||嘉积镇演示街1号|"},
		{"海南陵水县英州镇1号", "海南省|陵水黎族自治县||英州镇1号|"},
		{"湖北省省直辖县级行政区划仙桃市演示路1号", "湖北省|仙桃市||演示路1号|"},
		{"河南济源演示路1号", "河南省|济源市||演示路1号|"},
		{"新疆石河子市演示路1号", "新疆维吾尔自治区|石河子市||演示路1号|"},
		{"东莞市长安镇演示路1号", "广东省|东莞市|长安镇|演示路1号|"},
		{"广东东莞南城街道演示路1号", "广东省|东莞市|南城街道|演示路1号|"},

		// a county or a town with its city left out, autonomous prefectures
		{"江苏省昆山市花桥镇1号", "江苏省|苏州市|昆山市|花桥镇1号|"},
		{"江苏昆山花桥镇1号", "江苏省|苏州市|昆山市|花桥镇1号|"},
		{"浙江义乌北苑街道1号", "浙江省|金华市|义乌市|北苑街道1号|"},
		{"江苏省苏州市昆山市演示路1号", "江苏省|苏州市|昆山市|演示路1号|"},
		{"新疆和田市演示巷1号", "新疆维吾尔自治区|和田地区|和田市|演示巷1号|"},
		{"湖北恩施州恩施市演示路1号", "湖北省|恩施土家族苗族自治州|恩施市|演示路1号|"},
		{"湖南湘西吉首市演示路1号", "湖南省|湘西土家族苗族自治州|吉首市|演示路1号|"},
		{"青海海南州共和县演示路1号", "青海省|海南藏族自治州|共和县|演示路1号|"},

		// names that are within other names
		{"吉林市船营区演示路1号", "吉林省|吉林市|船营区|演示路1号|"},
		{"吉林吉林船营区演示路1号", "吉林省|吉林市|船营区|演示路1号|"},
		{"吉林省吉林市船营区演示路1号", "吉林省|吉林市|船营区|演示路1号|"},
		{"吉林长春朝阳区演示路1号", "吉林省|长春市|朝阳区|演示路1号|"},
		{"辽宁朝阳双塔区演示路1号", "辽宁省|朝阳市|双塔区|演示路1号|"},
		{"海南省海口市龙华区演示路1号", "海南省|海口市|龙华区|演示路1号|"},
		{"哈尔滨道里区演示路1号", "黑龙江省|哈尔滨市|道里区|演示路1号|"},
		{"浙江台州路桥区演示路1号", "浙江省|台州市|路桥区|演示路1号|"},

		// districts that are no more, and those that are in no list
		{"广东广州东山区演示路1号", "广东省|广州市|东山区|演示路1号|"},
		{"福建三明沙县演示路1号", "福建省|三明市|沙县区|演示路1号|"},
		{"成都高新区演示大道1号", "四川省|成都市|高新区|演示大道1号|"},
		{"江苏苏州工业园区演示街1号", "江苏省|苏州市|苏州工业园区|演示街1号|"},

		// streets that are called after places
		{"南京路123号", "|||南京路123号|address-no-region"},
		{"北京东路88号", "|||北京东路88号|address-no-region"},
		{"上海南京路123号", "上海市|上海市||南京路123号|address-no-district"},
		{"广州市天河路208号", "广东省|广州市||天河路208号|address-no-district"},
		{"中国银行大厦1号", "|||中国银行大厦1号|address-no-region"},
		{"南京大学演示校区", "|||南京大学演示校区|address-no-region"},
		{"大同镇演示路1号", "|||大同镇演示路1号|address-no-region"},

		{"朝阳区演示路1号", "|||朝阳区演示路1号|address-no-region"}, // there are two
		{"演示路2号", "|||演示路2号|address-no-region"},
		{"", "||||address-no-region"},
		{"广东省演示路2号", "广东省|||演示路2号|address-no-city"},
		{"江苏省鼓楼区演示路2号", "江苏省|||鼓楼区演示路2号|address-no-city"}, // Nanjing has one, and Xuzhou
		{"浙江杭州西湖文三路90号", "浙江省|杭州市||西湖文三路90号|address-no-district"},
		{"江苏省南京市余杭区演示路1号", "江苏省|南京市||余杭区演示路1号|address-region-wrong"},
		{"无锡市昆山市演示路1号", "江苏省|无锡市||昆山市演示路1号|address-region-wrong"},
		{"广东省南京市鼓楼区演示路1号", "广东省|||南京市鼓楼区演示路1号|address-region-wrong"},
		{"广东省浙江省杭州市演示路1号", "广东省|||浙江省杭州市演示路1号|address-region-wrong"},
	} {
		p := split(c.line)
		if got := strings.Join([]string{p.region.Province, p.region.City, p.region.District, p.rest, p.problem}, "|"); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.line, got, c.want)
		}
	}
}

// TestJoinedAndSplit: every region of the list comes back from an address that
// begins with its full names, and so does what stands behind, whatever it is.
func TestJoinedAndSplit(t *testing.T) {
	lines, err := unpack()
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 0))
	defer func() {
		if t.Failed() {
			t.Logf("seed %d", seed)
		}
	}()
	for _, line := range lines {
		fields := strings.Split(line, "\t")
		regions := []pii.Region{}
		for _, d := range strings.Fields(fields[2]) {
			regions = append(regions, pii.Region{Province: fields[0], City: fields[1], District: d})
		}
		if fields[2] == "" {
			regions = append(regions, pii.Region{Province: fields[0], City: fields[1]})
		}
		for _, region := range regions {
			for range 3 {
				comesBack(t, region, trim(behindIt(random)))
			}
		}
	}
}

// behindIt makes what may stand behind a region: streets called after places,
// kinds of places without a name, anything.
func behindIt(random *rand.Rand) string {
	pieces := strings.Fields("省 市 区 县 旗 州 盟 镇 乡 村 路 街 街道 大道 场 东 北京 上海 南京市 吉林 朝阳 朝阳区 海南 新区 中国 演示 人民 1号 23 a - ( 栋 室 \u4dae \U0002a6a5")
	var b strings.Builder
	for range 1 + random.IntN(6) {
		b.WriteString(pieces[random.IntN(len(pieces))])
	}
	return b.String()
}

func comesBack(t *testing.T, region pii.Region, rest string) {
	t.Helper()
	line := pii.NewAddress(region, rest).Reveal()
	if line == rest || region.City == region.Province && strings.HasPrefix(rest, strings.TrimSuffix(region.Province, "市")) {
		return // the rest begins with its own region
	}
	p := split(line)
	if p.region != region || p.rest != rest {
		t.Errorf("%q: %+v and %q, want %+v and %q", line, p.region, p.rest, region, rest)
	}
	if p.problem != "" {
		t.Errorf("%q: %s", line, p.problem)
	}
	if a, problem := Split(line); problem != p.problem || a.Region() != region {
		t.Errorf("Split = %+v, %s", a.Region(), problem)
	}
}

// FuzzSplit: nothing is lost but what stands between the parts and the words that
// were replaced by their full names, and it takes no time.
func FuzzSplit(f *testing.F) {
	for _, s := range []string{"广东广州海珠区演示路2号", "北京市市辖区朝阳区1号", "重庆市县忠县", "收货地址：收货地址:::", "海南海南海南", "\xe5\xb9\xbf", "中国中国中国", "江苏昆山\u3000，，", strings.Repeat("北京市", 999)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		p := split(line)
		if !strings.HasSuffix(strings.TrimSpace(line), p.rest) {
			t.Errorf("%q: %q is not its end", line, p.rest)
		}
		if p.region.City != "" && p.region.Province == "" || p.region.District != "" && p.region.City == "" {
			t.Errorf("%q: %+v", line, p.region)
		}
		if p.problem == "" && p.region.City == "" {
			t.Errorf("%q: no problem and no city", line)
		}
		if again := split(p.region.Province + p.region.City + p.region.District + p.rest); p.problem == "" && again.region != p.region {
			t.Errorf("%q: %+v, read again %+v", line, p.region, again.region)
		}
		for _, province := range []string{"", p.region.Province} {
			dialable(line, province)
		}
		street(p.rest)
	})
}
