package yunda_test

import (
	"errors"
	"fmt"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/notice"
)

// code returns the code of an error's notice or refusal.
func code(err error) notice.Code {
	var no *carrier.Refusal
	if errors.As(err, &no) {
		return notice.Code(no.Code)
	}
	return notice.CodeOf(err)
}

// Every code that is known, and Yunda's words where it has no code.
func TestCodes(t *testing.T) {
	type row struct {
		answer string
		code   notice.Code
		action carrier.Action
		class  error // nil is a refusal
	}
	gate := func(code string) string {
		return fmt.Sprintf(`{"result":false,"code":%q,"message":"x","data":null}`, code)
	}
	words := func(words string) string {
		return fmt.Sprintf(`{"result":true,"code":"0000","data":[{"order_serial_no":"249786309732","status":"0","msg":%q}]}`, words)
	}
	rows := []row{
		{gate("7100"), "gateway-account", carrier.Fix, carrier.ErrUnsent},
		{gate("7200"), "gateway-permission", carrier.Ask, carrier.ErrUnsent},
		{gate("7300"), "gateway-blocked", carrier.Ask, carrier.ErrUnsent},
		{gate("7400"), "gateway-signature", carrier.Fix, carrier.ErrUnsent},
		{gate("7777"), "gateway-back-end", carrier.Retry, carrier.ErrUnknown},
		{gate("9999"), "carrier-refused", carrier.Ask, nil},
		{words("订单号重复，请使用更新接口"), "order-has-number", carrier.Ask, carrier.ErrUnknown},
		{words("如需修改请调用更新接口"), "order-has-number", carrier.Ask, carrier.ErrUnknown},
		{words("收件地址包含脱敏字符"), "receiver-masked", carrier.Ask, nil},
		{words("系统异常"), "carrier-trouble", carrier.Ask, carrier.ErrUnknown},
		{words("面单余额不足"), "stock-out", carrier.Wait, nil},
		{words("超区"), "carrier-area", carrier.Ask, nil},
		{words("网点已停用"), "carrier-refused", carrier.Ask, nil},
	}
	for _, c := range []string{"7500", "7501", "7502", "7503"} {
		rows = append(rows, row{gate(c), "gateway-busy", carrier.Wait, carrier.ErrUnsent})
	}
	for _, c := range []string{"7600", "7601", "7602", "7603", "7604", "7605"} {
		rows = append(rows, row{gate(c), "gateway-call", carrier.Fix, carrier.ErrUnsent})
	}
	for _, test := range rows {
		_, err := answering(t, test.answer).Issue(t.Context(), carriertest.Order("249786309732"))
		no := (*carrier.Refusal)(nil)
		if refused := errors.As(err, &no); refused != (test.class == nil) || test.class != nil && !errors.Is(err, test.class) {
			t.Errorf("%s: %v", test.answer, err)
		}
		if got := code(err); got != test.code || carrier.ActionOf(got) != test.action || !notice.Known(got) {
			t.Errorf("%s: %s is to %v, want %s to %v", test.answer, got, carrier.ActionOf(got), test.code, test.action)
		}
	}
}
