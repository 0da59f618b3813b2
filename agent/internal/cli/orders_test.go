package cli

import (
	"bytes"
	"encoding/csv"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/privacy"
)

func TestNoCellIsAFormula(t *testing.T) {
	for cell, want := range map[string]string{
		"": "", "张三": "张三", "'": "'", "1+1": "1+1", "17000000000-4740": "17000000000-4740", "a=b": "a=b",
		`=HYPERLINK("x")`: `'=HYPERLINK("x")`, "+86": "'+86", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1", "\n=1": "'\n=1",
		"＝1": "'＝1", "＋1": "'＋1", "－1": "'－1", "＠a": "'＠a", "\xff=": "\xff=",
	} {
		if got := inert(cell); got != want {
			t.Errorf("inert(%q) = %q, want %q", cell, got, want)
		}
	}
}

func TestTable(t *testing.T) {
	until := time.Date(2026, 11, 25, 9, 0, 0, 0, time.Local)
	orders := []api.Exported{
		{Order: "1", Merchant: "SOP", State: api.Waiting, Carrier: "ZTO", CarrierName: "中通快递", Waybill: "75300000000021", Parcels: 2, Deadline: until,
			Receiver: &api.Receiver{Name: "=张三", Phone: "17000000000-4740", Address: "演示路1号, \"2幢\"\n301室", Until: until}},
		{Order: "2", State: api.Refused, Receiver: &api.Receiver{Name: "李•", Refusal: &api.Refusal{Message: "-why."}}},
		{Order: "3", State: api.Done},
	}
	for _, test := range []struct {
		form    privacy.Form
		lang    notice.Language
		columns int
		first   string
	}{
		{privacy.WithoutReceiver, notice.English, 8, "order"}, {privacy.Masked, notice.Chinese, 13, "订单号"}, {privacy.WithVirtual, notice.English, 13, "order"},
	} {
		file, err := table(test.form, orders, test.lang)
		if err != nil {
			t.Fatal(err)
		}
		rest, ok := bytes.CutPrefix(file, []byte("\xef\xbb\xbf"))
		if !ok || !bytes.HasSuffix(rest, []byte("\r\n")) {
			t.Errorf("%s: the file begins %q", test.form, file[:3])
		}
		records, err := csv.NewReader(bytes.NewReader(rest)).ReadAll() // wants as many fields in every record
		if err != nil || len(records) != 4 || len(records[0]) != test.columns || records[0][0] != test.first {
			t.Fatalf("%s: %d records, first %q, %v", test.form, len(records), records[0], err)
		}
		if want := []string{"1", "SOP", "waiting", "ZTO", "中通快递", "75300000000021", "2", "2026-11-25 09:00"}; !slices.Equal(records[1][:8], want) {
			t.Errorf("%s: %q, want %q", test.form, records[1][:8], want)
		}
		if test.columns == 8 {
			if bytes.Contains(file, []byte("张三")) {
				t.Errorf("%s: somebody is named", test.form)
			}
			continue
		}
		if want := []string{"'=张三", "17000000000-4740", "演示路1号, \"2幢\"\n301室", "2026-11-25 09:00", ""}; !slices.Equal(records[1][8:], want) {
			t.Errorf("%s: %q, want %q", test.form, records[1][8:], want)
		}
		if got := records[2][12]; got != "'-why." {
			t.Errorf("%s: the note is %q", test.form, got)
		}
		if got := strings.Join(records[3][8:], ""); got != "" {
			t.Errorf("%s: of a purged order there is %q", test.form, got)
		}
	}
}

func TestTheListOfOrders(t *testing.T) {
	var out bytes.Buffer
	c := &command{Environment: Environment{Out: &out}}
	rows := []api.Row{
		{Order: "1004200021", State: api.Refused, Left: -3000, Deadline: time.Now(), Refusal: &api.Refusal{Message: "No rule.", Action: api.Fix},
			Lateness: &api.Lateness{Message: "It is late."}, Cautions: []api.Refusal{{Message: "No goods."}, {Message: "Later issues."}}},
		{Order: "22", State: api.Waiting, Left: 8*3600 + 59, Deadline: time.Now()},
		{Order: "23", State: api.Waiting},
	}
	if err := c.listOrders(rows); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for i, want := range []string{"LEFT", "-50m ", "  It is late.", "  No rule. (change the settings)", "  No goods.", "  Later issues.", "8h0m ", "- "} {
		if i >= len(lines) || !strings.HasPrefix(lines[i], want) {
			t.Fatalf("line %d does not begin %q:\n%s", i, want, out.String())
		}
	}
	if at := strings.Index(lines[0], "ORDER"); !strings.HasPrefix(lines[1][at:], "1004200021") || !strings.HasPrefix(lines[6][at:], "22 ") {
		t.Errorf("the columns are crooked:\n%s", out.String())
	}
}

func TestWithoutANumberRevealFails(t *testing.T) {
	var out, errs bytes.Buffer
	c := &command{Environment: Environment{Out: &out, Err: &errs}}
	r := api.Revealed{Name: "张三", Address: "演示路1号", Call: &privacy.Call{Tel: "tel:1", SMSBegin: "#4740#", SMS: "sms:1"}, Dial: "dial 1"}
	if err := c.showReceiver(r); err != nil || !strings.Contains(out.String(), "tel:1") || !strings.Contains(out.String(), "#4740#") || errs.Len() > 0 {
		t.Errorf("with a number: %v, %q, %q", err, out.String(), errs.String())
	}
	r.Call, r.Refusal = nil, &api.Refusal{Message: "None."}
	if err := c.showReceiver(r); !errors.Is(err, errSaid) || errs.String() != "None.\n" {
		t.Errorf("without: %v, %q", err, errs.String())
	}
}
