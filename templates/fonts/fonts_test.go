package fonts

import (
	"bytes"
	"testing"

	"miandan/templates/scene"
)

// The hanzi of GB 18030-2022, level 3: 87,887.
var level3 = [][2]rune{
	{0x4E00, 0x9FEF}, {0x3400, 0x4DB5}, {0x20000, 0x2A6D6}, {0x2A700, 0x2B734}, {0x2B740, 0x2B81D}, {0x2B820, 0x2CEA1}, {0x2CEB0, 0x2EBE0},
	// Twelve of the compatibility block are unified ideographs.
	{0xFA0E, 0xFA0F}, {0xFA11, 0xFA11}, {0xFA13, 0xFA14}, {0xFA1F, 0xFA1F}, {0xFA21, 0xFA21}, {0xFA23, 0xFA24}, {0xFA27, 0xFA29},
}

func TestEveryHanziHasAGlyph(t *testing.T) {
	set, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, r := range level3 {
		for c := r[0]; c <= r[1]; c++ {
			n++
			for _, face := range []scene.Face{scene.Regular, scene.Bold} {
				if _, ok, err := set.Find(face, c); err != nil || !ok {
					t.Fatalf("%U has no glyph in face %d: %v", c, face, err)
				}
			}
		}
	}
	if n != 87887 {
		t.Errorf("%d hanzi were looked for, want 87,887", n)
	}
}

func TestRareFaceIsTheLastResort(t *testing.T) {
	set, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	for c, want := range map[rune]scene.Face{'张': scene.Bold, '䶮': scene.Bold, '𠮷': scene.RareBold} {
		g, ok, err := set.Find(scene.Bold, c)
		if err != nil || !ok || g.Face != want {
			t.Errorf("%c is in face %d (%v, %v), want %d", c, g.Face, ok, err, want)
		}
	}
	if _, ok, _ := set.Find(scene.Regular, '\U000E0001'); ok {
		t.Error("a tag character has a glyph")
	}
}

// Every glyph of every face is simple, can be read, and lies in its box.
func TestEveryGlyphIsRead(t *testing.T) {
	set, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, face := range []scene.Face{scene.Regular, scene.Bold, scene.Rare} {
		f, err := set.font(face)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range f.segments {
			for r := s.first; r <= s.last; r++ {
				id := f.index(r)
				if id == 0 {
					continue
				}
				left, bottom, right, top := f.box(id)
				x0, y0, x1, y1 := f.outline(id).Box()
				if float64(x0) < left-1 || float64(y0) < bottom-1 || float64(x1) > right+1 || float64(y1) > top+1 {
					t.Fatalf("face %d, %U: points reach %d,%d to %d,%d, outside %v,%v to %v,%v", face, r, x0, y0, x1, y1, left, bottom, right, top)
				}
			}
		}
	}
}

func TestParseRefusesWhatIsNoFont(t *testing.T) {
	s := NewSubset()
	set, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	g, _, _ := set.Find(scene.Regular, '张')
	s.Add(g, 32)
	font := s.Fonts()[0].TrueType()
	for n := range len(font) {
		if _, err := parse(bytes.NewReader(font[:n]), int64(n)); err == nil && n < 12+16*7 {
			t.Fatalf("the first %d bytes of a font are taken for one", n)
		}
	}
}
