package escpos

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"testing"

	"miandan/printer"
)

func TestFaultsOf(t *testing.T) {
	const idle = 0x12
	for _, r := range []struct {
		name string
		n    int
		bits byte
		want []printer.Reason
	}{
		{"drawer pin", 1, 0x04, nil},
		{"offline", 1, 0x08, []printer.Reason{printer.Offline}},
		{"waiting for recovery", 1, 0x20, []printer.Reason{printer.Paused}},
		{"feed button held", 1, 0x40, nil},
		{"cover", 2, 0x04, []printer.Reason{printer.CoverOpen}},
		{"fed by button", 2, 0x08, []printer.Reason{printer.Paused}},
		{"stopped by paper end", 2, 0x20, []printer.Reason{printer.MediaEmpty}},
		{"some error", 2, 0x40, []printer.Reason{printer.OtherFault}},
		{"recoverable error", 3, 0x04, []printer.Reason{printer.OtherFault}},
		{"cutter", 3, 0x08, []printer.Reason{printer.CutterFail}},
		{"unrecoverable error", 3, 0x20, []printer.Reason{printer.OtherFault}},
		{"hot head", 3, 0x40, []printer.Reason{printer.Overheated}},
		{"near end", 4, 0x0C, []printer.Reason{printer.MediaLow}},
		{"paper end", 4, 0x60, []printer.Reason{printer.MediaEmpty}},
	} {
		t.Run(r.name, func(t *testing.T) {
			if got := faultsOf(r.n, idle|r.bits).status().Reasons; !slices.Equal(got, r.want) {
				t.Errorf("DLE EOT %d answered with %02X means %v, want %v", r.n, idle|r.bits, got, r.want)
			}
		})
	}
	for n := 1; n <= questions; n++ {
		if got := faultsOf(n, idle); got != 0 {
			t.Errorf("DLE EOT %d answered with 12 means %v, want nothing", n, got.status())
		}
	}
}

func TestFaultsOfReport(t *testing.T) {
	for _, r := range []struct {
		name string
		at   int
		bits byte
		want []printer.Reason
	}{
		{"nothing", 0, 0x00, nil},
		{"drawer", 0, 0x04, nil},
		{"offline", 0, 0x08, []printer.Reason{printer.Offline}},
		{"cover", 0, 0x20, []printer.Reason{printer.CoverOpen}},
		{"fed by button", 0, 0x40, []printer.Reason{printer.Paused}},
		{"waiting for recovery", 1, 0x01, []printer.Reason{printer.Paused}},
		{"feed pressed", 1, 0x02, nil},
		{"recoverable error", 1, 0x04, []printer.Reason{printer.OtherFault}},
		{"cutter", 1, 0x08, []printer.Reason{printer.CutterFail}},
		{"unrecoverable error", 1, 0x20, []printer.Reason{printer.OtherFault}},
		{"hot head", 1, 0x40, []printer.Reason{printer.Overheated}},
		{"near end", 2, 0x03, []printer.Reason{printer.MediaLow}},
		{"paper end", 2, 0x0C, []printer.Reason{printer.MediaEmpty}},
	} {
		t.Run(r.name, func(t *testing.T) {
			b := [4]byte{0x10, 0, 0, 0}
			b[r.at] |= r.bits
			if got := faultsOfReport(b).status().Reasons; !slices.Equal(got, r.want) {
				t.Errorf("% X means %v, want %v", b, got, r.want)
			}
		})
	}
}

func TestStatusNamesTheCauseFirst(t *testing.T) {
	for _, r := range []struct {
		name string
		f    faults
		want []printer.Reason
	}{
		{"offline for want of paper", offline | mediaEmpty | mediaLow, []printer.Reason{printer.MediaEmpty, printer.MediaLow}},
		{"offline and a low roll", offline | mediaLow, []printer.Reason{printer.Offline, printer.MediaLow}},
		{"an error with a name", unnamed | cutterFail | offline, []printer.Reason{printer.CutterFail}},
		{"an error without", unnamed | offline, []printer.Reason{printer.OtherFault}},
		{"cover and paper", mediaEmpty | coverOpen | paused, []printer.Reason{printer.CoverOpen, printer.MediaEmpty, printer.Paused}},
	} {
		t.Run(r.name, func(t *testing.T) {
			if got := r.f.status().Reasons; !slices.Equal(got, r.want) {
				t.Errorf("status = %v, want %v", got, r.want)
			}
		})
	}
}

// script is a printer that says what is written down: each element is what one
// read returns, nil the end of a poll.
type script struct {
	says  [][]byte
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
	if next == nil {
		return 0, os.ErrDeadlineExceeded
	}
	return copy(b, next), nil
}

func (s *script) Write(b []byte) (int, error) { return s.asked.Write(b) }

