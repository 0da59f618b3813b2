package fonts

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"miandan/templates/scene"
)

// TrueType returns the whole font of a face, for those who draw with a library
// of their own.
func TrueType(face scene.Face) ([]byte, error) {
	p, ok := map[scene.Face]packed{scene.Regular: regular, scene.Bold: bold, scene.Rare: rare}[face]
	if !ok {
		return nil, fmt.Errorf("no face %d", face)
	}
	data, err := p.inflate()
	if err != nil {
		return nil, err
	}
	sections, err := directory(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("read font %s: %w", p.name, err)
	}
	// Packed fonts leave out what nobody here reads. Libraries ask for it.
	tables := []namedTable{{"post", post()}, {"OS/2", os2(face)}}
	for name, s := range sections {
		tables = append(tables, namedTable{name, bytes.Clone(data[s.at : s.at+s.length])})
	}
	slices.SortFunc(tables, func(a, b namedTable) int { return strings.Compare(a.name, b.name) })
	return assemble(tables), nil
}

// os2 says what browsers and Windows want to know of a font (OpenType, OS/2
// version 4): how heavy it is, how high its lines are, and that it may be embedded.
func os2(face scene.Face) (t table) {
	weight := 400
	if face == scene.Bold {
		weight = 700
	}
	t.u16(4, UnitsPerEm, weight, 5, 0)
	t.u16(650, 600, 0, 75, 650, 600, 0, 350, 50, 250, 0) // sub- and superscript, strikeout, no class
	t = append(t, make([]byte, 10+16)...)                // neither panose nor ranges of characters
	t = append(t, "MIAN"...)
	t.u16(0x40, 0x20, 0xFFFF, Ascent, -Descent, 0, Ascent, Descent) // of upright characters of the basic plane
	t = append(t, make([]byte, 8)...)                               // code pages
	t.u16(540, 733, 0, 0x20, 1)
	return t
}
