package carrier_test

import (
	"errors"
	"strings"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

func party(name, phone, address string) waybill.Party {
	return waybill.Party{Name: pii.NewName(name), Phone: pii.NewPhone(phone),
		Address: pii.NewAddress(pii.Region{Province: "广东", City: "广州市", District: "海珠区"}, address)}
}

func TestRefuse(t *testing.T) {
	for _, test := range []struct {
		name, phone, words, code string
		retry                    bool
	}{
		{"no numbers left", "13800001234", "面单库存不足", "stock-out", true},
		{"no money left", "13800001234", "网点余额不足", "stock-out", true},
		{"out of the area", "13800001234", "收件地址超区", "carrier-area", false},
		{"stopped there", "13800001234", "该区域已停发", "carrier-area", false},
		{"stars", "138****1234", "toAddress.phone 为密文或脱敏数据", "phone-masked", false},
		{"stars, but that is not why", "138****1234", "网点编码错误", "carrier-refused", false},
		{"a bad number without stars", "13800001234", "手机号码有误", "carrier-refused", false},
		{"no words", "13800001234", "", "carrier-refused", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := carrier.Refuse(test.words, order.Order{Receiver: party("张三", test.phone, "演示路1号")})
			if r.Code != test.code || r.Retry != test.retry || r.Message != test.words {
				t.Errorf("Refuse = %+v, want %s, retry %v", r, test.code, test.retry)
			}
			if !notice.Known(notice.Code(r.Code)) {
				t.Errorf("%s has no sentence", r.Code)
			}
		})
	}
}

func TestARefusalNamesNobody(t *testing.T) {
	to := party("张三", "13800001234", "演示路1号")
	r := carrier.Refuse("张三 13800001234 广东广州市海珠区演示路1号 不可达", order.Order{Receiver: to})
	for _, private := range []string{"张三", "1380000", "演示路"} {
		if strings.Contains(r.Error(), private) {
			t.Errorf("%q stands in %q", private, r.Error())
		}
	}
	if r.Code != "carrier-area" {
		t.Errorf("code %s, want carrier-area", r.Code)
	}
}

// A no is only definite if it is about the order: whoever broke off may have
// given a number before.
func TestDoubt(t *testing.T) {
	for words, want := range map[string]notice.Code{
		"订单号重复":                                           "order-has-number",
		"该订单已经下单":                                         "order-has-number",
		"Duplicate order number":                          "order-has-number",
		"系统异常":                                            "carrier-trouble",
		"系统发生数据错误或运行时异常":                                  "carrier-trouble",
		"调用面单服务异常":                                        "carrier-trouble",
		"网络异常，请重试":                                        "carrier-trouble",
		"服务器开小差了":                                         "carrier-trouble",
		"订单处理中":                                           "carrier-trouble",
		"系统内部错误":                                          "carrier-trouble",
		"未知错误":                                            "carrier-trouble",
		"调用路由接口失败":                                        "",
		"接口调用失败":                                          "carrier-trouble",
		"java.net.SocketTimeoutException: Read timed out": "carrier-trouble",
		"Internal Server Error":                           "carrier-trouble",
		"Service Unavailable":                             "carrier-trouble",
		"收件地址有误，请修改后重试":                                   "",
		"网点编码错误":                                          "",
		"不在服务网络内":                                         "",
		"":                                                "",
	} {
		err := carrier.Doubt(words, order.Order{Receiver: party("张三", "13800001234", "演示路1号")})
		if got := notice.CodeOf(err); err == nil && want != "" || err != nil && (got != want || !errors.Is(err, carrier.ErrUnknown)) {
			t.Errorf("%s: %v, want %q", words, err, want)
		}
	}
}

func TestNotTaken(t *testing.T) {
	err := carrier.NotTaken("YT1", "运单号不存在")
	var r *carrier.Refusal
	if !errors.As(err, &r) || r.Code != "cancel-refused" || notice.CodeOf(err) != "cancel-refused" {
		t.Errorf("NotTaken = %v, want a refusal with its sentence", err)
	}
	var n *notice.Error
	if errors.As(err, &n); !strings.Contains(n.Text(notice.Chinese), "YT1") || !strings.Contains(n.Text(notice.Chinese), "运单号不存在") {
		t.Errorf("it says %q", n.Text(notice.Chinese))
	}
}

func TestClassify(t *testing.T) {
	cause := notice.New("jd-quota", nil)
	for _, noEffect := range []bool{true, false} {
		err := carrier.Classify(cause, noEffect)
		if errors.Is(err, carrier.ErrUnsent) != noEffect || errors.Is(err, carrier.ErrUnknown) == noEffect || notice.CodeOf(err) != "jd-quota" {
			t.Errorf("Classify(_, %v) = %v", noEffect, err)
		}
	}
}

func TestBracketed(t *testing.T) {
	for _, test := range []struct {
		name, phone           string
		kind                  waybill.PhoneKind
		person, number, where string
	}{
		{"virtual", "17000000000-4740", waybill.PhoneVirtual, "张三[4740]", "17000000000", "广东广州市海珠区演示路1号[4740]"},
		{"real", "13800001234", waybill.PhoneReal, "张三", "13800001234", "广东广州市海珠区演示路1号"},
		{"a real number with an extension", "13800001234-12", waybill.PhoneReal, "张三", "13800001234-12", "广东广州市海珠区演示路1号"},
		{"a landline", "0431-80000014", waybill.PhoneVirtual, "张三", "0431-80000014", "广东广州市海珠区演示路1号"},
		{"virtual without extension", "17000000000", waybill.PhoneVirtual, "张三", "17000000000", "广东广州市海珠区演示路1号"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := carrier.Bracketed(party("张三", test.phone, "演示路1号"), test.kind)
			if p.Name.Reveal() != test.person || p.Phone.Reveal() != test.number || p.Address.Reveal() != test.where {
				t.Errorf("Bracketed = %q, %q, %q", p.Name.Reveal(), p.Phone.Reveal(), p.Address.Reveal())
			}
			if p.Address.Region().District != "海珠区" {
				t.Error("the region is lost")
			}
		})
	}
}
