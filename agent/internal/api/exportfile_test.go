package api

import (
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/privacy"
)

func TestTheTableOfAnExport(t *testing.T) {
	until := time.Date(2026, 11, 25, 9, 0, 0, 0, time.Local)
	orders := []Exported{
		{Order: "1", Merchant: "SOP", State: Waiting, Carrier: "ZTO", CarrierName: "中通快递", Waybill: "75300000000021", Parcels: 2, Deadline: until,
			Receiver: &Receiver{Name: "=张三", Phone: "17000000000-4740", Address: "演示路1号, \"2幢\"\n301室", Until: until}},
		{Order: "2", State: Refused, Receiver: &Receiver{Name: "李•", Refusal: &Refusal{Message: "-why."}}},
		{Order: "3", State: Done},
	}
	for _, test := range []struct {
		form    privacy.Form
		lang    notice.Language
		columns int
		first   string
	}{
		{privacy.WithoutReceiver, notice.English, 8, "order"}, {privacy.Masked, notice.Chinese, 13, "订单号"}, {privacy.WithVirtual, notice.English, 13, "order"},
	} {
		rows := slices.Collect(exportTable(test.form, orders, test.lang))
		if len(rows) != 4 || rows[0][0] != test.first {
			t.Fatalf("%s: %d rows, first %q", test.form, len(rows), rows[0])
		}
		for i, row := range rows {
			if len(row) != test.columns {
				t.Errorf("%s: %d columns in row %d, want %d", test.form, len(row), i, test.columns)
			}
		}
		if want := []string{"1", "SOP", "waiting", "ZTO", "中通快递", "75300000000021", "2", "2026-11-25 09:00"}; !slices.Equal(rows[1][:8], want) {
			t.Errorf("%s: %q, want %q", test.form, rows[1][:8], want)
		}
		if test.columns == 8 {
			continue
		}
		if want := []string{"=张三", "17000000000-4740", "演示路1号, \"2幢\"\n301室", "2026-11-25 09:00", ""}; !slices.Equal(rows[1][8:], want) {
			t.Errorf("%s: %q, want %q", test.form, rows[1][8:], want)
		}
		if got := rows[2][12]; got != "-why." {
			t.Errorf("%s: the note is %q", test.form, got)
		}
		if got := strings.Join(rows[3][8:], ""); got != "" {
			t.Errorf("%s: of a purged order there is %q", test.form, got)
		}
	}
}
