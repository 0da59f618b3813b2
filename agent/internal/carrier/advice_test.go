package carrier_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/jd"
	"miandan/agent/internal/carrier/jdl"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/jos/tde"
	"miandan/agent/internal/lop"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/secret"
)

// says are the words of a sentence that tell what happens next: by itself, or
// by whom.
var says = map[carrier.Action][]string{
	carrier.Retry: {"自动"},
	carrier.Wait:  {"等待", "自动"},
	carrier.Fix:   {"设置", "时钟", "miandan config"},
	carrier.Ask:   {"请"},
}

func TestEveryCodeSaysWhatHelps(t *testing.T) {
	gateway := func(codes map[string]carrier.Action, answer string) map[string]carrier.Action {
		rows := map[string]carrier.Action{}
		for code, action := range codes {
			rows[fmt.Sprintf(answer, code)] = action
		}
		return rows
	}
	back := carrier.Retry
	system := map[string]carrier.Action{
		"2": carrier.Wait, "4": carrier.Fix, "5": carrier.Fix, "7": carrier.Fix, "8": carrier.Fix, "11": carrier.Fix, "12": carrier.Fix,
		"14": carrier.Fix, "15": carrier.Fix, "18": carrier.Ask, "19": carrier.Ask, "20": carrier.Fix, "21": carrier.Fix, "24": carrier.Ask,
		"43": back, "66": back, "67": back, "9999": carrier.Ask,
	}
	josOnly := map[string]carrier.Action{"50": back, "60": back, "61": back, "62": back, "63": back, "64": back, "65": back}
	for _, door := range []struct {
		name    string
		answers map[string]carrier.Action
		do      func(ctx context.Context, base string) error
	}{
		{"gateway, Wujie", gateway(system, `{"error_response":{"code":"%s"}}`), wujie},
		{"gateway, Wujie, behind it", gateway(josOnly, `{"error_response":{"code":"%s"}}`), wujie},
		{"gateway, JD Express", gateway(system, `{"error_response":{"code":"%s"}}`), express},
		{"gateway of JD Logistics", gateway(system, `{"error_response":{"code":%s}}`), platform},
		{"gateway of JD Logistics, a body that is no list", map[string]carrier.Action{`{"error_response":{"code":62}}`: carrier.Fix}, platform},
		{"Wujie", map[string]carrier.Action{
			`{"statusCode":1,"statusMessage":"参数错误"}`:         carrier.Ask,
			`{"statusCode":-1,"statusMessage":"未签约"}`:         carrier.Ask,
			`{"statusCode":-1,"statusMessage":"面单库存不足"}`:      carrier.Wait,
			`{"statusCode":-1,"statusMessage":"该区域已停发"}`:      carrier.Ask,
			`{"statusCode":-1,"statusMessage":"系统异常"}`:        carrier.Ask,
			`{"statusCode":-1,"statusMessage":"订单重复"}`:        carrier.Ask,
			`{"statusCode":77,"statusMessage":"没人见过"}`:        carrier.Fix,
			`{"x":{"resultInfo":{"statusCode":0,"data":{}}}}`: carrier.Fix,
		}, wujie},
		{"JD Express", map[string]carrier.Action{
			`{"x":{"receiveorderinfo_result":{"resultCode":121,"resultMessage":"商家编码错误"}}}`:           carrier.Ask,
			`{"x":{"receiveorderinfo_result":{"resultCode":130,"resultMessage":"超区"}}}`:               carrier.Ask,
			`{"x":{"receiveorderinfo_result":{"resultCode":1,"resultMessage":"?","needRetry":true}}}`: carrier.Fix,
		}, express},
		{"JD Express, taken back", map[string]carrier.Action{`{"x":{"resultInfo":{"stateCode":1,"stateMessage":"已揽收"}}}`: carrier.Ask}, expressBack},
		{"ECAP", map[string]carrier.Action{`{"success":false,"code":1,"msg":"商家编码错误"}`: carrier.Ask, `{"success":false,"code":1,"msg":"余额不足"}`: carrier.Wait}, platform},
		{"ECAP, taken back", map[string]carrier.Action{`{"success":false,"code":1,"msg":"已揽收"}`: carrier.Ask}, platformBack},
	} {
		for answer, action := range door.answers {
			t.Run(door.name+" "+answer, func(t *testing.T) {
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, answer) }))
				defer server.Close()
				holds(t, codeOf(door.do(t.Context(), server.URL)), action)
			})
		}
	}
}

