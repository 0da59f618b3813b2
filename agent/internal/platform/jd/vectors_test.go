package jd_test

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/jos/tde"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/platform/jd"
	"miandan/agent/internal/privacy"
	"miandan/templates/waybill"
)

// Answers as the reference to JD's interfaces writes them out.
const (
	publishedOrder    = `{"jingdong_pop_order_enGet_responce":{"code":"0","orderDetailInfo":{"apiResult":{"success":true,"numberCode":0,"chineseErrCode":"","englishErrCode":""},"orderInfo":{"orderId":"249786309732","venderId":"10000001","orderType":"22","orderState":"WAIT_SELLER_STOCK_OUT","orderStateRemark":"等待出库","payType":"4-在线支付","orderPayment":"59.00","freightPrice":"0.00","orderRemark":"请放门口","venderRemark":"","orderStartTime":"2026-11-23 09:00:01","paymentConfirmTime":"2026-11-23 09:00:31","modified":"2026-11-23 09:00:31","parentOrderId":"0","directParentOrderId":"0","idSopShipmenttype":67,"storeOrder":"","returnOrder":"0","sendpayMap":"{\"34\":\"3\"}","consigneeInfo":{"fullname":"AASFpOM5FR/kMq+hZEmNHc2pEBESExQVFhcYGRobHB0eH4OVwKAmlrrudxLHMMs5gvU=","mobile":"138*******4","telephone":"138*******4","fullAddress":"AASFpOM5FR/kMq+hZEmNHc2pEBESExQVFhcYGRobHB0eH5tyXqXGB8JzU3p08U7bNBFibdOVr4n8v4NvheX1sqvASn1ZpF14uIj+uYzwIcXELxyOtJo7afAWaX4FVgyl0W4=","province":"广东","city":"广州市","county":"海珠区","town":"赤岗街道","provinceId":"19","cityId":"1601","countyId":"3634","townId":"63199","oaid":"o1-demo-oaid-0001","desen_mobile":"00aa11bb22cc33dd44ee55ff66778899aabbccddeeff00112233445566778899001122","desen_telephone":"00aa11bb22cc33dd44ee55ff66778899aabbccddeeff00112233445566778899001122"},"itemInfoList":[{"skuId":"10054887745652","outerSkuId":"SKU-A-01","skuName":"演示商品 白色","jdPrice":"59.00","itemTotal":"1","wareId":"10020665903516","productNo":"A-01","giftPoint":"0","newStoreId":"0"}]}}}}`
	publishedSearch   = `{"jingdong_pop_order_enSearch_responce":{"code":"0","searchorderinfo_result":{"apiResult":{"success":true,"numberCode":0},"orderTotal":1,"orderInfoList":[{"orderId":"249786309732","orderState":"WAIT_SELLER_STOCK_OUT"}]}}}`
	publishedShipment = `{"jingdong_pop_order_shipment_responce":{"code":"0","sopjosshipment_result":{"success":true,"errorCode":"0","chineseErrCode":"","englishErrCode":""}}}`
	publishedReceiver = `{"jingdong_jos_order_oaid_decrypt_responce":{"code":"0","returnType":{"code":200,"requestId":"req-0001","message":"success","data":[{"orderId":249786309732,"oaid":"o1-demo-oaid-0001","customerName":"张三[4740]","address":"广东广州市海珠区赤岗街道演示路1号[4740]","consMobilePhone":"17000000000-4740","customerPhone":"","consMobilePhoneFuzzy":"138****1234","privacyProtection":true,"expiration":"2026-12-23 16:30:00"}]}}}`
)

func publishedAnswers() map[string]func(map[string]any) string {
	return withKeys(map[string]func(map[string]any) string{
		search: says(publishedSearch), get: says(publishedOrder), ship: says(publishedShipment), decrypt: says(publishedReceiver),
	})
}

