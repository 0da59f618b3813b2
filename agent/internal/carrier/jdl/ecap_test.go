package jdl_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/jdl"
	"miandan/agent/internal/lop"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/secret"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// platform answers each path of ECAP with the next of its answers, the last
// again and again. "lost" cuts the line.
type platform struct {
	answers map[string][]string
	asked   []string // "create {…}"
}

func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	path := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	if path == "get" {
		path = "status"
	}
	p.asked = append(p.asked, path+" "+string(b))
	list := p.answers[path]
	if len(list) == 0 || list[0] == "lost" {
		if len(list) > 1 {
			p.answers[path] = list[1:]
		}
		panic(http.ErrAbortHandler)
	}
	if len(list) > 1 {
		p.answers[path] = list[1:]
	}
	io.WriteString(w, list[0])
}

func (p *platform) paths() []string {
	var list []string
	for _, a := range p.asked {
		path, _, _ := strings.Cut(a, " ")
		list = append(list, path)
	}
	return list
}

func ecap(t *testing.T, p *platform) *jdl.ECAP {
	t.Helper()
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	return &jdl.ECAP{
		Client:       &lop.Client{Gateway: server.URL, AppKey: "K", AppSecret: secret.New("S"), AccessToken: secret.New("TOKEN0001")},
		CustomerCode: "010K0000000", Origin: 1, Product: "ed-m-0001", Settle: 3, Channel: "0010001", Shop: "演示旗舰店", Weight: 1.5, Volume: 2000,
		Sender: waybill.Party{Name: pii.NewName("演示仓"), Phone: pii.NewPhone("021-80000001"),
			Address: pii.NewAddress(pii.Region{Province: "上海", City: "上海市", District: "闵行区"}, "演示路1号")},
		Now: func() time.Time { return now },
	}
}

const ecapGiven = `{"success":true,"code":0,"msg":"success","subMsg":null,"data":{"orderCode":"ESL00000000000000001","waybillCode":"JDVC00000000001","freightPre":0,"needRetry":false}}`

