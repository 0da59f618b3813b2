// Package escpos speaks ESC/POS, the language of receipt printers and of the
// many label printers built from them.
//
// A label goes out as pictures alone, in bands of GS v 0: fonts and barcode
// commands differ between makers, clones print garbage when one picture
// outgrows their buffer, and GS ( L is missing from most of them. White bands
// are sent like the others; ESC J feeds in motion units, which are dots on some
// printers and half dots on others.
//
// The last bytes of a label ask for its process ID (GS ( H), which printers that
// know it return once everything before it is on paper.
package escpos

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"miandan/printer"
	"miandan/printer/bitmap"
)

// Driver encodes for one printer. The zero value suits a printer with a cutter
// and paper from the roll.
type Driver struct {
	// Width is the print area in dots; a wider label is refused. 0 takes each
	// label's own width.
	Width int
	// BandRows is how many rows go into one picture, 24 to 1024; 0 stands for 128.
	// Clones with small buffers need fewer, and some break at multiples of 48.
	BandRows int
	// Media says how the label ends.
	Media Media
	// Quiet leaves out GS a, by which the printer reports faults unasked. For
	// printers that answer it wrongly. The price: a question waits behind the
	// label while the printer's buffer is full, so that paper out in the middle of
	// a label larger than the buffer looks like silence.
	Quiet bool
	// NoRealTime sends GS ( D first, so that dots that happen to read DLE DC4
	// cannot open a drawer or switch the printer off. Newer Epsons know it;
	// others may print it, which is why it is not the default.
	NoRealTime bool
}

var (
	_ printer.Driver       = Driver{}
	_ printer.StatusReader = Driver{}
	_ printer.Prober       = Driver{}
)

// Media is what lies in the printer.
type Media string

const (
	ContinuousCut Media = "continuous-cut" // roll and cutter; also the meaning of ""
	Label         Media = "label"          // GS FF goes to the next label, as most Chinese label printers want it
	LabelFF       Media = "label-ff"       // FF goes there, as Epson's label mode wants it
)

const (
	defaultBandRows = 128
	minBandRows     = 24
	maxBandRows     = 1024
	maxWidth        = 0xFFFF // of GS W, in dots
)

// Check reports a setting that cannot be.
func (d Driver) Check() error {
	if d.BandRows != 0 && (d.BandRows < minBandRows || d.BandRows > maxBandRows) {
		return fmt.Errorf("escpos: band of %d rows, want %d to %d", d.BandRows, minBandRows, maxBandRows)
	}
	if d.Width < 0 || d.Width > maxWidth {
		return fmt.Errorf("escpos: width of %d dots, want 1 to %d", d.Width, maxWidth)
	}
	if _, err := d.Media.end(); err != nil {
		return err
	}
	return nil
}

// buffers are used again: a label's dots are more than all else it takes.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Encode writes the label and, if the job has a mark, the question for it.
func (d Driver) Encode(w io.Writer, j printer.Job) error {
	if err := d.Check(); err != nil {
		return err
	}
	m := j.Image
	if m == nil || m.Width <= 0 || m.Height <= 0 {
		return errors.New("escpos: the job has no picture")
	}
	width := d.Width
	if width == 0 {
		width = m.Width
	}
	if m.Width > min(width, maxWidth) {
		return fmt.Errorf("escpos: the label is %d dots wide, the printer %d", m.Width, min(width, maxWidth))
	}

	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	b.Grow(len(m.Bits) + 512)
	d.begin(b)
	b.Write([]byte{gs, 'L', 0, 0})
	b.Write([]byte{gs, 'W', byte(width), byte(width >> 8)})
	rows := d.bandRows()
	for y := 0; y < m.Height; y += rows {
		band(b, m, y, min(y+rows, m.Height))
	}
	end, err := d.Media.end()
	if err != nil {
		return err
	}
	b.Write(end)
	if j.Mark != (printer.Mark{}) {
		if err := processID(b, j.Mark); err != nil {
			return err
		}
	}
	_, err = w.Write(b.Bytes())
	return err
}

// EncodeProbe writes a job that prints nothing and asks for its process ID.
func (d Driver) EncodeProbe(w io.Writer, m printer.Mark) error {
	var b bytes.Buffer
	d.begin(&b)
	if err := processID(&b, m); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

// EncodeResync writes what ends a band that broke off, if there is one: as many
// zeros as may be missing of a label like the job's, which are white in a picture
// and nothing outside of one; then the end of the label, so that the piece of one
// is on paper of its own. It prints no dot.
func (d Driver) EncodeResync(w io.Writer, j printer.Job) error {
	if j.Image == nil {
		return errors.New("escpos: the job has no picture")
	}
	end, err := d.Media.end()
	if err != nil {
		return err
	}
	zeros := min(j.Image.Height, d.bandRows())*j.Image.Stride + 64 // and any other command
	_, err = w.Write(slices.Concat(make([]byte, zeros), []byte{esc, '@'}, end))
	return err
}

// bandRows is how many rows go into one picture.
func (d Driver) bandRows() int {
	if d.BandRows == 0 {
		return defaultBandRows
	}
	return d.BandRows
}

const (
	dle = 0x10
	eot = 0x04
	esc = 0x1B
	gs  = 0x1D
	ff  = 0x0C
)

func (d Driver) begin(b *bytes.Buffer) {
	b.Write([]byte{esc, '@'})
	if d.NoRealTime {
		b.Write([]byte{gs, '(', 'D', 5, 0, 20, 1, 0, 2, 0})
	}
	if !d.Quiet {
		b.Write([]byte{gs, 'a', 0x0E}) // online, error and paper, not the drawer
	}
}

// band writes rows y0 to y1 as one picture. The printer takes exactly as many
// bytes as the head announces and reads whatever follows as text.
func band(b *bytes.Buffer, m *bitmap.Image, y0, y1 int) {
	rows := y1 - y0
	b.Write([]byte{gs, 'v', '0', 0, byte(m.Stride), byte(m.Stride >> 8), byte(rows), byte(rows >> 8)})
	b.Write(m.Bits[y0*m.Stride : y1*m.Stride])
}

// end is what follows the last row.
func (m Media) end() ([]byte, error) {
	switch m {
	case "", ContinuousCut:
		return []byte{gs, 'V', 'B', 0}, nil // feed to the cutter, leave a bridge
	case Label:
		return []byte{gs, ff}, nil
	case LabelFF:
		return []byte{ff}, nil
	}
	return nil, fmt.Errorf("escpos: unknown media %q, want %q, %q or %q", string(m), ContinuousCut, Label, LabelFF)
}

func processID(b *bytes.Buffer, m printer.Mark) error {
	if !m.Valid() {
		return fmt.Errorf("escpos: process ID %q holds a character that printers do not return", m[:])
	}
	b.Write([]byte{gs, '(', 'H', 6, 0, '0', '0'})
	b.Write(m[:])
	return nil
}
