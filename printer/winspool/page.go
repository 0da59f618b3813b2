package winspool

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"

	"miandan/printer"
	"miandan/printer/bitmap"
)

// paper is a size that a driver knows by a number (DC_PAPERS, DC_PAPERSIZE), in
// tenths of a millimetre.
type paper struct {
	id            uint16
	width, height int
}

// setting is how a driver is told the paper: as one of its own, or by its
// measures in tenths of a millimetre.
type setting struct {
	id            uint16 // 0 is none of its own
	width, height int    // 0 if it is one of its own
}

// userPaper is the number that some drivers want beside the measures
// (DMPAPER_USER); others take it for a paper of that number.
const userPaper = 256

const (
	// samePaper is how far, in 0.1 mm, one of the driver's own sizes may be from the
	// label's and be the better choice than measures.
	samePaper = 2
	// paperSlack is how far it may be at all: drivers count in points or inches.
	paperSlack = 10
)

// settings are the ways to ask for a paper, the best first. Only the canvas that
// comes of it shows what a driver made of them.
func settings(papers []paper, width, height int) []setting {
	off := func(p paper) int { return max(abs(p.width-width), abs(p.height-height)) }
	near := slices.DeleteFunc(slices.Clone(papers), func(p paper) bool { return p.id == 0 || off(p) > paperSlack })
	slices.SortStableFunc(near, func(a, b paper) int { return cmp.Compare(off(a), off(b)) })
	var same, other []setting
	for _, p := range near {
		if off(p) <= samePaper {
			same = append(same, setting{id: p.id})
		} else {
			other = append(other, setting{id: p.id})
		}
	}
	measures := []setting{{width: width, height: height}, {id: userPaper, width: width, height: height}}
	return slices.Concat(same, measures, other)
}

func abs(n int) int { return max(n, -n) }

// caps are a canvas's measures in dots (GetDeviceCaps).
type caps struct {
	dpiX, dpiY          int // LOGPIXELSX and Y
	width, height       int // of what can be printed on
	pageWidth, pageHigh int // of the paper
	left, top           int // of what can be printed on, on the paper
}

// check sees that the dots of a job come out one to one, on its own paper, all
// of them.
func (c caps) check(j printer.Job) error {
	// 8 dots a millimetre are 203.2 to the inch, and a driver says 203.
	if want := float64(j.Image.PerMetre) * 0.0254; math.Abs(float64(c.dpiX)-want) >= 1 || math.Abs(float64(c.dpiY)-want) >= 1 {
		return fmt.Errorf("%w: %d × %d dpi, not %.0f", ErrResolution, c.dpiX, c.dpiY, want)
	}
	slack := paperSlack*c.dpiX/254 + 1
	width, height := dots(j.Width, c.dpiX), dots(j.Height, c.dpiY)
	if abs(c.pageWidth-width) > slack || abs(c.pageHigh-height) > slack {
		return fmt.Errorf("%w: %d × %d dots, not %d × %d", ErrNoPaper, c.pageWidth, c.pageHigh, width, height)
	}
	if !whiteOutside(j.Image, c.left, c.top, c.width, c.height) {
		return fmt.Errorf("%w: of %d × %d dots at %d, %d", ErrMargins, c.width, c.height, c.left, c.top)
	}
	return nil
}

// dots converts micrometres.
func dots(um, dpi int) int { return (um*dpi + 12_700) / 25_400 }

// whiteOutside reports whether no dot is black outside a rectangle.
func whiteOutside(m *bitmap.Image, x, y, w, h int) bool {
	rest := bitmap.New(m.Width, m.Height)
	copy(rest.Bits, m.Bits)
	rest.FillRect(x, y, w, h, false)
	return !slices.ContainsFunc(rest.Bits, func(b byte) bool { return b != 0 })
}

// fits sees that the queue's driver can print the job.
func fits(q queue, j printer.Job) error {
	if j.Image == nil || j.Image.PerMetre <= 0 || j.Width <= 0 || j.Height <= 0 {
		return errors.New("the job has no dots, or does not say how large they or its paper are")
	}
	runtime.LockOSThread() // a canvas belongs to the thread that opened it
	defer runtime.UnlockOSThread()
	c, err := openCanvas(q, j)
	if err != nil {
		return err
	}
	return c.close()
}

// openCanvas opens the driver on the job's paper.
func openCanvas(q queue, j printer.Job) (canvas, error) {
	papers, err := q.papers()
	if err != nil {
		return nil, err
	}
	var first error
	for _, s := range settings(papers, tenths(j.Width), tenths(j.Height)) {
		c, err := q.canvas(s)
		if err == nil {
			if err = c.caps().check(j); err == nil {
				return c, nil
			}
			c.close()
		}
		// Of several troubles that which no paper cures comes first.
		if first == nil || errors.Is(first, ErrNoPaper) && !errors.Is(err, ErrNoPaper) {
			first = err
		}
	}
	return nil, first
}

func tenths(um int) int { return (um + 50) / 100 }

// drawPage hands the document over as a page of the driver's.
func (c *Conn) drawPage(q queue) (id uint32, err error) {
	pic, err := readPicture(c.document.Bytes())
	if err != nil {
		return 0, unprinted(err)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	canvas, err := openCanvas(q, c.job)
	if err != nil {
		return 0, unprinted(err)
	}
	defer canvas.close()
	if id, err = canvas.startDoc(c.job.Name); err != nil {
		return 0, unprinted(err)
	}
	if err := drawDoc(canvas, pic); err != nil {
		return id, c.giveUp(q, id, canvas.abortDoc, err)
	}
	return id, nil
}

func drawDoc(c canvas, p picture) error {
	if err := c.startPage(); err != nil {
		return err
	}
	// The canvas begins where the printer can print, the label at the paper's edge.
	at := c.caps()
	if err := c.draw(p, -at.left, -at.top); err != nil {
		return err
	}
	if err := c.endPage(); err != nil {
		return err
	}
	return c.endDoc()
}

// picture is a bitmap as GDI draws it, the top row first.
type picture struct {
	width, height int
	info          []byte // BITMAPINFO with two colours
	bits          []byte // rows of whole double words
}

// readPicture takes apart what page.Bitmap wrote. Each part has memory of its
// own, aligned as GDI wants it.
func readPicture(file []byte) (picture, error) {
	const header, info = 14, 40 + 8
	le := binary.LittleEndian
	if len(file) < header+info || string(file[:2]) != "BM" || le.Uint32(file[header:]) != 40 || le.Uint16(file[header+14:]) != 1 {
		return picture{}, errors.New("the driver of a queue draws bitmaps, and the document is none: the printer needs language page")
	}
	p := picture{
		width: int(int32(le.Uint32(file[header+4:]))), height: -int(int32(le.Uint32(file[header+8:]))),
		info: slices.Clone(file[header : header+info]), bits: slices.Clone(file[header+info:]),
	}
	if p.width <= 0 || p.height <= 0 || len(p.bits) != (p.width+31)/32*4*p.height {
		return picture{}, errors.New("the label's bitmap is not whole")
	}
	return p, nil
}
