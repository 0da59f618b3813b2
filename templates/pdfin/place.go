package pdfin

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"time"

	"miandan/printer/bitmap"
	"miandan/templates/scene"
)

// Turn is how a page is laid on the paper, clockwise.
type Turn uint8

// The turns.
const (
	Upright Turn = iota
	Right        // a quarter
	Over         // a half
	Left         // three quarters
)

func (t Turn) lying() bool { return t == Right || t == Left }

// Way is what may be done so that a page gets on the paper.
type Way uint8

// The ways.
const (
	// Exact takes pages of the paper's size, within Tolerance, and pictures of
	// exactly the paper's dots.
	Exact Way = iota
	// Cut takes a part of a larger page, of the paper's size: a label in the
	// corner of an A4 sheet.
	Cut
	// Fit makes a page smaller or larger until it just fits, and then a little
	// smaller until the modules of its barcodes are whole dots. Where they will
	// not be so, or would be narrower than scanners read, it is Uneven.
	Fit
)

// How is how a page is put on paper. Its zero value is as it is.
type How struct {
	Turn Turn
	Way  Way
	// Left and Top say for Cut where on the turned page the paper begins.
	Left, Top scene.Length
}

// Dots returns a page as dots of the frame; pages count from 0. The error is a
// Problem, a *SizeError, or ctx's. After most errors the document has to be
// opened anew.
func (d *Document) Dots(ctx context.Context, page int, f Frame, how How) (*bitmap.Image, error) {
	if page < 0 || page >= len(d.pages) {
		return nil, NoPage
	}
	w, h := f.dots()
	if w < 1 || h < 1 || w > d.limits.Dots/h {
		return nil, TooLarge
	}
	ctx, cancel := context.WithTimeoutCause(ctx, d.limits.Time, TooSlow)
	defer cancel()
	o := order{Page: uint32(page), Turn: how.Turn % 4, Fine: fineness, Scale: d.scale(f.Grid), Width: uint32(w), Height: uint32(h)}
	switch wide, high := d.size(page, o); how.Way {
	case Cut:
		o.Left, o.Top = -f.Grid.Exact(how.Left), -f.Grid.Exact(how.Top)
		if how.Left < 0 || how.Top < 0 || !d.holds(wide+o.Left, high+o.Top, f) {
			return nil, d.sizeError(page, o, f)
		}
	case Fit:
		return d.fit(ctx, o, wide, high, f)
	default:
		if !d.equals(wide, high, f) {
			return nil, d.sizeError(page, o, f)
		}
	}
	return d.settled(ctx, o, f)
}

// settled draws a page and, if bars that could be whole dots are not, moves it
// by a part of a dot until they are. A generator that knows nothing of dots puts
// them anywhere, and drawn a little narrower than they are, as some do against
// ink that spreads, thin bars vanish at some places and not at others.
func (d *Document) settled(ctx context.Context, o order, f Frame) (*bitmap.Image, error) {
	began := time.Now()
	best, err := d.drawn(ctx, o, f)
	if err != nil || d.kind != PDF {
		return best, err
	}
	took := time.Since(began)
	good, all, likely := wholeCodes(best, f.Grid)
	for _, move := range []float64{0.25, -0.25, 0.5} {
		// What is drawn is better than what took too long in the end.
		if !likely || good == all && all > 0 || time.Since(began)+2*took > d.limits.Time {
			break
		}
		moved := o
		moved.Left, moved.Top = o.Left+move, o.Top+move
		m, err := d.drawn(ctx, moved, f)
		if err != nil {
			return nil, err
		}
		if n, found, _ := wholeCodes(m, f.Grid); n > good {
			best, good, all = m, n, max(all, found)
		}
	}
	return best, nil
}

// wholeCodes counts the codes whose bars are whole dots, and all codes, and
// says whether anything looks like bars, read or not.
func wholeCodes(m *bitmap.Image, g scene.Grid) (whole, all int, likely bool) {
	codes, tried := findCodes(m, g, false)
	for _, c := range codes {
		if c.Whole {
			whole++
		}
	}
	return whole, len(codes), tried > 0
}

// scale is dots to a point, or to a dot of a picture.
func (d *Document) scale(g scene.Grid) float64 {
	if d.kind == PDF {
		return float64(g) / pointsPerMM
	}
	return 1
}

// size returns the size of the turned page in dots of the frame.
func (d *Document) size(page int, o order) (w, h float64) {
	unit := o.Scale
	if d.kind == PDF {
		unit *= pointsPerMM
	}
	w, h = d.pages[page].Width*unit, d.pages[page].Height*unit
	if o.Turn.lying() {
		w, h = h, w
	}
	return w, h
}

func (d *Document) tolerance(f Frame) float64 {
	if d.kind == PDF {
		return f.Grid.Exact(Tolerance) + 0.01
	}
	return 0
}

func (d *Document) equals(w, h float64, f Frame) bool {
	return d.holds(w, h, f) && d.within(w, h, f)
}

// holds reports whether the paper fits on a page of w × h dots.
func (d *Document) holds(w, h float64, f Frame) bool {
	wantW, wantH := f.dots()
	return w >= float64(wantW)-d.tolerance(f) && h >= float64(wantH)-d.tolerance(f)
}

func (d *Document) within(w, h float64, f Frame) bool {
	wantW, wantH := f.dots()
	return w <= float64(wantW)+d.tolerance(f) && h <= float64(wantH)+d.tolerance(f)
}

func (d *Document) sizeError(page int, o order, f Frame) error {
	p := d.pages[page]
	if o.Turn.lying() {
		p.Width, p.Height = p.Height, p.Width
	}
	e := &SizeError{Width: p.Width, Height: p.Height, WantWidth: f.Width.MM(), WantHeight: f.Height.MM()}
	if d.kind != PDF {
		w, h := f.dots()
		e.WantWidth, e.WantHeight, e.Dots = float64(w), float64(h), true
	}
	return e
}

// drawn has the child draw.
func (d *Document) drawn(ctx context.Context, o order, f Frame) (*bitmap.Image, error) {
	var b bytes.Buffer
	binary.Write(&b, binary.LittleEndian, o)
	m := bitmap.New(int(o.Width), int(o.Height))
	bits, err := d.child.ask(ctx, d.limits.Time, len(m.Bits), b.Bytes())
	if err != nil {
		return nil, err
	}
	if len(bits) != len(m.Bits) {
		return nil, Broken
	}
	m.Bits, m.PerMetre = bits, int(math.Round(float64(f.Grid)*1000))
	clearPadding(m)
	return m, nil
}

// clearPadding makes white what a child may have put behind the rows' ends.
func clearPadding(m *bitmap.Image) {
	if m.Width%8 == 0 {
		return
	}
	for y := range m.Height {
		m.Row(y)[m.Stride-1] &= 0xFF << (8 - m.Width%8)
	}
}
