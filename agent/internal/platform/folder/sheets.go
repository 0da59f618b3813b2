package folder

import (
	"bytes"
	"strings"

	"miandan/agent/internal/notice"
)

// sheet is a table with the titles that were found in it.
type sheet struct {
	number int // from 1, in the order of the workbook
	rows   []row
	header *header
	is1904 bool // its dates count from 1904
	ragged bool // a row may be longer than the titles, and then its cells have moved
}

var (
	zipBegin = []byte("PK")
	oleBegin = []byte("\xd0\xcf\x11\xe0") // Excel before 2007, and what has a password
)

// readSheets reads a file's tables that hold orders. Its error is a
// *notice.Error that says what to do.
func readSheets(b []byte, f file, m *mapping) ([]sheet, error) {
	switch {
	case len(b) > maxSize:
		return nil, notice.New("folder-file-large", nil, f.shown(), maxSize>>20)
	case bytes.HasPrefix(b, oleBegin):
		return nil, notice.New("folder-file-old", nil, f.shown())
	}
	var sheets []sheet
	switch {
	case bytes.HasPrefix(b, zipBegin):
		all, err := readXLSX(b, m.sheet)
		if err != nil {
			return nil, notice.New("folder-file-broken", err, f.shown())
		}
		sheets = all
	case f.workbook():
		return nil, notice.New("folder-file-broken", nil, f.shown())
	case f.ext() == ".xls" && bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(b, []byte("\ufeff"))), []byte("<")): // a page in HTML that is called so
		return nil, notice.New("folder-file-old", nil, f.shown())
	default:
		rows, err := readCSV(b, f, m)
		if err != nil {
			return nil, err
		}
		sheets = []sheet{{number: 1, rows: rows, ragged: true}}
	}
	return withOrders(sheets, f, m)
}

// withOrders returns the sheets whose titles say what a sheet of orders must say.
func withOrders(sheets []sheet, f file, m *mapping) (good []sheet, err error) {
	missing := (&header{at: none}).missing()
	total := 0
	for _, s := range sheets {
		if s.header = m.findHeader(s.rows); s.header == nil {
			continue
		}
		if lacks := s.header.missing(); len(lacks) > 0 {
			if len(lacks) < len(missing) {
				missing = lacks
			}
			if len(lacks) <= 2 { // there are orders in it, and to pass them over would lose them
				return nil, notice.New("folder-file-columns", nil, f.shown(), strings.Join(lacks, ", "))
			}
			continue
		}
		if title := s.header.twice(s.rows[s.header.row]); title != "" {
			return nil, notice.New("folder-file-column-twice", nil, f.shown(), title)
		}
		total += len(s.rows)
		good = append(good, s)
	}
	switch {
	case len(good) == 0:
		return nil, notice.New("folder-file-columns", nil, f.shown(), strings.Join(missing, ", "))
	case total > maxRows+headerWithin*len(good):
		return nil, notice.New("folder-file-long", nil, f.shown(), maxRows)
	}
	return good, nil
}

// none is where the columns of a table without titles are.
var none = func() (at [fields]int) {
	for f := range at {
		at[f] = -1
	}
	return at
}()
