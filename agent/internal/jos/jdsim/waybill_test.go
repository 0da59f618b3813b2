package jdsim

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	receive   = "jingdong.ldop.alpha.waybill.receive"
	bigShot   = "jingdong.ldop.alpha.vendor.bigshot.query"
	unbind    = "jingdong.ldop.alpha.waybill.api.unbind"
	stock     = "jingdong.ldop.alpha.vendor.stock.queryByProviderCode"
	contracts = "jingdong.ldop.alpha.provider.sign.success"
	express   = "jingdong.ldop.waybill.receive"
	intercept = "jingdong.ldop.receive.order.intercept"
)

// content is a good request for one YTO number.
func content(order string) object {
	return object{
		"waybillType": 1, "waybillCount": 1, "providerId": 463, "providerCode": "YTO", "branchCode": "210001",
		"salePlatform": "0010001", "platformOrderNo": order, "vendorCode": DefaultVendorID, "vendorName": DefaultVendorName,
		"weight": 0, "volume": "0.00", "payType": 0, "goodsMoney": 59, "shouldPayMoney": 0,
		"needGuarantee": false, "guaranteeMoney": 0, "receiveTimeType": 0,
		"fromAddress": object{"provinceName": "上海", "cityName": "闵行区", "address": "上海闵行区演示路1号", "contact": "演示仓", "phone": "021-80000001"},
		"toAddress": object{
			"provinceId": 19, "provinceName": "广东", "cityName": "广州市", "countryName": "海珠区",
			"address": "广东广州市海珠区赤岗街道演示路1号", "contact": "张三", "mobile": "13800001234",
		},
	}
}

// with returns c with one field changed; "toAddress.contact" reaches inside.
func with(c object, field string, value any) object {
	c = maps.Clone(c)
	if outer, inner, ok := strings.Cut(field, "."); ok {
		c[outer] = with(c[outer].(object), inner, value)
		return c
	}
	c[field] = value
	return c
}

func numbersOf(t *testing.T, answer any) []string {
	t.Helper()
	var s []string
	for _, n := range dig(t, answer, "data.waybillCodeList").([]any) {
		s = append(s, n.(string))
	}
	return s
}

func TestWujieReceive(t *testing.T) {
	g := open(t, Config{})
	nested := ask(t, g, receive, object{"content": content("1")})
	asText := ask(t, g, receive, object{"content": string(encode(content("2")))})
	a, b := numbersOf(t, nested), numbersOf(t, asText)
	if nested["statusCode"] != 0.0 || !regexp.MustCompile(`^YT\d{13}$`).MatchString(a[0]) || a[0] == b[0] {
		t.Errorf("nested %v, as text %v", nested, asText)
	}
	if again := numbersOf(t, ask(t, g, receive, object{"content": content("1")})); again[0] != a[0] {
		t.Errorf("the same order: %v, want %v", again, a)
	}
	if got := g.Stock("YTO"); got != 986 {
		t.Errorf("stock %d, want 986", got)
	}
	g.SameNumberAgain(false)
	if other := numbersOf(t, ask(t, g, receive, object{"content": content("1")})); slices.Contains(slices.Concat(a, b), other[0]) {
		t.Errorf("the same order with the switch off: %v once more", other)
	}
	g.SameNumberAgain(true)
	if many := numbersOf(t, ask(t, g, receive, object{"content": with(content("3"), "waybillCount", 3)})); len(many) != 3 || many[0] == many[2] {
		t.Errorf("three numbers: %v", many)
	}
	events := []Event{}
	for _, e := range g.Journal() {
		events = append(events, e.Event)
	}
	if want := []Event{Number, Number, Again, Number, Number, Number, Number}; !slices.Equal(events, want) {
		t.Errorf("journal %v, want %v", events, want)
	}

	wrapped := open(t, Config{Dialect: Dialect{WrappedReceive: true, StringStatusCode: true}})
	if got := dig(t, ask(t, wrapped, receive, object{"content": content("1")}), "resultInfo.statusCode"); got != "0" {
		t.Errorf("wrapped: statusCode %v", got)
	}
}

