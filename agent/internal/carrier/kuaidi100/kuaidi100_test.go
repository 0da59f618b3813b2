package kuaidi100_test

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/kuaidi100"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/secret"
	"miandan/templates"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

var sender = waybill.Party{Name: pii.NewName("演示仓"), Phone: pii.NewPhone("021-80000001"),
	Address: pii.NewAddress(pii.Region{Province: "上海", City: "上海市", District: "闵行区"}, "演示路1号")}

// platform gives one answer to everything and keeps what it was asked.
type platform struct {
	answer string
	form   url.Values
	param  map[string]any
	asked  int
}

func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	p.form, _ = url.ParseQuery(string(b))
	p.param = map[string]any{}
	json.Unmarshal([]byte(p.form.Get("param")), &p.param)
	p.asked++
	io.WriteString(w, p.answer)
}

// at is an issuer at the platform; settings come on top of those of an account
// with ZTO.
func (p *platform) at(t *testing.T, settings map[string]string, change func(*carrier.Account)) carrier.Issuer {
	t.Helper()
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	a := carrier.Account{Gateway: server.URL, Weight: 1.5, Values: map[string]string{"company": "zhongtong", "key": "FakeKey01", "partner_id": "P1"},
		Secrets: map[string]secret.Token{"secret": secret.New("fakeSecret0001"), "partner_key": secret.New("PK")},
		Now:     func() time.Time { return now }}
	maps.Copy(a.Values, settings)
	if change != nil {
		change(&a)
	}
	return account(t, a)
}

var now = time.UnixMilli(1795392000000)

const given = `{"code":200,"success":true,"message":"success","data":{"kuaidinum":"73100000000001","bulkpen":"300-B12-005"}}`

func TestWhatIsAsked(t *testing.T) {
	p := &platform{answer: `{"code":"200","data":{"kuaidinum":"1","childNum":"2,3","returnNum":"9"}}`}
	o := carriertest.Order("249786309732")
	o.Services = order.Services{Collect: 5990, Insured: 100000, SignReturn: order.PaperReturn, Parcels: 3}
	w, err := p.at(t, map[string]string{"exp_type": "标准快递"}, nil).Issue(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"printType": "NON", "kuaidicom": "zhongtong", "orderId": "249786309732", "reorder": false, "partnerId": "P1", "partnerKey": "PK",
		"recMan":  map[string]any{"name": "李䶮", "mobile": "13800001234", "printAddr": "广东广州市海珠区赤岗街道演示路2号"},
		"sendMan": map[string]any{"name": "演示仓", "tel": "021-80000001", "printAddr": "上海市闵行区演示路1号"},
		"cargo":   "商品", "count": 3.0, "weight": 1.5, "payType": "MONTHLY", "expType": "标准快递",
		"valinsPay": 1000.0, "collection": 59.9, "needChild": "1", "needBack": "1",
	}
	for name := range want {
		if !reflect.DeepEqual(p.param[name], want[name]) {
			t.Errorf("%s is %v, want %v", name, p.param[name], want[name])
		}
	}
	for name := range p.param {
		if _, ok := want[name]; !ok {
			t.Errorf("%s is %v, want none", name, p.param[name])
		}
	}
	for name, v := range map[string]string{"method": "order", "key": "FakeKey01", "t": "1795392000000"} {
		if got := p.form.Get(name); got != v {
			t.Errorf("%s is %q, want %q", name, got, v)
		}
	}
	if w.Carrier != "ZTO" || w.CarrierName != "中通快递" || !reflect.DeepEqual(w.Numbers(), []waybill.Number{"1", "2", "3"}) {
		t.Errorf("%s %s with %v", w.Carrier, w.CarrierName, w.Numbers())
	}
	if w.SignReturnNumber != "9" {
		t.Errorf("the receipt comes back under %q", w.SignReturnNumber)
	}
}

func TestAVirtualNumberIsBracketed(t *testing.T) {
	p, o := &platform{answer: given}, carriertest.Order("249786309732")
	o.PhoneKind, o.Receiver.Phone = waybill.PhoneVirtual, pii.NewPhone("13800005678-1234")
	if _, err := p.at(t, nil, nil).Issue(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"name": "李䶮[1234]", "mobile": "13800005678", "printAddr": "广东广州市海珠区赤岗街道演示路2号[1234]"}
	if !reflect.DeepEqual(p.param["recMan"], want) {
		t.Errorf("recMan is %v", p.param["recMan"])
	}
}

