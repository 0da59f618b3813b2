package folder

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

const plainCSV = `订单号,收件人,手机,省,市,区,详细地址,商品,数量,备注,卖家备注,付款时间,金额,代收货款,保价,件数
20261123001,演示张三,13800001234,江苏省,南京市,玄武区,演示路1号,演示茶,2,放门口,易碎,2026-11-23 10:00:00,59.00,,,
20261123002,演示李四,13800005678,上海,上海市,闵行区,"演示路2号,3幢
401室",演示杯,1,,,2026/11/23 9:05,"1,234.50",100,500,2
`

const plainOrders = `20261123001 演示张三 13800001234 real|江苏省/南京市/玄武区|江苏省南京市玄武区演示路1号|to-ship| 演示茶×2
20261123002 演示李四 13800005678 real|上海/上海市/闵行区|上海市闵行区演示路2号,3幢 401室|to-ship| 演示杯×1`

func encoded(t *testing.T, e encoding.Encoding, s string) []byte {
	t.Helper()
	b, err := e.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestFormsOfCSV(t *testing.T) {
	windows := strings.ReplaceAll(plainCSV, "\n", "\r\n")
	semicolons := strings.NewReplacer(",3幢", "，3幢", `"1,234.50"`, "1234.50").Replace(plainCSV)
	semicolons = strings.ReplaceAll(semicolons, ",", ";")
	wide := strings.ReplaceAll(plainOrders, ",3幢", "，3幢")
	tabs := strings.ReplaceAll(semicolons, ";", "\t")
	protected := strings.NewReplacer("20261123001", `="20261123001"`, "13800001234", `="13800001234"`, "13800005678", "\t13800005678", "20261123002", "'20261123002").Replace(plainCSV)
	for _, test := range []struct {
		name string
		file string
		b    []byte
		want string
	}{
		{"UTF-8", "a.csv", []byte(plainCSV), plainOrders},
		{"UTF-8 with a mark", "a.csv", []byte("\ufeff" + plainCSV), plainOrders},
		{"Excel's CSV UTF-8", "a.csv", []byte("\ufeff" + windows), plainOrders},
		{"GB 18030, as Excel saves in China", "订单.CSV", encoded(t, simplifiedchinese.GB18030, windows), plainOrders},
		{"UTF-16, little end first", "a.txt", encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), strings.ReplaceAll(tabs, "\n", "\r\n")), wide},
		{"UTF-16, big end first", "a.csv", encoded(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), windows), plainOrders},
		{"semicolons", "a.csv", []byte(semicolons), wide},
		{"tabs", "a.tsv", []byte(tabs), wide},
		{"text that calls itself XLS", "a.xls", encoded(t, simplifiedchinese.GB18030, tabs), wide},
		{"a line for Excel", "a.csv", []byte("sep=;\r\n" + semicolons), wide},
		{"old line ends", "a.csv", []byte(strings.ReplaceAll(plainCSV, "\n", "\r")), plainOrders},
		{"no line's end at the end", "a.csv", []byte(strings.TrimSuffix(plainCSV, "\n")), plainOrders},
		{"guarded from Excel", "a.csv", []byte(protected), plainOrders},
		{"a report's name above and a sum below", "a.csv", []byte("演示店发货单,,,\n\n" + plainCSV + "合计,,,,,,,,3\n,,,\n"), plainOrders},
		{"titles with marks", "a.csv", []byte(strings.NewReplacer("订单号", "*订 单号（必填）", "手机", "收件人手机号:", "详细地址", "收货人地址").Replace(plainCSV)), plainOrders},
		{"English titles", "a.csv", []byte(strings.NewReplacer("订单号", "Order Number", "收件人", "Recipient Name", "手机", "Mobile", "详细地址", "Detail_Address",
			"省", "Province", "市,区", "City,District", "商品,数量", "Product Name,Qty").Replace(plainCSV[:strings.Index(plainCSV, "\n")]) + plainCSV[strings.Index(plainCSV, "\n"):]), plainOrders},
		{"everything in full width", "a.csv", []byte(strings.NewReplacer("13800001234", "１３８００００１２３４", "20261123001", "２０２６１１２３００１").Replace(plainCSV)), plainOrders},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newStation(t)
			s.put(test.file, test.b)
			s.polls()
			if got := s.texts(); got != test.want {
				t.Errorf("read\n%s\nwant\n%s\ntold: %s", got, test.want, sentences(s.said))
			}
			for _, folder := range []string{".", taking, done, failed} {
				if got := s.files(folder); len(got) > 0 {
					t.Errorf("%v are left in %s", got, folder)
				}
			}
		})
	}
}