// codes that no call of a carrier ends in: TDE's 101 and 305 to 308, the
// gateway out of reach, and what is refused before anybody is asked.
func TestEveryOtherCodeSaysWhatHelps(t *testing.T) {
	for code, action := range map[notice.Code]carrier.Action{
		tde.NoticeKeys: carrier.Ask, tde.NoticeVoucher: carrier.Ask, tde.NoticeNoKey: carrier.Retry, tde.NoticeDamaged: carrier.Ask,
		jos.NoticeUnreachable: carrier.Retry, lop.NoticeUnreachable: carrier.Retry, jos.NoticeCertificate: carrier.Ask, lop.NoticeCertificate: carrier.Ask,
		jos.NoticeNotSetUp: carrier.Fix, lop.NoticeNotSetUp: carrier.Fix, jos.NoticeGateway: carrier.Fix, lop.NoticeGateway: carrier.Fix, lop.NoticeAlgorithm: carrier.Fix,
		"phone-masked": carrier.Ask, "receiver-masked": carrier.Ask, "receiver-sealed": carrier.Ask, "parcels-too-many": carrier.Ask,
		"service-not-set-up": carrier.Ask, "parcel-count": carrier.Ask, "number-not-known": carrier.Ask, "contract-missing": carrier.Fix,
		"carrier-answer-unknown": carrier.Ask, "routing-missing": carrier.Retry, "carrier-unreachable": carrier.Retry, "stock-low": carrier.Ask, "shipped-refused": carrier.Ask,
	} {
		t.Run(string(code), func(t *testing.T) { holds(t, code, action) })
	}
}

func holds(t *testing.T, code notice.Code, action carrier.Action) {
	t.Helper()
	if !notice.Known(code) {
		t.Fatalf("%q has no sentence", code)
	}
	if got := carrier.ActionOf(code); got != action {
		t.Errorf("%s is to %v, want %v", code, got, action)
	}
	sentence := notice.Text(notice.Chinese, code)
	for _, word := range says[action] {
		if strings.Contains(sentence, word) {
			return
		}
	}
	t.Errorf("%s is to %v and says %q", code, action, sentence)
}

func codeOf(err error) notice.Code {
	var r *carrier.Refusal
	if errors.As(err, &r) {
		return notice.Code(r.Code)
	}
	return notice.CodeOf(err)
}

func josClient(base string) *jos.Client {
	return &jos.Client{Gateway: base, AppKey: "K", AppSecret: secret.New("S"), AccessToken: secret.New("T")}
}

func wujie(ctx context.Context, base string) error {
	i := &jd.Issuer{Client: josClient(base), Now: time.Now}
	_, err := i.Issue(ctx, carriertest.Order("249786309732"))
	return err
}

func express(ctx context.Context, base string) error {
	i := &jdl.Issuer{Client: josClient(base), Now: time.Now}
	_, err := i.Issue(ctx, carriertest.Order("249786309732"))
	return err
}

func expressBack(ctx context.Context, base string) error {
	return (&jdl.Issuer{Client: josClient(base), Now: time.Now}).Cancel(ctx, "JDVC1")
}

func ecap(base string) *jdl.ECAP {
	return &jdl.ECAP{Client: &lop.Client{Gateway: base, AppKey: "K", AppSecret: secret.New("S"), AccessToken: secret.New("T")}, Now: time.Now}
}

func platform(ctx context.Context, base string) error {
	_, err := ecap(base).Issue(ctx, carriertest.Order("249786309732"))
	return err
}

func platformBack(ctx context.Context, base string) error { return ecap(base).Cancel(ctx, "JDVC1") }
