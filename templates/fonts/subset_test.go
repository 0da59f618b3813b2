package fonts

import (
	"bytes"
	"maps"
	"slices"
	"testing"

	"miandan/templates/scene"
)

func glyph(t testing.TB, face scene.Face, r rune) Glyph {
	t.Helper()
	set, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	g, ok, err := set.Find(face, r)
	if err != nil || !ok {
		t.Fatalf("%U: %v, %v", r, ok, err)
	}
	return g
}

func TestSubset(t *testing.T) {
	s := NewSubset()
	if len(s.Fonts()) != 0 {
		t.Error("a document without text has a font")
	}
	all := []struct {
		name string
		face scene.Face
		r    rune
		size float64
		code byte
	}{
		{"a character", scene.Regular, '张', 32, 33},
		{"again", scene.Regular, '张', 32, 33},
		{"in another face", scene.Bold, '张', 32, 34},
		{"at another small size", scene.Regular, '张', 20, 35},
		{"large in bold", scene.Bold, '三', 88, 36},
		{"at another large size", scene.Bold, '三', 96, 36},
		{"beyond U+FFFF", scene.Rare, '𠮷', 32, 37},
		{"a space", scene.Regular, ' ', 32, 38},
		{"with a descender", scene.Regular, 'g', 32, 39},
	}
	for _, c := range all {
		if c.name != "again" && c.name != "at another large size" {
			if code, ok := s.Code(c.face, c.r, c.size); ok {
				t.Errorf("%s: Code = %v before it was added", c.name, code)
			}
		}
		want := Code{0, c.code}
		if got := s.Add(glyph(t, c.face, c.r), c.size); got != want {
			t.Errorf("%s: Add(%c) = %v; want %v", c.name, c.r, got, want)
		}
		if got, ok := s.Code(c.face, c.r, c.size); !ok || got != want {
			t.Errorf("%s: Code(%c) = %v, %v; want %v", c.name, c.r, got, ok, want)
		}
	}
	small := s.Fonts()[0]
	want := map[byte]rune{33: '张', 34: '张', 35: '张', 36: '三', 37: '𠮷', 38: ' ', 39: 'g'}
	if got := maps.Collect(small.Characters()); !maps.Equal(got, want) {
		t.Errorf("Characters = %v, want %v", got, want)
	}

	file := small.TrueType()
	font, err := parse(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatalf("the font cannot be read: %v", err)
	}
	if !bytes.Equal(file, small.TrueType()) {
		t.Error("the same glyphs give two fonts")
	}
	advances := small.Advances()
	for _, c := range all {
		id := font.index(0xF000 + rune(c.code))
		if id == 0 || file[cmapOffset(t, file)+20+6+int(c.code)] != byte(id) {
			t.Errorf("%s: code %d is not in the font, or not in both maps", c.name, c.code)
			continue
		}
		g := glyph(t, c.face, c.r)
		if got := font.advance(id); got != g.Advance() || got != advances[c.code] {
			t.Errorf("%s is %d wide, and %d by what is said of the font; want %d", c.name, got, advances[c.code], g.Advance())
		}
		if got := font.outline(id); !slices.EqualFunc(got, g.Outline(c.size), slices.Equal[[]Point]) {
			t.Errorf("%s has another outline", c.name)
		}
	}
	if font.index(0xF000+40) != 0 || font.index(' ') != 0 {
		t.Error("a code that no glyph has is in the font")
	}
	if sum := checksum(file); sum != 0xB1B0AFBA {
		t.Errorf("the font's checksum is %#x", sum)
	}
}

func cmapOffset(t *testing.T, file []byte) int {
	t.Helper()
	tables, err := directory(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	return int(tables["cmap"].at)
}

// A batch of labels needs more codes than one font has.
func TestSubsetTakesFurtherFonts(t *testing.T) {
	s := NewSubset()
	seen := map[Code]rune{}
	for r := '一'; r < '一'+500; r++ {
		c := s.Add(glyph(t, scene.Regular, r), 32)
		if before, ok := seen[c]; ok || c.Byte < 33 {
			t.Fatalf("Add(%c) = %v, which is %c's", r, c, before)
		}
		seen[c] = r
	}
	if n := len(s.Fonts()); n != 3 {
		t.Fatalf("%d fonts, want 3", n)
	}
	for i, f := range s.Fonts() {
		file := f.TrueType()
		font, err := parse(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatalf("font %d: %v", i, err)
		}
		for code, r := range f.Characters() {
			if seen[Code{i, code}] != r {
				t.Errorf("code %d of font %d is %c, want %c", code, i, r, seen[Code{i, code}])
			}
			if font.index(0xF000+rune(code)) == 0 {
				t.Errorf("code %d is not in font %d", code, i)
			}
		}
	}
}

// Glyphs are kept and used again, and not for ever.
func TestRecordsAreKept(t *testing.T) {
	c := &records{all: map[member]*record{}}
	g := glyph(t, scene.Regular, '张')
	m := memberOf(scene.Regular, '张', 32)
	first := c.record(m, g, 32)
	if c.record(m, g, 32) != first {
		t.Error("a glyph was drawn twice")
	}
	c.bytes = mostRecords
	c.record(memberOf(scene.Regular, '张', 20), g, 20)
	if len(c.all) != 1 || c.bytes >= mostRecords {
		t.Errorf("%d glyphs of %d bytes are kept", len(c.all), c.bytes)
	}
}

func BenchmarkSubset(b *testing.B) {
	set, err := Default()
	if err != nil {
		b.Fatal(err)
	}
	var glyphs []Glyph
	for r := '一'; r < '一'+200; r++ {
		g, _, err := set.Find(scene.Regular, r)
		if err != nil {
			b.Fatal(err)
		}
		glyphs = append(glyphs, g)
	}
	b.ReportAllocs()
	for b.Loop() {
		s := NewSubset()
		for _, g := range glyphs {
			s.Add(g, 24)
		}
		s.Fonts()[0].TrueType()
	}
}