// What the published order is without its receiver.
func publishedFacts(t *testing.T, o order.Order) {
	t.Helper()
	beijing := time.FixedZone("", 8*3600)
	if o.Key != (order.Key{Source: "jd", ID: "249786309732"}) || o.State != order.ToShip || o.Merchant != order.SOP || o.Price != 5900 ||
		o.Collect != 0 || o.Remark != "请放门口" || o.Note != "" || o.Parent != "" || o.IsParent || o.Shipment != "" || o.Plan != "" ||
		o.Subscription || o.Consignee != "o1-demo-oaid-0001" || o.RegionIDs != (order.RegionIDs{Province: 19, City: 1601, District: 3634, Town: 63199}) ||
		!o.PaidAt.Equal(time.Date(2026, 11, 23, 9, 0, 31, 0, beijing)) || !o.Deadline().Equal(time.Date(2026, 11, 25, 9, 0, 31, 0, beijing)) ||
		!slices.Equal(o.Items, []waybill.Item{{SKU: "SKU-A-01", Name: "演示商品 白色", Quantity: 1}}) {
		t.Errorf("the order is %+v", o)
	}
}

// The published order is one of the first mode: name and address are cipher
// texts, the phone is masked. The published answer of oaid.decrypt opens it.
func TestPublishedOrder(t *testing.T) {
	g := &gateway{answers: publishedAnswers()}
	list, _, err := g.source(t).Orders(t.Context(), "")
	if err != nil || len(list) != 1 {
		t.Fatalf("Orders = %d orders, %v", len(list), err)
	}
	o := list[0]
	publishedFacts(t, o)
	if o.PhoneKind != waybill.PhoneVirtual || o.Receiver.Phone.Reveal() != "17000000000-4740" || o.Receiver.Name.Reveal() != "张三" ||
		o.Receiver.Address.Reveal() != "广东广州市海珠区赤岗街道演示路1号" || !o.VirtualUntil.Equal(time.Date(2026, 12, 23, 16, 30, 0, 0, jos.Beijing)) {
		t.Errorf("the receiver is %q, %q, %q, %s until %v", o.Receiver.Name.Reveal(), o.Receiver.Address.Reveal(), o.Receiver.Phone.Reveal(), o.PhoneKind, o.VirtualUntil)
	}
	if want := []string{search, get, voucher, keys, decrypt}; !slices.Equal(g.asked, want) {
		t.Errorf("asked %v, want %v", g.asked, want)
	}
	call, ok := privacy.Of(o)
	if c := call.Reveal(); !ok || c.Main != "17000000000" || c.Extension != "4740" || c.Dial(notice.Chinese) != "拨打 17000000000，接通后按 4740#" ||
		c.Text(notice.Chinese) != "发短信到 17000000000，内容以 #4740# 开头" {
		t.Errorf("it is called by %+v", c)
	}
}

func TestPublishedOrderThatStaysClosed(t *testing.T) {
	g := &gateway{answers: publishedAnswers()}
	s := g.source(t)
	s.OAID.Off = true
	o, err := s.Order(t.Context(), "249786309732")
	if err != nil {
		t.Fatal(err)
	}
	publishedFacts(t, o)
	if o.PhoneKind != waybill.PhoneMasked || o.Receiver.Phone.Reveal() != "138*******4" || o.Receiver.Name.Reveal() != "张三" ||
		o.Receiver.Address.Reveal() != "广东广州市海珠区赤岗街道演示路1号" || o.NumberAsked() != "phone-masked" || o.SealedNumberAsked() != "" {
		t.Errorf("the receiver is %q, %q, %q, %s", o.Receiver.Name.Reveal(), o.Receiver.Address.Reveal(), o.Receiver.Phone.Reveal(), o.PhoneKind)
	}
}

