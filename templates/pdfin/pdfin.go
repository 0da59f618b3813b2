// Package pdfin reads ready labels: the PDFs, PNGs and JPEGs that carriers
// draw, as dots on the exact frame of a printer's paper.
//
// Whatever comes from outside is taken for hostile. It is opened in a child
// process, this same program with another command, which has the document on
// its standard input and nothing else: no environment, no network, no file
// that it could open or write, so much memory and so much time. If a document
// breaks it or fills it the child dies and the caller gets a Problem. Within
// the child the PDF reader is PDFium in WebAssembly, without cgo, and so once
// more in a box of its own; pictures are read by the standard library.
//
// Nothing is scaled unless the caller wants it. Bars that were drawn as whole
// dots come out as whole dots, because the page is drawn several times as fine
// as the head and each dot is decided by what covers most of it; there are no
// greys and no dither. What the codes on the paper say is read back by [Check],
// as from our own labels.
//
// What PDFium can repair it repairs without a word. So a PDF whose table of
// contents is wrong, or whose end is missing, is Broken here although most
// viewers show it: what is missing from it nobody knows. Damage within a
// page's own content stays unseen but for its barcodes.
package pdfin

import (
	"bytes"
	"cmp"
	"context"
	"time"

	"miandan/templates/scene"
)

// Limits bound what a document may cost. Zero values are replaced by those of
// DefaultLimits.
type Limits struct {
	Bytes  int           // of the document
	Pages  int           // in the document
	Dots   int           // of a picture, and of what is drawn
	Memory int           // bytes that the PDF reader may use for itself
	Time   time.Duration // for opening, and for each page drawn
}

// DefaultLimits let pass what carriers make: measured, a label takes 30 MB and
// a tenth of a second, an A4 page scanned in colour 110 MB and a second.
func DefaultLimits() Limits {
	return Limits{Bytes: 16 << 20, Pages: 200, Dots: 40_000_000, Memory: 256 << 20, Time: 10 * time.Second}
}

func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	return Limits{
		cmp.Or(l.Bytes, d.Bytes), cmp.Or(l.Pages, d.Pages), cmp.Or(l.Dots, d.Dots),
		cmp.Or(l.Memory, d.Memory), cmp.Or(l.Time, d.Time),
	}
}

// Page is a page's size as a viewer shows it, but that PDFium knows no UserUnit.
type Page struct {
	Width, Height float64 // millimetres; of a picture dots
}

// pointsPerMM is a PDF's own unit.
const pointsPerMM = 72 / 25.4

// Frame is the paper of a printer.
type Frame struct {
	Grid          scene.Grid
	Width, Height scene.Length
}

func (f Frame) dots() (w, h int) { return f.Grid.Dots(f.Width), f.Grid.Dots(f.Height) }

// Tolerance is by how much a page may differ from the paper on each side and
// still be that paper: page boxes are often rounded to whole points (0.35 mm).
// A page that differs is not scaled: its upper left corner is put on the
// paper's, and what stands out below and on the right is cut or left white.
const Tolerance = 500 * scene.Length(1)

// Kind is what a document is.
type Kind uint8

// The kinds that are read.
const (
	PDF Kind = iota + 1
	PNG
	JPEG
)

// KindOf looks at the first bytes of a document; 0 is none of the kinds. PDFium
// and other readers want the mark of a PDF within the first 1,024 bytes.
func KindOf(b []byte) Kind {
	switch {
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		return PNG
	case bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		return JPEG
	case bytes.Contains(b[:min(len(b), 1024)], []byte("%PDF-")):
		return PDF
	}
	return 0
}

// Open opens a document in a child process of its own, which Close ends. The
// error is a Problem, or ctx's.
func (r *Reader) Open(ctx context.Context, document []byte) (*Document, error) {
	limits := r.Limits.orDefault()
	kind := KindOf(document)
	switch {
	case kind == 0:
		return nil, NotPDF
	case len(document) > limits.Bytes:
		return nil, TooLarge
	case kind == PDF && !bytes.Contains(document[max(0, len(document)-1024):], []byte("%%EOF")):
		return nil, Broken
	}
	child, err := r.start(ctx, header{
		Kind: kind, Pages: uint32(limits.Pages), Dots: uint64(limits.Dots), Memory: uint64(limits.Memory), Time: limits.Time,
	})
	if err != nil {
		return nil, err
	}
	d := &Document{child: child, kind: kind, limits: limits}
	answer, err := child.ask(ctx, limits.Time, 16*limits.Pages, document)
	if err == nil {
		d.pages, err = readPages(answer, limits.Pages)
	}
	if err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

// Document is an open document. It is not safe for concurrent use.
type Document struct {
	child  *child
	kind   Kind
	limits Limits
	pages  []Page
}

// Kind returns what the document is.
func (d *Document) Kind() Kind { return d.kind }

// Pages returns the sizes of the document's pages, one at least.
func (d *Document) Pages() []Page { return d.pages }

// Close ends the child process.
func (d *Document) Close() { d.child.end() }
