package printer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// bytesDriver sends the job's name. It knows neither status nor process IDs.
type bytesDriver struct{}

func (bytesDriver) Encode(w io.Writer, j Job) error {
	_, err := io.WriteString(w, j.Name)
	return err
}

// wireConn takes bytes until it fails: after room bytes, with err.
type wireConn struct {
	mu     sync.Mutex
	taken  strings.Builder
	room   int
	err    error
	block  bool // instead of failing, wait for a deadline
	wake   chan struct{}
	closed bool
}

func newWire(room int, err error) *wireConn {
	return &wireConn{room: room, err: err, wake: make(chan struct{})}
}

func (c *wireConn) Dial(context.Context) (Conn, error) { return c, nil }

func (c *wireConn) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := min(len(b), c.room)
	c.taken.Write(b[:n])
	c.room -= n
	if n == len(b) {
		return n, nil
	}
	if c.block {
		c.mu.Unlock()
		<-c.wake
		c.mu.Lock()
		return n, os.ErrDeadlineExceeded
	}
	return n, c.err
}

func (c *wireConn) SetDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.Equal(longAgo) {
		select {
		case <-c.wake:
		default:
			close(c.wake)
		}
	}
	return nil
}

func (c *wireConn) Close() error {
	c.closed = true
	return nil
}

var errBroken = errors.New("broken")

func TestSendOutcome(t *testing.T) {
	for _, r := range []struct {
		name string
		conn *wireConn
		want Outcome
		err  error
	}{
		{"all taken", newWire(100, nil), Sent, nil},
		{"nothing taken", newWire(0, errBroken), NotSent, errBroken},
		{"one byte taken", newWire(1, errBroken), Uncertain, errBroken},
		{"all but one taken", newWire(4, errBroken), Uncertain, errBroken},
	} {
		t.Run(r.name, func(t *testing.T) {
			p := Printer{Name: "p", Driver: bytesDriver{}, Transport: r.conn}
			a, base, err := p.Begin(t.Context(), Job{Name: "label", Mark: MarkAt(1)})
			if err != nil {
				t.Fatal(err)
			}
			if base.Bytes != 5 || base.Mark != "0001" || base.Status != nil || base.Printer != "p" {
				t.Errorf("baseline = %+v", base)
			}
			if r.conn.taken.Len() > 0 {
				t.Error("bytes left in Begin")
			}
			outcome, evidence, err := a.Send(t.Context())
			if outcome != r.want || !errors.Is(err, r.err) || err == nil != (r.err == nil) {
				t.Errorf("Send = %v, %v, want %v, %v", outcome, err, r.want, r.err)
			}
			if (outcome == NotSent) != (evidence == Evidence{}) {
				t.Errorf("%v with evidence %+v", outcome, evidence)
			}
			if !r.conn.closed {
				t.Error("the connection was left open")
			}
			if outcome, _, err := a.Send(t.Context()); outcome != Uncertain || err == nil {
				t.Errorf("second Send = %v, %v, want uncertain and an error", outcome, err)
			}
		})
	}
}

func TestSendGivesUp(t *testing.T) {
	for _, r := range []struct {
		name   string
		room   int
		cancel time.Duration // after which the caller loses interest; 0 never
		want   Outcome
		err    error
	}{
		{"stalled within the label", 3, 0, Uncertain, ErrStalled},
		{"stalled before it", 0, 0, NotSent, ErrStalled},
		{"cancelled within the label", 3, time.Second, Uncertain, context.DeadlineExceeded},
		{"cancelled before it", 0, time.Second, NotSent, context.DeadlineExceeded},
	} {
		t.Run(r.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				conn := newWire(r.room, nil)
				conn.block = true
				p := Printer{Name: "p", Driver: bytesDriver{}, Transport: conn}
				a, _, err := p.Begin(t.Context(), Job{Name: "label"})
				if err != nil {
					t.Fatal(err)
				}
				ctx := t.Context()
				if r.cancel > 0 {
					var stop context.CancelFunc
					ctx, stop = context.WithTimeout(ctx, r.cancel)
					defer stop()
				}
				began := time.Now()
				outcome, _, err := a.Send(ctx)
				if outcome != r.want || !errors.Is(err, r.err) {
					t.Errorf("Send = %v, %v, want %v, %v", outcome, err, r.want, r.err)
				}
				if took := time.Since(began); r.cancel == 0 && (took < 30*time.Second || took > 31*time.Second) {
					t.Errorf("gave up after %v, want 30 s", took)
				}
			})
		})
	}
}