// The other modes in which JD gives a receiver, as the published order with its
// receiver's fields changed.
func TestPublishedOrderInEveryMode(t *testing.T) {
	const phone = `"mobile":"138*******4","telephone":"138*******4"`
	name, place := `"fullname":"`+sealedName+`"`, `"fullAddress":"`+sealedPlace+`"`
	for _, test := range []struct {
		mode    string
		replace []string
		kind    waybill.PhoneKind
		phone   string
	}{
		{"all cipher", []string{phone, `"mobile":"` + sealedPhone + `","telephone":"` + sealedPhone + `"`}, waybill.PhoneReal, "13800001234"},
		{"all plain", []string{phone, `"mobile":"13800001234","telephone":"13800001234"`, name, `"fullname":"张三"`, place, `"fullAddress":"广东广州市海珠区赤岗街道演示路1号"`}, waybill.PhoneReal, "13800001234"},
		{"virtual", []string{phone, `"mobile":"17000000000","telephone":""`, name, `"fullname":"张三[4740]"`, place, `"fullAddress":"广东广州市海珠区赤岗街道演示路1号[4740]"`}, waybill.PhoneVirtual, "17000000000-4740"},
		{"dual output", []string{phone, `"mobile":"138*******4","encrypt_mobile":"` + sealedPhone + `"`}, waybill.PhoneReal, "13800001234"},
	} {
		t.Run(test.mode, func(t *testing.T) {
			changed := strings.NewReplacer(test.replace...).Replace(publishedOrder)
			if changed == publishedOrder {
				t.Fatal("nothing was changed")
			}
			g := &gateway{answers: withKeys(map[string]func(map[string]any) string{get: says(changed)})}
			o, err := g.source(t).Order(t.Context(), "249786309732")
			if err != nil {
				t.Fatal(err)
			}
			publishedFacts(t, o)
			if o.PhoneKind != test.kind || o.Receiver.Phone.Reveal() != test.phone || o.Receiver.Name.Reveal() != "张三" ||
				o.Receiver.Address.Reveal() != "广东广州市海珠区赤岗街道演示路1号" || o.NumberAsked() != "" {
				t.Errorf("%q, %q, %q, %s, %q", o.Receiver.Name.Reveal(), o.Receiver.Address.Reveal(), o.Receiver.Phone.Reveal(), o.PhoneKind, o.NumberAsked())
			}
		})
	}
}

// JD's words for the states of an order, §2.2.
func TestPublishedStates(t *testing.T) {
	for word, want := range map[string]order.State{
		"WAIT_SELLER_STOCK_OUT": order.ToShip, "WAIT_SELLER_DELIVERY": order.ToShip, "WAIT_GOODS_RECEIVE_CONFIRM": order.Shipped,
		"FINISHED_L": order.Shipped, "TRADE_CANCELED": order.Cancelled, "PARENT_TRADE_CANCELED": order.Cancelled, "LOCKED": order.Locked,
		"POP_ORDER_PAUSE": order.Paused, "PAUSE": order.Paused, "WAIT_SEND_CODE": order.Other, "DELIVERY_RETURN": order.Other, "UN_KNOWN": order.Other,
	} {
		g := &gateway{answers: publishedAnswers()}
		g.answers[get] = says(strings.Replace(publishedOrder, "WAIT_SELLER_STOCK_OUT", word, 1))
		o, err := g.source(t).Order(t.Context(), "249786309732")
		if err != nil || o.State != want || (want != order.ToShip) != (o.NumberAsked() != "") {
			t.Errorf("%s: %s, %q, %v, want %s", word, o.State, o.NumberAsked(), err, want)
		}
	}
}

// JD's numbers of the kinds of orders, §2.2; one for something used on the spot
// never ships.
func TestPublishedOrderTypes(t *testing.T) {
	for number, want := range map[string]struct {
		merchant order.Merchant
		state    order.State
	}{
		"22": {order.SOP, order.ToShip}, "21": {order.FBP, order.ToShip}, "112": {order.FCS, order.ToShip}, "142": {order.SOP, order.ToShip}, "75": {order.SOP, order.Other},
	} {
		g := &gateway{answers: publishedAnswers()}
		g.answers[get] = says(strings.Replace(publishedOrder, `"orderType":"22"`, `"orderType":"`+number+`"`, 1))
		o, err := g.source(t).Order(t.Context(), "249786309732")
		if err != nil || o.Merchant != want.merchant || o.State != want.state {
			t.Errorf("%s: %s, %s, %v", number, o.Merchant, o.State, err)
		}
	}
}

// carrierNumbers are JD's numbers of carriers, §2.3, by JD's own codes of them.
var carrierNumbers = map[waybill.Carrier]string{
	"JD": "2087", "SF": "467", "YTO": "463", "STO": "470", "ZTO": "1499", "YUNDA": "1327", "EMS": "465", "EMSBZ": "3668",
	"POSTB": "2170", "DBKD": "3046", "UC": "1747", "SURE": "2105", "ZJS": "1409", "KYE": "599866", "ANXB": "596494",
	"JDKY": "773574", "JDDJ": "336878", "ZY": "881232",
}

