package printer

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestWatch(t *testing.T) {
	const (
		busy  = 'b'
		fault = 'f'
		taken = 't' // waits for a label to be taken off
	)
	for _, r := range []struct {
		name string
		says string
		want string // "out", "presumed" or "" for neither
	}{
		{"printed", "bbiii", "out"},
		{"not yet at work when first asked", "iibbiii", "out"},
		{"a pause between two motors", "biibiii", "out"},
		{"still calming down", "bii", ""},
		{"too quick to be seen", strings.Repeat("i", unseen), "presumed"},
		{"not yet presumed", strings.Repeat("i", unseen-1), ""},
		{"no paper, reloaded, printed", "bfffbiii", "out"},
		{"no paper, reloaded, never at work again", "bf" + strings.Repeat("i", 2*unseen), ""},
		{"cover opened before the motor started", "f" + strings.Repeat("i", 2*unseen), ""},
		{"printed, to be taken off", "bbttt", "out"},
		{"the label before has to be taken off", "ttttttbbttt", "out"},
		{"the label before is not taken off", strings.Repeat("t", 2*unseen), ""},
		{"a fault at the very end", "biif", ""},
	} {
		t.Run(r.name, func(t *testing.T) {
			var w Watch
			got := ""
			for i, c := range r.says { // i for one that is ready
				s := Sighting{Busy: c == busy}
				switch c {
				case fault:
					s = Sighting{Status: StatusOf(MediaEmpty), Busy: true}
				case taken:
					s = Sighting{Status: StatusOf(OutputFull)}
				}
				done, err := w.See(s)
				switch {
				case errors.Is(err, ErrPresumed):
					got = "presumed"
				case done:
					got = "out"
				}
				if got != "" && i < len(r.says)-1 {
					t.Fatalf("%s after %d of %d answers", got, i+1, len(r.says))
				}
			}
			if got != r.want {
				t.Errorf("after %s: %q, want %q", r.says, got, r.want)
			}
		})
	}
}

func TestStatusOf(t *testing.T) {
	got := StatusOf(MediaLow, Paused, MediaEmpty, CoverOpen, MediaEmpty)
	if want := []Reason{CoverOpen, MediaEmpty, Paused, MediaLow}; !slices.Equal(got.Reasons, want) {
		t.Errorf("StatusOf = %v, want %v", got.Reasons, want)
	}
	for _, r := range []Reason{MediaEmpty, MediaLow, MediaJam, CoverOpen, Offline, Paused, RibbonEmpty, OutputFull, CutterFail, Overheated, OtherFault} {
		s := StatusOf(r)
		if len(s.Reasons) != 1 || s.Ready() != (r == MediaLow) {
			t.Errorf("StatusOf(%s) = %v, ready %v", r, s.Reasons, s.Ready())
		}
	}
}

// counting is a driver whose printer counts labels.
type counting struct {
	talker
	before func() (int64, error)
	since  *int64
}

func (d counting) ReadOdometer(context.Context, io.ReadWriter) (int64, error) { return d.before() }

func (counting) Counts() int64 { return 1 }

func (d counting) Since(n int64) Confirmer { *d.since = n; return d }

func TestOdometer(t *testing.T) {
	ready := func() (Status, error) { return Status{}, nil }
	muted := func() (Status, error) { return Status{}, ErrMute }
	counts := func() (int64, error) { return 1234, nil }
	yes := func(context.Context, func(Status)) (Evidence, error) { return Evidence{Method: "odometer"}, nil }
	for _, r := range []struct {
		name   string
		status func() (Status, error)
		before func() (int64, error)
		mark   Mark
		want   int64 // -1: not read
		err    error
	}{
		{"counted", ready, counts, MarkAt(1), 1234, nil},
		{"keeps none", ready, func() (int64, error) { return 0, ErrMute }, MarkAt(1), -1, nil},
		{"a mute printer is not asked", muted, counts, MarkAt(1), -1, nil},
		{"no proof wanted", ready, counts, Mark{}, -1, nil},
		{"the line breaks", ready, func() (int64, error) { return 0, errBroken }, MarkAt(1), -1, errBroken},
	} {
		t.Run(r.name, func(t *testing.T) {
			since := int64(-1)
			p := Printer{Name: "p", Transport: pipe{}, Driver: counting{talker{status: r.status, confirm: yes}, r.before, &since}}
			a, base, err := p.Begin(t.Context(), Job{Name: "label", Mark: r.mark})
			if !errors.Is(err, r.err) || err == nil != (r.err == nil) {
				t.Fatalf("Begin = %v, want %v", err, r.err)
			}
			if err != nil {
				return
			}
			if n, err := p.Odometer(t.Context()); r.name == "counted" && (n != r.want || err != nil) || r.name == "keeps none" && !errors.Is(err, ErrMute) {
				t.Errorf("Odometer = %d, %v, want %d", n, err, r.want)
			}
			if got := base.Odometer; (got != nil) != (r.want >= 0) || got != nil && *got != r.want {
				t.Errorf("baseline's odometer = %v, want %d", got, r.want)
			}
			if _, _, err := a.Send(t.Context()); err != nil {
				t.Fatal(err)
			}
			if since != r.want {
				t.Errorf("confirmed since %d, want %d", since, r.want)
			}
		})
	}
}

