package tspl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"miandan/printer"
)

// The questions. No end of line follows those that begin with ESC !.
var (
	howShort  = []byte{0x1B, '!', '?'}
	howLong   = []byte{0x1B, '!', 'S'}
	immediate = []byte("~!E\r\n")
	whichOne  = []byte("~!T\r\n")
)

func (d Driver) question() []byte {
	var q []byte
	if d.Immediate {
		q = append(q, immediate...)
	}
	if d.Extended {
		return append(q, howLong...)
	}
	return append(q, howShort...)
}

// ReadStatus asks twice. The second answer counts, since the first may be one
// that was still under way from before. A printer that answers only once is
// believed too.
//
// With Response it asks until the printer is at work on nothing: what it will
// report of an earlier label would be taken for the next one's.
func (d Driver) ReadStatus(ctx context.Context, rw io.ReadWriter) (printer.Status, error) {
	p := parser{long: d.Extended}
	var last *printer.Sighting
	buf := make([]byte, 64)
	for asked := 0; asked < 2 || d.Response && last.Busy && last.Status.Ready(); asked++ {
		if asked >= 2 {
			time.Sleep(d.pause())
		}
		switch _, err := rw.Write(d.question()); {
		case err != nil && last != nil && last.Busy:
			return printer.Status{}, fmt.Errorf("still at work on an earlier label: %w", err)
		case err != nil:
			return printer.Status{}, err
		}
		for answered := false; !answered; {
			n, err := rw.Read(buf)
			for _, h := range p.feed(buf[:n]) {
				if h.sighting != nil && !h.reported {
					last, answered = h.sighting, true
				}
			}
			silent := errors.Is(err, os.ErrDeadlineExceeded)
			switch {
			case answered:
			case ctx.Err() != nil:
				return printer.Status{}, context.Cause(ctx)
			case silent && last == nil:
				return printer.Status{}, printer.ErrMute
			case silent:
				return last.Status, nil
			case err != nil:
				return printer.Status{}, err
			}
		}
	}
	return last.Status, nil
}

// Identify asks for the model, which a printer tells only while it is ready.
func (d Driver) Identify(ctx context.Context, rw io.ReadWriter) (string, error) {
	if _, err := rw.Write(whichOne); err != nil {
		return "", err
	}
	var said []byte
	buf := make([]byte, 64)
	for {
		n, err := rw.Read(buf)
		said = append(said, buf[:n]...)
		text, _, ended := bytes.Cut(bytes.TrimLeft(said, "\x00\r\n"), []byte{'\r'})
		silent := errors.Is(err, os.ErrDeadlineExceeded)
		switch {
		case ended && len(text) > 0:
			return printable(text), nil
		case ctx.Err() != nil:
			return "", context.Cause(ctx)
		case silent && len(text) == 0:
			return "", printer.ErrMute
		case silent || len(said) > 256:
			return printable(text), nil
		case err != nil:
			return "", err
		}
	}
}

// printable drops what does not belong into a model's name.
func printable(b []byte) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7E {
			return -1
		}
		return r
	}, string(b)))
}

