package discover

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"miandan/printer"
	"miandan/printer/cpcl"
	"miandan/printer/model"
	"miandan/printer/tspl"
)

// Silence is how long an answer is waited for, and how long a printer is left
// alone after a question, so that no two of them become one command.
const Silence = 500 * time.Millisecond

// Answer is what a printer said of itself.
type Answer struct {
	Language  string // in which it answered
	Model     string
	DotsPerMM float64 // its head's pitch as it says it, which only ZPL printers do; else 0
}

// Ask puts the languages' questions for a printer's name, one after the other,
// and stops at the first that is answered. ErrMute reports a printer that answers
// none.
//
// The order is that of what a wrong question costs. ESC/POS' and CPCL's are
// control codes, which the label languages take for nothing; who answers is spared
// the others, which are plain letters and come out on a printer that prints text
// as it comes. One that knows none of them may do just that, which is why nobody
// is asked unless a person wants it.
func Ask(ctx context.Context, conn printer.ReadConn) (Answer, error) { return ask(ctx, conn, Silence) }

func ask(ctx context.Context, conn printer.ReadConn, silence time.Duration) (Answer, error) {
	pitch := 0.0
	for _, q := range []struct {
		language string
		ask      func(context.Context, io.ReadWriter) (string, error)
	}{
		{"escpos", askESCPOS},
		{"cpcl", cpcl.Driver{}.Identify},
		{"tspl", func(ctx context.Context, rw io.ReadWriter) (string, error) {
			if _, err := rw.Write([]byte("\r\n")); err != nil { // ends what the question before may have begun
				return "", err
			}
			return tspl.Driver{}.Identify(ctx, rw)
		}},
		{"zpl", func(_ context.Context, rw io.ReadWriter) (name string, err error) {
			name, pitch, err = askZPL(rw)
			return name, err
		}},
	} {
		if err := conn.SetDeadline(time.Now().Add(silence)); err != nil {
			return Answer{}, err
		}
		stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
		name, err := q.ask(ctx, conn)
		stop()
		if name = model.Clean(name); err == nil && name != "" {
			return Answer{q.language, name, pitch}, nil
		}
		if ctx.Err() != nil {
			return Answer{}, context.Cause(ctx)
		}
		if err != nil && !errors.Is(err, printer.ErrMute) && !errors.Is(err, os.ErrDeadlineExceeded) {
			return Answer{}, err
		}
	}
	return Answer{}, printer.ErrMute
}

// askESCPOS asks by GS I 67, which is answered with _, the model and a zero.
func askESCPOS(_ context.Context, rw io.ReadWriter) (string, error) {
	if _, err := rw.Write([]byte{0x1D, 'I', 67}); err != nil {
		return "", err
	}
	var said []byte
	buf := make([]byte, 64)
	for len(said) < 512 {
		n, err := rw.Read(buf)
		said = append(said, buf[:n]...)
		if _, text, begun := bytes.Cut(said, []byte{'_'}); begun {
			if name, _, ended := bytes.Cut(text, []byte{0}); ended {
				return string(name), nil
			}
		}
		if err != nil {
			return "", err
		}
	}
	return "", printer.ErrMute
}

// askZPL asks by ~HI, which is answered with the model, the firmware, the dots a
// millimetre, the memory and what it has besides, between STX and ETX.
func askZPL(rw io.ReadWriter) (name string, dotsPerMM float64, err error) {
	if _, err := rw.Write([]byte("~HI\r\n")); err != nil {
		return "", 0, err
	}
	var said []byte
	buf := make([]byte, 64)
	for len(said) < 512 {
		n, err := rw.Read(buf)
		said = append(said, buf[:n]...)
		if name, dotsPerMM, ok := readHI(said); ok {
			return name, dotsPerMM, nil
		}
		if err != nil {
			return "", 0, err
		}
	}
	return "", 0, printer.ErrMute
}

func readHI(said []byte) (name string, dotsPerMM float64, ok bool) {
	_, text, begun := bytes.Cut(said, []byte{0x02})
	text, _, ended := bytes.Cut(text, []byte{0x03})
	fields := strings.Split(string(text), ",")
	if !begun || !ended || len(fields) < 3 {
		return "", 0, false
	}
	// What is no pitch that heads have is none.
	if v, err := strconv.ParseFloat(strings.TrimSpace(fields[2]), 64); err == nil && v >= 5 && v <= 50 {
		dotsPerMM = v
	}
	return strings.TrimSpace(fields[0]), dotsPerMM, true
}

// Learn takes a device's answer in: it is the printer's own word on what it
// understands.
func (d Device) Learn(a Answer) Device {
	d.Identity.Answer = a.Model
	d.Identity.Commands = []string{a.Language}
	if a.DotsPerMM > 0 {
		d.DotsPerMM = a.DotsPerMM
	}
	if d.Says == "" {
		d.Says = a.Model
	}
	d.Note = ""
	return d
}
