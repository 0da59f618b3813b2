package jdsim

import (
	"maps"
	"strings"
	"testing"
)

const (
	create      = "jingdong.logistics.ewaybill.waybill.create"
	cancelNewer = "jingdong.logistics.ewaybill.waybill.cancel"
	appendCall  = "jingdong.ldop.alpha.waybill.appendreceive"
	unbindMany  = "jingdong.ldop.alpha.waybill.unbind"
	queryNumber = "jingdong.ldop.alpha.waybill.query"
	outageQuery = "jingdong.com.jd.ldop.alpha.waybill.api.outageQuery"
	rangeCheck  = "jingdong.etms.range.check"
)

// newer is a good request of the newer family for count parcels with ZTO.
func newer(order string, count int, mother bool) object {
	return object{"request": object{
		"providerCode": "ZTO", "providerId": 1499, "branchCode": "57101", "vendorCode": DefaultVendorID, "salePlatform": "0010001",
		"platformOrderNo": order, "waybillCount": count, "payType": 0, "childMotherOrder": mother,
		"fromAddress": object{"provinceName": "上海", "cityName": "闵行区", "address": "演示路1号", "contact": "演示仓", "phone": "021-80000001"},
		"toAddress":   object{"provinceName": "广东", "cityName": "广州市", "countryName": "海珠区", "address": "演示路1号", "contact": "张三", "mobile": "13800001234"},
	}}
}

func TestNewerFamily(t *testing.T) {
	g := open(t, Config{})
	mother := dig(t, ask(t, g, create, newer("1", 3, true)), "Response.data.waybillCodeInfoList").([]any)
	number := dig(t, mother, "0.waybillCode").(string)
	if len(mother) != 1 || len(dig(t, mother, "0.waybillPackageNoList").([]any)) != 3 || dig(t, mother, "0.waybillPackageNoList.2.packageNo") != number+"-3-3-" ||
		dig(t, mother, "0.waybillPackageNoList.2.serialNumber") != 3.0 {
		t.Errorf("one number for three packages: %v", mother)
	}
	if again := dig(t, ask(t, g, create, newer("1", 3, true)), "Response.data.waybillCodeInfoList.0.waybillCode"); again != number {
		t.Errorf("the same order: %v, want %s", again, number)
	}
	single := dig(t, ask(t, g, create, newer("2", 2, false)), "Response.data.waybillCodeInfoList").([]any)
	if len(single) != 2 || dig(t, single, "1.waybillPackageNoList.0.packageNo") != dig(t, single, "1.waybillCode") {
		t.Errorf("two numbers: %v", single)
	}
	if got := g.Stock("ZTO"); got != 997 {
		t.Errorf("stock %d, want 997", got)
	}
	if e := g.Journal()[0]; e.Packages != 3 || e.Number != number {
		t.Errorf("journal %+v", e)
	}
	for _, row := range []struct {
		field string
		value any
	}{
		{"providerCode", "DBKD"}, {"vendorCode", "1"}, {"waybillCount", 0}, {"waybillCount", 100}, {"payType", ""}, {"weight", "heavy"},
		{"toAddress.provinceName", ""}, {"toAddress.mobile", "138****1234"}, {"needGuarantee", true}, {"signReturn", 9},
	} {
		args := object{"request": with(newer("3", 1, false)["request"].(object), row.field, row.value)}
		if got := dig(t, ask(t, g, create, args), "Response.statusCode"); got != 1.0 {
			t.Errorf("%s = %v: statusCode %v, want 1", row.field, row.value, got)
		}
	}
	cancel := object{"providerCode": "ZTO", "waybillCode": number, "cancelReason": "x", "vendorCode": DefaultVendorID}
	for i, want := range []float64{0, -1} {
		if got := dig(t, ask(t, g, cancelNewer, object{"request": cancel}), "Response.statusCode"); got != want {
			t.Errorf("cancel %d: statusCode %v, want %v", i+1, got, want)
		}
	}
	if got := dig(t, ask(t, g, cancelNewer, object{}), "Response.statusCode"); got != 1.0 {
		t.Errorf("cancel nothing: statusCode %v", got)
	}
	rows := dig(t, ask(t, g, "jingdong.logistics.ewaybill.contract.query", object{"request": object{"vendorCode": DefaultVendorID}}), "Response.data")
	if dig(t, rows, "0.valueAddedServices.1.serviceCode") != "COD" || dig(t, rows, "1.supportCod") != false {
		t.Errorf("contracts %v", rows)
	}
	lower := open(t, Config{Dialect: Dialect{LowerResponse: true, StringStatusCode: true}})
	if got := dig(t, ask(t, lower, create, newer("1", 1, false)), "response.statusCode"); got != "0" {
		t.Errorf("in lower case: statusCode %v", got)
	}
}

