package carrier_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/component"
	"miandan/agent/internal/cloudprint"
	"miandan/agent/internal/jos/oauth"
	"miandan/agent/internal/jos/tde"
	"miandan/agent/internal/lop"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	orders "miandan/agent/internal/platform/jd"
	"miandan/agent/internal/secret"
	"miandan/printer"
	"miandan/templates/waybill"
)

// says is how a sentence tells which of the four it is, in the order of
// notice.Language.
var says = map[carrier.Action][2]*regexp.Regexp{
	carrier.Retry: {regexp.MustCompile(`(tried again|asked for again|goes on|go on) by (itself|themselves)`), regexp.MustCompile(`自动(重试|继续|再次)`)},
	carrier.Wait:  {regexp.MustCompile(`(?i)wait.*by (itself|themselves)`), regexp.MustCompile(`等待.*自动继续`)},
	carrier.Ask: {
		regexp.MustCompile(`\b(Have|have|Apply|Look|look|Ask|ask|See|Check|Cancel|Ship|Buy|Choose|Decide|Stop|Split|Complete|Fetch|Name|Unlock|Print|Start|Subscribe|Order it|Put that right)\b`),
		regexp.MustCompile(`请`),
	},
	carrier.Fix: {regexp.MustCompile(`settings|the clock|computer's clock|miandan config|\burl\b|way = `), regexp.MustCompile(`设置|时钟|miandan config|url|way = `)},
}

// aPerson is what is said of something that a person must set right here. What
// happens by itself does not send people there.
var aPerson = regexp.MustCompile(`settings|设置|miandan config`)

// holds asks of a code that it has what helps, and that its sentences say it.
func holds(t *testing.T, code notice.Code, action carrier.Action) {
	t.Helper()
	if !notice.Known(code) {
		t.Fatalf("%q has no sentence", code)
	}
	if got := carrier.ActionOf(code); got != action {
		t.Errorf("%s is to %v, want %v", code, got, action)
	}
	for _, l := range []notice.Language{notice.English, notice.Chinese} {
		sentence := notice.Text(l, code)
		if !says[action][l].MatchString(sentence) {
			t.Errorf("%s is to %v and says %q", code, action, sentence)
		}
		if (action == carrier.Retry || action == carrier.Wait) && aPerson.MatchString(sentence) {
			t.Errorf("%s is to %v and sends people to the settings: %q", code, action, sentence)
		}
	}
}

// platformCode is a code of the reference to JD's interfaces, with what the
// platform says and what helps.
type platformCode struct {
	code   string // as the reference names it
	answer string
	notice notice.Code
	action carrier.Action
}

// answers makes a platformCode of each code, whose place in form is %s.
func answers(form string, notice notice.Code, action carrier.Action, codes ...string) []platformCode {
	var list []platformCode
	for _, c := range codes {
		list = append(list, platformCode{c, fmt.Sprintf(form, c), notice, action})
	}
	return list
}

