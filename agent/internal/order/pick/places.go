package pick

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// maxPlaces is how long a file of places may be, in bytes: a million lines.
const maxPlaces = 64 << 20

// LineError reports a line of a file of places that is none.
type LineError struct{ Line int }

func (e *LineError) Error() string { return fmt.Sprintf("line %d is not SKU, place", e.Line) }

// Read reads a file of places; without a name there are none.
func Read(name string) (Places, error) {
	if name == "" {
		return nil, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxPlaces+1))
	if err == nil && len(b) > maxPlaces {
		err = errors.New("the file is larger than 64 MB")
	}
	if err != nil {
		return nil, err
	}
	return Parse(b)
}

// Parse reads lines of SKU and place, in UTF-8 or as Excel for China saves CSV
// (GB 18030). A first line of titles is known by its second word; of two lines for
// one SKU the later counts. What is wrong is a *LineError.
func Parse(b []byte) (Places, error) {
	b = bytes.TrimPrefix(b, []byte("\uFEFF"))
	if !utf8.Valid(b) {
		var err error
		if b, err = simplifiedchinese.GB18030.NewDecoder().Bytes(b); err != nil {
			return nil, err
		}
	}
	r := csv.NewReader(bytes.NewReader(b))
	r.FieldsPerRecord, r.TrimLeadingSpace = -1, true
	places := Places{}
	for first := true; ; first = false {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return places, nil
		}
		var wrong *csv.ParseError
		if errors.As(err, &wrong) {
			return nil, &LineError{wrong.Line}
		}
		if err != nil {
			return nil, err
		}
		line, _ := r.FieldPos(0)
		if len(record) < 2 || strings.TrimSpace(record[0]) == "" {
			return nil, &LineError{line}
		}
		sku, place := strings.TrimSpace(record[0]), strings.TrimSpace(record[1])
		switch title := strings.ToLower(place); {
		case first && (title == "place" || title == "库位" || title == "货位" || title == "仓位"):
		case utf8.RuneCountInString(place) > 64:
			return nil, &LineError{line}
		default:
			places[sku] = place
		}
	}
}
