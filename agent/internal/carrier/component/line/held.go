package line

import (
	"bytes"
	"context"
	"errors"
	"sync/atomic"
	"time"

	"miandan/printer"
)

// maxDocument is the longest document that a component is handed, in bytes.
const maxDocument = 4 << 20

var errShut = errors.New("the component's document is not open")

// Held is a document that is held back until it is whole and then handed over as one
// task of its own, so that an answer can be about nothing else. It is the writing half
// of a printer.Conn; the zero value is ready.
type Held struct {
	Name     string // the job's
	started  bool
	finished atomic.Bool
	document bytes.Buffer
}

// Start takes the job's name.
func (h *Held) Start(_ context.Context, j printer.Job) error {
	if h.started {
		return errors.New("a connection to the component takes one job")
	}
	h.started, h.Name = true, j.Name
	return nil
}

// Write adds to the document. Nothing leaves before it is whole.
func (h *Held) Write(p []byte) (int, error) {
	if !h.started || h.finished.Load() {
		return 0, errShut
	}
	if h.document.Len()+len(p) > maxDocument {
		return 0, errors.New("the sealed document is too large")
	}
	return h.document.Write(p)
}

// SetDeadline does nothing: Write only remembers, and all that waits has a context.
func (h *Held) SetDeadline(time.Time) error { return nil }

// Whole returns the document, once: nothing is added to it any more.
func (h *Held) Whole() ([]byte, error) {
	if !h.started || !h.finished.CompareAndSwap(false, true) {
		return nil, errShut
	}
	return h.document.Bytes(), nil
}

// UnderWay reports whether the document is whole and on its way.
func (h *Held) UnderWay() bool { return h.finished.Load() }
