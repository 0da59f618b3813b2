// Package printertest is what every printer language has to pass: its driver
// and a virtual printer that decodes it, with the real sending between them.
//
// The virtual printer shares no code with the driver, so a mistake has to be
// made twice, by two authors' reading of the manual, to go unseen.
package printertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"miandan/printer"
	"miandan/printer/bitmap"
	"miandan/printer/tcp"
	"miandan/printer/virtual"
)

// Config names what is put to the test.
type Config struct {
	Driver  printer.Driver
	Virtual virtual.Config // the printer to print on; without a folder
	// Method is by what the printer proves a print; "process-id" if empty.
	Method string
	// Busy is how long a label keeps the printer busy, for one that proves prints
	// by having been at work.
	Busy time.Duration
	// Blind is a printer that cannot be asked what it waits for while there is a
	// label in it.
	Blind bool
}

// marks reports whether the printer knows which label it has printed.
func (c Config) marks() bool { return c.Method == "" || c.Method == "process-id" }

// limits are generous where an answer is due, so that a busy machine does not
// fail a test. Tests in which none comes set their own.
func limits() printer.Timeouts {
	return printer.Timeouts{
		Dial: time.Minute, Status: 10 * time.Second, Write: time.Minute, Confirm: time.Minute, Fault: time.Minute, Close: time.Minute,
		Mute: 100 * time.Millisecond, Poll: 20 * time.Millisecond,
	}
}

// Run runs the suite.
func Run(t *testing.T, cfg Config) {
	for _, c := range []struct {
		name string
		run  func(*testing.T, *bench)
	}{
		{"same job, same bytes", pure},
		{"dots", dots},
		{"confirmed", confirmed},
		{"no process ID asked for", unasked},
		{"late process ID", late},
		{"mute", mute},
		{"hangs after Begin", hangs},
		{"paper out before", paperOutBefore},
		{"paper out in the middle", paperOutWithin},
		{"cover open, context cancelled", cancelled},
		{"line dropped", dropped},
		{"abandoned", abandoned},
		{"probe", probe},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v, err := virtual.Start(cfg.Virtual)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := v.Close(); err != nil {
					t.Error(err)
				}
			})
			v.LateMark(cfg.Busy)
			c.run(t, &bench{
				Config:  cfg,
				virtual: v,
				printer: &printer.Printer{Name: "bench", Driver: cfg.Driver, Transport: tcp.Transport{Address: v.Addr()}, Timeouts: limits()},
			})
		})
	}
}

// bench is a printer and the driver's way to it.
type bench struct {
	Config
	virtual *virtual.Printer
	printer *printer.Printer
	jobs    uint64
}

func (b *bench) job(m *bitmap.Image) printer.Job {
	b.jobs++
	return printer.Job{Name: fmt.Sprintf("job %d", b.jobs), Mark: printer.MarkAt(b.jobs), Image: m}
}

// bytesOf is how many bytes the label of an image is.
func (b *bench) bytesOf(t *testing.T, image *bitmap.Image) int {
	t.Helper()
	var whole bytes.Buffer
	if err := b.printer.Driver.Encode(&whole, printer.Job{Image: image, Mark: printer.MarkAt(1)}); err != nil {
		t.Fatal(err)
	}
	return whole.Len()
}

// mark is what the printer knows the last job by.
func (b *bench) mark() string {
	if !b.marks() {
		return ""
	}
	return printer.MarkAt(b.jobs).String()
}

// begin begins a job that has to begin.
func (b *bench) begin(t *testing.T, j printer.Job) *printer.Attempt {
	t.Helper()
	a, base, err := b.printer.Begin(t.Context(), j)
	if err != nil {
		t.Fatalf("Begin: %v", err)
	}
	if base.Printer != b.printer.Name || base.Bytes == 0 {
		t.Errorf("baseline = %+v, want the printer's name and the job's size", base)
	}
	if n := len(b.prints(t, 0)); n != int(b.jobs)-1 {
		t.Errorf("%d labels printed before Send, want %d", n, b.jobs-1)
	}
	return a
}

// prints waits for the printer to have printed n labels.
func (b *bench) prints(t *testing.T, n int) []virtual.Print {
	t.Helper()
	var prints []virtual.Print
	until(t, fmt.Sprintf("%d prints", n), func() bool {
		prints = b.virtual.Prints()
		return len(prints) >= n
	})
	return prints
}

// patience is for tests in which it has to end: enough for a printer to prove a
// print in its way.
func (b *bench) patience() time.Duration { return 2*time.Second + 3*b.Busy }