func TestWujieReceiveRefuses(t *testing.T) {
	g := open(t, Config{})
	g.AddOrder(Order{ID: "1", OAID: "o1-1", Paid: noon}, Order{ID: "2", State: Cancelled, Paid: noon})
	cipher := g.tde.seal("张三")
	for _, row := range []struct {
		field string
		value any
		code  float64
		word  string
	}{
		{"waybillType", nil, 1, "waybillType"},
		{"waybillType", 4, 1, "waybillType"},
		{"waybillCount", 0, 1, "waybillCount"},
		{"waybillCount", 100, 1, "waybillCount"},
		{"providerCode", "", 1, "providerCode"},
		{"providerCode", "DBKD", 1, "未与承运商签约"},
		{"providerId", 1499, 1, "providerId"},
		{"branchCode", "", 1, "branchCode"},
		{"branchCode", "57101", 1, "不一致"},
		{"salePlatform", "JD", 1, "salePlatform"},
		{"platformOrderNo", "", 1, "platformOrderNo"},
		{"platformOrderNo", strings.Repeat("1", 500), 1, "platformOrderNo"},
		{"platformOrderNo", "9,2", -1, "订单已取消"},
		{"vendorCode", "1", 1, "vendorCode"},
		{"vendorName", "", 1, "vendorName"},
		{"weight", nil, 1, "weight"},
		{"weight", "heavy", 1, "weight"},
		{"volume", -1, 1, "volume"},
		{"needGuarantee", nil, 1, "needGuarantee"},
		{"receiveTimeType", 3, 1, "receiveTimeType"},
		{"fromAddress", nil, 1, "fromAddress"},
		{"fromAddress.contact", "", 1, "fromAddress.contact"},
		{"fromAddress.phone", "", 1, "phone、mobile"},
		{"toAddress.provinceName", "", 0, ""}, // the province's number is there
		{"toAddress.provinceId", "Guangdong", 1, "provinceId"},
		{"toAddress.contact", "", 1, "toAddress.contact"},
		{"toAddress.address", "", 1, "toAddress.address"},
		{"toAddress.mobile", "", 1, "phone、mobile"},
		{"toAddress.mobile", "138*******4", 1, "须传oaid"},
		{"toAddress.phone", "138****1234", 1, "须传oaid"},
		{"toAddress.mobile", cipher, 1, "不是电话号码"},
		{"toAddress.contact", cipher, 1, "须传oaid"},
		{"toAddress.oaid", "o1-2", 1, "oaid"},
		{"toAddress.mobile", "17000000000-4740", 0, ""},
	} {
		got := ask(t, g, receive, object{"content": with(content("1"), row.field, row.value)})
		if got["statusCode"] != row.code || row.code != 0 && !strings.Contains(got["statusMessage"].(string), row.word) {
			t.Errorf("%s = %v: %v, want %v with %q", row.field, row.value, got, row.code, row.word)
		}
	}
	masked := with(with(with(content("1"), "toAddress.mobile", "138*******4"), "toAddress.contact", cipher), "toAddress.oaid", "o1-1")
	if got := ask(t, g, receive, object{"content": masked}); got["statusCode"] != 0.0 {
		t.Errorf("masked with an oaid: %v", got)
	}
	if got := ask(t, g, receive, object{"content": "no JSON"}); got["statusCode"] != 1.0 {
		t.Errorf("content that is no JSON: %v", got)
	}
}

func TestStock(t *testing.T) {
	g := open(t, Config{Contracts: []Contract{
		{ProviderID: 463, ProviderCode: "YTO", ProviderName: "圆通快递", BranchCode: "210001", Amount: 2},
		{ProviderID: 467, ProviderCode: "SF", ProviderName: "顺丰速运", SettlementCode: "021"},
	}})
	ask(t, g, receive, object{"content": content("1")})
	ask(t, g, receive, object{"content": content("2")})
	got := ask(t, g, receive, object{"content": content("3")})
	if got["statusCode"] != -1.0 || !strings.Contains(got["statusMessage"].(string), "库存不足") {
		t.Errorf("out of stock: %v", got)
	}
	if got := ask(t, g, receive, object{"content": content("2")}); got["statusCode"] != 0.0 {
		t.Errorf("a number that is taken already needs no stock: %v", got)
	}
	args := object{"vendorCode": DefaultVendorID, "providerCode": "YTO", "branchCode": "210001"}
	if got := dig(t, ask(t, g, stock, args), "resultInfo.data.0.amount"); got != 0.0 {
		t.Errorf("stock says %v, want 0", got)
	}
	g.SetStock("YTO", 7)
	if got := dig(t, ask(t, g, stock, args), "resultInfo.data.0.amount"); got != 7.0 {
		t.Errorf("stock says %v, want 7", got)
	}
	sf := with(with(with(content("4"), "providerCode", "SF"), "providerId", 467), "branchCode", "")
	if got := ask(t, g, receive, object{"content": sf}); got["statusCode"] != 1.0 {
		t.Errorf("a direct carrier without its settlement code: %v", got)
	}
	if got := ask(t, g, receive, object{"content": with(sf, "settlementCode", "021")}); got["statusCode"] != 0.0 {
		t.Errorf("a direct carrier: %v", got)
	}
	rows := dig(t, ask(t, g, contracts, object{"vendorCode": DefaultVendorID}), "resultInfo.data")
	if dig(t, rows, "0.operationType") != 2.0 || dig(t, rows, "0.branchCode") != "210001" || dig(t, rows, "1.operationType") != 1.0 || dig(t, rows, "1.settlementCode") != "021" {
		t.Errorf("contracts %v", rows)
	}
	for _, name := range []string{stock, contracts} {
		if got := dig(t, ask(t, g, name, object{"vendorCode": "1"}), "resultInfo.statusCode"); got != 1.0 {
			t.Errorf("%s for another merchant: statusCode %v", name, got)
		}
	}
}

