package typeset_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

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
		{"one line shrinks", typeset.Block{Text: "上海市闵行区", Lines: 1, Floor: scene.MM(2)}, em(4), []string{"上海市闵行区"}},
		{"two lines shrink", typeset.Block{Text: "上海市闵行区演示路一号", Lines: 2, Floor: scene.MM(2)}, em(4), []string{"上海市闵行区", "演示路一号"}},
		{"three faces", typeset.Block{Text: "李𠮷䶮", Bold: true}, em(4), []string{"李𠮷䶮"}},
		{"nothing", typeset.Block{Text: " \u200b\n "}, em(4), nil},

		{"a comma's white half hangs out", typeset.Block{Text: "上海市闵，行区"}, em(5) - 16, []string{"上海市闵，", "行区"}},
		{"so does a bracket's", typeset.Block{Text: "演示（甲）演示路"}, em(5) - 16, []string{"演示（甲）", "演示路"}},
		{"a bracket's white half hangs out in front", typeset.Block{Text: "（演示路）甲乙"}, em(4) + 16, []string{"（演示路）", "甲乙"}},
		{"an opening bracket is pushed", typeset.Block{Text: "演示小区（甲）"}, em(5), []string{"演示小区", "（甲）"}},
		{"a dash and its like are not parted", typeset.Block{Text: "演示甲乙——丙"}, em(5), []string{"演示甲", "乙——丙"}},
		{"a repetition mark begins no line", typeset.Block{Text: "演示人々"}, em(3), []string{"演示", "人々"}},
		{"12号 stays whole", typeset.Block{Text: "演示路演示路12号"}, em(7), []string{"演示路演示路", "12号"}},
		{"so do 3栋, 2单元 and 301室", typeset.Block{Text: "演示3栋2单元301室"}, em(4), []string{"演示3栋", "2单元", "301室"}},
		{"and B座 and 12号楼", typeset.Block{Text: "演示科技园B座12号楼"}, em(6), []string{"演示科技园", "B座12号楼"}},
		{"and what hanzi count", typeset.Block{Text: "演示路甲乙十二号二单元"}, em(6), []string{"演示路甲乙", "十二号二单元"}},
		{"and 3号库 at the end", typeset.Block{Text: "上海市演示路1号3号库"}, em(9), []string{"上海市演示路1号", "3号库"}},
		{"a road is not counted", typeset.Block{Text: "演示五一路甲"}, em(4), []string{"演示五一", "路甲"}},
		{"12号 parts rather than the text shrink much", typeset.Block{Text: "演示路演示路12号甲", Lines: 2, Floor: scene.MM(1.5)}, em(5), []string{"演示路演示", "路12号甲"}},
		{"it parts if a line needs it", typeset.Block{Text: "甲乙丙12号", Lines: 2}, em(4), []string{"甲乙丙", "12号"}},
		{"it parts rather than lose a line", typeset.Block{Text: "甲乙丙丁1号乙丙丁丁", Lines: 2, Floor: scene.MM(3.9)}, em(5) + 6, []string{"甲乙丙丁1", "号乙丙丁丁"}},
		{"a number longer than a line parts before its unit", typeset.Block{Text: "12345678号"}, em(4) + 16, []string{"12345678", "号"}},
		{"groups of figures stay together", typeset.Block{Text: "电话 021 8000 0001"}, em(7), []string{"电话", "021 8000 0001"}},
		{"a long word parts behind its hyphen", typeset.Block{Text: "DEMO-PART-0123456"}, em(6), []string{"DEMO-PART-", "0123456"}},
		{"no widow", typeset.Block{Text: "上海市闵行区演"}, em(6), []string{"上海市闵行", "区演"}},
		{"no widow with a full stop", typeset.Block{Text: "上海市闵行区演。"}, em(6), []string{"上海市闵行", "区演。"}},
		{"a hanzi of its own paragraph is none", typeset.Block{Text: "上海\n市"}, em(6), []string{"上海", "市"}},
		{"nothing comes between hanzi and Latin", typeset.Block{Text: "第3栋B座A12"}, em(9), []string{"第3栋B座A12"}},
		{"an empty line", typeset.Block{Text: "甲\n\n乙"}, em(4), []string{"甲", "乙"}},
		{"a mixed address", typeset.Block{Text: "浙江省杭州市西湖区演示路1288号演示中心3栋2单元301室（菜鸟驿站旁），请电联"}, em(10), []string{
			"浙江省杭州市西湖区演", "示路1288号演示中心", "3栋2单元301室（菜鸟", "驿站旁），请电联"}},
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
		want  rune // the one to blame; 0 for overflow
	}{
		{"too long at the floor", typeset.Block{Text: "上海市闵行区演示路一号", Lines: 1, Floor: scene.MM(2)}, 0},
		{"too many lines", typeset.Block{Text: "上海市闵行区演示路一号", Lines: 2}, 0},
		{"too high", typeset.Block{Text: strings.Repeat("路", 99)}, 0},
		{"an emoji", typeset.Block{Text: "李😀"}, '😀'},
		{"text cut within a character", typeset.Block{Text: "张\xe4"}, '\uFFFD'},
		{"a private character", typeset.Block{Text: "\ue000"}, '\ue000'},
		{"a keycap", typeset.Block{Text: "1\ufe0f\u20e3"}, '\u20e3'},
		{"a flag", typeset.Block{Text: "🇨🇳"}, '🇨'},
		{"figures struck through", typeset.Block{Text: "1\u03362\u0336"}, '\u0336'},
		{"an accent with no letter", typeset.Block{Text: "\u0301甲"}, '\u0301'},
		{"an accent on a hanzi", typeset.Block{Text: "甲\u0301"}, '\u0301'},
		{"an accented letter that no face has", typeset.Block{Text: "s\u0327"}, '\u0327'},
		{"an override from right to left", typeset.Block{Text: "甲\u202e1-2"}, '\u202e'},
		{"an isolate from right to left", typeset.Block{Text: "\u20671-2\u2069"}, '\u2067'},
		{"a mark from right to left", typeset.Block{Text: "12\u200f-3"}, '\u200f'},
		{"Hebrew", typeset.Block{Text: "אב"}, 'א'},
		{"an Arabic sign of number", typeset.Block{Text: "\u060012"}, '\u0600'},
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

func TestWhatIsSet(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"what is not seen goes", "\ufeff甲\u200b\u200d乙\x00\x1b\u00ad\u2060\U000e0041丙", "甲乙丙"},
		{"what goes from left to right changes nothing", "\u202d13800000001\u202c\u200e\u2066\u2069", "13800000001"},
		{"a variant is its character", "葛\U000e0100☎\ufe0f", "葛☎"},
		{"letters take their accents", "Rene\u0301 e\u0323\u0302", "René ệ"},
		{"kana take theirs", "か\u3099", "が"},
		{"a space is a space", "甲\u00a0乙\u2003丙\t丁", "甲 乙 丙 丁"},
		{"Han of the compatibility block stays", "\ufa11", "\ufa11"},
	} {
		marks, err := typeset.Set(typeset.Block{Text: c.text, Size: scene.MM(4)}, scene.Rect{W: 999, H: 99}, scene.DPI203)
		if got := strings.Join(lines(marks), "|"); err != nil || got != c.want {
			t.Errorf("%s: set %q, %v; want %q", c.name, got, err, c.want)
		}
	}
	for text, want := range map[string]bool{"": true, " \u3000\n": true, "\u200b\u3164\ufe0f": true, "甲": false, "\u0301": false, "\u0600": false} {
		if got := typeset.Blank(text); got != want {
			t.Errorf("Blank(%q) = %v", text, got)
		}
	}
}

