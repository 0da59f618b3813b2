package templates

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// A brokenFolder is a layout whose mistake takes more than one file.
type brokenFolder struct {
	name  string
	files map[string]string
	code  Problem
	want  string   // FILE:LINE:COLUMN: sentence
	from  []string // who includes it
}

func (b brokenFolder) folder() fstest.MapFS {
	dir := fstest.MapFS{}
	for name, src := range b.files {
		dir[name] = &fstest.MapFile{Data: []byte(src)}
	}
	return dir
}

const (
	includes  = `include: %s, at: {x: 1, y: 1, w: 40, h: 40}`
	blockHead = "elements:\n"
)

func including(name string) string { return oneElement(fmt.Sprintf(includes, name)) }

var brokenFolders = []brokenFolder{
	{"a block that there is not", map[string]string{"mine.yaml": including("reciever")}, NoBlock,
		"mine.yaml:3:13: there is no block `reciever`; there are " + own().names("blocks", ".yaml"), nil},
	{"a block of its own page", map[string]string{"mine.yaml": including("b"), "blocks/b.yaml": begin}, UnknownKey,
		"blocks/b.yaml:1:1: unknown key `page`; here may stand: title, elements", []string{"mine.yaml:3"}},
	{"a block as if it were a layout", map[string]string{"blocks/b.yaml": blockHead}, BlockAlone,
		"blocks/b.yaml:1:1: this is a block, which has no page of its own: check a layout that includes it, or the whole folder with `miandan templates list --layouts FOLDER`", nil},
	{"a mistake in a block", map[string]string{"mine.yaml": including("b"), "blocks/b.yaml": blockHead + "- {text: a, at: {x: 1, y: 1, w: 9, h: 9}}\n"}, MissingKey,
		"blocks/b.yaml:2:4: `size` is missing; write for example `size: 3`", []string{"mine.yaml:3"}},
	{"beyond a block", map[string]string{"mine.yaml": including("b"), "blocks/b.yaml": blockHead + "- {text: a, size: 3, at: {x: 32, y: 1, w: 9, h: 9}}\n"}, OffPage,
		"blocks/b.yaml:2:40: the element ends at x = 41 mm and the block at 40 mm: make `w` at most 8", []string{"mine.yaml:3"}},
	{"letters that a zoom makes too small", map[string]string{
		"mine.yaml":     oneElement("include: b, zoom: 0.5, at: {x: 1, y: 1, w: 40, h: 40}"),
		"blocks/b.yaml": blockHead + "- {text: a, size: 2, at: {x: 1, y: 1, w: 9, h: 9}}\n",
	}, OutOfRange, "blocks/b.yaml:2:19: `size` is 2; write a number from 3 to 80", []string{"mine.yaml:3"}},
	{"a block larger than the one around it", map[string]string{"mine.yaml": including("b"), "blocks/b.yaml": blockHead + "- {" + fmt.Sprintf(includes, "c") + "}\n",
		"blocks/c.yaml": blockHead + "- {include: b, at: {x: 0, y: 0, right: 0, bottom: 0}}\n"}, OffPage,
		"blocks/b.yaml:2:33: the element ends at x = 41 mm and the block at 40 mm: make `w` at most 39", []string{"mine.yaml:3"}},
	{"a loop of blocks", map[string]string{"mine.yaml": including("b"), "blocks/b.yaml": blockHead + filling("c"), "blocks/c.yaml": blockHead + filling("b")}, IncludeLoop,
		"blocks/c.yaml:2:4: the block `b` includes itself: take this `include` out", []string{"blocks/b.yaml:2", "mine.yaml:3"}},
	{"blocks ever further in", map[string]string{"mine.yaml": including("a"), "blocks/a.yaml": blockHead + filling("b"), "blocks/b.yaml": blockHead + filling("c"),
		"blocks/c.yaml": blockHead + filling("d"), "blocks/d.yaml": blockHead + filling("e")}, IncludeDepth,
		"blocks/c.yaml:2:4: more than 3 blocks within blocks: put the elements into one block", []string{"blocks/b.yaml:2", "blocks/a.yaml:2", "mine.yaml:3"}},
	{"blocks that multiply", map[string]string{"mine.yaml": begin + strings.Repeat(filling("b"), 30) + copies, "blocks/b.yaml": blockHead + strings.Repeat(filling("c"), 30), "blocks/c.yaml": blockHead + strings.Repeat(filling("d"), 30), "blocks/d.yaml": blockHead + strings.Repeat("- {line: 1, at: {x: 0, y: 0, right: 0}}\n", 30)}, TooMany,
		"blocks/d.yaml:27:3: more than 400 elements on one label", []string{"blocks/c.yaml:14", "blocks/b.yaml:2", "mine.yaml:3"}},
	{"blocks of many letters", map[string]string{"mine.yaml": begin + strings.Repeat(filling("b"), 10) + copies, "blocks/b.yaml": "# " + strings.Repeat("x", 9000) + "\n" + blockHead + "- {line: 1, at: {x: 0, y: 0, right: 0}}\n"}, TooLarge,
		"blocks/b.yaml:1:1: the layout with its blocks is larger than 64 KB: it should be a page of text", []string{"mine.yaml:10"}},
	{"a line in a block through a code in another", map[string]string{"mine.yaml": begin + filling("b") + filling("c") + copies,
		"blocks/b.yaml": blockHead + "- {barcode: \"{number}\", at: {x: 0, y: 0, w: 60, h: 10}}\n", "blocks/c.yaml": blockHead + "- {line: 1, at: {x: 0, y: 9, right: 0}}\n"}, OnBarcode,
		"blocks/c.yaml:2:4: this lies on the code in line 2 of blocks/b.yaml: its box holds the quiet zone, in which nothing may be printed", []string{"mine.yaml:4"}},
	{"a picture that there is not", map[string]string{"mine.yaml": showing("logo")}, NoPicture,
		"mine.yaml:3:13: there is no picture `logo`; there are fragile, fresh, heavy. Put a PNG into the folder `pictures` beside the layout", nil},
	{"a picture that is none", map[string]string{"mine.yaml": showing("logo"), "pictures/logo.png": "GIF89a"}, BadPicture,
		"mine.yaml:3:13: the picture `logo` is no PNG that can be read: save it as PNG anew", nil},
	{"half a picture", map[string]string{"mine.yaml": showing("logo"), "pictures/logo.png": square(40)[:60]}, BadPicture,
		"mine.yaml:3:13: the picture `logo` is no PNG that can be read: save it as PNG anew", nil},
	{"a picture that claims to be huge", map[string]string{"mine.yaml": showing("logo"), "pictures/logo.png": claiming(1<<16, 1<<15)}, LargePicture,
		"mine.yaml:3:13: the picture `logo` is too large: at most 256 KB and 2600000 dots; save it smaller", nil},
	{"a picture of many bytes", map[string]string{"mine.yaml": showing("logo"), "pictures/logo.png": square(8) + strings.Repeat("x", maxPictureKB<<10)}, LargePicture,
		"mine.yaml:3:13: the picture `logo` is too large: at most 256 KB and 2600000 dots; save it smaller", nil},
	{"more pictures than anybody looks at", map[string]string{"mine.yaml": begin + strings.Repeat("- {picture: logo, at: {x: 1, y: 1, w: 9, h: 9}}\n", 21) + copies, "pictures/logo.png": square(8)}, TooManyPictures,
		"mine.yaml:23:4: more than 20 pictures on one label", nil},
}

