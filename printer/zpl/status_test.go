package zpl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"miandan/printer"
)

type reasons = []printer.Reason

// The answers of an idle printer, one line of text a frame.
const (
	first  = "030,0,0,1245,000,0,0,0,000,0,0,0"
	second = "000,0,0,0,0,2,4,0,00000000,1,000"
	third  = "1234,0"
	clean  = "\r\n  PRINTER STATUS\r\n   ERRORS:         0 00000000 00000000\r\n   WARNINGS:       0 00000000 00000000\r\n"
)

// flagged is a frame with one of its fields changed.
func flagged(frame string, field int, value string) string {
	f := strings.Split(frame, ",")
	f[field] = value
	return strings.Join(f, ",")
}

func errorFrame(flag, second, first string) string {
	return fmt.Sprintf("\r\n  PRINTER STATUS\r\n   ERRORS:         %s %s %s\r\n   WARNINGS:       0 00000000 00000000\r\n", flag, second, first)
}

func warningFrame(first string) string {
	return fmt.Sprintf("\r\n  PRINTER STATUS\r\n   ERRORS:         0 00000000 00000000\r\n   WARNINGS:       1 00000000 %s\r\n", first)
}

func TestHostStatus(t *testing.T) {
	for _, r := range []struct {
		name  string
		frame string
		want  reasons
		busy  bool
	}{
		{"idle, first", first, nil, false},
		{"paper out", flagged(first, 1, "1"), reasons{printer.MediaEmpty}, false},
		{"paused", flagged(first, 2, "1"), reasons{printer.Paused}, false},
		{"a format in the receive buffer", flagged(first, 4, "001"), nil, true},
		{"buffer full", flagged(first, 5, "1"), nil, true},
		{"diagnostics", flagged(first, 6, "1"), nil, false},
		{"partial format", flagged(first, 7, "1"), nil, true},
		{"memory corrupt", flagged(first, 9, "1"), reasons{printer.OtherFault}, false},
		{"head cold", flagged(first, 10, "1"), nil, false},
		{"head hot", flagged(first, 11, "1"), reasons{printer.Overheated}, false},
		{"idle, second", second, nil, false},
		{"head up", flagged(second, 2, "1"), reasons{printer.CoverOpen}, false},
		{"ribbon out", flagged(second, 3, "1"), reasons{printer.RibbonEmpty}, false},
		{"thermal transfer", flagged(second, 4, "1"), nil, false},
		{"another print mode", flagged(second, 5, "5"), nil, false},
		{"label waiting", flagged(second, 7, "1"), reasons{printer.OutputFull}, false},
		{"labels remaining", flagged(second, 8, "00000002"), nil, true},
		{"graphics stored", flagged(second, 10, "012"), nil, false},
		{"third", third, nil, false},
		{"clean", clean, nil, false},
		{"media out", errorFrame("1", "00000000", "00000001"), reasons{printer.MediaEmpty}, false},
		{"ribbon out, by bits", errorFrame("1", "00000000", "00000002"), reasons{printer.RibbonEmpty}, false},
		{"head open", errorFrame("1", "00000000", "00000004"), reasons{printer.CoverOpen}, false},
		{"media out and head open", errorFrame("1", "00000000", "00000005"), reasons{printer.CoverOpen, printer.MediaEmpty}, false},
		{"cutter", errorFrame("1", "00000000", "00000008"), reasons{printer.CutterFail}, false},
		{"head too hot", errorFrame("1", "00000000", "00000010"), reasons{printer.Overheated}, false},
		{"motor too hot", errorFrame("1", "00000000", "00000020"), reasons{printer.Overheated}, false},
		{"bad element", errorFrame("1", "00000000", "00000040"), reasons{printer.OtherFault}, false},
		{"head detection", errorFrame("1", "00000000", "00000080"), reasons{printer.OtherFault}, false},
		{"jam", errorFrame("1", "00000000", "00001000"), reasons{printer.MediaJam}, false},
		{"presenter", errorFrame("1", "00000000", "00002000"), reasons{printer.OtherFault}, false},
		{"feed", errorFrame("1", "00000000", "00004000"), reasons{printer.MediaJam}, false},
		{"clear path failed", errorFrame("1", "00000000", "00008000"), reasons{printer.MediaJam}, false},
		{"paused, by bits", errorFrame("1", "00000000", "00010000"), reasons{printer.Paused}, false},
		{"retract timeout", errorFrame("1", "00000000", "00020000"), reasons{printer.OtherFault}, false},
		{"mark calibrate", errorFrame("1", "00000000", "00040000"), reasons{printer.OtherFault}, false},
		{"mark not found", errorFrame("1", "00000000", "00080000"), reasons{printer.OtherFault}, false},
		{"a bit of later firmware", errorFrame("1", "00000000", "00100000"), reasons{printer.OtherFault}, false},
		{"second group", errorFrame("1", "00000001", "00000000"), reasons{printer.OtherFault}, false},
		{"bits without the flag", errorFrame("0", "00000000", "00000001"), nil, false},
		{"no bits", errorFrame("1", "zz", "00000001"), nil, false},
		{"needs calibration", warningFrame("00000001"), nil, false},
		{"clean head", warningFrame("00000002"), nil, false},
		{"replace head", warningFrame("00000004"), nil, false},
		{"media low", warningFrame("00000008"), reasons{printer.MediaLow}, false},
		{"kiosk sensors", warningFrame("00000FF0"), nil, false},
		{"not an answer", "hello", nil, false},
	} {
		t.Run(r.name, func(t *testing.T) {
			var got round
			got.frame(r.frame)
			if s := got.sighting(); !slices.Equal(s.Status.Reasons, r.want) || s.Busy != r.busy {
				t.Errorf("%q means %v, busy %v, want %v, %v", r.frame, s.Status.Reasons, s.Busy, r.want, r.busy)
			}
		})
	}
}