// until waits for what has to come.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !done(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// send sends and compares the outcome.
func send(ctx context.Context, t *testing.T, a *printer.Attempt, want printer.Outcome) (printer.Evidence, error) {
	t.Helper()
	outcome, evidence, err := a.Send(ctx)
	if outcome != want {
		t.Errorf("outcome = %v (%v), want %v", outcome, err, want)
	}
	if (err == nil) != (outcome >= printer.Sent) {
		t.Errorf("outcome %v with error %v", outcome, err)
	}
	return evidence, err
}

func pure(t *testing.T, b *bench) {
	j := b.job(random(1, 100, 300))
	var first, second bytes.Buffer
	if err := b.printer.Driver.Encode(&first, j); err != nil {
		t.Fatal(err)
	}
	if err := b.printer.Driver.Encode(&second, j); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same job gave other bytes")
	}
}

// random is a picture of noise, in which every pair of neighbouring bytes and
// many a command's first bytes occur.
func random(seed uint64, w, h int) *bitmap.Image {
	source := rand.NewPCG(seed, 0)
	m := bitmap.New(w, h)
	for y := range h {
		for x := 0; x < w; x += 64 {
			for i, bits := 0, source.Uint64(); i < 64; i++ {
				m.Set(x+i, y, bits>>i&1 == 1)
			}
		}
	}
	return m
}

func filled(w, h int, black bool) *bitmap.Image {
	m := bitmap.New(w, h)
	m.FillRect(0, 0, w, h, black)
	return m
}

func dots(t *testing.T, b *bench) {
	for i, c := range []struct {
		name  string
		image *bitmap.Image
	}{
		{"one dot", filled(1, 1, true)},
		{"narrow", random(2, 3, 50)},
		{"not a multiple of 8", random(3, 405, 333)},
		{"one short of 8", random(4, 607, 129)},
		{"all white", filled(608, 200, false)},
		{"all black", filled(608, 200, true)},
		{"black, padded", filled(601, 30, true)},
		{"76×130 mm", random(5, 608, 1040)},
		{"100×150 mm", random(6, 800, 1200)},
	} {
		if b.Busy > 0 { // how it proves a print is shown elsewhere, and takes its time
			b.virtual.LateMark(0)
			b.printer.Confirm = printer.ConfirmNone
			send(t.Context(), t, b.begin(t, b.job(c.image)), printer.Sent)
			same(t, c.name, b.prints(t, i+1)[i], c.image, b.mark())
			continue
		}
		evidence, _ := send(t.Context(), t, b.begin(t, b.job(c.image)), printer.Confirmed)
		if b.marks() && (evidence.Method != "process-id" || evidence.Detail != b.mark()) || !b.marks() && evidence.Method != b.Method || evidence.At.IsZero() {
			t.Errorf("%s: evidence = %+v, want the process ID or %q, and the time", c.name, evidence, b.Method)
		}
		same(t, c.name, b.prints(t, i+1)[i], c.image, b.mark())
	}
}

// same compares what was printed with the label. Paper may be wider than the
// label, as a row of whole bytes is; it is white there.
func same(t *testing.T, name string, got virtual.Print, want *bitmap.Image, mark string) {
	t.Helper()
	if got.Partial || got.Garbage != "" || got.Mark != mark {
		t.Errorf("%s: partial %v, garbage %q, mark %q, want a whole label with mark %q", name, got.Partial, got.Garbage, got.Mark, mark)
	}
	padded := bitmap.New(max(want.Width, got.Width), max(want.Height, got.Height))
	for y := range want.Height {
		copy(padded.Row(y), want.Row(y))
	}
	if got.Width >= want.Width+8 || got.Height != want.Height {
		t.Errorf("%s: printed %d×%d dots, want %d×%d", name, got.Width, got.Height, want.Width, want.Height)
	}
	if _, n := bitmap.Diff(padded, got.Image); n != 0 {
		t.Errorf("%s: %d dots differ on paper", name, n)
	}
}

func confirmed(t *testing.T, b *bench) {
	for range 3 {
		send(t.Context(), t, b.begin(t, b.job(random(7, 100, 200))), printer.Confirmed)
	}
	if n := len(b.prints(t, 3)); n != 3 {
		t.Errorf("%d labels printed, want 3", n)
	}
}

func unasked(t *testing.T, b *bench) {
	b.printer.Confirm = printer.ConfirmNone
	image := random(8, 100, 200)
	evidence, _ := send(t.Context(), t, b.begin(t, b.job(image)), printer.Sent)
	if evidence.Method != "wire" {
		t.Errorf("evidence = %+v, want wire", evidence)
	}
	same(t, "label", b.prints(t, 1)[0], image, "")
}

