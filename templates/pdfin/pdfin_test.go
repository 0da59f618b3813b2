package pdfin_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/jung-kurt/gofpdf"

	"miandan/printer/bitmap"
	"miandan/templates/pdfin"
	"miandan/templates/raster"
	"miandan/templates/scene"
)

// TestOwnLabels draws our own PDFs and finds our own dots: the codes to the dot,
// the text but for its edges.
func TestOwnLabels(t *testing.T) {
	for _, c := range []struct {
		file, layout string
		grid         scene.Grid
	}{
		{"jd-express.json", "jd-express-76x130", scene.DPI203},
		{"wujie.json", "wujie-100x150", scene.DPI203},
		{"sf.json", "sf-100x180", scene.DPI300},
		{"zto.json", "zto-76x130", scene.DPI300},
	} {
		page, want, file := sample(t, c.file, c.layout, c.grid)
		f := pdfin.Frame{Grid: c.grid, Width: scene.MM(float64(page.Width) / float64(c.grid)), Height: scene.MM(float64(page.Height) / float64(c.grid))}
		got, err := draw(t, shared, file, f, pdfin.How{})
		if err != nil {
			t.Errorf("%s: %v", c.layout, err)
			continue
		}
		if err := raster.Check(page, got); err != nil {
			t.Errorf("%s: %v", c.layout, err)
		}
		if err := page.Draw(same{t, c.layout, want, got}); err != nil {
			t.Error(err)
		}
		ink, differ := 0, 0
		for y := range want.Height {
			for x := range want.Width {
				if want.Black(x, y) {
					ink++
				}
				if want.Black(x, y) != got.Black(x, y) {
					differ++
				}
			}
		}
		t.Logf("%s at %.3f: %d of %d dots of ink differ", c.layout, float64(c.grid), differ, ink)
		if differ*20 > ink {
			t.Errorf("%s: %d of %d dots of ink differ", c.layout, differ, ink)
		}
	}
}

// same is a Renderer that holds the codes of two pictures against each other.
type same struct {
	t         *testing.T
	name      string
	want, got *bitmap.Image
}

func (same) Fill(scene.Fill) error       { return nil }
func (same) Glyphs(scene.Glyphs) error   { return nil }
func (same) Picture(scene.Picture) error { return nil }

func (s same) Modules(m scene.Modules) error {
	for y := m.Y; y < m.Y+m.H; y++ {
		for x := m.X; x < m.X+m.W; x++ {
			if s.want.Black(x, y) != s.got.Black(x, y) {
				s.t.Errorf("%s: the %v differs at %d,%d", s.name, m.Symbology, x, y)
				return nil
			}
		}
	}
	return nil
}

// TestWholeBars puts bars of two dots at every sixteenth of a dot, one code
// below the other. All bars are two dots, wherever they begin.
func TestWholeBars(t *testing.T) {
	var content strings.Builder
	for sixteenth := range 16 {
		content.WriteString(bars(t, fmt.Sprintf("JDVC%011d-1-1-", sixteenth), 10+float64(sixteenth)/16/8, 5+9*float64(sixteenth), 7, 0.25))
	}
	m, err := draw(t, shared, onePage(box(100, 150), "", content.String()), paper(100, 150), pdfin.How{})
	if err != nil {
		t.Fatal(err)
	}
	for sixteenth := range 16 {
		codes := pdfin.FindCodes(m, scene.DPI203, fmt.Sprintf("JDVC%011d-1-1-", sixteenth))
		if len(codes) != 1 || !codes[0].Whole || codes[0].Module != 2 {
			t.Errorf("at %d/16 of a dot: %+v", sixteenth, codes)
		}
	}
}

