package pdf

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"sync"

	"github.com/jung-kurt/gofpdf"
	"github.com/klauspost/compress/zlib"

	"miandan/templates/fonts"
)

// letters are the codes of a font.
var letters = func() string {
	var all [256]byte
	for i := range all {
		all[i] = byte(i)
	}
	return string(all[:])
}()

// familyOf returns the name within gofpdf of a document's font.
func familyOf(font int) string { return "miandan" + strconv.Itoa(font) }

// nameOf returns the name within the document: with six letters before, which
// say that the font is a part of one.
func nameOf(font int) string {
	tag := []byte("AAAAAA")
	for i := len(tag) - 1; i >= 0; i-- {
		tag[i] += byte(font % 26)
		font /= 26
	}
	return string(tag) + "+Miandan"
}

// What a document says of a font besides its glyphs, in thousandths of an em.
const (
	capHeight = 733
	stem      = 87
)

// addFont gives a font to gofpdf, described as gofpdf's own program for that would
// describe it.
func addFont(f *gofpdf.Fpdf, number int, font *fonts.Small) error {
	file := font.TrueType()
	packed, err := pack(file)
	if err != nil {
		return err
	}
	x0, y0, x1, y1 := font.Box()
	about := fmt.Appendf(nil, `{"Tp":"TrueType","Name":%q,"File":"%d.z","OriginalSize":%d,"Desc":{"Ascent":%d,"Descent":%d,"CapHeight":%d,"Flags":%d,`+
		`"FontBBox":{"Xmin":%d,"Ymin":%d,"Xmax":%d,"Ymax":%d},"StemV":%d},"Cw":[`,
		nameOf(number), number, len(file), fonts.Ascent, -fonts.Descent, capHeight, gofpdf.FontFlagSymbolic, x0, y0, x1, y1, stem)
	for i, w := range font.Advances() {
		if i > 0 {
			about = append(about, ',')
		}
		about = strconv.AppendInt(about, int64(w), 10)
	}
	f.AddFontFromBytes(familyOf(number), "", append(about, "]}"...), packed)
	return f.Error()
}

// compressors are used again: making one takes as long as a font. The quickest
// level makes a document 4 % larger in two thirds of the time.
var compressors = sync.Pool{New: func() any {
	z, err := zlib.NewWriterLevel(io.Discard, zlib.BestSpeed)
	if err != nil {
		panic(err) // there is such a level
	}
	return z
}}

func pack(data []byte) ([]byte, error) {
	packed := bytes.NewBuffer(make([]byte, 0, len(data)/2+1024))
	z := compressors.Get().(*zlib.Writer)
	defer compressors.Put(z)
	z.Reset(packed)
	if _, err := z.Write(data); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}
