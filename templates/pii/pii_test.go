package pii

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"text/template"
)

func TestMasks(t *testing.T) {
	region := Region{Province: "广东", City: "广州市", District: "海珠区", Town: "赤岗街道"}
	for name, c := range map[string]struct {
		got  fmt.Stringer
		want string
	}{
		"name of three":         {NewName("张三丰"), "张••"},
		"name of four":          {NewName("张三丰年"), "张••"},
		"name of one":           {NewName("张"), "••"},
		"latin name":            {NewName("Zhang San"), "Z••"},
		"rare name":             {NewName("𠮷祥"), "𠮷••"},
		"no name":               {NewName(" "), ""},
		"mobile":                {NewPhone("13800001234"), "138••••1234"},
		"virtual":               {NewPhone("17000000000-4740"), "170••••0000-••••"},
		"landline":              {NewPhone("0431-80000014"), "••••0014"},
		"short number":          {NewPhone("12345"), "••••"},
		"hidden by platform":    {NewPhone("138****5678"), "••••5678"},
		"no phone":              {NewPhone(""), ""},
		"address":               {NewAddress(region, "演示路1号"), "广东广州市海珠区••••"},
		"whole address":         {NewAddress(region, "广东广州市海珠区赤岗街道演示路1号"), "广东广州市海珠区••••"},
		"municipality":          {NewAddress(Region{Province: "上海", City: "上海市", District: "闵行区"}, "演示路1号"), "上海市闵行区••••"},
		"no address":            {NewAddress(Region{}, ""), ""},
		"address without rest":  {NewAddress(Region{Province: "广东"}, ""), "广东••••"},
		"address without start": {NewAddress(Region{}, "演示路1号"), "••••"},
	} {
		if got := c.got.String(); got != c.want {
			t.Errorf("%s prints %q, want %q", name, got, c.want)
		}
	}
}

func TestAddressIsWhole(t *testing.T) {
	region := Region{Province: "上海", City: "上海市", District: "闵行区", Town: "演示镇"}
	for detail, want := range map[string]string{
		"演示路1号":         "上海市闵行区演示镇演示路1号",
		"上海闵行区演示镇演示路1号": "上海闵行区演示镇演示路1号",
		"上海路1号":         "上海市闵行区演示镇上海路1号", // a street named like the province
	} {
		if got := NewAddress(region, detail).Reveal(); got != want {
			t.Errorf("%s becomes %s, want %s", detail, got, want)
		}
	}
}

type holder struct {
	Name    Name
	phone   Phone
	Address Address
	List    []Phone
	Map     map[string]Name
}

// TestNothingLeaks prints a struct that holds people in every way that Go has.
func TestNothingLeaks(t *testing.T) {
	const name, phone, street = "张三丰年", "13800001234", "演示路1号2幢301室"
	h := holder{NewName(name), NewPhone(phone), NewAddress(Region{Province: "广东"}, street), []Phone{NewPhone(phone)}, map[string]Name{"a": NewName(name)}}
	var all strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range []any{h, &h, h.Name, h.phone, h.Address, []any{h.phone}, struct{ n Name }{h.Name}} {
			fmt.Fprintf(&all, verb, v)
		}
	}
	b, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	all.Write(b)
	timeless := &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey { // may hold any four digits
			return slog.Attr{}
		}
		return a
	}}
	for _, handler := range []slog.Handler{slog.NewTextHandler(&all, timeless), slog.NewJSONHandler(&all, timeless)} {
		slog.New(handler).Info("x", "h", h, "name", h.Name, "phone", h.phone, "address", h.Address)
	}
	if err := template.Must(template.New("").Parse("{{.}} {{.Name}} {{.Address}} {{.List}}")).Execute(&all, h); err != nil {
		t.Fatal(err)
	}
	text := all.String()
	for _, secret := range []string{name, "三丰", phone, phone[3:7], street, fmt.Sprintf("%x", name), fmt.Sprintf("%x", phone)} {
		if strings.Contains(text, secret) {
			t.Errorf("%q came out", secret)
		}
	}
}

func TestAMaskIsNotReadBack(t *testing.T) {
	var v struct {
		Name    Name
		Phone   Phone
		Address Address
	}
	b, err := json.Marshal(struct {
		Name    Name
		Phone   Phone
		Address Address
	}{NewName("张三"), NewPhone("13800001234"), NewAddress(Region{Province: "广东"}, "演示路1号")})
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"Name", "Phone", "Address"} {
		var all map[string]json.RawMessage
		if err := json.Unmarshal(b, &all); err != nil {
			t.Fatal(err)
		}
		one, _ := json.Marshal(map[string]json.RawMessage{field: all[field]})
		if err := json.NewDecoder(bytes.NewReader(one)).Decode(&v); !errors.Is(err, ErrMasked) {
			t.Errorf("reading a masked %s back: %v, want ErrMasked", field, err)
		}
	}
	if err := json.Unmarshal([]byte(`{"Name":"张三","Phone":"138****5678","Address":{"province":"广东","detail":"演示路1号"}}`), &v); err != nil {
		t.Errorf("the platform's own stars are data: %v", err)
	}
	if !v.Phone.Hidden() || v.Name.Reveal() != "张三" || v.Address.Reveal() != "广东演示路1号" {
		t.Errorf("read %v %v %v", v.Name, v.Phone, v.Address)
	}
}

func TestContradicts(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"138****0001", "13800000001", false},
		{"138****0001", "138*****001", false},
		{"138****0001", "13800000002", true},
		{"138****0001", "0431-80000001", false},
		{"138****0001", "", false},
	} {
		if got := NewPhone(c.a).Contradicts(NewPhone(c.b)); got != c.want {
			t.Errorf("%s against %s: %v", c.a, c.b, got)
		}
	}
}
