package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"regexp"
	"strconv"
	"unicode/utf16"

	"miandan/templates/fonts"
)

// What gofpdf writes at the end of a document, and of a font: that its codes are
// those of Windows, which is as long as what is said in its place.
var trailer = regexp.MustCompile(`trailer\n<<\n/Size (\d+)\n/Root (\d+) 0 R\n/Info (\d+) 0 R\n>>\nstartxref\n(\d+)\n%%EOF\n$`)

const (
	windowsCodes = "/Encoding /WinAnsiEncoding"
	ownCodes     = "/ToUnicode %11d 0 R" // and no encoding: the font's own codes
)

var errForm = errors.New("gofpdf's document has changed its form")

// nameCharacters says what the codes of the fonts are. Each font gets a map to
// characters, in an update behind the document's last byte.
func nameCharacters(doc []byte, all []*fonts.Small) ([]byte, error) {
	if len(all) == 0 {
		return doc, nil
	}
	end := trailer.FindSubmatch(doc[max(len(doc)-200, 0):])
	if end == nil {
		return nil, errForm
	}
	first, err := strconv.Atoi(string(end[1]))
	if err != nil {
		return nil, errForm
	}
	var offsets []int
	for i, font := range all {
		about := fmt.Appendf(nil, "\n/BaseFont /%s\n/Subtype /TrueType\n", nameOf(i))
		at := bytes.Index(doc, about)
		if at < 0 {
			return nil, errForm
		}
		codes := bytes.Index(doc[at:min(at+300, len(doc))], []byte(windowsCodes))
		if codes < 0 {
			return nil, errForm
		}
		copy(doc[at+codes:], fmt.Sprintf(ownCodes, first+i))

		stream := characterMap(font.Characters())
		offsets = append(offsets, len(doc))
		doc = fmt.Appendf(doc, "%d 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n", first+i, len(stream), stream)
	}
	table := len(doc)
	doc = fmt.Appendf(doc, "xref\n0 1\n0000000000 65535 f \n%d %d\n", first, len(all))
	for _, at := range offsets {
		doc = fmt.Appendf(doc, "%010d 00000 n \n", at)
	}
	return fmt.Appendf(doc, "trailer\n<<\n/Size %d\n/Root %s 0 R\n/Info %s 0 R\n/Prev %s\n>>\nstartxref\n%d\n%%%%EOF\n",
		first+len(all), end[2], end[3], end[4], table), nil
}

// characterMap writes the map in PDF's own language, at most 100 to a block.
func characterMap(characters iter.Seq2[byte, rune]) []byte {
	var lines [][]byte
	for code, r := range characters {
		line := fmt.Appendf(nil, "<%02X> <", code)
		for _, u := range utf16.AppendRune(nil, r) {
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
<00> <FF>
endcodespacerange
`)
	for len(lines) > 0 {
		n := min(len(lines), 100)
		b = fmt.Appendf(b, "%d beginbfchar\n%sendbfchar\n", n, bytes.Join(lines[:n], nil))
		lines = lines[n:]
	}
	return append(b, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"...)
}
