// Package tspl speaks TSPL, the language of TSC's label printers and of most
// four-inch waybill printers that are sold under other names.
//
// A label goes out as one BITMAP over the whole page, never as TEXT and BARCODE:
// fonts and modules differ between makers, paper must look like the preview, and
// there is firmware that drops every drawing command but this one.
//
// A set bit is white here, in the padding at a row's end too, where a black one
// would be a stripe along the label's edge.
//
// What is not set is not sent, so that a person's setting on the printer stays:
// SET and DENSITY survive the power switch. The exceptions are what the dots'
// place on the paper depends on.
package tspl

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/klauspost/compress/zlib"

	"miandan/printer"
	"miandan/printer/bitmap"
)

// Driver encodes for one printer. The zero value suits a printer of 8 dots a
// millimetre that is calibrated for its labels.
type Driver struct {
	// Width is the head in dots; a wider label is refused. 0 takes any.
	Width int
	// PerMetre is the head's dots a metre: 8000 at 203 dpi, 11811 at 300. 0 takes
	// the picture's, or else 8000. SIZE is in millimetres and depends on it.
	PerMetre int
	// Media says how the printer finds the next label, Gap how high the gap or
	// the mark is and GapOffset how far it stands from the label's end, both in
	// micrometres. With a Media of "" neither is sent.
	Media          Media
	Gap, GapOffset int
	// Feed is how much further than the label's end the paper goes, in
	// micrometres; it adjusts where a label is torn off, peeled or cut.
	Feed int
	// Density is the heat, 1 to 15, and Speed the paper's in tenths of an inch a
	// second, 10 to 180; 15 is 1.5 inch/s. 0 leaves them as the printer is set.
	Density, Speed int
	// ReferenceX and ReferenceY move the label on the paper, in dots to the right
	// and down.
	ReferenceX, ReferenceY int
	// UpsideDown turns the label by 180°, Mirror flips it. Firmware may not know
	// Mirror, which is why it is sent only if set.
	UpsideDown, Mirror bool
	Copies             int // 0 stands for 1
	// Finish says what becomes of a printed label.
	Finish Finish
	// Invert is for firmware in which, unlike TSC's, a set bit is black.
	Invert bool
	// Zlib compresses the picture. It is no part of TSC's language: some OEM
	// firmware takes a zlib stream in mode 3, other expects LZO there, and the
	// rest reads the picture as commands. Only after a test print.
	Zlib bool

	// Extended asks by ESC !S, which names more faults, instead of ESC !?, which
	// more firmware answers.
	Extended bool
	// Immediate sends ~!E before a question, without which some firmware ignores
	// all that begin with ESC !.
	Immediate bool
	// Response makes the printer report each printed label, as Gprinter's can.
	// Where it works it is the better proof, and it is the only one then.
	Response bool
	// Pause is the time between two questions while a label is being printed; 0
	// stands for 100 ms.
	Pause time.Duration
}

var (
	_ printer.Driver       = Driver{}
	_ printer.StatusReader = Driver{}
	_ printer.Confirmer    = Driver{}
)

// Media is how the printer finds the next label.
type Media string

const (
	AsSet      Media = ""           // as the printer is set
	Gap        Media = "gap"        // die-cut labels
	BlackMark  Media = "mark"       // a black bar on the back
	Continuous Media = "continuous" // no labels at all
)

// Finish is what becomes of a printed label.
type Finish string

const (
	FinishAsSet Finish = ""     // as the printer is set
	TearOff     Finish = "tear" // fed to the tear bar
	Peel        Finish = "peel" // peeled off the liner; the next one waits until it is taken
	Cut         Finish = "cut"  // cut after each label
)

// The language's limits, TSC's unless another source is named.
const (
	maxDensity = 15
	minSpeed   = 10 // no model is known to go slower
	maxSpeed   = 180
	maxFeed    = 25_400 // one inch, either way
	maxGap     = 25_400
	maxCopies  = 9999 // our own
	maxDots    = 32_000
)