// TestThinBars puts bars that are drawn a fifth of a dot too thin anywhere.
func TestThinBars(t *testing.T) {
	const text = "JDVC00000000001-1-1-"
	for quarter := range 4 {
		content := thinBars(t, text, 10+float64(quarter)/4/8, 20, 20, 0.25, 0.0125)
		m, err := draw(t, shared, onePage(box(100, 150), "", content), paper(100, 150), pdfin.How{})
		if err != nil {
			t.Fatal(err)
		}
		if codes := pdfin.FindCodes(m, scene.DPI203, text); len(codes) != 1 || !codes[0].Whole || codes[0].Module != 2 {
			t.Errorf("at %d/4 of a dot: %+v", quarter, codes)
		}
	}
}

func TestSizes(t *testing.T) {
	content := "0 0 10 10 re f"
	for _, c := range []struct {
		name  string
		file  []byte
		frame pdfin.Frame
		how   pdfin.How
		want  error
	}{
		{"100×150", onePage(box(100, 150), "", content), paper(100, 150), pdfin.How{}, nil},
		{"100×180", onePage(box(100, 180), "", content), paper(100, 180), pdfin.How{}, nil},
		{"76×130 in whole points", onePage("0 0 215 369", "", content), paper(76, 130), pdfin.How{}, nil},
		{"rounded down", onePage("0 0 283 425", "", content), paper(100, 150), pdfin.How{}, nil},
		{"4×6 inches", onePage("0 0 288 432", "", content), paper(100, 150), pdfin.How{}, pdfin.WrongSize},
		{"half a millimetre", onePage(box(100.5, 149.5), "", content), paper(100, 150), pdfin.How{}, nil},
		{"a little more", onePage(box(100.6, 150), "", content), paper(100, 150), pdfin.How{}, pdfin.WrongSize},
		{"A4", onePage(box(210, 297), "", content), paper(100, 150), pdfin.How{}, pdfin.WrongSize},
		{"A4, cut", onePage(box(210, 297), "", content), paper(100, 150), pdfin.How{Way: pdfin.Cut, Left: scene.MM(110), Top: scene.MM(147)}, nil},
		{"A4, cut beyond its edge", onePage(box(210, 297), "", content), paper(100, 150), pdfin.How{Way: pdfin.Cut, Left: scene.MM(111)}, pdfin.WrongSize},
		{"a crop box", onePage(box(210, 297), "/CropBox ["+box(100, 150)+"]", content), paper(100, 150), pdfin.How{}, nil},
		{"lying", onePage(box(150, 100), "", content), paper(100, 150), pdfin.How{}, pdfin.WrongSize},
		{"lying, turned here", onePage(box(150, 100), "", content), paper(100, 150), pdfin.How{Turn: pdfin.Right}, nil},
		{"lying, turned in the file", onePage(box(150, 100), "/Rotate 90", content), paper(100, 150), pdfin.How{}, nil},
		{"upright, turned in the file", onePage(box(100, 150), "/Rotate 90", content), paper(100, 150), pdfin.How{}, pdfin.WrongSize},
		{"no size", onePage("0 0 0 0", "", content), paper(100, 150), pdfin.How{}, pdfin.WrongSize},
		{"enormous", onePage("0 0 1000000 1000000", "", content), paper(100, 150), pdfin.How{}, pdfin.WrongSize},
	} {
		m, err := draw(t, shared, c.file, c.frame, c.how)
		if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if err == nil && (m.Width != c.frame.Grid.Dots(c.frame.Width) || m.Height != c.frame.Grid.Dots(c.frame.Height) || m.PerMetre != 8000) {
			t.Errorf("%s: %d×%d dots, %d a metre", c.name, m.Width, m.Height, m.PerMetre)
		}
	}
}