func late(t *testing.T, b *bench) {
	b.printer.Timeouts.Confirm = b.patience()
	b.virtual.LateMark(b.printer.Timeouts.Confirm / 2)
	send(t.Context(), t, b.begin(t, b.job(random(9, 100, 200))), printer.Confirmed)

	b.virtual.LateMark(time.Minute)
	_, err := send(t.Context(), t, b.begin(t, b.job(random(9, 100, 200))), printer.Uncertain)
	if !errors.Is(err, printer.ErrUnconfirmed) {
		t.Errorf("err = %v, want %v", err, printer.ErrUnconfirmed)
	}
}

func mute(t *testing.T, b *bench) {
	b.printer.Timeouts.Status = 100 * time.Millisecond
	b.virtual.Mute(true)
	if _, err := b.printer.Status(t.Context()); !errors.Is(err, printer.ErrMute) {
		t.Errorf("Status = %v, want %v", err, printer.ErrMute)
	}
	image := random(10, 608, 400)
	a, base, err := b.printer.Begin(t.Context(), b.job(image))
	if err != nil {
		t.Fatal(err)
	}
	if base.Status != nil {
		t.Errorf("baseline has the status %v of a mute printer", base.Status)
	}
	evidence, _ := send(t.Context(), t, a, printer.Sent)
	if evidence.Method != "wire" {
		t.Errorf("evidence = %+v, want wire", evidence)
	}
	same(t, "label", b.prints(t, 1)[0], image, b.mark())
}

func hangs(t *testing.T, b *bench) {
	b.printer.Timeouts.Confirm = 200 * time.Millisecond
	a := b.begin(t, b.job(random(11, 608, 400)))
	b.virtual.Hang(true)
	send(t.Context(), t, a, printer.Uncertain)
	b.virtual.Hang(false)
	// What had arrived is printed all the same: Uncertain was the right word.
	b.prints(t, 1)
}

func paperOutBefore(t *testing.T, b *bench) {
	b.virtual.RunOutAfter(0)
	_, _, err := b.printer.Begin(t.Context(), b.job(random(12, 100, 100)))
	var fault *printer.FaultError
	if !errors.As(err, &fault) || !slices.Contains(fault.Status.Reasons, printer.MediaEmpty) {
		t.Fatalf("Begin = %v, want %v", err, printer.MediaEmpty)
	}
	b.jobs--
	b.virtual.LoadPaper(1000)
	until(t, "ready", func() bool {
		s, err := b.printer.Status(t.Context())
		return err == nil && s.Ready()
	})
	send(t.Context(), t, b.begin(t, b.job(random(12, 100, 100))), printer.Confirmed)
	if n := len(b.prints(t, 1)); n != 1 {
		t.Errorf("%d labels printed, want 1", n)
	}
}

func paperOutWithin(t *testing.T, b *bench) {
	image := random(13, 608, 400)
	b.printer.Timeouts.Confirm = b.patience()
	b.virtual.RunOutAfter(150)
	out := make(chan printer.Status, 10)
	b.printer.Changed = func(s printer.Status) { out <- s }
	a := b.begin(t, b.job(image))
	if b.Blind {
		b.blind(t, a, image)
		return
	}
	go func() {
		for s := range out {
			if slices.Contains(s.Reasons, printer.MediaEmpty) {
				// Longer than a ready printer would be waited for.
				time.Sleep(b.printer.Timeouts.Confirm * 3 / 2)
				b.virtual.LoadPaper(-1)
				return
			}
		}
	}()
	send(t.Context(), t, a, printer.Confirmed)
	close(out)
	prints := b.prints(t, 1)
	same(t, "label", prints[0], image, b.mark())
	if len(prints) != 1 || prints[0].Reloads != 1 {
		t.Errorf("%d labels printed, the first over %d reloads, want 1 and 1", len(prints), prints[0].Reloads)
	}
}

// blind is paper out in the middle of a printer that does not say so.
func (b *bench) blind(t *testing.T, a *printer.Attempt, image *bitmap.Image) {
	if _, err := send(t.Context(), t, a, printer.Uncertain); !errors.Is(err, printer.ErrUnconfirmed) {
		t.Errorf("err = %v, want %v", err, printer.ErrUnconfirmed)
	}
	b.virtual.LoadPaper(-1)
	same(t, "label", b.prints(t, 1)[0], image, b.mark())
}

