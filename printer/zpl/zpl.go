// Package zpl speaks ZPL II, the language of Zebra's label printers and of many
// that imitate them.
//
// A label goes out as one picture in ^GF fields, never as text and barcode
// fields: fonts and modules differ between makers, and paper must look like the
// preview. Nothing of the label's text is in the bytes, so that nothing in an
// order can be a command; nor is ^CI, which only text would need and which would
// stay behind for whoever prints next.
//
// The picture is hexadecimal. Raw bytes would be half as long, but hold ^, ~ and
// zeros, which text gateways and clones take for commands; and run lengths, which
// every printer since the first knows, make a label shorter than its raw dots.
//
// Of a carrier's 100×150 mm at 203 dpi, 120 kB of dots, run lengths make 40 to
// 50 kB: a row of small hanzi has hardly any runs, and rarely is like the one
// above. Cutting the picture into more fields, around what is white and where rows
// repeat, does not bring it to half: the best of all cuts into bands and columns,
// found by trying them all, needs 29 to 35 kB in hundreds of fields. About the least
// is what the glyphs need, each cut out to the dot and moved to where its
// digits are fewest, 260 of them with 26 bytes of ^FO and ^GF before each, while
// codes, rules and boxes cost nothing. In kB, of the layouts in the program:
//
//	              as it is sent  glyphs alone  with fields    zlib in base 64
//	deppon                 49.7          29.2         36.4               20.0
//	ems                    40.1          22.5         28.5               15.2
//	jd-express             43.3          24.4         31.5               17.6
//	jt                     43.9          26.6         33.5               18.2
//	packing-slip           27.8          18.4         23.9               11.7
//	sf                     48.8          25.6         32.4               18.2
//	sto                    46.6          27.9         34.9               18.9
//	wujie                  44.7          26.7         33.4               17.7
//	yto                    44.3          26.0         32.7               17.4
//	yunda                  45.4          26.4         33.6               17.8
//	zto                    47.1          27.1         34.0               18.7
//
// Only a packing slip, which has little text, could be below 25 kB. Zlib in base 64
// is what printers that are known to read it should have.
//
// What is not set is not sent, so that a person's setting on the printer stays.
package zpl

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"miandan/printer"
	"miandan/printer/bitmap"
)

// Driver encodes for one printer. The zero value suits a printer that is
// calibrated for its labels.
type Driver struct {
	// Width is the head in dots; a wider label is refused. 0 takes any.
	Width int
	// Media says how the printer finds the next label, Ink how it blackens it.
	Media Media
	Ink   Ink
	// Darkness is the heat, 1 to 30 (~SD); DarknessBy changes what the printer is
	// set to by −30 to 30 (^MD). Speed is the paper's in inches a second, 1 to 14.
	// 0 leaves them as the printer is set.
	Darkness, DarknessBy, Speed int
	// ReferenceX and ReferenceY move the label on the paper, in dots to the right
	// and down (^LH). Top moves it in the paper's direction, −120 to 120 dots
	// (^LT); unlike them it is left alone if 0, for it is what people adjust on
	// the printer itself.
	ReferenceX, ReferenceY, Top int
	UpsideDown                  bool // turns the label by 180°
	Copies                      int  // 0 stands for 1
	// Finish says what becomes of a printed label.
	Finish Finish
	// Compression is what the printer understands; the shortest form that it does
	// is taken.
	Compression Compression
	// FieldBytes is the largest picture, in bytes of dots, that goes into one
	// field; 0 stands for 99999, which is all that the language's guide allows.
	// Newer firmware takes more.
	FieldBytes int

	// Pause is the time between two questions while a label is being printed; 0
	// stands for 200 ms.
	Pause time.Duration
}

var (
	_ printer.Driver       = Driver{}
	_ printer.StatusReader = Driver{}
	_ printer.Confirmer    = Driver{}
	_ printer.Counter      = Driver{}
)

// Media is how the printer finds the next label.
type Media string

const (
	AsSet      Media = ""           // as the printer is set
	Gap        Media = "gap"        // die-cut labels, or a notch
	BlackMark  Media = "mark"       // a black bar on the back
	Continuous Media = "continuous" // no labels at all: the length is the label's
)

// Ink is how dots become black.
type Ink string

const (
	InkAsSet Ink = "" // as the printer is set
	Direct   Ink = "direct"
	Transfer Ink = "transfer" // by a ribbon
)

// Finish is what becomes of a printed label.
type Finish string

const (
	FinishAsSet Finish = ""     // as the printer is set
	TearOff     Finish = "tear" // fed to the tear bar
	Peel        Finish = "peel" // peeled off the liner; the next one waits until it is taken
	Cut         Finish = "cut"  // cut after each label
)

// Compression is how the dots may be packed.
type Compression string

const (
	Runs Compression = ""    // run lengths, which Zebra's have always known
	Z64  Compression = "z64" // zlib in base 64 as well; uneven on clones, so only after a test print
	Hex  Compression = "hex" // none, for clones that know no run lengths
)

// The language's limits.
const (
	maxDarkness = 30
	maxSpeed    = 14
	maxDots     = 32_000
	minWidth    = 2
	maxTop      = 120
	fieldBytes  = 99_999
	maxCopies   = 9999 // our own
)