// TestTurns draws a mark in a corner and finds it where it was turned to.
func TestTurns(t *testing.T) {
	mark := image.NewGray(image.Rect(0, 0, 160, 80))
	for i := range mark.Pix {
		mark.Pix[i] = 0xFF
	}
	for y := range 16 {
		for x := range 24 {
			mark.SetGray(x, y, color.Gray{})
		}
	}
	files := map[string][]byte{
		"pdf": onePage(box(20, 10), "", "0 "+num(8)+" "+num(3)+" "+num(2)+" re f"),
		"png": encoded(t, mark),
	}
	for name, file := range files {
		for turn, want := range map[pdfin.Turn]image.Rectangle{
			pdfin.Upright: image.Rect(0, 0, 24, 16),
			pdfin.Right:   image.Rect(80-16, 0, 80, 24),
			pdfin.Over:    image.Rect(160-24, 80-16, 160, 80),
			pdfin.Left:    image.Rect(0, 160-24, 16, 160),
		} {
			f := paper(20, 10)
			if turn == pdfin.Right || turn == pdfin.Left {
				f = paper(10, 20)
			}
			m, err := draw(t, shared, file, f, pdfin.How{Turn: turn})
			if err != nil {
				t.Fatalf("%s, turn %d: %v", name, turn, err)
			}
			if got := inked(m); got != want {
				t.Errorf("%s, turn %d: black is %v, want %v", name, turn, got, want)
			}
		}
	}
}

func num(mm float64) string { return box(mm, 0)[4 : len(box(mm, 0))-6] }