// Check reports a setting that cannot be.
func (d Driver) Check() error {
	for _, c := range []struct {
		what             string
		value, low, high int
	}{
		{"width in dots", d.Width, 0, maxDots},
		{"dots a metre", d.PerMetre, 0, 24_000},
		{"gap in micrometres", d.Gap, 0, maxGap},
		{"gap offset in micrometres", d.GapOffset, -maxGap, maxGap},
		{"feed in micrometres", d.Feed, -maxFeed, maxFeed},
		{"density", d.Density, 0, maxDensity},
		{"speed in tenths of an inch a second", d.Speed, 0, maxSpeed},
		{"reference x", d.ReferenceX, 0, maxDots},
		{"reference y", d.ReferenceY, 0, maxDots},
		{"number of copies", d.Copies, 0, maxCopies},
	} {
		if c.value < c.low || c.value > c.high {
			return fmt.Errorf("tspl: %s is %d, want %d to %d", c.what, c.value, c.low, c.high)
		}
	}
	if d.Speed != 0 && d.Speed < minSpeed {
		return fmt.Errorf("tspl: speed of %d tenths of an inch a second, want %d to %d", d.Speed, minSpeed, maxSpeed)
	}
	if _, err := d.media(); err != nil {
		return err
	}
	_, err := d.Finish.commands()
	return err
}

// Encode writes the label. The job's mark is not in it: the language has no
// process IDs.
func (d Driver) Encode(w io.Writer, j printer.Job) error {
	if err := d.Check(); err != nil {
		return err
	}
	m := j.Image
	switch {
	case m == nil || m.Width <= 0 || m.Height <= 0:
		return errors.New("tspl: the job has no picture")
	case m.Width > maxDots || m.Height > maxDots:
		return fmt.Errorf("tspl: the label has %d×%d dots, at most %d each are possible", m.Width, m.Height, maxDots)
	case d.Width > 0 && m.Width > d.Width:
		return fmt.Errorf("tspl: the label is %d dots wide, the printer %d", m.Width, d.Width)
	}
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	b.Grow(len(m.Bits) + 512)
	if err := d.page(b, j); err != nil {
		return err
	}
	if err := d.picture(b, m); err != nil {
		return err
	}
	fmt.Fprintf(b, "PRINT 1,%d\r\n", d.copies())
	_, err := w.Write(b.Bytes())
	return err
}

// buffers are used again: a label's dots are more than all else it takes.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// compressors are used again, for making one takes as long as a label's dots. At
// this level the stream begins with 78 9C, as the makers' own does.
var compressors = sync.Pool{New: func() any { return zlib.NewWriter(io.Discard) }}

// picture writes the dots. The printer takes exactly as many bytes as the
// command announces and reads whatever follows as commands.
func (d Driver) picture(b *bytes.Buffer, m *bitmap.Image) error {
	if !d.Zlib {
		fmt.Fprintf(b, "BITMAP 0,0,%d,%d,0,", m.Stride, m.Height)
		b.Grow(len(m.Bits))
		b.Write(d.dots(b.AvailableBuffer()[:len(m.Bits)], m))
		b.WriteString("\r\n")
		return nil
	}
	var packed bytes.Buffer
	z := compressors.Get().(*zlib.Writer)
	defer compressors.Put(z)
	z.Reset(&packed)
	if _, err := z.Write(d.dots(make([]byte, len(m.Bits)), m)); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	fmt.Fprintf(b, "BITMAP 0,0,%d,%d,3,%d,", m.Stride, m.Height, packed.Len())
	b.Write(packed.Bytes())
	b.WriteString("\r\n")
	return nil
}

// dots returns the dots as the printer wants them, written into to if they are not
// the picture's own.
func (d Driver) dots(to []byte, m *bitmap.Image) []byte {
	if d.Invert {
		return m.Bits
	}
	bitmap.Invert(to, m.Bits)
	return to
}

// EncodeResync writes what ends a picture that broke off, if there is one, and
// prints nothing: as many bytes as may be missing of a label like the job's, then
// CLS, by which what has been drawn is gone. They are empty lines, which mean
// nothing to a printer that misses none. A label that lacks no more than the end
// of its last line, PRINT, is printed by whatever comes next.
func (d Driver) EncodeResync(w io.Writer, j printer.Job) error {
	if j.Image == nil {
		return errors.New("tspl: the job has no picture")
	}
	lines := len(j.Image.Bits)/2 + 256 // more than zlib's stream of noise has over the dots
	_, err := w.Write(append(bytes.Repeat([]byte("\r\n"), lines), "CLS\r\n"...))
	return err
}

func (d Driver) copies() int { return max(d.Copies, 1) }