func TestWhatECAPIsAskedWith(t *testing.T) {
	p := &platform{answers: map[string][]string{"create": {ecapGiven}}}
	o := demoOrder()
	o.Services = order.Services{Collect: 5990, Insured: 100000, SignReturn: order.PaperReturn, Parcels: 2}
	w, err := ecap(t, p).Issue(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	const want = `create [{"orderId":"249786309732","senderContact":{"name":"演示仓","phone":"021-80000001","fullAddress":"上海市闵行区演示路1号"},` +
		`"receiverContact":{"name":"李䶮","mobile":"13800001234","fullAddress":"广东广州市海珠区演示路2号"},"orderOrigin":1,"customerCode":"010K0000000",` +
		`"productsReq":{"productCode":"ed-m-0001","addedProducts":[{"productCode":"ed-a-0009","productAttrs":{"shouldPayMoney":"59.90"}},` +
		`{"productCode":"ed-a-0002","productAttrs":{"guaranteeMoney":"1000.00"}},` +
		`{"productCode":"ed-a-0010","productAttrs":{"reReceiveMode":"[\"written\"]","reReceiveType":"[\"signBill\"]"}}]},` +
		`"settleType":3,"cargoes":[{"name":"演示商品","quantity":2,"weight":1.5,"volume":2000}],"commonChannelInfo":{"channelCode":"0010001","channelOrderCode":"249786309732"}}]`
	if len(p.asked) != 1 || p.asked[0] != want {
		t.Errorf("asked\n got %s\nwant %s", strings.Join(p.asked, "\n"), want)
	}
	if w.Number != "JDVC00000000001" || w.Product != "特惠送" || w.Carrier != "JD" || len(w.Parcels) != 2 || w.Parcels[1].Barcode != "JDVC00000000001-2-2-" {
		t.Errorf("waybill %+v", w)
	}
}

func TestECAPAnswers(t *testing.T) {
	for _, test := range []struct {
		name, answer string
		refusal      string
		class        error
		notice       notice.Code
	}{
		{"given", ecapGiven, "", nil, ""},
		{"given, another yes", strings.Replace(ecapGiven, `"code":0`, `"code":"100"`, 1), "", nil, ""},
		{"refused", `{"success":false,"code":1001,"msg":"失败","subMsg":"商家编码错误","data":{}}`, "carrier-refused", nil, ""},
		{"refused, with a text for data", `{"success":false,"code":1001,"msg":"地址超区","data":"x"}`, "carrier-area", nil, ""},
		{"no success in spite of the code", `{"success":false,"code":0,"msg":"失败"}`, "carrier-refused", nil, ""},
		{"there already", `{"success":false,"code":1002,"msg":"订单号重复"}`, "", carrier.ErrUnknown, "order-has-number"},
		{"trouble", `{"success":false,"code":500,"msg":"系统异常"}`, "", carrier.ErrUnknown, "carrier-trouble"},
		{"to be tried again", `{"success":false,"code":500,"msg":"失败","data":{"needRetry":true}}`, "", carrier.ErrUnknown, "carrier-trouble"},
		{"no code", `{"success":true,"data":{"waybillCode":"JDVC1"}}`, "", carrier.ErrUnknown, lop.NoticeAnswer},
		{"no number", `{"success":true,"code":0,"data":{}}`, "", carrier.ErrUnknown, lop.NoticeAnswer},
		{"data of another form", `{"success":true,"code":0,"data":["13800001234"]}`, "", carrier.ErrUnknown, lop.NoticeAnswer},
	} {
		t.Run(test.name, func(t *testing.T) {
			w, err := ecap(t, &platform{answers: map[string][]string{"create": {test.answer}}}).Issue(t.Context(), demoOrder())
			var r *carrier.Refusal
			switch {
			case test.refusal != "":
				if !errors.As(err, &r) || r.Code != test.refusal {
					t.Errorf("Issue = %v, want %s", err, test.refusal)
				}
			case test.class != nil:
				if !errors.Is(err, test.class) || notice.CodeOf(err) != test.notice || errors.As(err, &r) {
					t.Errorf("Issue = %v, want %v with %s", err, test.class, test.notice)
				}
			case err != nil || w.Number != "JDVC00000000001":
				t.Errorf("Issue = %q, %v", w.Number, err)
			}
		})
	}
}

func TestPrecheck(t *testing.T) {
	for _, test := range []struct {
		name, answer string
		refusal      string
		class        error
	}{
		{"fine", `{"success":true,"code":0}`, "", nil},
		{"out of range", `{"success":false,"code":1,"msg":"收件地址超区"}`, "carrier-area", nil},
		{"trouble", `{"success":false,"code":1,"msg":"系统繁忙"}`, "", carrier.ErrUnsent},
		{"nothing", `{}`, "", carrier.ErrUnsent},
		{"lost", `lost`, "", carrier.ErrUnsent},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &platform{answers: map[string][]string{"precheck": {test.answer}, "create": {ecapGiven}}}
			e := ecap(t, p)
			e.Precheck = true
			_, err := e.Issue(t.Context(), demoOrder())
			var r *carrier.Refusal
			if test.refusal != "" && (!errors.As(err, &r) || r.Code != test.refusal) || test.class != nil && !errors.Is(err, test.class) || test.refusal == "" && test.class == nil && err != nil {
				t.Errorf("Issue = %v, want %q, %v", err, test.refusal, test.class)
			}
			if created := slices.Contains(p.paths(), "create"); created != (err == nil) {
				t.Errorf("sent %v, with %v", p.paths(), err)
			}
		})
	}
}