// Figures stand below figures, so that a number can be compared at a glance.
func TestFiguresAreTabular(t *testing.T) {
	for _, g := range []scene.Grid{scene.DPI203, scene.DPI300, 12, 24} {
		for size := 1.5; size < 15; size += 0.13 {
			for _, bold := range []bool{false, true} {
				want, err := typeset.Measure(typeset.Block{Text: "0000", Bold: bold, Size: scene.MM(size)}, g)
				if err != nil {
					t.Fatal(err)
				}
				for _, figures := range []string{"1111", "7777", "1234", "5678", "9012"} {
					if got, err := typeset.Measure(typeset.Block{Text: figures, Bold: bold, Size: scene.MM(size)}, g); err != nil || got != want {
						t.Errorf("at %.2f mm on %.3f dots/mm, %s is %d dots wide (%v) and 0000 is %d", size, g, figures, got, err, want)
					}
				}
			}
		}
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

// seen keeps what must not be lost: everything that is not space or unseen,
// accents and their letters apart.
func seen(s string) string {
	return norm.NFD.String(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || typeset.Blank(string(r)) {
			return -1
		}
		return r
	}, s))
}

// Whatever the text, Set comes back, and what it sets is all of it, in its box.
func FuzzSet(f *testing.F) {
	for _, s := range []string{"", "李䶮 13800000001", "上海市（闵行区）演示路1号\n3楼", "张\xe4", "a\u0301\u200d😀", "e\u0302\u0323 12号-3单元", "\u202e12-3", "((((，，，", "AAAAAAAAAAAAAAAAAAAA B", "\u2028 \r\n\t", "𠮷𬭎\ufe00"} {
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

// BenchmarkSet sets an address that must be made smaller to fit.
func BenchmarkSet(b *testing.B) {
	block := typeset.Block{Text: strings.Repeat("浙江省杭州市西湖区演示路1288号演示中心3栋2单元301室（菜鸟驿站旁），请电联", 2), Bold: true, Size: scene.MM(4.6), Floor: scene.MM(2.4), Lines: 4}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := typeset.Set(block, scene.Rect{W: 520, H: 120}, scene.DPI203); err != nil {
			b.Fatal(err)
		}
	}
}
