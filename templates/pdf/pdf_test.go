package pdf_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"miandan/templates/barcode"
	"miandan/templates/pdf"
	"miandan/templates/pdf/pdftest"
	"miandan/templates/scene"
	"miandan/templates/typeset"
)

// label composes what labels are made of: text in all faces and both inks,
// rules, boxes and both kinds of barcode, at sizes from 2.2 to 11 mm.
func label(t testing.TB, g scene.Grid) *scene.Page {
	t.Helper()
	p := scene.NewPage(g, scene.MM(76), scene.MM(130))
	rect := func(x, y, w, h float64) scene.Rect {
		at := func(mm float64) int { return g.Dots(scene.MM(mm)) }
		return scene.Rect{X: at(x), Y: at(y), W: at(x+w) - at(x), H: at(y+h) - at(y)}
	}
	set := func(b typeset.Block, r scene.Rect) {
		t.Helper()
		marks, err := typeset.Set(b, r, g)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range marks {
			if err := p.Glyphs(m); err != nil {
				t.Fatal(err)
			}
		}
	}
	fill := func(r scene.Rect, ink scene.Ink) {
		t.Helper()
		if err := p.Fill(scene.Fill{Rect: r, Ink: ink}); err != nil {
			t.Fatal(err)
		}
	}
	code := func(s barcode.Symbol, err error, place barcode.Place) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		m, err := s.Fit(place, g)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Modules(m); err != nil {
			t.Fatal(err)
		}
	}
	for _, y := range []float64{15, 40, 62, 90} {
		fill(scene.Rect{X: rect(2, y, 72, 1).X, Y: rect(2, y, 72, 1).Y, W: rect(2, y, 72, 1).W, H: 1}, scene.Black)
	}
	fill(rect(2, 2, 0.3, 126), scene.Black)
	fill(rect(50, 3, 20, 10), scene.Black)
	fill(rect(66, 9, 3, 3), scene.White)
	set(typeset.Block{Text: "陆运 B2", Size: scene.MM(4), Bold: true, Ink: scene.White, Align: typeset.Center, VAlign: typeset.Middle}, rect(50, 3, 16, 10))
	set(typeset.Block{Text: "010-A03-11", Size: scene.MM(11), Floor: scene.MM(6), Bold: true, Lines: 1}, rect(4, 3, 44, 11))
	s, err := barcode.Code128("JDVA12345678901")
	code(s, err, barcode.Place{Box: rect(3, 16, 70, 16)})
	set(typeset.Block{Text: "JDVA12345678901", Size: scene.MM(4), Align: typeset.Center}, rect(3, 33, 70, 6))
	set(typeset.Block{Text: "王𠮷祥 13800001234", Size: scene.MM(5), Bold: true, Lines: 1, VAlign: typeset.Middle}, rect(4, 41, 70, 7))
	set(typeset.Block{Text: "北京市大兴区科创十一街18号院(京东总部)C座，张三代收。李䶮 转 𬭎㛃𣲘", Size: scene.MM(4), Floor: scene.MM(2.5)}, rect(4, 48, 68, 13))
	set(typeset.Block{Text: "李䶮 17000000000-4740", Size: scene.MM(3), Lines: 1}, rect(4, 63, 60, 5))
	set(typeset.Block{Text: "广东省深圳市南山区粤海街道科技园南区高新南一道6号 Type g/y", Size: scene.MM(2.5)}, rect(4, 68, 40, 12))
	set(typeset.Block{Text: "𠮷𬭎䶮𣲘㛃 托寄物：图书 2.2 mm", Size: scene.MM(2.2)}, rect(4, 82, 60, 6))
	s, err = barcode.QR("https://example.com/JDVA12345678901", barcode.M)
	code(s, err, barcode.Place{Box: rect(50, 92, 24, 24)})
	s, err = barcode.Code128("YT12345678")
	code(s, err, barcode.Place{Box: rect(4, 92, 10, 36), Vertical: true})
	return p
}

