package folder

import (
	"encoding/xml"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// rows reads the rows of a sheet that say anything.
func (w *workbook) rows(part string) ([]row, error) {
	if w.parts[part] == nil {
		return nil, fmt.Errorf("%w: a sheet is missing", errWorkbook)
	}
	var rows []row
	number := 0
	err := w.each(part, func(d *reader, e xml.StartElement) error {
		if e.Name.Local != "row" {
			return nil
		}
		number++
		if n, err := strconv.Atoi(attr(e, "r")); err == nil && n >= number {
			number = n
		}
		hidden := attr(e, "hidden")
		r := row{number: number, hidden: hidden == "1" || hidden == "true"}
		if err := w.readRow(d, &r); err != nil {
			return err
		}
		if len(r.cells) == 0 {
			return nil
		}
		if len(rows) > maxRows+headerWithin {
			return fmt.Errorf("%w: too many rows", errWorkbook)
		}
		rows = append(rows, r)
		return nil
	})
	return rows, err
}

func (w *workbook) readRow(d *reader, r *row) error {
	column := -1
	for {
		t, err := d.Token()
		if err != nil {
			return fmt.Errorf("%w: a row is damaged", errWorkbook)
		}
		switch t := t.(type) {
		case xml.EndElement:
			if t.Name.Local == "row" {
				return nil
			}
		case xml.StartElement:
			if t.Name.Local != "c" {
				if err := d.Skip(); err != nil {
					return fmt.Errorf("%w: a row is damaged", errWorkbook)
				}
				continue
			}
			column++
			if at, ok := columnOf(attr(t, "r")); ok {
				column = at
			}
			c, err := w.readCell(d, attr(t, "t"))
			if err != nil {
				return err
			}
			if c.text == "" && !c.wrong || column >= maxColumns {
				continue
			}
			for len(r.cells) <= column {
				r.cells = append(r.cells, cell{})
			}
			r.cells[column] = c
		}
	}
}

// columnOf returns the column of a cell's name: C7 is in column 2.
func columnOf(name string) (int, bool) {
	letters := strings.TrimRight(name, "0123456789")
	if letters == "" || len(letters) > 3 {
		return 0, false
	}
	n := 0
	for _, r := range []byte(strings.ToUpper(letters)) {
		if r < 'A' || r > 'Z' {
			return 0, false
		}
		n = n*26 + int(r-'A') + 1
	}
	return n - 1, true
}

// readCell reads a cell up to its end.
func (w *workbook) readCell(d *reader, kind string) (cell, error) {
	var value strings.Builder
	inValue, depth := false, 1
	inline := ""
	for depth > 0 {
		t, err := d.Token()
		if err != nil {
			return cell{}, fmt.Errorf("%w: a cell is damaged", errWorkbook)
		}
		switch t := t.(type) {
		case xml.StartElement:
			if t.Name.Local == "is" {
				if inline, err = richText(d); err != nil {
					return cell{}, err
				}
				continue
			}
			if depth++; depth > maxDepth {
				return cell{}, fmt.Errorf("%w: a cell is nested too deep", errWorkbook)
			}
			inValue = t.Name.Local == "v"
		case xml.EndElement:
			depth--
			inValue = false
		case xml.CharData:
			if inValue && value.Len() <= maxCell*4 {
				value.Write(t)
			}
		}
	}
	text := value.String()
	switch kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || i < 0 || i >= len(w.strings) {
			return cell{}, fmt.Errorf("%w: a text is missing", errWorkbook)
		}
		return cell{text: w.strings[i]}, nil
	case "inlineStr":
		return cell{text: inline}, nil
	case "e":
		return cell{text: text, wrong: true}, nil
	case "str", "d", "b":
		return cell{text: unescape(text)}, nil
	}
	return number(strings.TrimSpace(text)), nil
}

// number writes a number as a person would have typed it. A workbook may keep
// 13800001234 as 1.3800001234E10, and 59.90 as 59.899999999999999.
func number(raw string) cell {
	if raw == "" {
		return cell{}
	}
	v, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return cell{text: raw, wrong: true}
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 15, 64), 64)
	if err != nil || math.Abs(v) > 1e40 {
		return cell{text: raw, wrong: true}
	}
	return cell{text: strconv.FormatFloat(rounded, 'f', -1, 64), number: true}
}
