// Package cpcl speaks CPCL, the language of mobile label printers.
//
// A label goes out in pictures alone, in bands, since small printers choke on one
// that outgrows their buffer. Fonts and barcodes of the printer's own are not
// used: paper must look like the preview. "Compressed graphics", CG, is not
// compressed: it is EG with raw bytes instead of hexadecimal digits.
//
// What is not set is not sent, so that a person's setting on the printer stays.
//
// A printer that has half a label, and was not told that the line broke, cannot be
// brought out of it by bytes that are harmless in any case: what ends a picture
// within a label is printed as text outside of one. It has to be switched off and
// on.
package cpcl

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"sync"
	"time"

	"miandan/printer"
	"miandan/printer/bitmap"
)

// Driver encodes for one printer. The zero value suits a printer of 203 dpi that
// is calibrated for its labels.
type Driver struct {
	// Width is the head in dots; a wider label is refused. 0 takes any.
	Width int
	// Resolution stands in the label's first line; 0 stands for 200. The language
	// writes 200 for 203 dpi. What printers of 300 dpi expect is not certain: some
	// of their users write 200 as well, hence the setting.
	Resolution int
	// Media says how the printer finds the next label.
	Media Media
	// TopOfForm is the distance from the sensed gap or mark to the label's top, in
	// dots (SET-TOF); 0 leaves it as the printer is set.
	TopOfForm int
	// Tone is the heat, −99 to 200, Contrast the older setting for it, 1 to 3, and
	// Speed the paper's, 1 to 5, slow to fast. 0 leaves them as the printer is set.
	Tone, Contrast, Speed int
	// OffsetX and OffsetY move the label on the paper, in dots to the right and
	// down.
	OffsetX, OffsetY int
	UpsideDown       bool // turns the label by 180°; we turn the dots ourselves
	Copies           int  // 0 stands for 1
	// Present feeds a printed label so many dots further, to be torn off, for
	// PresentDelay eighths of a second before it is drawn back (PRESENT-AT).
	Present, PresentDelay int
	// Cut sends CUT, for printers with a cutter. It is not in every manual.
	Cut bool
	// BandRows is how many rows go into one picture, 24 to 1024; 0 stands for 128.
	BandRows int
	// Hex sends hexadecimal digits instead of raw bytes, twice as many, for lines
	// that spoil some bytes.
	Hex bool

	// Extended asks by ESC i as well, which tells of jams and of labels not taken.
	Extended bool
	// Pause is the time between two questions while a label is being printed; 0
	// stands for 200 ms.
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
	AsSet      Media = ""           // labels, sensed as the printer is set
	Gap        Media = "gap"        // die-cut labels
	BlackMark  Media = "mark"       // a black bar on the back
	Continuous Media = "continuous" // no labels at all
)

// The language's limits, where one is known; the others are our own.
const (
	defaultResolution = 200
	defaultBandRows   = 128
	minBandRows       = 24
	maxBandRows       = 1024
	maxDots           = 32_000
	maxCopies         = 1024
)

// Check reports a setting that cannot be.
func (d Driver) Check() error {
	for _, c := range []struct {
		what             string
		value, low, high int
	}{
		{"width in dots", d.Width, 0, maxDots},
		{"resolution", d.Resolution, 0, 600},
		{"top of form in dots", d.TopOfForm, 0, maxDots},
		{"tone", d.Tone, -99, 200},
		{"contrast", d.Contrast, 0, 3},
		{"speed", d.Speed, 0, 5},
		{"offset x", d.OffsetX, 0, maxDots},
		{"offset y", d.OffsetY, 0, maxDots},
		{"number of copies", d.Copies, 0, maxCopies},
		{"feed to present in dots", d.Present, 0, maxDots},
		{"delay of presenting in eighths of a second", d.PresentDelay, 0, 800},
		{"band in rows", d.BandRows, 0, maxBandRows},
	} {
		if c.value < c.low || c.value > c.high {
			return fmt.Errorf("cpcl: %s is %d, want %d to %d", c.what, c.value, c.low, c.high)
		}
	}
	if d.BandRows != 0 && d.BandRows < minBandRows {
		return fmt.Errorf("cpcl: band in rows is %d, want %d to %d", d.BandRows, minBandRows, maxBandRows)
	}
	switch d.Media {
	case AsSet, Gap, BlackMark, Continuous:
		return nil
	}
	return fmt.Errorf("cpcl: unknown media %q, want %q, %q or %q", string(d.Media), Gap, BlackMark, Continuous)
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
		return errors.New("cpcl: the job has no picture")
	case m.Width > maxDots || m.Height > maxDots:
		return fmt.Errorf("cpcl: the label has %d×%d dots, at most %d each are possible", m.Width, m.Height, maxDots)
	case d.Width > 0 && m.Width > d.Width:
		return fmt.Errorf("cpcl: the label is %d dots wide, the printer %d", m.Width, d.Width)
	}
	if d.UpsideDown {
		m = turned(m)
	}
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	b.Grow(len(m.Bits) + 1024)
	d.head(b, m)
	rows := d.BandRows
	if rows == 0 {
		rows = defaultBandRows
	}
	for y := 0; y < m.Height; y += rows {
		d.band(b, m, y, min(y+rows, m.Height))
	}
	d.end(b)
	_, err := w.Write(b.Bytes())
	return err
}