// Confirm asks the printer until it was at work and has become ready again. With
// Response its word for each label is waited for instead, and the questions only
// tell of faults.
func (d Driver) Confirm(ctx context.Context, rw io.ReadWriter, _ printer.Mark, heard func(printer.Status)) (printer.Evidence, error) {
	p := parser{long: d.Extended}
	var watch printer.Watch
	var before *printer.Sighting
	reported := 0
	hear := func(said []byte, asked bool) (answered, done bool, err error) {
		for h := range p.each(said) {
			switch {
			case h.reported && d.Response:
				heard(h.sighting.Status)
				if h.sighting.Status.Ready() {
					reported++
				}
				if reported >= d.copies() {
					if company, ok := rw.(printer.Company); ok {
						company.Unread(p.buf)
					}
					return answered, true, nil
				}
			case h.sighting == nil || h.reported || !asked:
			default:
				answered = true
				sure := before != nil && same(*before, *h.sighting)
				before = h.sighting
				if !sure {
					continue
				}
				heard(h.sighting.Status)
				if out, err := watch.See(*h.sighting); !d.Response && (out || err != nil) {
					return answered, out, err
				}
			}
		}
		return answered, false, nil
	}
	interview := printer.Interview{Question: d.question(), Pause: d.pause(), Hear: hear}
	err := interview.Run(ctx, rw)
	switch {
	case err == nil && d.Response:
		return printer.Evidence{Method: "response", Detail: fmt.Sprintf("%d printed", reported), At: time.Now()}, nil
	case err == nil:
		return printer.Evidence{Method: "status", Detail: "was printing, is ready", At: time.Now()}, nil
	case errors.Is(err, printer.ErrPresumed):
		return printer.Evidence{Method: "ready", Detail: "not seen printing", At: time.Now()}, err
	}
	return printer.Evidence{}, err
}

// Announces reports whether the printer tells of each label that is out.
func (d Driver) Announces() bool { return d.Response }

func (d Driver) pause() time.Duration {
	if d.Pause > 0 {
		return d.Pause
	}
	return 100 * time.Millisecond
}

// same reports whether two answers in a row agree. A byte on its own proves
// little: boards send some unasked, and an answer may be one to a question of
// long ago.
func same(a, b printer.Sighting) bool {
	return a.Busy == b.Busy && slices.Equal(a.Status.Reasons, b.Status.Reasons)
}

// bits are what the bits of an answer's byte mean.
type bits []struct {
	mask   byte
	reason printer.Reason
}

func (t bits) of(b byte) []printer.Reason {
	var reasons []printer.Reason
	for _, m := range t {
		if b&m.mask != 0 {
			reasons = append(reasons, m.reason)
		}
	}
	return reasons
}

const printing = 0x20 // in the answer to ESC !?

var shortBits = bits{
	{0x01, printer.CoverOpen},
	{0x02, printer.MediaJam},
	{0x04, printer.MediaEmpty},
	{0x08, printer.RibbonEmpty},
	{0x10, printer.Paused},
	{0x80, printer.OtherFault},
}

// short reads the byte that answers ESC !?.
func short(b byte) printer.Sighting {
	return printer.Sighting{Status: printer.StatusOf(shortBits.of(b)...), Busy: b&printing != 0}
}

const bufferFull = 0x08 // in the second byte that answers ESC !S

// The bytes that answer ESC !S after the first. A ribbon that runs low is no
// reason to stop.
var longBits = [...]bits{
	{{0x01, printer.MediaLow}},
	{{0x01, printer.Overheated}, {0x02, printer.Overheated}, {0x04, printer.OtherFault}, {0x08, printer.CutterFail}, {0x10, printer.OtherFault}},
	{{0x01, printer.MediaEmpty}, {0x02, printer.MediaJam}, {0x04, printer.RibbonEmpty}, {0x08, printer.OtherFault}, {0x20, printer.CoverOpen}},
}

// long reads the four bytes that answer ESC !S. The first is what the printer is
// doing.
func long(s [4]byte) printer.Sighting {
	var reasons []printer.Reason
	for i, t := range longBits {
		reasons = append(reasons, t.of(s[i+1])...)
	}
	busy := s[1]&bufferFull != 0
	switch s[0] {
	case '@':
	case '`', 'K': // paused; waits for a key
		reasons = append(reasons, printer.Paused)
	case 'L': // waits for the label to be taken
		reasons = append(reasons, printer.OutputFull)
	case 'E':
		if len(reasons) == 0 {
			reasons = append(reasons, printer.OtherFault)
		}
	default: // B back-feeding, C cutting, F feeding, P printing, W drawing
		busy = true
	}
	return printer.Sighting{Status: printer.StatusOf(reasons...), Busy: busy}
}
