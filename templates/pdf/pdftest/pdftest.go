// Package pdftest proves that a PDF gives the same dots as package raster.
//
// Poppler, Ghostscript and MuPDF are what print queues use. They draw the
// document on the page's own frame of dots, what is darker than half is black, and the dots are
// held against raster's: barcodes, rules and boxes to the dot, text up to a few
// dots at its edges.
package pdftest

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"miandan/printer/bitmap"
	"miandan/templates/raster"
	"miandan/templates/scene"
)

// few dots may differ in any text zone: a single figure has little ink, and all
// of it is edge.
const few = 15

// half is the grey that is no longer black.
const half = 128

// rasteriser is a way to draw the first page of a PDF as a grey PNG.
type rasteriser struct {
	name    string
	program string
	// tolerance is how many of a text zone's dots may differ, as a share of the
	// dots that have the text's ink.
	tolerance float64
	args      func(p *scene.Page, from, to string) []string
}

func rasterisers() []rasteriser {
	return []rasteriser{
		{"poppler", "pdftoppm", 0.05, func(p *scene.Page, from, to string) []string {
			return []string{"-gray", "-png", "-singlefile", "-scale-to-x", strconv.Itoa(p.Width), "-scale-to-y", strconv.Itoa(p.Height),
				from, strings.TrimSuffix(to, ".png")}
		}},
		{"mupdf", "mutool", 0.05, func(p *scene.Page, from, to string) []string {
			return []string{"draw", "-q", "-N", "-c", "gray", "-f", "-w", strconv.Itoa(p.Width), "-h", strconv.Itoa(p.Height), "-o", to, from, "1"}
		}},
		// On a grid eight times as fine, averaged down, Ghostscript measures areas.
		// Bold hanzi of 2.7 mm, whose strokes nearly touch, differ most.
		{"ghostscript", "gs", 0.06, func(p *scene.Page, from, to string) []string {
			return ghostscript(p, 8, from, to)
		}},
		// On the grid itself it counts 16 samples a dot, which the small curves of
		// a figure of 2 mm are too fine for.
		{"ghostscript by samples", "gs", 0.08, func(p *scene.Page, from, to string) []string {
			return ghostscript(p, 1, from, to)
		}},
	}
}

func ghostscript(p *scene.Page, fine int, from, to string) []string {
	dpi := strconv.FormatFloat(float64(p.Grid)*25.4*float64(fine), 'f', -1, 64)
	args := []string{"-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pnggray", "-dPDFSTOPONERROR", "-dPDFSTOPONWARNING", "-dLastPage=1", "-dGridFitTT=0", "-dTextAlphaBits=4",
		fmt.Sprintf("-g%dx%d", p.Width*fine, p.Height*fine), "-r" + dpi}
	if fine > 1 {
		args = append(args, fmt.Sprintf("-dDownScaleFactor=%d", fine))
	} else {
		args = append(args, "-dGraphicsAlphaBits=4")
	}
	return append(args, "-sOutputFile="+to, from)
}

// Need returns the way to a program that a test runs. Without it the test is
// skipped, or fails where MIANDAN_CI is 1.
func Need(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("MIANDAN_CI") == "1" {
		t.Fatalf("%s is not installed", name)
	}
	t.Skipf("%s is not installed", name)
	return ""
}

// Compare fails the test where the first page of a PDF, drawn by one of
// them, has other dots than p, or another size on paper.
func Compare(t *testing.T, p *scene.Page, pdf []byte) {
	t.Helper()
	want, err := raster.Render(p)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "label.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Run("pdfinfo", func(t *testing.T) { compareSize(t, p, file) })
	for _, r := range rasterisers() {
		t.Run(r.name, func(t *testing.T) {
			to := filepath.Join(t.TempDir(), "label.png")
			run(t, Need(t, r.program), r.args(p, file, to)...)
			r.compareDots(t, p, want, threshold(t, to))
		})
	}
}

func run(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v: %s", name, err, stderr.Bytes())
	}
	if stderr.Len() > 0 {
		t.Errorf("%s complains: %s", name, stderr.Bytes())
	}
	return out
}

var pageSize = regexp.MustCompile(`Page size:\s+([\d.]+) x ([\d.]+) pts`)

