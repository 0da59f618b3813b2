package folder

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"miandan/agent/internal/notice"
)

// TestListOfWrongRows: each wrong row is named with what to put right, the good
// ones go on, and nobody's name or number stands in the list.
func TestListOfWrongRows(t *testing.T) {
	const good = ",演示张三,13800001234,,演示路1号,茶,1,,,,"
	rows := []struct {
		text string
		code notice.Code // "" for a row that is taken
	}{
		{"G1" + good, ""},
		{"E1,演示张三,1.38E+10,,演示路1号,茶,1,,,,", "row-number-excel"},
		{"E2,演示张三,,2180000001,演示路1号,茶,1,,,,", "row-phone-zero"},
		{"E3,演示张三,138****1234,,演示路1号,茶,1,,,,", "row-stars"},
		{"E4,演示张三,8888,,演示路1号,茶,1,,,,", "row-phone-form"},
		{"1.23E+17" + good, "row-number-excel"},
		{"演示张三" + good, "row-order-form"},
		{"13800001234" + good, "row-order-form"}, // the columns have moved
		{good, "row-order-missing"},
		{"E5,,13800001234,,演示路1号,茶,1,,,,", "row-missing"},
		{"E6,演示张三,,,演示路1号,茶,1,,,,", "row-missing"},
		{"E7,演示张三,13800001234,,,茶,1,,,,", "row-missing"},
		{"E8,张**,13800001234,,演示路1号,茶,1,,,,", "row-stars"},
		{"E9,演示张三,13800001234,,演示路**,茶,1,,,,", "row-stars"},
		{"F1,演示张三,13800001234,,演示路1号,茶,0,,,,", "row-count"},
		{"F2,演示张三,13800001234,,演示路1号,茶,,,,,", "row-count"},
		{"F3,演示张三,13800001234,,演示路1号,茶,1,五元,,,", "row-amount"},
		{"F4,演示张三,13800001234,,演示路1号,茶,1,,-5,,", "row-amount"},
		{"F5,演示张三,13800001234,,演示路1号,茶,1,,,yesterday,", "row-time"},
		{"F6,演示张三,13800001234,,演示路1号,茶,1,,,2027-01-01,", "row-time"},
		{"F7,演示张三,13800001234,,演示路1号,茶,1,,,,奇怪", "row-word"},
		{"F8,演示张三,13800001234,,演示路1号,2幢,茶,1,,,,x", "row-columns"},
		{"F9,演示••,13800001234,,演示路1号,茶,1,,,,", "row-cell-masked"},
		{"H2,演示张三,13800001234,," + strings.Repeat("路", maxCell+1) + ",茶,1,,,,", "row-cell-long"},
		{"H3" + good, "row-sibling"},
		{"H3,演示李四,13800001234,,演示路1号,杯,1,,,,", "row-conflict"},
		{"H4,演示\x1b张三,13800001234,,演示路1号,茶,1,,,,", "row-cell-text"},
		{"G2" + good, ""},
	}
	file := head
	for _, r := range rows {
		file += r.text + "\n"
	}
	s := newStation(t)
	s.put("a.csv", []byte(file))
	s.polls()
	if len(s.orders) != 2 {
		t.Errorf("%d orders, want 2:\n%s", len(s.orders), s.texts())
	}
	list := s.list()
	for _, person := range []string{"演示张三", "演示李四", "13800001234", "演示路", "8888", "2180000001"} {
		if strings.Contains(list, person) {
			t.Errorf("%s stands in the list", person)
		}
	}
	if !strings.HasPrefix(list, "\ufeff") {
		t.Error("Excel would not read the list as UTF-8")
	}
	got, err := csv.NewReader(strings.NewReader(list)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string][]string{}
	for _, r := range got[1:] {
		at[r[1]] = r
	}
	wrong := 0
	for i, r := range rows {
		line := at[fmt.Sprint(i+2)]
		if r.code == "" {
			if line != nil {
				t.Errorf("%.30q was taken and is in the list: %s", r.text, line)
			}
			continue
		}
		wrong++
		if line == nil {
			t.Errorf("%.30q is not in the list", r.text)
			continue
		}
		begin, _, _ := strings.Cut(notice.Text(notice.English, r.code, "\x01"), "\x01")
		if !strings.HasPrefix(line[4], begin) {
			t.Errorf("%.30q: %s, want %s…", r.text, line[4], begin)
		}
		if id, _, _ := strings.Cut(r.text, ","); orderID.MatchString(id) && !mobile.MatchString(id) && line[2] != id && !scientific.MatchString(id) {
			t.Errorf("%.30q is called %q in the list", r.text, line[2])
		}
	}
	if len(got)-1 != wrong {
		t.Errorf("the list has %d rows, want %d", len(got)-1, wrong)
	}
	if len(s.said) != 1 || s.said[0].Code != "folder-rows-wrong" || s.said[0].Args[1] != wrong {
		t.Errorf("told %s", sentences(s.said))
	}
	if got := s.files(done); !slices.Equal(got, []string{"a.csv", "a.csv.errors.csv"}) {
		t.Errorf("done/ holds %v", got)
	}
}