// spoolConn is a wire to a spooler.
type spoolConn struct {
	*wireConn
	start, finish error
	job           Job
	finished      bool
}

func (c *spoolConn) Dial(context.Context) (Conn, error) { return c, nil }

func (c *spoolConn) Start(_ context.Context, j Job) error {
	c.job = j
	if c.taken.Len() > 0 {
		return errors.New("started after the first byte")
	}
	return c.start
}

func (c *spoolConn) Finish(context.Context) (Evidence, error) {
	c.finished = true
	return Evidence{Method: "spooler", Detail: c.taken.String()}, c.finish
}

func TestSendThroughSpooler(t *testing.T) {
	for _, r := range []struct {
		name     string
		conn     spoolConn
		want     Outcome
		finished bool
	}{
		{"delivered", spoolConn{wireConn: newWire(100, nil)}, Sent, true},
		{"not taken", spoolConn{wireConn: newWire(100, nil), start: errBroken}, NotSent, false},
		{"lost on the way", spoolConn{wireConn: newWire(2, errBroken)}, Uncertain, false},
		{"given up by the spooler", spoolConn{wireConn: newWire(100, nil), finish: errBroken}, Uncertain, true},
		{"taken back whole", spoolConn{wireConn: newWire(100, nil), finish: fmt.Errorf("cancelled: %w", ErrUnprinted)}, NotSent, true},
	} {
		t.Run(r.name, func(t *testing.T) {
			p := Printer{Name: "p", Driver: bytesDriver{}, Transport: &r.conn}
			a, _, err := p.Begin(t.Context(), Job{Name: "label", Width: 76000})
			if err != nil {
				t.Fatal(err)
			}
			outcome, evidence, err := a.Send(t.Context())
			if outcome != r.want || (err == nil) != (r.want == Sent) {
				t.Errorf("Send = %v, %v, want %v", outcome, err, r.want)
			}
			if outcome == Sent && (evidence.Method != "spooler" || evidence.Detail != "label" || evidence.At.IsZero()) {
				t.Errorf("evidence = %+v, want the spooler's", evidence)
			}
			if r.conn.job.Width != 76000 {
				t.Error("the spooler did not get the job's paper")
			}
			if r.conn.finished != r.finished || !r.conn.closed {
				t.Errorf("finished %v, closed %v, want %v and true", r.conn.finished, r.conn.closed, r.finished)
			}
		})
	}
}

// reportingSpool is a spooler whose printer has no paper at first.
type reportingSpool struct {
	*spoolConn
	loaded time.Time
}

func (c reportingSpool) Dial(context.Context) (Conn, error) { return c, nil }

func (c reportingSpool) Status(context.Context) (Status, error) {
	if time.Now().Before(c.loaded) {
		return Status{[]Reason{MediaEmpty}}, nil
	}
	return Status{}, nil
}

func (c reportingSpool) Finish(ctx context.Context) (Evidence, error) {
	select {
	case <-time.After(time.Until(c.loaded)):
		return c.spoolConn.Finish(ctx)
	case <-ctx.Done():
		return Evidence{}, context.Cause(ctx)
	}
}

func TestSpoolerReportsItsPrinter(t *testing.T) {
	for _, r := range []struct {
		name   string
		loaded time.Duration
		want   Outcome
		err    error
	}{
		{"paper after ten minutes", 10 * time.Minute, Sent, nil},
		{"paper after an hour", time.Hour, Uncertain, ErrUnconfirmed},
	} {
		t.Run(r.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				conn := reportingSpool{&spoolConn{wireConn: newWire(100, nil)}, time.Now()}
				var news []Status
				p := Printer{Name: "p", Driver: bytesDriver{}, Transport: &conn, Changed: func(s Status) { news = append(news, s) }}
				conn.loaded = time.Now().Add(time.Second)
				var fault *FaultError
				if _, _, err := p.Begin(t.Context(), Job{Name: "label"}); !errors.As(err, &fault) {
					t.Errorf("Begin = %v, want a fault", err)
				}
				time.Sleep(time.Second)
				a, base, err := p.Begin(t.Context(), Job{Name: "label"})
				if err != nil || base.Status == nil {
					t.Fatalf("Begin = %+v, %v, want a status", base, err)
				}
				conn.loaded = time.Now().Add(r.loaded)
				a.conn = conn
				outcome, _, err := a.Send(t.Context())
				if outcome != r.want || !errors.Is(err, r.err) {
					t.Errorf("Send = %v, %v, want %v, %v", outcome, err, r.want, r.err)
				}
				if len(news) == 0 || news[0].Ready() {
					t.Errorf("news = %v, want no paper", news)
				}
			})
		})
	}
}

