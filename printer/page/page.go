// Package page is the driver for printers that only the system's own driver
// can drive: what it sends is the label's ready PDF, or its dots as a bitmap
// where the system reads no PDF.
//
// It draws nothing. A queue rasterises by itself, and a second picture of the
// label made here could differ from the one that was checked.
package page

import (
	"bytes"
	"errors"
	"io"

	"miandan/printer"
)

// ErrNoPDF reports a job without a PDF: it was rendered for a printer language,
// or the printer is set to the wrong driver.
var ErrNoPDF = errors.New("the job has no PDF")

// Driver sends the job's PDF as it is.
type Driver struct{}

var _ printer.Driver = Driver{}

// Encode writes j.PDF. The error is ErrNoPDF if that is empty or not a PDF, and
// w's own otherwise.
func (Driver) Encode(w io.Writer, j printer.Job) error {
	if !bytes.HasPrefix(j.PDF, []byte("%PDF-")) {
		return ErrNoPDF
	}
	_, err := w.Write(j.PDF)
	return err
}
