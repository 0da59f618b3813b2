package kuaidi100_test

import (
	"errors"
	"fmt"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/notice"
)

// Every code of the interface, and of the older one, with what helps and with
// what is known of a number.
func TestCodes(t *testing.T) {
	for _, test := range []struct {
		code   int
		words  string
		notice notice.Code
		action carrier.Action
		class  error // nil is a definite no
	}{
		{-1, "服务器错误", "gateway-back-end", carrier.Retry, carrier.ErrUnknown},
		{30001, "参数错误", "carrier-refused", carrier.Ask, nil},
		{30001, "电子面单余额不足", "stock-out", carrier.Wait, nil},
		{30001, "该地址超区", "carrier-area", carrier.Ask, nil},
		{30001, "快递公司返回：系统异常", "carrier-trouble", carrier.Ask, carrier.ErrUnknown},
		{30001, "快递公司返回：订单已存在", "order-has-number", carrier.Ask, carrier.ErrUnknown},
		{30002, "签名错误", "gateway-signature", carrier.Fix, carrier.ErrUnsent},
		{30003, "KEY错误", "gateway-account", carrier.Fix, carrier.ErrUnsent},
		{30004, "单量不足", "gateway-busy", carrier.Wait, carrier.ErrUnsent},
		{30009, "订单不存在", "carrier-refused", carrier.Ask, nil},
		{400, "数据不完整", "carrier-refused", carrier.Ask, nil},
		{500, "服务器错误", "gateway-back-end", carrier.Retry, carrier.ErrUnknown},
		{501, "重复提交", "order-has-number", carrier.Ask, carrier.ErrUnknown},
		{503, "签名错误", "gateway-signature", carrier.Fix, carrier.ErrUnsent},
		{600, "KEY错误", "gateway-account", carrier.Fix, carrier.ErrUnsent},
		{601, "KEY已过期", "gateway-permission", carrier.Ask, carrier.ErrUnsent},
		{700, "数据错误", "carrier-refused", carrier.Ask, nil},
		{77777, "没人见过", "carrier-refused", carrier.Ask, nil},
		{200, "", "gateway-answer", carrier.Fix, carrier.ErrUnknown},   // and no data
		{30011, "", "gateway-answer", carrier.Fix, carrier.ErrUnknown}, // likewise
	} {
		t.Run(fmt.Sprint(test.code, " ", test.words), func(t *testing.T) {
			p := &platform{answer: fmt.Sprintf(`{"code":%d,"success":false,"message":%q,"data":null}`, test.code, test.words)}
			_, err := p.at(t, nil, nil).Issue(t.Context(), carriertest.Order("249786309732"))
			code := notice.CodeOf(err)
			var r *carrier.Refusal
			if errors.As(err, &r) {
				code = notice.Code(r.Code)
			}
			if code != test.notice || carrier.ActionOf(code) != test.action || !notice.Known(code) {
				t.Errorf("%v: %s is to %v, want %s, which is to %v", err, code, carrier.ActionOf(code), test.notice, test.action)
			}
			if test.class == nil && r == nil || test.class != nil && !errors.Is(err, test.class) {
				t.Errorf("err = %v, want %v", err, test.class)
			}
		})
	}
}

// The same for a number that is given back.
func TestCodesOfCancel(t *testing.T) {
	for answer, want := range map[string]notice.Code{
		`{"code":200,"success":true}`:                               "",
		`{"code":-1,"message":"服务器错误"}`:                             "gateway-back-end",
		`{"code":30001,"message":"快递公司返回：已揽收"}`:                     "cancel-refused",
		`{"code":30002,"message":"签名错误"}`:                           "gateway-signature",
		`{"code":30003,"message":"KEY错误"}`:                          "gateway-account",
		`{"code":30004,"message":"单量不足"}`:                           "gateway-busy",
		`{"code":30009,"message":"订单不存在"}`:                          "cancel-refused",
		`{"code":77777,"message":"没人见过"}`:                           "cancel-refused",
		`{"message":"13800001234"}`:                                 "gateway-answer",
		`{"code":30001,"message":"演示张三 13800001234 的订单不能取消"}`:       "cancel-refused",
		`{"code":30001,"message":{"not":"a text"},"data":["what"]}`: "cancel-refused",
	} {
		p := &platform{answer: answer}
		err := p.at(t, nil, nil).Cancel(t.Context(), "73100000000001")
		if got := notice.CodeOf(err); got != want && (err != nil || want != "") {
			t.Errorf("%s: Cancel = %v, want %q", answer, err, want)
		}
		if p.form.Get("method") != "cancel" || p.param["kuaidinum"] != "73100000000001" || p.param["kuaidicom"] != "zhongtong" || p.param["partnerKey"] != "PK" {
			t.Errorf("asked %s with %v", p.form.Get("method"), p.param)
		}
	}
}
