package deppon_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/deppon"
	"miandan/agent/internal/hostile"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/outbound"
	"miandan/agent/internal/secret"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// account is one with Deppon, its settings changed in pairs of name and value.
func account(change ...string) carrier.Account {
	a := carrier.Account{
		Shop: "演示旗舰店", Weight: 2, Now: func() time.Time { return now },
		Sender: waybill.Party{Name: pii.NewName("演示仓"), Phone: pii.NewPhone("021-80000001"),
			Address: pii.NewAddress(pii.Region{Province: "上海", City: "上海市", District: "闵行区"}, "演示路1号")},
		Values:  map[string]string{"company_code": "TESTCO", "sign": "TSTT", "customer_code": "400000001"},
		Secrets: map[string]secret.Token{"app_key": secret.New("fakeDepponAppKey")},
	}
	for i := 0; i+1 < len(change); i += 2 {
		a.Values[change[i]] = change[i+1]
	}
	return a
}

// open makes an issuer that does not pause.
func open(t testing.TB, a carrier.Account) *deppon.Issuer {
	t.Helper()
	i, err := deppon.Kind().New(a)
	if err != nil {
		t.Fatal(err)
	}
	d := i.(*deppon.Issuer)
	d.Pauses = []time.Duration{time.Millisecond, time.Millisecond}
	return d
}

// platform answers each interface with the next of what it is to say, the last
// again and again, and keeps what it was asked.
type platform struct {
	says  map[string][]string
	asked []string // host and path
	form  map[string]any
	raw   string
}

func (p *platform) issuer(t testing.TB, change ...string) *deppon.Issuer {
	a := account(change...)
	a.HTTP = &outbound.Client{Transport: p.transport()}
	return open(t, a)
}

func (p *platform) transport() http.RoundTripper {
	return hostile.Platform(func(r *http.Request) []byte {
		call := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		p.asked, p.form = append(p.asked, r.URL.Host+r.URL.Path), nil
		if r.ParseForm() == nil {
			p.raw = r.PostForm.Get("params")
			_ = json.Unmarshal([]byte(p.raw), &p.form)
		}
		list := p.says[call]
		if len(list) == 0 {
			return nil
		}
		if len(list) > 1 {
			p.says[call] = list[1:]
		}
		return []byte(list[0])
	})
}

const (
	create, cancel, query, bill = "createOrderNotify.action", "cancelOrder.action", "queryOrder.action", "queryBillPrint.action"

	given = `{"result":"true","reason":"成功","resultCode":"1000","mailNo":"DPK3600000000001","logisticID":"TSTT249786309732","arrivedOrgSimpleName":"广州海珠-2","arrivedOutFieldName":"广州转运场","stationNo":"K07","muchHigherDelivery":"0","uniquerRequestNumber":"60480442125126211"}`
	known = `{"result":"true","reason":"","resultCode":"1000","responseParam":{"logisticCompanyID":"DEPPON","logisticID":"TSTT249786309732","mailNo":"DPK3600000000001","statusType":"ACCEPT"}}`
	none  = `{"result":"false","reason":"订单不存在","resultCode":"3001"}`
	twice = `{"result":"false","reason":"渠道单号或运单号重复！","resultCode":"2006","uniquerRequestNumber":"38111022395295356"}`
)

func demo() order.Order { return carriertest.Order("249786309732") }

func says(call string, answers ...string) *platform {
	return &platform{says: map[string][]string{call: answers}}
}

// The courier must be told whose freight it is, though nobody knows yet how much.
func TestFreightOfTheReceiver(t *testing.T) {
	for pay, want := range map[string][]waybill.Handling{"0": nil, "1": {"到付"}, "2": nil} {
		i := says(create, given).issuer(t, "pay_type", pay)
		w, err := i.Issue(t.Context(), demo())
		if err != nil || !slices.Equal(w.Handling, want) {
			t.Errorf("payType %s: the label says %v, %v", pay, w.Handling, err)
		}
	}
}