func TestBigShotAndUnbind(t *testing.T) {
	g := open(t, Config{})
	number := numbersOf(t, ask(t, g, receive, object{"content": content("1")}))[0]
	args := object{"waybillCode": number, "providerCode": "YTO"}
	shot := dig(t, ask(t, g, bigShot, args), "resultInfo.data").(map[string]any)
	if shot["waybillCode"] != number || shot["bigShotName"] != "广州转运中心" || shot["gatherCenterName"] != "广州集包" ||
		!regexp.MustCompile(`^\d{3}$`).MatchString(shot["bigShotCode"].(string)) {
		t.Errorf("routing %v", shot)
	}
	for _, wrong := range []object{{"waybillCode": number}, {"providerCode": "YTO"}, {"waybillCode": number, "providerCode": "ZTO"}, {"waybillCode": "YT1", "providerCode": "YTO"}} {
		for _, name := range []string{bigShot, unbind} {
			if got := dig(t, ask(t, g, name, wrong), "resultInfo.statusCode"); got == 0.0 {
				t.Errorf("%s %v went through", name, wrong)
			}
		}
	}
	if got := dig(t, ask(t, g, unbind, args), "resultInfo.statusCode"); got != 0.0 {
		t.Errorf("unbind: statusCode %v", got)
	}
	if got := dig(t, ask(t, g, unbind, args), "resultInfo.statusCode"); got != -1.0 {
		t.Errorf("unbind again: statusCode %v", got)
	}
	if got := dig(t, ask(t, g, bigShot, args), "resultInfo.statusCode"); got != -1.0 {
		t.Errorf("routing of an unbound number: statusCode %v", got)
	}
	if again := numbersOf(t, ask(t, g, receive, object{"content": content("1")})); again[0] == number {
		t.Errorf("the unbound number came back")
	}
	list := open(t, Config{Dialect: Dialect{BigShotList: true}})
	number = numbersOf(t, ask(t, list, receive, object{"content": content("1")}))[0]
	if got := dig(t, ask(t, list, bigShot, object{"waybillCode": number, "providerCode": "YTO"}), "resultInfo.data.0.waybillCode"); got != number {
		t.Errorf("routing as a list: %v", got)
	}
}

func parcelOf(order string) object {
	return object{
		"salePlat": "0010001", "customerCode": DefaultCustomerCode, "orderId": order,
		"senderName": "演示仓", "senderAddress": "上海闵行区演示路1号", "senderMobile": "13800000000",
		"receiveName": "张三", "receiveAddress": "江苏南京市玄武区演示路1号", "receiveMobile": "13800001234",
		"packageCount": 1, "weight": 1.5, "vloumn": 1000, "promiseTimeType": 2,
	}
}