// framed is how a printer sends frames.
func framed(texts ...string) string {
	var b strings.Builder
	for _, text := range texts {
		b.WriteString("\x02" + text + "\x03\r\n")
	}
	return b.String()
}

// script is a printer that says what is written down: each element is what one
// read returns, "" the end of a poll.
type script struct {
	says  []string
	asked bytes.Buffer
	end   func() // called when nothing is left to say
}

func (s *script) Read(b []byte) (int, error) {
	if len(s.says) == 0 {
		if s.end != nil {
			s.end()
		}
		return 0, os.ErrDeadlineExceeded
	}
	next := s.says[0]
	if next == "" {
		s.says = s.says[1:]
		return 0, os.ErrDeadlineExceeded
	}
	n := copy(b, next)
	if s.says[0] = next[n:]; n == len(next) {
		s.says = s.says[1:]
	}
	return n, nil
}

func (s *script) Write(b []byte) (int, error) { return s.asked.Write(b) }

func TestReadStatus(t *testing.T) {
	for _, r := range []struct {
		name string
		says []string
		want reasons
		err  error
	}{
		{"ready", []string{framed(clean, first, second, third)}, nil, nil},
		{"in pieces", []string{framed(clean)[:20], framed(clean)[20:], framed(first), framed(second)[:5], framed(second)[5:] + framed(third)}, nil, nil},
		{"old firmware", []string{framed(first, flagged(second, 2, "1"), third)}, reasons{printer.CoverOpen}, nil},
		{"~HS unanswered for want of paper", []string{framed(errorFrame("1", "00000000", "00000001"))}, reasons{printer.MediaEmpty}, nil},
		{"paused in ~HS only", []string{framed(clean, flagged(first, 2, "1"), second, third)}, reasons{printer.Paused}, nil},
		{"both say so", []string{framed(errorFrame("1", "00000000", "00000001"), flagged(first, 1, "1"), second, third)}, reasons{printer.MediaEmpty}, nil},
		{"two frames only", []string{framed(flagged(first, 1, "1"), second)}, reasons{printer.MediaEmpty}, nil},
		{"alerts in between", []string{"ALERT: LABEL READY\r\n" + framed(first) + "\"?\"" + framed(second, third)}, nil, nil},
		{"an end that got lost", []string{"\x02030,1,0\r\n" + framed(first, second, third)}, nil, nil},
		{"silence", nil, nil, printer.ErrMute},
		{"gibberish", []string{strings.Repeat("\x02?", 2000)}, nil, printer.ErrMute},
	} {
		t.Run(r.name, func(t *testing.T) {
			s := &script{says: r.says}
			got, err := Driver{}.ReadStatus(t.Context(), s)
			if !errors.Is(err, r.err) || !slices.Equal(got.Reasons, r.want) {
				t.Errorf("ReadStatus = %v, %v, want %v, %v", got.Reasons, err, r.want, r.err)
			}
			if s.asked.String() != "~HQES\r\n~HS\r\n" {
				t.Errorf("asked %q", s.asked.String())
			}
		})
	}
}

