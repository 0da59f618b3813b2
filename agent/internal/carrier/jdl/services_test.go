package jdl_test

import (
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

func TestWhatServicesAreAskedWith(t *testing.T) {
	g := &gateway{answer: given("")}
	o := demoOrder()
	o.Services = order.Services{Collect: 5990, Insured: 100000, SignReturn: order.ElectronicReturn, Parcels: 2}
	w, err := issuer(t, g).Issue(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"packageCount": 2.0, "collectionValue": 1.0, "collectionMoney": 59.9, "guaranteeValue": 1.0, "guaranteeValueAmount": 1000.0, "signReturn": 3.0,
	} {
		if g.params[name] != want {
			t.Errorf("%s is %v, want %v", name, g.params[name], want)
		}
	}
	want := []waybill.Parcel{{Barcode: "JDVC00000000001-1-2-", Index: 1, Count: 2}, {Barcode: "JDVC00000000001-2-2-", Index: 2, Count: 2}}
	if !reflect.DeepEqual(w.Parcels, want) || w.Collect != 5990 || w.Insured != 100000 || !w.SignReturn {
		t.Errorf("waybill %+v", w)
	}
}

func TestRefusedBeforeAnybodyIsAsked(t *testing.T) {
	g := &gateway{answer: given("")}
	i, o := issuer(t, g), demoOrder()
	o.Parcels = 1000
	var r *carrier.Refusal
	if _, err := i.Issue(t.Context(), o); !errors.As(err, &r) || r.Code != "parcels-too-many" || g.asked != 0 {
		t.Errorf("Issue of 1000 parcels = %v", err)
	}
	o = demoOrder()
	o.Consignee, o.Receiver.Phone = "o1-demo-oaid-0001", pii.NewPhone("138****1234")
	if _, err := i.Issue(t.Context(), o); !errors.As(err, &r) || r.Code != "phone-masked" || g.asked != 0 {
		t.Errorf("an oaid is not known to stand in here: %v", err)
	}
	i.SameNumberAgain = true
	if _, err := i.Find(t.Context(), o); !errors.Is(err, carrier.ErrUnknown) || errors.As(err, &r) || g.asked != 0 {
		t.Errorf("Find = %v, want a number still unknown", err)
	}
}

const (
	ranged  = `{"jingdong_etms_range_check_responce":{"code":"0","resultInfo":%s}}`
	reached = `{"rcode":100,"rmessage":"成功","orderId":"249786309732","siteId":39,"siteName":"广州赤岗营业部","road":"019","sourcetSortCenterId":364,` +
		`"sourcetSortCenterName":"上海分拣中心","originalCrossCode":"12","originalTabletrolleyCode":"A-03","targetSortCenterId":1611,"targetSortCenterName":"广州分拣中心",` +
		`"destinationCrossCode":"25","destinationTabletrolleyCode":%q,"aging":1,"agingName":"特惠送","isHideName":1,"isHideContractNumbers":0}`
)

var whole = waybill.Routing{Code: "25-E3", Name: "广州分拣中心", Origin: "上海分拣中心", OriginCode: "12-A-03",
	Target: "广州分拣中心", TargetCode: "25-E3", Site: "广州赤岗营业部", Road: "019"}

func TestRouteOfANumberFoundByHand(t *testing.T) {
	for _, test := range []struct {
		name, answer string
		want         waybill.Routing
		code         notice.Code
	}{
		{"gate and trolley apart", fmt.Sprintf(ranged, fmt.Sprintf(reached, "E3")), whole, ""},
		{"gate within the trolley", fmt.Sprintf(ranged, fmt.Sprintf(reached, "25-E3")), whole, ""},
		{"out of range", fmt.Sprintf(ranged, `{"rcode":150,"rmessage":"超区"}`), waybill.Routing{}, jos.NoticeAnswer},
		{"nothing in it", fmt.Sprintf(ranged, `{"rcode":100}`), waybill.Routing{}, jos.NoticeAnswer},
		{"no permission", `{"error_response":{"code":"24"}}`, waybill.Routing{}, jos.NoticePermission},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := &gateway{answer: test.answer}
			i := issuer(t, g)
			w, err := i.Adopt(demoOrder(), []waybill.Number{"JDVC1"})
			if err != nil || w.Number != "JDVC1" || w.Parcels[0].Barcode != "JDVC1-1-1-" || w.Product != "特惠送" {
				t.Fatalf("Adopt = %+v, %v", w, err)
			}
			err = i.Route(t.Context(), &w)
			if w.Routing != test.want || test.code == "" && err != nil || test.code != "" && notice.CodeOf(err) != test.code {
				t.Errorf("Route = %v\n got %+v\nwant %+v", err, w.Routing, test.want)
			}
			if test.code == "" && (!w.HideName || w.HidePhone) {
				t.Errorf("hides name %v, phone %v", w.HideName, w.HidePhone)
			}
			p := g.params
			if g.method != "etms.range.check" || p["orderId"] != "249786309732" || p["receiveAddress"] != "广东广州市海珠区演示路2号" || p["receiverCounty"] != "海珠区" ||
				p["senderCounty"] != "闵行区" || p["customerCode"] != "010K0000000" || p["isCod"] != nil {
				t.Errorf("%s asked with %v", g.method, p)
			}
		})
	}
	g := &gateway{}
	w := waybill.Waybill{Routing: whole}
	if err := issuer(t, g).Route(t.Context(), &w); err != nil || g.asked != 0 {
		t.Errorf("routing that is there is asked for again: %v", err)
	}
	if _, err := issuer(t, g).Adopt(demoOrder(), []waybill.Number{"JDVC1", "JDVC2"}); notice.CodeOf(err) != "parcel-count" {
		t.Errorf("Adopt of two numbers = %v", err)
	}
}

