package jd_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/jos/tde"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/platform"
	"miandan/agent/internal/platform/jd"
	"miandan/agent/internal/secret"
	"miandan/templates/waybill"
)

// gateway answers by method with what a test wants to be said.
type gateway struct {
	answers map[string]func(params map[string]any) string
	asked   []string
	params  []map[string]any
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(b))
	var params map[string]any
	json.Unmarshal([]byte(form.Get("360buy_param_json")), &params)
	method := strings.TrimPrefix(r.URL.Query().Get("method"), "jingdong.")
	g.asked, g.params = append(g.asked, method), append(g.params, params)
	if answer, ok := g.answers[method]; ok {
		io.WriteString(w, answer(params))
		return
	}
	io.WriteString(w, `{"error_response":{"code":"15"}}`)
}

const (
	search, get, ship = "pop.order.enSearch", "pop.order.enGet", "pop.order.shipment"
	voucher, keys     = "jos.voucher.info.get", "jos.master.key.get"
)

var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) // 18:00 in Beijing

func (g *gateway) source(t *testing.T) *jd.Source {
	t.Helper()
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	client := &jos.Client{Gateway: server.URL, AppKey: "K", AppSecret: secret.New("S"), AccessToken: secret.New("T"), Backoff: time.Millisecond}
	clock := func() time.Time { return now }
	return &jd.Source{Client: client, Vault: &tde.Vault{Gateway: client, Now: clock}, LookBack: 7 * 24 * time.Hour, PageSize: 2, Now: clock}
}

func says(s string) func(map[string]any) string { return func(map[string]any) string { return s } }

// listed is what a search of JD's says.
func listed(total int, orders ...string) string {
	return fmt.Sprintf(`{"x_responce":{"code":"0","searchorderinfo_result":{"apiResult":{"success":true},"orderTotal":%d,"orderInfoList":[%s]}}}`,
		total, strings.Join(orders, ","))
}

func detailed(order string) string {
	return `{"x_responce":{"code":"0","orderDetailInfo":{"apiResult":{"success":true,"numberCode":0},"orderInfo":` + order + `}}}`
}

// The fields of the published form of an order, with its cipher texts.
const (
	sealedPhone = "AASFpOM5FR/kMq+hZEmNHc2pEBESExQVFhcYGRobHB0eHxsvlZnXQNS15T7/1eW5SA8="
	sealedName  = "AASFpOM5FR/kMq+hZEmNHc2pEBESExQVFhcYGRobHB0eH4OVwKAmlrrudxLHMMs5gvU="
	sealedPlace = "AASFpOM5FR/kMq+hZEmNHc2pEBESExQVFhcYGRobHB0eH5tyXqXGB8JzU3p08U7bNBFibdOVr4n8v4NvheX1sqvASn1ZpF14uIj+uYzwIcXELxyOtJo7afAWaX4FVgyl0W4="
)