// A number that is fetched first makes the order safe to send again: under it,
// and under no other.
func TestReserve(t *testing.T) {
	const fetched, other = `{"success":true,"code":0,"data":["JDVC00000000001"]}`, `{"success":true,"code":0,"data":["JDVC00000000009"]}`
	for _, test := range []struct {
		name    string
		answers map[string][]string
		paths   string
	}{
		{"the order had arrived", map[string][]string{"pregetwaybillcodes": {fetched, other}, "create": {"lost"}, "status": {`{"success":true,"code":0,"data":{"status":"1"}}`}},
			"[pregetwaybillcodes create status]"},
		{"the order had not arrived", map[string][]string{"pregetwaybillcodes": {fetched, other}, "create": {"lost", ecapGiven}, "status": {`{"success":false,"code":1,"msg":"运单不存在"}`}},
			"[pregetwaybillcodes create status create]"},
		{"nor does the query say", map[string][]string{"pregetwaybillcodes": {fetched, other}, "create": {"lost", ecapGiven}, "status": {"lost"}},
			"[pregetwaybillcodes create status create]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &platform{answers: test.answers}
			e := ecap(t, p)
			e.Reserve = true
			if _, err := e.Issue(t.Context(), demoOrder()); !errors.Is(err, carrier.ErrUnknown) {
				t.Fatalf("Issue = %v", err)
			}
			w, err := e.Find(t.Context(), demoOrder())
			if err != nil || w.Number != "JDVC00000000001" || !e.CanFind() || fmt.Sprint(p.paths()) != test.paths {
				t.Errorf("Find = %q, %v by %v; want %s", w.Number, err, p.paths(), test.paths)
			}
			for _, a := range p.asked {
				if strings.HasPrefix(a, "create ") && !strings.Contains(a, `"waybillCode":"JDVC00000000001"`) {
					t.Errorf("sent without its number: %s", a)
				}
			}
			if w, err := e.Find(t.Context(), demoOrder()); !errors.Is(err, carrier.ErrUnknown) || w.Number != "" {
				t.Errorf("a number that is forgotten is found: %q, %v", w.Number, err)
			}
		})
	}
	t.Run("a lost number is nobody's", func(t *testing.T) {
		p := &platform{answers: map[string][]string{"pregetwaybillcodes": {"lost", `{"success":true,"code":0,"data":{"waybillCodes":["JDVC00000000001"]}}`}, "create": {ecapGiven}}}
		e := ecap(t, p)
		e.Reserve = true
		if _, err := e.Issue(t.Context(), demoOrder()); !errors.Is(err, carrier.ErrUnsent) {
			t.Errorf("Issue = %v", err)
		}
		if w, err := e.Issue(t.Context(), demoOrder()); err != nil || w.Number != "JDVC00000000001" {
			t.Errorf("Issue = %q, %v", w.Number, err)
		}
		if !strings.Contains(p.asked[0], `[{"customerCode":"010K0000000","orderOrigin":1,"sum":1}]`) {
			t.Errorf("asked %s", p.asked[0])
		}
	})
	t.Run("no number, two numbers", func(t *testing.T) {
		for _, data := range []string{`[]`, `["A","B"]`, `null`, `"A"`, `{"a":1}`} {
			p := &platform{answers: map[string][]string{"pregetwaybillcodes": {`{"success":true,"code":0,"data":` + data + `}`}}}
			e := ecap(t, p)
			e.Reserve = true
			if _, err := e.Issue(t.Context(), demoOrder()); !errors.Is(err, carrier.ErrUnsent) || len(p.asked) != 1 {
				t.Errorf("%s: Issue = %v", data, err)
			}
		}
	})
	t.Run("neither yes nor no", func(t *testing.T) {
		for _, answer := range []string{`{}`, `{"success":false,"code":500,"msg":"系统繁忙，请稍后重试"}`} {
			p := &platform{answers: map[string][]string{"pregetwaybillcodes": {answer}}}
			e := ecap(t, p)
			e.Reserve = true
			if _, err := e.Issue(t.Context(), demoOrder()); !errors.Is(err, carrier.ErrUnsent) || len(p.asked) != 1 {
				t.Errorf("%s: Issue = %v", answer, err)
			}
		}
	})
	t.Run("another number than the one sent", func(t *testing.T) {
		e := ecap(t, &platform{answers: map[string][]string{"pregetwaybillcodes": {other}, "create": {ecapGiven}}})
		e.Reserve = true
		if _, err := e.Issue(t.Context(), demoOrder()); !errors.Is(err, carrier.ErrUnknown) {
			t.Errorf("Issue = %v", err)
		}
	})
}

func TestECAPWithoutAWayToFind(t *testing.T) {
	p := &platform{}
	e := ecap(t, p)
	if _, err := e.Find(t.Context(), demoOrder()); e.CanFind() || !errors.Is(err, carrier.ErrUnknown) || len(p.asked) != 0 {
		t.Errorf("CanFind %v, Find = %v after %v", e.CanFind(), err, p.asked)
	}
}

