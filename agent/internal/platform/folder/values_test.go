package folder

import (
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

func code(p problem) notice.Code {
	if p == nil {
		return ""
	}
	return p("x").Code
}

func TestPhones(t *testing.T) {
	for _, test := range []struct {
		text      string
		extension string
		isNumber  bool
		want      string
		kind      waybill.PhoneKind
		code      notice.Code
	}{
		{text: "13800001234", want: "13800001234"},
		{text: "13800001234", isNumber: true, want: "13800001234"},
		{text: "138-0000-1234", want: "13800001234"},
		{text: "+86 138 0000 1234", want: "13800001234"},
		{text: "008613800001234", want: "13800001234"},
		{text: "13800001234.0", want: "13800001234"},
		{text: "１３８００００１２３４", want: "13800001234"},
		{text: "010-80000001", want: "010-80000001"},
		{text: "01080000001", want: "010-80000001"},
		{text: "(0431) 80000014-12", want: "0431-80000014-12"},
		{text: "0571-8000001转8", want: "0571-8000001-8"},
		{text: "400-000-0001", want: "4000000001"},
		{text: "+852 80000001", want: "+85280000001"},
		{text: "17000000000-4740", want: "17000000000-4740", kind: waybill.PhoneVirtual},
		{text: "17000000000转4740", want: "17000000000-4740", kind: waybill.PhoneVirtual},
		{text: "17000000000", extension: "4740", want: "17000000000-4740", kind: waybill.PhoneVirtual},
		{text: "010-80000001", extension: "4740", code: "row-phone-form"},
		{text: "1.38E+10", code: "row-number-excel"},
		{text: "1.38e10", code: "row-number-excel"},
		{text: "13800000000", isNumber: true, code: "row-number-excel"}, // 1.38E+10 that was made a number again
		{text: "13800000000", want: "13800000000"},
		{text: "1080000001", code: "row-phone-zero"},
		{text: "10-80000001", code: "row-phone-zero"},
		{text: "75580000001", code: "row-phone-zero"},
		{text: "431-80000014", code: "row-phone-zero"},
		{text: "138****1234", code: "row-stars"},
		{text: "138＊＊＊＊1234", code: "row-stars"},
		{text: "80000001", code: "row-phone-form"},
		{text: "1380000123", code: "row-phone-form"},
		{text: "138000012345", code: "row-phone-form"},
		{text: "12800001234", code: "row-phone-form"},
		{text: "13800001234/13800005678", code: "row-phone-form"},
		{text: "演示", code: "row-phone-form"},
		{text: "-", code: "row-phone-form"},
	} {
		got, kind, problem := readPhone(cell{number: test.isNumber}, test.text, test.extension)
		if code(problem) != test.code {
			t.Errorf("%s: %q, want %q", test.text, code(problem), test.code)
			continue
		}
		if test.kind == "" {
			test.kind = waybill.PhoneReal
		}
		if problem == nil && (got.Reveal() != test.want || kind != test.kind) {
			t.Errorf("%s is %s, %s; want %s, %s", test.text, got.Reveal(), kind, test.want, test.kind)
		}
	}
}

func TestNumbersOfOrders(t *testing.T) {
	for _, test := range []struct {
		text     string
		isNumber bool
		want     string
		code     notice.Code
	}{
		{text: "249786309732", want: "249786309732"},
		{text: "ＸＳ-2026_001.a", want: "XS-2026_001.a"},
		{text: "123456789012345678", want: "123456789012345678"},
		{text: "123456789012345", isNumber: true, want: "123456789012345"},
		{text: "1234567890123450", isNumber: true, code: "row-number-excel"},
		{text: "1.23457E+17", code: "row-number-excel"},
		{text: "=1+1", code: "row-order-form"},
		{text: "-1", code: "row-order-form"},
		{text: "A/1", code: "row-order-form"},
		{text: "合同", code: "row-order-form"},
		{text: strings.Repeat("1", 51), code: "row-order-form"},
	} {
		got, problem := readID(cell{number: test.isNumber}, test.text)
		if got != test.want || code(problem) != test.code {
			t.Errorf("%s is %q, %q; want %q, %q", test.text, got, code(problem), test.want, test.code)
		}
	}
}

func TestMoney(t *testing.T) {
	for text, want := range map[string]order.Money{"59": 5900, "59.9": 5990, "59.90": 5990, "59.9000": 5990, "￥1,234.50": 123450, "¥ 5元": 500, "5.05元": 505, "0": 0, "１２": 1200, "99999999.99": 9999999999} {
		if got, problem := readMoney(text); got != want || problem != nil {
			t.Errorf("%s is %d fen, %q; want %d", text, got, code(problem), want)
		}
	}
	for _, text := range []string{"-5", "5.005", "1,23", "5,5", "5e3", "", "x", "100000000", "5.", ".5", "5 6"} {
		if got, problem := readMoney(text); problem == nil {
			t.Errorf("%q is %d fen", text, got)
		}
	}
}

func TestCounts(t *testing.T) {
	for text, want := range map[string]int{"1": 1, "2.0": 2, "０３": 3, "99": 99} {
		if got, problem := readCount(text, 99); got != want || problem != nil {
			t.Errorf("%s is %d, %q", text, got, code(problem))
		}
	}
	for _, text := range []string{"", "0", "-1", "100", "1.5", "二", "99999999999999999999"} {
		if got, problem := readCount(text, 99); problem == nil {
			t.Errorf("%q is %d", text, got)
		}
	}
}

func TestTimes(t *testing.T) {
	at := func(h, m, s int) time.Time { return time.Date(2026, 1, 3, h, m, s, 0, beijing) }
	for text, want := range map[string]time.Time{
		"2026-01-03 09:05:07": at(9, 5, 7), "2026/1/3 9:05": at(9, 5, 0), "2026-1-3": at(0, 0, 0), "2026年1月3日 9时5分": at(9, 5, 0), "2026年1月3日": at(0, 0, 0),
		"2026-01-03T09:05:07+08:00": at(9, 5, 7), "2026-01-03T01:05:07Z": at(9, 5, 7), "20260103090507": at(9, 5, 7), "2026-01-03 09:05:07.0": at(9, 5, 7), "2026-01-03　09：05": at(9, 5, 0),
	} {
		text, _ := clean(cell{text: text})
		if got, problem := readTime(cell{}, text, false); !got.Equal(want) || problem != nil {
			t.Errorf("%s is %v, %q; want %v", text, got, code(problem), want)
		}
	}
	for _, text := range []string{"46025.5", "1.3.2026", "2026-13-01", "0001-01-01", "yesterday", "9:05"} {
		if got, problem := readTime(cell{}, text, false); problem == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
	for is1904, text := range map[bool]string{false: "46025.3785532407", true: "44563.3785532407"} {
		if got, problem := readTime(cell{number: true}, text, is1904); !got.Equal(at(9, 5, 7)) || problem != nil {
			t.Errorf("%s days are %v, %q", text, got, code(problem))
		}
	}
}

func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		" 演示\u3000 张三\t": "演示 张三", "a\r\nb\u2028c": "a b c", "\ufeffa\u200b\u202eb": "ab", "'0571": "0571", "'s": "'s", "\u00a0": "",
	} {
		if got, problem := clean(cell{text: text}); got != want || problem != nil {
			t.Errorf("%q is %q, %q; want %q", text, got, code(problem), want)
		}
	}
	for text, want := range map[string]notice.Code{
		"a\x00b": "row-cell-text", "a\x1bb": "row-cell-text", "\ufffd": "row-cell-text", "\xff": "row-cell-text", "138••••1234": "row-cell-masked", strings.Repeat("路", maxCell+1): "row-cell-long",
	} {
		if _, problem := clean(cell{text: text}); code(problem) != want {
			t.Errorf("%.20q: %q, want %q", text, code(problem), want)
		}
	}
	if _, problem := clean(cell{text: "#N/A", wrong: true}); code(problem) != "row-cell-error" {
		t.Errorf("#N/A: %q", code(problem))
	}
}
