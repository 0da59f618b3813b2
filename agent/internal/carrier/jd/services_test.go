package jd_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

func numbers(list ...string) string {
	b, _ := json.Marshal(list)
	return fmt.Sprintf(`{"statusCode":0,"data":{"platformOrderNo":"249786309732","waybillCodeList":%s}}`, b)
}

func TestWhatServicesAreAskedWith(t *testing.T) {
	g := &gateway{answer: numbers("YT1", "YT2", "YT3")}
	o := demoOrder()
	o.Services = order.Services{Collect: 5990, Insured: 100000, SignReturn: order.PaperReturn, Parcels: 3}
	w, err := issuer(t, g).Issue(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(g.params["content"].(string)), &got); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"waybillCount": 3.0, "payType": 1.0, "goodsMoney": 59.9, "shouldPayMoney": 59.9, "needGuarantee": true, "guaranteeMoney": 1000.0, "signReturn": 1.0,
	} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	want := []waybill.Parcel{{Barcode: "YT1", Number: "YT1", Index: 1, Count: 3}, {Barcode: "YT2", Number: "YT2", Index: 2, Count: 3}, {Barcode: "YT3", Number: "YT3", Index: 3, Count: 3}}
	if w.Number != "YT1" || !reflect.DeepEqual(w.Parcels, want) {
		t.Errorf("number %s, parcels %+v", w.Number, w.Parcels)
	}
	if w.Collect != 5990 || w.Insured != 100000 || !w.SignReturn {
		t.Errorf("marks %v, %v, %v", w.Collect, w.Insured, w.SignReturn)
	}
}

func TestTheCountOfNumbersMustBeRight(t *testing.T) {
	for name, answer := range map[string]string{"one too few": numbers("YT1"), "one twice": numbers("YT1", "YT1"), "one too many": numbers("YT1", "YT2", "YT3")} {
		o := demoOrder()
		o.Parcels = 2
		if w, err := issuer(t, &gateway{answer: answer}).Issue(t.Context(), o); !errors.Is(err, carrier.ErrUnknown) || w.Number != "" {
			t.Errorf("%s: Issue = %q, %v; want ErrUnknown", name, w.Number, err)
		}
	}
}

func TestRefusedBeforeAnybodyIsAsked(t *testing.T) {
	hide := func(name, phone, address string) func(*order.Order) {
		return func(o *order.Order) {
			o.Consignee = ""
			o.Receiver = waybill.Party{Name: pii.NewName(name), Phone: pii.NewPhone(phone), Address: pii.NewAddress(o.Receiver.Address.Region(), address)}
		}
	}
	for name, test := range map[string]struct {
		change func(*order.Order)
		code   string
	}{
		"phone":            {hide("李䶮", "138****1234", "演示路2号"), "phone-masked"},
		"name":             {hide("李*", "13800001234", "演示路2号"), "receiver-masked"},
		"address":          {hide("李䶮", "13800001234", "演示路****"), "receiver-masked"},
		"said to be":       {func(o *order.Order) { o.Consignee, o.PhoneKind = "", waybill.PhoneMasked }, "phone-masked"},
		"sealed":           {func(o *order.Order) { o.Consignee, o.PhoneKind = "", waybill.PhoneSealed }, "receiver-sealed"},
		"too many parcels": {func(o *order.Order) { o.Parcels = 100 }, "parcels-too-many"},
	} {
		t.Run(name, func(t *testing.T) {
			g := &gateway{answer: given}
			i, o := issuer(t, g), demoOrder()
			i.SameNumberAgain = true
			test.change(&o)
			var r *carrier.Refusal
			if _, err := i.Issue(t.Context(), o); !errors.As(err, &r) || r.Code != test.code || g.asked != 0 || !notice.Known(notice.Code(r.Code)) {
				t.Errorf("Issue = %v after %d questions, want %s after none", err, g.asked, test.code)
			}
			if test.code == "parcels-too-many" {
				return
			}
			if _, err := i.Find(t.Context(), o); !errors.Is(err, carrier.ErrUnknown) || errors.As(err, &r) || g.asked != 0 {
				t.Errorf("Find = %v, want a number still unknown", err)
			}
		})
	}
}

