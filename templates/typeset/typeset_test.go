package typeset_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode"

	"miandan/templates/raster"
	"miandan/templates/scene"
	"miandan/templates/typeset"
)

// lines reads marks back, one string a baseline.
func lines(marks []scene.Glyphs) (out []string) {
	y := -1
	for _, m := range marks {
		for _, g := range m.Run {
			if g.Y != y {
				y = g.Y
				out = append(out, "")
			}
			out[len(out)-1] += string(g.Rune)
		}
	}
	return out
}

func TestLines(t *testing.T) {
	em := func(n int) int { return n * 32 } // dots, at 4 mm on 8 dots/mm
	for _, c := range []struct {
		name  string
		block typeset.Block
		width int
		want  []string
	}{
		{"hanzi part anywhere", typeset.Block{Text: "上海市闵行区"}, em(4), []string{"上海市闵", "行区"}},
		{"closing punctuation begins no line", typeset.Block{Text: "上海市闵行，区"}, em(5), []string{"上海市闵", "行，区"}},
		{"opening punctuation ends no line", typeset.Block{Text: "上海市闵（行区）"}, em(5), []string{"上海市闵", "（行区）"}},
		{"a number stays whole", typeset.Block{Text: "张三13800000001"}, em(7), []string{"张三", "13800000001"}},
		{"a number is made smaller before it is broken", typeset.Block{Text: "张三 13800000001", Floor: scene.MM(3)}, em(5), []string{"张三", "13800000001"}},
		{"a word longer than the line is broken", typeset.Block{Text: "AAAAAAAA"}, em(3), []string{"AAAAA", "AAA"}},
		{"words part at spaces, which go", typeset.Block{Text: "Type of goods"}, em(4), []string{"Type of", "goods"}},
		{"line ends break", typeset.Block{Text: "甲\r\n乙\n丙\u2028丁"}, em(9), []string{"甲", "乙", "丙", "丁"}},
		{"on one line they are spaces", typeset.Block{Text: "甲\r\n乙", Lines: 1}, em(9), []string{"甲 乙"}},
		{"spaces at the ends go", typeset.Block{Text: " \u3000甲\t乙 \n"}, em(9), []string{"甲 乙"}},
		{"what is not seen goes", typeset.Block{Text: "\ufeff甲\u200b\u202e乙\x00\x1b\u00ad\ufe0f\U000e0100丙"}, em(9), []string{"甲乙丙"}},
		{"one line shrinks", typeset.Block{Text: "上海市闵行区", Lines: 1, Floor: scene.MM(2)}, em(4), []string{"上海市闵行区"}},
		{"two lines shrink", typeset.Block{Text: "上海市闵行区演示路一号", Lines: 2, Floor: scene.MM(2)}, em(4), []string{"上海市闵行区", "演示路一号"}},
		{"three faces", typeset.Block{Text: "李𠮷䶮", Bold: true}, em(4), []string{"李𠮷䶮"}},
		{"nothing", typeset.Block{Text: " \u200b\n "}, em(4), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.block.Size = scene.MM(4)
			marks, err := typeset.Set(c.block, scene.Rect{X: 5, Y: 7, W: c.width, H: 300}, scene.DPI203)
			if err != nil {
				t.Fatal(err)
			}
			if got := lines(marks); !slices.Equal(got, c.want) {
				t.Errorf("lines are %q, want %q", got, c.want)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct {
		name  string
		block typeset.Block
		want  rune // the missing one; 0 for overflow
	}{
		{"too long at the floor", typeset.Block{Text: "上海市闵行区演示路一号", Lines: 1, Floor: scene.MM(2)}, 0},
		{"too many lines", typeset.Block{Text: "上海市闵行区演示路一号", Lines: 2}, 0},
		{"too high", typeset.Block{Text: strings.Repeat("路", 99)}, 0},
		{"an emoji", typeset.Block{Text: "李😀"}, '😀'},
		{"text cut within a character", typeset.Block{Text: "张\xe4"}, '\uFFFD'},
		{"a private character", typeset.Block{Text: "\ue000"}, '\ue000'},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.block.Size = scene.MM(4)
			marks, err := typeset.Set(c.block, scene.Rect{W: 128, H: 80}, scene.DPI203)
			var overflow *typeset.OverflowError
			var missing *typeset.MissingGlyphError
			switch {
			case marks != nil:
				t.Errorf("Set gives %q", lines(marks))
			case c.want == 0 && !errors.As(err, &overflow):
				t.Errorf("Set = %v, want an OverflowError", err)
			case c.want != 0 && (!errors.As(err, &missing) || missing.Rune != c.want):
				t.Errorf("Set = %v, want no glyph for %U", err, c.want)
			}
			if err != nil && strings.ContainsFunc(err.Error(), func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				t.Errorf("the error tells the text: %v", err)
			}
		})
	}
}

func TestPlace(t *testing.T) {
	box := scene.Rect{X: 100, Y: 200, W: 320, H: 120}
	place := func(a typeset.Align, v typeset.VAlign) (zone scene.Rect, baseline int) {
		t.Helper()
		marks, err := typeset.Set(typeset.Block{Text: "国国", Size: scene.MM(4), Align: a, VAlign: v}, box, scene.DPI203)
		if err != nil {
			t.Fatal(err)
		}
		return marks[0].Zone, marks[0].Run[0].Y
	}
	left, top := place(typeset.Left, typeset.Top)
	center, middle := place(typeset.Center, typeset.Middle)
	right, bottom := place(typeset.Right, typeset.Bottom)
	// Two ems of 32 dots in 320, one em in 120; 28 dots of an em are above the baseline.
	if center.X-left.X != 128 || right.X-center.X != 128 {
		t.Errorf("ink begins at %d, %d, %d; want steps of 128 dots", left.X, center.X, right.X)
	}
	if top != 228 || middle != 272 || bottom != 316 {
		t.Errorf("baselines are %d, %d, %d; want 228, 272, 316", top, middle, bottom)
	}
}

// A word with a descender in a box hardly higher than its ink: the block gives way.
func TestDescenderStaysInItsBox(t *testing.T) {
	box := scene.Rect{Y: 50, W: 200, H: 40}
	marks, err := typeset.Set(typeset.Block{Text: "gyÅ", Size: scene.MM(4), VAlign: typeset.Bottom}, box, scene.DPI203)
	if err != nil {
		t.Fatal(err)
	}
	if z := marks[0].Zone; !z.In(box) {
		t.Errorf("the ink lies in %v, outside %v", z, box)
	}
}

// What the raster prints lies in the zone that was told, whatever the size.
func TestZoneHoldsAllInk(t *testing.T) {
	for size := 1.5; size < 9; size += 0.37 {
		p := scene.NewPage(scene.DPI203, scene.MM(100), scene.MM(40))
		marks, err := typeset.Set(typeset.Block{Text: "fjgÅ|上国鬱𠮷𪚥(），。Wy@", Size: scene.MM(size), Lines: 3}, p.Bounds(), p.Grid)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range marks {
			if err := p.Glyphs(m); err != nil {
				t.Fatal(err)
			}
		}
		dots, err := raster.Render(p)
		if err != nil {
			t.Fatal(err)
		}
		zone := marks[0].Zone
		for y := range dots.Height {
			for x := range dots.Width {
				if dots.Black(x, y) && !(scene.Rect{X: x, Y: y, W: 1, H: 1}).In(zone) {
					t.Fatalf("at %.2f mm there is ink at %d,%d, outside %v", size, x, y, zone)
				}
			}
		}
	}
}

func TestMeasure(t *testing.T) {
	got, err := typeset.Measure(typeset.Block{Text: "国国 ", Size: scene.MM(4)}, scene.DPI203)
	if err != nil || got != 64 {
		t.Errorf("Measure = %d, %v; want 64", got, err)
	}
}

// seen keeps what must not be lost: everything that is not space or unseen.
func seen(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || !unicode.IsGraphic(r) || unicode.In(r, unicode.Mn, unicode.Other_Default_Ignorable_Code_Point) {
			return -1
		}
		return r
	}, s)
}