// written is an order in JD's words with some of them changed; nil takes a
// field out.
func written(t *testing.T, order, consignee map[string]any) string {
	t.Helper()
	to := map[string]any{
		"fullname": "张三", "mobile": "13800001234", "telephone": "13800001234", "fullAddress": "广东广州市海珠区赤岗街道演示路1号",
		"province": "广东", "city": "广州市", "county": "海珠区", "town": "赤岗街道",
		"provinceId": "19", "cityId": "1601", "countyId": "3634", "townId": "63199", "oaid": "o1-demo-oaid-0001",
	}
	all := map[string]any{
		"orderId": "249786309732", "venderId": "10000001", "orderType": "22", "orderState": "WAIT_SELLER_STOCK_OUT",
		"payType": "4-在线支付", "orderPayment": "59.90", "orderSellerPrice": "61.00", "orderRemark": "请放门口", "venderRemark": "赠品",
		"orderStartTime": "2026-11-23 09:00:01", "paymentConfirmTime": "2026-11-23 09:00:31", "modified": "2026-11-23 09:10:00",
		"parentOrderId": "0", "directParentOrderId": "0", "idSopShipmenttype": 67, "consigneeInfo": to,
		"itemInfoList": []any{map[string]any{"skuId": "10054887745652", "outerSkuId": "SKU-A-01", "skuName": "演示商品 白色", "itemTotal": "2"}},
	}
	for fields, changes := range map[*map[string]any]map[string]any{&all: order, &to: consignee} {
		maps.Copy(*fields, changes)
		maps.DeleteFunc(*fields, func(_ string, v any) bool { return v == nil })
	}
	b, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// withKeys lets the gateway give the keys of the published cipher texts.
func withKeys(answers map[string]func(map[string]any) string) map[string]func(map[string]any) string {
	ticket := base64.StdEncoding.EncodeToString([]byte(`{"sig":"","data":{"effective":1790000000000,"expired":1890000000000,"id":"demo-tid","key":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}}`))
	answers[voucher] = says(`{"x":{"code":"0","response":{"errorCode":"0","data":{"voucher":"` + ticket + `"}}}}`)
	answers[keys] = says(`{"x":{"code":"0","response":{"status_code":0,"service_key_list":[{"service":"svc-demo","grant_usage":"ED","keys":[{"id":"haTjORUf5DKvoWRJjR3NqQ==","key_string":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=","version":0,"key_status":0}]}]}}}`)
	return answers
}

type fields = map[string]any

func TestWordsOfAnOrder(t *testing.T) {
	beijing := time.FixedZone("", 8*3600)
	for _, test := range []struct {
		name   string
		change fields
		wrong  func(order.Order) bool
	}{
		{"as published", nil, func(o order.Order) bool {
			return o.State != order.ToShip || o.Merchant != order.SOP || o.Price != 5990 || o.Shipment != "" || o.Parent != "" || o.IsParent ||
				o.Remark != "请放门口" || o.Note != "赠品" || o.Consignee != "o1-demo-oaid-0001" ||
				o.RegionIDs != order.RegionIDs{Province: 19, City: 1601, District: 3634, Town: 63199} ||
				!o.PaidAt.Equal(time.Date(2026, 11, 23, 9, 0, 31, 0, beijing)) || !o.Modified.Equal(time.Date(2026, 11, 23, 9, 10, 0, 0, beijing)) ||
				!o.ReadAt.Equal(now) || len(o.Items) != 1 || o.Items[0] != waybill.Item{SKU: "SKU-A-01", Name: "演示商品 白色", Quantity: 2}
		}},
		{"shipped", fields{"orderState": "WAIT_GOODS_RECEIVE_CONFIRM"}, func(o order.Order) bool { return o.State != order.Shipped }},
		{"finished", fields{"orderState": "FINISHED_L"}, func(o order.Order) bool { return o.State != order.Shipped }},
		{"cancelled", fields{"orderState": "TRADE_CANCELED"}, func(o order.Order) bool { return o.State != order.Cancelled }},
		{"locked", fields{"orderState": "LOCKED"}, func(o order.Order) bool { return o.State != order.Locked }},
		{"on hold", fields{"orderState": "POP_ORDER_PAUSE"}, func(o order.Order) bool { return o.State != order.Paused }},
		{"a state nobody knows", fields{"orderState": "UN_KNOWN"}, func(o order.Order) bool { return o.State != order.Other }},
		{"a void parent", fields{"orderState": "PARENT_TRADE_CANCELED"}, func(o order.Order) bool { return !o.IsParent || o.NumberAsked() != "order-is-parent" }},
		{"a child", fields{"parentOrderId": "7"}, func(o order.Order) bool { return o.Parent != "7" || o.IsParent }},
		{"a grandchild", fields{"parentOrderId": "7", "directParentOrderId": 8}, func(o order.Order) bool { return o.Parent != "8" }},
		{"FBP", fields{"orderType": 21}, func(o order.Order) bool { return o.Merchant != order.FBP }},
		{"FCS", fields{"orderType": "112"}, func(o order.Order) bool { return o.Merchant != order.FCS }},
		{"nothing to ship", fields{"orderType": "75"}, func(o order.Order) bool { return o.NumberAsked() != "order-not-to-ship" }},
		{"by JD", fields{"idSopShipmenttype": 68}, func(o order.Order) bool { return o.Shipment != "jd-express" }},
		{"by JD, fetched", fields{"idSopShipmenttype": "69"}, func(o order.Order) bool { return o.Shipment != "jd-express" }},
		{"cash on delivery", fields{"paymentConfirmTime": "0001-01-01 00:00:00"}, func(o order.Order) bool {
			return !o.PaidAt.Equal(time.Date(2026, 11, 23, 9, 0, 1, 0, beijing))
		}},
		{"what the courier takes", fields{"payType": "1-货到付款"}, func(o order.Order) bool { return o.Collect != 5990 }},
		{"paid", nil, func(o order.Order) bool {
			return o.Collect != 0 || !o.EndedAt.IsZero() || o.Subscription || o.Plan != ""
		}},
		{"completed", fields{"orderEndTime": "2026-11-23 10:00:00"}, func(o order.Order) bool {
			return !o.EndedAt.Equal(time.Date(2026, 11, 23, 10, 0, 0, 0, beijing))
		}},
		{"a reason to wait", fields{"pauseBizInfo": fields{"pauseBizStatusList": []any{"7"}, "pauseBizDataYy": ""}}, func(o order.Order) bool {
			return o.NumberAsked() != "order-paused"
		}},
		{"no reason to wait", fields{"pauseBizInfo": fields{"pauseBizStatusList": []any{}}}, func(o order.Order) bool { return o.NumberAsked() != "" }},
		{"reasons in another form", fields{"pauseBizInfo": "?"}, func(o order.Order) bool { return o.NumberAsked() != "" }},
		{"a reason to wait, and cancelled", fields{"orderState": "TRADE_CANCELED", "pauseBizInfo": fields{"pauseBizStatusList": []any{7}}}, func(o order.Order) bool {
			return o.State != order.Cancelled
		}},
		{"the order that bought a plan", fields{"orderMarkDesc": fields{"regularPlan": "1"}}, func(o order.Order) bool { return o.NumberAsked() != "order-is-parent" }},
		{"a delivery of a plan", fields{"orderMarkDesc": `{"regularPlan":1}`, "parentOrderId": "7"}, func(o order.Order) bool { return o.IsParent || o.Parent != "7" }},
		{"a mark that is not set", fields{"orderMarkDesc": fields{"regularPlan": "0"}}, func(o order.Order) bool { return o.IsParent }},
		{"marks in another form", fields{"orderMarkDesc": []any{1}, "sendpayMap": "?"}, func(o order.Order) bool { return o.IsParent }},
		{"a periodical", fields{"itemInfoList": []any{fields{"skuId": 1, "skuName": "演示周刊 全年订阅 共52期", "itemTotal": 1}}}, func(o order.Order) bool {
			return !o.Subscription || len(o.Cautions()) != 1 || o.NumberAsked() != ""
		}},
		{"a periodical in a plan", fields{"parentOrderId": "7", "orderMarkDesc": fields{"regularPlan": true},
			"itemInfoList": []any{fields{"skuId": 1, "skuName": "演示周刊 全年订阅", "itemTotal": 1}}}, func(o order.Order) bool { return len(o.Cautions()) != 0 }},
		{"price as a number", fields{"orderPayment": 1234.56}, func(o order.Order) bool { return o.Price != 123456 }},
		{"a price that binary cannot say", fields{"orderPayment": "0.29"}, func(o order.Order) bool { return o.Price != 29 }},
		{"no payment", fields{"orderPayment": nil}, func(o order.Order) bool { return o.Price != 6100 }},
		{"a price that is none", fields{"orderPayment": "NaN"}, func(o order.Order) bool { return o.Price != 0 }},
		{"no goods", fields{"itemInfoList": nil}, func(o order.Order) bool { return len(o.Items) != 0 || o.NumberAsked() != "" }},
		{"a number as a number", fields{"orderId": 249786309732}, func(o order.Order) bool { return o.ID != "249786309732" }},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := &gateway{answers: map[string]func(map[string]any) string{get: says(detailed(written(t, test.change, nil)))}}
			o, err := g.source(t).Order(t.Context(), "249786309732")
			if err != nil {
				t.Fatal(err)
			}
			if test.wrong(o) {
				t.Errorf("order is %+v", o)
			}
		})
	}
}

