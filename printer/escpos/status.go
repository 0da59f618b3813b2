package escpos

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"miandan/printer"
)

// faults are a printer's troubles, one bit each, in the order in which a person
// has to see to them.
type faults uint16

const (
	coverOpen faults = 1 << iota
	mediaEmpty
	cutterFail
	overheated
	otherFault
	unnamed // an error whose kind another answer tells
	paused
	offline
	mediaLow
)

// faultsOf reads the printer's byte to DLE EOT n.
func faultsOf(n int, b byte) faults {
	var f faults
	on := func(bits byte, what faults) {
		if b&bits != 0 {
			f |= what
		}
	}
	switch n {
	case 1:
		on(0x08, offline)
		on(0x20, paused) // waits for FEED to be pressed
	case 2:
		on(0x04, coverOpen)
		on(0x08, paused) // FEED is being held
		on(0x20, mediaEmpty)
		on(0x40, unnamed)
	case 3:
		on(0x04, otherFault)
		on(0x08, cutterFail)
		on(0x20, otherFault)
		on(0x40, overheated)
	case 4:
		on(0x0C, mediaLow)
		on(0x60, mediaEmpty)
	}
	return f
}

// faultsOfReport reads four bytes of automatic status.
func faultsOfReport(b [4]byte) faults {
	var f faults
	on := func(i int, bits byte, what faults) {
		if b[i]&bits != 0 {
			f |= what
		}
	}
	on(0, 0x08, offline)
	on(0, 0x20, coverOpen)
	on(0, 0x40, paused)
	on(1, 0x01, paused)
	on(1, 0x04, otherFault)
	on(1, 0x08, cutterFail)
	on(1, 0x20, otherFault)
	on(1, 0x40, overheated)
	on(2, 0x03, mediaLow)
	on(2, 0x0C, mediaEmpty)
	return f
}

// status puts faults into IPP's words. Offline is said only where nothing tells
// why.
func (f faults) status() printer.Status {
	if f&unnamed != 0 && f&(cutterFail|overheated|otherFault) == 0 {
		f |= otherFault
	}
	if f&^(offline|mediaLow|unnamed) != 0 {
		f &^= offline
	}
	var s printer.Status
	for _, w := range []struct {
		fault  faults
		reason printer.Reason
	}{
		{coverOpen, printer.CoverOpen},
		{mediaEmpty, printer.MediaEmpty},
		{cutterFail, printer.CutterFail},
		{overheated, printer.Overheated},
		{otherFault, printer.OtherFault},
		{paused, printer.Paused},
		{offline, printer.Offline},
		{mediaLow, printer.MediaLow},
	} {
		if f&w.fault != 0 {
			s.Reasons = append(s.Reasons, w.reason)
		}
	}
	return s
}

const questions = 4 // DLE EOT 1 to 4

func question(n int) []byte { return []byte{dle, eot, byte(n)} }

// ReadStatus asks DLE EOT 1 to 4, one after the other: the answers do not say
// what they answer, and some clones know only the first question. What they
// leave unanswered is taken to be in order.
func (d Driver) ReadStatus(ctx context.Context, rw io.ReadWriter) (printer.Status, error) {
	var p parser
	var all faults
	buf := make([]byte, 64)
	for n := 1; n <= questions; n++ {
		if _, err := rw.Write(question(n)); err != nil {
			return printer.Status{}, err
		}
		for answered := false; !answered; {
			got, err := rw.Read(buf)
			for _, b := range buf[:got] {
				if p.feed(b) == answer && !answered {
					all |= faultsOf(n, b)
					answered = true
				}
			}
			if answered {
				break
			}
			silent := errors.Is(err, os.ErrDeadlineExceeded)
			switch {
			case ctx.Err() != nil:
				return printer.Status{}, context.Cause(ctx)
			case silent && n == 1:
				return printer.Status{}, printer.ErrMute
			case silent:
				return all.status(), nil
			case err != nil:
				return printer.Status{}, err
			}
		}
	}
	return all.status(), nil
}

// Confirm waits for the process ID and meanwhile passes on what the printer
// reports. Automatic status is believed at once, for it cannot be mistaken for
// anything else. Besides, the printer is asked once a poll: many send no
// automatic status, and a report that got lost must not stand for ever.
func (d Driver) Confirm(ctx context.Context, rw io.ReadWriter, m printer.Mark, heard func(printer.Status)) (printer.Evidence, error) {
	var p parser
	var r round
	buf := make([]byte, 256)
	for {
		n, err := rw.Read(buf)
		for _, b := range buf[:n] {
			switch p.feed(b) {
			case process:
				if p.mark() == m {
					return printer.Evidence{Method: "process-id", Detail: m.String(), At: time.Now()}, nil
				}
			case report:
				heard(faultsOfReport([4]byte(p.buf[:4])).status())
			case answer:
				if f, sure := r.answered(b); sure {
					heard(f.status())
				}
			}
		}
		switch {
		case ctx.Err() != nil:
			return printer.Evidence{}, context.Cause(ctx)
		case errors.Is(err, os.ErrDeadlineExceeded):
			if !r.begin() {
				continue
			}
			for n := 1; n <= questions; n++ {
				if _, err := rw.Write(question(n)); err != nil {
					return printer.Evidence{}, err
				}
			}
		case err != nil:
			return printer.Evidence{}, err
		}
	}
}

// round is one asking of all questions. Dots can read like a question, and
// printers answer that too; such an answer, coming late, would be taken for the
// first of the round and shift the others. So a round is believed when the one
// before it said the same.
type round struct {
	next    int // the question whose answer is due; 0 if none is
	waited  int // polls without the answer
	faults  faults
	last    faults
	hasLast bool
}

// patience is how many polls a round may stay unanswered before it is asked
// again: a question waits behind the label while the printer's buffer is full,
// and more of them would only make that longer.
const patience = 5

// begin begins a round unless the last one is still unanswered.
func (r *round) begin() bool {
	if r.next != 0 && r.waited < patience {
		r.waited++
		return false
	}
	*r = round{next: 1, last: r.last, hasLast: r.hasLast}
	return true
}

// answered takes the answer that is due and reports, after the last of a round,
// what the printer said and whether to believe it.
func (r *round) answered(b byte) (f faults, sure bool) {
	if r.next == 0 {
		return 0, false
	}
	r.faults |= faultsOf(r.next, b)
	r.waited = 0
	if r.next++; r.next <= questions {
		return 0, false
	}
	sure = r.hasLast && r.last == r.faults
	r.next, r.last, r.hasLast = 0, r.faults, true
	return r.faults, sure
}
