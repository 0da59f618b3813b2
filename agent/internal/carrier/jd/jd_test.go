package jd_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/jd"
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

var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func issuer(t *testing.T, g *gateway) *jd.Issuer {
	t.Helper()
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	return &jd.Issuer{
		Client:       &jos.Client{Gateway: server.URL, AppKey: "K", AppSecret: secret.New("S"), AccessToken: secret.New("TOKEN0001"), Backoff: time.Millisecond},
		ProviderCode: "YTO", ProviderName: "圆通速递", ProviderID: 463, BranchCode: "210001", VendorCode: "10000001", VendorName: "演示旗舰店",
		SalePlatform: "0010001", Weight: 1.5, Volume: 2000, SenderRegions: order.RegionIDs{Province: 2, City: 2817, District: 51973},
		Sender: waybill.Party{Name: pii.NewName("演示仓"), Phone: pii.NewPhone("021-80000001"),
			Address: pii.NewAddress(pii.Region{Province: "上海", City: "上海市", District: "闵行区"}, "演示路1号")},
		Now: func() time.Time { return now },
	}
}

func demoOrder() order.Order {
	return order.Order{
		Key: order.Key{Source: "jd", ID: "249786309732"}, State: order.ToShip, Remark: "请放门口", Consignee: "o1-demo-oaid-0001", PhoneKind: waybill.PhoneReal,
		RegionIDs: order.RegionIDs{Province: 19, City: 1601, District: 3634, Town: 63199},
		Items:     []waybill.Item{{SKU: "A", Name: "演示商品", Quantity: 2}, {Name: "另一件", Quantity: 1}},
		Receiver: waybill.Party{Name: pii.NewName("李䶮"), Phone: pii.NewPhone("13800001234"),
			Address: pii.NewAddress(pii.Region{Province: "广东", City: "广州市", District: "海珠区", Town: "赤岗街道"}, "演示路2号")},
	}
}

const given = `{"statusCode":0,"statusMessage":"成功","data":{"platformOrderNo":"249786309732","waybillCodeList":["YT0000000000001"]}}`

func TestWhatANumberIsAskedWith(t *testing.T) {
	g := &gateway{answer: given}
	if _, err := issuer(t, g).Issue(t.Context(), demoOrder()); err != nil {
		t.Fatal(err)
	}
	text, ok := g.params["content"].(string)
	if g.method != "ldop.alpha.waybill.receive" || !ok {
		t.Fatalf("%s was asked with %v, want content as JSON text", g.method, g.params)
	}
	const want = `{"waybillType":1,"waybillCount":1,"providerId":463,"providerCode":"YTO","branchCode":"210001",` +
		`"salePlatform":"0010001","platformOrderNo":"249786309732","vendorCode":"10000001","vendorName":"演示旗舰店","vendorOrderCode":"249786309732",` +
		`"weight":1.5,"volume":2000,"goodsName":"演示商品","promiseTimeType":0,"payType":0,"goodsMoney":0,"shouldPayMoney":0,` +
		`"needGuarantee":false,"guaranteeMoney":0,"receiveTimeType":0,` +
		`"fromAddress":{"provinceId":2,"provinceName":"上海","cityId":2817,"cityName":"上海市","countryId":51973,"countryName":"闵行区",` +
		`"address":"上海市闵行区演示路1号","contact":"演示仓","phone":"021-80000001"},` +
		`"toAddress":{"provinceId":19,"provinceName":"广东","cityId":1601,"cityName":"广州市","countryId":3634,"countryName":"海珠区",` +
		`"countrysideId":63199,"countrysideName":"赤岗街道","address":"广东广州市海珠区赤岗街道演示路2号","contact":"李䶮","mobile":"13800001234","oaid":"o1-demo-oaid-0001"}}`
	if text != want {
		t.Errorf("content\n got %s\nwant %s", text, want)
	}
}

