package jdl_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/jdl"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/secret"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// gateway gives one answer to everything, but for the methods that have their
// own.
type gateway struct {
	answer  string
	answers map[string]string
	status  int
	method  string
	params  map[string]any
	asked   int
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(b))
	g.params = nil
	json.Unmarshal([]byte(form.Get("360buy_param_json")), &g.params)
	g.method, g.asked = strings.TrimPrefix(r.URL.Query().Get("method"), "jingdong."), g.asked+1
	if g.status != 0 {
		w.WriteHeader(g.status)
	}
	if own, ok := g.answers[g.method]; ok {
		io.WriteString(w, own)
		return
	}
	io.WriteString(w, g.answer)
}

var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) // 18:00 in Beijing

func issuer(t *testing.T, g *gateway) *jdl.Issuer {
	t.Helper()
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	return &jdl.Issuer{
		Client:       &jos.Client{Gateway: server.URL, AppKey: "K", AppSecret: secret.New("S"), AccessToken: secret.New("TOKEN0001"), Backoff: time.Millisecond},
		CustomerCode: "010K0000000", Shop: "演示旗舰店", SalePlatform: "0010001", PromiseTime: 1, Weight: 1.5, Volume: 2000,
		Sender: waybill.Party{Name: pii.NewName("演示仓"), Phone: pii.NewPhone("021-80000001"),
			Address: pii.NewAddress(pii.Region{Province: "上海", City: "上海市", District: "闵行区"}, "演示路1号")},
		Now: func() time.Time { return now },
	}
}

func demoOrder() order.Order {
	return order.Order{
		Key: order.Key{Source: "jd", ID: "249786309732"}, State: order.ToShip, Remark: "请放门口", PhoneKind: waybill.PhoneReal,
		RegionIDs: order.RegionIDs{Province: 19, City: 1601, District: 3634},
		Items:     []waybill.Item{{SKU: "A", Name: "演示商品", Quantity: 2}},
		Receiver: waybill.Party{Name: pii.NewName("李䶮"), Phone: pii.NewPhone("13800001234"),
			Address: pii.NewAddress(pii.Region{Province: "广东", City: "广州市", District: "海珠区"}, "演示路2号")},
	}
}

// The published form of an answer.
const (
	sorted = `{"siteId":39,"siteName":"广州赤岗营业部","road":"019","slideNo":"6","sourceSortCenterId":364,"sourceSortCenterName":"上海分拣中心",` +
		`"sourceCrossCode":"12","sourceTabletrolleyCode":"A-03","targetSortCenterId":1611,"targetSortCenterName":"广州分拣中心",` +
		`"targetTabletrolleyCode":"25-E3","aging":1,"agingName":"特惠送","siteType":4,"isHideName":1,"isHideContractNumbers":%s}`
	result = `{"jingdong_ldop_waybill_receive_responce":{"code":"0","receiveorderinfo_result":%s}}`
)

func given(more string) string {
	return fmt.Sprintf(result, `{"resultCode":100,"resultMessage":"成功","orderId":"249786309732","deliveryId":"JDVC00000000001","transType":1,"needRetry":false`+more+`}`)
}

func TestWhatANumberIsAskedWith(t *testing.T) {
	g := &gateway{answer: given("")}
	if _, err := issuer(t, g).Issue(t.Context(), demoOrder()); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"salePlat": "0010001", "customerCode": "010K0000000", "orderId": "249786309732", "thrOrderId": "249786309732",
		"senderName": "演示仓", "senderAddress": "上海市闵行区演示路1号", "senderTel": "021-80000001",
		"receiveName": "李䶮", "receiveAddress": "广东广州市海珠区演示路2号", "receiveMobile": "13800001234",
		"province": "广东", "city": "广州市", "county": "海珠区", "provinceId": 19.0, "cityId": 1601.0, "countyId": 3634.0,
		"packageCount": 1.0, "weight": 1.5, "vloumn": 2000.0, "transType": 1.0, "goodsType": 1.0, "promiseTimeType": 1.0, "goods": "演示商品",
	}
	if g.method != "ldop.waybill.receive" || !reflect.DeepEqual(g.params, want) {
		t.Errorf("%s asked with\n got %v\nwant %v", g.method, g.params, want)
	}
}

