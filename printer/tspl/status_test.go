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
	"testing"
	"testing/synctest"

	"miandan/printer"
)

type reasons = []printer.Reason

func TestShort(t *testing.T) {
	for _, r := range []struct {
		name string
		b    byte
		want reasons
		busy bool
	}{
		{"ready", 0x00, nil, false},
		{"head open", 0x01, reasons{printer.CoverOpen}, false},
		{"paper jam", 0x02, reasons{printer.MediaJam}, false},
		{"head open and jam", 0x03, reasons{printer.CoverOpen, printer.MediaJam}, false},
		{"no paper", 0x04, reasons{printer.MediaEmpty}, false},
		{"head open, no paper", 0x05, reasons{printer.CoverOpen, printer.MediaEmpty}, false},
		{"no ribbon", 0x08, reasons{printer.RibbonEmpty}, false},
		{"head open, no paper, no ribbon", 0x0D, reasons{printer.CoverOpen, printer.MediaEmpty, printer.RibbonEmpty}, false},
		{"paused", 0x10, reasons{printer.Paused}, false},
		{"printing", 0x20, nil, true},
		{"printing, no paper", 0x24, reasons{printer.MediaEmpty}, true},
		{"other error", 0x80, reasons{printer.OtherFault}, false},
	} {
		t.Run(r.name, func(t *testing.T) {
			got := short(r.b)
			if !slices.Equal(got.Status.Reasons, r.want) || got.Busy != r.busy {
				t.Errorf("%02X means %v, busy %v, want %v, %v", r.b, got.Status.Reasons, got.Busy, r.want, r.busy)
			}
		})
	}
}

func TestLong(t *testing.T) {
	for _, r := range []struct {
		name string
		s    string
		want reasons
		busy bool
	}{
		{"normal", "@@@@", nil, false},
		{"paused", "`@@@", reasons{printer.Paused}, false},
		{"back-feeding", "B@@@", nil, true},
		{"cutting", "C@@@", nil, true},
		{"an error without a name", "E@@@", reasons{printer.OtherFault}, false},
		{"an error with one", "E@@\x41", reasons{printer.MediaEmpty}, false},
		{"feeding", "F@@@", nil, true},
		{"waits for a key", "K@@@", reasons{printer.Paused}, false},
		{"waits for the label to be taken", "L@@@", reasons{printer.OutputFull}, false},
		{"printing", "P@@@", nil, true},
		{"drawing", "W@@@", nil, true},
		{"paper low", "@\x41@@", reasons{printer.MediaLow}, false},
		{"ribbon low", "@\x42@@", nil, false},
		{"reserved", "@\x44@@", nil, false},
		{"receive buffer full", "@\x48@@", nil, true},
		{"head hot", "@@\x41@", reasons{printer.Overheated}, false},
		{"motor hot", "@@\x42@", reasons{printer.Overheated}, false},
		{"head error", "@@\x44@", reasons{printer.OtherFault}, false},
		{"cutter jam", "@@\x48@", reasons{printer.CutterFail}, false},
		{"no memory", "@@\x50@", reasons{printer.OtherFault}, false},
		{"paper empty", "@@@\x41", reasons{printer.MediaEmpty}, false},
		{"paper jam", "@@@\x42", reasons{printer.MediaJam}, false},
		{"ribbon empty", "@@@\x44", reasons{printer.RibbonEmpty}, false},
		{"ribbon jam", "@@@\x48", reasons{printer.OtherFault}, false},
		{"head open", "@@@\x60", reasons{printer.CoverOpen}, false},
	} {
		t.Run(r.name, func(t *testing.T) {
			got := long([4]byte([]byte(r.s)))
			if !slices.Equal(got.Status.Reasons, r.want) || got.Busy != r.busy {
				t.Errorf("% X means %v, busy %v, want %v, %v", r.s, got.Status.Reasons, got.Busy, r.want, r.busy)
			}
		})
	}
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
	s.says = s.says[1:]
	if next == "" {
		return 0, os.ErrDeadlineExceeded
	}
	return copy(b, next), nil
}

func (s *script) Write(b []byte) (int, error) { return s.asked.Write(b) }