func compareSize(t *testing.T, p *scene.Page, file string) {
	out := run(t, Need(t, "pdfinfo"), file)
	found := pageSize.FindSubmatch(out)
	if found == nil {
		t.Fatal("pdfinfo gives no page size")
	}
	for i, dots := range []int{p.Width, p.Height} {
		points, _ := strconv.ParseFloat(string(found[1+i]), 64)
		got, want := points*25.4/72, float64(dots)/float64(p.Grid)
		if math.Abs(got-want) > 0.1 {
			t.Errorf("the page is %.2f mm instead of %.2f mm", got, want)
		}
	}
}

// threshold reads a grey picture as dots.
func threshold(t *testing.T, file string) *bitmap.Image {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	m := bitmap.New(img.Bounds().Dx(), img.Bounds().Dy())
	for y := range m.Height {
		for x := range m.Width {
			black := color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y < half
			m.Set(x, y, black)
		}
	}
	return m
}

// compareDots sorts the differing dots by where they lie.
func (r rasteriser) compareDots(t *testing.T, p *scene.Page, want, got *bitmap.Image) {
	t.Helper()
	if got.Width != want.Width || got.Height != want.Height {
		t.Fatalf("the page is %d×%d dots instead of %d×%d", got.Width, got.Height, want.Width, want.Height)
	}
	var s surveyor
	if err := p.Draw(&s); err != nil {
		t.Fatal(err)
	}
	var differ []image.Point
	for y := range want.Height {
		for x := range want.Width {
			if want.Black(x, y) != got.Black(x, y) {
				differ = append(differ, image.Pt(x, y))
			}
		}
	}
	worst := 0.0
	for _, z := range s.zones {
		n, ink := 0, 0
		for _, d := range differ {
			if d.In(rectangle(z.rect)) {
				n++
			}
		}
		for y := z.rect.Y; y < z.rect.Y+z.rect.H; y++ {
			for x := z.rect.X; x < z.rect.X+z.rect.W; x++ {
				if want.Black(x, y) == (z.ink == scene.Black) {
					ink++
				}
			}
		}
		share := float64(n) / float64(max(ink, 1))
		worst = max(worst, share)
		if share > r.tolerance && n > few {
			t.Errorf("in the text zone %v %d of %d dots differ, %.1f %%", z.rect, n, ink, 100*share)
		}
	}
	outside := 0
	for _, d := range differ {
		if !s.nearText(d) {
			outside++
			if outside <= 5 {
				t.Errorf("dot %v differs: black is %v", d, got.Black(d.X, d.Y))
			}
		}
	}
	t.Logf("%d dots differ, %d outside text; worst text zone %.2f %%", len(differ), outside, 100*worst)
}

// surveyor notes where a page has text and where it has other marks.
type surveyor struct {
	zones []zone
	exact []image.Rectangle
}

type zone struct {
	rect scene.Rect
	ink  scene.Ink
}

func (s *surveyor) Fill(scene.Fill) error       { return nil }
func (s *surveyor) Picture(scene.Picture) error { return nil }

func (s *surveyor) Modules(m scene.Modules) error {
	r := rectangle(m.Rect)
	switch {
	case len(m.Bits) > 1:
		r = r.Inset(-m.Quiet)
	case m.Vertical: // a linear code needs quiet only before and behind it
		r.Min.Y, r.Max.Y = r.Min.Y-m.Quiet, r.Max.Y+m.Quiet
	default:
		r.Min.X, r.Max.X = r.Min.X-m.Quiet, r.Max.X+m.Quiet
	}
	s.exact = append(s.exact, r)
	return nil
}

func (s *surveyor) Glyphs(g scene.Glyphs) error {
	z := zone{g.Zone, g.Ink}
	if n := len(s.zones); n == 0 || s.zones[n-1] != z { // one block, two faces
		s.zones = append(s.zones, z)
	}
	return nil
}

// nearText reports whether a dot may differ because a glyph ends there. In a
// barcode and its quiet zone none may.
func (s *surveyor) nearText(d image.Point) bool {
	for _, r := range s.exact {
		if d.In(r) {
			return false
		}
	}
	for _, z := range s.zones {
		if d.In(rectangle(z.rect)) {
			return true
		}
	}
	return false
}

func rectangle(r scene.Rect) image.Rectangle { return image.Rect(r.X, r.Y, r.X+r.W, r.Y+r.H) }
