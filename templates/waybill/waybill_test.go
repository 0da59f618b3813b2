package waybill_test

import (
	"slices"
	"strings"
	"testing"

	"miandan/templates/waybill"
)

func TestFen(t *testing.T) {
	for fen, want := range map[waybill.Fen]string{0: "0.00", 5: "0.05", 5900: "59.00", 123456: "1234.56", -150: "-1.50"} {
		if got := fen.String(); got != want {
			t.Errorf("%d fen are %q, want %q", int64(fen), got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	one := waybill.Waybill{Number: "JDVC1", Parcels: []waybill.Parcel{{Barcode: "JDVC1-1-2-"}, {Barcode: "JDVC1-2-2-"}}}
	two := waybill.Waybill{Number: "YT1", Parcels: []waybill.Parcel{{Number: "YT1"}, {Number: "YT2"}}}
	if got := one.Numbers(); !slices.Equal(got, []waybill.Number{"JDVC1"}) {
		t.Errorf("two boxes under one number: %v", got)
	}
	if got := two.Numbers(); !slices.Equal(got, []waybill.Number{"YT1", "YT2"}) {
		t.Errorf("two boxes with a number each: %v", got)
	}
	for parcel, want := range []waybill.Number{"YT1", "YT2", "YT1"} { // the third does not exist
		if got := (waybill.Label{Waybill: two, Parcel: parcel}).Own(); got != want {
			t.Errorf("parcel %d travels under %s, want %s", parcel, got, want)
		}
	}
	if got := (waybill.Label{Waybill: one, Parcel: 1}).Own(); got != "JDVC1" {
		t.Errorf("a box without a number of its own travels under %s", got)
	}
}

func TestServicesInAFile(t *testing.T) {
	l, err := waybill.ReadFile(strings.NewReader(`{"version":1,"parcel":2,"waybill":{"carrier":"YTO","carrier_name":"","number":"YT1","order":"",
		"collect":5900,"insured":100000,"sign_return":true,
		"parcels":[{"barcode":"YT1","index":1,"count":2,"number":"YT1"},{"barcode":"YT2","index":2,"count":2,"number":"YT2"}]}}`))
	if err != nil || l.Own() != "YT2" || l.Collect.String() != "59.00" || l.Insured.String() != "1000.00" || !l.SignReturn {
		t.Errorf("ReadFile = %+v, %v", l, err)
	}
}