func filling(name string) string {
	return "- {include: " + name + ", at: {x: 0, y: 0, right: 0, bottom: 0}}\n"
}
func showing(name string) string {
	return oneElement("picture: " + name + ", at: {x: 1, y: 1, w: 9, h: 9}")
}

// square is a PNG of n × n black pixels.
func square(n int) string {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, n, n))); err != nil {
		panic(err)
	}
	return b.String()
}

// claiming is the head of a PNG that says that it is so large.
func claiming(w, h uint32) string {
	b := []byte(square(8))
	binary.BigEndian.PutUint32(b[16:], w)
	binary.BigEndian.PutUint32(b[20:], h)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return string(b)
}

// TestHostileFolders asks that what multiplies is refused while nobody notices.
func TestHostileFolders(t *testing.T) {
	for _, b := range brokenFolders {
		start := time.Now()
		if _, err := ParseIn(b.folder(), "mine.yaml", []byte(b.files["mine.yaml"])); err == nil {
			t.Errorf("%s: no error", b.name)
		}
		if took := time.Since(start); took > 10*time.Second { // a thousand times what it takes here
			t.Errorf("%s: took %v", b.name, took)
		}
	}
}

func TestAFolderHasItsOwnBlocksAndPictures(t *testing.T) {
	dir := fstest.MapFS{
		"blocks/merchant.yaml": {Data: []byte(blockHead + "- {text: 我们的仓库, at: {x: 1, y: 1, right: 1, h: 5}, size: 3}\n")},
		"mine.yaml":            {Data: []byte(page + "elements:\n- {include: merchant, at: {x: 0, y: 0, right: 0, h: 30}}\n" + copies)},
	}
	builtin, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	l, err := builtin.with(shelf{dir, "mine"})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"mine", "wujie-76x130"} {
		found := false
		for _, e := range l.read[name].elements {
			if text, ok := e.drawer.(textElement); ok && len(text.value) == 1 && text.value[0].words == "我们的仓库" {
				found = true
			}
		}
		if !found {
			t.Errorf("%s has not the folder's block", name)
		}
	}
}

// FuzzFolder gives the reader a layout, a block and a picture that hate it.
func FuzzFolder(f *testing.F) {
	for _, b := range brokenFolders {
		if len(b.files["mine.yaml"]) < 3000 {
			f.Add(b.files["mine.yaml"], b.files["blocks/b.yaml"], b.files["pictures/logo.png"])
		}
	}
	f.Fuzz(func(t *testing.T, src, b, logo string) {
		files := map[string]string{"blocks/b.yaml": b, "pictures/logo.png": logo}
		dir := brokenFolder{files: files}.folder()
		_, err := ParseIn(dir, "fuzz.yaml", []byte(src))
		var e *LayoutError
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("ParseIn: %v, want a *LayoutError", err)
		}
		if err != nil && len(e.Error()) > 4000 {
			t.Errorf("an error of %d bytes", len(e.Error()))
		}
	})
}
