package templates_test

import (
	"encoding/json"
	"fmt"
	"image"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"miandan/printer/bitmap"
	"miandan/templates"
	"miandan/templates/raster"
	"miandan/templates/scene"
	"miandan/templates/typeset"
	"miandan/templates/waybill"
)

func readme(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// fenced returns the first block of a language.
func fenced(t *testing.T, text, language string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, "```"+language+"\n")
	block, _, closed := strings.Cut(rest, "```")
	if !ok || !closed {
		t.Fatalf("the README has no block of %s", language)
	}
	return block
}

func TestReadmeExample(t *testing.T) {
	text := readme(t)
	small, err := templates.Parse("small.yaml", []byte(fenced(t, text, "yaml")))
	if err != nil {
		t.Fatal(err)
	}
	l, err := waybill.ReadFile(strings.NewReader(fenced(t, text, "json")))
	if err != nil {
		t.Fatal(err)
	}
	p, err := small.Compose(l, scene.DPI203)
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
}

func TestReadmeMistake(t *testing.T) {
	text := readme(t)
	src := strings.Replace(fenced(t, text, "yaml"), "receiver.name", "reciever.name", 1)
	_, err := templates.Parse("my-layouts/small.yaml", []byte(src))
	if err == nil {
		t.Fatal("the mistake of the README is none")
	}
	if line, _, _ := strings.Cut(err.Error(), "\n"); !strings.Contains(text, "    "+line+"\n") {
		t.Errorf("the README does not show %q", line)
	}
}