// head writes what stands before the pictures.
func (d Driver) head(b *bytes.Buffer, m *bitmap.Image) {
	line := func(format string, values ...any) { fmt.Fprintf(b, format+"\r\n", values...) }
	resolution := d.Resolution
	if resolution == 0 {
		resolution = defaultResolution
	}
	line("! 0 %d %d %d %d", resolution, resolution, m.Height+d.OffsetY, max(d.Copies, 1))
	line("PAGE-WIDTH %d", m.Width+d.OffsetX)
	switch d.Media {
	case Gap:
		line("GAP-SENSE")
	case BlackMark:
		line("BAR-SENSE")
	case Continuous:
		line("JOURNAL") // what looks like a mark on the roll is none
	}
	for _, s := range []struct {
		command string
		value   int
	}{{"SET-TOF", d.TopOfForm}, {"TONE", d.Tone}, {"CONTRAST", d.Contrast}, {"SPEED", d.Speed}} {
		if s.value != 0 {
			line("%s %d", s.command, s.value)
		}
	}
}

// band writes rows y0 to y1 as one picture. The printer takes exactly as many
// bytes as the command announces and reads whatever follows as commands.
func (d Driver) band(b *bytes.Buffer, m *bitmap.Image, y0, y1 int) {
	dots := m.Bits[y0*m.Stride : y1*m.Stride]
	command := "CG"
	if d.Hex {
		command = "EG"
		dots = digits(dots)
	}
	fmt.Fprintf(b, "%s %d %d %d %d ", command, m.Stride, y1-y0, d.OffsetX, d.OffsetY+y0)
	b.Write(dots)
	b.WriteString("\r\n")
}

// digits are the dots in hexadecimal, in capitals.
func digits(dots []byte) []byte {
	const of = "0123456789ABCDEF"
	out := make([]byte, 0, 2*len(dots))
	for _, b := range dots {
		out = append(out, of[b>>4], of[b&0x0F])
	}
	return out
}

// end writes what follows the last picture. FORM goes to the next label, which a
// roll has not.
func (d Driver) end(b *bytes.Buffer) {
	if d.Present > 0 {
		fmt.Fprintf(b, "PRESENT-AT %d %d\r\n", d.Present, d.PresentDelay)
	}
	if d.Cut {
		b.WriteString("CUT\r\n")
	}
	if d.Media != Continuous {
		b.WriteString("FORM\r\n")
	}
	b.WriteString("PRINT\r\n")
}

// turned is the picture turned by 180°. The rows' bits are read backwards, and
// what was padding then stands in front and is shifted out.
func turned(m *bitmap.Image) *bitmap.Image {
	t := bitmap.New(m.Width, m.Height)
	shift := m.Stride*8 - m.Width
	for y := range m.Height {
		from, to := m.Row(m.Height-1-y), t.Row(y)
		for x := range to {
			b := uint16(bits.Reverse8(from[m.Stride-1-x])) << 8
			if x+1 < m.Stride {
				b |= uint16(bits.Reverse8(from[m.Stride-2-x]))
			}
			to[x] = byte(b << shift >> 8)
		}
	}
	return t
}