type driverFunc func(io.Writer, Job) error

func (f driverFunc) Encode(w io.Writer, j Job) error { return f(w, j) }

func TestBeginRefuses(t *testing.T) {
	for _, r := range []struct {
		name    string
		printer *Printer
		want    string
	}{
		{"a driver that panics", &Printer{Driver: driverFunc(func(io.Writer, Job) error { var j *Job; return errors.New(j.Name) })}, "panicked"},
		{"a driver that refuses", &Printer{Driver: driverFunc(func(io.Writer, Job) error { return errBroken })}, "encode: broken"},
		{"an empty job", &Printer{Driver: driverFunc(func(io.Writer, Job) error { return nil })}, "empty"},
		{"an unknown confirmation", &Printer{Driver: bytesDriver{}, Confirm: "hope"}, `"hope"`},
	} {
		t.Run(r.name, func(t *testing.T) {
			conn := newWire(0, nil)
			r.printer.Name, r.printer.Transport = "p", conn
			a, _, err := r.printer.Begin(t.Context(), Job{Name: "label"})
			if err == nil || a != nil || !strings.Contains(err.Error(), r.want) {
				t.Errorf("Begin = %v, %v, want an error with %q", a, err, r.want)
			}
		})
	}
}

// talker is a driver whose printer is asked and confirms as told.
type talker struct {
	bytesDriver
	status  func() (Status, error)
	confirm func(ctx context.Context, heard func(Status)) (Evidence, error)
}

func (d talker) ReadStatus(context.Context, io.ReadWriter) (Status, error) { return d.status() }

func (d talker) Confirm(ctx context.Context, _ io.ReadWriter, _ Mark, heard func(Status)) (Evidence, error) {
	return d.confirm(ctx, heard)
}

// pipe is a connection whose other end reads everything and says nothing.
type pipe struct{}

func (pipe) Dial(context.Context) (Conn, error) {
	near, far := net.Pipe()
	go io.Copy(io.Discard, far)
	return near, nil
}

func silent(ctx context.Context, _ func(Status)) (Evidence, error) {
	<-ctx.Done()
	return Evidence{}, context.Cause(ctx)
}

func TestSendJudgesWhatItHears(t *testing.T) {
	ready := func() (Status, error) { return Status{}, nil }
	muted := func() (Status, error) { return Status{}, ErrMute }
	yes := func(context.Context, func(Status)) (Evidence, error) { return Evidence{Method: "process-id"}, nil }
	breaks := func(context.Context, func(Status)) (Evidence, error) { return Evidence{}, errBroken }
	panics := func(context.Context, func(Status)) (Evidence, error) { panic("foreign bytes") }
	reload := func(after time.Duration) func(context.Context, func(Status)) (Evidence, error) {
		return func(ctx context.Context, heard func(Status)) (Evidence, error) {
			heard(Status{[]Reason{MediaEmpty}})
			select {
			case <-time.After(after):
			case <-ctx.Done():
				return Evidence{}, context.Cause(ctx)
			}
			heard(Status{})
			return Evidence{Method: "process-id"}, nil
		}
	}
	for _, r := range []struct {
		name   string
		driver talker
		want   Outcome
		err    error
		took   time.Duration
	}{
		{"answered", talker{status: ready, confirm: yes}, Confirmed, nil, 0},
		{"mute at first, then answered", talker{status: muted, confirm: yes}, Confirmed, nil, 0},
		{"silent", talker{status: ready, confirm: silent}, Uncertain, ErrUnconfirmed, 30 * time.Second},
		{"mute and silent", talker{status: muted, confirm: silent}, Sent, nil, 2 * time.Second},
		{"line breaks", talker{status: ready, confirm: breaks}, Uncertain, errBroken, 0},
		{"line of a mute printer breaks", talker{status: muted, confirm: breaks}, Uncertain, errBroken, 0},
		{"panic", talker{status: ready, confirm: panics}, Uncertain, nil, 0},
		{"paper after ten minutes", talker{status: ready, confirm: reload(10 * time.Minute)}, Confirmed, nil, 10 * time.Minute},
		{"paper after an hour", talker{status: ready, confirm: reload(time.Hour)}, Uncertain, nil, 30 * time.Minute},
	} {
		t.Run(r.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var news int
				p := Printer{Name: "p", Driver: r.driver, Transport: pipe{}, Changed: func(Status) { news++ }}
				a, _, err := p.Begin(t.Context(), Job{Name: "label", Mark: MarkAt(1)})
				if err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				outcome, _, err := a.Send(t.Context())
				if outcome != r.want || (err == nil) != (outcome >= Sent) || r.err != nil && !errors.Is(err, r.err) {
					t.Errorf("Send = %v, %v, want %v, %v", outcome, err, r.want, r.err)
				}
				if took := time.Since(began); took < r.took || took > r.took+time.Second {
					t.Errorf("took %v, want %v", took, r.took)
				}
				if strings.HasPrefix(r.name, "paper") && news == 0 {
					t.Error("nobody was told of the missing paper")
				}
			})
		})
	}
}