// Check reports a setting that cannot be.
func (d Driver) Check() error {
	for _, c := range []struct {
		what             string
		value, low, high int
	}{
		{"width in dots", d.Width, 0, maxDots},
		{"darkness", d.Darkness, 0, maxDarkness},
		{"change of darkness", d.DarknessBy, -maxDarkness, maxDarkness},
		{"speed in inches a second", d.Speed, 0, maxSpeed},
		{"reference x", d.ReferenceX, 0, maxDots},
		{"reference y", d.ReferenceY, 0, maxDots},
		{"label top in dots", d.Top, -maxTop, maxTop},
		{"number of copies", d.Copies, 0, maxCopies},
		{"size of a field in bytes", d.FieldBytes, 0, 1 << 30},
	} {
		if c.value < c.low || c.value > c.high {
			return fmt.Errorf("zpl: %s is %d, want %d to %d", c.what, c.value, c.low, c.high)
		}
	}
	switch d.Compression {
	case Runs, Z64, Hex:
	default:
		return fmt.Errorf("zpl: unknown compression %q, want %q or %q", string(d.Compression), Z64, Hex)
	}
	var b bytes.Buffer
	return d.settings(&b)
}

// buffers are used again: a label's dots are more than all else it takes.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Encode writes the label. The job's mark is not in it: the language has no
// process IDs.
func (d Driver) Encode(w io.Writer, j printer.Job) error {
	if err := d.Check(); err != nil {
		return err
	}
	m := j.Image
	switch {
	case m == nil || m.Width <= 0 || m.Height <= 0:
		return errors.New("zpl: the job has no picture")
	case m.Width > maxDots || m.Height > maxDots:
		return fmt.Errorf("zpl: the label has %d×%d dots, at most %d each are possible", m.Width, m.Height, maxDots)
	case d.Width > 0 && m.Width > d.Width:
		return fmt.Errorf("zpl: the label is %d dots wide, the printer %d", m.Width, d.Width)
	}
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	if d.Darkness > 0 {
		fmt.Fprintf(b, "~SD%02d", d.Darkness)
	}
	// The width and length are sent each time: another job may have left its own.
	fmt.Fprintf(b, "^XA^PW%d^LL%d^LH%d,%d", max(m.Width+d.ReferenceX, minWidth), m.Height+d.ReferenceY, d.ReferenceX, d.ReferenceY)
	if err := d.settings(b); err != nil {
		return err
	}
	if err := d.picture(b, m); err != nil {
		return err
	}
	fmt.Fprintf(b, "^PQ%d,0,1,Y^XZ", d.copies())
	_, err := w.Write(b.Bytes())
	return err
}

// settings writes what the printer is to be set to.
func (d Driver) settings(b *bytes.Buffer) error {
	if d.Top != 0 {
		fmt.Fprintf(b, "^LT%d", d.Top)
	}
	if d.DarknessBy != 0 {
		fmt.Fprintf(b, "^MD%d", d.DarknessBy)
	}
	if d.Speed != 0 {
		fmt.Fprintf(b, "^PR%d", d.Speed)
	}
	switch d.Media {
	case AsSet:
	case Gap:
		b.WriteString("^MNY")
	case BlackMark:
		b.WriteString("^MNM")
	case Continuous:
		b.WriteString("^MNN")
	default:
		return fmt.Errorf("zpl: unknown media %q, want %q, %q or %q", string(d.Media), Gap, BlackMark, Continuous)
	}
	switch d.Ink {
	case InkAsSet:
	case Direct:
		b.WriteString("^MTD")
	case Transfer:
		b.WriteString("^MTT")
	default:
		return fmt.Errorf("zpl: unknown ink %q, want %q or %q", string(d.Ink), Direct, Transfer)
	}
	switch d.Finish {
	case FinishAsSet:
	case TearOff:
		b.WriteString("^MMT")
	case Peel:
		b.WriteString("^MMP")
	case Cut:
		b.WriteString("^MMC")
	default:
		return fmt.Errorf("zpl: unknown finish %q, want %q, %q or %q", string(d.Finish), TearOff, Peel, Cut)
	}
	if d.UpsideDown {
		b.WriteString("^POI")
	} else {
		b.WriteString("^PON")
	}
	return nil
}

// picture writes the dots, in as many fields as their size needs.
func (d Driver) picture(b *bytes.Buffer, m *bitmap.Image) error {
	limit := d.FieldBytes
	if limit == 0 {
		limit = fieldBytes
	}
	rows := max(limit/m.Stride, 1)
	for y := 0; y < m.Height; y += rows {
		band := m.Bits[y*m.Stride : min(y+rows, m.Height)*m.Stride]
		data, err := d.pack(band, m.Stride)
		if err != nil {
			return err
		}
		fmt.Fprintf(b, "^FO0,%d^GFA,%d,%d,%d,", y, len(band), len(band), m.Stride)
		b.Write(data)
		b.WriteString("^FS")
	}
	return nil
}

// smallBits is how many bytes of dots run lengths may pack shorter than zlib can,
// whose own frame has its length.
const smallBits = 2048

// pack is the shortest form of the dots that the printer understands. Run
// lengths are never longer than plain hexadecimal.
func (d Driver) pack(bits []byte, stride int) ([]byte, error) {
	switch d.Compression {
	case Hex:
		return packHex(bits), nil
	case Runs:
		return packRuns(bits, stride), nil
	}
	z64, err := packZ64(bits)
	if err != nil || len(bits) > smallBits {
		return z64, err
	}
	if runs := packRuns(bits, stride); len(runs) <= len(z64) {
		return runs, nil
	}
	return z64, nil
}

// EncodeResync writes what makes a printer forget half a format, if there is one,
// and prints nothing: ~JX, which leaves formats alone that are whole (Zebra's
// guide). Between a caret and its letters the first is lost. It is for the
// moment after a label broke off; while one is on its way it could be taken for
// that one's end.
func (d Driver) EncodeResync(w io.Writer, _ printer.Job) error {
	_, err := io.WriteString(w, "\r\n~JX\r\n~JX\r\n")
	return err
}

func (d Driver) copies() int { return max(d.Copies, 1) }
