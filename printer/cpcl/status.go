package cpcl

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"miandan/printer"
)

// The questions. They may not be asked within a label.
var (
	howItIs  = []byte{0x1B, 'h'}
	howElse  = []byte{0x1B, 'i'}
	whichOne = []byte{0x1B, 'v'}
)

// seen tells the printer that it is known to have been reset: until then it says
// so in each answer (Zebra's manual, printer escape commands).
var seen = []byte{0x1B, 'N'}

// ReadStatus asks and believes the first byte that can be an answer. A reset
// before the label is no matter, and is put away so that Confirm sees the next.
func (d Driver) ReadStatus(ctx context.Context, rw io.ReadWriter) (printer.Status, error) {
	b, err := ask(ctx, rw, howItIs, func(b byte) bool { return b&unused == 0 })
	if err == nil && b&reset != 0 {
		_, err = rw.Write(seen)
	}
	if err != nil || !d.Extended {
		return status(b).Status, err
	}
	more, err := ask(ctx, rw, howElse, func(byte) bool { return true })
	if errors.Is(err, printer.ErrMute) {
		return status(b).Status, nil // it has answered the first
	}
	return printer.StatusOf(append(status(b).Status.Reasons, extended(more)...)...), err
}

// ask puts a question and waits for a byte that is an answer.
func ask(ctx context.Context, rw io.ReadWriter, question []byte, answers func(byte) bool) (byte, error) {
	if _, err := rw.Write(question); err != nil {
		return 0, err
	}
	buf := make([]byte, 1)
	for {
		n, err := rw.Read(buf)
		switch {
		case n == 1 && answers(buf[0]):
			return buf[0], nil
		case ctx.Err() != nil:
			return 0, context.Cause(ctx)
		case errors.Is(err, os.ErrDeadlineExceeded):
			return 0, printer.ErrMute
		case err != nil:
			return 0, err
		}
	}
}

// Identify asks for the model and version, which end with a zero.
func (d Driver) Identify(ctx context.Context, rw io.ReadWriter) (string, error) {
	var name strings.Builder
	_, err := ask(ctx, rw, whichOne, func(b byte) bool {
		if b >= 0x20 && b <= 0x7E {
			name.WriteByte(b)
		}
		return b == 0 && name.Len() > 0 || name.Len() == 128
	})
	if errors.Is(err, printer.ErrMute) && name.Len() > 0 {
		err = nil
	}
	return strings.TrimSpace(name.String()), err
}

// errReset reports a printer that was switched off with a label in it.
var errReset = errors.New("the printer was reset while it had the label")

// Confirm asks until the printer answers that it has nothing to do. That it
// answers is the proof: it does so only when the label before the question is
// finished. It is asked until it says so thrice, for an answer may be one to a
// question of long ago. A fault breaks the proof, see printer.Watch.
func (d Driver) Confirm(ctx context.Context, rw io.ReadWriter, _ printer.Mark, heard func(printer.Status)) (printer.Evidence, error) {
	watch := printer.Watch{Busy: true}
	pause := d.Pause
	if pause <= 0 {
		pause = 200 * time.Millisecond
	}
	interview := printer.Interview{Question: howItIs, Pause: pause, Hear: func(said []byte, asked bool) (answered, done bool, err error) {
		for _, b := range said {
			if !asked || b&unused != 0 {
				continue
			}
			if b&reset != 0 {
				return true, false, errReset
			}
			s := status(b)
			heard(s.Status)
			if done, err := watch.See(s); done || err != nil {
				return true, done, err
			}
			answered = true
		}
		return answered, false, nil
	}}
	if err := interview.Run(ctx, rw); err != nil {
		return printer.Evidence{}, err
	}
	return printer.Evidence{Method: "status", Detail: "answered after the label", At: time.Now()}, nil
}

// The bits of the answer to ESC h.
const (
	busy       = 0x01
	noPaper    = 0x02
	latchOpen  = 0x04
	lowBattery = 0x08 // it prints on
	reset      = 0x10 // since it was told that this is known
	unused     = 0xE0
)

func status(b byte) printer.Sighting {
	var reasons []printer.Reason
	if b&noPaper != 0 {
		reasons = append(reasons, printer.MediaEmpty)
	}
	if b&latchOpen != 0 {
		reasons = append(reasons, printer.CoverOpen)
	}
	return printer.Sighting{Status: printer.StatusOf(reasons...), Busy: b&busy != 0}
}

// extended reads the upper half of the answer to ESC i; the lower is not
// described alike by all.
func extended(b byte) []printer.Reason {
	var reasons []printer.Reason
	for _, m := range []struct {
		bit    byte
		reason printer.Reason
	}{
		{0x10, printer.MediaJam},
		{0x20, printer.OutputFull},
		{0x40, printer.MediaLow},
		{0x80, printer.RibbonEmpty},
	} {
		if b&m.bit != 0 {
			reasons = append(reasons, m.reason)
		}
	}
	return reasons
}
