package deppon_test

import (
	"errors"
	"fmt"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/notice"
)

// The two codes that are known, and words under codes that are not. Whoever may
// have a number is never told that it has none.
func TestCodes(t *testing.T) {
	unsent, unknown := carrier.ErrUnsent, carrier.ErrUnknown
	for _, test := range []struct {
		code, words string
		notice      notice.Code
		class       error // nil is a refusal
		action      carrier.Action
	}{
		{"2006", "渠道单号或运单号重复！", "order-has-number", unknown, carrier.Ask},
		{"2006", "x", "order-has-number", unknown, carrier.Ask},
		{"9999", "系统异常", "gateway-back-end", unknown, carrier.Retry},
		{"2003", "摘要验证失败", "gateway-signature", unsent, carrier.Fix},
		{"1", "签名错误", "gateway-signature", unsent, carrier.Fix},
		{"1", "invalid digest", "gateway-signature", unsent, carrier.Fix},
		{"1", "电子签名未开通", "carrier-refused", nil, carrier.Ask},
		{"1", "系统繁忙，请稍后再试", "carrier-trouble", unknown, carrier.Ask},
		{"1", "订单已存在", "order-has-number", unknown, carrier.Ask},
		{"1", "收货地址超区，不派送", "carrier-area", nil, carrier.Ask},
		{"1", "客户没有子母件权限", "carrier-refused", nil, carrier.Ask},
		{"1000", "失败", "gateway-answer", unknown, carrier.Fix}, // a code of success
	} {
		t.Run(test.code+" "+test.words, func(t *testing.T) {
			p := says(create, fmt.Sprintf(`{"result":"false","resultCode":%q,"reason":%q}`, test.code, test.words))
			_, err := p.issuer(t).Issue(t.Context(), demo())
			got := notice.CodeOf(err)
			var r *carrier.Refusal
			if errors.As(err, &r) {
				got = notice.Code(r.Code)
			}
			if got != test.notice || carrier.ActionOf(got) != test.action || !notice.Known(got) || (r != nil) != (test.class == nil) ||
				test.class != nil && !errors.Is(err, test.class) {
				t.Errorf("%s, %v: %v", got, carrier.ActionOf(got), err)
			}
		})
	}
}
