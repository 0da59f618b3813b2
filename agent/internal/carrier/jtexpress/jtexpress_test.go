package jtexpress_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/jtexpress"
	"miandan/agent/internal/hostile"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/outbound"
	"miandan/agent/internal/secret"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// account is one with J&T, its settings changed in pairs of name and value.
func account(t testing.TB, change ...string) carrier.Account {
	t.Helper()
	a := carrier.Account{
		Shop: "演示旗舰店", Weight: 1, Now: func() time.Time { return now },
		Sender: waybill.Party{Name: pii.NewName("演示仓"), Phone: pii.NewPhone("021-80000001"),
			Address: pii.NewAddress(pii.Region{Province: "上海", City: "上海市", District: "闵行区"}, "演示路1号")},
		Values:  map[string]string{"api_account": "100000000000000001", "customer_code": "J0000000000"},
		Secrets: map[string]secret.Token{"private_key": secret.New("fakeJtPrivateKey"), "password": secret.New("fakePwd123")},
	}
	for i := 0; i+1 < len(change); i += 2 {
		a.Values[change[i]] = change[i+1]
	}
	return a
}

func open(t testing.TB, a carrier.Account) *jtexpress.Issuer {
	t.Helper()
	i, err := jtexpress.Kind().New(a)
	if err != nil {
		t.Fatal(err)
	}
	return i.(*jtexpress.Issuer)
}

// platform answers each interface with what it is to say, and keeps what it
// was asked.
type platform struct {
	says  map[string]string
	asked []string
	biz   map[string]any
	query url.Values
}

func (p *platform) issuer(t testing.TB, change ...string) *jtexpress.Issuer {
	a := account(t, change...)
	a.HTTP = &outbound.Client{Transport: hostile.Platform(func(r *http.Request) []byte {
		call := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		p.asked, p.query, p.biz = append(p.asked, call), r.URL.Query(), nil
		if r.ParseForm() == nil {
			_ = json.Unmarshal([]byte(r.PostForm.Get("bizContent")), &p.biz)
		}
		return []byte(p.says[call])
	})}
	return open(t, a)
}

const (
	given = `{"code":"1","msg":"success","data":{"txlogisticId":"249786309732","billCode":"JT3000000000001","sortingCode":"382 300-64 010","sumFreight":"5.00","createOrderTime":"2026-11-23 18:00:00","lastCenterName":"华东转运中心B1"}}`
	known = `{"code":1,"msg":"success","data":[{"txlogisticId":"249786309732","billCode":"JT3000000000001","orderStatus":101,"sortingCode":"382 300-64 010","sumFreight":5,"lastCenterName":"华东转运中心B1"}]}`
	off   = `{"code":"1","msg":"success","data":[{"txlogisticId":"249786309732","billCode":"JT3000000000001","orderStatus":"104"}]}`
	none  = `{"code":"1","msg":"success","data":[]}`
)

func demo() order.Order { return carriertest.Order("249786309732") }

func TestWhatIsAsked(t *testing.T) {
	p := &platform{says: map[string]string{"addOrder": given}}
	o := demo()
	o.Services = order.Services{Collect: 5990, Insured: 100000}
	w, err := p.issuer(t, "service_type", "01", "network", "0000001", "uuid", "00000000").Issue(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"customerCode": "J0000000000", "digest": "QQRnu6jExvOhiKnvpa0+4g==", "network": "0000001", "txlogisticId": "249786309732", "expressType": "EZ",
		"orderType": "2", "serviceType": "01", "deliveryType": "03", "payType": "PP_PM", "goodsType": "bm000006", "weight": "1.00",
		"itemsValue": "59.90", "priceCurrency": "RMB", "offerFee": "1000.00", "sendStartTime": "2026-11-23 18:00:00", "sendEndTime": "2026-11-23 21:00:00",
	} {
		if p.biz[name] != want {
			t.Errorf("%s is %v, want %v", name, p.biz[name], want)
		}
	}
	to, from := p.biz["receiver"].(map[string]any), p.biz["sender"].(map[string]any)
	if to["mobile"] != "13800001234" || to["countryCode"] != "CHN" || to["prov"] != "广东" || to["city"] != "广州市" || to["area"] != "海珠区" ||
		from["phone"] != "021-80000001" || from["mobile"] != nil || p.query.Get("uuid") != "00000000" {
		t.Errorf("from %v to %v, %v", from, to, p.query)
	}
	if w.Carrier != "JT" || w.Number != "JT3000000000001" || w.Routing != (waybill.Routing{Code: "382 300-64 010", Hub: "华东转运中心B1"}) ||
		w.Collect != 5990 || w.Insured != 100000 || w.Freight != 0 || w.Shop != "演示旗舰店" {
		t.Errorf("waybill %+v", w)
	}
}