func TestFormsOfAReceiver(t *testing.T) {
	const place = "广东广州市海珠区赤岗街道演示路1号"
	other := "AASF" + "AAAA" + sealedName[8:] // of another key
	for _, test := range []struct {
		name                 string
		change               fields
		person, phone, where string
		kind                 waybill.PhoneKind
		refusal              string
	}{
		{"plain", nil, "张三", "13800001234", place, waybill.PhoneReal, ""},
		{"sealed", fields{"fullname": sealedName, "mobile": sealedPhone, "fullAddress": sealedPlace}, "张三", "13800001234", place, waybill.PhoneReal, ""},
		{"stars and seals", fields{"fullname": sealedName, "mobile": "138*******4", "telephone": "138*******4", "fullAddress": sealedPlace}, "张三", "138*******4", place, waybill.PhoneMasked, "phone-masked"},
		{"stars, and a seal beside", fields{"mobile": "138*******4", "encrypt_mobile": sealedPhone}, "张三", "13800001234", place, waybill.PhoneReal, ""},
		{"stars, and a seal beside that stays shut", fields{"mobile": "138*******4", "telephone": "", "encrypt_mobile": other}, "张三", "138*******4", place, waybill.PhoneMasked, "phone-masked"},
		{"no mobile", fields{"mobile": "", "telephone": "0431-80000014"}, "张三", "0431-80000014", place, waybill.PhoneReal, ""},
		{"mobile null", fields{"mobile": nil, "telephone": sealedPhone}, "张三", "13800001234", place, waybill.PhoneReal, ""},
		{"mobile as a number", fields{"mobile": 13800001234}, "张三", "13800001234", place, waybill.PhoneReal, ""},
		{"no phone", fields{"mobile": "", "telephone": " "}, "张三", "", place, waybill.PhoneReal, "receiver-no-phone"},
		{"no name", fields{"fullname": ""}, "", "13800001234", place, waybill.PhoneReal, "receiver-no-name"},
		{"no address", fields{"fullAddress": ""}, "张三", "13800001234", "", waybill.PhoneReal, "receiver-no-address"},
		{"virtual", fields{"fullname": "张三[4740]", "mobile": "17000000000", "fullAddress": place + "[4740]"}, "张三", "17000000000-4740", place, waybill.PhoneVirtual, ""},
		{"virtual, joined", fields{"mobile": "17000000000-4740"}, "张三", "17000000000-4740", place, waybill.PhoneVirtual, ""},
		{"virtual, both", fields{"fullname": "张三[474012]", "mobile": "17000000000-474012", "fullAddress": place + "[474012]"}, "张三", "17000000000-474012", place, waybill.PhoneVirtual, ""},
		{"virtual, without a number", fields{"fullname": "张三[4740]", "mobile": "", "telephone": ""}, "张三", "", place, waybill.PhoneReal, "receiver-no-phone"},
		{"a room in brackets", fields{"fullAddress": place + "[301]"}, "张三", "13800001234", place + "[301]", waybill.PhoneReal, ""},
		{"a room in brackets and a virtual number", fields{"fullname": "张三[4740]", "mobile": "17000000000", "fullAddress": place + "[301]"}, "张三", "17000000000-4740", place + "[301]", waybill.PhoneVirtual, ""},
		{"a name in brackets", fields{"fullname": "张三[12]"}, "张三[12]", "13800001234", place, waybill.PhoneReal, ""},
		{"name of another key", fields{"fullname": other}, "", "", "广东广州市海珠区赤岗街道", waybill.PhoneSealed, "receiver-sealed"},
		{"address of another key", fields{"fullAddress": other}, "", "", "广东广州市海珠区赤岗街道", waybill.PhoneSealed, "receiver-sealed"},
		{"phone of another key", fields{"mobile": other, "telephone": ""}, "", "", "广东广州市海珠区赤岗街道", waybill.PhoneSealed, "receiver-sealed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := &gateway{answers: withKeys(map[string]func(map[string]any) string{search: says(listed(1, written(t, nil, test.change)))})}
			list, _, err := g.source(t).Orders(t.Context(), "")
			if err != nil || len(list) != 1 {
				t.Fatalf("Orders = %d orders, %v", len(list), err)
			}
			o := list[0]
			r := o.Receiver
			if r.Name.Reveal() != test.person || r.Phone.Reveal() != test.phone || r.Address.Reveal() != test.where || o.PhoneKind != test.kind {
				t.Errorf("got %q, %q, %q, %s; want %q, %q, %q, %s", r.Name.Reveal(), r.Phone.Reveal(), r.Address.Reveal(), o.PhoneKind,
					test.person, test.phone, test.where, test.kind)
			}
			if got := o.NumberAsked(); got != test.refusal {
				t.Errorf("NumberAsked = %q, want %q", got, test.refusal)
			}
		})
	}
}