func TestWhatIsAsked(t *testing.T) {
	p := says(create, given)
	o := demo()
	o.Services = order.Services{Collect: 5990, Insured: 100000, SignReturn: order.PaperReturn}
	w, err := p.issuer(t, "cod_account", "6200000000000000000", "cod_name", "演示公司", "return_requirement", "签字").Issue(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if p.asked[0] != "gwapi.deppon.com/dop-interface-async/standard-order/createOrderNotify.action" || !strings.HasPrefix(p.raw, `{"companyCode":"TESTCO",`) {
		t.Errorf("asked %s: %s", p.asked, p.raw)
	}
	for name, want := range map[string]any{
		"logisticID": "TSTT249786309732", "custOrderNo": "249786309732", "customerCode": "400000001", "orderType": "2", "transportType": "PACKAGE",
		"payType": "2", "gmtCommit": "2026-11-23 18:00:00", "smsNotify": "N", "isOut": "N", "backSignBill": nil, "returnBillQty": nil,
	} {
		if p.form[name] != want {
			t.Errorf("%s is %v, want %v", name, p.form[name], want)
		}
	}
	for name, want := range map[string]any{
		"insuranceValue": "1000.00", "codType": "3", "codValue": "59.90", "reciveLoanAccount": "6200000000000000000", "accountName": "演示公司",
		"backSignBill": "1", "returnRequirement": "签字", "returnBillQty": "1",
	} {
		if got := p.form["addServices"].(map[string]any)[name]; got != want {
			t.Errorf("addServices.%s is %v, want %v", name, got, want)
		}
	}
	to := p.form["receiver"].(map[string]any)
	if to["mobile"] != "13800001234" || to["province"] != "广东" || to["county"] != "海珠区" || to["address"] != "赤岗街道演示路2号" {
		t.Errorf("receiver %v", to)
	}
	if w.Carrier != "DBL" || w.Product != "标准快递" || w.Routing != (waybill.Routing{Code: "广州海珠-2", Target: "广州转运场", Site: "K07"}) || !w.SignReturn || w.Collect != 5990 {
		t.Errorf("waybill %+v", w)
	}
}

func TestSeveralParcels(t *testing.T) {
	o := demo()
	o.Parcels = 3
	for _, test := range []struct {
		name, mailNo, mother string
		want                 []waybill.Number
		code                 notice.Code
	}{
		{"the mother first", "DPK361,DPK382,DPK383", "DPK361", []waybill.Number{"DPK361", "DPK382", "DPK383"}, ""},
		{"the mother last", "DPK382,DPK383,DPK361", "DPK361", []waybill.Number{"DPK361", "DPK382", "DPK383"}, ""},
		{"no mother", "DPK382, DPK383, DPK361", "", []waybill.Number{"DPK382", "DPK383", "DPK361"}, ""},
		{"one missing", "DPK382,DPK383", "", nil, "parcel-count"},
		{"none", "", "", nil, "gateway-answer"},
		{"no numbers", "李,?,!", "", nil, "number-malformed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer := strings.NewReplacer("DPK3600000000001", test.mailNo, `"stationNo"`, `"parentMailNo":"`+test.mother+`","stationNo"`).Replace(given)
			p := says(create, answer)
			w, err := p.issuer(t, "several", "true").Issue(t.Context(), o)
			if test.code != "" {
				if !errors.Is(err, carrier.ErrUnknown) || notice.CodeOf(err) != test.code {
					t.Errorf("%v, want %s", err, test.code)
				}
				return
			}
			if err != nil || !slices.Equal(w.Numbers(), test.want) || len(w.Parcels) != 3 || w.Parcels[1].Barcode != string(test.want[1]) {
				t.Errorf("%v, %v", w.Numbers(), err)
			}
			if packages := p.form["packageInfo"].(map[string]any); packages["totalNumber"] != 3.0 || packages["totalWeight"] != 0.67 {
				t.Errorf("packages %v", packages)
			}
		})
	}
}

