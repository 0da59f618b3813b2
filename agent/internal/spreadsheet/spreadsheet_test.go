package spreadsheet_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"miandan/agent/internal/spreadsheet"
)

// hostile are cells that a spreadsheet would like to understand.
var hostile = []string{
	"=HYPERLINK(\"http://198.51.100.7\",\"x\")", "+1+1", "-2+3", "@SUM(A1)", "＝1+1", "\t=1", "\r=1", "\n=1",
	"<b>&amp;</b>", "]]>", "_x0041_", "\x00\x01 演示", "0012", "312045870118345678", "1E5", "  两端有空格  ", "𠮷野", strings.Repeat("长", 200),
}

func table() [][]string { return [][]string{{"order", "name"}, {"1", "演示"}, hostile} }

func TestCSVHoldsTextAndNoFormula(t *testing.T) {
	var b bytes.Buffer
	if err := spreadsheet.CSV(&b, slices.Values(table())); err != nil {
		t.Fatal(err)
	}
	text, marked := strings.CutPrefix(b.String(), "\ufeff")
	if !marked {
		t.Error("no byte order mark: Chinese text would be read in the system's code page")
	}
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	got, err := r.ReadAll()
	if err != nil || len(got) != 3 {
		t.Fatalf("%d rows, %v", len(got), err)
	}
	for i, cell := range got[2] {
		if strings.ContainsAny(cell[:1], "=+-@\t\r\n") || strings.HasPrefix(cell, "＝") {
			t.Errorf("%q begins a formula", cell)
		}
		want := strings.ReplaceAll(hostile[i], "\r", "")
		if !strings.HasSuffix(strings.ReplaceAll(cell, "\r", ""), want) {
			t.Errorf("%q has become %q", hostile[i], cell)
		}
	}
}

func TestAWorkbookHoldsTextAndNoFormula(t *testing.T) {
	var b bytes.Buffer
	if err := spreadsheet.XLSX(&b, slices.Values(table())); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i, want := range hostile {
		name, err := excelize.CoordinatesToCellName(i+1, 3)
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.GetCellValue("Sheet1", name)
		want = strings.NewReplacer("\x00", "\uFFFD", "\x01", "\uFFFD").Replace(want)
		if err != nil || got != want {
			t.Errorf("%s is %q, %v; want %q", name, got, err, want)
		}
		if formula, err := f.GetCellFormula("Sheet1", name); formula != "" || err != nil {
			t.Errorf("%s is a formula: %q, %v", name, formula, err)
		}
		if kind, err := f.GetCellType("Sheet1", name); kind != excelize.CellTypeInlineString || err != nil {
			t.Errorf("%s is of type %v, %v; want a text", name, kind, err)
		}
		style, err := f.GetCellStyle("Sheet1", name)
		if err != nil {
			t.Fatal(err)
		}
		if s, err := f.GetStyle(style); err != nil || s.NumFmt != 49 {
			t.Errorf("%s has the number format %+v, %v; want that of text", name, s, err)
		}
	}
	if strings.Contains(part(t, b.Bytes(), "xl/worksheets/sheet1.xml"), "<f>") {
		t.Error("there is a formula in the file")
	}
}

// TestOfficeOpensAWorkbook has a real spreadsheet read a workbook and write it as
// CSV. No cell has become a figure or a formula's result.
func TestOfficeOpensAWorkbook(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LibreOffice is not installed")
	}
	dir := t.TempDir()
	var b bytes.Buffer
	rows := [][]string{{"a", "b", "c", "d"}, {"=1+1", "0012", "312045870118345678", "演示"}}
	if err := spreadsheet.XLSX(&b, slices.Values(rows)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.xlsx"), b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), office, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", dir, filepath.Join(dir, "a.xlsx"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got, err := os.ReadFile(filepath.Join(dir, "a.csv"))
	if want := "a,b,c,d\n=1+1,0012,312045870118345678,演示\n"; err != nil || string(got) != want {
		t.Errorf("LibreOffice reads %q, %v; want %q", got, err, want)
	}
}

// TestALongTableIsWrittenAsItComes sees that most of fifty thousand rows have left
// before the last one has come.
func TestALongTableIsWrittenAsItComes(t *testing.T) {
	for name, write := range map[string]func(io.Writer, iter.Seq[[]string]) error{"CSV": spreadsheet.CSV, "XLSX": spreadsheet.XLSX} {
		var size, before counter
		rows := func(yield func([]string) bool) {
			for i := range 50_000 {
				if before = size; !yield([]string{fmt.Sprint(i), "演示", "湖北省武汉市东西湖区演示路1号"}) {
					return
				}
			}
		}
		if err := write(&size, rows); err != nil || size < 100_000 || before < size*8/10 {
			t.Errorf("%s: %d bytes, of which %d had left before the last row came; %v", name, size, before, err)
		}
	}
}

type counter int

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

func part(t *testing.T, file []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