func TestWrongRowsOfAWorkbook(t *testing.T) {
	b := byExcelize(t, func(f *excelize.File) {
		f.SetRowVisible("Sheet1", 4, false)
		f.SetCellFormula("Sheet1", "C5", "A1")
		f.NewSheet("第二页")
		f.SetSheetRow("第二页", "A1", &titleRow)
		f.SetSheetRow("第二页", "A3", &[]any{"Z1", "演示李四", 13800000000, "演示路4号"})
	},
		titleRow,
		[]any{20261123000000000, "演示张三", "13800001234", "演示路1号"},
		[]any{"A2", "演示张三", "13800001234", "演示路2号"},
		[]any{"A3", "演示张三", "13800001234", "演示路3号"},
		[]any{"A4", "演示张三", "", "演示路3号"},
	)
	s := newStation(t)
	s.put("a.xlsx", b)
	s.polls()
	if len(s.orders) != 1 || s.orders["A2"].ID == "" {
		t.Errorf("read\n%s", s.texts())
	}
	list := s.list()
	for _, want := range []string{"\r\n1,2,,", "\r\n1,4,A3,", "\r\n1,5,A4,", "\r\n2,3,Z1,"} {
		if !strings.Contains(list, want) {
			t.Errorf("%q is missing in\n%s", want, list)
		}
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	long := head + strings.Repeat("A1,演示张三,13800001234,,演示路1号,茶,1,,,,\n", maxRows+20)
	for name, test := range map[string]struct {
		file string
		text string
		code notice.Code
	}{
		"neither UTF-8 nor GB 18030":     {"a.csv", head + "\xff\xff\xff,\n", "folder-file-encoding"},
		"bytes of nothing":               {"a.csv", head + "\x00\n", "folder-file-encoding"},
		"half a character of UTF-16":     {"a.csv", "\xff\xfeA", "folder-file-encoding"},
		"a mark of UTF-8, and then none": {"a.csv", "\ufeff\xff\n", "folder-file-encoding"},
		"a quotation that never ends":    {"a.csv", head + "A1,\"演示张三\n", "folder-file-quotes"},
		"no titles":                      {"a.csv", "A1,演示张三,13800001234,演示路1号\n", "folder-file-columns"},
		"nothing":                        {"a.csv", "", "folder-file-columns"},
		"no column of phones":            {"a.csv", "订单号,收件人,地址\nA1,演示张三,演示路1号\n", "folder-file-columns"},
		"a column twice":                 {"a.csv", "订单号,收件人,手机,手机,地址\nA1,演示张三,13800001234,13800001234,演示路1号\n", "folder-file-column-twice"},
		"too many rows":                  {"a.csv", long, "folder-file-long"},
		"too large":                      {"a.csv", strings.Repeat(" ", maxSize+1), "folder-file-large"},
		"Excel before 2007":              {"a.xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "folder-file-old"},
		"with a password":                {"a.xlsx", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "folder-file-old"},
		"a page that calls itself XLS":   {"a.xls", "<html><table>", "folder-file-old"},
		"text that calls itself XLSX":    {"a.xlsx", plainCSV, "folder-file-broken"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStation(t)
			s.put(test.file, []byte(test.text))
			s.put("good.csv", []byte(plainCSV))
			s.polls()
			if len(s.said) != 1 || s.said[0].Code != test.code {
				t.Errorf("told %v, want %s", s.codes(), test.code)
			}
			if got := s.files(failed); !slices.Equal(got, []string{test.file, test.file + reasonEnd}) {
				t.Errorf("failed/ holds %v", got)
			}
			if len(s.orders) != 2 {
				t.Errorf("%d orders of the file beside it, want 2", len(s.orders))
			}
		})
	}
}
