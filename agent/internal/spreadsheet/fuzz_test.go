package spreadsheet_test

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"miandan/agent/internal/spreadsheet"
)

// FuzzTable writes what buyers call themselves: no cell is a formula, and a
// reader gets back what went in.
func FuzzTable(f *testing.F) {
	for _, s := range []string{
		`=HYPERLINK("http://evil.example","x")`, "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠a", "'=1", "演示张三", "a\"b,c\r\nd;e", "", " =1", "\ufeff=1", "\x00=1",
		"\xff=1", "%0A=1", "a\r\n=1", "\"=1\"", ",=1", "DDE(\"cmd\")", "|=1", "\u200b=1", "\u00a0=1", "</t><f>1+1</f>", "&#61;1", "_x003D_1", "]]>", "<!--",
	} {
		f.Add(s, s)
	}
	f.Add("1004200023", "广东省演示路1号")
	f.Fuzz(func(t *testing.T, one, two string) {
		rows := [][]string{{"order", "address"}, {one, two}, {"x", one}}
		asCSV(t, rows)
		asXLSX(t, rows)
	})
}

func asCSV(t *testing.T, rows [][]string) {
	var b bytes.Buffer
	if err := spreadsheet.CSV(&b, slices.Values(rows)); err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\ufeff"))).ReadAll() // of different lengths they are an error
	if err != nil || len(got) != len(rows) {
		t.Fatalf("%d rows, %v, in %q", len(got), err, b.String())
	}
	for i, row := range got {
		for j, cell := range row {
			if first, _ := utf8.DecodeRuneInString(cell); strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) && cell != "" {
				t.Errorf("the cell %q is a formula", cell)
			}
			// The reader makes one of the two ends of a line; nothing else may differ.
			want := rows[i][j]
			if strings.Contains(want, "\r") {
				continue
			}
			if strings.TrimPrefix(cell, "'") != strings.TrimPrefix(want, "'") {
				t.Errorf("%q comes back as %q", want, cell)
			}
		}
	}
}

func asXLSX(t *testing.T, rows [][]string) {
	var b bytes.Buffer
	if err := spreadsheet.XLSX(&b, slices.Values(rows)); err != nil {
		t.Fatal(err)
	}
	var sheet struct {
		Rows []struct {
			Cells []struct {
				At      string    `xml:"r,attr"`
				Type    string    `xml:"t,attr"`
				Formula *struct{} `xml:"f"`
				Value   *struct{} `xml:"v"`
				Text    string    `xml:"is>t"`
			} `xml:"c"`
		} `xml:"sheetData>row"`
	}
	if err := xml.Unmarshal([]byte(part(t, b.Bytes(), "xl/worksheets/sheet1.xml")), &sheet); err != nil {
		t.Fatalf("%v, of %q", err, rows)
	}
	if len(sheet.Rows) != len(rows) {
		t.Fatalf("%d rows of %q", len(sheet.Rows), rows)
	}
	for i, row := range sheet.Rows {
		got := map[string]string{}
		for _, c := range row.Cells {
			if c.Type != "inlineStr" || c.Formula != nil || c.Value != nil {
				t.Errorf("%s is no text: %+v", c.At, c)
			}
			got[c.At[:1]] = c.Text
		}
		for j, want := range rows[i] {
			want = strings.ReplaceAll(held(want), "_x", "_x005F_x")
			if at := string(rune('A' + j)); got[at] != want {
				t.Errorf("%q comes back as %q", want, got[at])
			}
		}
	}
}

// held is a text as XML can hold it.
func held(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && !strings.ContainsRune("\t\n\r", r) || r == 0xFFFE || r == 0xFFFF {
			return utf8.RuneError
		}
		return r
	}, s)
}