func TestReadStatus(t *testing.T) {
	for _, r := range []struct {
		name   string
		driver Driver
		says   []string
		want   reasons
		err    error
		asked  string
	}{
		{"ready", Driver{}, []string{"\x00", "\x00"}, nil, nil, "\x1B!?\x1B!?"},
		{"no paper", Driver{}, []string{"\x04", "\x04"}, reasons{printer.MediaEmpty}, nil, "\x1B!?\x1B!?"},
		{"a jam, whose byte begins a frame", Driver{}, []string{"\x02", "\x02"}, reasons{printer.MediaJam}, nil, "\x1B!?\x1B!?"},
		{"a byte of long ago", Driver{}, []string{"\x04", "\x00\x00"}, nil, nil, "\x1B!?\x1B!?"},
		{"answers once", Driver{}, []string{"\x10"}, reasons{printer.Paused}, nil, "\x1B!?\x1B!?"},
		{"silence", Driver{}, nil, nil, printer.ErrMute, "\x1B!?"},
		{"an unasked frame", Driver{}, []string{"\x02@@@A\x03\r\n", "\x02@@@@\x03\r\n"}, nil, nil, "\x1B!?\x1B!?"},
		{"text", Driver{}, []string{"TSPL", "\x01", "\x01"}, reasons{printer.CoverOpen}, nil, "\x1B!?\x1B!?"},
		{"a report of long ago", Driver{}, []string{"{00,00001}", "\r\n", "\x01", "\x01"}, reasons{printer.CoverOpen}, nil, "\x1B!?\x1B!?"},
		{"in long", Driver{Extended: true}, []string{"\x02@@", "@A\x03\r\n", "\x02@@@A\x03\r\n"}, reasons{printer.MediaEmpty}, nil, "\x1B!S\x1B!S"},
		{"in long, cut short", Driver{Extended: true}, []string{"\x02@@@"}, nil, printer.ErrMute, "\x1B!S"},
		{"in long, answered in short", Driver{Extended: true}, []string{"\x04", "\x00"}, nil, printer.ErrMute, "\x1B!S"},
		{"at work on an earlier label", Driver{Response: true, Pause: 1}, []string{"\x20", "\x20", "\x20", "{00,00001}", "\x00"}, nil, nil, strings.Repeat("\x1B!?", 4)},
		{"stopped in the middle of one", Driver{Response: true}, []string{"\x24", "\x24"}, reasons{printer.MediaEmpty}, nil, "\x1B!?\x1B!?"},
		{"at work, which without reports is no matter", Driver{}, []string{"\x20", "\x20"}, nil, nil, "\x1B!?\x1B!?"},
		{"woken up", Driver{Immediate: true}, []string{"\x00", "\x00"}, nil, nil, "~!E\r\n\x1B!?~!E\r\n\x1B!?"},
	} {
		t.Run(r.name, func(t *testing.T) {
			s := &script{says: r.says}
			got, err := r.driver.ReadStatus(t.Context(), s)
			if !errors.Is(err, r.err) || !slices.Equal(got.Reasons, r.want) {
				t.Errorf("ReadStatus = %v, %v, want %v, %v", got.Reasons, err, r.want, r.err)
			}
			if s.asked.String() != r.asked {
				t.Errorf("asked %q, want %q", s.asked.String(), r.asked)
			}
		})
	}
}

func TestIdentify(t *testing.T) {
	for _, r := range []struct {
		name string
		says []string
		want string
		err  error
	}{
		{"a model", []string{"TTP-", "244 Pro\r\n"}, "TTP-244 Pro", nil},
		{"without an end", []string{"XP-420B"}, "XP-420B", nil},
		{"after an old line's end", []string{"\r\n", "GP-1324D\r"}, "GP-1324D", nil},
		{"control characters", []string{"A\x1B[2J\x00B\r"}, "A[2JB", nil},
		{"silence", nil, "", printer.ErrMute},
	} {
		t.Run(r.name, func(t *testing.T) {
			s := &script{says: r.says}
			got, err := Driver{}.Identify(t.Context(), s)
			if got != r.want || !errors.Is(err, r.err) {
				t.Errorf("Identify = %q, %v, want %q, %v", got, err, r.want, r.err)
			}
			if s.asked.String() != "~!T\r\n" {
				t.Errorf("asked %q", s.asked.String())
			}
		})
	}
}

