package pdfin_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"image"
	"image/png"
	"os"
	"strings"
	"testing"

	"miandan/printer/bitmap"
	"miandan/templates"
	"miandan/templates/barcode"
	"miandan/templates/pdf"
	"miandan/templates/pdfin"
	"miandan/templates/raster"
	"miandan/templates/scene"
	"miandan/templates/waybill"
)

// sample is a label of our own as page, dots and PDF.
func sample(t testing.TB, file, layout string, g scene.Grid) (*scene.Page, *bitmap.Image, []byte) {
	t.Helper()
	f, err := os.Open("../layouts/samples/" + file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	l, err := waybill.ReadFile(f)
	if err != nil {
		t.Fatal(err)
	}
	library, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	made, err := library.Get(layout)
	if err != nil {
		t.Fatal(err)
	}
	page, err := made.Compose(l, g)
	if err != nil {
		t.Fatal(err)
	}
	m, err := raster.Render(page)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := pdf.Write(&b, page); err != nil {
		t.Fatal(err)
	}
	return page, m, b.Bytes()
}

// document writes a PDF of objects, numbered from 1; the first is the catalog.
func document(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, xref)
	return b.Bytes()
}

// onePage is a document of a page in points with a content stream, and
// further objects from number 5 on.
func onePage(box, extra, content string, objects ...string) []byte {
	return document(onePageOf(box, extra, content, objects...)...)
}

func onePageOf(box, extra, content string, objects ...string) []string {
	return append([]string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [" + box + "] /Contents 4 0 R " + extra + " >>",
		stream("", content),
	}, objects...)
}

func stream(dict, data string) string {
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dict, len(data), data)
}

// deflated compresses n copies of a text without holding them.
func deflated(text string, n int) string {
	var b bytes.Buffer
	z, err := zlib.NewWriterLevel(&b, zlib.BestSpeed)
	if err != nil {
		panic(err)
	}
	block := strings.Repeat(text, 1024)
	for range n / 1024 {
		if _, err := z.Write([]byte(block)); err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.String()
}

// box is a page in points of so many millimetres.
func box(w, h float64) string { return fmt.Sprintf("0 0 %.3f %.3f", w*72/25.4, h*72/25.4) }

// bars draws a Code 128 at a place in millimetres from the page's lower left
// corner, as PDF operators.
func bars(t testing.TB, text string, x, y, height, module float64) string {
	t.Helper()
	return thinBars(t, text, x, y, height, module, 0)
}

// thinBars draws bars that are narrower on both sides.
func thinBars(t testing.TB, text string, x, y, height, module, inset float64) string {
	t.Helper()
	symbol, err := barcode.Code128(text)
	if err != nil {
		t.Fatal(err)
	}
	const mm = 72 / 25.4
	var b strings.Builder
	row := symbol.Bits[0]
	for i := 0; i < len(row); i++ {
		n := 0
		for i+n < len(row) && row[i+n] {
			n++
		}
		if n > 0 {
			fmt.Fprintf(&b, "%.4f %.4f %.4f %.4f re f\n", (x+float64(i)*module+inset)*mm, y*mm, (float64(n)*module-2*inset)*mm, height*mm)
			i += n
		}
	}
	return b.String()
}

func paper(w, h float64) pdfin.Frame {
	return pdfin.Frame{Grid: scene.DPI203, Width: scene.MM(w), Height: scene.MM(h)}
}

func encoded(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// draw opens a document and draws its first page.
func draw(t testing.TB, r *pdfin.Reader, b []byte, f pdfin.Frame, how pdfin.How) (*bitmap.Image, error) {
	t.Helper()
	d, err := r.Open(t.Context(), b)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.Dots(t.Context(), 0, f, how)
}
