package jtexpress_test

import (
	"errors"
	"fmt"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/notice"
)

// Every code that is known of the platform, in the mouth of addOrder. Whoever
// may have a number is never told that it has none.
func TestCodes(t *testing.T) {
	unsent, unknown := carrier.ErrUnsent, carrier.ErrUnknown
	for _, test := range []struct {
		words  string
		code   notice.Code
		class  error // nil is a refusal
		action carrier.Action
		codes  []string
	}{
		{"Headers签名失败", "gateway-signature", unsent, carrier.Fix, []string{"145003030", "145003031"}},
		{"业务参数签名失败", "gateway-account", unsent, carrier.Fix, []string{"145002002", "145003010", "145003051", "145003071"}},
		{"API账号没有接口权限", "gateway-permission", unsent, carrier.Ask, []string{"145003012"}},
		{"digest为空", "gateway-call", unsent, carrier.Fix, []string{"145003052", "145003053"}},
		{"系统错误", "gateway-back-end", unknown, carrier.Retry, []string{"145003040", "145003041", "145003203", "145005000", "145005005"}},
		{"客户订单号已存在,无法下单！", "order-has-number", unknown, carrier.Ask, []string{"145002001", "145003042", "145003101", "145003204"}},
		{"该地址暂停收寄", "carrier-area", nil, carrier.Ask, []string{"145005004"}},
		{"收件人信息不全", "carrier-refused", nil, carrier.Ask, []string{"145003050", "145003060", "145003061", "145003062", "145003082", "145003083", "145003084",
			"145003085", "145003086", "145003087", "145003088", "145003092", "145003093", "145003094", "145003095", "145003096", "145003099", "145003100", "145003103",
			"145003104", "145003105", "145003106", "145003107", "145003108", "145003109", "145003110", "145003111", "145003112", "145003113", "145003200"}},
		// codes that nobody knows, by their words
		{"失败", "carrier-refused", nil, carrier.Ask, []string{"0", "999011010", "-1"}},
		{"超区", "carrier-area", nil, carrier.Ask, []string{"0"}},
		{"面单余额不足", "stock-out", nil, carrier.Wait, []string{"0"}},
		{"请勿重复下单", "order-has-number", unknown, carrier.Ask, []string{"0"}},
		{"系统异常，请稍后重试", "carrier-trouble", unknown, carrier.Ask, []string{"0"}},
	} {
		for _, code := range test.codes {
			t.Run(code+" "+test.words, func(t *testing.T) {
				p := &platform{says: map[string]string{"addOrder": fmt.Sprintf(`{"code":%q,"msg":%q,"data":null}`, code, test.words)}}
				_, err := p.issuer(t).Issue(t.Context(), demo())
				got := notice.CodeOf(err)
				var r *carrier.Refusal
				if errors.As(err, &r) {
					got = notice.Code(r.Code)
				}
				if got != test.code || carrier.ActionOf(got) != test.action || !notice.Known(got) || (r != nil) != (test.class == nil) ||
					test.class != nil && !errors.Is(err, test.class) {
					t.Errorf("%s, %v: %v", got, carrier.ActionOf(got), err)
				}
			})
		}
	}
}