func TestConfirm(t *testing.T) {
	many := func(n int, says string) []string { return slices.Repeat([]string{says}, n) }
	for _, r := range []struct {
		name   string
		driver Driver
		says   [][]string
		method string
		heard  []reasons // each once
		err    error
	}{
		{"printed", Driver{}, [][]string{{""}, many(4, "\x20"), many(5, "\x00")}, "status", nil, nil},
		{"too quick to be seen", Driver{}, [][]string{{""}, many(40, "\x00")}, "ready", nil, printer.ErrPresumed},
		{"ready is not yet printed", Driver{}, [][]string{{""}, many(4, "\x00")}, "", nil, context.Canceled},
		{"once at work is not yet believed", Driver{}, [][]string{{""}, {"\x20"}, many(10, "\x00")}, "", nil, context.Canceled},
		{"answers before a question are old ones", Driver{}, [][]string{many(3, "\x20"), many(9, "\x00"), {""}, many(9, "\x00")}, "", nil, context.Canceled},
		{"paper out and reload", Driver{}, [][]string{{""}, many(3, "\x20"), many(3, "\x24"), many(3, "\x20"), many(5, "\x00")}, "status",
			[]reasons{nil, {printer.MediaEmpty}, nil}, nil},
		{"paper out, never at work again", Driver{}, [][]string{{""}, many(3, "\x20"), many(3, "\x04"), many(60, "\x00")}, "",
			[]reasons{nil, {printer.MediaEmpty}, nil}, context.Canceled},
		{"silence", Driver{}, nil, "", nil, context.Canceled},
		{"in long", Driver{Extended: true}, [][]string{{""}, many(3, "\x02P@@@\x03\r\n"), many(5, "\x02@@@@\x03\r\n")}, "status", nil, nil},
		{"in long, to be taken off", Driver{Extended: true}, [][]string{{""}, many(3, "\x02P@@@\x03\r\n"), many(5, "\x02L@@@\x03\r\n")}, "status",
			[]reasons{nil, {printer.OutputFull}}, nil},
		{"reported", Driver{Response: true}, [][]string{{"{00,00001}\r\n"}}, "response", nil, nil},
		{"reported in pieces, after a question", Driver{Response: true}, [][]string{{"", "\x20", "{0", "0,00", "001}"}}, "response", nil, nil},
		{"reported with an id", Driver{Response: true}, [][]string{{"{00,00007,AB12}\r\n"}}, "response", nil, nil},
		{"two copies", Driver{Response: true, Copies: 2}, [][]string{{"{00,00001}\r\n"}}, "", nil, context.Canceled},
		{"two copies reported", Driver{Response: true, Copies: 2}, [][]string{{"{00,00001}\r\n{00,00002}\r\n"}}, "response", nil, nil},
		{"no report", Driver{Response: true}, [][]string{{""}, many(4, "\x20"), many(60, "\x00")}, "", nil, context.Canceled},
		{"a fault reported", Driver{Response: true}, [][]string{{"{04,00001}"}}, "", []reasons{{printer.MediaEmpty}}, context.Canceled},
		{"no report but braces", Driver{Response: true}, [][]string{{"{}", "{0}", "{zz,1}", "{00;1}", "{" + strings.Repeat("0", 100) + "}"}}, "", nil, context.Canceled},
		{"a report that was not asked for", Driver{}, [][]string{{"{00,00001}\r\n"}}, "", nil, context.Canceled},
	} {
		t.Run(r.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				var heard []reasons
				evidence, err := r.driver.Confirm(ctx, &script{says: slices.Concat(r.says...), end: cancel}, printer.Mark{}, func(s printer.Status) {
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
	s := &script{says: []string{"\x00", "{00,00001}"}}
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

// FuzzBackChannel: a report is heard only if the printer said exactly that, and
// no byte is kept for ever.
func FuzzBackChannel(f *testing.F) {
	f.Add([]byte("\x02@@@A\x03\r\n\x00\x20"), true, uint8(3))
	f.Add([]byte("{00,00001}\r\n\x02\x02{\x02L"), false, uint8(1))
	f.Add([]byte("{}{0}{{"), false, uint8(1))
	f.Fuzz(func(t *testing.T, said []byte, long bool, piece uint8) {
		p := parser{long: long}
		var all []heard
		for rest := said; len(rest) > 0; {
			n := min(int(piece)+1, len(rest))
			all = append(all, p.feed(rest[:n])...)
			rest = rest[n:]
			if len(p.buf) > maxReport {
				t.Fatalf("%d bytes are kept", len(p.buf))
			}
		}
		all = append(all, p.feed(nil)...)
		if len(p.buf) > 0 {
			t.Fatalf("% X is kept though nothing more came", p.buf)
		}
		for _, h := range all {
			if h.reported && !bytes.ContainsRune(said, '{') {
				t.Fatalf("heard a report in % X", said)
			}
		}
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
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(fmt.Errorf("enough"))
	if _, err := (Driver{}).ReadStatus(ctx, &script{}); err == nil || err.Error() != "enough" {
		t.Errorf("ReadStatus = %v, want the context's cause", err)
	}
}