func write(t testing.TB, pages ...*scene.Page) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := pdf.Write(&b, pages...); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSameDotsAsRaster(t *testing.T) {
	for _, g := range []scene.Grid{scene.DPI203, scene.DPI300} {
		t.Run(fmt.Sprintf("%.3f dots per mm", g), func(t *testing.T) {
			p := label(t, g)
			pdftest.Compare(t, p, write(t, p))
		})
	}
}

func TestSamePagesGiveTheSameBytes(t *testing.T) {
	p, q := label(t, scene.DPI203), label(t, scene.DPI300)
	first := write(t, p, q)
	for range 3 {
		if !bytes.Equal(write(t, p, q), first) {
			t.Fatal("two writes of the same pages differ")
		}
	}
}

// Names are found as they were typed, also bold ones, those that need two
// faces and those beyond U+FFFF.
func TestTextIsExtracted(t *testing.T) {
	tool := pdftest.Need(t, "pdftotext")
	file := filepath.Join(t.TempDir(), "label.pdf")
	if err := os.WriteFile(file, write(t, label(t, scene.DPI203)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, mode := range [][]string{{}, {"-raw"}, {"-layout"}} {
		out, err := exec.Command(tool, append(mode, file, "-")...).CombinedOutput()
		if err != nil {
			t.Fatalf("pdftotext %v: %v: %s", mode, err, out)
		}
		for _, want := range []string{"13800001234", "王𠮷祥", "李䶮", "17000000000-4740", "JDVA12345678901", "𬭎㛃𣲘", "陆运 B2", "010-A03-11", "𠮷𬭎䶮𣲘㛃"} {
			if !strings.Contains(string(out), want) {
				t.Errorf("pdftotext %v does not find %q in\n%s", mode, want, out)
			}
		}
	}
}

// The document tells neither when nor by whom it was made, nor whom it is for.
func TestNothingIsToldAboutTheDocument(t *testing.T) {
	doc := string(write(t, label(t, scene.DPI203)))
	dates := regexp.MustCompile(`/(\w*Date) \(([^)]*)`).FindAllStringSubmatch(doc, -1)
	if len(dates) == 0 {
		t.Error("the document has no date; gofpdf has changed its form")
	}
	for _, d := range dates {
		if d[2] != "D:20000101000000" {
			t.Errorf("%s is %s", d[1], d[2])
		}
	}
	for _, word := range []string{"/Metadata", "/ID ", "/Title", "/Author", "/Creator", "/Producer", "FPDF"} {
		if strings.Contains(doc, word) {
			t.Errorf("the document has %s", word)
		}
	}
}

func TestEachPageHasItsSize(t *testing.T) {
	p, q := scene.NewPage(scene.DPI203, scene.MM(76), scene.MM(130)), scene.NewPage(scene.DPI300, scene.MM(100), scene.MM(50))
	doc := write(t, p, q)
	for _, want := range []string{"/Count 2", "/MediaBox [0 0 215.43 368.50]", "/MediaBox [0 0 283.44 141.84]"} {
		if !bytes.Contains(doc, []byte(want)) {
			t.Errorf("the document lacks %s", want)
		}
	}
}

// What typeset would never compose is an error and no panic.
func TestRefused(t *testing.T) {
	if err := pdf.Write(io.Discard); err == nil {
		t.Error("a document without pages was written")
	}
	for _, r := range []rune{'😀', -1, 0x10FFFF + 1, 0xD800, '𠮷'} {
		p := scene.NewPage(scene.DPI203, scene.MM(76), scene.MM(130))
		if err := p.Glyphs(scene.Glyphs{Face: scene.Bold, Size: 32, Run: []scene.Glyph{{Rune: r, X: 9, Y: 99}}}); err != nil {
			t.Fatal(err)
		}
		if err := pdf.Write(io.Discard, p); err == nil || r > ' ' && strings.ContainsRune(err.Error(), r) {
			t.Errorf("%U: Write = %v", r, err)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	p := label(b, scene.DPI203)
	b.ReportAllocs()
	for b.Loop() {
		write(b, p)
	}
}