func TestRefusedBeforeAnybodyIsAsked(t *testing.T) {
	for name, test := range map[string]struct {
		services order.Services
		code     string
		settings []string
	}{
		"several parcels": {order.Services{Parcels: 2}, "parcels-too-many", nil},
		"too many":        {order.Services{Parcels: 31}, "parcels-too-many", []string{"several", "true"}},
		"cash, no bank":   {order.Services{Collect: 100}, "service-not-set-up", nil},
		"another receipt": {order.Services{SignReturn: order.CheckedReturn}, "service-not-set-up", nil},
	} {
		t.Run(name, func(t *testing.T) {
			p, o := says(create, given), demo()
			o.Services = test.services
			var r *carrier.Refusal
			if _, err := p.issuer(t, test.settings...).Issue(t.Context(), o); !errors.As(err, &r) || r.Code != test.code || len(p.asked) != 0 {
				t.Errorf("Issue = %v after %v", err, p.asked)
			}
		})
	}
	if _, err := deppon.Kind().New(account("transport_type", "JZKH")); notice.CodeOf(err) != "account-value" {
		t.Errorf("freight: %v", err)
	}
}

func TestLogisticIDsAreShortAndApart(t *testing.T) {
	seen := map[string]bool{}
	for _, id := range []string{"249786309732", strings.Repeat("9", 60), strings.Repeat("9", 61), "订单 7"} {
		p, o := says(create, strings.Replace(given, "TSTT249786309732", "", 1)), demo()
		o.Key = order.Key{Source: "csv", ID: id}
		if _, err := p.issuer(t).Issue(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		got := p.form["logisticID"].(string)
		if len(got) > 32 || !strings.HasPrefix(got, "TSTT") || seen[got] {
			t.Errorf("%s is %s", id, got)
		}
		seen[got] = true
	}
}

func TestFind(t *testing.T) {
	for _, test := range []struct {
		name    string
		query   []string
		create  string
		creates int
		code    notice.Code
	}{
		{"known", []string{known}, twice, 0, ""},
		{"never taken", []string{none}, given, 1, ""},
		{"taken in, known later", []string{none, none, known}, twice, 1, ""},
		{"taken in, never known", []string{none}, twice, 1, "order-has-number"},
		{"off", []string{strings.Replace(known, "ACCEPT", "CANCEL", 1)}, twice, 0, "order-has-number"},
		{"another's", []string{strings.Replace(known, "309732", "309733", 1)}, twice, 0, "gateway-answer"},
		{"no answer", []string{""}, given, 0, "gateway-answer"},
		{"trouble", []string{`{"result":"false","reason":"系统异常","resultCode":"9999"}`}, given, 0, "gateway-back-end"},
		{"another no", []string{`{"result":"false","reason":"x","resultCode":"1"}`}, given, 0, "gateway-error"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &platform{says: map[string][]string{query: test.query, create: {test.create}}}
			i := p.issuer(t)
			w, err := i.Find(t.Context(), demo())
			creates := 0
			for _, a := range p.asked {
				if strings.HasSuffix(a, create) {
					creates++
				} else if a != "dpapi.deppon.com/dop-interface-sync/standard-query/queryOrder.action" {
					t.Errorf("asked %s", a)
				}
			}
			if !i.CanFind() || creates != test.creates {
				t.Errorf("sent %d times, want %d", creates, test.creates)
			}
			if test.code == "" && (err != nil || w.Number != "DPK3600000000001") || test.code != "" && (!errors.Is(err, carrier.ErrUnknown) || notice.CodeOf(err) != test.code) {
				t.Errorf("Find = %q, %v, want %s", w.Number, err, test.code)
			}
		})
	}
	p := says(create, given)
	i := p.issuer(t, "several", "true")
	if _, err := i.Find(t.Context(), demo()); i.CanFind() || !errors.Is(err, carrier.ErrUnknown) || len(p.asked) != 0 {
		t.Errorf("with several parcels Find = %v after %v", err, p.asked)
	}
}

