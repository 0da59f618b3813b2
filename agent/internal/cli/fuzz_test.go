package cli

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/privacy"
)

// FuzzTable exports what buyers call themselves: no cell is a formula, and a
// reader of CSV gets back what went in.
func FuzzTable(f *testing.F) {
	for _, s := range []string{
		`=HYPERLINK("http://evil.example","x")`, "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠a", "'=1", "演示张三", "a\"b,c\r\nd;e", "", " =1", "\ufeff=1", "\x00=1",
		"\xff=1", "%0A=1", "a\r\n=1", "\"=1\"", ",=1", "DDE(\"cmd\")", "|=1", "\u200b=1", "\u00a0=1",
	} {
		f.Add(s, s, s, uint8(2))
	}
	f.Add("1004200023", "广东省演示路1号", "17000000000-4740", uint8(0))
	forms := privacy.Forms()
	f.Fuzz(func(t *testing.T, order, name, address string, form uint8) {
		o := api.Exported{Order: order, Merchant: name, State: "received", Carrier: address, CarrierName: name, Waybill: order, Parcels: 2, Deadline: time.Unix(1795422600, 0),
			Receiver: &api.Receiver{Name: name, Phone: order, Address: address, Refusal: &api.Refusal{Message: name}}}
		which := forms[int(form)%len(forms)]
		for _, l := range []notice.Language{notice.English, notice.Chinese} {
			b, err := table(which, []api.Exported{o, {Order: order}}, l)
			if err != nil {
				t.Fatal(err)
			}
			r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte(byteOrderMark))))
			rows, err := r.ReadAll() // of different lengths they are an error
			if err != nil || len(rows) != 3 {
				t.Fatalf("%d rows, %v, in %q", len(rows), err, b)
			}
			for _, row := range rows {
				for _, cell := range row {
					if first, _ := utf8.DecodeRuneInString(cell); strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) && cell != "" {
						t.Errorf("the cell %q is a formula", cell)
					}
				}
			}
			// The reader makes one of the two ends of a line; nothing else may differ.
			plain := strings.NewReplacer("\r\n", "\n", "\r", "")
			if got := strings.TrimPrefix(rows[1][0], "'"); plain.Replace(got) != strings.TrimPrefix(plain.Replace(order), "'") && !strings.Contains(order, "\r") {
				t.Errorf("the order %q comes back as %q", order, rows[1][0])
			}
			if which == privacy.WithoutReceiver && len(rows[1]) != 8 {
				t.Errorf("%d columns without a receiver", len(rows[1]))
			}
		}
	})
}