func TestReadOdometer(t *testing.T) {
	for _, r := range []struct {
		name string
		says []string
		want int64
		err  error
	}{
		{"a count", []string{`"1234"`}, 1234, nil},
		{"in pieces, with a line's end", []string{`"12`, "34\"\r\n"}, 1234, nil},
		{"after a late status", []string{framed(first, second, third) + `"7"`}, 7, nil},
		{"a clone", []string{`"?"`}, 0, printer.ErrMute},
		{"a clone without quotes", []string{"?"}, 0, printer.ErrMute},
		{"no number", []string{`"12 34"`}, 0, printer.ErrMute},
		{"negative", []string{`"-1"`}, 0, printer.ErrMute},
		{"silence", nil, 0, printer.ErrMute},
	} {
		t.Run(r.name, func(t *testing.T) {
			s := &script{says: r.says}
			got, err := Driver{}.ReadOdometer(t.Context(), s)
			if got != r.want || !errors.Is(err, r.err) {
				t.Errorf("ReadOdometer = %d, %v, want %d, %v", got, err, r.want, r.err)
			}
			if s.asked.String() != "! U1 getvar \"odometer.total_label_count\"\r\n" {
				t.Errorf("asked %q", s.asked.String())
			}
		})
	}
}

func TestIdentify(t *testing.T) {
	s := &script{says: []string{framed("ZD421\x1B-203dpi,V93.21.15Z,8,8176KB,X")}}
	if got, err := (Driver{}).Identify(t.Context(), s); got != "ZD421-203dpi" || err != nil || s.asked.String() != "~HI\r\n" {
		t.Errorf("Identify = %q, %v, asked %q", got, err, s.asked.String())
	}
	if _, err := (Driver{}).Identify(t.Context(), &script{}); !errors.Is(err, printer.ErrMute) {
		t.Errorf("Identify of a mute printer = %v", err)
	}
}