// Every error code of the reference, put into the mouth of a server and read by
// the client that would meet it.
func TestEveryCodeOfTheReference(t *testing.T) {
	const (
		gate  = `{"error_response":{"code":"%s","zh_desc":"x","en_desc":"x"}}`
		gate2 = `{"error_response":{"code":%s,"zh_desc":"x","en_desc":"x"}}`
	)
	// §1.3; LOP's numbers are taken to be the same, §4.2.
	system := func(form, family string) []platformCode {
		of := func(name string) notice.Code { return notice.Code(family + "-" + name) }
		return slices.Concat(
			answers(form, of("quota"), carrier.Wait, "2"),
			answers(form, of("method"), carrier.Fix, "4", "5", "14", "15"),
			answers(form, of("clock"), carrier.Fix, "7", "8"),
			answers(form, of("signature"), carrier.Fix, "11", "12"),
			answers(form, of("token-expired"), carrier.Ask, "18", "19"),
			answers(form, of("app-key"), carrier.Fix, "20", "21"),
			answers(form, of("no-permission"), carrier.Ask, "24"),
			answers(form, of("back-end"), carrier.Retry, "43", "66", "67"),
			answers(form, of("error"), carrier.Ask, "9999"),
		)
	}
	doors := []struct {
		name  string
		do    func(ctx context.Context, base string) error
		codes []platformCode
	}{
		{"§1.3 gateway", wujie, append(system(gate, "jd"), answers(gate, "jd-back-end", carrier.Retry, "50", "60", "61", "62", "63", "64", "65")...)},
		{"§4.2 gateway of JD Logistics", platform, append(system(gate2, "jdl"), answers(gate2, "jdl-method", carrier.Fix, "62")...)},
		{"§1.4 authorisation", renew, slices.Concat(
			answers(`{"code":%s,"msg":"x"}`, "jd-renew-refused", carrier.Ask, "400", "401"),
			answers(`{"errorcode":"%s"}`, "jd-renew-refused", carrier.Ask, "203"),
		)},
		{"§2.3 shipment", ship, slices.Concat(
			answers(`{"x":{"code":"0","sopjosshipment_result":{"success":false,"errorCode":"%s","chineseErrCode":"x"}}}`, "jd-back-end", carrier.Retry, "999999", "99999999"),
			answers(`{"x":{"code":"0","sopjosshipment_result":{"success":false,"errorCode":"%s","chineseErrCode":"x"}}}`, "shipped-refused", carrier.Ask, "10101"),
			answers(`{"x":{"code":"0","sopjosshipment_result":{"success":false,"error_code":"%s","chinese_err_code":"x"}}}`, "shipped-refused", carrier.Ask, "10101"),
		)},
		{"§1.3 gateway, JD Express", express, system(gate, "jd")},
		{"§3.3 Wujie", wujie, slices.Concat(
			answers(`{"statusCode":%s,"statusMessage":"x"}`, "carrier-refused", carrier.Ask, "1", "-1"),
			answers(`{"statusCode":%s,"statusMessage":"面单库存不足"}`, "stock-out", carrier.Wait, "-1"),
			answers(`{"x":{"resultInfo":{"statusCode":%s,"statusMessage":"停发"}}}`, "carrier-area", carrier.Ask, "-1"),
		)},
		{"§4.1 JD Express", express, slices.Concat(
			answers(`{"x":{"receiveorderinfo_result":{"resultCode":%s,"resultMessage":"x"}}}`, "carrier-refused", carrier.Ask, "121"),
			answers(`{"x":{"receiveorderinfo_result":{"resultCode":%s,"resultMessage":"超区"}}}`, "carrier-area", carrier.Ask, "130"),
		)},
		{"§4.1 JD Express, taken back", expressBack, answers(`{"x":{"resultInfo":{"stateCode":%s,"stateMessage":"x"}}}`, "cancel-refused", carrier.Ask, "101")},
		{"§4.2 ECAP", platform, answers(`{"success":false,"code":%s,"msg":"x"}`, "carrier-refused", carrier.Ask, "1", "1001")},
		{"§5.1 pullData", pull, slices.Concat(
			answers(`{"code":"%s","message":"x","prePrintDatas":[]}`, "sealed-refused", carrier.Fix, "0", "-1"),
			answers(`{"code":"1","message":"x","prePrintDatas":[{"code":"%s","msg":"x","wayBillNo":"JDVC1"}]}`, "sealed-refused", carrier.Fix, "0", "-1"),
		)},
		{"§5.3 render", render, answers(`{"code":"%s","msg":"x"}`, "rendered-refused", carrier.Ask, "0")},
		{"§5.4 component", componentSays("2"), slices.Concat(
			answers(`{"key":"KEY","code":"2","success":"false","status":"%s","message":"x","detailinfo":{"total":"0-1","errors":[{"seq":"1","msg":"x"}]}}`, "component-refused", carrier.Fix, "502", "503"),
			answers(`{"key":"KEY","code":"2","success":"false","status":"%s","message":"x","detailinfo":{"total":"1-1"}}`, "component-unclear", carrier.Ask, "500"),
		)},
		{"§5.4 component, version 3", componentSays("3"), slices.Concat(
			answers(`{"requestId":"KEY","cmd":"print","code":%s,"message":"x"}`, "component-refused", carrier.Fix, "2001", "2002", "2010"),
			answers(`{"requestId":"KEY","cmd":"print","code":%s,"message":"x"}`, "component-unclear", carrier.Ask, "1001", "4000"),
		)},
		{"§6.1 keys", keys, answers(`{"x":{"code":"0","response":{"status_code":%s,"status_message":"x"}}}`, "jd-tde-keys", carrier.Ask, "101", "305", "306", "307", "308")},
		{"§6.1 voucher", keysWithoutVoucher, answers(`{"x":{"code":"0","response":{"errorCode":"%s","errorMsg":"x"}}}`, "jd-voucher", carrier.Ask, "500")},
		{"§6.2 receivers", reveal, slices.Concat(
			answers(`{"x":{"code":"0","returnType":{"code":%s,"message":"订单不存在"}}}`, "jd-oaid-refused", carrier.Ask, "400"),
			answers(`{"x":{"code":"0","returnType":{"code":%s,"message":"超出解密额度"}}}`, "jd-oaid-quota", carrier.Wait, "400"),
			answers(`{"x":{"code":"0","returnType":{"code":%s,"message":"未订购号码包"}}}`, "export-number-package", carrier.Ask, "400"),
		)},
	}
	for _, door := range doors {
		for _, c := range door.codes {
			t.Run(door.name+" "+c.code+" "+string(c.notice), func(t *testing.T) {
				server := httptest.NewServer(serving(c.answer))
				defer server.Close()
				err := door.do(t.Context(), server.URL)
				if got := codeOf(err); got != c.notice {
					t.Fatalf("%v (%s), want %s", err, got, c.notice)
				}
				holds(t, c.notice, c.action)
			})
		}
	}
}