func TestWhatStandsForTheReceiverMayLieOnTheOrder(t *testing.T) {
	for _, test := range []struct {
		name        string
		onIt, under any
		want        string
	}{
		{"on it alone", "o1-on-it", nil, "o1-on-it"},
		{"on it, the other empty", "o1-on-it", "", "o1-on-it"},
		{"under the consignee alone", nil, "o1-under", "o1-under"},
		{"both", "o1-on-it", "o1-under", "o1-under"},
		{"neither", nil, nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer := detailed(written(t, fields{"orderType": 21, "oaid": test.onIt}, fields{"oaid": test.under}))
			g := &gateway{answers: map[string]func(map[string]any) string{get: says(answer)}}
			o, err := g.source(t).Order(t.Context(), "249786309732")
			if err != nil || o.Consignee != test.want || o.Receiver.Name.Reveal() != "张三" {
				t.Errorf("Order = consignee %q, %v, want %q", o.Consignee, err, test.want)
			}
		})
	}
}

func TestKeysThatCannotBeFetchedFailTheReading(t *testing.T) {
	g := &gateway{answers: withKeys(map[string]func(map[string]any) string{search: says(listed(1, written(t, nil, fields{"fullname": sealedName})))})}
	g.answers[voucher] = says(`{"error_response":{"code":"67"}}`)
	list, cursor, err := g.source(t).Orders(t.Context(), "2026-11-23T09:00:00Z")
	if notice.CodeOf(err) != jos.NoticeBackEnd || list != nil || cursor != "2026-11-23T09:00:00Z" {
		t.Errorf("Orders = %v, %q, %v; want %s and the old cursor", list, cursor, err, jos.NoticeBackEnd)
	}
}

