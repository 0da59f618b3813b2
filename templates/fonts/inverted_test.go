package fonts

import (
	"math"
	"testing"

	"miandan/templates/scene"
)

// A part that runs the wrong way round grows like the others.
func TestInvertedPartsGrow(t *testing.T) {
	g := glyph(t, scene.Regular, '㔔')
	before, after := g.font.outline(g.ID), g.font.outline(g.ID).embolden(10, 10)
	if len(before) != len(after) {
		t.Fatalf("%d contours became %d", len(before), len(after))
	}
	for i, c := range before {
		was, is := math.Abs(float64(turn(c))), math.Abs(float64(turn(after[i])))
		hollow := i == 3 || i == 6 // the white of 口 and of the ring
		if grown := is > was; grown == hollow {
			t.Errorf("contour %d went from %.0f to %.0f", i, was, is)
		}
	}
}
