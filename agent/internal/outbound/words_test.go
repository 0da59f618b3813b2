package outbound

import (
	"slices"
	"strings"
	"testing"
)

func TestCode(t *testing.T) {
	for code, want := range map[string]string{
		"": "", "0": "0", "-1": "-1", "66": "66", "999999": "999999", "99999999": "99999999", "BIZ-17": "BIZ-17",
		"021800001": Mask, "13800001234": Mask, "-13800001234": "-" + Mask, "13800001234 x": Mask, "Yanshi Placeholder": Mask, "-": "-", "演示张三": Mask, "isv.无效": Mask,
	} {
		if got := Code(code); got != want {
			t.Errorf("Code(%q) = %q, want %q", code, got, want)
		}
	}
}

func TestWordsHideWhatIsQuotedInPart(t *testing.T) {
	private := []string{"演示丰年", "北山街道演示东路12号3幢502室", "请放在演示驿站", "Yanshi Placeholder"}
	for message, want := range map[string]string{
		"收件人演示丰年信息有误":                       "收件人••••信息有误",
		"丰年先生：信息有误":                         "••••先生：信息有误",
		"示丰年的电话有误":                          "••••的电话有误",
		"地址演示东路12号3幢502室超区":                 "地址••••超区",
		"演示东路停发":                            "••••停发",
		"3幢502室无人":                          "••••无人",
		"备注：演示驿站":                           "备注：••••",
		"placeholder":                       "placeholder",
		"Placeholder is no name":            "•••• is no name",
		"未与承运商签约：providerCode":              "未与承运商签约：providerCode",
		"北京暂停收寄":                            "北京暂停收寄",
		"参数 customerCode 为空":                "参数 customerCode 为空",
		strings.Repeat("长", 5<<20) + "演示丰年": strings.Repeat("长", maxWords) + "…",
	} {
		if got := Words(message, private...); got != want {
			t.Errorf("Words(%.60q) = %.200q, want %.200q", message, got, want)
		}
	}
}

func TestTexts(t *testing.T) {
	got := Texts(`{"a":"one","b":[{"c":"two"},3],"d":"{\"e\":\"three\",\"f\":\"[\\\"four\\\"]\"}","g":"{no JSON"}`)
	slices.Sort(got)
	if want := "four one three two {no JSON"; strings.Join(got, " ") != want {
		t.Errorf("Texts = %q, want %s", got, want)
	}
	if got := Texts("no JSON"); got != nil {
		t.Errorf("Texts = %q of no JSON", got)
	}
}
