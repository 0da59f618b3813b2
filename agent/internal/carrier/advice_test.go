package carrier_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/jd"
	"miandan/agent/internal/carrier/jdl"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/lop"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/secret"
)

// Carriers give words rather than codes; what is made of those.
func TestWordsSayWhatHelps(t *testing.T) {
	for _, door := range []struct {
		name    string
		answers map[string]carrier.Action
		do      func(ctx context.Context, base string) error
	}{
		{"Wujie", map[string]carrier.Action{
			`{"statusCode":1,"statusMessage":"参数错误"}`:         carrier.Ask,
			`{"statusCode":-1,"statusMessage":"未签约"}`:         carrier.Ask,
			`{"statusCode":-1,"statusMessage":"面单库存不足"}`:      carrier.Wait,
			`{"statusCode":-1,"statusMessage":"该区域已停发"}`:      carrier.Ask,
			`{"statusCode":-1,"statusMessage":"系统异常"}`:        carrier.Ask,
			`{"statusCode":-1,"statusMessage":"订单重复"}`:        carrier.Ask,
			`{"statusCode":77,"statusMessage":"没人见过"}`:        carrier.Ask,
			`{"x":{"resultInfo":{"statusCode":0,"data":{}}}}`: carrier.Fix,
		}, wujie},
		{"JD Express", map[string]carrier.Action{
			`{"x":{"receiveorderinfo_result":{"resultCode":121,"resultMessage":"商家编码错误"}}}`:           carrier.Ask,
			`{"x":{"receiveorderinfo_result":{"resultCode":130,"resultMessage":"超区"}}}`:               carrier.Ask,
			`{"x":{"receiveorderinfo_result":{"resultCode":1,"resultMessage":"?","needRetry":true}}}`: carrier.Ask,
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