func TestAVirtualNumberIsToldInJDsForm(t *testing.T) {
	g := &gateway{answer: given}
	o := demoOrder()
	o.Receiver.Phone, o.PhoneKind = pii.NewPhone("17000000000-4740"), waybill.PhoneVirtual
	w, err := issuer(t, g).Issue(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	var content struct {
		To struct{ Contact, Mobile, Address string } `json:"toAddress"`
	}
	if err := json.Unmarshal([]byte(g.params["content"].(string)), &content); err != nil {
		t.Fatal(err)
	}
	if c := content.To; c.Contact != "李䶮[4740]" || c.Mobile != "17000000000" || !strings.HasSuffix(c.Address, "演示路2号[4740]") {
		t.Errorf("told %+v", c)
	}
	if w.Receiver.Phone.Reveal() != "17000000000-4740" || w.Receiver.Name.Reveal() != "李䶮" || w.PhoneKind != waybill.PhoneVirtual {
		t.Error("the label's receiver is not the order's")
	}
}

func TestIssue(t *testing.T) {
	const wrapped = `{"jingdong_ldop_alpha_waybill_receive_responce":{"code":"0","resultInfo":%s}}`
	for _, test := range []struct {
		name, answer string
		status       int
		refusal      string // code
		class        error
		notice       notice.Code
	}{
		{"given", given, 0, "", nil, ""},
		{"given, wrapped", fmt.Sprintf(wrapped, given), 0, "", nil, ""},
		{"given, status as a text", strings.Replace(given, "0,", `"0",`, 1), 0, "", nil, ""},
		{"wrong parameter", `{"statusCode":1,"statusMessage":"参数错误：branchCode"}`, 0, "carrier-refused", nil, ""},
		{"refused", `{"statusCode":-1,"statusMessage":"未签约"}`, 0, "carrier-refused", nil, ""},
		{"refused, wrapped", fmt.Sprintf(wrapped, `{"statusCode":"-1","statusMessage":"面单库存不足","data":null}`), 0, "stock-out", nil, ""},
		{"asked for before", `{"statusCode":1,"statusMessage":"订单重复下单"}`, 0, "", carrier.ErrUnknown, "order-has-number"},
		{"JD timed out behind", `{"statusCode":-1,"statusMessage":"调用快递公司超时"}`, 0, "", carrier.ErrUnknown, "carrier-trouble"},
		{"a status nobody knows", `{"statusCode":500,"statusMessage":"?"}`, 0, "", carrier.ErrUnknown, "carrier-trouble"},
		{"no status", fmt.Sprintf(wrapped, `{}`), 0, "", carrier.ErrUnknown, jos.NoticeAnswer},
		{"no number", `{"statusCode":0,"data":{"waybillCodeList":[]}}`, 0, "", carrier.ErrUnknown, jos.NoticeAnswer},
		{"an empty number", `{"statusCode":0,"data":{"waybillCodeList":[""]}}`, 0, "", carrier.ErrUnknown, jos.NoticeAnswer},
		{"two numbers", `{"statusCode":0,"data":{"waybillCodeList":["YT1","YT2"]}}`, 0, "", carrier.ErrUnknown, jos.NoticeAnswer},
		{"cut off", given[:60], 0, "", carrier.ErrUnknown, jos.NoticeAnswer},
		{"a proxy's page", `<html>13800001234</html>`, 502, "", carrier.ErrUnknown, jos.NoticeAnswer},
		{"token expired", `{"error_response":{"code":"19"}}`, 0, "", carrier.ErrUnsent, jos.NoticeToken},
		{"quota", `{"error_response":{"code":"2"}}`, 0, "", carrier.ErrUnsent, jos.NoticeQuota},
		{"no permission", `{"error_response":{"code":"24"}}`, 0, "", carrier.ErrUnsent, jos.NoticePermission},
		{"system", `{"error_response":{"code":"43"}}`, 0, "", carrier.ErrUnknown, jos.NoticeBackEnd},
		{"back end lost", `{"error_response":{"code":"66"}}`, 0, "", carrier.ErrUnknown, jos.NoticeBackEnd},
		{"never seen", `{"error_response":{"code":"9999"}}`, 0, "", carrier.ErrUnknown, jos.NoticeError},
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
			case test.class != nil || test.refusal != "" || w.Number != "YT0000000000001":
				t.Errorf("number %q, want an error", w.Number)
			}
			if err != nil && (strings.Contains(err.Error(), "1380000") || strings.Contains(err.Error(), "TOKEN0001")) {
				t.Errorf("the error says too much: %v", err)
			}
		})
	}
}

