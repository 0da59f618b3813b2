package pii_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"miandan/templates/pii"
)

// FuzzMasks: whatever a person is called, a mask shows no more than it may, and
// what was masked never comes back as somebody's data.
func FuzzMasks(f *testing.F) {
	for _, s := range [][3]string{
		{"演示张三", "13800001234", "演示路1号"}, {"A", "+86 138-0000-1234", "江苏省南京市"}, {"", "17000000000-4740", "\xed\xa0\x80"}, {"\U0001F468\u200d\U0001F469", "021-80000001", "a\x00b"},
		{"\xff", "138****1234", "••"}, {" ", "１３８００００１２３４", strings.Repeat("路", 3000)}, {"•", "1", "\u202e"}, {"张", "12", " "},
	} {
		f.Add(s[0], s[1], s[2])
	}
	f.Fuzz(func(t *testing.T, name, phone, detail string) {
		n, p, a := pii.NewName(name), pii.NewPhone(phone), pii.NewAddress(pii.Region{Province: "江苏", City: "南京市", District: "玄武区"}, detail)
		if shown := n.String(); utf8.RuneCountInString(strings.ReplaceAll(shown, "•", "")) > 1 {
			t.Errorf("the name %q is shown as %q", name, shown)
		}
		digits := 0
		for _, r := range p.String() {
			if r >= '0' && r <= '9' {
				digits++
			}
		}
		if digits > 7 {
			t.Errorf("the phone %q is shown as %q", phone, p)
		}
		if a.String() != "江苏南京市玄武区"+pii.Bullets {
			t.Errorf("the address %q is shown as %q", detail, a)
		}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			if got := fmt.Sprintf(verb, n) + fmt.Sprintf(verb, p) + fmt.Sprintf(verb, a); got != n.String()+p.String()+a.String() {
				t.Errorf("%s prints %q", verb, got)
			}
		}
		type person struct {
			Name    pii.Name    `json:"name"`
			Phone   pii.Phone   `json:"phone"`
			Address pii.Address `json:"address"`
		}
		b, err := json.Marshal(person{n, p, a})
		if err != nil {
			t.Fatal(err)
		}
		var back person
		switch err := json.Unmarshal(b, &back); {
		case err != nil && !errors.Is(err, pii.ErrMasked):
			t.Errorf("%s: %v", b, err)
		case err == nil && strings.Contains(string(b), "•"):
			t.Errorf("%s was read as somebody's data", b)
		}
	})
}