// otherNumbers are those of §2.3 whose carriers have no code in any public
// source: the settings give them one.
var otherNumbers = map[waybill.Carrier]string{
	"DBWL": "2130", "ZTOKY": "680414", "YUNDAKY": "731302", "FW": "1819479", "SELF": "1274", "FETCH": "332098",
}

func TestPublishedCarrierNumbers(t *testing.T) {
	g := &gateway{answers: publishedAnswers()}
	s := g.source(t)
	s.CarrierIDs = map[string]string{}
	for code, id := range otherNumbers {
		s.CarrierIDs[string(code)] = id
	}
	all := maps.Clone(carrierNumbers)
	maps.Copy(all, otherNumbers)
	for code, id := range all {
		g.params = nil
		if err := s.Shipped(t.Context(), order.Key{Source: jd.Name, ID: "249786309732"}, code, "JDVC00000000001"); err != nil {
			t.Errorf("%s: %v", code, err)
			continue
		}
		if got, want := g.params[0], (fields{"orderId": "249786309732", "logiCoprId": id, "logiNo": "JDVC00000000001"}); !maps.Equal(got, want) {
			t.Errorf("%s: told %v, want %v", code, got, want)
		}
	}
}

// shipment is the published answer with another verdict, in either spelling.
func shipment(t *testing.T, snake bool, code, words string) string {
	t.Helper()
	var a map[string]map[string]any
	if err := json.Unmarshal([]byte(publishedShipment), &a); err != nil {
		t.Fatal(err)
	}
	result := fields{"success": false, "errorCode": code, "chineseErrCode": words, "englishErrCode": ""}
	if snake {
		result = fields{"success": "false", "error_code": code, "chinese_err_code": words, "english_err_code": ""}
	}
	a["jingdong_pop_order_shipment_responce"]["sopjosshipment_result"] = result
	b, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPublishedShipmentInBothSpellings(t *testing.T) {
	for _, snake := range []bool{false, true} {
		// A working ERP tells JD again after these: they are no refusal.
		for _, code := range []string{"999999", "99999999"} {
			g := &gateway{answers: publishedAnswers()}
			g.answers[ship] = says(shipment(t, snake, code, "系统繁忙"))
			err := g.source(t).Shipped(t.Context(), order.Key{Source: jd.Name, ID: "249786309732"}, "JD", "JDVC00000000001")
			if notice.CodeOf(err) != jos.NoticeBackEnd || !strings.Contains(err.Error(), code) {
				t.Errorf("snake case %v: %v, want %s", snake, err, jos.NoticeBackEnd)
			}
		}
		g := &gateway{answers: publishedAnswers()}
		g.answers[ship] = says(shipment(t, snake, "10101", "订单状态不允许"))
		err := g.source(t).Shipped(t.Context(), order.Key{Source: jd.Name, ID: "249786309732"}, "JD", "JDVC00000000001")
		var n *notice.Error
		if !errors.As(err, &n) || n.Code != "shipped-refused" || !strings.Contains(err.Error(), "10101") || !strings.Contains(n.Text(notice.Chinese), "订单状态不允许") {
			t.Errorf("snake case %v: %v", snake, err)
		}
	}
}

// A field whose key JD does not give, or that does not open with it, is told
// of: the order stands sealed, and nobody would know why.
func TestPublishedOrderWithoutItsKey(t *testing.T) {
	for want, change := range map[notice.Code]func(map[string]func(map[string]any) string){
		tde.NoticeNoKey: func(a map[string]func(map[string]any) string) {
			a[keys] = says(`{"x":{"code":"0","response":{"status_code":0,"service_key_list":[]}}}`)
		},
		tde.NoticeDamaged: func(a map[string]func(map[string]any) string) {
			a[get] = says(strings.Replace(publishedOrder, "fullname\":\"AASF", "fullname\":\"AgSF", 1))
		},
	} {
		g := &gateway{answers: publishedAnswers()}
		change(g.answers)
		s := g.source(t)
		s.OAID.Off = true
		var told []notice.Code
		s.Trouble = func(err error) { told = append(told, notice.CodeOf(err)) }
		o, err := s.Order(t.Context(), "249786309732")
		if err != nil || o.NumberAsked() != "receiver-sealed" || !slices.Contains(told, want) {
			t.Errorf("%s: %q, %v, told %v", want, o.NumberAsked(), err, told)
		}
	}
}