// Whatever the text, Set comes back, and what it sets is all of it, in its box.
func FuzzSet(f *testing.F) {
	for _, s := range []string{"", "李䶮 13800000001", "上海市（闵行区）演示路1号\n3楼", "张\xe4", "a\u0301\u200d😀", "((((，，，", "AAAAAAAAAAAAAAAAAAAA B", "\u2028 \r\n\t", "𠮷𬭎\ufe00"} {
		f.Add(s, uint16(200), uint16(100), uint8(2), int16(4000), int16(2000))
	}
	f.Fuzz(func(t *testing.T, text string, w, h uint16, count uint8, size, floor int16) {
		if len(text) > 300 {
			return
		}
		box := scene.Rect{X: 3, Y: 4, W: int(w), H: int(h)}
		block := typeset.Block{Text: text, Size: scene.Length(size), Floor: scene.Length(floor), Lines: int(count % 5), Align: typeset.Align(w % 3), VAlign: typeset.VAlign(h % 3)}
		marks, err := typeset.Set(block, box, scene.DPI203)
		if err != nil {
			return
		}
		got := ""
		for _, m := range marks {
			if !m.Zone.In(box) {
				t.Errorf("zone %v lies outside %v", m.Zone, box)
			}
			for _, g := range m.Run {
				got += string(g.Rune)
			}
		}
		if marks != nil && seen(got) != seen(text) {
			t.Errorf("set %q of %q", got, text)
		}
		if block.Lines > 0 && len(lines(marks)) > block.Lines {
			t.Errorf("%d lines, want at most %d", len(lines(marks)), block.Lines)
		}
	})
}
