package sf

import (
	"slices"
	"testing"

	"miandan/agent/internal/jos"
	"miandan/templates/waybill"
)

func TestPrintFlagHides(t *testing.T) {
	for _, test := range []struct {
		flag        string
		name, phone bool
	}{
		{"", false, false}, // nothing is said
		{"000000000", true, true},
		{"000001111", false, false},
		{"111111111", false, false},
		{"111110111", true, false},
		{"111111011", false, true},
		{"111111110", true, true}, // the address goes with both
		{"000001101", false, false},
		{"1111111", true, true}, // not what it is known to be
		{"11111111x", true, true},
	} {
		if name, phone := hidden(test.flag); name != test.name || phone != test.phone {
			t.Errorf("%q hides %t, %t; want %t, %t", test.flag, name, phone, test.name, test.phone)
		}
	}
}

func TestIcons(t *testing.T) {
	for icons, want := range map[string][]waybill.Handling{
		"":         nil,
		"00000000": nil,
		"11111111": {waybill.Heavy, "蟹类", waybill.Fresh, waybill.Fragile, waybill.Medicine, "Z", waybill.Liquor},
		"0011":     {waybill.Fresh, waybill.Fragile},
		"00000010": {waybill.Liquor},
	} {
		var w waybill.Waybill
		(&routeData{Icons: jos.Text(icons), XB: "0"}).apply(&w)
		if !slices.Equal(w.Handling, want) {
			t.Errorf("%q is %v, want %v", icons, w.Handling, want)
		}
	}
}

func TestTheLabelOfANumber(t *testing.T) {
	a, b, unnamed := &routeData{Number: "SF1"}, &routeData{Number: "SF2"}, &routeData{}
	for _, test := range []struct {
		name   string
		labels []routeLabel
		want   *routeData
	}{
		{"its own", []routeLabel{{"1000", a}, {"1000", b}}, b},
		{"of no number", []routeLabel{{"1000", unnamed}}, unnamed},
		{"another's", []routeLabel{{"1000", a}}, nil},
		{"an error", []routeLabel{{"0", b}}, nil},
		{"none", []routeLabel{{"1000", nil}}, nil},
	} {
		if got := (placed{Labels: test.labels}).label("SF2"); got != test.want {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
}
