package bench

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"

	"miandan/templates/fonts"
	"miandan/templates/scene"
)

// fontFor returns a TrueType font of the program's own with the outlines of a text
// and no others: what another program is given to draw the label with.
func fontFor(text string) ([]byte, error) {
	whole, err := fonts.TrueType(scene.Regular)
	if err != nil {
		return nil, err
	}
	set, err := fonts.Default()
	if err != nil {
		return nil, err
	}
	used := map[int]bool{0: true}
	for _, r := range text {
		g, ok, err := set.Find(scene.Regular, r)
		if err != nil {
			return nil, err
		}
		if ok && g.Face == scene.Regular {
			used[int(g.ID)] = true
		}
	}
	return thin(whole, func(glyph int) bool { return used[glyph] })
}

// thin leaves out the outlines of glyphs that are not used. The glyphs keep their
// numbers, so that every other table stays as it is.
func thin(font []byte, used func(glyph int) bool) ([]byte, error) {
	type table struct {
		record []byte
		data   []byte
	}
	var tables []table
	find := func(name string) *table {
		for i := range tables {
			if string(tables[i].record[:4]) == name {
				return &tables[i]
			}
		}
		return nil
	}
	n := int(binary.BigEndian.Uint16(font[4:]))
	for r := range slices.Chunk(slices.Clone(font[12:12+16*n]), 16) {
		at, length := binary.BigEndian.Uint32(r[8:]), binary.BigEndian.Uint32(r[12:])
		tables = append(tables, table{r, font[at : at+length]})
	}
	glyf, loca := find("glyf"), find("loca")
	if glyf == nil || loca == nil {
		return nil, errors.New("a font without outlines")
	}
	var outlines, where []byte
	for i := 0; i+8 <= len(loca.data); i += 4 {
		where = binary.BigEndian.AppendUint32(where, uint32(len(outlines)))
		if from, to := binary.BigEndian.Uint32(loca.data[i:]), binary.BigEndian.Uint32(loca.data[i+4:]); used(i / 4) {
			outlines = append(outlines, glyf.data[from:to]...)
			outlines = append(outlines, make([]byte, -len(outlines)&3)...)
		}
	}
	glyf.data, loca.data = outlines, binary.BigEndian.AppendUint32(where, uint32(len(outlines)))

	out := slices.Clone(font[:12])
	at := 12 + 16*n
	for _, t := range tables {
		sum := uint32(0)
		data := append(slices.Clone(t.data), make([]byte, -len(t.data)&3)...)
		for w := range slices.Chunk(data, 4) {
			sum += binary.BigEndian.Uint32(w)
		}
		binary.BigEndian.PutUint32(t.record[4:], sum)
		binary.BigEndian.PutUint32(t.record[8:], uint32(at))
		binary.BigEndian.PutUint32(t.record[12:], uint32(len(t.data)))
		out = append(out, t.record...)
		at += len(data)
	}
	for _, t := range tables {
		out = append(out, t.data...)
		out = append(out, make([]byte, -len(out)&3)...)
	}
	return out, nil
}

// text is all that a label says.
func (m *markup) text() string {
	var b strings.Builder
	for _, r := range m.Runs {
		b.WriteString(r.Text)
	}
	return b.String()
}