func TestPresumedIsSent(t *testing.T) {
	p := Printer{Name: "p", Transport: pipe{}, Driver: talker{
		status: func() (Status, error) { return Status{}, nil },
		confirm: func(context.Context, func(Status)) (Evidence, error) {
			return Evidence{Method: "ready"}, ErrPresumed
		},
	}}
	a, _, err := p.Begin(t.Context(), Job{Name: "label", Mark: MarkAt(1)})
	if err != nil {
		t.Fatal(err)
	}
	outcome, evidence, err := a.Send(t.Context())
	if outcome != Sent || evidence.Method != "ready" || err != nil {
		t.Errorf("Send = %v, %+v, %v, want sent with the printer's word", outcome, evidence, err)
	}
}

func TestMutePrinterIsAskedEverLessOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked, answers := 0, false
		p := Printer{Name: "p", Transport: pipe{}, Driver: talker{
			status: func() (Status, error) {
				asked++
				if answers {
					return Status{}, nil
				}
				return Status{}, ErrMute
			},
			confirm: silent,
		}}
		hour := func() int {
			before := asked
			for end := time.Now().Add(time.Hour); time.Now().Before(end); time.Sleep(time.Second) {
				if _, err := p.Status(t.Context()); err != nil && !errors.Is(err, ErrMute) {
					t.Fatal(err)
				}
			}
			return asked - before
		}
		// 3 at once, after 30 s, 1, 2, 4, 8 min, then every 10.
		if n := hour(); n < 8 || n > 14 {
			t.Errorf("asked %d times in the first hour, want about a dozen", n)
		}
		if n := hour(); n < 5 || n > 7 {
			t.Errorf("asked %d times in the second hour, want 6", n)
		}
		// A label to it now costs no waiting for a word.
		before, began := asked, time.Now()
		a, base, err := p.Begin(t.Context(), Job{Name: "label", Mark: MarkAt(1)})
		if err != nil || base.Status != nil {
			t.Fatalf("Begin = %+v, %v", base, err)
		}
		if outcome, _, err := a.Send(t.Context()); outcome != Sent || err != nil || asked != before || time.Since(began) > 0 {
			t.Errorf("Send = %v, %v, asked %d times, took %v; want sent, at once, without a question", outcome, err, asked-before, time.Since(began))
		}
		answers = true
		time.Sleep(10 * time.Minute)
		if _, err := p.Status(t.Context()); err != nil {
			t.Fatal(err)
		}
		answers = false
		if n := hour(); n < 3600 {
			t.Errorf("a printer that has answered was asked %d times in an hour, want always", n)
		}
	})
}

// line of scripted reads: an element is what one read returns, "" the end of a
// poll.
type spoken struct {
	says  []string
	asked []string
	end   func()
}

func (s *spoken) Read(b []byte) (int, error) {
	if len(s.says) == 0 {
		s.end()
		return 0, os.ErrDeadlineExceeded
	}
	next := s.says[0]
	s.says = s.says[1:]
	if next == "" {
		return 0, os.ErrDeadlineExceeded
	}
	return copy(b, next), nil
}

func (s *spoken) Write(b []byte) (int, error) {
	s.asked = append(s.asked, string(b))
	return len(b), nil
}

func TestInterview(t *testing.T) {
	for _, r := range []struct {
		name  string
		says  []string
		asked int
		err   error
	}{
		{"nothing is asked while it only listens", []string{"a", "a", "!"}, 0, nil},
		{"asked when a read has ended", []string{"", "!"}, 1, nil},
		{"asked again after the answer", []string{"", "a", "a", "!"}, 3, nil},
		{"what is no answer changes nothing", []string{"", "x", "x", "!"}, 1, nil},
		{"a question without an answer is not repeated at once", []string{"", "", "", "!"}, 1, nil},
		{"but in the end", []string{"", "", "", "", "", "", "!"}, 2, nil},
		{"ends with the context", []string{"", "a"}, 2, context.Canceled},
		{"ends with what was heard", []string{"", "?"}, 1, errBroken},
	} {
		t.Run(r.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			s := &spoken{says: r.says, end: cancel}
			i := Interview{Question: []byte("how"), Hear: func(said []byte, asked bool) (bool, bool, error) {
				switch string(said) {
				case "!":
					return false, true, nil
				case "?":
					return false, false, errBroken
				}
				return string(said) == "a", false, nil
			}}
			if err := i.Run(ctx, s); !errors.Is(err, r.err) || err == nil != (r.err == nil) {
				t.Errorf("Run = %v, want %v", err, r.err)
			}
			if len(s.asked) != r.asked {
				t.Errorf("asked %d times, want %d", len(s.asked), r.asked)
			}
		})
	}
}
