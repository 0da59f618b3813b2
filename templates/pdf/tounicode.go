package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"regexp"
	"strconv"
	"unicode/utf16"
)

// What gofpdf writes at the end of a document and about its font.
var (
	toUnicode = regexp.MustCompile(`/ToUnicode (\d+) 0 R`)
	trailer   = regexp.MustCompile(`trailer\n<<\n/Size (\d+)\n/Root (\d+) 0 R\n/Info (\d+) 0 R\n>>\nstartxref\n(\d+)\n%%EOF\n$`)
)

// nameCharacters adds an incremental update to a finished document: a new
// version of the one map from codes to characters. A document without text has
// no such map used, but the font is in it all the same.
func nameCharacters(doc []byte, characters iter.Seq2[rune, rune]) ([]byte, error) {
	font, end := toUnicode.FindSubmatch(doc), trailer.FindSubmatch(doc)
	if font == nil || end == nil {
		return nil, errors.New("gofpdf's document has changed its form")
	}
	stream := characterMap(characters)
	object := len(doc)
	doc = fmt.Appendf(doc, "%s 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n", font[1], len(stream), stream)
	table := len(doc)
	doc = fmt.Appendf(doc, "xref\n0 1\n0000000000 65535 f \n%s 1\n%010d 00000 n \n", font[1], object)
	doc = fmt.Appendf(doc, "trailer\n<<\n/Size %s\n/Root %s 0 R\n/Info %s 0 R\n/Prev %s\n>>\nstartxref\n%s\n%%%%EOF\n",
		end[1], end[2], end[3], end[4], strconv.Itoa(table))
	return doc, nil
}

// characterMap writes the map in PDF's own language, at most 100 to a block.
func characterMap(characters iter.Seq2[rune, rune]) []byte {
	var lines [][]byte
	for code, r := range characters {
		line := fmt.Appendf(nil, "<%04X> <", code)
		for _, u := range utf16.Encode([]rune{r}) {
			line = fmt.Appendf(line, "%04X", u)
		}
		lines = append(lines, append(line, ">\n"...))
	}
	b := []byte(`/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
`)
	for len(lines) > 0 {
		n := min(len(lines), 100)
		b = fmt.Appendf(b, "%d beginbfchar\n%sendbfchar\n", n, bytes.Join(lines[:n], nil))
		lines = lines[n:]
	}
	return append(b, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"...)
}
