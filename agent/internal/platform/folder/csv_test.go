package folder

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func plainRows(rows []row) (list [][]string) {
	for _, r := range rows {
		var cells []string
		for _, c := range r.cells {
			cells = append(cells, c.text)
		}
		list = append(list, cells)
	}
	return list
}

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "[] 0",
		"a,b":                     "[[a b]] 0",
		"a,b\r\n\r\nc":            "[[a b] [] [c]] 0",
		"a,\n":                    "[[a ]] 0",
		`"a""b","c` + "\n" + `d"`: "[[a\"b c\nd]] 0",
		`="0571",="1" ,x`:         "[[0571 1 x]] 0",
		`5" screen,=1`:            `[[5" screen =1]] 0`,
		"a\n\"b\nc,d\n":           "[[a]] 2", // never closed
		"a\n\"b\" c,d\n":          "[[a]] 2",
		`"a"b`:                    "[] 1",
		"a\rb":                    "[[a] [b]] 0",
	} {
		rows, bad := parse(text, ',', 100)
		if got := fmt.Sprint(plainRows(rows), bad); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
	if rows, _ := parse(strings.Repeat("a\n", 10), ',', 3); len(rows) != 3 {
		t.Errorf("%d rows, want 3", len(rows))
	}
	rows, _ := parse(strings.Repeat("a,", 10_000)+"\nb\n", ',', 3)
	if len(rows) != 2 || len(rows[0].cells) != maxColumns {
		t.Errorf("%d rows, the first with %d cells", len(rows), len(rows[0].cells))
	}
}

// agrees holds a reading against the standard library's, on what both read
// alike: it passes over empty lines, knows no lone \r as a line's end and no
// ="…".
func agrees(t *testing.T, text string) {
	if strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\r") || strings.Contains(text, `="`) {
		return
	}
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	want, err := r.ReadAll()
	if err != nil {
		return
	}
	rows, bad := parse(text, ',', 1<<20)
	if bad != 0 {
		t.Errorf("%q: row %d is wrong, and encoding/csv reads it", text, bad)
		return
	}
	got := slices.DeleteFunc(plainRows(rows), func(r []string) bool { return len(r) == 1 && r[0] == "" })
	want = slices.DeleteFunc(want, func(r []string) bool { return len(r) == 1 && r[0] == "" })
	for _, cells := range got {
		for i := range cells {
			cells[i] = strings.ReplaceAll(cells[i], "\r\n", "\n")
		}
	}
	if !slices.EqualFunc(got, want, slices.Equal[[]string]) {
		t.Errorf("%q is %q, want %q", text, got, want)
	}
}

func TestParseAgreesWithTheStandardLibrary(t *testing.T) {
	for _, text := range []string{plainCSV, "a,b\n\n\"c\n\",d\r\n", "\"\",\"\"\n", ",\n,", `a"b,c`, "a\n\n\nb"} {
		agrees(t, text)
	}
}
