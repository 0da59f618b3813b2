package raster

import (
	"flag"
	"fmt"
	"image"
	"image/draw"
	"math"
	"strings"
	"testing"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"miandan/templates/fonts"
	"miandan/templates/scene"
)

var everyHanzi = flag.Bool("hanzi", false, "look at every hanzi of GB 18030, not at a sample (some minutes)")

// TestEveryStrokeLeavesInk looks at the hanzi of GB 18030-2022, level 3, at
// 203 dpi in the sizes that layouts use: none is empty, none is a block, and
// every stroke, or what of strokes hangs together, is there in each of its parts.
func TestEveryStrokeLeavesInk(t *testing.T) {
	set, err := fonts.Default()
	if err != nil {
		t.Fatal(err)
	}
	drawn := newDrawings(t)
	step := 797
	if *everyHanzi {
		step = 1
	}
	for _, span := range [][2]rune{
		{0x4E00, 0x9FEF}, {0x3400, 0x4DB5}, {0x20000, 0x2A6D6}, {0x2A700, 0x2B734}, {0x2B740, 0x2B81D}, {0x2B820, 0x2CEA1}, {0x2CEB0, 0x2EBE0},
		{0xFA0E, 0xFA0F}, {0xFA11, 0xFA11}, {0xFA13, 0xFA14}, {0xFA1F, 0xFA1F}, {0xFA21, 0xFA21}, {0xFA23, 0xFA24}, {0xFA27, 0xFA29},
	} {
		const part = 4096
		for first := span[0]; first <= span[1]; first += part {
			t.Run(fmt.Sprintf("%U", first), func(t *testing.T) {
				t.Parallel()
				for r := first; r <= span[1] && r < first+part; r++ {
					if int(r)%step == 0 || strings.ContainsRune(thinTips, r) {
						lookAtStrokes(t, set, drawn, r)
					}
				}
			})
		}
	}
}

// thinTips are hanzi with a speck, or a stroke that ends thinner than a dot, at
// one of the sizes. Of 𡰆, 㘓 and 𬠢 the tip of one stroke is known to be white at
// one size below 3 mm; the stroke is there.
const (
	thinTips = "𡰆𧆊𩧛𬠢㘓鹽"
	loseATip = "𡰆𬠢㘓"
)

func lookAtStrokes(t *testing.T, set *fonts.Set, drawn drawings, r rune) {
	t.Helper()
	for _, face := range []scene.Face{scene.Regular, scene.Bold} {
		g, ok, err := set.Find(face, r)
		if err != nil || !ok {
			t.Fatalf("%U has no glyph: %v", r, err)
		}
		outline := drawn.outline(t, g.Face, r)
		for _, mm := range []float64{1.8, 2.2, 2.6, 3.2, 4, 5.2} {
			size := mm * float64(scene.DPI203)
			s := cut(g.Outline(size), size)
			if missing := missingStrokes(outline, s, size); missing > 0 && !strings.ContainsRune(loseATip, r) {
				t.Errorf("%U %c in face %d at %.1f mm: %d places of strokes are white", r, r, g.Face, mm, missing)
			}
			if n := blacks(s); n < int(size/3) || n > int(0.85*size*size) {
				t.Errorf("%U %c in face %d at %.1f mm: %d dots are black", r, r, g.Face, mm, n)
			}
		}
	}
}

func blacks(s *stamp) (n int) {
	for y := range s.height {
		for x := range s.width {
			if s.black(x, y) {
				n++
			}
		}
	}
	return n
}

func (s *stamp) black(x, y int) bool {
	return x >= 0 && y >= 0 && x < s.width && y < s.height && s.bits[y*s.stride+x/8]&(0x80>>(x%8)) != 0
}

// fine is into how many the looks for a stroke divide a dot.
const fine = 3