func TestRouting(t *testing.T) {
	for _, test := range []struct {
		name, answer string
		want         waybill.Routing
		freight      waybill.Fen // 到付
	}{
		{"whole", given, waybill.Routing{Code: "382 300-64 010", Hub: "华东转运中心B1"}, 500},
		{"大头笔", strings.Replace(given, "382 300-64 010", "上海浦东", 1), waybill.Routing{Name: "上海浦东", Hub: "华东转运中心B1"}, 500},
		{"none", `{"code":"1","data":{"billCode":"JT3000000000001","sortingCode":null,"sumFreight":"x"}}`, waybill.Routing{}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &platform{says: map[string]string{"addOrder": test.answer}}
			w, err := p.issuer(t, "pay_type", "CC_CASH").Issue(t.Context(), demo())
			if err != nil || w.Routing != test.want || w.Freight != test.freight {
				t.Errorf("%+v, %v, %v", w.Routing, w.Freight, err)
			}
			if said := slices.Contains(w.Handling, "到付"); said != (w.Freight == 0) { // the courier is told in any case, and once
				t.Errorf("freight %v, handling %v", w.Freight, w.Handling)
			}
		})
	}
}

func TestAVirtualNumberIsInBrackets(t *testing.T) {
	p := &platform{says: map[string]string{"addOrder": given}}
	o := demo()
	o.Receiver.Phone, o.PhoneKind = pii.NewPhone("17000000000-4740"), waybill.PhoneVirtual
	w, err := p.issuer(t).Issue(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	to := p.biz["receiver"].(map[string]any)
	if to["mobile"] != "17000000000" || to["name"] != "李䶮[4740]" || w.Receiver.Phone.Reveal() != "17000000000-4740" {
		t.Errorf("told %v", to)
	}
}

func TestFind(t *testing.T) {
	for _, test := range []struct {
		name, look, add string
		asked           string
		code            notice.Code
	}{
		{"known", known, given, "getOrders", ""},
		{"not known", none, given, "getOrders addOrder", ""},
		{"not known, by code", `{"code":"145003064","msg":"查不到数据"}`, given, "getOrders addOrder", ""},
		{"not known, but taken", none, `{"code":"145003101","msg":"客户订单号已存在,无法下单！"}`, "getOrders addOrder", "order-has-number"},
		{"off", off, given, "getOrders", "order-has-number"},
		{"another's", strings.Replace(known, "249786309732", "249786309733", 1), given, "getOrders", "gateway-answer"},
		{"no answer", ``, given, "getOrders", "gateway-answer"},
		{"no permission", `{"code":"145003012","msg":"x"}`, given, "getOrders", "gateway-permission"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &platform{says: map[string]string{"getOrders": test.look, "addOrder": test.add}}
			w, err := p.issuer(t).Find(t.Context(), demo())
			if got := strings.Join(p.asked, " "); got != test.asked {
				t.Errorf("asked %s, want %s", got, test.asked)
			}
			if test.code == "" && (err != nil || w.Number != "JT3000000000001" || w.Routing.Hub == "") {
				t.Errorf("Find = %+v, %v", w, err)
			}
			if test.code != "" && (!errors.Is(err, carrier.ErrUnknown) || notice.CodeOf(err) != test.code) {
				t.Errorf("Find = %v, want %s", err, test.code)
			}
		})
	}
}

