package cpcl

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"testing"
	"testing/synctest"

	"miandan/printer"
)

type reasons = []printer.Reason

func TestStatus(t *testing.T) {
	for _, r := range []struct {
		name string
		b    byte
		want reasons
		busy bool
	}{
		{"ready", 0x00, nil, false},
		{"busy", 0x01, nil, true},
		{"paper out", 0x02, reasons{printer.MediaEmpty}, false},
		{"latch open", 0x04, reasons{printer.CoverOpen}, false},
		{"battery low", 0x08, nil, false},
		{"reset", 0x10, nil, false},
		{"latch open, no paper, busy", 0x07, reasons{printer.CoverOpen, printer.MediaEmpty}, true},
	} {
		t.Run(r.name, func(t *testing.T) {
			if got := status(r.b); !slices.Equal(got.Status.Reasons, r.want) || got.Busy != r.busy {
				t.Errorf("%02X means %v, busy %v, want %v, %v", r.b, got.Status.Reasons, got.Busy, r.want, r.busy)
			}
		})
	}
}

func TestExtended(t *testing.T) {
	for _, r := range []struct {
		name string
		b    byte
		want reasons
	}{
		{"nothing", 0x00, nil},
		{"the lower half", 0x0F, nil},
		{"jam", 0x10, reasons{printer.MediaJam}},
		{"label not removed", 0x20, reasons{printer.OutputFull}},
		{"paper low", 0x40, reasons{printer.MediaLow}},
		{"no ribbon", 0x80, reasons{printer.RibbonEmpty}},
	} {
		t.Run(r.name, func(t *testing.T) {
			if got := extended(r.b); !slices.Equal(got, r.want) {
				t.Errorf("%02X means %v, want %v", r.b, got, r.want)
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
		name   string
		driver Driver
		says   []string
		want   reasons
		err    error
		asked  string
	}{
		{"ready", Driver{}, []string{"\x00"}, nil, nil, "\x1Bh"},
		{"switched on a moment ago", Driver{}, []string{"\x10"}, nil, nil, "\x1Bh\x1BN"},
		{"no paper", Driver{}, []string{"\x02"}, reasons{printer.MediaEmpty}, nil, "\x1Bh"},
		{"text first", Driver{}, []string{"READY\x04"}, reasons{printer.CoverOpen}, nil, "\x1Bh"},
		{"silence", Driver{}, nil, nil, printer.ErrMute, "\x1Bh"},
		{"silence, extended", Driver{Extended: true}, nil, nil, printer.ErrMute, "\x1Bh"},
		{"extended", Driver{Extended: true}, []string{"\x00", "\x60"}, reasons{printer.OutputFull, printer.MediaLow}, nil, "\x1Bh\x1Bi"},
		{"both", Driver{Extended: true}, []string{"\x04", "\x10"}, reasons{printer.CoverOpen, printer.MediaJam}, nil, "\x1Bh\x1Bi"},
		{"knows no extended one", Driver{Extended: true}, []string{"\x02"}, reasons{printer.MediaEmpty}, nil, "\x1Bh\x1Bi"},
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
		{"a version", []string{"QLN420", " V68.20\x00"}, "QLN420 V68.20", nil},
		{"after a zero", []string{"\x00HM-A300\x00"}, "HM-A300", nil},
		{"without an end", []string{"XP-P323B\r\n"}, "XP-P323B", nil},
		{"silence", nil, "", printer.ErrMute},
	} {
		t.Run(r.name, func(t *testing.T) {
			s := &script{says: r.says}
			if got, err := (Driver{}).Identify(t.Context(), s); got != r.want || !errors.Is(err, r.err) || s.asked.String() != "\x1Bv" {
				t.Errorf("Identify = %q, %v, asked %q, want %q, %v", got, err, s.asked.String(), r.want, r.err)
			}
		})
	}
}

func TestConfirm(t *testing.T) {
	many := func(n int, says string) []string { return slices.Repeat([]string{says}, n) }
	for _, r := range []struct {
		name   string
		says   [][]string
		method string
		heard  []reasons
		err    error
	}{
		{"answers that it is ready", [][]string{{""}, many(3, "\x00")}, "status", nil, nil},
		{"busy, then ready", [][]string{{""}, many(9, "\x01"), many(3, "\x00")}, "status", nil, nil},
		{"low battery", [][]string{{""}, many(3, "\x08")}, "status", nil, nil},
		{"silent while it prints", [][]string{many(4, ""), many(3, "\x00")}, "status", nil, nil},
		{"twice is not enough", [][]string{{""}, many(2, "\x00")}, "", nil, context.Canceled},
		{"answers of long ago", [][]string{many(9, "\x00")}, "", nil, context.Canceled},
		{"no paper, reload", [][]string{{"", "\x01", "\x03", "\x03", "\x01"}, many(3, "\x00")}, "status",
			[]reasons{nil, {printer.MediaEmpty}, nil}, nil},
		{"no paper, never busy again", [][]string{{"", "\x01", "\x02"}, many(60, "\x00")}, "",
			[]reasons{nil, {printer.MediaEmpty}, nil}, context.Canceled},
		{"switched off and on", [][]string{{"", "\x01", "\x10"}, many(9, "\x00")}, "", nil, errReset},
		{"silence", nil, "", nil, context.Canceled},
		{"text", [][]string{{"", "ERROR"}}, "", nil, context.Canceled},
	} {
		t.Run(r.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				var heard []reasons
				evidence, err := Driver{}.Confirm(ctx, &script{says: slices.Concat(r.says...), end: cancel}, printer.Mark{}, func(s printer.Status) {
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
	s := &script{says: []string{"\x00", "\x00", "\x00", "\x00"}}
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

func TestReadStatusOfABrokenLine(t *testing.T) {
	_, err := Driver{}.ReadStatus(t.Context(), struct {
		io.Reader
		io.Writer
	}{bytes.NewReader(nil), io.Discard})
	if !errors.Is(err, io.EOF) {
		t.Errorf("ReadStatus = %v, want %v", err, io.EOF)
	}
}
