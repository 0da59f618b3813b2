package fonts

import (
	"encoding/binary"
	"math"
	"unicode/utf16"
)

// table is a TrueType table being written: big-endian words.
type table []byte

func (t *table) u8(v ...int) {
	for _, v := range v {
		*t = append(*t, byte(v))
	}
}

func (t *table) u16(v ...int) {
	for _, v := range v {
		*t = binary.BigEndian.AppendUint16(*t, uint16(v))
	}
}

func (t *table) u32(v ...uint32) {
	for _, v := range v {
		*t = binary.BigEndian.AppendUint32(*t, v)
	}
}

// Font returns the TrueType font. The same glyphs in the same order give the
// same bytes. It has no hinting, and its name says nothing about the document.
func (s *Subset) Font() []byte {
	glyphs := s.sorted()
	var glyf, loca, hmtx table
	var bounds box
	points, contours := 0, 0
	add := func(advance int, o Outline) {
		loca.u32(uint32(len(glyf)))
		b := bounding(o)
		hmtx.u16(advance, b.x0)
		if len(o) > 0 {
			bounds = bounds.with(b)
			contours = max(contours, len(o))
			points = max(points, glyf.outline(o, b))
		}
	}
	add(UnitsPerEm, nil) // glyph 0, for codes that are not there
	for _, g := range glyphs {
		add(g.advance, g.outline)
	}
	loca.u32(uint32(len(glyf)))

	n := len(glyphs) + 1
	var head, hhea, maxp table
	head.u32(0x00010000, 0x00010000, 0, 0x5F0F3CF5) // the sum of all is filled in below
	head.u16(0, UnitsPerEm)
	head.u32(0, 0, 0, 0) // dates
	head.u16(bounds.x0, bounds.y0, bounds.x1, bounds.y1, 0, 6, 2, 1, 0)
	hhea.u32(0x00010000)
	hhea.u16(880, -120, 0, UnitsPerEm, bounds.x0, 0, bounds.x1, 1, 0, 0, 0, 0, 0, 0, 0, n)
	maxp.u32(0x00010000)
	// One byte of instructions is promised and none is there: FreeType takes a
	// font that promises none for one to hint by guesswork, and Ghostscript
	// draws every text through FreeType.
	maxp.u16(n, points, contours, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0)
	return assemble([]namedTable{ // by name
		{"OS/2", os2(glyphs)}, {"cmap", cmap(glyphs)}, {"glyf", glyf}, {"head", head}, {"hhea", hhea},
		{"hmtx", hmtx}, {"loca", loca}, {"maxp", maxp}, {"name", name("Miandan")}, {"post", post()},
	})
}

type namedTable struct {
	name string
	data table
}

func assemble(tables []namedTable) []byte {
	var font table
	power := int(math.Log2(float64(len(tables))))
	font.u32(0x00010000)
	font.u16(len(tables), 16<<power, power, 16*len(tables)-16<<power)
	offset, head := 12+16*len(tables), 0
	for i, t := range tables {
		if t.name == "head" {
			head = offset
		}
		for len(tables[i].data)%4 != 0 {
			tables[i].data = append(tables[i].data, 0)
		}
		font = append(font, t.name...)
		font.u32(checksum(tables[i].data), uint32(offset), uint32(len(t.data)))
		offset += len(tables[i].data)
	}
	for _, t := range tables {
		font = append(font, t.data...)
	}
	binary.BigEndian.PutUint32(font[head+8:], 0xB1B0AFBA-checksum(font))
	return font
}

// post says that the glyphs have no names.
func post() (t table) {
	t.u32(0x00030000, 0)
	t.u16(-100, 50)
	t.u32(0, 0, 0, 0, 0)
	return t
}

func checksum(data []byte) (sum uint32) {
	for i := 0; i+4 <= len(data); i += 4 {
		sum += binary.BigEndian.Uint32(data[i:])
	}
	return sum
}