func TestCancel(t *testing.T) {
	const done, collected = `{"result":"true","reason":"成功","resultCode":"1000"}`, `{"result":"false","reason":"货物已揽收","resultCode":"3002"}`
	for _, test := range []struct {
		name  string
		says  []string
		asked int
		code  notice.Code
	}{
		{"taken back", []string{done}, 1, ""},
		{"known later", []string{none, none, done}, 3, ""},
		{"never known", []string{none}, 3, "cancel-refused"},
		{"collected", []string{collected}, 1, "cancel-refused"},
		{"collected meanwhile", []string{none, collected}, 2, "cancel-refused"},
		{"trouble", []string{`{"result":"false","reason":"系统异常","resultCode":"9999"}`}, 1, "gateway-back-end"},
		{"signature", []string{`{"result":"false","reason":"摘要验证失败","resultCode":"2003"}`}, 1, "gateway-signature"},
		{"no answer", []string{""}, 1, "gateway-answer"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := says(cancel, test.says...)
			err := p.issuer(t).Cancel(t.Context(), "DPK3600000000001")
			if len(p.asked) != test.asked || test.code == "" && err != nil || test.code != "" && notice.CodeOf(err) != test.code {
				t.Errorf("Cancel = %v after %v, want %q", err, p.asked, test.code)
			}
			if p.form["mailNo"] != "DPK3600000000001" || p.form["logisticCompanyID"] != "DEPPON" || p.form["cancelTime"] != "2026-11-23 18:00:00" {
				t.Errorf("cancelled with %v", p.form)
			}
		})
	}
	i, err := deppon.Kind().New(account())
	if err != nil || !slices.Equal(i.(*deppon.Issuer).Pauses, []time.Duration{5 * time.Second, 15 * time.Second}) {
		t.Errorf("pauses %v, %v", i, err)
	}
}

func TestDocument(t *testing.T) {
	at := func(u string) string {
		return `{"result":true,"data":[{"fileName":"a.pdf","fileUrl":"https://other.example/","waybillNumber":"DPK2"},{"fileName":"b.pdf","fileUrl":"` + u + `","waybillNumber":"DPK3600000000001"}]}`
	}
	for _, test := range []struct {
		name, answer, file string
		later              bool
		code               notice.Code
	}{
		{"drawn", at("https://demo.obs.cn-east-3.myhuaweicloud.com/b.pdf?AccessKeyId=A&Signature=B"), "%PDF-1.4", false, ""},
		{"not yet", `{"result":false,"message":"未查询到可以打印的订单"}`, "", true, ""},
		{"nothing", `{"result":true,"data":[]}`, "", true, ""},
		{"at a stranger's", at("https://myhuaweicloud.com.example/b.pdf"), "%PDF-1.4", false, "gateway-answer"},
		{"in the open", at("http://demo.myhuaweicloud.com/b.pdf"), "%PDF-1.4", false, "gateway-answer"},
		{"no PDF", at("https://demo.myhuaweicloud.com/b.pdf"), "<html>", false, "gateway-answer"},
		{"no", `{"result":false,"reason":"没有权限","resultCode":"5"}`, "", false, "gateway-error"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &platform{says: map[string][]string{bill: {test.answer}, "b.pdf": {test.file}}}
			d, err := p.issuer(t).Document(t.Context(), waybill.Waybill{Number: "DPK3600000000001"}, 0)
			switch {
			case test.later != errors.Is(err, carrier.ErrLater), test.code != "" && notice.CodeOf(err) != test.code,
				test.code == "" && !test.later && (err != nil || string(d.PDF) != test.file):
				t.Errorf("%q, %v", d.PDF, err)
			}
		})
	}
}

// The trial system and a gateway of one's own have everything in one place.
func TestWhereToAsk(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*carrier.Account)
		want   string
	}{
		{"trial", func(a *carrier.Account) { a.Sandbox = true },
			"dpsanbox.deppon.com/sandbox-web/standard-order/queryOrder.action dpsanbox.deppon.com/sandbox-web/dop-standard-ewborder/createOrderNotify.action"},
		{"own", func(a *carrier.Account) { a.Gateway = "https://gw.example/x" }, "gw.example/x/standard-query/queryOrder.action gw.example/x/standard-order/createOrderNotify.action"},
		{"both own", func(a *carrier.Account) {
			a.Gateway, a.Values["query_gateway"] = "https://gw.example/x", "https://q.example"
		},
			"q.example/standard-query/queryOrder.action gw.example/x/standard-order/createOrderNotify.action"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &platform{says: map[string][]string{query: {none}, create: {given}}}
			a := account()
			test.change(&a)
			a.HTTP = &outbound.Client{Transport: p.transport()}
			if _, err := open(t, a).Find(t.Context(), demo()); err != nil || strings.Join(p.asked, " ") != test.want {
				t.Errorf("%v, asked %s", err, p.asked)
			}
		})
	}
}
