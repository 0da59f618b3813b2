package folder

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The reader of workbooks is our own. A library that was tried, excelize, ends a
// sheet without a word where its XML breaks off, gives a shared string's number
// where the string is missing, and does not say while it reads whether a cell is
// a number or a text: the first loses orders, the second prints nonsense, and
// without the third nobody sees that Excel has cut the digits of an order's
// number. Four parts of the container are read here, each as a stream with a
// limit, and nothing else is unpacked.

// Limits of a workbook. A bomb in a part that is not read is never lit.
const (
	maxUnpacked = 32 << 20 // bytes of all that is read, unpacked: a million cells
	maxStrings  = 1 << 20  // shared strings
	maxSheets   = 50
	maxDepth    = 64 // elements inside each other
)

var errWorkbook = errors.New("not a sound workbook")

// workbook is a container that is being read.
type workbook struct {
	parts   map[string]*zip.File // by name in small letters
	left    int64                // bytes that may still be unpacked
	strings []string
	is1904  bool
}

// readXLSX reads the visible sheets of a workbook, or the one of a name. Formulas
// are not worked out: what Excel has kept as their value counts.
func readXLSX(b []byte, only string) ([]sheet, error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, err
	}
	w := workbook{parts: map[string]*zip.File{}, left: maxUnpacked}
	for _, f := range z.File {
		w.parts[partName(f.Name)] = f
	}
	main := "xl/workbook.xml"
	top, err := w.relations("_rels/.rels")
	if err != nil {
		return nil, err
	}
	for _, r := range top {
		if strings.HasSuffix(r.kind, "/officeDocument") {
			main = partName(r.target)
		}
	}
	list, err := w.list(main)
	if err != nil {
		return nil, err
	}
	related, err := w.relations(path.Join(path.Dir(main), "_rels", path.Base(main)+".rels"))
	if err != nil {
		return nil, err
	}
	for _, r := range related {
		if strings.HasSuffix(r.kind, "/sharedStrings") {
			if err := w.readStrings(beside(main, r.target)); err != nil {
				return nil, err
			}
		}
	}
	var sheets []sheet
	for i, s := range list {
		r, ok := related[s.relation]
		if !ok || !strings.HasSuffix(r.kind, "/worksheet") || only == "" && s.hidden || only != "" && s.name != only {
			continue
		}
		rows, err := w.rows(beside(main, r.target))
		if err != nil {
			return nil, err
		}
		sheets = append(sheets, sheet{number: i + 1, rows: rows, is1904: w.is1904})
	}
	return sheets, nil
}

func partName(s string) string {
	return strings.ToLower(strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(s, `\`, "/")), "/"))
}

// beside returns the part that another one names.
func beside(part, target string) string {
	if strings.HasPrefix(target, "/") {
		return partName(target)
	}
	return partName(path.Join(path.Dir(part), target))
}

// reader reads a part and knows how deep it is in it, whoever reads on.
type reader struct {
	*xml.Decoder
	depth int
}

func (r *reader) Token() (xml.Token, error) {
	t, err := r.Decoder.Token()
	switch t.(type) {
	case xml.StartElement:
		r.depth++
	case xml.EndElement:
		r.depth--
	}
	return t, err
}

// Skip reads to the end of the element that was just begun.
func (r *reader) Skip() error {
	r.depth--
	return r.Decoder.Skip()
}

// each gives the elements of a part to do, which reads on from them if it likes.
// A part that is not there has none; one that breaks off is an error.
func (w *workbook) each(part string, do func(d *reader, e xml.StartElement) error) error {
	f, ok := w.parts[part]
	if !ok {
		return nil
	}
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	limited := &io.LimitedReader{R: r, N: w.left}
	defer func() { w.left = limited.N }()
	d := &reader{Decoder: xml.NewDecoder(limited)}
	for {
		t, err := d.Token()
		switch {
		case limited.N <= 0:
			return fmt.Errorf("%w: it is too large", errWorkbook)
		case err == io.EOF:
			return nil
		case err != nil:
			return fmt.Errorf("%w: %s is damaged", errWorkbook, path.Base(part))
		}
		e, begins := t.(xml.StartElement)
		switch {
		case !begins:
		case d.depth > maxDepth:
			return fmt.Errorf("%w: %s is nested too deep", errWorkbook, path.Base(part))
		default:
			if err := do(d, e); err != nil {
				return err
			}
		}
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

type relation struct{ kind, target string }

func (w *workbook) relations(part string) (map[string]relation, error) {
	all := map[string]relation{}
	return all, w.each(partName(part), func(_ *reader, e xml.StartElement) error {
		if e.Name.Local == "Relationship" {
			all[attr(e, "Id")] = relation{attr(e, "Type"), attr(e, "Target")}
		}
		return nil
	})
}

type listed struct {
	name, relation string
	hidden         bool
}

func (w *workbook) list(part string) (list []listed, err error) {
	if w.parts[part] == nil {
		return nil, fmt.Errorf("%w: it has no list of sheets", errWorkbook)
	}
	err = w.each(part, func(_ *reader, e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			v := attr(e, "date1904")
			w.is1904 = v == "1" || v == "true"
		case "sheet":
			if len(list) == maxSheets {
				return fmt.Errorf("%w: too many sheets", errWorkbook)
			}
			list = append(list, listed{attr(e, "name"), attr(e, "id"), attr(e, "state") != "" && attr(e, "state") != "visible"})
		}
		return nil
	})
	return list, err
}

func (w *workbook) readStrings(part string) error {
	return w.each(part, func(d *reader, e xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		if len(w.strings) == maxStrings {
			return fmt.Errorf("%w: too many texts", errWorkbook)
		}
		text, err := richText(d)
		w.strings = append(w.strings, text)
		return err
	})
}

// richText reads the text in an element up to its end: that of all its runs, and
// not how the words are pronounced.
func richText(d *reader) (string, error) {
	var b strings.Builder
	inText, spoken := 0, 0
	for depth := 1; depth > 0; {
		t, err := d.Token()
		if err != nil {
			return "", fmt.Errorf("%w: a text is damaged", errWorkbook)
		}
		switch t := t.(type) {
		case xml.StartElement:
			if depth++; depth > maxDepth {
				return "", fmt.Errorf("%w: a text is nested too deep", errWorkbook)
			}
			switch t.Name.Local {
			case "t":
				inText++
			case "rPh":
				spoken++
			}
		case xml.EndElement:
			depth--
			switch t.Name.Local {
			case "t":
				inText--
			case "rPh":
				spoken--
			}
		case xml.CharData:
			if inText > 0 && spoken == 0 && b.Len() <= maxCell*utf8.UTFMax {
				b.Write(t)
			}
		}
	}
	return unescape(b.String()), nil
}

var escaped = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// unescape reads the form in which a workbook writes what XML cannot hold.
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	return escaped.ReplaceAllStringFunc(s, func(e string) string {
		n, _ := strconv.ParseUint(e[2:6], 16, 16)
		return string(rune(n))
	})
}
