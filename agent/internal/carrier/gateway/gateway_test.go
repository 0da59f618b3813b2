package gateway_test

import (
	"errors"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/gateway"
	"miandan/agent/internal/notice"
)

func client() *gateway.Client {
	return &gateway.Client{Account: "demo", Codes: gateway.Codes{}.
		Mean("gateway-signature", gateway.None, "turned away").
		Mean("gateway-back-end", gateway.Open, "half way").
		Mean("parcels-too-many", gateway.No, "no").
		Mean("", gateway.Has, "has")}
}

// Whatever is not known to be a no about the order is none.
func TestRefused(t *testing.T) {
	for _, test := range []struct {
		code, words string
		class       error // nil is a refusal
		notice      notice.Code
	}{
		{"turned away", "", carrier.ErrUnsent, "gateway-signature"},
		{"half way", "地址有误", carrier.ErrUnknown, "gateway-back-end"},
		{"no", "", nil, "parcels-too-many"},
		{"has", "", carrier.ErrUnknown, "order-has-number"},
		{"77", "地址有误", nil, "carrier-refused"},
		{"77", "面单余额不足", nil, "stock-out"},
		{"77", "网络异常", carrier.ErrUnknown, "carrier-trouble"},
		{"77", "", carrier.ErrUnknown, "carrier-trouble"},
		{"", " ", carrier.ErrUnknown, "carrier-trouble"},
	} {
		err := client().Refused("create", test.code, test.words, carriertest.Order("249786309732"))
		code := notice.CodeOf(err)
		no := (*carrier.Refusal)(nil)
		if errors.As(err, &no) {
			code = notice.Code(no.Code)
		}
		if (no != nil) != (test.class == nil) || test.class != nil && !errors.Is(err, test.class) || code != test.notice {
			t.Errorf("%q, %q: %v, want %s", test.code, test.words, err, test.notice)
		}
	}
}

// A no with a number is in doubt, whatever else it would be.
func TestBoth(t *testing.T) {
	for code, want := range map[string]notice.Code{"turned away": "gateway-answer", "no": "gateway-answer", "77": "gateway-answer", "half way": "gateway-back-end", "has": "order-has-number"} {
		c := client()
		err := c.Both("create", c.Refused("create", code, "地址有误", carriertest.Order("249786309732")))
		if !errors.Is(err, carrier.ErrUnknown) || errors.Is(err, carrier.ErrUnsent) || notice.CodeOf(err) != want {
			t.Errorf("%s: %v, want %s", code, err, want)
		}
	}
}

// A carrier in trouble is asked again to take a number back; its no is final.
func TestKept(t *testing.T) {
	for _, test := range []struct {
		code, words string
		want        notice.Code
	}{
		{"turned away", "签名错误", "gateway-signature"},
		{"half way", "系统异常", "gateway-back-end"},
		{"77", "系统繁忙，请稍后", "gateway-error"},
		{"77", "已揽收", "cancel-refused"},
		{"no", "系统异常", "cancel-refused"},
		{"", "", "cancel-refused"},
	} {
		if err := client().Kept("cancel", test.code, test.words, "YT1"); notice.CodeOf(err) != test.want {
			t.Errorf("%q, %q: %v, want %s", test.code, test.words, err, test.want)
		}
	}
}