func TestWhatAnOrderSays(t *testing.T) {
	s := newStation(t)
	s.put("a.csv", []byte(plainCSV))
	s.polls()
	o := s.orders["20261123001"]
	if o.Source != "erp" || o.Remark != "放门口" || o.Note != "易碎" || o.Price != 5900 || o.Merchant != order.SOP || o.AfterSales ||
		!o.PaidAt.Equal(time.Date(2026, 11, 23, 10, 0, 0, 0, beijing)) || !o.ReadAt.Equal(now) || o.Services != (order.Services{}) {
		t.Errorf("the first order is %+v", o)
	}
	o = s.orders["20261123002"]
	if o.Price != 123450 || o.Services != (order.Services{Collect: 10000, Insured: 50000, Parcels: 2}) || !o.PaidAt.Equal(time.Date(2026, 11, 23, 9, 5, 0, 0, beijing)) {
		t.Errorf("the second order is %+v", o)
	}
	if code := o.NumberAsked(); code != "" {
		t.Errorf("it gets no number: %s", code)
	}
}

const head = "订单号,收件人,手机,电话,地址,商品,数量,金额,代收货款,付款时间,订单状态\n"

func TestSeveralRowsOfOneOrder(t *testing.T) {
	s := newStation(t)
	s.put("a.csv", []byte(head+`A1,演示张三,13800001234,,江苏省南京市玄武区演示路1号,演示茶,2,10,,,
B1,演示李四,13800005678,,江苏省南京市玄武区演示路2号,演示盘,1,30,30,,
A1,演示张三,13800001234,,江苏省南京市玄武区演示路1号,演示杯,1,20,,,
C1,演示王五,,025-80000001,江苏省南京市玄武区演示路3号,演示碗,1,40,,,
,,,,,演示筷,4,,,,
C1,,,,,演示勺,2,40,,,
`))
	s.polls()
	want := `A1 演示张三 13800001234 real|//|江苏省南京市玄武区演示路1号|to-ship| 演示茶×2| 演示杯×1
B1 演示李四 13800005678 real|//|江苏省南京市玄武区演示路2号|to-ship| 演示盘×1
C1 演示王五 025-80000001 real|//|江苏省南京市玄武区演示路3号|to-ship| 演示碗×1| 演示筷×4| 演示勺×2`
	if got := s.texts(); got != want {
		t.Errorf("read\n%s\nwant\n%s\ntold: %s", got, want, sentences(s.said))
	}
	if a, c := s.orders["A1"].Price, s.orders["C1"].Price; a != 3000 || c != 4000 {
		t.Errorf("prices are %d and %d fen, want the sum of what differs, 3000, and what is the same, 4000", a, c)
	}
}

func TestStates(t *testing.T) {
	s := newStation(t)
	s.put("mapping.toml", []byte("[states]\n\"已审核\" = \"to-ship\"\n"))
	for i, test := range []struct {
		word string
		want order.State
	}{{"", order.ToShip}, {"待发货", order.ToShip}, {"已审核", order.ToShip}, {"已发货", order.Shipped}, {"交易关闭", order.Cancelled}, {"退款中", order.Locked}, {"挂起", order.Paused}, {"待付款", order.Other}} {
		s.put("a.csv", []byte(head+"A"+string(rune('0'+i))+",演示张三,13800001234,,演示路1号,茶,1,,,,"+test.word+"\n"))
		s.polls()
		if got := s.orders["A"+string(rune('0'+i))].State; got != test.want {
			t.Errorf("%s is %s, want %s; told: %s", test.word, got, test.want, sentences(s.said))
		}
	}
	s.put("a.csv", []byte(head+"A1,,,,,,,,,,已取消\n")) // whom it was for no matter
	s.polls()
	if got := s.orders["A1"].State; got != order.Cancelled {
		t.Errorf("an order that was cancelled by a second file is %s; told: %s", got, sentences(s.said))
	}
}

func TestAfterSales(t *testing.T) {
	const virtual = "订单号,售后单号,收件人,手机,地址,售后申请时间,虚拟号有效期\n" +
		"D1,,演示张三,13800001234,演示路1号,,\n" +
		"D1,S1,演示张三,17000000000-4740,演示路1号,,\n" +
		"D2,S2,演示李四[4741],17000000001,演示路2号[4741],2026-11-20 10:00,\n" +
		"D3,S3,演示王五,17000000002转4742,演示路3号,,2026-12-01\n"
	s := newStation(t)
	s.put("a.csv", []byte(virtual))
	s.polls()
	if len(s.orders) != 4 {
		t.Fatalf("%d orders, want 4; told: %s", len(s.orders), sentences(s.said))
	}
	filed := now.Add(-time.Minute)
	for id, until := range map[string]time.Time{
		"S1": filed.AddDate(0, 0, 15), "S2": time.Date(2026, 12, 5, 10, 0, 0, 0, beijing), "S3": time.Date(2026, 12, 1, 0, 0, 0, 0, beijing),
	} {
		o := s.orders[id]
		if !o.AfterSales || o.PhoneKind != waybill.PhoneVirtual || !o.VirtualUntil.Equal(until) {
			t.Errorf("%s: after-sales %v, phone %s until %v, want %v", id, o.AfterSales, o.PhoneKind, o.VirtualUntil, until)
		}
	}
	if o := s.orders["S2"]; o.Receiver.Phone.Reveal() != "17000000001-4741" || o.Receiver.Name.Reveal() != "演示李四" || o.Receiver.Address.Reveal() != "演示路2号" {
		t.Errorf("an extension behind a name: %s", text(o))
	}
	if o := s.orders["D1"]; o.AfterSales || !o.VirtualUntil.IsZero() {
		t.Errorf("the order itself is after-sales %v, until %v", o.AfterSales, o.VirtualUntil)
	}
	all := newStation(t)
	all.AfterSales = true
	all.put("a.csv", []byte(plainCSV))
	all.polls()
	if o := all.orders["20261123001"]; !o.AfterSales || !o.VirtualUntil.IsZero() {
		t.Errorf("in a folder of after-sales orders: %v, a real number lives until %v", o.AfterSales, o.VirtualUntil)
	}
}

