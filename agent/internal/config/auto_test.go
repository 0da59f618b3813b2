package config

import (
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

func TestAutoRulesOpen(t *testing.T) {
	monday := time.Date(2026, 11, 30, 0, 0, 0, 0, time.Local)
	for _, test := range []struct {
		rule  Auto
		after time.Duration
		open  bool
	}{
		{Auto{}, 0, true},
		{Auto{Hours: "09:00-18:00"}, 9*time.Hour - time.Minute, false},
		{Auto{Hours: "09:00-18:00"}, 9 * time.Hour, true},
		{Auto{Hours: "09:00-18:00"}, 18*time.Hour - time.Minute, true},
		{Auto{Hours: "09:00-18:00"}, 18 * time.Hour, false},
		{Auto{Hours: "00:00-24:00"}, 24*time.Hour - time.Second, true},
		{Auto{Hours: "22:00-06:00"}, 5 * time.Hour, true},
		{Auto{Hours: "22:00-06:00"}, 6 * time.Hour, false},
		{Auto{Hours: "22:00-06:00"}, 23 * time.Hour, true},
		{Auto{Days: Words{"mon", "wed"}}, time.Hour, true},
		{Auto{Days: Words{"mon", "wed"}}, 25 * time.Hour, false},
		{Auto{Hours: "22:00-06:00", Days: Words{"mon"}}, 25 * time.Hour, true},  // Tuesday, of Monday's night
		{Auto{Hours: "22:00-06:00", Days: Words{"mon"}}, time.Hour, false},      // Monday, of Sunday's night
		{Auto{Hours: "22:00-06:00", Days: Words{"mon"}}, 47 * time.Hour, false}, // Tuesday's own night
	} {
		if got := test.rule.Open(monday.Add(test.after)); got != test.open {
			t.Errorf("%q %q is open %v after Monday began: %v", test.rule.Hours, test.rule.Days, test.after, got)
		}
	}
}

func TestTheFirstAutoRuleDecides(t *testing.T) {
	c, err := Parse("miandan.toml", []byte(`
[[printer]]
name = "bench-1"
group = "packing"
url = "tcp://192.168.1.50:9100"
paper = "76x130"
[[auto]]
name = "cups"
when = { sku = ["CUP", "MUG"] }
printer = "bench-1"
[[auto]]
name = "batteries"
when = { has_sku = "BATTERY" }
[[auto]]
name = "urgent"
deadline_within = "6h"
printer = "packing"
[[auto]]
name = "shop"
when = { shop = "演示店" }
`))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 30, 9, 0, 0, 0, time.Local)
	of := func(paid time.Duration, shop string, skus ...string) order.Order {
		o := order.Order{PaidAt: now.Add(-paid), Shop: shop}
		for _, s := range skus {
			o.Items = append(o.Items, waybill.Item{SKU: s, Quantity: 1})
		}
		return o
	}
	for want, o := range map[string]order.Order{
		"cups": of(47*time.Hour, "", "CUP", "MUG"), "batteries": of(0, "", "CUP", "BATTERY"), "urgent": of(43*time.Hour, "演示店", "CUP", "PEN"),
		"shop": of(41*time.Hour, "演示店"), "": of(41*time.Hour, "", "CUP", "PEN"),
	} {
		if got, ok := c.AutoRule(o, "", now); got.Name != want || ok != (want != "") {
			t.Errorf("rule %q decides, %v; want %q", got.Name, ok, want)
		}
	}
}

func TestAutoRulesAreChecked(t *testing.T) {
	const printers = "[[printer]]\nname=\"bench-1\"\ngroup=\"packing\"\nurl=\"tcp://192.168.1.50:9100\"\npaper=\"76x130\"\n"
	for text, want := range map[string]string{
		"[[auto]]\nhours = \"9-18\"\nname=\"a\"":                       "auto.hours",
		"[[auto]]\ndays = [\"monday\"]\nname=\"a\"":                    "auto.days",
		"[[auto]]\nprinter = \"bench-9\"\nname=\"a\"":                  "auto.printer",
		"[[auto]]\ncarrier = \"sf\"\nname=\"a\"":                       "auto.carrier",
		"[[auto]]\ndeadline_within = \"50h\"\nname=\"a\"":              "auto.deadline_within",
		"[[auto]]\nhours = \"09:00-18:00\"":                            "auto.name",
		"[[auto]]\nname = \"a\"\n[[auto]]\nname = \"a\"":               "auto.name",
		"[[auto]]\nname = \"a\"\nwhen = { merchant = \"POP\" }":        "auto.when.merchant",
		strings.Replace(printers, "packing", "bench-1", 1):             "printer.group",
		"[[auto]]\nname = \"a\"\nprinter = \"packing\"\nhours = \"a\"": "auto.hours",
	} {
		if !strings.Contains(text, "[[printer]]") {
			text = printers + text
		}
		_, err := Parse("miandan.toml", []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want a word about %s", text, err, want)
		}
	}
}
