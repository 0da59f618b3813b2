package pdfin

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"
)

// Serve is the child's whole life: it reads one document from in and answers
// on out until in ends. It gives up files, network and memory for the process
// as a whole, so nothing else may run in it. It returns the exit status.
func Serve(in io.Reader, out io.Writer) int {
	if err := serve(in, out); err != nil && !errors.Is(err, io.EOF) {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// source is an open document.
type source interface {
	pages() ([]Page, error)
	// draw fills the frame of an order, k × k pixels a dot. Each call of each
	// has the pixels of a row of dots, 0 is black.
	draw(o order, k int, each func(y int, rows []byte, stride int)) error
}

func serve(in io.Reader, out io.Writer) error {
	var h header
	if err := binary.Read(in, binary.LittleEndian, &h); err != nil {
		return err
	}
	if h.Magic != magic || h.Cache > longestPath {
		return errProtocol
	}
	cache := make([]byte, h.Cache)
	if _, err := io.ReadFull(in, cache); err != nil {
		return err
	}
	var e *engine
	if h.Kind == PDF {
		var err error
		if e, err = startEngine(context.Background(), string(cache), int(h.Memory)); err != nil {
			return err
		}
	}
	more := room
	if h.Kind != PDF {
		more += int(h.Memory) // which PDFium has already
	}
	debug.SetMemoryLimit(int64(h.Memory) + 3*room/2) // the collector works before nothing is left
	if err := confine(more, h.Time); err != nil {
		return fmt.Errorf("give up rights: %w", err)
	}
	if err := sendAnswer(out, 0, nil); err != nil {
		return err
	}
	document, err := readBlock(in, 1<<30)
	if err != nil {
		return err
	}
	var doc source
	if h.Kind == PDF {
		doc, err = e.open(document, int(h.Pages))
	} else {
		doc, err = openPicture(document, h.Kind, int(h.Dots), int(h.Memory))
	}
	var pages []Page
	if err == nil {
		pages, err = doc.pages()
	}
	if err != nil {
		return sendAnswer(out, problemOf(err), nil)
	}
	if err := sendAnswer(out, 0, writePages(pages)); err != nil {
		return err
	}
	for {
		b, err := readBlock(in, binary.Size(order{}))
		if err != nil {
			return err
		}
		var o order
		if _, err := binary.Decode(b, binary.LittleEndian, &o); err != nil {
			return err
		}
		bits, err := dots(doc, o, int(h.Dots))
		if err != nil {
			return sendAnswer(out, problemOf(err), nil)
		}
		if err := sendAnswer(out, 0, bits); err != nil {
			return err
		}
	}
}

// room is what a document and what is drawn of it may take, in bytes, beside what reads
// them: a reader at its limit does not say so, it crashes anywhere.
const room = 64 << 20

// problemOf keeps to Problems: what a document makes a reader say stays here.
func problemOf(err error) Problem {
	var p Problem
	if errors.As(err, &p) {
		return p
	}
	return Broken
}

// cpuTime is after how much work the system itself ends a child whose parent
// has gone. A child works on more than one processor.
func cpuTime(limit time.Duration) uint64 { return uint64((20*limit + time.Minute) / time.Second) }