// Two long order numbers stay two, however short Kuaidi100 cuts them.
func TestOrderNumbersAreShort(t *testing.T) {
	p, seen := &platform{answer: given}, map[string]bool{}
	i := p.at(t, nil, func(a *carrier.Account) { a.Prefix = "M1" })
	for _, id := range []string{"249786309732", strings.Repeat("9", 33) + "1", strings.Repeat("9", 33) + "2", strings.Repeat("订", 30)} {
		o := carriertest.Order(id)
		o.Source = "csv"
		for range 2 {
			if _, err := i.Issue(t.Context(), o); err != nil {
				t.Fatal(err)
			}
		}
		got, _ := p.param["orderId"].(string)
		if len(got) > 32 || !strings.HasPrefix(got, "M1") || seen[got] {
			t.Errorf("%s is asked for as %q", id, got)
		}
		seen[got] = true
	}
}

// The order of what is largest on the label, and what else can stand in.
func TestEveryRoutingFieldMayBeMissing(t *testing.T) {
	for name, test := range map[string]struct {
		data string
		want waybill.Routing
	}{
		"none":           {``, waybill.Routing{}},
		"big pen":        {`,"bulkpen":"A","destRouteLabel":"B","destSortingCode":"C","destCode":"D"`, waybill.Routing{Code: "A", TargetCode: "C"}},
		"route":          {`,"destRouteLabel":"B","destSortingCode":"C","destCode":"D"`, waybill.Routing{Code: "B", TargetCode: "C"}},
		"sorting":        {`,"bulkpen":"","destRouteLabel":null,"destSortingCode":"C","destCode":"D"`, waybill.Routing{Code: "C", TargetCode: "C"}},
		"destination":    {`,"destCode":20`, waybill.Routing{Code: "20", TargetCode: "20"}},
		"hub's code":     {`,"pkgCode":"020"`, waybill.Routing{Hub: "020", HubCode: "020"}},
		"two QR codes":   {`,"twoDimensionCode":"MMM","qrCode":"Q"`, waybill.Routing{QR: "MMM"}},
		"one QR code":    {`,"qrCode":"Q"`, waybill.Routing{QR: "Q"}},
		"no text at all": {`,"bulkpen":{"a":1},"road":["x"],"pkgName":true`, waybill.Routing{Hub: "true"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := &platform{answer: `{"code":200,"data":{"kuaidinum":"73100000000001"` + test.data + `}}`}
			w, err := p.at(t, nil, nil).Issue(t.Context(), carriertest.Order("249786309732"))
			if err != nil || w.Routing != test.want {
				t.Errorf("%+v, %v; want %+v", w.Routing, err, test.want)
			}
		})
	}
}

func TestTheCountOfNumbersMustBeRight(t *testing.T) {
	for name, children := range map[string]string{"none": `""`, "too few": `"2"`, "one twice": `"2,2"`, "too many": `"2,3,4"`, "no number": `"2,演示"`} {
		p, o := &platform{answer: `{"code":200,"data":{"kuaidinum":"1","childNum":` + children + `}}`}, carriertest.Order("249786309732")
		o.Parcels = 3
		if w, err := p.at(t, nil, nil).Issue(t.Context(), o); !errors.Is(err, carrier.ErrUnknown) || w.Number != "" {
			t.Errorf("%s: Issue = %q, %v; want ErrUnknown", name, w.Number, err)
		}
	}
}

func TestJDsBoxesShareANumber(t *testing.T) {
	p, o := &platform{answer: `{"code":200,"data":{"kuaidinum":"JDVC00000000001"}}`}, carriertest.Order("249786309732")
	o.Parcels = 2
	i := p.at(t, map[string]string{"company": "jd"}, nil)
	w, err := i.Issue(t.Context(), o)
	if err != nil || len(w.Parcels) != 2 || w.Parcels[1].Barcode != "JDVC00000000001-2-2-" || len(w.Numbers()) != 1 {
		t.Fatalf("%+v, %v", w.Parcels, err)
	}
	again, err := i.(carrier.Adopter).Adopt(o, w.Numbers())
	if err != nil || !reflect.DeepEqual(again.Parcels, w.Parcels) {
		t.Errorf("Adopt: %+v, %v", again.Parcels, err)
	}
}

func TestFreightThatTheReceiverPaysIsMarked(t *testing.T) {
	p, o := &platform{answer: given}, carriertest.Order("249786309732")
	i := p.at(t, map[string]string{"pay_type": "CONSIGNEE"}, nil)
	w, err := i.Issue(t.Context(), o)
	if err != nil || p.param["payType"] != "CONSIGNEE" || !reflect.DeepEqual(w.Handling, []waybill.Handling{"到付"}) {
		t.Errorf("%v with payType %v, %v", w.Handling, p.param["payType"], err)
	}
	again, err := i.(carrier.Adopter).Adopt(o, w.Numbers())
	if err != nil || !reflect.DeepEqual(again.Handling, w.Handling) {
		t.Errorf("Adopt: %v, %v", again.Handling, err)
	}
}

func TestReceiptsOnPaperOnly(t *testing.T) {
	p, o := &platform{answer: given}, carriertest.Order("249786309732")
	o.SignReturn = order.ElectronicReturn
	var r *carrier.Refusal
	if _, err := p.at(t, nil, nil).Issue(t.Context(), o); !errors.As(err, &r) || r.Code != "service-not-set-up" || p.asked != 0 {
		t.Errorf("Issue = %v, asked %d times", err, p.asked)
	}
}