func TestWaybill(t *testing.T) {
	i := issuer(t, &gateway{answer: given})
	o := demoOrder()
	w, err := i.Issue(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if w.Carrier != "YTO" || w.CarrierName != "圆通速递" || w.Order != o.ID || w.Shop != "演示旗舰店" || w.Remark != o.Remark || !w.IssuedAt.Equal(now) ||
		w.PhoneKind != waybill.PhoneReal || len(w.Items) != 2 || !w.Sender.Name.Equal(i.Sender.Name) || !w.Receiver.Phone.Equal(o.Receiver.Phone) {
		t.Errorf("waybill %+v", w)
	}
	if len(w.Parcels) != 1 || w.Parcels[0] != (waybill.Parcel{Barcode: "YT0000000000001", Index: 1, Count: 1}) {
		t.Errorf("parcels %+v", w.Parcels)
	}
}

func TestNothingIsSentWithoutNetwork(t *testing.T) {
	i := issuer(t, &gateway{})
	i.Client = &jos.Client{Gateway: "http://127.0.0.1:1/routerjson", AppKey: "K", AppSecret: secret.New("S")}
	if _, err := i.Issue(t.Context(), demoOrder()); !errors.Is(err, carrier.ErrUnsent) || notice.CodeOf(err) != jos.NoticeUnreachable {
		t.Errorf("Issue = %v, want jd-unreachable, unsent", err)
	}
	i.Weight = 1 / (i.Weight - 1.5) // a weight that JSON cannot say
	if _, err := i.Issue(t.Context(), demoOrder()); !errors.Is(err, carrier.ErrUnsent) || notice.CodeOf(err) != notice.Internal {
		t.Errorf("Issue = %v, want internal, unsent", err)
	}
}

func TestFindOnlyWhereTheNumberStaysTheSame(t *testing.T) {
	i := issuer(t, &gateway{answer: given})
	if i.CanFind() {
		t.Error("CanFind without the setting")
	}
	i.SameNumberAgain = true
	if w, err := i.Find(t.Context(), demoOrder()); !i.CanFind() || err != nil || w.Number != "YT0000000000001" {
		t.Errorf("Find = %q, %v (CanFind %v)", w.Number, err, i.CanFind())
	}
}

func TestRoute(t *testing.T) {
	const data = `{"waybillCode":"YT1","bigShotName":"广州转运中心","bigShotCode":"300","gatherCenterName":"广州集包","gatherCenterCode":"020902","branchName":"海珠赤岗",` +
		`"secondSectionCode":"B12","thirdSectionCode":"005","road":"019","fromBranchName":"演示网点","toBranchName":"海珠"}`
	const wrapped = `{"jingdong_ldop_alpha_vendor_bigshot_query_responce":{"code":"0","resultInfo":{"statusCode":0,"data":%s}}}`
	whole := waybill.Routing{Code: "300-B12-005", Name: "广州转运中心", Hub: "广州集包", HubCode: "020902", Site: "海珠", Road: "019", OriginBranch: "演示网点"}
	for _, test := range []struct {
		name, answer string
		want         waybill.Routing
		code         notice.Code
	}{
		{"an object", fmt.Sprintf(wrapped, data), whole, ""},
		{"a list", fmt.Sprintf(wrapped, "["+data+"]"), whole, ""},
		{"bare", `{"statusCode":"0","data":` + data + `}`, whole, ""},
		{"no third section", fmt.Sprintf(wrapped, `{"bigShotCode":"300","secondSectionCode":"B12","branchName":"赤岗"}`), waybill.Routing{Code: "300-B12", Site: "赤岗"}, ""},
		{"a third section alone", fmt.Sprintf(wrapped, `{"bigShotName":"广州","thirdSectionCode":"005"}`), waybill.Routing{Code: "005", Name: "广州"}, ""},
		{"null", fmt.Sprintf(wrapped, "null"), waybill.Routing{}, jos.NoticeAnswer},
		{"an empty list", fmt.Sprintf(wrapped, "[]"), waybill.Routing{}, jos.NoticeAnswer},
		{"nothing in it", fmt.Sprintf(wrapped, "{}"), waybill.Routing{}, jos.NoticeAnswer},
		{"a text", fmt.Sprintf(wrapped, `"?"`), waybill.Routing{}, jos.NoticeAnswer},
		{"refused", `{"statusCode":-1,"data":` + data + `}`, waybill.Routing{}, jos.NoticeAnswer},
		{"token", `{"error_response":{"code":"19"}}`, waybill.Routing{}, jos.NoticeToken},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := &gateway{answer: test.answer}
			w := waybill.Waybill{Number: "YT1"}
			err := issuer(t, g).Route(t.Context(), &w)
			if test.code != "" && notice.CodeOf(err) != test.code || test.code == "" && err != nil || w.Routing != test.want {
				t.Errorf("Route = %v, %+v; want %q, %+v", err, w.Routing, test.code, test.want)
			}
			if g.params["waybillCode"] != "YT1" || g.params["providerCode"] != "YTO" || g.params["providerId"] != 463.0 {
				t.Errorf("asked with %v", g.params)
			}
		})
	}
}

func TestCancel(t *testing.T) {
	const wrapped = `{"jingdong_ldop_alpha_waybill_api_unbind_responce":{"code":"0","resultInfo":%s}}`
	for _, test := range []struct {
		name, answer string
		code         notice.Code // empty: taken back
	}{
		{"taken back", fmt.Sprintf(wrapped, `{"statusCode":0}`), ""},
		{"bare", `{"statusCode":"0"}`, ""},
		{"refused", fmt.Sprintf(wrapped, `{"statusCode":-1,"statusMessage":"已揽收"}`), "cancel-refused"},
		{"in trouble", fmt.Sprintf(wrapped, `{"statusCode":-1,"statusMessage":"系统繁忙，请稍后重试"}`), jos.NoticeBackEnd},
		{"no status", fmt.Sprintf(wrapped, `{}`), jos.NoticeAnswer},
		{"back end lost", `{"error_response":{"code":"66"}}`, jos.NoticeBackEnd},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := &gateway{answer: test.answer}
			err := issuer(t, g).Cancel(t.Context(), "YT1")
			if test.code != "" && notice.CodeOf(err) != test.code || test.code == "" && err != nil {
				t.Errorf("Cancel = %v, want %q", err, test.code)
			}
			if g.asked != 1 || g.method != "ldop.alpha.waybill.api.unbind" || g.params["waybillCode"] != "YT1" || g.params["providerCode"] != "YTO" {
				t.Errorf("%s asked %d times with %v", g.method, g.asked, g.params)
			}
		})
	}
}
