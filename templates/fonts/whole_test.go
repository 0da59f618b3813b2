package fonts

import (
	"testing"

	"golang.org/x/image/font/sfnt"

	"miandan/templates/scene"
)

// TestTrueType has another library read the fonts.
func TestTrueType(t *testing.T) {
	for face, r := range map[scene.Face]rune{scene.Regular: '面', scene.Bold: '单', scene.Rare: '𠮷'} {
		data, err := TrueType(face)
		if err != nil {
			t.Fatal(err)
		}
		f, err := sfnt.Parse(data)
		if err != nil {
			t.Fatalf("face %d: %v", face, err)
		}
		if id, err := f.GlyphIndex(nil, r); err != nil || id == 0 {
			t.Errorf("face %d: glyph of %c is %d, %v", face, r, id, err)
		}
	}
	if _, err := TrueType(99); err == nil {
		t.Error("a face that is none has a font")
	}
}