func TestConfirm(t *testing.T) {
	var (
		idle    = framed(clean, first, second, third)
		holds   = framed(clean, flagged(first, 4, "001"), second, third)
		batch   = framed(clean, first, flagged(second, 8, "00000001"), third)
		empty   = framed(errorFrame("1", "00000000", "00000001"))
		waiting = framed(clean, first, flagged(second, 7, "1"), third)
	)
	many := func(n int, says string) []string { return slices.Repeat([]string{says}, n) }
	counts := func(how string, n int) string { return how + fmt.Sprintf("\"%d\"\r\n", n) }
	for _, r := range []struct {
		name   string
		since  int64 // -1 without an odometer
		copies int
		says   [][]string
		method string
		heard  []reasons
		err    error
	}{
		{"held, then nothing left", -1, 0, [][]string{{"", holds, batch}, many(3, idle)}, "status", nil, nil},
		{"never seen to hold it", -1, 0, [][]string{{""}, many(30, idle)}, "ready", nil, printer.ErrPresumed},
		{"still held", -1, 0, [][]string{{""}, many(50, holds)}, "", nil, context.Canceled},
		{"an answer of long ago", -1, 0, [][]string{{holds, ""}, many(4, idle)}, "", nil, context.Canceled},
		{"no paper, ~HS unanswered, reload", -1, 0, [][]string{{"", holds, empty, "", empty, "", holds}, many(3, idle)}, "status",
			[]reasons{nil, {printer.MediaEmpty}, nil}, nil},
		{"no paper, never seen to hold it again", -1, 0, [][]string{{"", holds, empty, ""}, many(60, idle)}, "",
			[]reasons{nil, {printer.MediaEmpty}, nil}, context.Canceled},
		{"to be taken off", -1, 0, [][]string{{"", holds}, many(3, waiting)}, "status", []reasons{nil, {printer.OutputFull}}, nil},
		{"silence", -1, 0, nil, "", nil, context.Canceled},

		{"counted", 1234, 0, [][]string{{"", counts(holds, 1234), counts(idle, 1235)}}, "odometer", nil, nil},
		{"counted by a printer that knows no ~HS", 9, 0, [][]string{{"", counts("", 9), counts("", 10)}}, "odometer", nil, nil},
		{"counted while it still holds one", 9, 0, [][]string{{""}, many(9, counts(holds, 10))}, "", nil, context.Canceled},
		{"idle and not counted", 9, 0, [][]string{{"", counts(holds, 9)}, many(60, counts(idle, 9))}, "", nil, context.Canceled},
		{"one of two copies", 9, 2, [][]string{{"", counts(holds, 9)}, many(9, counts(idle, 10))}, "", nil, context.Canceled},
		{"two copies", 9, 2, [][]string{{"", counts(holds, 10), counts(idle, 11)}}, "odometer", nil, nil},
		{"no paper, reload, counted", 9, 0, [][]string{{"", counts(empty, 9), counts(empty, 9), counts(holds, 9), counts(idle, 10)}}, "odometer",
			[]reasons{{printer.MediaEmpty}, nil}, nil},
		{"a count of long ago", 9, 0, [][]string{{`"10"`, ""}, many(3, counts(idle, 9))}, "", nil, context.Canceled},
		{"a count that is none", 9, 0, [][]string{{"", `"?"`, `"?"`}}, "", nil, context.Canceled},
	} {
		t.Run(r.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				var heard []reasons
				var c printer.Confirmer = Driver{Copies: r.copies}
				if r.since >= 0 {
					c = Driver{Copies: r.copies}.Since(r.since)
				}
				evidence, err := c.Confirm(ctx, &script{says: slices.Concat(r.says...), end: cancel}, printer.Mark{}, func(s printer.Status) {
					if len(heard) == 0 || !slices.Equal(heard[len(heard)-1], s.Reasons) {
						heard = append(heard, s.Reasons)
					}
				})
				if !errors.Is(err, r.err) || (err == nil) != (r.err == nil) {
					t.Fatalf("Confirm = %v, want %v", err, r.err)
				}
				if evidence.Method != r.method || evidence.At.IsZero() != (r.method == "") {
					t.Errorf("evidence = %+v, want %q", evidence, r.method)
				}
				if r.heard != nil && !slices.EqualFunc(heard, r.heard, slices.Equal) {
					t.Errorf("heard %v, want %v", heard, r.heard)
				}
			})
		})
	}
}

func TestConfirmAsksNothingWhileItOnlyListens(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := &script{says: []string{framed(clean, first, second, third), "ALERT: LABEL READY\r\n"}}
	s.end = func() {
		if s.asked.Len() > 0 {
			t.Errorf("asked %q though no read had ended", s.asked.String())
		}
		cancel()
	}
	if _, err := (Driver{}).Confirm(ctx, s, printer.Mark{}, func(printer.Status) {}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// FuzzBackChannel: whatever a printer says, a piece is heard only whole, and
// none is kept for ever.
func FuzzBackChannel(f *testing.F) {
	f.Add([]byte(framed(clean, first, second, third) + `"1234"`))
	f.Add([]byte("\x02\x02\"\x03\"\"\x02"))
	f.Fuzz(func(t *testing.T, said []byte) {
		var r round
		p := parser{
			frame: func(text string) {
				if !bytes.Contains(said, []byte("\x02"+text+"\x03")) {
					t.Fatalf("heard the frame %q in %q", text, said)
				}
				r.frame(text)
			},
			value: func(text string) {
				if !bytes.Contains(said, []byte(`"`+text+`"`)) {
					t.Fatalf("heard the value %q in %q", text, said)
				}
			},
		}
		p.feed(said)
		if len(p.buf) > maxPiece {
			t.Fatalf("%d bytes are kept", len(p.buf))
		}
		r.sighting()
	})
}

func TestReadStatusOfABrokenLine(t *testing.T) {
	_, err := Driver{}.ReadStatus(t.Context(), struct {
		io.Reader
		io.Writer
	}{bytes.NewReader(nil), io.Discard})
	if !errors.Is(err, io.EOF) {
		t.Errorf("ReadStatus = %v, want %v", err, io.EOF)
	}
}