func TestAppendAndUnbindMany(t *testing.T) {
	g := open(t, Config{})
	first := numbersOf(t, ask(t, g, receive, object{"content": content("1")}))[0]
	if got := ask(t, g, appendCall, object{"content": with(content("2"), "parentWaybillCode", first)}); dig(t, got, "resultInfo.statusCode") != 1.0 {
		t.Errorf("appended to another order's number: %v", got)
	}
	more := dig(t, ask(t, g, appendCall, object{"content": with(content("1"), "parentWaybillCode", first)}), "resultInfo")
	second := numbersOf(t, more)[0]
	if second == first || g.Journal()[1].Parent != first {
		t.Errorf("appended %v, journal %+v", more, g.Journal()[1])
	}
	got := dig(t, ask(t, g, queryNumber, object{"providerCode": "YTO", "waybillCode": second}), "resultInfo.data")
	if dig(t, got, "platformOrderNo") != "1" || dig(t, got, "parentWaybillCode") != first || dig(t, got, "waybillState") != 1.0 {
		t.Errorf("query %v", got)
	}
	if got := dig(t, ask(t, g, queryNumber, object{"providerCode": "ZTO", "waybillCode": second}), "resultInfo.statusCode"); got != -1.0 {
		t.Errorf("query under another carrier: statusCode %v", got)
	}
	args := object{"platformOrderNo": "1", "providerCode": "YTO", "operatorTime": "2026-11-23 16:30:00", "operatorName": "x"}
	for _, row := range []struct {
		numbers any
		want    float64
	}{{[]any{first, "YT1"}, -1}, {[]any{}, 1}, {[]any{first, second}, 0}, {first, -1}} {
		args := maps.Clone(args)
		args["waybillCodeList"] = row.numbers
		if got := dig(t, ask(t, g, unbindMany, args), "resultInfo.statusCode"); got != row.want {
			t.Errorf("unbind %v: statusCode %v, want %v", row.numbers, got, row.want)
		}
	}
}

func TestMoneyOnDelivery(t *testing.T) {
	g := open(t, Config{})
	cod := with(content("1"), "shouldPayMoney", "59.00")
	if got := ask(t, g, receive, object{"content": cod}); got["statusCode"] != -1.0 || !strings.Contains(got["statusMessage"].(string), "代收货款") {
		t.Errorf("a carrier that collects nothing: %v", got)
	}
	zto := with(with(with(cod, "providerCode", "ZTO"), "providerId", 1499), "branchCode", "57101")
	zto = with(with(zto, "needGuarantee", true), "guaranteeMoney", 200)
	if got := ask(t, g, receive, object{"content": with(zto, "signReturn", 1)}); got["statusCode"] != 0.0 {
		t.Errorf("a carrier that collects: %v", got)
	}
	if e := g.Journal()[0]; e.Collect != "59.00" || e.Insured != "200" || e.Return != "1" {
		t.Errorf("journal %+v", e)
	}
	args := parcelOf("2")
	maps.Copy(args, object{"collectionValue": 1, "collectionMoney": 59, "guaranteeValue": 1, "guaranteeValueAmount": "100.00", "signReturn": 3, "packageCount": 2})
	number := dig(t, ask(t, g, express, args), "receiveorderinfo_result.deliveryId").(string)
	if e := g.Journal()[1]; e.Collect != "59" || e.Insured != "100.00" || e.Return != "3" || e.Packages != 2 {
		t.Errorf("journal %+v", e)
	}
	q := dig(t, ask(t, g, "jingdong.ldop.waybill.query", object{"customerCode": DefaultCustomerCode, "deliveryId": number}), "resultInfo.data")
	if dig(t, q, "packageCount") != 2.0 || dig(t, q, "packageCodes.1") != number+"-2-2-" || dig(t, q, "collectionMoney") != "59" {
		t.Errorf("query %v", q)
	}
	args["signReturn"] = 5
	if got := dig(t, ask(t, g, express, args), "receiveorderinfo_result.resultCode"); got != 1.0 {
		t.Errorf("signReturn 5: resultCode %v", got)
	}
	cancel := object{"waybillCode": number, "customerCode": DefaultCustomerCode, "source": "JOS", "cancelReason": "x", "operatorName": "y"}
	for i, want := range []float64{0, 1} {
		if got := dig(t, ask(t, g, "jingdong.ldop.delivery.provider.cancelWayBill", cancel), "responseDTO.statusCode"); got != want {
			t.Errorf("cancel %d: statusCode %v, want %v", i+1, got, want)
		}
	}
	trace := dig(t, ask(t, g, "jingdong.ldop.receive.trace.get", object{"customerCode": DefaultCustomerCode, "waybillCode": number}), "querytrace_result")
	if dig(t, trace, "messsage") != "成功" || dig(t, trace, "data.1.opeTitle") != "取消" {
		t.Errorf("trace %v", trace)
	}
}