// inked is the smallest rectangle that holds all ink.
func inked(m *bitmap.Image) image.Rectangle {
	var all image.Rectangle
	for y := range m.Height {
		for x := range m.Width {
			if m.Black(x, y) {
				all = all.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return all
}

// TestCut finds the label in the lower right corner of an A4 sheet.
func TestCut(t *testing.T) {
	file := onePage(box(210, 297), "", bars(t, "DPK360000000001", 120, 30, 20, 0.25))
	m, err := draw(t, shared, file, paper(100, 150), pdfin.How{Way: pdfin.Cut, Left: scene.MM(110), Top: scene.MM(147)})
	if err != nil {
		t.Fatal(err)
	}
	if err := pdfin.Check(m, scene.DPI203, pdfin.Expected{Symbology: scene.Code128, Texts: []string{"DPK360000000001"}}); err != nil {
		t.Error(err)
	}
	if got, want := inked(m).Min, image.Pt(80, 800); got != want {
		t.Errorf("the code begins at %v, want %v", got, want)
	}
	m, err = draw(t, shared, file, paper(100, 150), pdfin.How{Way: pdfin.Cut})
	if err != nil {
		t.Fatal(err)
	}
	if err := pdfin.Check(m, scene.DPI203, pdfin.Expected{Symbology: scene.Code128, Texts: []string{"DPK360000000001"}}); !errors.Is(err, pdfin.NoCode) {
		t.Errorf("the wrong corner: %v", err)
	}
}

// TestFit makes pages smaller and larger.
func TestFit(t *testing.T) {
	const text, short = "JDVC00000000001-1-1-", "7300000000001"
	for _, c := range []struct {
		name    string
		content string
		frame   pdfin.Frame
		want    error
		module  float64
	}{
		{"modules of three dots become two", bars(t, text, 5, 60, 20, 0.375), paper(76, 130), nil, 2},
		{"modules of four dots become three", bars(t, short, 5, 60, 20, 0.48), paper(90, 150), nil, 3},
		{"modules of two dots would become one", bars(t, text, 5, 60, 20, 0.25), paper(76, 130), pdfin.Uneven, 0},
		{"two codes that do not go together", bars(t, text, 5, 60, 20, 0.375) + bars(t, short, 5, 100, 20, 0.5), paper(76, 130), pdfin.Uneven, 0},
		{"two codes that do", bars(t, text, 5, 60, 20, 0.375) + bars(t, short, 5, 100, 20, 0.75), paper(76, 130), nil, 2},
		{"no code at all", "10 10 50 50 re f", paper(76, 130), nil, 0},
	} {
		file := onePage(box(100, 150), "", c.content)
		m, err := draw(t, shared, file, c.frame, pdfin.How{Way: pdfin.Fit})
		if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if err != nil || c.module == 0 {
			continue
		}
		codes := pdfin.FindCodes(m, scene.DPI203, text)
		if len(codes) == 0 {
			codes = pdfin.FindCodes(m, scene.DPI203, short)
		}
		if len(codes) != 1 || !codes[0].Whole || codes[0].Module != c.module {
			t.Errorf("%s: %+v", c.name, codes)
		}
	}
	// A picture of another head's dots.
	_, m, _ := sample(t, "jd-express.json", "jd-express-76x130", 12)
	if _, err := draw(t, shared, encoded(t, m), paper(76, 130), pdfin.How{}); !errors.Is(err, pdfin.WrongSize) {
		t.Errorf("a picture of another head's dots: %v", err)
	}
	got, err := draw(t, shared, encoded(t, m), paper(76, 130), pdfin.How{Way: pdfin.Fit})
	if err == nil {
		for _, c := range pdfin.FindCodes(got, scene.DPI203) {
			if !c.Whole {
				t.Errorf("a picture made smaller: %+v", c)
			}
		}
	} else if !errors.Is(err, pdfin.Uneven) {
		t.Errorf("a picture made smaller: %v", err)
	}
}

// TestPictures draws every kind of PNG and JPEG.
func TestPictures(t *testing.T) {
	r := image.Rect(0, 0, 160, 80)
	halves := func(m interface {
		image.Image
		Set(x, y int, c color.Color)
	}, left, right color.Color) image.Image {
		for y := range 80 {
			for x := range 160 {
				m.Set(x, y, left)
				if x >= 80 {
					m.Set(x, y, right)
				}
			}
		}
		return m
	}
	white, ink := color.NRGBA{255, 255, 255, 255}, color.NRGBA{0, 0, 0, 255}
	for name, file := range map[string][]byte{
		"grey":           encoded(t, halves(image.NewGray(r), ink, white)),
		"16 bit grey":    encoded(t, halves(image.NewGray16(r), color.Gray16{0x7EFF}, color.Gray16{0x8100})),
		"palette":        encoded(t, halves(image.NewPaletted(r, color.Palette{white, ink, color.NRGBA{200, 0, 0, 255}}), color.NRGBA{200, 0, 0, 255}, white)),
		"alpha on white": encoded(t, halves(image.NewNRGBA(r), ink, color.NRGBA{0, 0, 0, 0})),
		"16 bit alpha":   encoded(t, halves(image.NewNRGBA64(r), ink, color.NRGBA64{0, 0, 0, 0x1000})),
		"jpeg":           jpegOf(t, halves(image.NewGray(r), ink, white)),
		"colour jpeg":    jpegOf(t, halves(image.NewRGBA(r), color.NRGBA{0, 0, 150, 255}, color.NRGBA{255, 255, 120, 255})),
		"cmyk jpeg":      cmykJPEG(t),
	} {
		m, err := draw(t, shared, file, paper(20, 10), pdfin.How{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, want := inked(m), image.Rect(0, 0, 80, 80); got != want {
			t.Errorf("%s: black is %v, want %v", name, got, want)
		}
	}
	// Dots stay dots, in a PDF as well.
	_, m, _ := sample(t, "wujie.json", "wujie-100x150", scene.DPI203)
	grey := image.NewGray(m.Bounds())
	for i := range grey.Pix {
		if !m.Black(i%m.Width, i/m.Width) {
			grey.Pix[i] = 0xFF
		}
	}
	inPDF := onePage(box(100, 150), "/Resources << /XObject << /I 5 0 R >> >>", "283.4646 0 0 425.1969 0 0 cm /I Do",
		stream("/Type /XObject /Subtype /Image /Width 800 /Height 1200 /BitsPerComponent 8 /ColorSpace /DeviceGray", string(grey.Pix)))
	for name, file := range map[string][]byte{"PNG": encoded(t, m), "PDF": inPDF} {
		got, err := draw(t, shared, file, paper(100, 150), pdfin.How{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if _, n := bitmap.Diff(m, got); n > 0 {
			t.Errorf("a %s of the paper's dots: %d of them differ", name, n)
		}
	}
}

func TestEncrypted(t *testing.T) {
	made := func(user string) []byte {
		p := gofpdf.NewCustom(&gofpdf.InitType{UnitStr: "mm", Size: gofpdf.SizeType{Wd: 100, Ht: 150}})
		p.SetProtection(gofpdf.CnProtectPrint, user, "owner")
		p.AddPage()
		p.Rect(10, 10, 50, 50, "F")
		var b bytes.Buffer
		if err := p.Output(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	if _, err := draw(t, shared, made("secret"), paper(100, 150), pdfin.How{}); !errors.Is(err, pdfin.Encrypted) {
		t.Errorf("with a password: %v", err)
	}
	m, err := draw(t, shared, made(""), paper(100, 150), pdfin.How{}) // only changing it is forbidden
	if err != nil || inked(m) != image.Rect(80, 80, 480, 480) {
		t.Errorf("without a password to open it: %v", err)
	}
}

func TestPages(t *testing.T) {
	p := gofpdf.NewCustom(&gofpdf.InitType{UnitStr: "mm", Size: gofpdf.SizeType{Wd: 100, Ht: 150}})
	p.AddPage()
	p.AddPageFormat("P", gofpdf.SizeType{Wd: 76, Ht: 130})
	p.Rect(1, 1, 1, 1, "F")
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		t.Fatal(err)
	}
	d, err := shared.Open(t.Context(), b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if n := len(d.Pages()); n != 2 || math.Abs(d.Pages()[1].Width-76) > 0.01 || d.Kind() != pdfin.PDF {
		t.Errorf("%d pages, %v", n, d.Pages())
	}
	if m, err := d.Dots(t.Context(), 1, paper(76, 130), pdfin.How{}); err != nil || inked(m) != image.Rect(8, 8, 16, 16) {
		t.Errorf("second page: %v", err)
	}
	if m, err := d.Dots(t.Context(), 0, paper(100, 150), pdfin.How{}); err != nil || !inked(m).Empty() {
		t.Errorf("first page after the second: %v", err)
	}
	for _, page := range []int{-1, 2} {
		if _, err := d.Dots(t.Context(), page, paper(76, 130), pdfin.How{}); !errors.Is(err, pdfin.NoPage) {
			t.Errorf("page %d: %v", page, err)
		}
	}
	if _, err := d.Dots(t.Context(), 0, paper(30000, 30000), pdfin.How{}); !errors.Is(err, pdfin.TooLarge) {
		t.Errorf("a paper of 30 m: %v", err)
	}
}

func TestStart(t *testing.T) {
	good := onePage(box(100, 150), "", "0 0 10 10 re f")
	for _, program := range [][]string{{"/nonexistent/miandan"}, {"/bin/cat"}, {"/bin/true"}} {
		r := &pdfin.Reader{Program: program}
		if _, err := r.Open(t.Context(), good); !errors.Is(err, pdfin.Unstarted) {
			t.Errorf("%s: %v", program, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := shared.Open(ctx, good); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller that has gone: %v", err)
	}
	d, err := shared.Open(t.Context(), good)
	if err != nil {
		t.Fatal(err)
	}
	d.Close()
	d.Close()
	if _, err := d.Dots(t.Context(), 0, paper(100, 150), pdfin.How{}); err == nil {
		t.Error("a closed document is drawn")
	}
	// A caller that goes while its page is drawn.
	if d, err = shared.Open(t.Context(), slow()); err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	ctx, cancel = context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := d.Dots(ctx, 0, paper(100, 150), pdfin.How{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a caller that goes: %v", err)
	}
}
