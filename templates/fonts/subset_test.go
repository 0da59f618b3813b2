package fonts

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"testing"

	"miandan/templates/scene"
)

func glyph(t *testing.T, face scene.Face, r rune) Glyph {
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
	for _, c := range []struct {
		name string
		face scene.Face
		r    rune
		size float64
		code rune
	}{
		{"a character", scene.Regular, '张', 32, '张'},
		{"again", scene.Regular, '张', 32, '张'},
		{"in another face", scene.Bold, '张', 32, 0xE000},
		{"at another small size", scene.Regular, '张', 20, 0xE001},
		{"first in bold", scene.Bold, '三', 88, '三'},
		{"at another large size", scene.Bold, '三', 96, '三'},
		{"beyond U+FFFF", scene.Regular, '𠮷', 32, 0xE002},
		{"a space", scene.Regular, ' ', 32, ' '},
		{"with a descender", scene.Regular, 'g', 32, 'g'},
	} {
		code, err := s.Add(glyph(t, c.face, c.r), c.size)
		if err != nil || code != c.code {
			t.Errorf("%s: Add(%c) = %U, %v; want %U", c.name, c.r, code, err, c.code)
		}
	}
	want := map[rune]rune{' ': ' ', 'g': 'g', '三': '三', '张': '张', 0xE000: '张', 0xE001: '张', 0xE002: '𠮷'}
	if got := maps.Collect(s.Characters()); !maps.Equal(got, want) {
		t.Errorf("Characters = %v, want %v", got, want)
	}

	font, err := parse(s.Font())
	if err != nil {
		t.Fatalf("the font cannot be read: %v", err)
	}
	if !bytes.Equal(s.Font(), s.Font()) {
		t.Error("the same subset gives two fonts")
	}
	for _, g := range s.glyphs {
		id := font.index(g.code)
		if id == 0 {
			t.Errorf("%U is not in the font", g.code)
			continue
		}
		if got := font.advance(id); got != g.advance {
			t.Errorf("%U is %d wide, want %d", g.code, got, g.advance)
		}
		if got := font.outline(id); !slices.EqualFunc(got, g.outline, slices.Equal[[]Point]) {
			t.Errorf("%U has another outline", g.code)
		}
	}
	if font.index('李') != 0 {
		t.Error("a character that was not asked for is in the font")
	}
	if sum := checksum(s.Font()); sum != 0xB1B0AFBA {
		t.Errorf("the font's checksum is %#x", sum)
	}
}

// A batch of labels may need more codes than the private ones.
func TestSubsetLendsCodes(t *testing.T) {
	s := NewSubset()
	g := glyph(t, scene.Rare, '𠮷')
	g.font = &Font{loca: make([]byte, 4*65536), hmtx: make([]byte, 4), em: 1000, metrics: 1} // quick: all empty
	seen := map[rune]bool{}
	full := 0
	for r := rune(0x20000); r < 0x20000+60_000; r++ {
		g.Rune = r
		code, err := s.Add(g, 32)
		if errors.Is(err, ErrFull) {
			full++
			continue
		}
		if err != nil || seen[code] || code > 0xFFFF || code >= 0xD800 && code <= 0xDFFF {
			t.Fatalf("Add(%U) = %U, %v", r, code, err)
		}
		seen[code] = true
	}
	if n := len(seen); n < 48_000 || full == 0 {
		t.Errorf("%d codes were given and %d refused", n, full)
	}
}
