package folder

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"miandan/agent/internal/notice"
)

// Limits of one file. A file beyond them is split by hand, or is none of orders.
const (
	maxRows    = 20_000
	maxColumns = 256
	maxCell    = 2_000 // characters
)

// row is one row of a sheet as Excel counts them.
type row struct {
	number int // from 1
	cells  []cell
	hidden bool // by a filter
}

// cell is what a cell says.
type cell struct {
	text   string
	number bool // it is kept as a number, not as text
	wrong  bool // it is one of Excel's errors, such as #N/A
}

// readCSV reads a table of text. Which characters and which separator it is
// written with nobody says: the reading counts in which most titles are known.
func readCSV(b []byte, f file, m *mapping) ([]row, error) {
	texts := m.decode(b)
	if len(texts) == 0 {
		return nil, notice.New("folder-file-encoding", nil, f.shown())
	}
	best, most, separator := texts[0], -1, byte(',')
	for _, text := range texts {
		body, said := cutSeparator(text)
		for _, sep := range []byte(",;\t") {
			if said != 0 && sep != said {
				continue
			}
			rows, _ := parse(body, sep, headerWithin)
			if h := m.findHeader(rows); h != nil && h.count() > most {
				best, most, separator = body, h.count(), sep
			}
		}
	}
	rows, at := parse(best, separator, maxRows+headerWithin+1)
	switch {
	case at > 0:
		return nil, notice.New("folder-file-quotes", nil, f.shown(), at)
	case len(rows) > maxRows+headerWithin:
		return nil, notice.New("folder-file-long", nil, f.shown(), maxRows)
	}
	return rows, nil
}

var utf16LE, utf16BE = []byte("\xff\xfe"), []byte("\xfe\xff")

// decode returns the texts that a file may be. Excel saves "Unicode text" as
// UTF-16, and "CSV" in what the system calls ANSI, which is GB 18030 in China.
func (m *mapping) decode(b []byte) (texts []string) {
	add := func(e encoding.Encoding) {
		if t, err := e.NewDecoder().Bytes(b); err == nil && !bytes.ContainsRune(t, utf8.RuneError) {
			texts = append(texts, string(t))
		}
	}
	switch {
	case bytes.HasPrefix(b, utf16LE), bytes.HasPrefix(b, utf16BE):
		if len(b)%2 == 0 {
			add(unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM))
		}
		return texts
	case bytes.HasPrefix(b, []byte("\ufeff")):
		if utf8.Valid(b) {
			texts = []string{string(b[3:])}
		}
		return texts
	case bytes.IndexByte(b, 0) >= 0:
		return nil
	}
	if m.encoding != "gb18030" && utf8.Valid(b) {
		texts = append(texts, string(b))
	}
	if m.encoding != "utf-8" {
		add(simplifiedchinese.GB18030)
	}
	return texts
}

var saysSeparator = regexp.MustCompile(`(?i)^"?sep=([,;\t])"?(\r\n|\n|\r)`)

// cutSeparator takes off the line with which a file tells Excel its separator.
// Excel does not count it as a row.
func cutSeparator(text string) (body string, separator byte) {
	if m := saysSeparator.FindStringSubmatch(text); m != nil {
		return text[len(m[0]):], m[1][0]
	}
	return text, 0
}

// parse reads up to so many rows. badAt is the number of a row whose quotation
// marks do not close, or have something behind them: from there on nobody can say
// where a row ends, and an unclosed mark would swallow the orders after it.
func parse(text string, separator byte, most int) (rows []row, badAt int) {
	s := scanner{text: text, separator: separator}
	for n := 1; s.at < len(s.text) && len(rows) < most; n++ {
		cells, ok := s.row()
		if !ok {
			return rows, n
		}
		rows = append(rows, row{number: n, cells: cells})
	}
	return rows, 0
}

// scanner reads rows of a table of text.
type scanner struct {
	text      string
	separator byte
	at        int
}

func (s *scanner) row() (cells []cell, ok bool) {
	for {
		text, ok := s.cell()
		if !ok {
			return nil, false
		}
		if len(cells) < maxColumns {
			cells = append(cells, cell{text: text})
		}
		switch {
		case s.at >= len(s.text):
			return cells, true
		case s.text[s.at] == s.separator:
			s.at++
		default:
			s.endLine()
			return cells, true
		}
	}
}

func (s *scanner) endLine() {
	if strings.HasPrefix(s.text[s.at:], "\r\n") {
		s.at++
	}
	s.at++
}

// cell reads one cell, up to what ends it. ="0571" is how programs keep Excel
// from making a number of a text.
func (s *scanner) cell() (text string, ok bool) {
	for _, opening := range []string{`"`, `="`} {
		if strings.HasPrefix(s.text[s.at:], opening) {
			s.at += len(opening)
			return s.quoted()
		}
	}
	end := strings.IndexAny(s.text[s.at:], string([]byte{s.separator, '\r', '\n'}))
	if end < 0 {
		end = len(s.text) - s.at
	}
	text = s.text[s.at : s.at+end]
	s.at += end
	return text, true
}

func (s *scanner) quoted() (text string, ok bool) {
	var b strings.Builder
	for {
		end := strings.IndexByte(s.text[s.at:], '"')
		if end < 0 {
			return "", false
		}
		b.WriteString(s.text[s.at : s.at+end])
		s.at += end + 1
		if s.at < len(s.text) && s.text[s.at] == '"' {
			b.WriteByte('"')
			s.at++
			continue
		}
		for s.at < len(s.text) && s.text[s.at] == ' ' {
			s.at++
		}
		if s.at < len(s.text) && s.text[s.at] != s.separator && s.text[s.at] != '\r' && s.text[s.at] != '\n' {
			return "", false
		}
		return b.String(), true
	}
}
