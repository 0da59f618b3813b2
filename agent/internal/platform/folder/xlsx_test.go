package folder

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"miandan/agent/internal/notice"
)

// byExcelize makes a workbook with the library that many programs write theirs
// with.
func byExcelize(t testing.TB, change func(f *excelize.File), rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if change != nil {
		change(f)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var titleRow = []any{"订单号", "收件人", "手机", "详细地址", "商品", "数量", "付款时间", "金额", "代收货款"}

// A morning's orders, each with texts of its own.
func TestWorkbookOfManyRows(t *testing.T) {
	const many = 500
	rows := [][]any{titleRow}
	for i := range many {
		rows = append(rows, []any{fmt.Sprintf("2026112%04d", i), fmt.Sprintf("演示张%d", i), fmt.Sprintf("1380000%04d", i), fmt.Sprintf("演示路%d号", i), "演示茶", 1})
	}
	sheets, err := readXLSX(byExcelize(t, nil, rows...), "")
	if err != nil || len(sheets) != 1 || len(sheets[0].rows) != many+1 {
		t.Fatalf("%d sheets, %v", len(sheets), err)
	}
	if last := sheets[0].rows[many]; last.cells[3].text != fmt.Sprintf("演示路%d号", many-1) {
		t.Errorf("the last row is %+v", last)
	}
}

func TestWorkbook(t *testing.T) {
	paid := time.Date(2026, 11, 23, 10, 0, 30, 0, time.UTC)
	b := byExcelize(t, func(f *excelize.File) {
		style, _ := f.NewStyle(&excelize.Style{NumFmt: 22})
		f.SetCellStyle("Sheet1", "G4", "G4", style)
		f.SetCellRichText("Sheet1", "E5", []excelize.RichTextRun{{Text: "演示"}, {Text: "盘", Font: &excelize.Font{Bold: true}}})
		f.NewSheet("说明")
		f.SetSheetRow("说明", "A1", &[]any{"请勿修改表头"})
		f.NewSheet("旧")
		f.SetSheetRow("旧", "A1", &titleRow)
		f.SetSheetRow("旧", "A2", &[]any{"X9", "演示赵六", "13800001111", "演示路9号"})
		f.SetSheetVisible("旧", false)
	},
		[]any{"发货单"}, nil,
		titleRow[:9],
		[]any{"20261123001", "演示张三", 13800001234, "演示路1号,2幢\n401室", "演示茶", 2, paid, 59.9, 0.1 + 0.2},
		[]any{20261123002, "演示李四", "13800005678", "演示路2号", "", "1", "2026-11-23 10:00", "59", ""},
	)
	s := newStation(t)
	s.put("订单.xlsx", b)
	s.polls()
	want := "20261123001 演示张三 13800001234 real|//|演示路1号,2幢 401室|to-ship| 演示茶×2\n20261123002 演示李四 13800005678 real|//|演示路2号|to-ship| 演示盘×1"
	if got := s.texts(); got != want {
		t.Errorf("read\n%s\nwant\n%s\ntold: %s", got, want, sentences(s.said))
	}
	o := s.orders["20261123001"]
	if o.Price != 5990 || o.Collect != 30 || !o.PaidAt.Equal(time.Date(2026, 11, 23, 10, 0, 30, 0, beijing)) {
		t.Errorf("price %d, collect %d, paid %v", o.Price, o.Collect, o.PaidAt)
	}
}

// part is a part of a workbook that is made by hand.
type part struct{ name, text string }

func byHand(t testing.TB, parts ...part) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		w, err := z.Create(p.name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, p.text)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const (
	xmlBegin = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`
	relBegin = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	docRel   = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
)

var (
	topRels  = part{"_rels/.rels", xmlBegin + relBegin + `<Relationship Id="r1" Type="` + docRel + `/officeDocument" Target="/xl/workbook.xml"/></Relationships>`}
	bookRels = part{"xl/_rels/workbook.xml.rels", xmlBegin + relBegin + `<Relationship Id="a" Type="` + docRel + `/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="b" Type="` + docRel + `/worksheet" Target="/xl/worksheets/sheet2.xml"/><Relationship Id="s" Type="` + docRel + `/sharedStrings" Target="sharedStrings.xml"/></Relationships>`}
	bookPart = part{"xl/workbook.xml", xmlBegin + `<x:workbook xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="` + docRel + `"><x:workbookPr date1904="1"/>` +
		`<x:sheets><x:sheet name="一" sheetId="4" r:id="a"/><x:sheet name="二" sheetId="5" r:id="b"/></x:sheets></x:workbook>`}
	sharedPart = part{"XL/SharedStrings.xml", xmlBegin + `<sst><si><t>订单号</t></si><si><r><t>收件</t></r><r><t>人</t></r><rPh><t>shoujianren</t></rPh></si><si><t>手机</t></si><si><t>地址</t></si>` +
		`<si><t xml:space="preserve"> 演示张三 </t></si><si><t>演示路1号_x000D_` + "\n" + `2幢</t></si></sst>`}
)

func sheetPart(name, rows string) part {
	return part{name, xmlBegin + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1"/><sheetData>` + rows + `</sheetData><mergeCells/></worksheet>`}
}

const (
	sharedTitles = `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c><c r="D1" t="s"><v>3</v></c><c t="inlineStr"><is><t>付款时间</t></is></c></row>`
	sharedOrder  = `<row r="3"><c r="A3" t="inlineStr"><is><r><t>H</t></r><r><t>1</t></r></is></c><c r="B3" t="s"><v>4</v></c><c r="C3"><f>SUM(1,2)</f><v>1.3800001234E10</v></c><c r="D3" t="s"><v>5</v></c><c r="E3"><v>44888.5</v></c></row>`
	plainTitles  = `<row><c t="inlineStr"><is><t>订单号</t></is></c><c t="inlineStr"><is><t>收件人</t></is></c><c t="inlineStr"><is><t>手机</t></is></c><c t="inlineStr"><is><t>地址</t></is></c></row>`
)

func plainRow(cells ...string) string {
	row := "<row>"
	for _, c := range cells {
		row += `<c t="inlineStr"><is><t>` + c + `</t></is></c>`
	}
	return row + "</row>"
}

func TestWorkbookMadeByHand(t *testing.T) {
	b := byHand(t, topRels, bookPart, bookRels, sharedPart, sheetPart("xl/worksheets/sheet1.xml", sharedTitles+sharedOrder),
		sheetPart(`xl\worksheets\sheet2.xml`, plainTitles+plainRow("H2", "演示李四", "13800005678", "演示路2号")))
	s := newStation(t)
	s.put("a.xlsx", b)
	s.polls()
	want := "H1 演示张三 13800001234 real|//|演示路1号 2幢|to-ship\nH2 演示李四 13800005678 real|//|演示路2号|to-ship"
	if got := s.texts(); got != want {
		t.Errorf("read\n%s\nwant\n%s\ntold: %s", got, want, sentences(s.said))
	}
	if at, want := s.orders["H1"].PaidAt, time.Date(2026, 11, 24, 12, 0, 0, 0, beijing); !at.Equal(want) {
		t.Errorf("paid at %v, want %v: days count from 1904 here", at, want)
	}
	one := newStation(t)
	one.put("mapping.toml", []byte(`sheet = "二"`))
	one.put("a.xlsx", b)
	one.polls()
	if len(one.orders) != 1 || one.orders["H2"].ID == "" {
		t.Errorf("of one sheet were read\n%s", one.texts())
	}
}

// TestNothingOfAWorkbookIsPassedOver: what breaks off, or refers to what is not
// there, is an error and not the end.
func TestNothingOfAWorkbookIsPassedOver(t *testing.T) {
	whole := plainTitles + plainRow("H1", "演示张三", "13800001234", "演示路1号")
	good := []part{topRels, bookPart, bookRels, sharedPart}
	first := func(rows string) part { return sheetPart("xl/worksheets/sheet1.xml", rows) }
	second := sheetPart("xl/worksheets/sheet2.xml", "")
	endless := strings.Repeat("<a>", 100)
	for name, test := range map[string]struct {
		parts []part
		code  notice.Code
	}{
		"a sheet that breaks off":      {append(good, part{"xl/worksheets/sheet1.xml", `<worksheet><sheetData>` + whole + `<row><c t="inl`}, second), "folder-file-broken"},
		"a text that is not there":     {append(good, first(whole+`<row><c t="s"><v>99</v></c></row>`), second), "folder-file-broken"},
		"a text of no number":          {append(good, first(whole+`<row><c t="s"><v>-1</v></c></row>`), second), "folder-file-broken"},
		"a sheet that is not there":    {append(good, first(whole)), "folder-file-broken"},
		"no workbook":                  {[]part{{"readme.txt", "x"}}, "folder-file-broken"},
		"nested without end":           {append(good, first(whole+`<row><c>`+endless), second), "folder-file-broken"},
		"nested without end, in a row": {append(good, first(whole+`<row>`+endless), second), "folder-file-broken"},
		"nested without end, outside":  {append(good, part{"xl/worksheets/sheet1.xml", endless}, second), "folder-file-broken"},
		"nested without end, in text":  {append(good[:3:3], part{"xl/sharedStrings.xml", `<sst><si>` + endless}, first(whole), second), "folder-file-broken"},
		"an entity that is defined":    {append(good, part{"xl/worksheets/sheet1.xml", `<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet><sheetData>` + plainTitles + plainRow("&a;") + `</sheetData></worksheet>`}, second), "folder-file-broken"},
		"a second sheet of orders without phones": {append(good, first(whole), sheetPart("xl/worksheets/sheet2.xml",
			plainRow("订单号", "收件人", "地址")+plainRow("H2", "演示李四", "演示路2号"))), "folder-file-columns"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStation(t)
			s.put("a.xlsx", byHand(t, test.parts...))
			s.polls()
			if len(s.said) != 1 || s.said[0].Code != test.code || len(s.orders) != 0 {
				t.Errorf("told %v of %d orders, want %s", s.codes(), len(s.orders), test.code)
			}
			if got := s.files(failed); len(got) != 2 {
				t.Errorf("failed/ holds %v", got)
			}
		})
	}
	b := byHand(t, append(good, first(whole), second)...)
	for _, cut := range []int{1, 10, len(b) / 2, len(b) - 1} {
		s := newStation(t)
		s.put("a.xlsx", b[:cut])
		s.polls()
		if got := s.files(failed); len(got) != 2 || len(s.orders) != 0 {
			t.Errorf("cut after %d bytes: failed/ holds %v, %d orders", cut, got, len(s.orders))
		}
	}
}

func TestBombs(t *testing.T) {
	if testing.Short() {
		t.Skip("unpacks 32 MiB")
	}
	var zeros strings.Builder
	for zeros.Len() < maxUnpacked+1<<20 {
		zeros.WriteString(`<row r="2"/>` + strings.Repeat(" ", 1<<16))
	}
	b := byHand(t, topRels, bookPart, bookRels, sharedPart, sheetPart("xl/worksheets/sheet1.xml", plainTitles+zeros.String()), sheetPart("xl/worksheets/sheet2.xml", ""),
		part{"xl/media/image1.png", zeros.String()})
	if len(b) > 1<<20 {
		t.Fatalf("the bomb has %d bytes", len(b))
	}
	s := newStation(t)
	s.put("a.xlsx", b)
	began := time.Now()
	s.polls()
	if len(s.said) != 1 || s.said[0].Code != "folder-file-broken" {
		t.Errorf("told %v", s.codes())
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("it took %v", took)
	}
}

func TestNumbersOfAWorkbook(t *testing.T) {
	for raw, want := range map[string]cell{
		"": {}, "1.3800001234E10": {text: "13800001234", number: true}, "59.899999999999999": {text: "59.9", number: true}, "0.30000000000000004": {text: "0.3", number: true},
		"1.23456789012345E+17": {text: "123456789012345000", number: true}, "-5": {text: "-5", number: true}, "x": {text: "x", wrong: true}, "1E400": {text: "1E400", wrong: true}, "NaN": {text: "NaN", wrong: true},
	} {
		if got := number(raw); got != want {
			t.Errorf("%s is %+v, want %+v", raw, got, want)
		}
	}
	for name, want := range map[string]int{"A1": 0, "Z9": 25, "AA1": 26, "XFD1048576": 16383, "7": -1, "": -1, "AAAA1": -1, "A$1": -1} {
		got, ok := columnOf(name)
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("%q is in column %d, want %d", name, got, want)
		}
	}
}