// missingStrokes counts where strokes should be and no dot is: each contour
// that is not a hole is filled by itself, finely, and looked at in parts of an
// eighth of an em. Where there is enough to be seen a dot must be black, there
// or in the parts of the same stroke beside it.
func missingStrokes(drawn fonts.Outline, s *stamp, size float64) (missing int) {
	const middle = 12 // parts to the left of the origin and above it
	scale := size * fine / fonts.UnitsPerEm
	part := func(dot int) int {
		return min(max(int(math.Floor(8*float64(dot)/size))+middle, 1), 2*middle-2)
	}
	for _, c := range drawn {
		one := fonts.Outline{c}
		if hole(one) {
			continue
		}
		for _, o := range drawn {
			if hole(fonts.Outline{o}) && &innermost(drawn, o)[0] == &c[0] {
				one = append(one, o)
			}
		}
		left, bottom, right, top := one.Box()
		x0, y0 := int(math.Floor(float64(left)*scale)), int(math.Floor(-float64(top)*scale))
		w, h := int(math.Ceil(float64(right)*scale))-x0, int(math.Ceil(-float64(bottom)*scale))-y0
		fill := vector.NewRasterizer(w, h)
		fill.DrawOp = draw.Src
		one.Draw(fill, float32(scale), float32(-x0), float32(-y0))
		grey := image.NewAlpha(image.Rect(0, 0, w, h))
		fill.Draw(grey, grey.Rect, image.Opaque, image.Point{})
		var ink [2 * middle][2 * middle]int
		var black [2 * middle][2 * middle]bool
		for y := range h {
			dy := floorDiv(y0+y, fine)
			row := part(dy)
			for x, a := range grey.Pix[y*grey.Stride : y*grey.Stride+w] {
				if a == 0 {
					continue
				}
				dx := floorDiv(x0+x, fine)
				column := part(dx)
				ink[row][column] += int(a)
				black[row][column] = black[row][column] || s.black(dx-s.x, dy-s.y)
			}
		}
		for y := 1; y < 2*middle-1; y++ {
			for x := 1; x < 2*middle-1; x++ {
				found := ink[y][x] < fine*fine*255/2
				for dy := -1; dy <= 1; dy++ {
					for dx := -1; dx <= 1; dx++ {
						found = found || black[y+dy][x+dx]
					}
				}
				if !found {
					missing++
				}
			}
		}
	}
	return missing
}

// drawings gives glyphs as their makers drew them, read by another library.
type drawings map[scene.Face]*sfnt.Font

func newDrawings(t *testing.T) drawings {
	t.Helper()
	d := drawings{}
	for _, face := range []scene.Face{scene.Regular, scene.Bold, scene.Rare} {
		data, err := fonts.TrueType(face)
		if err != nil {
			t.Fatal(err)
		}
		if d[face], err = sfnt.Parse(data); err != nil {
			t.Fatal(err)
		}
	}
	d[scene.RareBold] = d[scene.Rare]
	return d
}

func (d drawings) outline(t *testing.T, face scene.Face, r rune) (o fonts.Outline) {
	t.Helper()
	id, err := d[face].GlyphIndex(nil, r)
	if err != nil {
		t.Fatal(err)
	}
	segments, err := d[face].LoadGlyph(&sfnt.Buffer{}, id, fixed.I(fonts.UnitsPerEm), nil)
	if err != nil {
		t.Fatal(err)
	}
	point := func(p fixed.Point26_6, on bool) fonts.Point {
		return fonts.Point{X: p.X.Round(), Y: -p.Y.Round(), On: on}
	}
	for _, g := range segments {
		if g.Op == sfnt.SegmentOpMoveTo {
			o = append(o, nil)
		}
		c := &o[len(o)-1]
		switch g.Op {
		case sfnt.SegmentOpQuadTo:
			*c = append(*c, point(g.Args[0], false), point(g.Args[1], true))
		default:
			*c = append(*c, point(g.Args[0], true))
		}
	}
	return o
}

func floorDiv(a, b int) int { return int(math.Floor(float64(a) / float64(b))) }

// hole reports whether a contour runs against the clock.
func hole(o fonts.Outline) bool {
	sum := 0
	for i, p := range o[0] {
		q := o[0][(i+1)%len(o[0])]
		sum += p.X*q.Y - q.X*p.Y
	}
	return sum > 0
}

// innermost returns the contour that a hole is a hole of.
func innermost(drawn fonts.Outline, hollow []fonts.Point) (in []fonts.Point) {
	least := math.MaxInt
	a, b, x, y := fonts.Outline{hollow}.Box()
	for _, c := range drawn {
		o := fonts.Outline{c}
		left, bottom, right, top := o.Box()
		if hole(o) || left > a || bottom > b || right < x || top < y || (right-left)*(top-bottom) >= least {
			continue
		}
		in, least = c, (right-left)*(top-bottom)
	}
	if in == nil {
		return hollow
	}
	return in
}
