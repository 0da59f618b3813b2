package sto_test

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

// Every code of the reference, and STO's words where it has no code.
func TestCodes(t *testing.T) {
	const says = `{"success":"false","errorCode":%q,"errorMsg":%q,"needRetry":%q,"data":null}`
	for _, test := range []struct {
		answer string
		code   notice.Code
		action carrier.Action
		class  error // nil is a refusal
	}{
		{fmt.Sprintf(says, "S02", "签名错误", "false"), "gateway-signature", carrier.Fix, carrier.ErrUnsent},
		{fmt.Sprintf(says, "S02", "签名错误", "true"), "gateway-signature", carrier.Fix, carrier.ErrUnsent},
		{"<response><success>false</success><errorCode>S02</errorCode><errorMsg>签名错误</errorMsg></response>", "gateway-signature", carrier.Fix, carrier.ErrUnsent},
		{"<html><body>S02</body></html>", "gateway-answer", carrier.Fix, carrier.ErrUnknown},
		{fmt.Sprintf(says, "S07", "系统异常", "true"), "gateway-back-end", carrier.Retry, carrier.ErrUnknown},
		{fmt.Sprintf(says, "S06", "网络超时，请重试", "false"), "gateway-back-end", carrier.Retry, carrier.ErrUnknown},
		{fmt.Sprintf(says, "S08", "HTTP 状态异常（非 200）", "false"), "gateway-back-end", carrier.Retry, carrier.ErrUnknown},
		{fmt.Sprintf(says, "S09", "返回报文为空", "false"), "gateway-back-end", carrier.Retry, carrier.ErrUnknown},
		{fmt.Sprintf(says, "S13", "业务服务异常", "false"), "gateway-back-end", carrier.Retry, carrier.ErrUnknown},
		{fmt.Sprintf(says, "S12", "参数错误", "false"), "gateway-call", carrier.Fix, carrier.ErrUnsent},
		{fmt.Sprintf(says, "77", "网络超时", "false"), "carrier-trouble", carrier.Ask, carrier.ErrUnknown},
		{fmt.Sprintf(says, "77", "", "false"), "carrier-trouble", carrier.Ask, carrier.ErrUnknown},
		{fmt.Sprintf(says, "9", "请重试", "true"), "carrier-trouble", carrier.Ask, carrier.ErrUnknown},
		{fmt.Sprintf(says, "", "订单已存在", "false"), "order-has-number", carrier.Ask, carrier.ErrUnknown},
		{fmt.Sprintf(says, "", "面单余额不足", "false"), "stock-out", carrier.Wait, nil},
		{fmt.Sprintf(says, "", "该地址不派送", "false"), "carrier-area", carrier.Ask, nil},
		{fmt.Sprintf(says, "", "网点编码错误", "false"), "carrier-refused", carrier.Ask, nil},
	} {
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

func TestCancelCodes(t *testing.T) {
	for answer, want := range map[string]notice.Code{
		`{"success":"true"}`: "",
		`{"success":"false","errorCode":"","errorMsg":"已揽收"}`:     "cancel-refused",
		`{"success":"false","errorCode":"S02","errorMsg":"签名错误"}`: "gateway-signature",
		`{"success":"false","errorCode":"S07","errorMsg":"系统异常"}`: "gateway-back-end",
		`{}`: "gateway-answer",
	} {
		if got := code(answering(t, answer).Cancel(t.Context(), "770000000000001")); got != want && !(want == "" && got == notice.CodeOf(nil)) {
			t.Errorf("%s: %s, want %s", answer, got, want)
		}
	}
}
