package fonts

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sort"
	"sync/atomic"
)

// UnitsPerEm is the one unit of all outlines and widths that this package
// gives out. Noto's own unit is the same, so its points stay exact.
const UnitsPerEm = 1000

// Font is a TrueType font with quadratic outlines. Its glyphs stay where they are
// and are read when they are drawn.
type Font struct {
	file            io.ReaderAt
	glyf            section
	loca, hmtx      []byte
	em              int
	glyphs, metrics int
	segments        []segment
	boxes           []atomic.Uint64 // of the glyphs that were asked for theirs
	rooms           rooms           // of the rare face
}

// section is where a table lies in its file.
type section struct{ at, length int64 }

// segment is a run of characters whose glyphs follow each other.
type segment struct {
	first, last rune
	glyph       GlyphID
}

// parse reads the tables of a TrueType font that pack has written: long loca,
// no composite glyphs, a character map of format 12 or 4.
func parse(file io.ReaderAt, size int64) (*Font, error) {
	sections, err := directory(file, size)
	if err != nil {
		return nil, err
	}
	tables := map[string][]byte{}
	for name, least := range map[string]int64{"head": 54, "hhea": 36, "maxp": 6, "cmap": 4, "loca": 4, "glyf": 0, "hmtx": 4} {
		s, ok := sections[name]
		if !ok || s.length < least {
			return nil, fmt.Errorf("table %q is missing or too short", name)
		}
		if name == "glyf" {
			continue
		}
		if tables[name], err = s.read(file); err != nil {
			return nil, err
		}
	}
	if binary.BigEndian.Uint16(tables["head"][50:]) != 1 {
		return nil, errors.New("loca is not in its long form")
	}
	f := &Font{
		file: file, glyf: sections["glyf"], loca: tables["loca"], hmtx: tables["hmtx"],
		em:      int(binary.BigEndian.Uint16(tables["head"][18:])),
		glyphs:  int(binary.BigEndian.Uint16(tables["maxp"][4:])),
		metrics: int(binary.BigEndian.Uint16(tables["hhea"][34:])),
	}
	if len(f.loca) < 4*(f.glyphs+1) || f.metrics == 0 || len(f.hmtx) < 4*f.metrics || f.em == 0 {
		return nil, errors.New("loca or hmtx is too short for the number of glyphs")
	}
	f.boxes = make([]atomic.Uint64, f.glyphs)
	f.segments, err = characterMap(tables["cmap"])
	return f, err
}

// directory returns where a font's tables lie, by their names.
func directory(file io.ReaderAt, size int64) (map[string]section, error) {
	if size < 12 {
		return nil, errors.New("too short")
	}
	head, err := section{0, 12}.read(file)
	if err != nil {
		return nil, err
	}
	n := int64(binary.BigEndian.Uint16(head[4:]))
	if size < 12+16*n {
		return nil, errors.New("directory is cut short")
	}
	records, err := section{12, 16 * n}.read(file)
	if err != nil {
		return nil, err
	}
	sections := map[string]section{}
	for ; len(records) > 0; records = records[16:] {
		s := section{int64(binary.BigEndian.Uint32(records[8:])), int64(binary.BigEndian.Uint32(records[12:]))}
		if s.at+s.length > size {
			return nil, fmt.Errorf("table %q is cut short", records[:4])
		}
		sections[string(records[:4])] = s
	}
	return sections, nil
}

func (s section) read(file io.ReaderAt) ([]byte, error) {
	b := make([]byte, s.length)
	_, err := file.ReadAt(b, s.at)
	if err == io.EOF { // of a table that ends with the file
		err = nil
	}
	return b, err
}

func characterMap(cmap []byte) ([]segment, error) {
	for _, format := range []uint16{12, 4} {
		for i := range int(binary.BigEndian.Uint16(cmap[2:])) {
			if len(cmap) < 4+8*i+8 {
				return nil, errors.New("cmap is cut short")
			}
			record := cmap[4+8*i:]
			platform, offset := binary.BigEndian.Uint16(record), int(binary.BigEndian.Uint32(record[4:]))
			if (platform != 0 && platform != 3) || offset+16 > len(cmap) {
				continue
			}
			if sub := cmap[offset:]; binary.BigEndian.Uint16(sub) == format {
				if format == 12 {
					return groups12(sub)
				}
				return segments4(sub)
			}
		}
	}
	return nil, errors.New("no character map of format 12 or 4")
}