func TestCancel(t *testing.T) {
	for _, test := range []struct {
		name, look, cancel string
		code               notice.Code
	}{
		{"taken back", known, `{"code":1,"msg":"success","data":{}}`, ""},
		{"taken back before", off, `{"code":"0"}`, ""},
		{"taken back meanwhile", known, `{"code":"145003202","msg":"已取消状态不可修改"}`, ""},
		{"collected", known, `{"code":"145003201","msg":"已取件状态不可修改"}`, "cancel-refused"},
		{"not known", none, ``, "cancel-refused"},
		{"trouble", known, `{"code":"145005000","msg":"系统错误"}`, "gateway-back-end"},
		{"signature", `{"code":"145003030","msg":"x"}`, ``, "gateway-signature"},
		{"no answer", known, ``, "gateway-answer"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &platform{says: map[string]string{"getOrders": test.look, "cancelOrder": test.cancel}}
			err := p.issuer(t).Cancel(t.Context(), "JT3000000000001")
			if notice.CodeOf(err) != test.code && !(err == nil && test.code == "") {
				t.Errorf("Cancel = %v, want %q", err, test.code)
			}
			if test.cancel != "" && test.look == known && (p.biz["txlogisticId"] != "249786309732" || p.biz["reason"] == "" || p.biz["orderType"] != "2") {
				t.Errorf("cancelled with %v", p.biz)
			}
		})
	}
}

func TestReturn(t *testing.T) {
	p := &platform{says: map[string]string{"cancelOrder": `{"code":"1","msg":"success","data":{}}`}}
	if err := p.issuer(t).Return(t.Context(), demo(), "JT3000000000001"); err != nil || strings.Join(p.asked, " ") != "cancelOrder" || p.biz["txlogisticId"] != "249786309732" {
		t.Errorf("Return = %v, asked %v with %v", err, p.asked, p.biz)
	}
	p.says["cancelOrder"] = `{"code":"145003201","msg":"已取件状态不可修改"}`
	if err := p.issuer(t).Return(t.Context(), demo(), "JT3000000000001"); notice.CodeOf(err) != "cancel-refused" {
		t.Errorf("Return = %v", err)
	}
}

func TestDocument(t *testing.T) {
	const pdf = "JVBERi0xLjQK" // %PDF-1.4
	for _, test := range []struct {
		name, answer string
		code         notice.Code
		later        bool
	}{
		{"within", `{"code":"1","data":{"base64EncodeContent":"` + pdf + `"}}`, "", false},
		{"at the carrier's", `{"code":"1","data":{"urlContent":"https://files.jtexpress.com.cn/printed"}}`, "", false},
		{"at a stranger's", `{"code":"1","data":{"urlContent":"https://jtexpress.com.cn.example/printed"}}`, "gateway-answer", false},
		{"nothing", `{"code":"1","data":{}}`, "", true},
		{"not yet", `{"code":"121003006","msg":"Order status not printable"}`, "", true},
		{"no PDF", `{"code":"1","data":{"base64EncodeContent":"AAAA"}}`, "gateway-answer", false},
		{"no", `{"code":"145003100","msg":"运单号非法"}`, "gateway-error", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &platform{says: map[string]string{"getOrders": known, "printOrder": test.answer, "printed": "%PDF-1.4\n"}}
			d, err := p.issuer(t).Document(t.Context(), waybill.Waybill{Number: "JT3000000000001"}, 0)
			switch {
			case test.later != errors.Is(err, carrier.ErrLater), test.code != "" && notice.CodeOf(err) != test.code,
				test.code == "" && !test.later && (err != nil || !strings.HasPrefix(string(d.PDF), "%PDF-1.4")):
				t.Errorf("%q, %v", d.PDF, err)
			}
		})
	}
}
