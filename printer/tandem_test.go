package printer_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"miandan/printer"
	"miandan/printer/bitmap"
	"miandan/printer/drivertest"
	"miandan/printer/escpos"
	"miandan/printer/tcp"
	"miandan/printer/tspl"
	"miandan/printer/virtual"
	"miandan/printer/zpl"
)

// tandem is a printer and a wave of labels for it, each sent as soon as it may.
type tandem struct {
	t       testing.TB
	virtual *virtual.Printer
	printer *printer.Printer
	n       uint64
}

func newTandem(t testing.TB, d printer.Driver, c virtual.Config) *tandem {
	t.Helper()
	v, err := virtual.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	return &tandem{t, v, &printer.Printer{
		Name: "bench", Driver: d, Transport: tcp.Transport{Address: v.Addr()},
		Timeouts: printer.Timeouts{Status: 30 * time.Second, Confirm: time.Minute, Fault: time.Minute, Poll: 20 * time.Millisecond},
	}, 0}
}

// result is what became of a label.
type result struct {
	outcome  printer.Outcome
	evidence printer.Evidence
	baseline printer.Baseline
	err      error
}

func (td *tandem) begin(m *bitmap.Image) (*printer.Attempt, printer.Baseline, error) {
	td.n++
	return td.printer.Begin(td.t.Context(), printer.Job{Name: fmt.Sprint(td.n), Mark: printer.MarkAt(td.n), Image: m})
}

// wave sends n labels, the next one as soon as the last one lets it.
func (td *tandem) wave(ctx context.Context, m *bitmap.Image, n int) []result {
	td.t.Helper()
	results := make([]result, n)
	var all sync.WaitGroup
	for i := range n {
		a, base, err := td.begin(m)
		if err != nil {
			results[i].err = err
			continue
		}
		next := make(chan struct{})
		free := sync.OnceFunc(func() { close(next) })
		a.Then = free
		all.Go(func() {
			defer free()
			r := &results[i]
			r.baseline = base
			r.outcome, r.evidence, r.err = a.Send(ctx)
		})
		<-next
	}
	all.Wait()
	return results
}

func small() *bitmap.Image {
	m := bitmap.New(80, 80)
	m.FillRect(8, 8, 40, 30, true)
	return m
}

var tandems = []struct {
	language virtual.Language
	driver   printer.Driver
	method   string
}{
	{virtual.ESCPOS, escpos.Driver{}, "process-id"},
	{virtual.ZPL, zpl.Driver{Pause: 5 * time.Millisecond}, "odometer"},
	{virtual.TSPL, tspl.Driver{Pause: 5 * time.Millisecond, Response: true}, "response"},
}

// TestTheNextFollows prints waves. Every label is proven as itself, and from the
// second on each but the first two follows one whose proof is still waited for.
func TestTheNextFollows(t *testing.T) {
	for _, c := range tandems {
		for _, speed := range []int{0, 40} { // at 40 the next has a quarter of a second to follow
			t.Run(fmt.Sprintf("%s at %d mm/s", c.language, speed), func(t *testing.T) {
				t.Parallel()
				td := newTandem(t, c.driver, virtual.Config{Language: c.language, Speed: speed, Quirks: virtual.Quirks{Responds: true}})
				followed := 0
				for i, r := range td.wave(t.Context(), small(), 12) {
					if r.outcome != printer.Confirmed || r.evidence.Method != c.method {
						t.Errorf("label %d: %v by %q, %v", i+1, r.outcome, r.evidence.Method, r.err)
					}
					if r.baseline.Follows == "" {
						continue
					}
					followed++
					if want := printer.MarkAt(uint64(i)).String(); r.baseline.Follows != want {
						t.Errorf("label %d follows %q, want %q", i+1, r.baseline.Follows, want)
					}
				}
				if speed > 0 && followed < 8 {
					t.Errorf("%d of 12 labels followed another, want nearly all", followed)
				}
				if n := len(td.virtual.Prints()); n != 12 {
					t.Errorf("%d labels on paper, want 12", n)
				}
			})
		}
	}
}

// TestNothingFollowsOnTrust holds the next label back where the printer has not
// shown yet that it can name one, where it proves a label by being at work, and
// where it is not wanted.
func TestNothingFollowsOnTrust(t *testing.T) {
	for _, c := range []struct {
		name string
		td   *tandem
		n    int
	}{
		{"first label", newTandem(t, escpos.Driver{}, virtual.Config{Language: virtual.ESCPOS, Speed: 500}), 1},
		{"tspl", newTandem(t, tspl.Driver{Pause: 5 * time.Millisecond}, virtual.Config{Language: virtual.TSPL, Speed: 500}), 3},
		{"one by one", newTandem(t, escpos.Driver{}, virtual.Config{Language: virtual.ESCPOS, Speed: 500}), 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.td.printer.OneByOne = c.name == "one by one"
			for i, r := range c.td.wave(t.Context(), small(), c.n) {
				if r.outcome < printer.Sent || r.baseline.Follows != "" {
					t.Errorf("label %d: %v, follows %q, %v", i+1, r.outcome, r.baseline.Follows, r.err)
				}
			}
		})
	}
}