func TestProveOnTheOpenPlatform(t *testing.T) {
	for _, test := range []struct {
		name, answer string
		code         notice.Code
	}{
		{"known", `{"x":{"code":"0","resultInfo":{"statusCode":0,"statusMessage":"成功","data":{"deliveryId":"JDVC1"}}}}`, ""},
		{"known, another word for success", `{"x":{"code":"0","resultInfo":{"statusCode":100,"data":{"deliveryId":"JDVC1"}}}}`, ""},
		{"not known", `{"x":{"code":"0","resultInfo":{"statusCode":1,"statusMessage":"运单号不存在"}}}`, "number-not-known"},
		{"in trouble", `{"x":{"code":"0","resultInfo":{"statusCode":1,"statusMessage":"系统异常","data":null}}}`, jos.NoticeBackEnd},
		{"nothing", `{"x":{"code":"0","resultInfo":{"statusCode":0,"data":null}}}`, "number-not-known"},
		{"no result", `{"x":{"code":"0"}}`, jos.NoticeAnswer},
		{"back end", `{"error_response":{"code":"67"}}`, jos.NoticeBackEnd},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := &gateway{answer: test.answer}
			err := issuer(t, g).Prove(t.Context(), "JDVC1")
			if test.code == "" && err != nil || test.code != "" && notice.CodeOf(err) != test.code {
				t.Errorf("Prove = %v, want %q", err, test.code)
			}
			if g.method != "ldop.waybill.query" || g.params["customerCode"] != "010K0000000" || g.params["deliveryId"] != "JDVC1" {
				t.Errorf("asked %s with %v", g.method, g.params)
			}
		})
	}
}

func TestRangeCheckedFirst(t *testing.T) {
	for _, test := range []struct {
		name, answer string
		refusal      string
		class        error
	}{
		{"reached", fmt.Sprintf(ranged, fmt.Sprintf(reached, "E3")), "", nil},
		{"out of range", fmt.Sprintf(ranged, `{"rcode":150,"rmessage":"地址超区"}`), "carrier-area", nil},
		{"another no", fmt.Sprintf(ranged, `{"rcode":150,"rmessage":"商家编码错误"}`), "carrier-refused", nil},
		{"trouble", fmt.Sprintf(ranged, `{"rcode":150,"rmessage":"系统繁忙"}`), "", carrier.ErrUnsent},
		{"nothing", fmt.Sprintf(ranged, `{}`), "", carrier.ErrUnsent},
		{"lost behind the gateway", `{"error_response":{"code":"67"}}`, "", carrier.ErrUnsent},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := &gateway{answers: map[string]string{"etms.range.check": test.answer}, answer: given("")}
			i := issuer(t, g)
			i.CheckRange = true
			w, err := i.Issue(t.Context(), demoOrder())
			var r *carrier.Refusal
			switch {
			case test.refusal != "":
				if !errors.As(err, &r) || r.Code != test.refusal {
					t.Errorf("Issue = %v, want %s", err, test.refusal)
				}
			case test.class != nil:
				if !errors.Is(err, test.class) || errors.As(err, &r) {
					t.Errorf("Issue = %v, want %v", err, test.class)
				}
			case err != nil || w.Number == "":
				t.Errorf("Issue = %v", err)
			}
			if taken := g.method == "ldop.waybill.receive"; taken != (err == nil) {
				t.Errorf("a number was asked for: %v", taken)
			}
		})
	}
}