func TestWhatStandsBehindAnAccount(t *testing.T) {
	library, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for company, want := range map[string]struct {
		code          waybill.Carrier
		title, layout string
	}{
		"shunfeng": {"SF", "顺丰速运", "sf"}, "zhongtong": {"ZTO", "中通快递", "zto"}, "yuantong": {"YTO", "圆通速递", "yto"},
		"shentong": {"STO", "申通快递", "sto"}, "yunda": {"YUNDA", "韵达快递", "yunda"}, "jtexpress": {"JT", "极兔速递", "jt"},
		"ems": {"EMS", "中国邮政 EMS", "ems"}, "youzhengguonei": {"POSTB", "邮政快递包裹", "ems"}, "jd": {"JD", "京东快递", "jd-express"},
		"debangkuaidi": {"DBL", "德邦快递", "deppon"}, "kuayue": {"KYE", "跨越速运", "wujie"}, "ane66": {"ANE", "安能快递", "wujie"},
		"annengwuliu": {"ANE", "安能物流", "wujie"}, "xinfeng56": {"XINFENG56", "演示速运", "wujie"},
	} {
		t.Run(company, func(t *testing.T) {
			p, settings := &platform{answer: given}, map[string]string{"company": company, "net": "演示网点", "code": "1", "check_man": "演示", "company_title": "演示速运"}
			var layout string
			i := p.at(t, settings, func(a *carrier.Account) { layout = kuaidi100.Kind().Layout(*a) })
			w, err := i.Issue(t.Context(), carriertest.Order("249786309732"))
			if err != nil || w.Carrier != want.code || w.CarrierName != want.title || layout != want.layout {
				t.Errorf("%s %s with %s, %v", w.Carrier, w.CarrierName, layout, err)
			}
			for _, size := range []string{"76x130", "100x150", "100x180"} {
				if _, err := library.Get(layout + "-" + size); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// What a carrier wants of an account is asked for before any number is.
func TestCredentialsByCarrier(t *testing.T) {
	all := map[string]string{"partner_id": "P", "partner_name": "演示", "net": "演示网点", "code": "1", "check_man": "演示", "partner_key": "K", "partner_secret": "S"}
	for name, test := range map[string]struct {
		company string
		has     []string
		code    notice.Code
	}{
		"shunfeng":                    {"shunfeng", []string{"partner_id"}, ""},
		"shunfeng without":            {"shunfeng", nil, "account-value"},
		"zhongtong":                   {"zhongtong", []string{"partner_id", "partner_key"}, ""},
		"zhongtong without":           {"zhongtong", []string{"partner_id"}, "account-secret"},
		"yuantong without":            {"yuantong", []string{"partner_id"}, "account-secret"},
		"yunda without":               {"yunda", []string{"partner_key"}, "account-value"},
		"jtexpress without":           {"jtexpress", []string{"partner_id"}, "account-secret"},
		"ems without":                 {"ems", []string{"partner_id"}, "account-secret"},
		"ane66 without":               {"ane66", []string{"partner_id"}, "account-secret"},
		"shentong":                    {"shentong", []string{"partner_id", "partner_key", "net"}, ""},
		"shentong without a branch":   {"shentong", []string{"partner_id", "partner_key"}, "account-value"},
		"youzhengguonei":              {"youzhengguonei", []string{"partner_id", "partner_key", "partner_secret", "net", "code"}, ""},
		"youzhengguonei with four":    {"youzhengguonei", []string{"partner_id", "partner_key", "net", "code"}, "account-value"},
		"jd":                          {"jd", []string{"partner_id"}, ""},
		"debangkuaidi":                {"debangkuaidi", []string{"partner_id"}, ""},
		"kuayue":                      {"kuayue", []string{"partner_id"}, ""},
		"another":                     {"xinfeng56", []string{"partner_id"}, ""},
		"another without":             {"xinfeng56", nil, "account-value"},
		"the account of a platform's": {"zhongtong", []string{"partner_id", "partner_key", "cainiao"}, "account-value"},
	} {
		t.Run(name, func(t *testing.T) {
			a := carrier.Account{Values: map[string]string{"company": test.company, "key": "K"}, Secrets: map[string]secret.Token{"secret": secret.New("S")}}
			for _, field := range test.has {
				switch field {
				case "partner_key", "partner_secret":
					a.Secrets[field] = secret.New(all[field])
				case "cainiao":
					a.Values["net"] = field
				default:
					a.Values[field] = all[field]
				}
			}
			if _, err := kuaidi100.Kind().New(a); notice.CodeOf(err) != test.code && (err != nil || test.code != "") {
				t.Errorf("New = %v, want %q", err, test.code)
			}
		})
	}
}