// follow brings a printer to where one label's proof is waited for, and begins
// the next behind it.
func (td *tandem) follow(t *testing.T, m *bitmap.Image) (first chan result, second *printer.Attempt) {
	t.Helper()
	td.wave(t.Context(), small(), 1) // shows that it can
	td.virtual.LateMark(time.Minute)
	a, _, err := td.begin(small())
	if err != nil {
		t.Fatal(err)
	}
	next := make(chan struct{})
	a.Then = func() { close(next) }
	first = make(chan result, 1)
	go func() {
		var r result
		r.outcome, r.evidence, r.err = a.Send(t.Context())
		first <- r
	}()
	select {
	case <-next:
	case r := <-first:
		t.Fatalf("the first label has ended before the second may begin: %+v", r)
	}
	b, base, err := td.begin(m)
	if err != nil {
		t.Fatal(err)
	}
	if base.Follows == "" {
		t.Fatal("the second label does not follow the first")
	}
	return first, b
}

func TestBothAreUnknownWhenTheLineBreaks(t *testing.T) {
	td := newTandem(t, escpos.Driver{}, virtual.Config{Language: virtual.ESCPOS})
	first, b := td.follow(t, small())
	second := make(chan result, 1)
	go func() {
		var r result
		r.outcome, r.evidence, r.err = b.Send(t.Context())
		second <- r
	}()
	for deadline := time.Now().Add(time.Minute); len(td.virtual.Prints()) < 3 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond) // all its bytes have arrived
	}
	td.virtual.Close()
	for i, c := range []chan result{first, second} {
		if r := <-c; r.outcome != printer.Uncertain {
			t.Errorf("label %d: %v, %v", i+1, r.outcome, r.err)
		}
	}
}

func TestNotSentBehindAnUnprovenLabel(t *testing.T) {
	t.Parallel() // it mostly waits
	td := newTandem(t, escpos.Driver{}, virtual.Config{Language: virtual.ESCPOS})
	td.printer.Timeouts.Confirm = 5 * time.Second // within which the second has begun
	first, b := td.follow(t, small())
	if r := <-first; r.outcome != printer.Uncertain || !errors.Is(r.err, printer.ErrUnconfirmed) {
		t.Errorf("the first label: %v, %v", r.outcome, r.err)
	}
	if outcome, _, err := b.Send(t.Context()); outcome != printer.NotSent || err == nil {
		t.Errorf("the second label: %v, %v; nothing of it has left", outcome, err)
	}
	if n := len(td.virtual.Prints()); n != 2 {
		t.Errorf("%d labels on paper, want 2", n)
	}
}

func TestAbandonedBehindAnother(t *testing.T) {
	t.Parallel() // it mostly waits
	td := newTandem(t, escpos.Driver{}, virtual.Config{Language: virtual.ESCPOS})
	td.printer.Timeouts.Confirm = 5 * time.Second
	first, b := td.follow(t, small())
	if err := b.Abandon(); err != nil {
		t.Errorf("Abandon: %v", err)
	}
	select {
	case r := <-first:
		t.Errorf("the label ahead has ended with the one behind it: %v, %v", r.outcome, r.err)
	case <-time.After(100 * time.Millisecond):
	}
	<-first
}

// TestAFaultIsHeardByTheNext lets a printer run out of paper while a label's proof
// is waited for: the next one stays where it is.
func TestAFaultIsHeardByTheNext(t *testing.T) {
	td := newTandem(t, escpos.Driver{}, virtual.Config{Language: virtual.ESCPOS})
	td.wave(t.Context(), small(), 1)
	heard := make(chan printer.Status, 8)
	td.printer.Changed = func(s printer.Status) { heard <- s }
	td.virtual.RunOutAfter(20)
	a, _, err := td.begin(small())
	if err != nil {
		t.Fatal(err)
	}
	next := make(chan struct{})
	a.Then = func() { close(next) }
	first := make(chan result, 1)
	go func() {
		var r result
		r.outcome, r.evidence, r.err = a.Send(t.Context())
		first <- r
	}()
	<-next
	for s := range heard {
		if !s.Ready() {
			break
		}
	}
	var fault *printer.FaultError
	if _, _, err := td.begin(small()); !errors.As(err, &fault) {
		t.Errorf("the next label began: %v", err)
	}
	td.virtual.LoadPaper(1000)
	if r := <-first; r.outcome != printer.Confirmed {
		t.Errorf("the first label after the reload: %v, %v", r.outcome, r.err)
	}
}

// BenchmarkWave prints a wave of waybills of 100×150 mm at 152 mm/s and measures
// how long the head stands still between two of them.
//
//	go test -bench Wave -benchtime 12x -run xxx ./printer
func BenchmarkWave(b *testing.B) {
	image := drivertest.Waybill(b)
	for _, c := range tandems {
		b.Run(string(c.language), func(b *testing.B) {
			switch d := c.driver.(type) {
			case zpl.Driver:
				d.Pause, c.driver = 0, d
			case tspl.Driver:
				d.Pause, c.driver = 0, d
			}
			td := newTandem(b, c.driver, virtual.Config{Language: c.language, Speed: 152, Buffer: 64 << 10, Quirks: virtual.Quirks{Responds: true}})
			td.printer.Timeouts = printer.Timeouts{}
			results := td.wave(b.Context(), image, max(b.N, 3))
			b.StopTimer()
			var stood, most time.Duration
			prints := td.virtual.Prints()
			for i := 2; i < len(prints); i++ { // the first two show that it can
				s := virtual.Standing(prints[i-1], prints[i])
				stood += s
				most = max(most, s)
			}
			for i, r := range results {
				if r.outcome != printer.Confirmed {
					b.Errorf("label %d: %v, %v", i+1, r.outcome, r.err)
				}
			}
			b.ReportMetric(float64(stood.Microseconds())/1000/float64(max(len(prints)-2, 1)), "standing-ms/label")
			b.ReportMetric(float64(most.Microseconds())/1000, "most-ms")
		})
	}
}