func TestMapping(t *testing.T) {
	const mapping = `after_sales = true
encoding = "GBK"
[columns]
order = "外部编号"
name = ["客户", "对方"]
region = "地域"
[values]
goods = "演示礼盒"
parcels = 3
shop = "演示旗舰店"
note = "自动导入"
`
	s := newStation(t)
	s.Shop = "演示旗舰店"
	s.put("mapping.toml", []byte(mapping))
	s.put("a.csv", encoded(t, simplifiedchinese.GB18030, "外部编号,对方,手机,地域,地址\nM1,演示张三,13800001234,江苏省 南京市 玄武区,演示路1号\nM2,演示李四,13800001234,江苏南京,演示路2号\n"))
	s.polls()
	want := "M1 演示张三 13800001234 real|江苏省/南京市/玄武区|江苏省南京市玄武区演示路1号|to-ship| 演示礼盒×1\nM2 演示李四 13800001234 real|//|江苏南京演示路2号|to-ship| 演示礼盒×1"
	if got := s.texts(); got != want {
		t.Errorf("read\n%s\nwant\n%s\ntold: %s", got, want, sentences(s.said))
	}
	if o := s.orders["M1"]; !o.AfterSales || o.Parcels != 3 || o.Note != "自动导入" {
		t.Errorf("what the mapping says: %+v", o)
	}
}

func TestSampleOfMapping(t *testing.T) {
	if _, err := readMapping(Sample); err != nil {
		t.Errorf("the sample: %v", err)
	}
	var open []byte // the same with everything set
	for line := range bytes.Lines(Sample) {
		if bytes.Contains(line, []byte(" = ")) {
			line = bytes.TrimPrefix(line, []byte("# "))
		}
		open = append(open, line...)
	}
	m, err := readMapping(open)
	if err != nil {
		t.Fatalf("with everything set: %v", err)
	}
	for f := range fields {
		if len(m.own[f]) == 0 {
			t.Errorf("the sample does not show %s", f)
		}
		if known[f].name == "" || known[f].titles == "" {
			t.Errorf("field %d has no name or no titles", f)
		}
		for _, title := range strings.Fields(known[f].titles) {
			if plain(title) != title {
				t.Errorf("%s: the title %s is not plain", f, title)
			}
			for g := range f {
				if strings.Contains(" "+known[g].titles+" ", " "+title+" ") {
					t.Errorf("%s is a title of %s and of %s", title, g, f)
				}
			}
		}
	}
}

func TestWrongMapping(t *testing.T) {
	for name, test := range map[string]struct{ file, says string }{
		"no TOML":           {"[columns\n", "line 1"},
		"unknown setting":   {"\n\ncolumn = 1\n", `line 3: there is no setting "column"`},
		"unknown field":     {"[columns]\nfoo = \"x\"\n", `"foo"`},
		"no title":          {"[columns]\norder = 7\n", `"order"`},
		"one phone for all": {"[values]\nphone = \"13800001234\"\n", `"phone"`},
		"unknown state":     {"[states]\nx = \"gone\"\n", `"gone"`},
		"encoding":          {"encoding = \"latin1\"\n", "encoding"},
		"not UTF-8":         {"\xff\xfe", "UTF-8"},
	} {
		s := newStation(t)
		s.put("a.csv", []byte(plainCSV))
		s.put("mapping.toml", []byte(test.file))
		if err := s.poll(); err != nil {
			t.Fatal(err)
		}
		err := s.poll()
		if notice.CodeOf(err) != "folder-mapping" || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want it to say %s", name, err, test.says)
		}
		if got := s.files("."); len(got) != 2 {
			t.Errorf("%s: the folder holds %v", name, got)
		}
		s.put("mapping.toml", nil)
		s.polls()
		if len(s.orders) != 2 {
			t.Errorf("%s: %d orders after it was put right", name, len(s.orders))
		}
	}
}
