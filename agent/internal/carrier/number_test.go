package carrier

import (
	"strings"
	"testing"

	"miandan/agent/internal/notice"
	"miandan/templates/waybill"
)

func TestSound(t *testing.T) {
	of := func(number, barcode, own string) waybill.Waybill {
		return waybill.Waybill{Number: waybill.Number(number), Parcels: []waybill.Parcel{{Barcode: barcode, Number: waybill.Number(own)}}}
	}
	for _, w := range []waybill.Waybill{
		of("JDVC00000000001", "JDVC00000000001-1-1-", ""), of("SF0000000000001", "SF0000000000001", "SF0000000000002"), of("640 1", "640 1", ""),
	} {
		if err := Sound("1", w); err != nil {
			t.Errorf("%q: %v", w.Number, err)
		}
	}
	for _, w := range []waybill.Waybill{
		of("", "", ""), of("73000", "", ""), of("7300\n0", "73000", ""), of("73000", "\x1b[2J", ""), of("73000", "73000", "运单"), of("73000\u202e", "73000", ""),
		of(strings.Repeat("7", 65), "73000", ""), of("<b>73000</b>", "73000", ""),
	} {
		if err := Sound("1", w); notice.CodeOf(err) != "number-malformed" {
			t.Errorf("%q, %q: %v, want number-malformed", w.Number, w.Parcels[0].Barcode, err)
		}
	}
}