func TestReadmeListsEverything(t *testing.T) {
	text := readme(t)
	var rows strings.Builder
	for _, f := range templates.Fields() {
		fmt.Fprintf(&rows, "| `%s` | %s | %s |\n", f.Path, f.Chinese, f.English)
	}
	if !strings.Contains(text, rows.String()) {
		t.Errorf("the README's table of fields is not this:\n%s", rows.String())
	}
	var schema struct {
		Definitions map[string]struct{ Properties map[string]any }
	}
	if err := json.Unmarshal(templates.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	for kind, keys := range schema.Definitions {
		for _, key := range append(slices.Sorted(maps.Keys(keys.Properties)), kind) {
			if !regexp.MustCompile("`" + key + "[`:]").MatchString(text) {
				t.Errorf("the README does not explain %s of %s", key, kind)
			}
		}
	}
	for _, r := range []templates.Reason{
		templates.TooLong, templates.NoGlyph, templates.Masked, templates.Sealed, templates.Missing,
		templates.NotEncoded, templates.CodeTooWide, templates.NoParcel, templates.BadGrid,
	} {
		if !strings.Contains(text, "`"+string(r)+"`") {
			t.Errorf("the README does not explain %s", r)
		}
	}
}

// TestReadmeBlocks parses every other example as what it is: a layout, a block
// or some elements.
func TestReadmeBlocks(t *testing.T) {
	const page = "page: {w: 76, h: 130}\n"
	const copies = "- {text: \"重印 {copy}\", when: copy, at: {x: 1, y: 120, w: 20, h: 5}, size: 3}\n"
	examples := strings.Split(readme(t), "```yaml\n")[1:]
	if len(examples) < 5 {
		t.Errorf("%d examples, want 5", len(examples))
	}
	for _, e := range examples {
		src, _, _ := strings.Cut(e, "```")
		folder := fstest.MapFS{}
		switch {
		case strings.HasPrefix(src, "- "):
			src = page + "elements:\n" + src + copies
		case !strings.Contains(src, "page:"):
			folder["blocks/merchant.yaml"] = &fstest.MapFile{Data: []byte(src)}
			src = page + "elements:\n- {include: merchant, at: {x: 2, y: 90, w: 72, h: 30}}\n" + copies
		}
		l, err := templates.ParseIn(folder, "example.yaml", []byte(src))
		if err != nil {
			t.Error(err)
			continue
		}
		if _, err := l.Compose(sample(t, "wujie"), scene.DPI203); err != nil {
			t.Error(err)
		}
	}
}

func TestReadmePictures(t *testing.T) {
	p, m := compose(t, "wujie-76x130", sample(t, "wujie"), scene.DPI203)
	holdReadme(t, "label-wujie.png", ruled(t, p, m))

	examples := strings.Split(readme(t), "```yaml\n")
	for i, file := range []string{"label-small.png", "label-pickup.png"} {
		src, _, _ := strings.Cut(examples[1+i], "```")
		example, err := templates.Parse(file, []byte(src))
		if err != nil {
			t.Fatal(err)
		}
		if p, err = example.Compose(sample(t, "wujie"), scene.DPI203); err != nil {
			t.Fatal(err)
		}
		if m, err = raster.Render(p); err != nil {
			t.Fatal(err)
		}
		holdReadme(t, file, ruled(t, p, m))
	}

	l := sample(t, "packing-slip")
	l.Collect, l.Insured, l.SignReturn, l.Handling = 5900, 100000, true, []waybill.Handling{waybill.Fragile}
	for kind, file := range map[string]string{"table": "label-table.png", "marks": "label-marks.png"} {
		_, rest, _ := strings.Cut(readme(t), "```yaml\n- "+kind+":")
		src, _, _ := strings.Cut(rest, "```")
		page, err := templates.Parse(kind, []byte("page: {w: 76, h: 130}\nelements:\n- "+kind+":"+src+
			"- {text: \"重印 {copy}\", when: copy, at: {x: 1, y: 120, w: 20, h: 5}, size: 3}\n"))
		if err != nil {
			t.Fatal(err)
		}
		if p, err = page.Compose(l, scene.DPI203); err != nil {
			t.Fatal(err)
		}
		if m, err = raster.Render(p); err != nil {
			t.Fatal(err)
		}
		holdReadme(t, file, cropped(m))
	}
}

// cropped cuts a picture to its black dots with some white round them.
func cropped(m *bitmap.Image) *bitmap.Image {
	const white = 12
	ink := image.Rectangle{}
	for y := range m.Height {
		for x := range m.Width {
			if m.Black(x, y) {
				ink = ink.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	out := bitmap.New(ink.Dx()+2*white, ink.Dy()+2*white)
	for y := range ink.Dy() {
		for x := range ink.Dx() {
			out.Set(x+white, y+white, m.Black(ink.Min.X+x, ink.Min.Y+y))
		}
	}
	return out
}

func holdReadme(t *testing.T, file string, got *bitmap.Image) {
	t.Helper()
	if *update {
		writePNG(t, file, got)
		return
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want, err := bitmap.DecodePNG(f)
	if err != nil {
		t.Fatal(err)
	}
	if _, n := bitmap.Diff(want, got); n > edges {
		t.Errorf("%d dots differ from %s: run with -update and look at it", n, file)
	}
}

// ruled lays a ruler in millimetres along the upper and the left edge.
func ruled(t *testing.T, p *scene.Page, m *bitmap.Image) *bitmap.Image {
	t.Helper()
	const room, size = 7, scene.Length(2000) // of the ruler, mm; of its figures
	at := func(mm int) int { return p.Grid.Dots(scene.MM(float64(mm))) }
	edge := at(room)
	frame := scene.NewPage(p.Grid, scene.MM(room+float64(p.Width)/float64(p.Grid)), scene.MM(room+float64(p.Height)/float64(p.Grid)))
	draw := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	figure := func(mm int, box scene.Rect, align typeset.Align) {
		marks, err := typeset.Set(typeset.Block{Text: fmt.Sprint(mm), Size: size, Lines: 1, Align: align, VAlign: typeset.Middle}, box, p.Grid)
		draw(err)
		for _, g := range marks {
			draw(frame.Glyphs(g))
		}
	}
	draw(frame.Fill(scene.Fill{Rect: scene.Rect{X: edge - 1, Y: edge - 1, W: p.Width + 1, H: 1}}))
	draw(frame.Fill(scene.Fill{Rect: scene.Rect{X: edge - 1, Y: edge - 1, W: 1, H: p.Height + 1}}))
	for mm := 0; at(mm) < max(p.Width, p.Height); mm++ {
		long := at(1)
		if mm%10 == 0 {
			long = at(3)
		} else if mm%5 == 0 {
			long = at(2)
		}
		if at(mm) < p.Width {
			draw(frame.Fill(scene.Fill{Rect: scene.Rect{X: edge + at(mm), Y: edge - long, W: 1, H: long}}))
		}
		if at(mm) < p.Height {
			draw(frame.Fill(scene.Fill{Rect: scene.Rect{X: edge - long, Y: edge + at(mm), W: long, H: 1}}))
		}
		if mm%10 == 0 && mm > 0 {
			if at(mm) < p.Width {
				figure(mm, scene.Rect{X: edge + at(mm) - at(3), Y: at(1), W: at(6), H: at(3)}, typeset.Center)
			}
			if at(mm) < p.Height {
				figure(mm, scene.Rect{X: 0, Y: edge + at(mm) - at(2), W: edge - at(3) - 4, H: at(4)}, typeset.Right)
			}
		}
	}
	out, err := raster.Render(frame)
	draw(err)
	for y := range m.Height {
		for x := range m.Width {
			if m.Black(x, y) {
				out.Set(edge+x, edge+y, true)
			}
		}
	}
	return out
}
