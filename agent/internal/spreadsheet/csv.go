// Package spreadsheet writes a table as a file that a spreadsheet opens by a
// double click, as CSV or as a workbook (XLSX).
//
// What stands in a table was chosen by strangers: a buyer's name may be
// =HYPERLINK(…). So a cell is text and nothing else, in both forms. Rows are
// written as they come and kept nowhere: a library that was tried keeps a long
// sheet in a file of its own in the system's folder for temporary ones, where a
// crash would leave people's addresses (DECISIONS).
package spreadsheet

import (
	"encoding/csv"
	"io"
	"iter"
	"strings"
	"unicode/utf8"
)

// byteOrderMark tells spreadsheets that a file is UTF-8. Without it they read
// Chinese text in the system's code page.
const byteOrderMark = "\ufeff"

// CSV writes rows, of which the first is the heading.
func CSV(to io.Writer, rows iter.Seq[[]string]) error {
	if _, err := io.WriteString(to, byteOrderMark); err != nil {
		return err
	}
	w := csv.NewWriter(to)
	w.UseCRLF = true // RFC 4180
	for row := range rows {
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = inert(c)
		}
		if err := w.Write(cells); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// inert keeps a spreadsheet from taking a cell for a formula. The apostrophe is
// the sign for text; = + - and @ begin a formula, in full width too, and so may
// what comes after a tab or a line's end.
func inert(cell string) string {
	if first, _ := utf8.DecodeRuneInString(cell); strings.ContainsRune("=+-@＝＋－＠\t\r\n", first) {
		return "'" + cell
	}
	return cell
}