func TestBeginReportsFaults(t *testing.T) {
	p := Printer{Name: "p", Transport: pipe{}}
	var asked Status
	p.Driver = talker{status: func() (Status, error) { return asked, nil }}
	asked = Status{[]Reason{CoverOpen}}
	_, _, err := p.Begin(t.Context(), Job{Name: "label"})
	var fault *FaultError
	if !errors.As(err, &fault) || fault.Status.Reasons[0] != CoverOpen {
		t.Errorf("Begin = %v, want a fault", err)
	}
	asked = Status{[]Reason{MediaLow}}
	a, base, err := p.Begin(t.Context(), Job{Name: "label"})
	if err != nil || base.Status == nil {
		t.Fatalf("Begin with a low roll = %+v, %v, want the status and no error", base, err)
	}
	if err := a.Abandon(); err != nil {
		t.Error(err)
	}
	if s, err := p.Status(t.Context()); err != nil || len(s.Reasons) != 1 || !s.Ready() {
		t.Errorf("Status = %v, %v, want a low roll", s, err)
	}
}

func TestMark(t *testing.T) {
	for _, r := range []struct {
		n    uint64
		want string
	}{{0, "0000"}, {1, "0001"}, {61, "000z"}, {62, "0010"}, {14776335, "zzzz"}, {14776336, "0000"}} {
		m := MarkAt(r.n)
		if m.String() != r.want || !m.Valid() {
			t.Errorf("MarkAt(%d) = %q, want %q", r.n, m, r.want)
		}
		if back, err := ParseMark(r.want); err != nil || back != m {
			t.Errorf("ParseMark(%q) = %v, %v, want %v", r.want, back, err, m)
		}
	}
	for _, s := range []string{"", "abc", "abcde", "ab\x1fc", "面a"} {
		if _, err := ParseMark(s); err == nil {
			t.Errorf("ParseMark(%q) gave no error", s)
		}
	}
	if s := (Mark{}).String(); s != "" {
		t.Errorf("the zero mark reads %q, want nothing", s)
	}
}

// probeDriver would put the question on paper.
type probeDriver struct{ bytesDriver }

func (probeDriver) Confirm(context.Context, io.ReadWriter, Mark, func(Status)) (Evidence, error) {
	return Evidence{}, ErrMute
}

func (probeDriver) EncodeProbe(w io.Writer, m Mark) error {
	_, err := w.Write(m[:])
	return err
}

func TestProbeIsNotPrinted(t *testing.T) {
	wire := newWire(100, nil)
	p := &Printer{Name: "clone", Driver: probeDriver{}, Transport: wire, Confirm: ConfirmNone}
	if _, err := p.Probe(t.Context(), MarkAt(1)); !errors.Is(err, ErrMute) {
		t.Errorf("Probe: %v, want ErrMute", err)
	}
	if got := wire.taken.String(); got != "" {
		t.Errorf("a printer that prints the question was sent %q", got)
	}
}