func TestOAIDInECAP(t *testing.T) {
	p := &platform{answers: map[string][]string{"create": {ecapGiven}}}
	e, o := ecap(t, p), demoOrder()
	e.OAIDField, o.Consignee = "oaid", "o1-demo-oaid-0001"
	o.Receiver.Phone, o.PhoneKind = pii.NewPhone("138****1234"), waybill.PhoneMasked
	if _, err := e.Issue(t.Context(), o); err != nil || !strings.Contains(p.asked[0], `"extendProps":{"oaid":"o1-demo-oaid-0001"}`) {
		t.Errorf("Issue = %v with %v", err, p.asked)
	}
}

func TestCancelInECAP(t *testing.T) {
	for _, test := range []struct {
		name, answer string
		code         notice.Code
	}{
		{"taken back", `{"success":true,"code":0}`, ""},
		{"refused", `{"success":false,"code":1,"msg":"已揽收"}`, "cancel-refused"},
		{"in trouble", `{"success":false,"code":1,"msg":"系统繁忙"}`, lop.NoticeBackEnd},
		{"no code", `{}`, lop.NoticeAnswer},
		{"token", `{"error_response":{"code":19}}`, lop.NoticeToken},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &platform{answers: map[string][]string{"cancel": {test.answer}}}
			err := ecap(t, p).Cancel(t.Context(), "JDVC1")
			if test.code == "" && err != nil || test.code != "" && notice.CodeOf(err) != test.code {
				t.Errorf("Cancel = %v, want %q", err, test.code)
			}
			var argument []map[string]any
			json.Unmarshal([]byte(strings.TrimPrefix(p.asked[0], "cancel ")), &argument)
			if len(argument) != 1 || argument[0]["waybillCode"] != "JDVC1" || argument[0]["cancelType"] != 1.0 || argument[0]["cancelReasonCode"] != "1" {
				t.Errorf("asked %s", p.asked[0])
			}
		})
	}
}

func TestProve(t *testing.T) {
	for _, test := range []struct {
		name, answer string
		code         notice.Code
	}{
		{"known", `{"success":true,"code":0,"data":{"status":"100"}}`, ""},
		{"not known", `{"success":false,"code":1,"msg":"运单不存在"}`, "number-not-known"},
		{"in trouble", `{"success":false,"code":1,"msg":"服务异常"}`, lop.NoticeBackEnd},
		{"neither", `{}`, lop.NoticeBackEnd},
		{"nothing", `{"success":true,"code":0,"data":null}`, "number-not-known"},
		{"back end", `{"error_response":{"code":67}}`, lop.NoticeBackEnd},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := ecap(t, &platform{answers: map[string][]string{"status": {test.answer}}}).Prove(t.Context(), "JDVC1")
			if test.code == "" && err != nil || test.code != "" && notice.CodeOf(err) != test.code {
				t.Errorf("Prove = %v, want %q", err, test.code)
			}
		})
	}
}

// The courier must be told whose freight it is, though nobody knows yet how much.
func TestFreightOfTheReceiver(t *testing.T) {
	for settle, want := range map[int][]waybill.Handling{1: nil, 2: {"到付"}, 3: nil} {
		e := ecap(t, &platform{answers: map[string][]string{"create": {ecapGiven}}})
		e.Settle = settle
		if w, err := e.Issue(t.Context(), demoOrder()); err != nil || !slices.Equal(w.Handling, want) {
			t.Errorf("settleType %d: the label says %v, %v", settle, w.Handling, err)
		}
	}
}

type router func(*waybill.Waybill) error

func (r router) Route(_ context.Context, w *waybill.Waybill) error { return r(w) }

func TestRoutingOfECAPComesFromElsewhere(t *testing.T) {
	e := ecap(t, &platform{})
	w, err := e.Adopt(demoOrder(), []waybill.Number{"JDVC1"})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Route(t.Context(), &w); err != nil || w.Routing != (waybill.Routing{}) {
		t.Errorf("without a way: %v, %+v", err, w.Routing)
	}
	e.Routing = router(func(w *waybill.Waybill) error { w.Routing.Site = "广州赤岗营业部"; return nil })
	if err := e.Route(t.Context(), &w); err != nil || w.Routing.Site == "" {
		t.Errorf("by another: %v, %+v", err, w.Routing)
	}
}
