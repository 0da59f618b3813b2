package spreadsheet

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The parts of a workbook beside its sheet (ECMA-376, Office Open XML). The
// second format of a cell is for all: text by its number format, 49, so that
// what somebody types over stays text; and by quotePrefix, the apostrophe that
// is not shown, so that a cell which is opened and left is no formula either.
// The third is that in bold, for the heading.
var parts = []struct{ name, text string }{
	{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>`},
	{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
	{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`},
	{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`},
	{"xl/styles.xml", `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" quotePrefix="1"/><xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" quotePrefix="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`},
}

const (
	declaration = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	// The heading stays when the rows are scrolled.
	sheetBegin = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>%s</cols><sheetData>`
	sheetEnd   = `</sheetData></worksheet>`
)

// XLSX writes rows as a workbook of one sheet; the first is the heading. Every
// cell is a text: there is no formula in the file to begin with. A sheet holds a
// million rows.
func XLSX(to io.Writer, rows iter.Seq[[]string]) error {
	file := zip.NewWriter(to)
	for _, p := range parts {
		w, err := file.Create(p.name)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, declaration+p.text); err != nil {
			return err
		}
	}
	part, err := file.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return err
	}
	w := bufio.NewWriter(part)
	if err := sheet(w, rows); err != nil {
		return err
	}
	return errors.Join(w.Flush(), file.Close())
}

func sheet(w *bufio.Writer, rows iter.Seq[[]string]) error {
	n := 0
	for row := range rows {
		style := "1"
		if n++; n == 1 {
			style = "2"
			w.WriteString(declaration)
			fmt.Fprintf(w, sheetBegin, widths(row))
		}
		number := strconv.Itoa(n)
		w.WriteString(`<row r="` + number + `">`)
		for i, cell := range row {
			if cell != "" {
				w.WriteString(`<c r="` + column(i) + number + `" s="` + style + `" t="inlineStr"><is><t xml:space="preserve">`)
				entities.WriteString(w, fitting(cell))
				w.WriteString(`</t></is></c>`)
			}
		}
		w.WriteString(`</row>`)
	}
	if n == 0 {
		return errors.New("a sheet without a heading")
	}
	_, err := w.WriteString(sheetEnd) // what a writer could not write before, it says now
	return err
}

// widths are columns in which an order's number and most names can be read.
func widths(heading []string) string {
	var b strings.Builder
	for i := range heading {
		fmt.Fprintf(&b, `<col min="%d" max="%d" width="18" customWidth="1"/>`, i+1, i+1)
	}
	return b.String()
}

// column is the name of the column at an index: A, …, Z, AA, …
func column(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return column(i/26-1) + string(rune('A'+i%26))
}

// longest is how many characters a cell holds.
const longest = 32767

// fitting is a text as XML and a cell can hold it. A character that XML cannot
// hold at all is shown as one that is unknown; a text that no cell holds ends in
// an ellipsis, so that nobody takes it for whole.
func fitting(s string) string {
	if len(s) > longest && utf8.RuneCountInString(s) > longest {
		s = string([]rune(s)[:longest-1]) + "…"
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return utf8.RuneError
		}
		return r
	}, s)
}

// entities are how what means something in XML is written. A spreadsheet would
// read _x0041_ as a character too.
var entities = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#13;", "_x", "_x005F_x")