// serving gives one answer to all calls, but for the voucher that keys are
// fetched with, and to all who talk to it as to JD's component.
func serving(answer string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("Upgrade") != "":
			component9113(w, r, answer)
		case r.URL.Query().Get("method") == "jingdong.jos.voucher.info.get" && !strings.Contains(answer, "errorMsg"):
			data := `{"sig":"","data":{"effective":1790000000000,"expired":4102444800000,"id":"demo-tid","key":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}}`
			io.WriteString(w, `{"x":{"code":"0","response":{"errorCode":"0","data":{"voucher":"`+base64.StdEncoding.EncodeToString([]byte(data))+`"}}}}`)
		default:
			io.WriteString(w, answer)
		}
	})
}

func component9113(w http.ResponseWriter, r *http.Request, answer string) {
	ws, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer ws.CloseNow()
	key := regexp.MustCompile(`"(?:key|requestId)":"([^"]*)"`)
	for {
		_, frame, err := ws.Read(r.Context())
		if err != nil {
			return
		}
		say := answer
		switch {
		case strings.Contains(string(frame), "GET_Printers"):
			say = `{"key":"KEY","code":"6","success":"true","status":"500","content":"P","detailinfo":{"printers":["P"]}}`
		case strings.Contains(string(frame), "GET_PRINTERS"):
			say = `{"requestId":"KEY","cmd":"get_printers","code":1000,"detail":{"printers":["P"]}}`
		}
		ws.Write(r.Context(), websocket.MessageText, []byte(strings.ReplaceAll(say, "KEY", key.FindStringSubmatch(string(frame))[1])))
	}
}

func source(base string) *orders.Source {
	client := josClient(base)
	return &orders.Source{Client: client, Vault: &tde.Vault{Gateway: client}, Now: time.Now}
}

func ship(ctx context.Context, base string) error {
	return source(base).Shipped(ctx, order.Key{Source: "jd", ID: "249786309732"}, "JD", "JDVC1")
}

func reveal(ctx context.Context, base string) error {
	o := order.Order{Key: order.Key{Source: "jd", ID: "249786309732"}, State: order.ToShip, Merchant: order.SOP, Consignee: "o1", PhoneKind: waybill.PhoneMasked}
	_, err := source(base).Reveal(ctx, o)
	return err
}

func keys(ctx context.Context, base string) error {
	_, err := (&tde.Vault{Gateway: josClient(base)}).Decrypt(ctx, "AASFpOM5FR/kMq+hZEmNHc2pEBESExQVFhcYGRobHB0eHxsvlZnXQNS15T7/1eW5SA8=")
	return err
}

func keysWithoutVoucher(ctx context.Context, base string) error { return keys(ctx, base) }

func renew(ctx context.Context, base string) error {
	p := oauth.JOS{App: oauth.App{Base: base, Key: "K", Secret: secret.New("S")}}
	_, err := p.Renew(ctx, oauth.Token{Refresh: secret.New("R")})
	return err
}

func cloud(base string) (*cloudprint.Client, waybill.Label) {
	platform := &lop.Client{Gateway: base, AppKey: "K", AppSecret: secret.New("S"), AccessToken: secret.New("T")}
	c := &cloudprint.Client{CustomerCode: "010K0000000", LOP: cloudprint.CallerFunc(func(ctx context.Context, path string, argument, result any) error {
		return platform.Call(ctx, lop.API{Domain: "jdcloudprint", Path: path}, argument, result)
	})}
	c.Render.Files.Hosts = []string{"files.example"}
	w := waybill.Waybill{Carrier: "JD", Number: "JDVC1", Order: "249786309732", PhoneKind: waybill.PhoneReal, Receiver: carriertest.Order("249786309732").Receiver, Parcels: carrier.Boxes(1, func(int) string { return "JDVC1-1-1-" })}
	return c, waybill.Label{Waybill: w}
}

