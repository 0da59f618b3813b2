package pdfin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	pdfium "github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/enums"
	pdfiumerrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/structs"
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
	wasm, err := module()
	if err != nil {
		return nil, err
	}
	pool, err := webassembly.InitWithWASM(webassembly.Config{
		Context: ctx, WASM: wasm, MaxTotal: 1, MaxIdle: 1, RuntimeConfig: config,
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

// slant is by how many pixels the page leans over its whole width and height.
// PDFium blackens every pixel that an upright rectangle touches, so that bars
// would be wider than they are and gaps narrower; what leans it measures by
// area. Pictures that lean less than half a pixel it takes for upright.
const slant = 0.15

func (f *file) draw(o order, k int, each func(int, []byte, int)) error {
	size, err := f.pdfium.FPDF_GetPageSizeByIndex(&requests.FPDF_GetPageSizeByIndex{Document: f.document, Index: int(o.Page)})
	if err := f.problem(err); err != nil {
		return NoPage
	}
	width, height := int(o.Width)*k, int(o.Height)*k
	m, ok := matrix(o, float64(k), size.Width, size.Height)
	if !ok {
		return TooLarge
	}
	rows := min(int(o.Height), max(1, band/(width*k)))
	bitmap, err := f.pdfium.FPDFBitmap_CreateEx(&requests.FPDFBitmap_CreateEx{
		Width: width, Height: rows * k, Format: enums.FPDF_BITMAP_FORMAT_GRAY, Pointer: uint64(0),
	})
	if err := f.problem(err); err != nil {
		return err
	}
	lean := float32(slant / float64(max(width, height)))
	m = m.times(affine{1, lean, lean, 1, 0, 0})
	for top := 0; top < int(o.Height); top += rows {
		moved := m
		moved.f -= float32(top * k)
		pixels, err := f.drawBand(bitmap.Bitmap, int(o.Page), moved, width, rows*k)
		if err := f.problem(err); err != nil {
			return err
		}
		stride := len(pixels) / (rows * k)
		for y := 0; y < rows && top+y < int(o.Height); y++ {
			each(top+y, pixels[y*k*stride:], stride)
		}
	}
	return nil
}

// affine takes x, y to ax+cy+e, bx+dy+f.
type affine struct{ a, b, c, d, e, f float32 }

// times is first m, then n.
func (m affine) times(n affine) affine {
	return affine{
		m.a*n.a + m.b*n.c, m.a*n.b + m.b*n.d,
		m.c*n.a + m.d*n.c, m.c*n.b + m.d*n.d,
		m.e*n.a + m.f*n.c + n.e, m.e*n.b + m.f*n.d + n.f,
	}
}

// matrix takes a page as PDFium lays it out, in points from its upper left
// corner, to the pixels of the frame. It reports false for a page that is too
// small or too large to be one.
func matrix(o order, k, w, h float64) (affine, bool) {
	scale := o.Scale * k
	if !(w*scale >= 1 && h*scale >= 1 && w*scale <= 1<<20 && h*scale <= 1<<20) {
		return affine{}, false
	}
	m := affine{a: float32(scale), d: float32(scale)}
	pw, ph := float32(w*scale), float32(h*scale)
	switch o.Turn {
	case Right:
		m = m.times(affine{0, 1, -1, 0, ph, 0})
	case Over:
		m = m.times(affine{-1, 0, 0, -1, pw, ph})
	case Left:
		m = m.times(affine{0, -1, 1, 0, 0, pw})
	}
	m.e += float32((o.Left + nudge) * k)
	m.f += float32((o.Top + nudge) * k)
	return m, true
}

// drawBand draws the page once into a bitmap, which shows a part of it.
func (f *file) drawBand(bitmap references.FPDF_BITMAP, page int, m affine, width, height int) ([]byte, error) {
	_, err := f.pdfium.FPDFBitmap_FillRect(&requests.FPDFBitmap_FillRect{Bitmap: bitmap, Width: width, Height: height, Color: 0xFFFFFFFF})
	if err != nil {
		return nil, err
	}
	_, err = f.pdfium.FPDF_RenderPageBitmapWithMatrix(&requests.FPDF_RenderPageBitmapWithMatrix{
		Bitmap:   bitmap,
		Page:     requests.Page{ByIndex: &requests.PageByIndex{Document: f.document, Index: page}},
		Matrix:   structs.FPDF_FS_MATRIX{A: m.a, B: m.b, C: m.c, D: m.d, E: m.e, F: m.f},
		Clipping: structs.FPDF_FS_RECTF{Right: float32(width), Bottom: float32(height)},
		// As on paper, with annotations. Pictures are not smoothed: what was dots
		// stays dots.
		Flags: enums.FPDF_RENDER_FLAG_ANNOT | enums.FPDF_RENDER_FLAG_PRINTING | enums.FPDF_RENDER_FLAG_GRAYSCALE |
			enums.FPDF_RENDER_FLAG_RENDER_NO_SMOOTHIMAGE,
	})
	if err != nil {
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
