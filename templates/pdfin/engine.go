package pdfin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	pdfium "github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/enums"
	pdfiumerrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// engine is PDFium in WebAssembly.
type engine struct {
	pdfium pdfium.Pdfium
	memory *memory
}

// startEngine starts PDFium with so many bytes of memory. Compiled it comes
// from the cache folder if that has it.
func startEngine(ctx context.Context, cache string, most int) (*engine, error) {
	config := wazero.NewRuntimeConfig().
		// PDFium's setjmp is compiled to exceptions.
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling)
	if cache != "" {
		if err := ownFolder(cache); err != nil {
			return nil, fmt.Errorf("the cache folder: %w", err)
		}
		kept, err := wazero.NewCompilationCacheWithDir(cache)
		if err != nil {
			return nil, fmt.Errorf("the cache folder: %w", err)
		}
		config = config.WithCompilationCache(kept)
	}
	e := &engine{memory: &memory{most: uint64(most)}}
	ctx = experimental.WithMemoryAllocator(ctx, e.memory)
	pool, err := webassembly.Init(webassembly.Config{
		Context: ctx, MaxTotal: 1, MaxIdle: 1, RuntimeConfig: config,
		FSConfig: wazero.NewFSConfig(), // no folder at all
		Stdout:   io.Discard, Stderr: io.Discard,
	})
	if err != nil {
		return nil, fmt.Errorf("start PDFium: %w", err)
	}
	if e.pdfium, err = pool.GetInstance(time.Minute); err != nil {
		return nil, fmt.Errorf("start PDFium: %w", err)
	}
	return e, nil
}

// memory is PDFium's memory. It is all there from the beginning, so that it
// need not be copied when it grows; the system gives a page when it is first
// written to.
type memory struct {
	most    uint64
	all     []byte
	refused bool
}

func (m *memory) Allocate(_, _ uint64) experimental.LinearMemory {
	m.all = make([]byte, m.most)
	return m
}

func (m *memory) Reallocate(size uint64) []byte {
	if size > m.most {
		m.refused = true
		return nil
	}
	return m.all[:size]
}

func (m *memory) Free() { m.all = nil }

// problem says why a call of PDFium's failed. Short of memory it may as well
// go on and leave something out, so this is asked after what went well, too.
func (e *engine) problem(err error) error {
	switch {
	case e.memory.refused:
		return TooMuchMemory
	case errors.Is(err, pdfiumerrors.ErrPassword), errors.Is(err, pdfiumerrors.ErrSecurity):
		return Encrypted
	case err != nil:
		return Broken
	}
	return nil
}

// file is a PDF that is open.
type file struct {
	*engine
	document references.FPDF_DOCUMENT
	most     int // pages
}

func (e *engine) open(b []byte, pages int) (*file, error) {
	opened, err := e.pdfium.FPDF_LoadMemDocument(&requests.FPDF_LoadMemDocument{Data: &b})
	if err := e.problem(err); err != nil {
		return nil, err
	}
	sound, err := e.pdfium.FPDF_DocumentHasValidCrossReferenceTable(&requests.FPDF_DocumentHasValidCrossReferenceTable{Document: opened.Document})
	if err := e.problem(err); err != nil {
		return nil, err
	}
	if !sound.DocumentHasValidCrossReferenceTable {
		return nil, Broken
	}
	return &file{e, opened.Document, pages}, nil
}

func (f *file) pages() ([]Page, error) {
	count, err := f.pdfium.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: f.document})
	if err := f.problem(err); err != nil {
		return nil, err
	}
	switch {
	case count.PageCount < 1:
		return nil, Broken
	case count.PageCount > f.most:
		return nil, TooManyPages
	}
	var all []Page
	for i := range count.PageCount {
		size, err := f.pdfium.FPDF_GetPageSizeByIndex(&requests.FPDF_GetPageSizeByIndex{Document: f.document, Index: i})
		if err := f.problem(err); err != nil {
			return nil, err
		}
		all = append(all, Page{size.Width / pointsPerMM, size.Height / pointsPerMM})
	}
	return all, nil
}

// band is how many pixels are drawn at a time.
const band = 8 << 20

func (f *file) draw(o order, k int, each func(int, []byte, int)) error {
	size, err := f.pdfium.FPDF_GetPageSizeByIndex(&requests.FPDF_GetPageSizeByIndex{Document: f.document, Index: int(o.Page)})
	if err := f.problem(err); err != nil {
		return NoPage
	}
	w, h := size.Width, size.Height
	if o.Turn.lying() {
		w, h = h, w
	}
	pixels := func(dots float64) int { return int(math.Round(dots * float64(k))) }
	width, height := pixels(w*o.Scale), pixels(h*o.Scale)
	if width < 1 || height < 1 || width > 1<<20 || height > 1<<20 {
		return TooLarge
	}
	rows := min(int(o.Height), max(1, band/(int(o.Width)*k*k)))
	bitmap, err := f.pdfium.FPDFBitmap_CreateEx(&requests.FPDFBitmap_CreateEx{
		Width: int(o.Width) * k, Height: rows * k, Format: enums.FPDF_BITMAP_FORMAT_GRAY, Pointer: uint64(0),
	})
	if err := f.problem(err); err != nil {
		return err
	}
	for top := 0; top < int(o.Height); top += rows {
		pixelsOfBand, err := f.drawBand(bitmap.Bitmap, o, requests.FPDF_RenderPageBitmap{
			StartX: pixels(o.Left + nudge), StartY: pixels(o.Top+nudge) - top*k, SizeX: width, SizeY: height,
		}, int(o.Width)*k, rows*k)
		if err := f.problem(err); err != nil {
			return err
		}
		stride := len(pixelsOfBand) / (rows * k)
		for y := 0; y < rows && top+y < int(o.Height); y++ {
			each(top+y, pixelsOfBand[y*k*stride:], stride)
		}
	}
	return nil
}

// drawBand draws the page once into a bitmap, which shows a part of it.
func (f *file) drawBand(bitmap references.FPDF_BITMAP, o order, r requests.FPDF_RenderPageBitmap, width, height int) ([]byte, error) {
	_, err := f.pdfium.FPDFBitmap_FillRect(&requests.FPDFBitmap_FillRect{Bitmap: bitmap, Width: width, Height: height, Color: 0xFFFFFFFF})
	if err != nil {
		return nil, err
	}
	r.Bitmap = bitmap
	r.Page = requests.Page{ByIndex: &requests.PageByIndex{Document: f.document, Index: int(o.Page)}}
	r.Rotate = enums.FPDF_PAGE_ROTATION(o.Turn)
	// As on paper, with annotations. Pictures are not smoothed: what was dots
	// stays dots.
	r.Flags = enums.FPDF_RENDER_FLAG_ANNOT | enums.FPDF_RENDER_FLAG_PRINTING | enums.FPDF_RENDER_FLAG_GRAYSCALE |
		enums.FPDF_RENDER_FLAG_RENDER_NO_SMOOTHIMAGE
	if _, err := f.pdfium.FPDF_RenderPageBitmap(&r); err != nil {
		return nil, err
	}
	buffer, err := f.pdfium.FPDFBitmap_GetBuffer(&requests.FPDFBitmap_GetBuffer{Bitmap: bitmap})
	if err != nil {
		return nil, err
	}
	if len(buffer.Buffer) < width*height {
		return nil, Broken
	}
	return buffer.Buffer, nil
}