func pull(ctx context.Context, base string) error {
	c, l := cloud(base)
	_, err := c.Sealed(ctx, l)
	return err
}

func render(ctx context.Context, base string) error {
	c, l := cloud(base)
	_, err := c.Rendered(ctx, l, cloudprint.PNG)
	return err
}

// componentSays is a label on its way to a component that speaks a version of
// the protocol; the error is its sentence.
func componentSays(version string) func(ctx context.Context, base string) error {
	return func(ctx context.Context, base string) error {
		u, err := url.Parse(strings.Replace(base, "http", component.Scheme, 1) + "/P?version=" + version)
		if err != nil {
			return err
		}
		way, err := component.Open(u)
		if err != nil {
			return err
		}
		sealed, err := component.Document{TemplateURL: "https://template.example/x", TemplateCode: "x", Data: "U0VBTEVE"}.Encode()
		if err != nil {
			return err
		}
		p := &printer.Printer{Name: "P", Driver: component.Driver{}, Transport: way}
		attempt, _, err := p.Begin(ctx, printer.Job{Name: "L1", Sealed: sealed})
		if err != nil {
			return err
		}
		_, _, err = attempt.Send(ctx)
		if n := component.Notice("P", err); n != nil {
			return n
		}
		return errors.Join(errors.New("no sentence"), err)
	}
}

// What helps is said of every notice about JD's gateways, of numbers and of
// labels that JD makes.
func TestEverySentenceSaysWhatHelps(t *testing.T) {
	advice := map[notice.Code]carrier.Action{
		"jd-busy": carrier.Retry, "jd-unreachable": carrier.Retry, "jdl-unreachable": carrier.Retry, "no-network": carrier.Retry, "rendered-fetch": carrier.Retry,
		"routing-missing": carrier.Retry, "carrier-unreachable": carrier.Retry, "jd-tde-no-key": carrier.Retry,
		"jd-quota": carrier.Wait, "jdl-quota": carrier.Wait, "jd-oaid-quota": carrier.Wait, "stock-out": carrier.Wait,
		"jd-tde-damaged": carrier.Ask, "jd-code-refused": carrier.Ask, "jd-token-unstored": carrier.Ask, "jd-oaid-extension": carrier.Ask,
		"phone-masked": carrier.Ask, "receiver-masked": carrier.Ask, "receiver-sealed": carrier.Ask, "parcels-too-many": carrier.Ask, "parcel-count": carrier.Ask,
		"carrier-answer-unknown": carrier.Ask, "shipped-refused": carrier.Ask, "jd-voucher": carrier.Ask, "jd-voucher-ends": carrier.Ask, "jd-oaid-refused": carrier.Ask,
		"stock-low": carrier.Ask, "carrier-trouble": carrier.Ask, "order-has-number": carrier.Ask, "number-not-known": carrier.Ask,
		"rendered-barcode": carrier.Ask, "rendered-refused": carrier.Ask, "component-off": carrier.Ask, "component-no-reply": carrier.Ask,
		"jd-answer": carrier.Fix, "jdl-answer": carrier.Fix, "jd-certificate": carrier.Fix, "jdl-certificate": carrier.Fix, "jd-not-set-up": carrier.Fix,
		"jdl-not-set-up": carrier.Fix, "jd-gateway": carrier.Fix, "jdl-gateway": carrier.Fix, "jdl-algorithm": carrier.Fix, "contract-missing": carrier.Fix,
		"carrier-unknown": carrier.Fix, "service-not-set-up": carrier.Fix, "no-route": carrier.Fix, "phone-kind": carrier.Fix,
		"cloudprint-not-set-up": carrier.Fix, "template-missing": carrier.Fix, "template-unusable": carrier.Fix, "rendered-carrier": carrier.Fix,
		"rendered-no-hosts": carrier.Fix, "rendered-host": carrier.Fix, "rendered-kind": carrier.Fix, "rendered-size": carrier.Fix,
		"rendered-pdf": carrier.Fix, "rendered-picture": carrier.Fix, "component-no-printer": carrier.Fix, "component-not-local": carrier.Fix,
		"component-no-document": carrier.Fix, "component-refused": carrier.Fix,
	}
	for _, code := range slices.Sorted(maps.Keys(advice)) {
		t.Run(string(code), func(t *testing.T) { holds(t, code, advice[code]) })
	}
}
