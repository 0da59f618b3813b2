package sf_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/notice"
)

// speaks answers everything with one answer.
func speaks(t *testing.T, answer string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, answer) }))
	t.Cleanup(server.Close)
	return server.URL
}

// Every code of the reference: what helps against it, and whether there may be a
// number all the same.
func TestEveryCode(t *testing.T) {
	for _, test := range []struct {
		code   string
		notice notice.Code
		action carrier.Action
		class  error // nil is a refusal
	}{
		{"A1001", "gateway-call", carrier.Fix, carrier.ErrUnsent},
		{"A1002", "gateway-clock", carrier.Fix, carrier.ErrUnsent},
		{"A1003", "gateway-blocked", carrier.Ask, carrier.ErrUnsent},
		{"A1004", "gateway-permission", carrier.Ask, carrier.ErrUnsent},
		{"A1005", "gateway-busy", carrier.Wait, carrier.ErrUnsent},
		{"A1006", "gateway-signature", carrier.Fix, carrier.ErrUnsent},
		{"A1007", "gateway-back-end", carrier.Retry, carrier.ErrUnknown},
		{"A1008", "gateway-call", carrier.Fix, carrier.ErrUnsent},
		{"A1009", "gateway-back-end", carrier.Retry, carrier.ErrUnknown},
		{"A1010", "gateway-permission", carrier.Ask, carrier.ErrUnsent},
		{"A1011", "gateway-token", carrier.Retry, carrier.ErrUnsent},
		{"A1099", "gateway-back-end", carrier.Retry, carrier.ErrUnknown},
		{"A1234", "gateway-error", carrier.Ask, carrier.ErrUnknown}, // nobody knows it
		{"1010", "carrier-refused", carrier.Ask, nil},
		{"1011", "carrier-refused", carrier.Ask, nil},
		{"1012", "carrier-refused", carrier.Ask, nil},
		{"1014", "carrier-refused", carrier.Ask, nil},
		{"1015", "carrier-refused", carrier.Ask, nil},
		{"1016", "carrier-refused", carrier.Ask, nil},
		{"1023", "carrier-refused", carrier.Ask, nil},
		{"6126", "carrier-refused", carrier.Ask, nil},
		{"8016", "order-has-number", carrier.Ask, carrier.ErrUnknown},
		{"8037", "carrier-refused", carrier.Ask, nil},
		{"8067", "parcels-too-many", carrier.Ask, nil},
		{"8114", "carrier-refused", carrier.Ask, nil},
		{"8119", "carrier-refused", carrier.Ask, nil},
		{"8196", "carrier-refused", carrier.Ask, nil},
		{"8253", "carrier-refused", carrier.Ask, nil},
		{"S0003", "carrier-refused", carrier.Ask, nil},
	} {
		t.Run(test.code, func(t *testing.T) {
			answer := refusal(test.code, "李䶮 13800001234")
			if test.code[0] == 'A' {
				answer = gate(test.code, "李䶮 13800001234")
			}
			_, err := issuerOf(t, account(speaks(t, answer), nil)).Issue(t.Context(), demoOrder())
			code := notice.CodeOf(err)
			var r *carrier.Refusal
			switch {
			case test.class == nil:
				if !errors.As(err, &r) || r.Retry {
					t.Fatalf("err = %v, want a refusal", err)
				}
				code = notice.Code(r.Code)
			case !errors.Is(err, test.class) || errors.As(err, &r):
				t.Fatalf("err = %v, want: %v", err, test.class)
			}
			if code != test.notice || carrier.ActionOf(code) != test.action || !notice.Known(code) {
				t.Errorf("%s is to %v, want %s to %v", code, carrier.ActionOf(code), test.notice, test.action)
			}
		})
	}
}

// Words decide where nobody knows the code.
func TestUnknownCodesAreJudgedByTheirWords(t *testing.T) {
	for words, class := range map[string]error{"重复下单": carrier.ErrUnknown, "系统异常，请稍后": carrier.ErrUnknown, "托寄物不允许": nil} {
		_, err := issuerOf(t, account(speaks(t, refusal("9999", words)), nil)).Issue(t.Context(), demoOrder())
		var r *carrier.Refusal
		if class != nil && !errors.Is(err, class) || class == nil && !errors.As(err, &r) {
			t.Errorf("%s: %v", words, err)
		}
	}
}
