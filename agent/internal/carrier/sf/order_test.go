package sf_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/sf/sfsim"
	"miandan/agent/internal/order"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// sent returns msgData of the request that an order makes.
func sent(t *testing.T, o order.Order, settings map[string]string) (data map[string]any) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		form, err := url.ParseQuery(string(body))
		if err != nil || json.Unmarshal([]byte(form.Get("msgData")), &data) != nil {
			t.Errorf("the request is %q", body)
		}
		io.WriteString(w, given("SF7444400000001"))
	}))
	defer server.Close()
	o.Parcels = 0
	if _, err := issuerOf(t, account(server.URL, settings)).Issue(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	return data
}

func TestRequest(t *testing.T) {
	o := demoOrder()
	o.Items = []waybill.Item{{Name: "演示商品 白色", Quantity: 2}, {Name: "演示赠品", Quantity: 1}}
	got := sent(t, o, map[string]string{"call_courier": "true"})
	want := map[string]any{
		"language": "zh-CN", "orderId": reference, "monthlyCard": "7551234567", "payMethod": 1.0, "expressTypeId": 2.0, "parcelQty": 1.0,
		"totalWeight": 1.0, "isDocall": 1.0, "isReturnRoutelabel": 1.0, "isUnifiedWaybillNo": 1.0, "isGenWaybillNo": 1.0,
		"cargoDetails": []any{map[string]any{"name": "演示商品 白色", "count": 3.0, "unit": "件"}},
		"contactInfoList": []any{
			map[string]any{"contactType": 1.0, "contact": "演示仓", "tel": "021-80000001", "country": "CN", "province": "上海", "city": "上海市", "county": "闵行区", "address": "上海市闵行区演示路1号"},
			map[string]any{"contactType": 2.0, "contact": "李䶮", "mobile": "13800001234", "country": "CN", "province": "广东", "city": "广州市", "county": "海珠区", "address": "广东广州市海珠区赤岗街道演示路2号"},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("sent %v\nwant %v", got, want)
	}
}

func TestServices(t *testing.T) {
	o := demoOrder()
	o.Collect, o.Insured = 5990, 200000
	for _, test := range []struct {
		back order.SignReturn
		sign any
		want []any
	}{
		{order.NoReturn, nil, nil},
		{order.PaperReturn, 1.0, nil},
		{order.ElectronicReturn, nil, []any{map[string]any{"name": "IN91", "value": "13"}}},
		{order.BothReturn, 1.0, []any{map[string]any{"name": "IN91", "value": "13"}}},
	} {
		o.SignReturn = test.back
		got := sent(t, o, map[string]string{"collect_card": "0000000001"})
		want := append([]any{
			map[string]any{"name": "COD", "value": "59.90", "value1": "0000000001"}, map[string]any{"name": "INSURE", "value": "2000.00"},
		}, test.want...)
		if !reflect.DeepEqual(got["serviceList"], want) || got["isSignBack"] != test.sign {
			t.Errorf("receipt %d: %v, %v", test.back, got["serviceList"], got["isSignBack"])
		}
	}
	o.SignReturn = order.CheckedReturn
	i, sim := station(t, sfsim.Config{}, nil)
	_, err := i.Issue(t.Context(), o)
	var r *carrier.Refusal
	if !errors.As(err, &r) || r.Code != "service-not-set-up" || len(sim.Calls()) != 0 {
		t.Errorf("err = %v after %v", err, sim.Calls())
	}
}

func TestAVirtualNumberStandsInBrackets(t *testing.T) {
	o := demoOrder()
	o.Receiver.Phone, o.PhoneKind = pii.NewPhone("17000000000-4740"), waybill.PhoneVirtual
	to := sent(t, o, nil)["contactInfoList"].([]any)[1].(map[string]any)
	if to["mobile"] != "17000000000" || to["contact"] != "李䶮[4740]" || !strings.HasSuffix(to["address"].(string), "[4740]") {
		t.Errorf("told %v", to)
	}
}

func TestParcelsAndAReceipt(t *testing.T) {
	i, sim := station(t, sfsim.Config{}, nil)
	o := demoOrder()
	o.Parcels, o.SignReturn = 3, order.PaperReturn
	w, err := i.Issue(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	numbers := sim.Given()[reference]
	var got []string
	for n, p := range w.Parcels {
		got = append(got, p.Barcode)
		if string(p.Number) != p.Barcode || p.Index != n+1 || p.Count != 3 {
			t.Errorf("parcel %+v", p)
		}
	}
	if !slices.Equal(got, numbers) || string(w.Number) != numbers[0] || len(numbers) != 3 {
		t.Errorf("parcels %v, SF gave %v", got, numbers)
	}
	back := sim.Receipts()[reference]
	if back == "" || slices.Contains(got, back) || !w.SignReturn || string(w.SignReturnNumber) != back {
		t.Errorf("the receipt comes back under %q, the waybill says %q", back, w.SignReturnNumber)
	}
}

func TestTheFirstAddressStays(t *testing.T) {
	i, sim := station(t, sfsim.Config{}, nil)
	first, err := i.Issue(t.Context(), demoOrder())
	if err != nil {
		t.Fatal(err)
	}
	moved := demoOrder()
	moved.Receiver.Address = pii.NewAddress(pii.Region{Province: "江苏", City: "南京市", District: "鼓楼区"}, "示例大道9号")
	again, err := i.Issue(t.Context(), moved)
	if err != nil || again.Number != first.Number || again.Routing != first.Routing {
		t.Errorf("%s with %+v after %s, %v", again.Number, again.Routing, first.Number, err)
	}
	if n := len(sim.Given()[reference]); n != 1 {
		t.Errorf("%d numbers", n)
	}
}

func filtered(result, remark, numbers string) string {
	return within(`{"success":"true","errorCode":"S0000","errorMsg":null,"msgData":{"orderId":"` + reference + `","filterResult":` + result + `,"remark":` + remark + `,"waybillNoInfoList":` + numbers + `}}`)
}

func TestFilter(t *testing.T) {
	const one = `[{"waybillType":"1","waybillNo":"SF7444400000001"}]`
	for _, test := range []struct {
		name, answer, code string // a code of a refusal
		class              error
	}{
		{"deliverable", filtered("2", `""`, one), "", nil},
		{"said as a text", filtered(`"2"`, "null", one), "", nil},
		{"by hand, with a number", filtered("1", `""`, one), "", nil},
		{"by hand, without", filtered("1", `""`, "[]"), "", carrier.ErrUnknown},
		{"receiver out of range", filtered("3", `"1"`, "null"), "carrier-area", nil},
		{"sender out of range", filtered("3", "2", "null"), "carrier-area", nil},
		{"other", filtered("3", `"3"`, "null"), "carrier-refused", nil},
		{"out of range, with a number", filtered("3", `"1"`, one), "", carrier.ErrUnknown},
		{"two mothers", filtered("2", `""`, `[{"waybillType":1,"waybillNo":"SF7444400000001"},{"waybillType":1,"waybillNo":"SF7444400000002"}]`), "", carrier.ErrUnknown},
		{"a child without a mother", filtered("2", `""`, `[{"waybillType":2,"waybillNo":"SF7444400000001"}]`), "", carrier.ErrUnknown},
		{"a receipt only", filtered("2", `""`, `[{"waybillType":3,"waybillNo":"SF7444400000001"}]`), "", carrier.ErrUnknown},
		{"another order", strings.Replace(filtered("2", `""`, one), reference, "M1249786309799", 1), "", carrier.ErrUnknown},
		{"no number in it", filtered("2", `""`, `[{"waybillType":1,"waybillNo":"演示"}]`), "", carrier.ErrUnknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			w, err := issuerOf(t, account(speaks(t, test.answer), nil)).Issue(t.Context(), demoOrder())
			var r *carrier.Refusal
			switch {
			case test.class != nil && (!errors.Is(err, test.class) || w.Number != ""):
				t.Errorf("%q, %v; want %v", w.Number, err, test.class)
			case test.code != "" && (!errors.As(err, &r) || r.Code != test.code):
				t.Errorf("err = %v, want %s", err, test.code)
			case test.class == nil && test.code == "" && (err != nil || w.Number != "SF7444400000001"):
				t.Errorf("%q, %v", w.Number, err)
			}
		})
	}
}

func TestFreightThatTheReceiverPays(t *testing.T) {
	i, _ := station(t, sfsim.Config{}, map[string]string{"pay_method": "2"})
	w, err := i.Issue(t.Context(), demoOrder())
	if err != nil || !slices.Contains(w.Handling, "到付") {
		t.Errorf("%v, %v", w.Handling, err)
	}
}
