package fonts

import (
	"encoding/binary"
	"math"
)

// The em of hanzi reaches so far above and below the baseline, in thousandths.
const (
	Ascent  = 880
	Descent = 120
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

// TrueType returns the font's file. The same glyphs in the same order give the
// same bytes. It has no hinting and no name, and only the tables that PDF asks for.
func (f *Small) TrueType() []byte {
	size, points, contours := 0, 0, 0
	for _, g := range f.glyphs {
		size, points, contours = size+len(g.data), max(points, g.points), max(contours, g.contours)
	}
	n := len(f.glyphs) + 1
	glyf := make(table, 0, size)
	loca, hmtx := make(table, 0, 4*(n+1)), make(table, 0, 4*n)
	loca.u32(0)
	hmtx.u16(UnitsPerEm, 0) // glyph 0, for codes that are not there
	for _, g := range f.glyphs {
		loca.u32(uint32(len(glyf)))
		hmtx.u16(g.advance, g.box.x0)
		glyf = append(glyf, g.data...)
	}
	loca.u32(uint32(len(glyf)))

	bounds := f.bounds()
	var head, hhea, maxp table
	head.u32(0x00010000, 0x00010000, 0, 0x5F0F3CF5) // the sum of all is filled in below
	head.u16(0, UnitsPerEm)
	head.u32(0, 0, 0, 0) // dates
	head.u16(bounds.x0, bounds.y0, bounds.x1, bounds.y1, 0, 6, 2, 1, 0)
	hhea.u32(0x00010000)
	hhea.u16(Ascent, -Descent, 0, UnitsPerEm, bounds.x0, 0, bounds.x1, 1, 0, 0, 0, 0, 0, 0, 0, n)
	maxp.u32(0x00010000)
	// One byte of instructions is promised and none is there: FreeType takes a
	// font that promises none for one to hint by guesswork, and Ghostscript
	// draws every text through FreeType.
	maxp.u16(n, points, contours, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0)
	return assemble([]namedTable{ // by name
		{"cmap", f.cmap()}, {"glyf", glyf}, {"head", head}, {"hhea", hhea}, {"hmtx", hmtx}, {"loca", loca}, {"maxp", maxp},
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

// cmap maps the codes to the glyphs behind glyph 0, in both ways that PDF knows
// for a font whose codes are its own: of the Macintosh (format 0), and of symbols
// in Windows, at U+F000 (format 4). Each is the only one that some programs read.
func (f *Small) cmap() table {
	const symbols = 0xF000
	var t table
	t.u16(0, 2, 1, 0)
	t.u32(20)
	t.u16(3, 0)
	t.u32(20 + 262)
	t.u16(0, 262, 0)
	var glyphs [256]byte
	for i := range f.glyphs {
		glyphs[firstCode+i] = byte(i + 1)
	}
	t = append(t, glyphs[:]...)
	last := symbols + firstCode + len(f.glyphs) - 1
	t.u16(4, 32, 0, 4, 4, 1, 0) // two segments, the last of which is obligatory
	t.u16(last, 0xFFFF, 0, symbols+firstCode, 0xFFFF, 1-symbols-firstCode, 1, 0, 0)
	return t
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