func TestAnOAIDStandsForAHiddenReceiver(t *testing.T) {
	g := &gateway{answer: given}
	o := demoOrder()
	o.Receiver.Phone, o.PhoneKind = pii.NewPhone("138****1234"), waybill.PhoneMasked
	if _, err := issuer(t, g).Issue(t.Context(), o); err != nil || g.asked != 1 {
		t.Errorf("Issue = %v", err)
	}
}

func TestOutage(t *testing.T) {
	const wrapped = `{"jingdong_com_jd_ldop_alpha_waybill_api_outageQuery_responce":{"code":"0","returnType":%s}}`
	for _, test := range []struct {
		name, answer string
		refusal      string
		class        error
	}{
		{"cut off", fmt.Sprintf(wrapped, `{"statusCode":-1,"statusMessage":"该区域已停发"}`), "carrier-area", nil},
		{"served", fmt.Sprintf(wrapped, `{"statusCode":0,"statusMessage":"停发查询成功"}`), "", nil},
		{"cut off, by a flag", fmt.Sprintf(wrapped, `{"statusCode":0,"data":{"outage":true,"outageReason":"道路中断"}}`), "carrier-area", nil},
		{"served, by a flag", fmt.Sprintf(wrapped, `{"statusCode":0,"data":{"outage":false,"outageReason":""}}`), "", nil},
		{"a form that nobody knows", fmt.Sprintf(wrapped, `{"isOutage":false}`), "", nil},
		{"another no", fmt.Sprintf(wrapped, `{"statusCode":1,"statusMessage":"参数错误"}`), "", nil},
		{"no permission", `{"error_response":{"code":"24"}}`, "", carrier.ErrUnsent},
		{"back end", `{"error_response":{"code":"67"}}`, "", carrier.ErrUnsent},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := &gateway{answers: map[string]string{"com.jd.ldop.alpha.waybill.api.outageQuery": test.answer}, answer: given}
			i := issuer(t, g)
			i.CheckOutage = true
			_, err := i.Issue(t.Context(), demoOrder())
			var r *carrier.Refusal
			asked := g.params["content"] != nil
			switch {
			case test.refusal != "":
				if !errors.As(err, &r) || r.Code != test.refusal || asked {
					t.Errorf("Issue = %v, asked %v; want %s", err, asked, test.refusal)
				}
			case test.class != nil:
				if !errors.Is(err, test.class) || asked {
					t.Errorf("Issue = %v, asked %v; want %v", err, asked, test.class)
				}
			case err != nil || !asked:
				t.Errorf("Issue = %v, asked %v", err, asked)
			}
		})
	}
	g := &gateway{answers: map[string]string{"com.jd.ldop.alpha.waybill.api.outageQuery": `{"error_response":{"code":"24"}}`}}
	i := issuer(t, g)
	i.CheckOutage = true
	i.Issue(t.Context(), demoOrder())
	want := map[string]any{"providerCode": "YTO", "providerId": 463.0, "provinceId": 19.0, "provinceName": "广东", "cityId": 1601.0, "cityName": "广州市",
		"countryId": 3634.0, "countryName": "海珠区", "countrysideId": 63199.0, "countrysideName": "赤岗街道", "address": "广东广州市海珠区赤岗街道演示路2号"}
	if !reflect.DeepEqual(g.params, want) {
		t.Errorf("asked with\n got %v\nwant %v", g.params, want)
	}
}

