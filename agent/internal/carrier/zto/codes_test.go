package zto_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/notice"
)

// TestEveryCode puts every public code into ZTO's mouth.
func TestEveryCode(t *testing.T) {
	for _, test := range []struct {
		codes  []string
		words  string
		class  error // nil for a definite no
		code   notice.Code
		action carrier.Action
	}{
		{[]string{"S200", "S202", "S203"}, "x", carrier.ErrUnknown, "gateway-back-end", carrier.Retry},
		{[]string{"S206", "S221"}, "x", carrier.ErrUnsent, "gateway-busy", carrier.Wait},
		{[]string{"S207"}, "x", carrier.ErrUnsent, "gateway-call", carrier.Fix},
		{[]string{"S210", "E418"}, "x", carrier.ErrUnsent, "gateway-permission", carrier.Ask},
		{[]string{"S211"}, "x", carrier.ErrUnsent, "gateway-signature", carrier.Fix},
		{[]string{"S212"}, "x", carrier.ErrUnsent, "gateway-blocked", carrier.Ask},
		{[]string{"S214"}, "x", carrier.ErrUnsent, "gateway-clock", carrier.Fix},
		{[]string{"E404"}, "x", carrier.ErrUnsent, "gateway-account", carrier.Fix},
		{[]string{"S208", "E409", "E413", "E416"}, "x", nil, "carrier-refused", carrier.Ask},
		{[]string{"E1"}, "电子面单余额不足", nil, "stock-out", carrier.Wait},
		{[]string{"E1"}, "该地址停发", nil, "carrier-area", carrier.Ask},
		{[]string{"E1"}, "订单号重复", carrier.ErrUnknown, "order-has-number", carrier.Ask},
		{[]string{"E1"}, "系统异常，请稍后重试", carrier.ErrUnknown, "carrier-trouble", carrier.Ask},
	} {
		for _, code := range test.codes {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprintf(w, `{"result":null,"message":%q,"status":false,"statusCode":%q}`, test.words, code)
			}))
			_, err := issuer(t, server.URL, "", nil).Issue(t.Context(), carriertest.Order(orderID))
			server.Close()
			got := notice.CodeOf(err)
			var no *carrier.Refusal
			if errors.As(err, &no) != (test.class == nil) || test.class != nil && !errors.Is(err, test.class) {
				t.Errorf("%s: %v is of another class", code, err)
			}
			if no != nil {
				got = notice.Code(no.Code)
			}
			if got != test.code || carrier.ActionOf(got) != test.action || !notice.Known(got) {
				t.Errorf("%s: %s is to %v, want %s", code, got, carrier.ActionOf(got), test.code)
			}
		}
	}
}

// TestAnswersThatContradictThemselves are neither yes nor no.
func TestAnswersThatContradictThemselves(t *testing.T) {
	for _, answer := range []string{
		`{"result":{"billCode":"73000000000001"},"status":true,"statusCode":"S211"}`,
		`{"result":{"billCode":"73000000000001"},"status":true}`,
		`{"result":null,"message":"成功","status":false,"statusCode":"0000"}`,
		`{"result":{"billCode":"73000000000001","partnerOrderCode":"another"},"status":true,"statusCode":"0000"}`,
		`{"result":{},"status":true,"statusCode":"SYS000"}`,
		`{"result":[],"status":true,"statusCode":"0000"}`,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, answer) }))
		w, err := issuer(t, server.URL, "", nil).Issue(t.Context(), carriertest.Order(orderID))
		server.Close()
		if !errors.Is(err, carrier.ErrUnknown) || w.Number != "" {
			t.Errorf("%s: %q, %v", answer, w.Number, err)
		}
	}
}
