package templates_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"miandan/printer/bitmap"
	"miandan/templates/scene"
)

// TestContactSheet holds the picture of all layouts: a row for each size.
func TestContactSheet(t *testing.T) {
	const file, shrink, gap = "layouts.png", 4, 8
	rows := map[string][]*bitmap.Image{}
	all := builtin(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		_, m := compose(t, name, all[name], scene.DPI203)
		size := name[strings.LastIndexByte(name, '-'):]
		rows[size] = append(rows[size], m)
	}
	greys := color.Palette{color.Gray{0xFF}, color.Gray{0xAA}, color.Gray{0x55}, color.Gray{0x00}, color.Gray{0xD0}}
	width, height := 0, gap
	for _, row := range rows {
		width = max(width, gap+len(row)*(row[0].Width/shrink+gap))
		height += row[0].Height/shrink + gap
	}
	sheet := image.NewPaletted(image.Rect(0, 0, width, height), greys)
	for i := range sheet.Pix {
		sheet.Pix[i] = 4
	}
	y := gap
	for _, size := range []string{"-76x130", "-100x150", "-100x180"} {
		for i, m := range rows[size] {
			x := gap + i*(rows["-100x150"][0].Width/shrink+gap)
			for dy := range m.Height / shrink {
				for dx := range m.Width / shrink {
					sheet.SetColorIndex(x+dx, y+dy, shade(m, dx*shrink, dy*shrink, shrink))
				}
			}
		}
		y += rows[size][0].Height/shrink + gap
	}
	if *update {
		var b bytes.Buffer
		encoder := png.Encoder{CompressionLevel: png.BestCompression}
		if err := encoder.Encode(&b, sheet); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	kept, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	want, ok := kept.(*image.Paletted)
	if !ok || want.Rect != sheet.Rect {
		t.Fatalf("%s is not of these layouts: run with -update", file)
	}
	differ := 0
	for i, p := range sheet.Pix {
		if want.Pix[i] != p {
			differ++
		}
	}
	if differ > 500 {
		t.Errorf("%d pixels differ from %s: run with -update and look at it", differ, file)
	}
}

// shade returns how dark a square of dots is, from 0 to 3.
func shade(m *bitmap.Image, x, y, side int) uint8 {
	n := 0
	for dy := range side {
		for dx := range side {
			if m.Black(x+dx, y+dy) {
				n++
			}
		}
	}
	return uint8((n*3 + side*side/2) / (side * side))
}