func TestAppend(t *testing.T) {
	g := &gateway{answer: fmt.Sprintf(`{"jingdong_ldop_alpha_waybill_appendreceive_responce":{"code":"0","resultInfo":%s}}`, numbers("YT2"))}
	i, o := issuer(t, g), demoOrder()
	w, err := i.Adopt(o, []waybill.Number{"YT1"})
	if err != nil {
		t.Fatal(err)
	}
	if err := i.Append(t.Context(), o, &w); err != nil {
		t.Fatal(err)
	}
	want := []waybill.Parcel{{Barcode: "YT1", Number: "YT1", Index: 1, Count: 2}, {Barcode: "YT2", Number: "YT2", Index: 2, Count: 2}}
	if w.Number != "YT1" || !reflect.DeepEqual(w.Parcels, want) {
		t.Errorf("number %s, parcels %+v", w.Number, w.Parcels)
	}
	p := g.params
	for name, want := range map[string]any{
		"parentWaybillCode": "YT1", "waybillCount": 1.0, "platformOrderNo": "249786309732", "providerCode": "YTO",
		"fromProvinceId": 2.0, "fromContact": "演示仓", "fromPhone": "021-80000001", "fromAddressDetail": "上海市闵行区演示路1号",
		"toCountryName": "海珠区", "toCountrysideId": 63199.0, "toContact": "李䶮", "toMobile": "13800001234", "toAddressDetail": "广东广州市海珠区赤岗街道演示路2号",
	} {
		if p[name] != want {
			t.Errorf("%s is %v, want %v", name, p[name], want)
		}
	}
	for _, name := range []string{"toAddress", "fromAddress", "toOaid", "toAddressAddress"} {
		if p[name] != nil {
			t.Errorf("%s is sent", name)
		}
	}
	g.answer = numbers("YT2") // once more the same: that is no further box
	if err := i.Append(t.Context(), o, &w); !errors.Is(err, carrier.ErrUnknown) || len(w.Parcels) != 2 {
		t.Errorf("Append = %v with %d parcels", err, len(w.Parcels))
	}
	o.Receiver.Phone = pii.NewPhone("138****1234")
	var r *carrier.Refusal
	if err := i.Append(t.Context(), o, &w); !errors.As(err, &r) || r.Code != "phone-masked" {
		t.Errorf("Append of a hidden receiver = %v", err)
	}
}

func TestAdopt(t *testing.T) {
	i, o := issuer(t, &gateway{}), demoOrder()
	o.Services = order.Services{Collect: 100, Parcels: 2}
	w, err := i.Adopt(o, []waybill.Number{"YT1", "YT2"})
	if err != nil || w.Number != "YT1" || len(w.Parcels) != 2 || w.Parcels[1].Number != "YT2" || w.Collect != 100 || w.Order != o.ID {
		t.Errorf("Adopt = %+v, %v", w, err)
	}
	for _, list := range [][]waybill.Number{nil, {"YT1"}, {"YT1", "YT2", "YT3"}} {
		if _, err := i.Adopt(o, list); notice.CodeOf(err) != "parcel-count" {
			t.Errorf("Adopt of %d numbers = %v", len(list), err)
		}
	}
}

const contracts = `{"jingdong_ldop_alpha_provider_sign_success_responce":{"code":"0","resultInfo":{"statusCode":0,"statusMessage":"成功","data":[` +
	`{"providerId":463,"providerCode":"YTO","providerName":"圆通快递","providerType":1,"operationType":2,"supportCod":false,"branchCode":"210001","branchName":"演示网点",` +
	`"settlementCode":"","amount":988,"address":{"provinceId":2,"provinceName":"上海","cityId":2817,"cityName":"闵行区","countryId":51973,"countryName":"城区",` +
	`"countrysideId":0,"countrysideName":"","address":"演示路1号"}},` +
	`{"providerId":467,"providerCode":"SF","providerName":"顺丰速运","operationType":1,"supportCod":true,"settlementCode":"0210000001","valueAddedServices":[{"serviceCode":"IN01","serviceName":"保价"}]}]}}}`

func TestProve(t *testing.T) {
	for _, test := range []struct {
		name, answer string
		code         notice.Code
	}{
		{"known", published["ldop.alpha.vendor.bigshot.query"], ""},
		{"known, nothing to sort by", `{"x":{"code":"0","resultInfo":{"statusCode":0,"data":[]}}}`, ""},
		{"not known", `{"x":{"code":"0","resultInfo":{"statusCode":-1,"statusMessage":"运单号不存在"}}}`, "number-not-known"},
		{"in trouble", `{"x":{"code":"0","resultInfo":{"statusCode":-1,"statusMessage":"系统异常"}}}`, jos.NoticeBackEnd},
		{"no status", `{"x":{"code":"0"}}`, jos.NoticeAnswer},
		{"back end", `{"error_response":{"code":"67"}}`, jos.NoticeBackEnd},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := &gateway{answer: test.answer}
			err := issuer(t, g).Prove(t.Context(), "YT0000000000001")
			if test.code == "" && err != nil || test.code != "" && notice.CodeOf(err) != test.code {
				t.Errorf("Prove = %v, want %q", err, test.code)
			}
			if g.params["waybillCode"] != "YT0000000000001" || g.params["providerCode"] != "YTO" {
				t.Errorf("asked with %v", g.params)
			}
		})
	}
}