// An app that has no right to JD's keys reads what needs none, and has the rest
// opened by the call that it may use. JD is not asked for keys with each field.
func TestAnAppWithoutTheRightToKeys(t *testing.T) {
	orders := []string{written(t, fields{"orderId": "1"}, nil), written(t, fields{"orderId": "2"}, fields{"fullname": sealedName, "oaid": "o-2"}), written(t, fields{"orderId": "3"}, fields{"fullname": sealedName})}
	g := &gateway{answers: withKeys(map[string]func(map[string]any) string{search: says(listed(3, orders...))})}
	g.answers[voucher] = says(`{"error_response":{"code":"24"}}`)
	g.answers[decrypt] = says(`{"x":{"returnType":{"code":200,"data":[{"orderId":2,"oaid":"o-2","customerName":"演示李四","address":"广东广州市演示路2号","consMobilePhone":"13800000002","privacyProtection":false}]}}}`)
	source := g.source(t)
	source.PageSize = 50
	var told []error
	source.Trouble = func(err error) { told = append(told, err) }
	list, _, err := source.Orders(t.Context(), "")
	if err != nil || len(list) != 3 {
		t.Fatalf("%d orders, %v", len(list), err)
	}
	refused := map[string]string{}
	for _, o := range list {
		refused[o.ID] = o.NumberAsked()
	}
	if want := map[string]string{"1": "", "2": "", "3": "receiver-sealed"}; !maps.Equal(refused, want) {
		t.Errorf("refused for %v, want %v", refused, want)
	}
	if len(told) == 0 || notice.CodeOf(told[0]) != jos.NoticePermission {
		t.Errorf("people are told %v", told)
	}
	asked := 0
	for _, method := range g.asked {
		if method == voucher {
			asked++
		}
	}
	if asked != 1 {
		t.Errorf("JD was asked for keys %d times, want once", asked)
	}
}