func groups12(sub []byte) ([]segment, error) {
	n := int(binary.BigEndian.Uint32(sub[12:]))
	if n > (len(sub)-16)/12 {
		return nil, errors.New("character map is cut short")
	}
	segments := make([]segment, n)
	for i := range segments {
		group := sub[16+12*i:]
		segments[i] = segment{
			rune(binary.BigEndian.Uint32(group)),
			rune(binary.BigEndian.Uint32(group[4:])),
			GlyphID(binary.BigEndian.Uint32(group[8:])),
		}
	}
	return segments, nil
}

func segments4(sub []byte) ([]segment, error) {
	n := int(binary.BigEndian.Uint16(sub[6:])) / 2
	if len(sub) < 16+8*n {
		return nil, errors.New("character map is cut short")
	}
	word := func(column, i int) uint16 { // columns: end, (pad) start, delta, range offset
		at := 14 + 2*n*column + 2*i
		if column > 0 {
			at += 2
		}
		return binary.BigEndian.Uint16(sub[at:])
	}
	var segments []segment
	for i := range n {
		end, start, delta, offset := word(0, i), word(1, i), word(2, i), word(3, i)
		if offset == 0 {
			segments = append(segments, segment{rune(start), rune(end), GlyphID(start + delta)})
			continue
		}
		for c := int(start); c <= int(end); c++ {
			at := 16 + 6*n + 2*i + int(offset) + 2*(c-int(start))
			if at+2 > len(sub) {
				return nil, errors.New("character map is cut short")
			}
			if g := binary.BigEndian.Uint16(sub[at:]); g != 0 {
				segments = append(segments, segment{rune(c), rune(c), GlyphID(g + delta)})
			}
		}
	}
	return segments, nil
}

// index returns the glyph of a character, or 0.
func (f *Font) index(r rune) GlyphID {
	i := sort.Search(len(f.segments), func(i int) bool { return f.segments[i].last >= r })
	if i == len(f.segments) || r < f.segments[i].first {
		return 0
	}
	s := f.segments[i]
	id := s.glyph + GlyphID(r-s.first)
	if int(id) >= f.glyphs {
		return 0
	}
	return id
}

func (f *Font) advance(id GlyphID) int {
	i := min(int(id), f.metrics-1)
	return (int(binary.BigEndian.Uint16(f.hmtx[4*i:]))*UnitsPerEm + f.em/2) / f.em
}

// data returns a glyph as table glyf has it.
func (f *Font) data(id GlyphID) []byte {
	from, to := binary.BigEndian.Uint32(f.loca[4*int(id):]), binary.BigEndian.Uint32(f.loca[4*int(id)+4:])
	if from == to {
		return nil
	}
	return f.read(int64(from), make([]byte, to-from))
}

// read fills b with what stands in table glyf. That which has the fonts in the
// program behind it fails only if the program's own file is damaged, and then no
// glyph may look like another.
func (f *Font) read(from int64, b []byte) []byte {
	if n, err := f.file.ReadAt(b, f.glyf.at+from); n < len(b) {
		panic(fmt.Errorf("read a glyph: %w", err))
	}
	return b
}

// unasked stands for 0 in a font's boxes, so that 0 is a box that nobody has asked
// for: no box begins so far right.
const unasked = 0x7FFF << 48

// box returns the box that the font gives for a glyph.
func (f *Font) box(id GlyphID) (x0, y0, x1, y1 float64) {
	packed := f.boxes[id].Load()
	if packed == 0 {
		from, to := binary.BigEndian.Uint32(f.loca[4*int(id):]), binary.BigEndian.Uint32(f.loca[4*int(id)+4:])
		if from < to {
			packed = binary.BigEndian.Uint64(f.read(int64(from)+2, make([]byte, 8)))
		}
		packed ^= unasked
		f.boxes[id].Store(packed)
	}
	packed ^= unasked
	at := func(shift int) float64 {
		return float64(int16(packed>>shift)) * UnitsPerEm / float64(f.em)
	}
	return at(48), at(32), at(16), at(0)
}
