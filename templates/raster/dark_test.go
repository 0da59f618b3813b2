package raster

import (
	"math"
	"slices"
	"testing"

	"miandan/templates/fonts"
	"miandan/templates/scene"
)

// inAllFaces are the hanzi that all faces have: 220, most of them rare.
func inAllFaces(t *testing.T, set *fonts.Set) (all []rune) {
	t.Helper()
	for r := rune(0x20000); r < 0x2F000; r++ {
		_, rare, err := set.Find(scene.Rare, r)
		if err != nil {
			t.Fatal(err)
		}
		if g, ok, _ := set.Find(scene.Bold, r); rare && ok && g.Face == scene.Bold {
			all = append(all, r)
		}
	}
	return all
}

// TestRareIsAsDark compares the rare face with its neighbours over the hanzi
// that both have: as much ink in the mean, none much lighter or darker, and no
// more white closed than Noto closes itself.
func TestRareIsAsDark(t *testing.T) {
	set, err := fonts.Default()
	if err != nil {
		t.Fatal(err)
	}
	all, drawn := inAllFaces(t, set), newDrawings(t)
	if len(all) < 200 {
		t.Fatalf("only %d hanzi are in all faces", len(all))
	}
	sizes := []float64{2.2, 4}
	if *everyHanzi {
		sizes = []float64{2.2, 2.6, 3.2, 4, 5.2, 6}
	}
	for _, mm := range sizes {
		size := mm * float64(scene.DPI203)
		for _, pair := range [][2]scene.Face{{scene.Regular, scene.Rare}, {scene.Bold, scene.RareBold}} {
			var ratios []float64
			sum := 0.0
			closed := [2]int{}
			for _, r := range all {
				ink := [2]float64{}
				for i, face := range pair {
					g, _, err := set.Find(face, r)
					if err != nil {
						t.Fatal(err)
					}
					s := cut(g.Outline(size), size)
					ink[i] = float64(blacks(s))
					closed[i] += closedCounters(drawn.outline(t, face, r), s, size)
				}
				ratios = append(ratios, ink[1]/ink[0])
				sum += ink[1] / ink[0]
			}
			slices.Sort(ratios)
			mean, least, most := sum/float64(len(all)), ratios[2], ratios[len(ratios)-3]
			t.Logf("at %.1f mm in face %d: %.3f of the ink in the mean, %.2f to %.2f; %d counters closed, Noto %d", mm, pair[1], mean, least, most, closed[1], closed[0])
			if math.Abs(mean-1) > 0.05 || least < 0.7 || most > 1.4 {
				t.Errorf("at %.1f mm face %d has %.3f of the ink of face %d, from %.2f to %.2f", mm, pair[1], mean, pair[0], least, most)
			}
			if closed[1] > closed[0]+len(all)/16 {
				t.Errorf("at %.1f mm face %d closes %d counters, face %d %d", mm, pair[1], closed[1], pair[0], closed[0])
			}
		}
	}
}

// closedCounters counts the white shapes within a glyph, of three dots and
// more as they were drawn, in which no dot is white.
func closedCounters(drawn fonts.Outline, s *stamp, size float64) (closed int) {
	ink := cut(drawn, size*fine)
	for _, c := range drawn {
		counter := fonts.Outline{c}
		if !hole(counter) {
			continue
		}
		slices.Reverse(c) // to be filled by itself
		area, open := 0, false
		shape := cut(counter, size*fine)
		slices.Reverse(c)
		for y := shape.y; y < shape.y+shape.height; y++ {
			for x := shape.x; x < shape.x+shape.width; x++ {
				if shape.black(x-shape.x, y-shape.y) && !ink.black(x-ink.x, y-ink.y) {
					area++
					open = open || !s.black(floorDiv(x, fine)-s.x, floorDiv(y, fine)-s.y)
				}
			}
		}
		if area >= 3*fine*fine && !open {
			closed++
		}
	}
	return closed
}
