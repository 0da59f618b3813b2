package printertest_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"miandan/printer"
	"miandan/printer/cpcl"
	"miandan/printer/escpos"
	"miandan/printer/printertest"
	"miandan/printer/tspl"
	"miandan/printer/zpl"
)

var update = flag.Bool("update", false, "write the table of status bits anew into ../README.md")

// saying is a printer that answers one question with what is to be tried, and
// others as if all were well.
type saying struct {
	bit     printertest.Bit
	pending bytes.Buffer
	asked   int
	unasked bool // the bit is said once without a question
	end     func()
}

func (s *saying) Write(b []byte) (int, error) {
	if s.asked++; s.asked > 40 {
		s.end()
	}
	answer := s.bit.Answer
	is := func(question string, idle string) {
		if s.bit.Question != question {
			answer = idle
		}
		s.pending.WriteString(answer)
	}
	switch q := string(b); {
	case strings.HasPrefix(q, "\x10\x04") && len(q) == 3:
		is(fmt.Sprintf("DLE EOT %d", q[2]), "\x12")
	case q == "\x1B!?":
		is("ESC ! ?", "\x00")
	case q == "\x1B!S":
		is("ESC ! S", "\x02@@@@\x03\r\n")
	case q == "~HQES\r\n~HS\r\n":
		well := "\x02030,0,0,1200,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n"
		if s.bit.Question == "~HQES" {
			answer += well
		}
		s.pending.WriteString(answer)
	case q == "\x1Bh":
		is("ESC h", "\x00")
	case q == "\x1Bi":
		is("ESC i", "\x00")
	case q == "\x1BN":
	default:
		return 0, fmt.Errorf("asked %q", q)
	}
	return len(b), nil
}

func (s *saying) Read(b []byte) (int, error) {
	if s.unasked {
		s.unasked = false
		return copy(b, s.bit.Answer), nil
	}
	if s.pending.Len() > 0 {
		return s.pending.Read(b)
	}
	if s.bit.Language == "ESC/POS" && s.asked > 0 {
		s.end()
	}
	time.Sleep(20 * time.Millisecond) // as a read waits for its deadline
	return 0, os.ErrDeadlineExceeded
}

func driver(b printertest.Bit) printer.Driver {
	switch b.Language {
	case "ESC/POS":
		return escpos.Driver{}
	case "TSPL":
		return tspl.Driver{Extended: b.Question == "ESC ! S"}
	case "ZPL":
		return zpl.Driver{}
	case "CPCL":
		return cpcl.Driver{Extended: b.Question == "ESC i"}
	}
	return nil
}

func name(b printertest.Bit) string {
	return strings.Join([]string{b.Language, b.Question, b.Where, b.Says}, ", ")
}

// TestBits has each driver hear each bit.
func TestBits(t *testing.T) {
	for _, b := range printertest.Bits() {
		t.Run(name(b), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				d := driver(b)
				s := &saying{bit: b, end: cancel}
				if b.Question == printertest.Report || strings.HasPrefix(b.Question, printertest.NotAsked) {
					heard(ctx, t, d.(printer.Confirmer), s)
					return
				}
				got, err := d.(printer.StatusReader).ReadStatus(ctx, s)
				if err != nil || !slices.Equal(got.Reasons, b.Means) {
					t.Errorf("ReadStatus = %v, %v, want %v", got.Reasons, err, b.Means)
				}
				if len(b.Means) == 0 && b.Language != "ESC/POS" {
					atWork(ctx, t, d.(printer.Confirmer), s)
				}
			})
		})
	}
}

// heard listens for a bit that is said unasked.
func heard(ctx context.Context, t *testing.T, d printer.Confirmer, s *saying) {
	s.unasked = true
	var got []printer.Status
	_, err := d.Confirm(ctx, s, printer.MarkAt(1), func(st printer.Status) { got = append(got, st) })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Confirm = %v, want %v", err, context.Canceled)
	}
	want := []printer.Status{{Reasons: s.bit.Means}}
	if s.bit.Question != printertest.Report {
		want = nil
	}
	if !slices.EqualFunc(got, want, func(a, b printer.Status) bool { return slices.Equal(a.Reasons, b.Reasons) }) {
		t.Errorf("heard %v, want %v", got, want)
	}
}

// atWork holds that a printer which says this for ever is at work for ever, or
// has nothing left to do. One that was reset has lost its label.
func atWork(ctx context.Context, t *testing.T, d printer.Confirmer, s *saying) {
	s.asked = 0
	evidence, err := d.Confirm(ctx, s, printer.Mark{}, func(printer.Status) {})
	ended := err == nil || errors.Is(err, printer.ErrPresumed)
	if strings.HasPrefix(s.bit.Says, "was reset") {
		if ended || errors.Is(err, context.Canceled) {
			t.Errorf("Confirm = %+v, %v after a reset", evidence, err)
		}
		return
	}
	if ended == s.bit.Busy || !ended && !errors.Is(err, context.Canceled) {
		t.Errorf("Confirm = %+v, %v, busy %v", evidence, err, s.bit.Busy)
	}
}

var _ io.ReadWriter = (*saying)(nil)

// TestDocumentedBits keeps the README's table of them.
func TestDocumentedBits(t *testing.T) {
	const file, head, end = "../README.md", "<!-- status bits: generated -->\n", "<!-- end -->"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), head)
	got, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s has no %q … %q", file, head, end)
	}
	want := "\n" + documented(printertest.Bits()) + "\n"
	if got == want {
		return
	}
	if !*update {
		t.Errorf("%s has another table of status bits; write it anew: go test ./printer/printertest -run TestDocumentedBits -update", file)
		return
	}
	if err := os.WriteFile(file, []byte(before+head+want+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// documented is the table in Markdown.
func documented(bits []printertest.Bit) string {
	var b strings.Builder
	b.WriteString("| language | question | in the answer | the maker says | Miandan reports |\n|---|---|---|---|---|\n")
	for _, bit := range bits {
		var words []string
		for _, r := range bit.Means {
			words = append(words, "`"+string(r)+"`")
		}
		if bit.Busy {
			words = append(words, "at work")
		}
		if words == nil {
			words = []string{"–"}
		}
		question, not := strings.CutPrefix(bit.Question, printertest.NotAsked)
		if question != printertest.Report {
			question = "`" + question + "`"
		}
		if not {
			question += ", which is not asked"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", bit.Language, question, bit.Where, bit.Says, strings.Join(words, ", "))
	}
	return b.String()
}
