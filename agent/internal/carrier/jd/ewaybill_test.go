package jd_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/jd"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

func ewaybill(t *testing.T, g *gateway) *jd.Ewaybill {
	t.Helper()
	return &jd.Ewaybill{Issuer: *issuer(t, g)}
}

const created = `{"jingdong_logistics_ewaybill_waybill_create_responce":{"code":"0","response":{"statusCode":0,"statusMessage":"成功","data":` +
	`{"platformOrderNo":"249786309732","waybillCodeInfoList":[%s]}}}}`

func TestEwaybill(t *testing.T) {
	own := []waybill.Parcel{{Barcode: "YT1", Number: "YT1", Index: 1, Count: 2}, {Barcode: "YT2", Number: "YT2", Index: 2, Count: 2}}
	together := []waybill.Parcel{{Barcode: "YT1-1", Index: 1, Count: 2}, {Barcode: "YT1-2", Index: 2, Count: 2}}
	for _, test := range []struct {
		name, infos string
		parcels     int
		want        []waybill.Parcel
	}{
		{"one", `{"waybillCode":"YT1"}`, 1, []waybill.Parcel{{Barcode: "YT1", Index: 1, Count: 1}}},
		{"one, with its box", `{"waybillCode":"YT1","waybillPackageNoList":[{"serialNumber":1,"packageNo":"YT1"}]}`, 1, []waybill.Parcel{{Barcode: "YT1", Index: 1, Count: 1}}},
		{"two of their own", `{"waybillCode":"YT1","waybillPackageNoList":[]},{"waybillCode":"YT2"}`, 2, own},
		{"two together", `{"waybillCode":"YT1","waybillPackageNoList":[{"serialNumber":2,"packageNo":"YT1-2"},{"serialNumber":1,"packageNo":"YT1-1"}]}`, 2, together},
		{"two together, counted from 0", `{"waybillCode":"YT1","waybillPackageNoList":[{"serialNumber":0,"packageNo":"YT1-1"},{"serialNumber":1,"packageNo":"YT1-2"}]}`, 2, together},
		{"none", ``, 1, nil},
		{"an empty one", `{"waybillCode":""}`, 1, nil},
		{"one of two", `{"waybillCode":"YT1"}`, 2, nil},
		{"a box without a number", `{"waybillCode":"YT1","waybillPackageNoList":[{"serialNumber":1,"packageNo":"YT1-1"},{"serialNumber":2}]}`, 2, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := demoOrder()
			o.Parcels = test.parcels
			w, err := ewaybill(t, &gateway{answer: fmt.Sprintf(created, test.infos)}).Issue(t.Context(), o)
			if test.want == nil {
				if !errors.Is(err, carrier.ErrUnknown) {
					t.Errorf("Issue = %+v, %v; want ErrUnknown", w.Parcels, err)
				}
				return
			}
			if err != nil || w.Number != "YT1" || !reflect.DeepEqual(w.Parcels, test.want) {
				t.Errorf("Issue = %s %+v, %v; want %+v", w.Number, w.Parcels, err, test.want)
			}
		})
	}
}

func TestWhatAnEwaybillIsAskedWith(t *testing.T) {
	g := &gateway{answer: fmt.Sprintf(created, `{"waybillCode":"YT1"},{"waybillCode":"YT2"}`)}
	e, o := ewaybill(t, g), demoOrder()
	e.Together, e.SignReturnService = true, "SIGN"
	o.Services = order.Services{Collect: 5990, Insured: 100000, SignReturn: order.PaperReturn, Parcels: 2}
	if _, err := e.Issue(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	got, ok := g.params["request"].(map[string]any)
	if !ok || g.method != "logistics.ewaybill.waybill.create" {
		t.Fatalf("%s asked with %v", g.method, g.params)
	}
	for name, want := range map[string]any{
		"providerCode": "YTO", "platformOrderNo": "249786309732", "waybillCount": 2.0, "quantity": 2.0, "payType": 1.0, "shouldPayMoney": 59.9,
		"needGuarantee": true, "guaranteeMoney": 1000.0, "childMotherOrder": true, "serviceList": []any{map[string]any{"name": "SIGN"}},
		"toAddress": map[string]any{"provinceName": "广东", "cityName": "广州市", "countryName": "海珠区", "countrysideName": "赤岗街道",
			"address": "广东广州市海珠区赤岗街道演示路2号", "contact": "李䶮", "mobile": "13800001234", "oaid": "o1-demo-oaid-0001"},
		"goodsList": []any{map[string]any{"code": "A", "name": "演示商品", "quantity": 2.0}, map[string]any{"name": "另一件", "quantity": 1.0}},
	} {
		if !reflect.DeepEqual(got[name], want) {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	e.SignReturnService = ""
	var r *carrier.Refusal
	if _, err := e.Issue(t.Context(), o); !errors.As(err, &r) || r.Code != "service-not-set-up" || g.asked != 1 {
		t.Errorf("Issue without the service's name = %v", err)
	}
}

func TestTheRestOfTheNewerFamily(t *testing.T) {
	g := &gateway{answer: `{"jingdong_logistics_ewaybill_waybill_cancel_responce":{"code":"0","response":{"statusCode":0}}}`}
	e := ewaybill(t, g)
	if err := e.Cancel(t.Context(), "YT1"); err != nil || g.method != "logistics.ewaybill.waybill.cancel" || g.params["waybillCode"] != "YT1" || g.params["vendorCode"] != "10000001" {
		t.Errorf("Cancel = %v by %s with %v", err, g.method, g.params)
	}
	g.answer = `{"x_responce":{"code":"0","response":{"statusCode":-1,"statusMessage":"已揽收"}}}`
	if err := e.Cancel(t.Context(), "YT1"); notice.CodeOf(err) != "cancel-refused" {
		t.Errorf("Cancel = %v", err)
	}
	g.answer = strings.Replace(contracts, "resultInfo", "returnType", 1)
	if list, err := e.Contracts(t.Context()); err != nil || len(list) != 2 || g.method != "logistics.ewaybill.contract.query" {
		t.Errorf("Contracts = %v, %v by %s", list, err, g.method)
	}
	g.answer = fmt.Sprintf(created, `{"waybillCode":"YT2"}`)
	w, _ := e.Adopt(demoOrder(), []waybill.Number{"YT1"})
	if err := e.Append(t.Context(), demoOrder(), &w); err != nil || len(w.Parcels) != 2 || g.method != "logistics.ewaybill.waybill.append" || g.params["parentWaybillCode"] != "YT1" {
		t.Errorf("Append = %v by %s with %v: %+v", err, g.method, g.params, w.Parcels)
	}
}
