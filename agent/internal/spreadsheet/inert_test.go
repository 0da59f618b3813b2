package spreadsheet

import "testing"

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
