// Package columns writes a TrueType font so that it packs small, and back again to
// the byte.
//
// A glyph's record is a few kinds of numbers one behind the other: ends of contours,
// flags, x, y. A compressor sees in them one text of several languages. With each
// kind in a column of its own, all glyphs' x after all glyphs' flags, the fonts of
// the program take a sixth less. What can be computed is left out: the table of
// places, and each glyph's box where it is that of its points.
package columns

import (
	"encoding/binary"
	"errors"
)

// The columns, in the order in which they are written.
const (
	skeleton = iota // the file with zeros for the tables of glyphs and of places
	contours        // how many each glyph has, in two bytes; 0 for one that is empty
	ends            // how many points each contour has, in a byte, or more after goesOn
	flags
	xs
	ys
	boxes // a bit for each glyph, whether its box is that of its points; then those that are not
	kinds
)

// Of a TrueType file and of a glyph's record in it, in bytes.
const (
	fileHeader  = 12
	tableRecord = 16
	boxSize     = 8
	glyphHeader = 2 + boxSize
)

// goesOn is a byte of column ends that is added to the next.
const goesOn = 255

var errShort = errors.New("the font is too short for what it says of itself")

// tables are what is taken apart of a file.
type tables struct {
	glyf, loca []byte
	glyphs     int
}

func find(file []byte) (t tables, err error) {
	table := func(name string, least int) []byte {
		for i := fileHeader; i+tableRecord <= len(file) && i < fileHeader+tableRecord*int(binary.BigEndian.Uint16(file[4:])); i += tableRecord {
			if string(file[i:i+4]) != name {
				continue
			}
			at, length := int64(binary.BigEndian.Uint32(file[i+8:])), int64(binary.BigEndian.Uint32(file[i+12:]))
			if length >= int64(least) && at+length <= int64(len(file)) {
				return file[at : at+length]
			}
		}
		err = errShort
		return make([]byte, least)
	}
	if len(file) < fileHeader {
		return t, errShort
	}
	const long = 1 // places of four bytes
	if format := binary.BigEndian.Uint16(table("head", 54)[50:]); format != long && err == nil {
		return t, errors.New("its places are not of four bytes each")
	}
	t.glyphs = int(binary.BigEndian.Uint16(table("maxp", 6)[4:]))
	t.glyf, t.loca = table("glyf", 0), table("loca", 4*(t.glyphs+1))
	return t, err
}