func TestAVirtualNumberIsToldInJDsForm(t *testing.T) {
	g := &gateway{answer: given("")}
	o := demoOrder()
	o.Receiver.Phone, o.PhoneKind = pii.NewPhone("17000000000-4740"), waybill.PhoneVirtual
	w, err := issuer(t, g).Issue(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if p := g.params; p["receiveName"] != "李䶮[4740]" || p["receiveMobile"] != "17000000000" || p["receiveAddress"] != "广东广州市海珠区演示路2号[4740]" {
		t.Errorf("told %v", p)
	}
	if w.Receiver.Phone.Reveal() != "17000000000-4740" || w.PhoneKind != waybill.PhoneVirtual {
		t.Error("the label's receiver is not the order's")
	}
}

func TestIssue(t *testing.T) {
	for _, test := range []struct {
		name, answer string
		status       int
		refusal      string // code
		class        error
		notice       notice.Code
	}{
		{"given", given(""), 0, "", nil, ""},
		{"given, code as a text", strings.Replace(given(""), "100", `"100"`, 1), 0, "", nil, ""},
		{"refused", fmt.Sprintf(result, `{"resultCode":121,"resultMessage":"商家编码错误","needRetry":false}`), 0, "carrier-refused", nil, ""},
		{"out of the area", fmt.Sprintf(result, `{"resultCode":130,"resultMessage":"超区"}`), 0, "carrier-area", nil, ""},
		{"to be tried again", fmt.Sprintf(result, `{"resultCode":150,"resultMessage":"失败","needRetry":true}`), 0, "", carrier.ErrUnknown, "carrier-trouble"},
		{"asked for before", fmt.Sprintf(result, `{"resultCode":140,"resultMessage":"订单号已存在"}`), 0, "", carrier.ErrUnknown, "order-has-number"},
		{"JD timed out behind", fmt.Sprintf(result, `{"resultCode":150,"resultMessage":"系统异常","needRetry":false}`), 0, "", carrier.ErrUnknown, "carrier-trouble"},
		{"no code", fmt.Sprintf(result, `{}`), 0, "", carrier.ErrUnknown, jos.NoticeAnswer},
		{"no number", fmt.Sprintf(result, `{"resultCode":100}`), 0, "", carrier.ErrUnknown, jos.NoticeAnswer},
		{"cut off", given("")[:80], 0, "", carrier.ErrUnknown, jos.NoticeAnswer},
		{"a proxy's page", `<html>13800001234</html>`, 502, "", carrier.ErrUnknown, jos.NoticeAnswer},
		{"token expired", `{"error_response":{"code":"19"}}`, 0, "", carrier.ErrUnsent, jos.NoticeToken},
		{"signature", `{"error_response":{"code":"12"}}`, 0, "", carrier.ErrUnsent, jos.NoticeSignature},
		{"back end lost", `{"error_response":{"code":"66"}}`, 0, "", carrier.ErrUnknown, jos.NoticeBackEnd},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := &gateway{answer: test.answer, status: test.status}
			w, err := issuer(t, g).Issue(t.Context(), demoOrder())
			if g.asked != 1 {
				t.Errorf("the gateway was asked %d times, want once", g.asked)
			}
			var refusal *carrier.Refusal
			switch {
			case errors.As(err, &refusal):
				if refusal.Code != test.refusal {
					t.Errorf("refusal %v, want %q", refusal, test.refusal)
				}
			case err != nil:
				if test.class == nil || !errors.Is(err, test.class) || notice.CodeOf(err) != test.notice {
					t.Errorf("err = %v, want %v with %s", err, test.class, test.notice)
				}
			case test.class != nil || test.refusal != "" || w.Number != "JDVC00000000001":
				t.Errorf("number %q, want an error", w.Number)
			}
			if err != nil && strings.Contains(err.Error(), "1380000") {
				t.Errorf("the error says too much: %v", err)
			}
		})
	}
}