func TestOutages(t *testing.T) {
	g := open(t, Config{Outages: []Outage{{ProviderCode: "YTO", Province: "广东", City: "广州市", Reason: "疫情停发"}}})
	if got := ask(t, g, receive, object{"content": content("1")}); got["statusCode"] != -1.0 || got["statusMessage"] != "疫情停发" {
		t.Errorf("receive: %v", got)
	}
	to := object{"provinceName": "广东", "cityName": "广州市"}
	for _, row := range []struct {
		args object
		want any
	}{
		{object{"providerCode": "YTO", "toAddress": to}, true}, {object{"providerCode": "ZTO", "toAddress": to}, false},
		{object{"providerCode": "YTO", "provinceName": "广东", "cityName": "深圳市"}, false},
	} {
		if got := dig(t, ask(t, g, outageQuery, row.args), "resultInfo.data.outage"); got != row.want {
			t.Errorf("%v: outage %v, want %v", row.args, got, row.want)
		}
	}
	if got := dig(t, ask(t, g, outageQuery, object{"providerCode": "YTO"}), "resultInfo.statusCode"); got != 1.0 {
		t.Errorf("without a region: statusCode %v", got)
	}
	check := object{"salePlat": "0010001", "customerCode": DefaultCustomerCode, "orderId": "1", "receiveAddress": "广东广州市海珠区演示路1号"}
	reach := dig(t, ask(t, g, rangeCheck, check), "resultInfo").(map[string]any)
	if reach["rcode"] != 100.0 || reach["targetSortCenterName"] != "广州分拣中心" || reach["sourcetSortCenterId"] == nil {
		t.Errorf("range %v", reach)
	}
	g.SetOutages(Outage{Province: "广东"}, Outage{ProviderCode: "JD", Province: "江苏", City: "南京市"})
	if got := dig(t, ask(t, g, rangeCheck, check), "resultInfo.rcode"); got != 150.0 {
		t.Errorf("beyond the range: rcode %v", got)
	}
	if got := dig(t, ask(t, g, express, parcelOf("1")), "receiveorderinfo_result.resultMessage"); got != "该地区停发" {
		t.Errorf("express: %v", got)
	}
	g.SetOutages()
	if got := ask(t, g, receive, object{"content": content("1")}); got["statusCode"] != 0.0 {
		t.Errorf("once it is over: %v", got)
	}
}

func TestProvidersAndStockByID(t *testing.T) {
	g := open(t, Config{})
	if got := dig(t, ask(t, g, "jingdong.ldop.alpha.provider.query", object{"providerState": 1}), "resultInfo.data").([]any); len(got) != 5 || dig(t, got, "0.supportCod") != true {
		t.Errorf("providers %v", got)
	}
	rows := dig(t, ask(t, g, "jingdong.ldop.alpha.vendor.stock.query", object{"vendorCode": DefaultVendorID, "providerId": 463}), "resultInfo.data").([]any)
	if len(rows) != 1 || dig(t, rows, "0.amount") != 988.0 {
		t.Errorf("stock by number %v", rows)
	}
	if got := dig(t, ask(t, g, "jingdong.ldop.alpha.provider.sign.success.info.get", object{"venderCode": DefaultVendorID}), "resultInfo.data").([]any); len(got) != 5 {
		t.Errorf("contracts by venderCode %v", got)
	}
}
