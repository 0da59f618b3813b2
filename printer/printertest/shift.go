package printertest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"miandan/printer"
	"miandan/printer/bitmap"
	"miandan/printer/tcp"
	"miandan/printer/virtual"
)

// Shift is a packer's shift: many labels, one after the other, on a printer to
// which things happen.
type Shift struct {
	Config
	Labels  int
	Mishaps int // how many there are
	Seed    uint64
}

// Tally is what became of a shift's labels.
type Tally struct {
	Confirmed, Sent, Uncertain int
	// Lost are those that are not on paper, of each outcome. A confirmed one fails
	// the test.
	LostSent, LostUncertain int
	Torn, Tries             int // pieces of labels; how often Begin or Send failed with nothing sent
}

// label is a picture that says which it is: its number stands in the first row
// as four bytes with their complement, and in every row after that as noise.
func label(n int) *bitmap.Image {
	m := random(uint64(n), 96, 120)
	for i := range 32 {
		bit := n>>i&1 == 1
		m.Set(i, 0, bit)
		m.Set(32+i, 0, !bit)
	}
	return m
}

// number reads it back.
func number(m *bitmap.Image) (int, bool) {
	n := 0
	for i := range 32 {
		if m.Black(i, 0) == m.Black(32+i, 0) {
			return 0, false
		}
		if m.Black(i, 0) {
			n |= 1 << i
		}
	}
	return n, true
}

// Work works the shift and judges it by the printer's own record: every label
// is on paper once, or its outcome says that it may not be; none is there twice;
// and they lie in the order in which they were sent.
func (s Shift) Work(t *testing.T) Tally {
	t.Helper()
	folder := t.TempDir()
	cfg := s.Virtual
	cfg.Folder = folder
	v, err := virtual.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	v.LateMark(s.Busy)
	mishaps := virtual.Mishaps(s.Seed, s.Mishaps, s.Labels, 120, 1500, 60*time.Millisecond)
	v.Script(mishaps...)
	p := &printer.Printer{
		Name: "bench", Driver: s.Driver, Transport: tcp.Transport{Address: v.Addr()},
		Timeouts: printer.Timeouts{
			Dial: 5 * time.Second, Status: 300 * time.Millisecond, Write: 500 * time.Millisecond, Confirm: 300 * time.Millisecond, Fault: 3 * time.Second,
			Mute: 200 * time.Millisecond, Poll: 5 * time.Millisecond, Close: 200 * time.Millisecond,
		},
	}
	tries := 0
	outcomes := make([]printer.Outcome, s.Labels)
	for n := range outcomes {
		outcomes[n] = one(t, p, n, &tries)
	}
	finish(t, v)
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	prints, err := virtual.ReadJournal(folder)
	if err != nil {
		t.Fatal(err)
	}
	tally, wrong := judge(outcomes, withPictures(v, prints))
	tally.Tries = tries
	for _, w := range wrong {
		t.Error(w)
	}
	// What a wire took is presumed to be printed, and is, unless the power went.
	powered := !slices.ContainsFunc(mishaps, func(m virtual.Mishap) bool { return m.Power && !m.Keep })
	if powered && tally.LostSent > 0 {
		t.Errorf("%d labels were sent to a printer that lost nothing, and are not on paper", tally.LostSent)
	}
	return tally
}

// one sends a label until a byte of it has left.
func one(t *testing.T, p *printer.Printer, n int, tries *int) printer.Outcome {
	t.Helper()
	job := printer.Job{Name: fmt.Sprintf("label %d", n), Mark: printer.MarkAt(uint64(n + 1)), Image: label(n)}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		a, _, err := p.Begin(t.Context(), job)
		if err != nil {
			*tries++
			continue
		}
		outcome, _, err := a.Send(t.Context())
		if (err == nil) != (outcome >= printer.Sent) {
			t.Errorf("label %d: outcome %v with error %v", n, outcome, err)
		}
		if outcome != printer.NotSent {
			return outcome
		}
		*tries++
	}
	t.Fatalf("label %d: the printer cannot be used any more", n)
	return 0
}

// finish puts everything right and lets the printer print what it still has.
func finish(t *testing.T, v *virtual.Printer) {
	t.Helper()
	for last, quiet := -1, 0; quiet < 30; time.Sleep(10 * time.Millisecond) {
		v.Set(virtual.CoverOpen|virtual.HeadHot|virtual.Paused|virtual.PaperOut, false)
		v.Mute(false)
		v.Hang(false)
		quiet++
		if n := len(v.Prints()); n != last || v.Busy() {
			last, quiet = n, 0
		}
	}
}

// withPictures adds to the journal's prints the dots that it has in files. Both
// tell of the same paper.
func withPictures(v *virtual.Printer, journal []virtual.Print) []virtual.Print {
	for _, p := range v.Prints() {
		if i := slices.IndexFunc(journal, func(j virtual.Print) bool { return j.Seq == p.Seq }); i >= 0 {
			journal[i].Image = p.Image
		}
	}
	return journal
}

// judge holds the outcomes against the paper and returns what cannot be.
func judge(outcomes []printer.Outcome, prints []virtual.Print) (tally Tally, wrong []string) {
	fault := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	times := make([]int, len(outcomes))
	last := -1
	for _, p := range prints {
		if p.Partial || p.Image == nil {
			tally.Torn++
			continue
		}
		n, ok := number(p.Image)
		if !ok || n < 0 || n >= len(outcomes) {
			if p.Garbage == "" {
				fault("print %d is a label that nobody has sent", p.Seq)
			}
			continue
		}
		if _, diff := bitmap.Diff(label(n), p.Image); diff != 0 && p.Garbage == "" {
			fault("label %d differs in %d dots on paper", n, diff)
		}
		times[n]++
		if n < last {
			fault("label %d came out after label %d", n, last)
		}
		last = max(last, n)
	}
	for n, o := range outcomes {
		lost := 1 - min(times[n], 1)
		switch o {
		case printer.Confirmed:
			tally.Confirmed++
			if lost > 0 {
				fault("label %d was confirmed and is not on paper", n)
			}
		case printer.Sent:
			tally.Sent++
			tally.LostSent += lost
		case printer.Uncertain:
			tally.Uncertain++
			tally.LostUncertain += lost
		default:
			if lost == 0 {
				fault("label %d was not sent and is on paper", n)
			}
		}
		if times[n] > 1 {
			fault("label %d is on paper %d times (%v)", n, times[n], o)
		}
	}
	return tally, wrong
}