func TestReadStatus(t *testing.T) {
	for _, r := range []struct {
		name string
		says [][]byte
		want []printer.Reason
		err  error
	}{
		{"ready", [][]byte{{0x16}, {0x12}, {0x12}, {0x12}}, nil, nil},
		{"no paper", [][]byte{{0x1E}, {0x32}, {0x12}, {0x72}}, []printer.Reason{printer.MediaEmpty}, nil},
		{"silence", nil, nil, printer.ErrMute},
		{"a clone that knows one question", [][]byte{{0x1A}}, []printer.Reason{printer.Offline}, nil},
		{"unasked talk", [][]byte{{0x37, 0x22, 'o', 'l', 'd'}, {'1', 0x00, 0x18, 0x20, 0x0C, 0x0F, 0x16}, {0x11, 0x12}, {0x12}, {0x12}}, nil, nil},
		{"more answers than questions", [][]byte{{0x12, 0x16, 0x16}, {0x12}, {0x12}, {0x12}}, nil, nil},
	} {
		t.Run(r.name, func(t *testing.T) {
			s := &script{says: r.says}
			got, err := Driver{}.ReadStatus(t.Context(), s)
			if !errors.Is(err, r.err) || !slices.Equal(got.Reasons, r.want) {
				t.Errorf("ReadStatus = %v, %v, want %v, %v", got.Reasons, err, r.want, r.err)
			}
		})
	}
}

func TestConfirm(t *testing.T) {
	mark := printer.Mark{'0', '0', 'x', '7'}
	for _, r := range []struct {
		name  string
		says  [][]byte
		heard [][]printer.Reason
		err   error
	}{
		{"at once", [][]byte{{0x37, 0x22, '0', '0', 'x', '7', 0}}, nil, nil},
		{"a byte at a time", [][]byte{{0x37}, {0x22}, {'0'}, nil, {'0'}, {'x'}, {'7'}, {0}}, nil, nil},
		{"after another's", [][]byte{{0x37, 0x22, '0', '0', 'x', '6', 0, 0x37, 0x22, '0', '0', 'x', '7', 0}}, nil, nil},
		{"another's only", [][]byte{{0x37, 0x22, '0', '0', 'x', '6', 0}}, nil, context.Canceled},
		{"an identity with the mark in it", [][]byte{{0x5F, 0x22, '0', '0', 'x', '7', 0}}, nil, context.Canceled},
		{"cut short", [][]byte{{0x37, 0x22, '0', '0', 'x', 0}}, nil, context.Canceled},
		{"after a reload", [][]byte{{0x18, 0, 0x0C, 0}, nil, {0x10, 0, 0, 0}, {0x37, 0x22, '0', '0', 'x', '7', 0}},
			[][]printer.Reason{{printer.MediaEmpty}, nil}, nil},
		{"asked twice with the same answer", [][]byte{nil, {0x1E, 0x32, 0x12, 0x72}, nil, {0x1E, 0x32, 0x12, 0x72}},
			[][]printer.Reason{{printer.MediaEmpty}}, context.Canceled},
		{"dots that read like a question", [][]byte{nil, {0x16, 0x16, 0x12, 0x12, 0x12}, nil, {0x16, 0x12, 0x12, 0x12}}, nil, context.Canceled},
		{"silence", nil, nil, context.Canceled},
	} {
		t.Run(r.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var heard [][]printer.Reason
			evidence, err := Driver{}.Confirm(ctx, &script{says: r.says, end: cancel}, mark, func(s printer.Status) {
				heard = append(heard, s.Reasons)
			})
			if !errors.Is(err, r.err) {
				t.Fatalf("Confirm = %v, want %v", err, r.err)
			}
			if err == nil && (evidence.Method != "process-id" || evidence.Detail != "00x7") {
				t.Errorf("evidence = %+v, want process-id 00x7", evidence)
			}
			if !slices.EqualFunc(heard, r.heard, slices.Equal) {
				t.Errorf("heard %v, want %v", heard, r.heard)
			}
		})
	}
}

func TestConfirmAsksNothingWhileItOnlyListens(t *testing.T) {
	s := &script{says: [][]byte{{0x10, 0, 0, 0}, {0x37, 0x22, 'm', 'a', 'r', 'k', 0}}}
	if _, err := (Driver{}).Confirm(t.Context(), s, printer.Mark{'m', 'a', 'r', 'k'}, func(printer.Status) {}); err != nil {
		t.Fatal(err)
	}
	if s.asked.Len() > 0 {
		t.Errorf("asked % X though no read had ended", s.asked.Bytes())
	}
}

// FuzzBackChannel holds the parser to one thing above all: a process ID is
// heard only if the printer said exactly that.
func FuzzBackChannel(f *testing.F) {
	f.Add([]byte{0x37, 0x22, '0', '0', '0', '1', 0})
	f.Add([]byte{0x10, 0x00, 0x37, 0x22, 'a', 'b', 0x12, 'c', 'd', 0x00})
	f.Add([]byte{0x5F, 'T', 'M', 0, 0x16, 0x12, 0x18, 0x04, 0x0C, 0x0F, 0x13, 0x11})
	f.Add([]byte{0x37, 0x22, '0', 0xFE, 0x1F, '1', 0})
	f.Add(bytes.Repeat([]byte{0x37}, 200))
	f.Fuzz(func(t *testing.T, said []byte) {
		plain := slices.DeleteFunc(slices.Clone(said), func(b byte) bool { return b == xon || b == xoff })
		var p parser
		for _, b := range said {
			switch p.feed(b) {
			case process:
				m := p.mark()
				if !m.Valid() {
					t.Fatalf("heard the process ID %q", m[:])
				}
				if !bytes.Contains(plain, append(append([]byte{0x37, 0x22}, m[:]...), 0)) {
					t.Fatalf("heard the process ID %q, which is not in % X", m[:], said)
				}
			case report:
				if !bytes.Contains(plain, p.buf[:4]) {
					t.Fatalf("heard the report % X, which is not in % X", p.buf[:4], said)
				}
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
}
