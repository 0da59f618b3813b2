package folder

import (
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
)

// reads reads a file as a source does, and checks what holds of any file: it is
// orders and wrong rows, or a sentence; nothing takes long, and neither the list
// nor a sentence names the person whom the seeds name.
func reads(t *testing.T, name string, b []byte) []order.Order {
	s := &Source{Name: "erp", Now: func() time.Time { return now }}
	m, err := readMapping(nil)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	f := file{stamp: stamp{id: "x"}, name: name, time: now}
	var (
		orders []order.Order
		wrong  []wrongRow
	)
	sheets, err := readSheets(b, f, m)
	if err == nil {
		orders, wrong = s.orders(sheets, f, m)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("%d bytes took %v", len(b), took)
	}
	if err != nil {
		if notice.CodeOf(err) == notice.Internal {
			t.Errorf("no sentence says %v", err)
		}
		return nil
	}
	for i, w := range wrong {
		if len(w.order) > 15 { // the digits of somebody's number may stand in it by chance
			wrong[i].order = ""
		}
	}
	list := string(listOf(wrong))
	for _, person := range []string{"演示张三", "13800001234", "演示路"} {
		if strings.Contains(list, person) {
			t.Errorf("%s stands in the list %s", person, list)
		}
	}
	seen := map[string]bool{}
	for _, o := range orders {
		if seen[o.ID] {
			t.Errorf("%s came twice", o.ID)
		}
		seen[o.ID] = true
		if !orderID.MatchString(o.ID) || o.PaidAt.IsZero() || o.Parcels < 0 || o.Price < 0 || o.Collect < 0 || o.Insured < 0 {
			t.Errorf("the order %+v", o)
		}
		if o.State != order.ToShip {
			continue
		}
		phone := o.Receiver.Phone.Reveal()
		if o.Receiver.Name.Empty() || o.Receiver.Address.Empty() || len(phone) < 10 || strings.Trim(phone, "+-0123456789") != "" {
			t.Errorf("the order %s goes to %v, %q", o.ID, o.Receiver, phone)
		}
	}
	return orders
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{
		plainCSV, head + "A1,演示张三,13800001234,,演示路1号,茶,1,5.00,,2026-11-23,\n", "订单号,收件人,手机,地址\n013800001234\n", "sep=;\n订单号;收件人;手机;地址\nA;演示张三;1.38E+10;演示路\n",
		"\xff\xfeA\x00", "订单号,收件人,手机,地址\n\"A", "\ufeff订单号\t售后单号\t收件人\t手机\t地址\n\tS1\t演示张三[4740]\t17000000000\t演示路1号\n", "\xb6\xa9\xb5\xa5\xba\xc5,", "=,\"=\"\"\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		reads(t, "a.csv", b)
		agrees(t, string(b))
	})
}

// FuzzSheet reads workbooks whose parts are sound as a container, so that the
// fuzzer works at what is in them.
func FuzzSheet(f *testing.F) {
	f.Add(sharedTitles+sharedOrder, sharedPart.text)
	f.Add(plainTitles+plainRow("H1", "演示张三", "13800001234", "演示路1号"), "<sst><si><t>_x0041_</t></si></sst>")
	f.Add(`<row r="9"><c r="ZZZ9" t="e"><v>#N/A</v></c></row><row r="1">`, "")
	f.Add(`<row hidden="1"><c t="b"><v>1</v></c><c><v>1E400</v></c></row>`, "<sst><si><r><t>x</t></r><rPh><t>y</t></rPh></si>")
	f.Fuzz(func(t *testing.T, rows, shared string) {
		reads(t, "a.xlsx", byHand(t, topRels, bookPart, bookRels, part{"xl/sharedStrings.xml", shared},
			sheetPart("xl/worksheets/sheet1.xml", rows), sheetPart("xl/worksheets/sheet2.xml", plainTitles)))
	})
}

func FuzzXLSX(f *testing.F) {
	f.Add(byHand(f, topRels, bookPart, bookRels, sharedPart, sheetPart("xl/worksheets/sheet1.xml", sharedTitles+sharedOrder), sheetPart("xl/worksheets/sheet2.xml", "")))
	f.Add(byExcelize(f, nil, titleRow, []any{"W1", "演示张三", 13800001234, "演示路1号"}))
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, b []byte) { reads(t, "a.xlsx", b) })
}

// FuzzMapping: a mapping file is a mapping, or an error that says what is wrong.
func FuzzMapping(f *testing.F) {
	f.Add(Sample)
	f.Add([]byte("\ufeff[columns]\norder = [\"a\", \"b\"]\n[values]\nquantity = 1\n[states]\n\"x\" = \"to-ship\"\n"))
	f.Add([]byte("[columns]\norder = []\n[values]\nnote = 2026-11-23\nshop = { a = 1 }\n"))
	f.Add([]byte("encoding = \"gbk\"\nencoding = \"gbk\"\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := readMapping(b)
		if err != nil {
			if notice.CodeOf(err) != "folder-mapping" {
				t.Errorf("no sentence says %v", err)
			}
			return
		}
		for f := range fields {
			for _, title := range m.titles(f) {
				if title == "" || plain(title) != title {
					t.Errorf("%s has the title %q", f, title)
				}
			}
		}
	})
}
