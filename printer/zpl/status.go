package zpl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"miandan/printer"
)

// The questions. ~HS comes last, so that nothing is to be waited for after it.
var (
	howItIs   = []byte("~HQES\r\n~HS\r\n")
	howMany   = []byte("! U1 getvar \"odometer.total_label_count\"\r\n")
	whichOne  = []byte("~HI\r\n")
	howAndNow = append(append([]byte{}, howItIs...), howMany...)
)

// ReadStatus asks in both of the language's ways. What one of them says is
// believed if the other stays silent.
func (d Driver) ReadStatus(ctx context.Context, rw io.ReadWriter) (printer.Status, error) {
	var r round
	err := ask(ctx, rw, howItIs, parser{frame: r.frame, value: func(string) {}}, r.whole)
	if errors.Is(err, printer.ErrMute) && r.any() {
		err = nil
	}
	return r.sighting().Status, err
}

// ReadOdometer asks for the labels of the printer's life. Clones answer "?" or
// nothing. The other odometer, ~HQOD, counts inches and proves no label.
func (d Driver) ReadOdometer(ctx context.Context, rw io.ReadWriter) (int64, error) {
	count, answered := int64(-1), false
	p := parser{frame: func(string) {}, value: func(text string) {
		answered = true
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			count = n
		}
	}}
	if err := ask(ctx, rw, howMany, p, func() bool { return answered }); err != nil {
		return 0, err
	}
	if count < 0 {
		return 0, printer.ErrMute
	}
	return count, nil
}

// Identify asks for the model.
func (d Driver) Identify(ctx context.Context, rw io.ReadWriter) (string, error) {
	model := ""
	p := parser{value: func(string) {}, frame: func(text string) {
		name, rest, _ := strings.Cut(text, ",")
		if strings.Count(rest, ",") >= 2 {
			model = strings.TrimSpace(strings.Map(printable, name))
		}
	}}
	err := ask(ctx, rw, whichOne, p, func() bool { return model != "" })
	return model, err
}

// printable drops what does not belong into a model's name.
func printable(r rune) rune {
	if r < 0x20 || r > 0x7E {
		return -1
	}
	return r
}

// ask puts a question and reads until it is answered. ErrMute reports that it
// was not before rw's deadline.
func ask(ctx context.Context, rw io.ReadWriter, question []byte, p parser, answered func() bool) error {
	if _, err := rw.Write(question); err != nil {
		return err
	}
	buf := make([]byte, 256)
	for {
		n, err := rw.Read(buf)
		p.feed(buf[:n])
		switch {
		case answered():
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.Is(err, os.ErrDeadlineExceeded):
			return printer.ErrMute
		case err != nil:
			return err
		}
	}
}

// Confirm asks the printer until it held the label and has nothing left. It is
// for printers without an odometer.
func (d Driver) Confirm(ctx context.Context, rw io.ReadWriter, _ printer.Mark, heard func(printer.Status)) (printer.Evidence, error) {
	w := witness{heard: heard}
	err := w.interview(ctx, rw, d.pause(), howItIs)
	switch {
	case err == nil:
		return printer.Evidence{Method: "status", Detail: "held labels, holds none", At: time.Now()}, nil
	case errors.Is(err, printer.ErrPresumed):
		return printer.Evidence{Method: "ready", Detail: "never seen to hold a label", At: time.Now()}, err
	}
	return printer.Evidence{}, err
}

// Counts is a job's copies: each of them is a label.
func (d Driver) Counts() int64 { return int64(d.copies()) }

// Since confirms a job before which the odometer stood at n.
func (d Driver) Since(n int64) printer.Confirmer { return counter{d, n} }

// counter confirms by the odometer, and by nothing else: a printer that counts
// and has not counted the label has not printed it.
type counter struct {
	driver Driver
	before int64
}

func (c counter) Confirm(ctx context.Context, rw io.ReadWriter, _ printer.Mark, heard func(printer.Status)) (printer.Evidence, error) {
	w := witness{heard: heard, counts: true, want: c.before + c.driver.Counts()}
	w.company, _ = rw.(printer.Company)
	if err := w.interview(ctx, rw, c.driver.pause(), howAndNow); err != nil {
		return printer.Evidence{}, err
	}
	return printer.Evidence{Method: "odometer", Detail: fmt.Sprintf("%d, then %d", c.before, w.count), At: time.Now()}, nil
}

func (d Driver) pause() time.Duration {
	if d.Pause > 0 {
		return d.Pause
	}
	return 200 * time.Millisecond
}

// witness listens to the answers after a label.
type witness struct {
	heard  func(printer.Status)
	counts bool // by the odometer
	want   int64
	// company tells whether the printer holds the next label as well; nil where it
	// never does.
	company printer.Company

	watch   printer.Watch
	round   round
	holds   bool // labels, as it last said
	count   int64
	asked   bool
	pending []printer.Sighting
	replied bool // to the last of the question's parts
}

func (w *witness) interview(ctx context.Context, rw io.ReadWriter, pause time.Duration, question []byte) error {
	p := parser{frame: w.frame, value: w.value}
	hear := func(said []byte, asked bool) (answered, done bool, err error) {
		w.asked, w.replied = asked, false
		p.feed(said)
		if len(said) == 0 && w.silence() {
			w.replied = true
		}
		for _, s := range w.pending {
			w.heard(s.Status)
			w.holds = s.Busy
			if out, stop := w.watch.See(s); !w.counts && (out || stop != nil) {
				return w.replied, out, stop
			}
		}
		w.pending = w.pending[:0]
		return w.replied, w.counted(), nil
	}
	i := printer.Interview{Question: question, Pause: pause, Hear: hear}
	return i.Run(ctx, rw)
}

// counted reports whether the label is out. That the printer still holds one is a
// doubt, unless it is the next.
func (w *witness) counted() bool {
	followed := w.company != nil && w.company.Followed()
	return w.counts && w.count >= w.want && (!w.holds || followed)
}

func (w *witness) frame(text string) {
	if !w.asked {
		return // an answer of long ago
	}
	w.round.frame(text)
	if w.round.whole() {
		w.see()
		w.replied = w.replied || !w.counts
	}
}

// see ends a round.
func (w *witness) see() {
	w.pending = append(w.pending, w.round.sighting())
	w.round = round{}
}

// silence ends a round in which ~HS stayed unanswered, if ~HQES has told of a
// fault: that is when printers leave it so.
func (w *witness) silence() bool {
	if !w.round.errors || w.round.sighting().Status.Ready() {
		return false
	}
	w.see()
	return true
}

func (w *witness) value(text string) {
	if !w.asked {
		return
	}
	w.silence()
	w.replied = w.counts
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		w.count = n
	}
}