func TestOneOrderHoldsUpNoOther(t *testing.T) {
	good := written(t, fields{"orderId": "1"}, nil)
	for _, test := range []struct{ name, bad string }{
		{"consignee is a text", written(t, fields{"orderId": "2", "consigneeInfo": "?"}, nil)},
		{"goods are an object", written(t, fields{"orderId": "2", "itemInfoList": fields{"a": 1}}, nil)},
		{"state is a list", written(t, fields{"orderId": 2, "orderState": []any{}, "modified": fields{}}, nil)},
		{"it is not there any more", `{"orderId":"2","orderState":"WAIT_SELLER_STOCK_OUT"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := &gateway{answers: map[string]func(map[string]any) string{search: says(listed(4, test.bad, good, `"?"`, `null`))}}
			g.answers[get] = says(`{"x":{"orderDetailInfo":{"apiResult":{"success":false,"chineseErrCode":"订单不存在"}}}}`)
			source := g.source(t)
			source.PageSize = 50
			list, _, err := source.Orders(t.Context(), "")
			if err != nil || len(list) != 2 {
				t.Fatalf("%d orders, %v, want both", len(list), err)
			}
			byID := map[string]order.Order{list[0].ID: list[0], list[1].ID: list[1]}
			if o := byID["1"]; o.NumberAsked() != "" {
				t.Errorf("the good order may get no number: %s", o.NumberAsked())
			}
			if o, ok := byID["2"]; !ok || o.NumberAsked() != "order-not-to-ship" || o.Source != jd.Name {
				t.Errorf("the bad order is %+v, want one that does not ship", o)
			}
		})
	}
}

func TestAListOfNumbersAlone(t *testing.T) {
	g := &gateway{answers: map[string]func(map[string]any) string{
		search: says(listed(1, `{"orderId":"249786309732","orderState":"WAIT_SELLER_STOCK_OUT"}`)),
		get:    says(detailed(written(t, nil, nil))),
	}}
	list, _, err := g.source(t).Orders(t.Context(), "")
	if err != nil || len(list) != 1 || list[0].Receiver.Name.Reveal() != "张三" {
		t.Errorf("Orders = %v, %v, want the order read by itself", list, err)
	}
}

// An order of a list of numbers that JD is too busy to show waits, and no other with it.
func TestAnOrderThatIsNotShownWaits(t *testing.T) {
	shown := detailed(written(t, fields{"orderId": "1"}, nil))
	const busy = `{"x":{"orderDetailInfo":{"apiResult":{"success":false,"numberCode":500,"chineseErrCode":"系统繁忙"}}}}`
	late := time.Now().In(jos.Beijing).Format(jos.DateTime)
	number := func(id string) string {
		return fmt.Sprintf(`{"orderId":%q,"orderState":"WAIT_SELLER_STOCK_OUT","modified":%q}`, id, late)
	}
	second := busy
	g := &gateway{answers: map[string]func(map[string]any) string{
		search: says(listed(2, number("2"), number("1"))),
		get: func(params map[string]any) string {
			if params["order_id"] == "1" {
				return shown
			}
			return second
		},
	}}
	source := g.source(t)
	var told []notice.Code
	source.Trouble = func(err error) { told = append(told, notice.CodeOf(err)) }
	list, cursor, err := source.Orders(t.Context(), "")
	if err != nil || len(list) != 1 || list[0].ID != "1" || !slices.Equal(told, []notice.Code{jos.NoticeError}) || !strings.Contains(string(cursor), " ") {
		t.Fatalf("%d orders up to %q, %v, and people are told %v; want the other one, and that this one is read again", len(list), cursor, err, told)
	}
	g.answers[search] = says(listed(2, `{"orderId":"2","orderState":"WAIT_SELLER_STOCK_OUT"}`, number("1")))
	if list, again, err := source.Orders(t.Context(), cursor); notice.CodeOf(err) != jos.NoticeError || list != nil || again != cursor {
		t.Errorf("without a time to read it again from: %d orders up to %q, %v, want none and the cursor of before", len(list), again, err)
	}
	g.answers[search] = says(listed(2, number("2"), number("1")))
	second = detailed(written(t, fields{"orderId": "2"}, nil))
	list, cursor, err = source.Orders(t.Context(), cursor)
	if err != nil || len(list) != 2 || list[0].NumberAsked() != "" || list[1].NumberAsked() != "" || strings.Contains(string(cursor), " ") {
		t.Errorf("then %d orders up to %q, %v, want both", len(list), cursor, err)
	}
}

func TestOrderIsCertainThatThereIsNone(t *testing.T) {
	for _, test := range []struct {
		name, answer string
		none         bool
		code         notice.Code
	}{
		{"none", `{"x":{"orderDetailInfo":{"apiResult":{"success":false,"chineseErrCode":"订单不存在"}}}}`, true, jos.NoticeError},
		{"JD is busy", `{"x":{"orderDetailInfo":{"apiResult":{"success":false,"numberCode":500,"chineseErrCode":"系统繁忙"}}}}`, false, jos.NoticeError},
		{"no result", `{"x":{"code":"0"}}`, false, jos.NoticeAnswer},
		{"no order in it", `{"x":{"orderDetailInfo":{"apiResult":{"success":true}}}}`, false, jos.NoticeAnswer},
		{"another order", detailed(written(t, fields{"orderId": "1"}, nil)), false, jos.NoticeAnswer},
		{"no consignee", detailed(written(t, fields{"consigneeInfo": nil}, nil)), false, jos.NoticeAnswer},
		{"no form", detailed(written(t, fields{"consigneeInfo": "?"}, nil)), false, jos.NoticeAnswer},
		{"token", `{"error_response":{"code":"19"}}`, false, jos.NoticeToken},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := &gateway{answers: map[string]func(map[string]any) string{get: says(test.answer)}}
			_, err := g.source(t).Order(t.Context(), "249786309732")
			if errors.Is(err, platform.ErrNoOrder) != test.none || notice.CodeOf(err) != test.code {
				t.Errorf("Order = %v, want %s (none: %v)", err, test.code, test.none)
			}
		})
	}
}
