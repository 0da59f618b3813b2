package typeset_test

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"miandan/printer/bitmap"
	"miandan/templates/raster"
	"miandan/templates/scene"
	"miandan/templates/typeset"
)

var update = flag.Bool("update", false, "write the specimen anew")

// specimen is a sheet of what is hard to set: rare hanzi among others in both
// weights, bullets, figures, brackets, and sizes down to the smallest in use.
func specimen(t *testing.T) *scene.Page {
	t.Helper()
	p := scene.NewPage(scene.DPI203, scene.MM(100), scene.MM(103))
	y := 3.0
	put := func(size float64, bold bool, lines int, text string) {
		t.Helper()
		height := size * (1.25*float64(lines) + 0.15)
		box := scene.Rect{X: 24, Y: p.Grid.Dots(scene.MM(y)), W: 752, H: p.Grid.Dots(scene.MM(height))}
		marks, err := typeset.Set(typeset.Block{Text: text, Bold: bold, Size: scene.MM(size), Lines: lines, Leading: 1.25}, box, p.Grid)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		for _, m := range marks {
			if err := p.Glyphs(m); err != nil {
				t.Fatal(err)
			}
		}
		y += height + 0.6
	}
	const name = "李𠮷祥 王𬭎 陈𡘙𢙏 张𫖯𪟝 吴𤩽𦈡 赵𧿹"
	for _, size := range []float64{5.2, 4, 3.2, 2.4, 1.8} {
		put(size, true, 1, name)
		put(size, false, 1, name)
	}
	put(5, true, 1, "陈•• •••••••0012")
	put(4, false, 1, "陈••• 138••••0012 上海市闵行区••••")
	put(2.4, false, 1, "阿••  •••••••0012  1234567890")
	put(4, true, 1, "13800000001 转 4740　021-80000001")
	put(4, false, 1, "JDVC 0000 0000 001-2-2- SF1111111111117")
	put(3.4, false, 3, "浙江省杭州市西湖区演示路1288号演示中心3栋2单元301室（菜鸟驿站旁），请先电联；“放门口”也可——谢谢！阿依古丽·演示木 Type AV, Wyjg Åé 50％ ¥12.50")
	put(2.2, false, 2, "演示商品 白色 XL ×2；演示小商品（赠品）×1；演示大件 1.5kg，易碎；鑫龘靐齉龗麤爨")
	return p
}

func TestSpecimen(t *testing.T) {
	const file = "testdata/specimen.png"
	m, err := raster.Render(specimen(t))
	if err != nil {
		t.Fatal(err)
	}
	var made bytes.Buffer
	if err := m.EncodePNG(&made); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, made.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want, err := bitmap.DecodePNG(bytes.NewReader(kept))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for y := range max(m.Height, want.Height) {
		for x := range max(m.Width, want.Width) {
			if m.Black(x, y) != want.Black(x, y) {
				n++
			}
		}
	}
	// Compilers may fuse sums of fractions, which moves an edge by a dot here and there.
	if n > 60 {
		t.Errorf("%d dots differ from %s: run with -update and look at it", n, file)
	}
}