func TestWaybill(t *testing.T) {
	i, o := issuer(t, &gateway{answer: given(`,"preSortResult":` + fmt.Sprintf(sorted, "0"))}), demoOrder()
	w, err := i.Issue(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	routing := waybill.Routing{Code: "25-E3", Name: "广州分拣中心", Origin: "上海分拣中心", OriginCode: "12-A-03",
		Target: "广州分拣中心", TargetCode: "25-E3", Site: "广州赤岗营业部", Road: "019"}
	if w.Routing != routing {
		t.Errorf("routing\n got %+v\nwant %+v", w.Routing, routing)
	}
	if w.Carrier != "JD" || w.CarrierName != "京东快递" || w.Order != o.ID || w.Shop != "演示旗舰店" || w.Remark != o.Remark || !w.IssuedAt.Equal(now) ||
		w.PhoneKind != waybill.PhoneReal || len(w.Items) != 1 || !w.Sender.Name.Equal(i.Sender.Name) || !w.Receiver.Phone.Equal(o.Receiver.Phone) {
		t.Errorf("waybill %+v", w)
	}
	if len(w.Parcels) != 1 || w.Parcels[0] != (waybill.Parcel{Barcode: "JDVC00000000001-1-1-", Index: 1, Count: 1}) {
		t.Errorf("parcels %+v", w.Parcels)
	}
}

func TestWhatTheLabelHides(t *testing.T) {
	for form, want := range map[string]bool{"0": false, "1": true, `"1"`: true, "true": true, "null": false, `""`: false} {
		i := issuer(t, &gateway{answer: given(`,"preSortResult":` + fmt.Sprintf(sorted, form))})
		w, err := i.Issue(t.Context(), demoOrder())
		if err != nil || !w.HideName || w.HidePhone != want {
			t.Errorf("isHideContractNumbers %s: hides name %v and phone %v, %v; want true and %v", form, w.HideName, w.HidePhone, err, want)
		}
	}
}

func TestProduct(t *testing.T) {
	for _, test := range []struct{ name, more, want string }{
		{"JD names it", `,"promiseTimeType":2,"preSortResult":{"agingName":"特惠送"}`, "特惠送"},
		{"JD changes it", `,"promiseTimeType":2,"preSortResult":{}`, "特快送"},
		{"as asked", ``, "特惠送"},
		{"one nobody knows", `,"promiseTimeType":99`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			w, err := issuer(t, &gateway{answer: given(test.more)}).Issue(t.Context(), demoOrder())
			if err != nil || w.Product != test.want {
				t.Errorf("product %q, %v, want %q", w.Product, err, test.want)
			}
		})
	}
}

func TestNothingIsSentWithoutNetwork(t *testing.T) {
	i := issuer(t, &gateway{})
	i.Client = &jos.Client{Gateway: "http://127.0.0.1:1/routerjson", AppKey: "K", AppSecret: secret.New("S")}
	if _, err := i.Issue(t.Context(), demoOrder()); !errors.Is(err, carrier.ErrUnsent) || notice.CodeOf(err) != jos.NoticeUnreachable {
		t.Errorf("Issue = %v, want jd-unreachable, unsent", err)
	}
}

func TestFindOnlyWhereTheNumberStaysTheSame(t *testing.T) {
	i := issuer(t, &gateway{answer: given("")})
	if i.CanFind() {
		t.Error("CanFind without the setting")
	}
	i.SameNumberAgain = true
	if w, err := i.Find(t.Context(), demoOrder()); !i.CanFind() || err != nil || w.Number != "JDVC00000000001" {
		t.Errorf("Find = %q, %v (CanFind %v)", w.Number, err, i.CanFind())
	}
}

func TestCancel(t *testing.T) {
	for _, test := range []struct {
		name, answer string
		code         notice.Code // empty: taken back
	}{
		{"taken back", `{"x":{"code":"0","resultInfo":{"stateCode":100}}}`, ""},
		{"refused", `{"x":{"code":"0","resultInfo":{"stateCode":"300","stateMessage":"已揽收"}}}`, "cancel-refused"},
		{"in trouble", `{"x":{"code":"0","resultInfo":{"stateCode":"300","stateMessage":"系统繁忙"}}}`, jos.NoticeBackEnd},
		{"no result", `{"x":{"code":"0"}}`, jos.NoticeAnswer},
		{"token", `{"error_response":{"code":"19"}}`, jos.NoticeToken},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := &gateway{answer: test.answer}
			err := issuer(t, g).Cancel(t.Context(), "JDVC1")
			if test.code != "" && notice.CodeOf(err) != test.code || test.code == "" && err != nil {
				t.Errorf("Cancel = %v, want %q", err, test.code)
			}
			if p := g.params; g.asked != 1 || g.method != "ldop.receive.order.intercept" || p["deliveryId"] != "JDVC1" || p["vendorCode"] != "010K0000000" ||
				p["cancelTime"] != "2026-11-23 18:00:00" || p["interceptReason"] == "" {
				t.Errorf("%s asked %d times with %v", g.method, g.asked, p)
			}
		})
	}
}