func cancelled(t *testing.T, b *bench) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	image := random(14, 608, 400)
	whole := b.bytesOf(t, image)
	counter := &counter{Transport: b.printer.Transport}
	b.printer.Transport = counter
	a := b.begin(t, b.job(image))
	b.virtual.OpenCover()
	// What is heard before the label has left makes nothing uncertain, and of one that
	// has left in part nothing is printed.
	before := counter.written.Load()
	left := func() {
		for counter.written.Load() < before+int64(whole) && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(300 * time.Millisecond) // questions count too, and as many bytes of the label may be missing
		cancel()
	}
	b.printer.Changed = func(s printer.Status) {
		if slices.Contains(s.Reasons, printer.CoverOpen) {
			go left()
		}
	}
	if b.Blind {
		go left()
	}
	_, err := send(ctx, t, a, printer.Uncertain)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want %v", err, context.Canceled)
	}
	b.virtual.CloseCover()
	b.prints(t, 1)

	// Before the first byte nothing is uncertain.
	b.printer.Changed = nil
	send(ctx, t, b.begin(t, b.job(random(14, 8, 8))), printer.NotSent)
}

// counter counts what is written, questions included.
type counter struct {
	printer.Transport
	written atomic.Int64
}

func (c *counter) Dial(ctx context.Context) (printer.Conn, error) {
	conn, err := c.Transport.Dial(ctx)
	if err != nil {
		return nil, err
	}
	return counted{conn.(printer.ReadConn), &c.written}, nil
}

type counted struct {
	printer.ReadConn
	written *atomic.Int64
}

func (c counted) Write(b []byte) (int, error) {
	n, err := c.ReadConn.Write(b)
	c.written.Add(int64(n))
	return n, err
}

func dropped(t *testing.T, b *bench) {
	image := random(15, 608, 400)
	whole := b.bytesOf(t, image)
	for _, k := range []int{0, 1, 2, 17, 1000, 9999, whole / 2, whole - 12, whole - 1} {
		t.Run(fmt.Sprint("after ", k), func(t *testing.T) {
			before := len(b.virtual.Prints())
			a, _, err := b.printer.Begin(t.Context(), b.job(image))
			if err != nil {
				t.Fatal(err)
			}
			b.virtual.DropAfter(k)
			outcome, _, err := a.Send(t.Context())
			if outcome != printer.Uncertain && outcome != printer.NotSent {
				t.Errorf("outcome = %v, want uncertain or not sent", outcome)
			}
			if err == nil {
				t.Error("a dropped line gave no error")
			}
			// The next answer comes when the printer has done with the last line.
			until(t, "the printer", func() bool {
				_, err := b.printer.Status(t.Context())
				return err == nil
			})
			if n := len(b.virtual.Prints()) - before; outcome == printer.NotSent && n > 0 {
				t.Errorf("not sent, but %d labels printed", n)
			}
		})
	}
}

func abandoned(t *testing.T, b *bench) {
	a := b.begin(t, b.job(random(16, 608, 400)))
	if err := a.Abandon(); err != nil {
		t.Fatal(err)
	}
	outcome, _, err := a.Send(t.Context())
	if outcome != printer.Uncertain || err == nil {
		t.Errorf("Send after Abandon = %v, %v, want an error", outcome, err)
	}
	if err := a.Abandon(); err != nil {
		t.Errorf("second Abandon: %v", err)
	}
	b.jobs--
	send(t.Context(), t, b.begin(t, b.job(random(16, 608, 400))), printer.Confirmed)
	if n := len(b.prints(t, 1)); n != 1 {
		t.Errorf("%d labels printed, want 1", n)
	}
}

func probe(t *testing.T, b *bench) {
	if _, ok := b.printer.Driver.(printer.Prober); !ok {
		t.Skip("this language has no process IDs to probe for")
	}
	evidence, err := b.printer.Probe(t.Context(), printer.MarkAt(77))
	if err != nil || evidence.Detail != printer.MarkAt(77).String() {
		t.Errorf("Probe = %+v, %v, want process ID %s", evidence, err, printer.MarkAt(77))
	}
	b.printer.Timeouts.Confirm = 200 * time.Millisecond
	b.virtual.Mute(true)
	if _, err := b.printer.Probe(t.Context(), printer.MarkAt(78)); !errors.Is(err, printer.ErrUnconfirmed) {
		t.Errorf("Probe of a mute printer = %v, want %v", err, printer.ErrUnconfirmed)
	}
	if n := len(b.virtual.Prints()); n != 0 {
		t.Errorf("probing printed %d labels", n)
	}
}