func TestContracts(t *testing.T) {
	g := &gateway{answer: contracts}
	i := issuer(t, g)
	list, err := i.Contracts(t.Context())
	if err != nil || len(list) != 2 {
		t.Fatalf("Contracts = %v, %v", list, err)
	}
	if g.method != "ldop.alpha.provider.sign.success" || g.params["vendorCode"] != "10000001" {
		t.Errorf("%s asked with %v", g.method, g.params)
	}
	yto, sf := list[0], list[1]
	if yto.ProviderID != 463 || yto.Direct || yto.BranchCode != "210001" || yto.Amount != 988 || yto.Collects ||
		yto.From.Region().Province != "上海" || yto.FromIDs != (order.RegionIDs{Province: 2, City: 2817, District: 51973}) {
		t.Errorf("YTO %+v", yto)
	}
	if !sf.Direct || !sf.Collects || sf.SettlementCode != "0210000001" || !reflect.DeepEqual(sf.Services, []string{"IN01"}) || !sf.From.Empty() {
		t.Errorf("SF %+v", sf)
	}
	if c, err := i.Signed(list); err != nil || c.ProviderName != "圆通快递" {
		t.Errorf("Signed = %+v, %v", c, err)
	}
	i.BranchCode = "999"
	if _, err := i.Signed(list); notice.CodeOf(err) != "contract-missing" {
		t.Errorf("Signed with another branch = %v", err)
	}
	i.ProviderCode, i.BranchCode, i.SettlementCode = "SF", "", "0210000001"
	if _, err := i.Signed(list); err != nil {
		t.Errorf("Signed with SF = %v", err)
	}
}

func TestBalance(t *testing.T) {
	const wrapped = `{"jingdong_ldop_alpha_vendor_stock_queryByProviderCode_responce":{"code":"0","resultInfo":%s}}`
	for _, test := range []struct {
		name, answer string
		want         int
		code         notice.Code
	}{
		{"some", fmt.Sprintf(wrapped, `{"statusCode":0,"data":[{"providerCode":"YTO","branchCode":"1","amount":5},{"providerCode":"YTO","branchCode":"210001","amount":988}]}`), 988, ""},
		{"as a text", fmt.Sprintf(wrapped, `{"statusCode":"0","data":[{"providerCode":"YTO","branchCode":"210001","amount":"7"}]}`), 7, ""},
		{"none of ours", fmt.Sprintf(wrapped, `{"statusCode":0,"data":[]}`), 0, "contract-missing"},
		{"refused", fmt.Sprintf(wrapped, `{"statusCode":-1}`), 0, jos.NoticeAnswer},
		{"token", `{"error_response":{"code":"19"}}`, 0, jos.NoticeToken},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := &gateway{answer: test.answer}
			got, err := issuer(t, g).Balance(t.Context())
			if got != test.want || test.code == "" && err != nil || test.code != "" && notice.CodeOf(err) != test.code {
				t.Errorf("Balance = %d, %v; want %d, %s", got, err, test.want, test.code)
			}
			if p := g.params; p["vendorCode"] != "10000001" || p["providerCode"] != "YTO" || p["branchCode"] != "210001" {
				t.Errorf("asked with %v", p)
			}
		})
	}
	i := issuer(t, &gateway{})
	i.BranchCode = ""
	if _, err := i.Balance(t.Context()); !errors.Is(err, carrier.ErrUncounted) {
		t.Errorf("Balance of 直营 = %v", err)
	}
}