// cmap maps the codes, which rise with the glyph numbers, in format 4.
func cmap(glyphs []coded) table {
	var ends, starts, deltas, offsets table
	for i := 0; i < len(glyphs); {
		j := i + 1
		for j < len(glyphs) && glyphs[j].code == glyphs[j-1].code+1 {
			j++
		}
		ends.u16(int(glyphs[j-1].code))
		starts.u16(int(glyphs[i].code))
		deltas.u16(i + 1 - int(glyphs[i].code))
		offsets.u16(0)
		i = j
	}
	ends.u16(0xFFFF, 0) // the last segment is obligatory; the 0 is padding
	starts.u16(0xFFFF)
	deltas.u16(1)
	offsets.u16(0)
	segments := len(starts) / 2
	power := int(math.Log2(float64(segments)))
	var t table
	t.u16(0, 1, 3, 1)
	t.u32(12)
	t.u16(4, 16+8*segments, 0, 2*segments, 2<<power, power, 2*segments-2<<power)
	for _, column := range []table{ends, starts, deltas, offsets} {
		t = append(t, column...)
	}
	return t
}

func os2(glyphs []coded) table {
	first, last := 0xFFFF, 0
	for _, g := range glyphs {
		first, last = min(first, int(g.code)), max(last, int(g.code))
	}
	var t table
	t.u16(4, UnitsPerEm, 400, 5, 0)
	t.u16(650, 600, 0, 75, 650, 600, 0, 350, 50, 250) // sub- and superscript, strikeout
	t.u16(0)
	t.u8(0, 0, 0, 0, 0, 0, 0, 0, 0, 0) // panose
	t.u32(0, 0, 0, 0)                  // ranges of characters
	t = append(t, "MIAN"...)
	t.u16(0x40, first, last, 880, -120, 0, 1160, 288)
	t.u32(0, 0)
	t.u16(540, 733, 0, 32, 0)
	return t
}

func name(family string) table {
	records := []struct {
		id   int
		text string
	}{{1, family}, {2, "Regular"}, {3, family}, {4, family}, {6, family}}
	var t, text table
	t.u16(0, len(records), 6+12*len(records))
	for _, r := range records {
		at := len(text)
		for _, u := range utf16.Encode([]rune(r.text)) {
			text.u16(int(u))
		}
		t.u16(3, 1, 0x409, r.id, len(text)-at, at)
	}
	return append(t, text...)
}

// box is the bounding box of points.
type box struct{ x0, y0, x1, y1 int }

func bounding(o Outline) (b box) {
	b.x0, b.y0, b.x1, b.y1 = o.Box()
	return b
}

func (b box) with(o box) box {
	return box{min(b.x0, o.x0), min(b.y0, o.y0), max(b.x1, o.x1), max(b.y1, o.y1)}
}

// outline writes a simple glyph, a multiple of 4 bytes, and returns its number
// of points.
func (t *table) outline(o Outline, b box) (points int) {
	t.u16(len(o), b.x0, b.y0, b.x1, b.y1)
	for _, c := range o {
		points += len(c)
		t.u16(points - 1)
	}
	t.u16(0) // no instructions
	var xs, ys table
	previous := Point{}
	for _, c := range o {
		for _, p := range c {
			flag := xs.delta(p.X-previous.X, xShort, xSame) | ys.delta(p.Y-previous.Y, yShort, ySame)
			if p.On {
				flag |= onCurve
			}
			t.u8(flag)
			previous = p
		}
	}
	*t = append(append(*t, xs...), ys...)
	for len(*t)%4 != 0 {
		t.u8(0)
	}
	return points
}

// delta writes a coordinate as the way from the last one and returns its flags.
func (t *table) delta(d, short, same int) (flag int) {
	switch {
	case d == 0:
		return same
	case d > 0 && d < 256:
		t.u8(d)
		return short | same
	case d < 0 && d > -256:
		t.u8(-d)
		return short
	}
	t.u16(d)
	return 0
}