func TestExpress(t *testing.T) {
	g := open(t, Config{})
	g.AddOrder(Order{ID: "1", HideName: true, Paid: noon}, Order{ID: "2", State: Cancelled, Paid: noon})
	r := dig(t, ask(t, g, express, parcelOf("1")), "receiveorderinfo_result").(map[string]any)
	number, _ := r["deliveryId"].(string)
	if r["resultCode"] != 100.0 || !regexp.MustCompile(`^JDVC\d{11}$`).MatchString(number) {
		t.Fatalf("%v", r)
	}
	for n, want := range map[string]any{
		"sourceSortCenterName": "上海分拣中心", "targetSortCenterName": "南京分拣中心", "siteName": "南京玄武营业部",
		"agingName": "特快送", "isHideName": 1.0, "isHideContractNumbers": 0.0,
	} {
		if got := dig(t, r, "preSortResult."+n); got != want {
			t.Errorf("%s = %v, want %v", n, got, want)
		}
	}
	if again := dig(t, ask(t, g, express, parcelOf("1")), "receiveorderinfo_result.deliveryId"); again != number {
		t.Errorf("the same order: %v, want %v", again, number)
	}
	for _, row := range []struct {
		field string
		value any
		word  string
	}{
		{"salePlat", "", "salePlat"},
		{"salePlat", "JD", "salePlat"},
		{"customerCode", "1", "customerCode"},
		{"orderId", nil, "orderId"},
		{"orderId", "2", "订单已取消"},
		{"senderName", "", "senderName"},
		{"senderMobile", "", "senderTel、senderMobile"},
		{"receiveName", "", "receiveName"},
		{"receiveName", g.tde.seal("张三"), "receiveName"},
		{"receiveAddress", "", "receiveAddress"},
		{"receiveAddress", "江苏***", "receiveAddress"},
		{"receiveMobile", "138*******4", "receiveMobile"},
		{"receiveMobile", "call me", "receiveMobile"},
		{"packageCount", 0, "packageCount"},
		{"packageCount", 1000, "packageCount"},
		{"weight", "", "weight"},
		{"weight", "NaN", "weight"},
		{"vloumn", nil, "vloumn"},
		{"collectionValue", 1, "collectionMoney"},
		{"guaranteeValue", 1, "guaranteeValueAmount"},
	} {
		r := dig(t, ask(t, g, express, with(parcelOf("3"), row.field, row.value)), "receiveorderinfo_result").(map[string]any)
		if r["resultCode"] == 100.0 || !strings.Contains(r["resultMessage"].(string), row.word) {
			t.Errorf("%s = %v: %v, want %q", row.field, row.value, r, row.word)
		}
	}

	stop := object{
		"vendorCode": DefaultCustomerCode, "deliveryId": number, "interceptReason": "取消",
		"cancelTime": "2026-11-23 16:30:00", "cancelOperator": "演示",
	}
	for _, row := range []struct {
		field, value string
		want         float64
	}{
		{"vendorCode", "1", 1}, {"interceptReason", "", 1}, {"deliveryId", "JDVC1", 1},
		{"vendorCode", DefaultVendorID, 100}, {"vendorCode", DefaultVendorID, 1},
	} {
		if got := dig(t, ask(t, g, intercept, with(stop, row.field, row.value)), "resultInfo.stateCode"); got != row.want {
			t.Errorf("intercept with %s = %s: stateCode %v, want %v", row.field, row.value, got, row.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for carrier, form := range map[string]string{
		"JD": `^JDVC\d{11}$`, "ZTO": `^7[3-9]\d{12}$`, "YTO": `^YT\d{13}$`,
		"STO": `^77\d{13}$`, "YUNDA": `^[34]\d{14}$`, "SF": `^SF\d{13}$`,
	} {
		seen := map[string]bool{}
		for _, start := range []uint64{0, 1 << 40} { // far on, where products overflow
			for n := start; n < start+3000; n++ {
				got := number(carrier, n)
				if !regexp.MustCompile(form).MatchString(got) || seen[got] {
					t.Fatalf("number(%s, %d) = %s: misshapen or given before", carrier, n, got)
				}
				seen[got] = true
			}
		}
	}
}

func TestPlaceOf(t *testing.T) {
	for address, want := range map[string]string{
		"广东广州市海珠区赤岗街道演示路1号": "广东|广州市|海珠区|广州",
		"浙江省杭州市西湖区北山街道":     "浙江|杭州市|西湖区|杭州",
		"上海闵行区城区演示路1号":      "上海||闵行区|上海",
		"上海市闵行区演示路1号":       "上海||闵行区|上海",
		"广西壮族自治区南宁市青秀区演示路":  "广西|南宁市|青秀区|南宁",
		"吉林吉林市船营区演示路":       "吉林|吉林市|船营区|吉林",
		"somewhere":         "|||",
	} {
		p := placeOf(address)
		if got := fmt.Sprintf("%s|%s|%s|%s", p.province, p.city, p.county, p.town()); got != want {
			t.Errorf("placeOf(%s) = %s, want %s", address, got, want)
		}
	}
	if got := (place{"北京", "朝阳区", ""}).town(); got != "北京" {
		t.Errorf("town of a district of Beijing = %s", got)
	}
}
