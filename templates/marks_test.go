package templates_test

import (
	"errors"
	"testing"

	"miandan/templates"
	"miandan/templates/raster"
	"miandan/templates/scene"
	"miandan/templates/waybill"
)

// boxes collects the rectangles of a page.
type boxes struct {
	fills    []scene.Fill
	pictures []scene.Picture
	modules  []scene.Modules
}

func (b *boxes) Fill(f scene.Fill) error       { b.fills = append(b.fills, f); return nil }
func (b *boxes) Picture(p scene.Picture) error { b.pictures = append(b.pictures, p); return nil }
func (b *boxes) Modules(m scene.Modules) error { b.modules = append(b.modules, m); return nil }
func (*boxes) Glyphs(scene.Glyphs) error       { return nil }

// drawn composes a label in a layout of one element.
func drawn(t *testing.T, element string, l waybill.Label, g scene.Grid) *boxes {
	t.Helper()
	src := "page: {w: 76, h: 130}\nelements:\n- " + element + "\n- {text: \"重印 {copy}\", when: copy, at: {x: 1, y: 120, w: 20, h: 5}, size: 3}\n"
	layout, err := templates.Parse("one.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	p, err := layout.Compose(l, g)
	if err != nil {
		t.Fatal(err)
	}
	m, err := raster.Render(p)
	if err != nil {
		t.Fatal(err)
	}
	if err := raster.Check(p, m); err != nil {
		t.Error(err)
	}
	var b boxes
	if err := p.Draw(&b); err != nil {
		t.Fatal(err)
	}
	return &b
}

const row = `{marks: [{text: "代收 ¥{collect}", reverse: true}, "{sign_return}", {picture: fragile, when: handling.fragile}], at: {x: 1, y: 1, w: 40, h: 5}, size: 3, bold: true}`

func TestMarksLeaveNoHole(t *testing.T) {
	l := sample(t, "wujie")
	if got, err := printed(t, row, l); err != nil || got != "" {
		t.Errorf("a waybill without services: %q, %v", got, err)
	}
	l.SignReturn = true
	first := drawn(t, row, l, scene.DPI203).fills[0].Rect
	l.Collect, l.Handling = 5900, []waybill.Handling{waybill.Fragile}
	b := drawn(t, row, l, scene.DPI203)
	if black := b.fills[0].Rect; black.X != first.X || black.X != 8 {
		t.Errorf("the first mark begins at dot %d, the only one at %d, want 8", black.X, first.X)
	} else if next := b.fills[1].Rect; next.X <= black.X+black.W {
		t.Errorf("the second mark begins at %d, the first ends at %d", next.X, black.X+black.W)
	}
	if len(b.pictures) != 1 || b.pictures[0].H != 32 || b.pictures[0].X+b.pictures[0].W > 8*41 {
		t.Errorf("the picture is not as high as the words, at the end: %+v", b.pictures)
	}
	if got, _ := printed(t, row, l); got != "代收 ¥59.00\n签单返还" {
		t.Errorf("the marks say %q", got)
	}
}

func TestMarksShrinkAndAreRefused(t *testing.T) {
	l := sample(t, "wujie")
	l.SignReturn, l.Collect = true, 123456
	var e *templates.ComposeError
	if _, err := printed(t, `{marks: ["代收 ¥{collect}", "{sign_return}"], at: {x: 1, y: 1, w: 20, h: 5}, size: 3}`, l); !errors.As(err, &e) || e.Reason != templates.TooLong || e.Field != "collect" {
		t.Errorf("marks without room: %v", err)
	}
	for _, element := range []string{
		`{marks: ["代收 ¥{collect}", "{sign_return}"], at: {x: 1, y: 1, w: 20, h: 5}, size: 3, floor: 1.5}`,
		`{marks: ["代收 ¥{collect}", "{sign_return}"], at: {x: 1, y: 1, w: 24, h: 10}, size: 3, lines: 2, align: right, valign: bottom}`,
	} {
		b := drawn(t, element, l, scene.DPI300)
		for _, f := range b.fills {
			if !f.In(scene.Rect{X: 12, Y: 12, W: 283, H: 118}) {
				t.Errorf("a mark is at %v, outside its box", f.Rect)
			}
		}
	}
}

func TestPicturesAreWholeDots(t *testing.T) {
	for g, side := range map[scene.Grid]int{scene.DPI203: 80, scene.DPI300: 118, 24: 240} {
		b := drawn(t, `{picture: heavy, at: {x: 10, y: 20, w: 10, h: 30}}`, sample(t, "wujie"), g)
		if len(b.pictures) != 1 {
			t.Fatalf("%d pictures", len(b.pictures))
		}
		p := b.pictures[0]
		if p.W != side || p.H != side || p.Y != g.Dots(scene.MM(20))+(g.Dots(scene.MM(50))-g.Dots(scene.MM(20))-side)/2 {
			t.Errorf("at %v dots/mm the picture is at %v, want %d dots in the middle", float64(g), p.Rect, side)
		}
		black := 0
		for _, row := range p.Rows {
			for _, dot := range row {
				if dot {
					black++
				}
			}
		}
		if share := float64(black) / float64(side*side); share < 0.36 || share > 0.40 {
			t.Errorf("at %v dots/mm %.0f %% of the picture are black, want 38", float64(g), 100*share)
		}
	}
}

func TestPlaces(t *testing.T) {
	for _, c := range []struct {
		element string
		want    scene.Rect // at 8 dots/mm
	}{
		{`{text: a, reverse: true, size: 3, at: {x: 2, y: 3, w: 20, h: 10}}`, scene.Rect{X: 16, Y: 24, W: 160, H: 80}},
		{`{text: a, reverse: true, size: 3, at: {x: 2, y: 3, right: 4, bottom: 7}}`, scene.Rect{X: 16, Y: 24, W: 560, H: 960}},
		{`{text: a, reverse: true, size: 3, at: {right: 4, bottom: 7, w: 20, h: 10}}`, scene.Rect{X: 416, Y: 904, W: 160, H: 80}},
		{`{line: 1, at: {x: 2, right: 2, y: 5}}`, scene.Rect{X: 16, Y: 40, W: 576, H: 8}},
		{`{line: 1, at: {x: 2, w: 10, bottom: 5}}`, scene.Rect{X: 16, Y: 992, W: 80, H: 8}},
		{`{line: 1, at: {right: 2, y: 5, h: 10}}`, scene.Rect{X: 584, Y: 40, W: 8, H: 80}},
		{`{line: 1, at: {x: 2, y: 5, bottom: 5}}`, scene.Rect{X: 16, Y: 40, W: 8, H: 960}},
		{`{line: 1, at: {x: 0, y: 0, right: 0}}`, scene.Rect{W: 608, H: 8}},
	} {
		if got := drawn(t, c.element, sample(t, "wujie"), scene.DPI203).fills[0].Rect; got != c.want {
			t.Errorf("%s is at %v, want %v", c.element, got, c.want)
		}
	}
}

// TestZoom: a block is drawn larger, its lines are not thicker.
func TestZoom(t *testing.T) {
	plain := drawn(t, `{include: bag, at: {x: 0, y: 10, w: 72, h: 9.5}}`, sample(t, "wujie"), scene.DPI203)
	large := drawn(t, `{include: bag, zoom: 1.055, at: {x: 0, y: 10, right: 0, h: 10.02}}`, sample(t, "wujie"), scene.DPI203)
	if a, b := plain.fills[0].Rect, large.fills[0].Rect; a.W != b.W || a.X != 288 || b.X != 304 || b.H != 80 {
		t.Errorf("the block's line is at %v and larger at %v", a, b)
	}
}

func TestDataMatrixOnALabel(t *testing.T) {
	for _, g := range []scene.Grid{scene.DPI203, scene.DPI300} {
		b := drawn(t, `{datamatrix: "{parcel.barcode}", module: 0.5, at: {x: 1, y: 1, w: 15, h: 15}}`, sample(t, "jd-express"), g)
		if len(b.modules) != 1 || b.modules[0].Symbology != scene.DataMatrix || b.modules[0].Text != "JDVC00000000001-1-1-" {
			t.Errorf("the label's code is %+v", b.modules)
		}
	}
	l := sample(t, "wujie")
	var e *templates.ComposeError
	if _, err := printed(t, `{datamatrix: "{routing.hub}", at: {x: 1, y: 1, w: 15, h: 15}}`, l); !errors.As(err, &e) || e.Reason != templates.NotEncoded {
		t.Errorf("hanzi in a DataMatrix: %v", err)
	}
}

// TestWhenOfABlock: what stands in a block needs the block's condition too.
func TestWhenOfABlock(t *testing.T) {
	l := sample(t, "sto")
	with := drawn(t, `{include: icons, when: handling, at: {x: 1, y: 1, w: 9, h: 25}}`, l, scene.DPI203)
	without := drawn(t, `{include: icons, when: not handling, at: {x: 1, y: 1, w: 9, h: 25}}`, l, scene.DPI203)
	if len(with.pictures) != 1 || len(without.pictures) != 0 {
		t.Errorf("%d and %d pictures, want 1 and 0", len(with.pictures), len(without.pictures))
	}
}
