package cainiao

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/carrier/component"
	"miandan/agent/internal/carrier/component/cainiaosim"
	"miandan/printer"
)

var simKey = cainiaosim.NewKey("component")

// sim is a simulated component at work.
type sim struct {
	*cainiaosim.Component
	style cainiaosim.Style
	host  string
}

func simulate(t *testing.T, c cainiaosim.Config) *sim {
	t.Helper()
	c.Key = simKey
	s, err := cainiaosim.New(c)
	if err != nil {
		t.Fatal(err)
	}
	at, err := s.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	host, _, _ := strings.Cut(strings.TrimPrefix(at, "ws://"), "/")
	return &sim{s, c.Style, host}
}

func (s *sim) dialect(t *testing.T) Dialect {
	t.Helper()
	d, ok := DialectOf(s.style.Name)
	if !ok {
		t.Fatalf("no dialect %q", s.style.Name)
	}
	return d
}

func (s *sim) way(t *testing.T, name string, patience time.Duration) *Transport {
	t.Helper()
	d := s.dialect(t)
	u, err := url.Parse(fmt.Sprintf("%s://%s/%s?patience=%v", d.Scheme(), s.host, url.PathEscape(name), patience))
	if err != nil {
		t.Fatal(err)
	}
	way, err := d.Open(u)
	if err != nil {
		t.Fatal(err)
	}
	return way.(*Transport)
}

// printer is one of the component's, as the program uses it.
func (s *sim) printer(t *testing.T, patience time.Duration) *printer.Printer {
	return &printer.Printer{
		Name: "bench 1", Driver: Driver{s.dialect(t)}, Transport: s.way(t, "HPRT R42D", patience), Timeouts: printer.Timeouts{Dial: long},
	}
}

// sealedJob is a label that the component with the key can open. The name is the
// attempt's.
func (s *sim) sealedJob(t *testing.T, k cainiaosim.Key, name, waybill string) printer.Job {
	t.Helper()
	b, err := Document{Dialect: s.style.Name, Contents: []json.RawMessage{k.Seal(s.style, waybill)}}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return printer.Job{Name: name, Sealed: b}
}

// printed is how often a label came out, once it has come out as often as is
// expected: what the component was asked it does though the client has given up.
func (s *sim) printed(waybill string, want int) (n int) {
	for range 6000 {
		n = 0
		for _, e := range s.Journal() {
			if e.Waybill == waybill {
				n++
			}
		}
		if n >= want {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	return n
}

const (
	long  = 2 * time.Minute // no word takes it, nor does silence before a question
	some  = 4 * time.Second // silence takes it, and a sixteenth of it a question
	short = 200 * time.Millisecond
	late  = 25 * time.Millisecond
)

// eachStyle runs a test with every component, or with some of them.
func eachStyle(t *testing.T, name string, test func(t *testing.T, style cainiaosim.Style), styles ...cainiaosim.Style) {
	if len(styles) == 0 {
		styles = cainiaosim.Styles()
	}
	for _, style := range styles {
		t.Run(fmt.Sprintf("%s, %s, newer %v", name, style.Name, style.Newer), func(t *testing.T) {
			t.Parallel()
			test(t, style)
		})
	}
}

// TestEveryFault holds what the client says of a label against what came out.
func TestEveryFault(t *testing.T) {
	for _, row := range []struct {
		name     string
		fault    cainiaosim.Fault
		patience time.Duration
		want     printer.Outcome
		out      int
		asked    bool // that it came out was learnt by asking
	}{
		{"none", cainiaosim.Fault{}, long, printer.Sent, 1, false},
		{"slow before", cainiaosim.Fault{Kind: cainiaosim.Slow, Wait: late}, long, printer.Sent, 1, false},
		{"slow after", cainiaosim.Fault{Kind: cainiaosim.Slow, Wait: late, Late: true}, long, printer.Sent, 1, false},
		{"too slow before", cainiaosim.Fault{Kind: cainiaosim.Slow, Wait: 5 * short}, short, printer.Uncertain, 1, false},
		{"too slow to say it, and asked", cainiaosim.Fault{Kind: cainiaosim.Slow, Wait: some / 2, Late: true}, some, printer.Sent, 1, true},
		{"dropped before", cainiaosim.Fault{Kind: cainiaosim.DropBefore}, short, printer.Uncertain, 0, false},
		{"dropped between", cainiaosim.Fault{Kind: cainiaosim.DropBetween, Wait: 2 * late}, long, printer.Sent, 1, true},
		{"dropped after", cainiaosim.Fault{Kind: cainiaosim.DropAfter}, long, printer.Sent, 1, true},
		{"crashed before", cainiaosim.Fault{Kind: cainiaosim.CrashBefore, Wait: late}, short, printer.Uncertain, 0, false},
		{"crashed after", cainiaosim.Fault{Kind: cainiaosim.CrashAfter, Wait: late}, short, printer.Uncertain, 1, false},
		{"silent", cainiaosim.Fault{Kind: cainiaosim.Silent}, some, printer.Sent, 1, true},
		{"the first frame only", cainiaosim.Fault{Kind: cainiaosim.OnlyFirst}, some, printer.Sent, 1, true},
		{"half of each frame", cainiaosim.Fault{Kind: cainiaosim.Malformed}, some, printer.Sent, 1, true},
		{"backwards", cainiaosim.Fault{Kind: cainiaosim.Backwards}, long, printer.Sent, 1, false},
		{"twice", cainiaosim.Fault{Kind: cainiaosim.Twice}, long, printer.Sent, 1, false},
		{"refused", cainiaosim.Fault{Kind: cainiaosim.Refuses}, long, printer.NotSent, 0, false},
		{"denied", cainiaosim.Fault{Kind: cainiaosim.Denies}, long, printer.Uncertain, 1, false},
		{"recanted", cainiaosim.Fault{Kind: cainiaosim.Recants}, long, printer.Uncertain, 1, false},
		{"garbage", cainiaosim.Fault{Kind: cainiaosim.Garbage}, long, printer.Sent, 1, false},
		{"5 MB", cainiaosim.Fault{Kind: cainiaosim.Huge}, long, printer.Sent, 1, true},
	} {
		var styles []cainiaosim.Style
		if row.patience != long { // it waits, and all are asked alike
			styles = []cainiaosim.Style{cainiaosim.CainiaoNew, cainiaosim.PDD}
		}
		eachStyle(t, row.name, func(t *testing.T, style cainiaosim.Style) {
			const waybill, name = "ZT00000000001", "ATTEMPT1"
			var (
				s        *sim
				outcome  printer.Outcome
				evidence printer.Evidence
				err      error
			)
			for longer := time.Duration(1); ; longer *= 2 {
				s = simulate(t, cainiaosim.Config{Style: style})
				if f := row.fault; f.Kind != "" {
					f.Request = "print"
					f.Wait *= longer
					s.Misbehave(f)
				}
				a, base, begun := s.printer(t, longer*row.patience).Begin(t.Context(), s.sealedJob(t, simKey, name, waybill))
				if begun != nil || base.Status == nil || !base.Status.Ready() {
					t.Fatalf("Begin = %+v, %v", base, begun)
				}
				if len(s.Journal()) != 0 {
					t.Fatal("a label came out before Send")
				}
				outcome, evidence, err = a.Send(t.Context())
				// On a busy machine patience may be over before the label has left.
				if outcome != printer.NotSent || row.patience != short || !errors.Is(err, context.DeadlineExceeded) || s.Served("print") > 0 {
					break
				}
			}
			if outcome != row.want || (err == nil) != (row.want == printer.Sent) {
				t.Errorf("Send = %v, %v, want %v", outcome, err, row.want)
			}
			if n := s.printed(waybill, row.out); n != row.out {
				t.Errorf("%d labels came out, want %d", n, row.out)
			}
			detail := "task " + name
			if row.asked {
				detail += ", asked"
			}
			if outcome == printer.Sent && (evidence.Method != "component" || evidence.Detail != detail) {
				t.Errorf("evidence %+v, want %q", evidence, detail)
			}
			if err != nil && component.Notice("bench 1", err) == nil || (outcome == printer.NotSent) != errors.Is(err, printer.ErrUnprinted) {
				t.Errorf("the error is %v", err)
			}
			if n := s.Served("print"); n > 1 {
				t.Errorf("the label was handed over %d times", n)
			}
		}, styles...)
	}
}

// TestEveryRefusal has the component refuse a label or fail to print it.
func TestEveryRefusal(t *testing.T) {
	const waybill, name = "ZT00000000001", "ATTEMPT1"
	for _, row := range []struct {
		name  string
		key   cainiaosim.Key
		jam   bool
		want  printer.Outcome
		words string
	}{
		{"sealed for another", cainiaosim.NewKey("another"), false, printer.NotSent, "解密失败"},
		{"the paper is out", simKey, true, printer.Uncertain, "缺纸"},
	} {
		eachStyle(t, row.name, func(t *testing.T, style cainiaosim.Style) {
			s := simulate(t, cainiaosim.Config{Style: style, Paper: func(cainiaosim.Entry) error {
				if row.jam {
					return errors.New("no paper")
				}
				return nil
			}})
			a, _, err := s.printer(t, long).Begin(t.Context(), s.sealedJob(t, row.key, name, waybill))
			if err != nil {
				t.Fatal(err)
			}
			outcome, _, err := a.Send(t.Context())
			var refused *component.RefusedError
			if outcome != row.want || !errors.As(err, &refused) || !strings.Contains(refused.Words, row.words) {
				t.Errorf("Send = %v, %v, want %v", outcome, err, row.want)
			}
			if n := component.Notice("bench 1", err); n == nil || !strings.Contains(n.Error(), row.words) {
				t.Errorf("told as %v", n)
			}
			if n := s.printed(waybill, 0); n != 0 {
				t.Errorf("%d labels came out", n)
			}
		})
	}
}

func TestThePrinterIsNotThere(t *testing.T) {
	const waybill, name = "ZT00000000001", "ATTEMPT1"
	eachStyle(t, "none", func(t *testing.T, style cainiaosim.Style) {
		s := simulate(t, cainiaosim.Config{Style: style, Printers: []cainiaosim.Printer{{Name: "another"}}})
		p := s.printer(t, long)
		_, _, err := p.Begin(t.Context(), s.sealedJob(t, simKey, name, waybill))
		var unknown *component.UnknownPrinterError
		if !errors.Is(err, component.ErrNoPrinter) || !errors.As(err, &unknown) || len(unknown.Known) != 1 {
			t.Errorf("Begin = %v", err)
		}
		if n := component.Notice("bench 1", err); n == nil || !strings.Contains(n.Text(0), s.dialect(t).Vendor) {
			t.Errorf("told as %v", n)
		}
		// It was there in Begin and is gone now.
		c := dialled(t, p.Transport)
		if _, err := hand(t.Context(), c, s.sealedJob(t, simKey, name, waybill)); !errors.Is(err, printer.ErrUnprinted) {
			t.Errorf("Finish = %v", err)
		}
	})
	eachStyle(t, "disabled", func(t *testing.T, style cainiaosim.Style) {
		s := simulate(t, cainiaosim.Config{Style: style, Printers: []cainiaosim.Printer{{Name: "HPRT R42D", Disabled: true}}})
		var fault *printer.FaultError
		if _, _, err := s.printer(t, long).Begin(t.Context(), s.sealedJob(t, simKey, name, waybill)); !errors.As(err, &fault) {
			t.Errorf("Begin = %v", err)
		}
	})
	eachStyle(t, "switched off after Begin", func(t *testing.T, style cainiaosim.Style) {
		s := simulate(t, cainiaosim.Config{Style: style})
		a, _, err := s.printer(t, short).Begin(t.Context(), s.sealedJob(t, simKey, name, waybill))
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
		// Whether the task still went into the socket is a matter of chance.
		if outcome, _, err := a.Send(t.Context()); outcome == printer.Sent || err == nil || len(s.Journal()) != 0 {
			t.Errorf("Send = %v, %v", outcome, err)
		}
	})
}

func dialled(t *testing.T, way printer.Transport) *Conn {
	t.Helper()
	c, err := way.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c.(*Conn)
}

func hand(ctx context.Context, c *Conn, j printer.Job) (printer.Evidence, error) {
	if err := c.Start(ctx, j); err != nil {
		return printer.Evidence{}, err
	}
	if _, err := c.Write(j.Sealed); err != nil {
		return printer.Evidence{}, err
	}
	return c.Finish(ctx)
}

// TestTheSameAttemptTwice hands a label over twice by the same name, as a program
// that had lost its memory would.
func TestTheSameAttemptTwice(t *testing.T) {
	const waybill, name = "ZT00000000001", "ATTEMPT1"
	eachStyle(t, "", func(t *testing.T, style cainiaosim.Style) {
		s := simulate(t, cainiaosim.Config{Style: style})
		for range 2 {
			c := dialled(t, s.way(t, "HPRT R42D", long))
			if evidence, err := hand(t.Context(), c, s.sealedJob(t, simKey, name, waybill)); err != nil || evidence.Detail != "task "+name {
				t.Errorf("Finish = %+v, %v", evidence, err)
			}
		}
		if n := s.printed(waybill, 1); n != 1 || s.Served("print") != 2 {
			t.Errorf("%d labels came out of %d tasks", n, s.Served("print"))
		}
	})
}

// TestBecame asks for labels of earlier runs of the program.
func TestBecame(t *testing.T) {
	t.Parallel()
	for _, style := range []cainiaosim.Style{cainiaosim.CainiaoNew, cainiaosim.PDD} {
		s := simulate(t, cainiaosim.Config{Style: style})
		way := s.way(t, "HPRT R42D", some)
		const waybill = "ZT00000000001"
		if _, err := hand(t.Context(), dialled(t, way), s.sealedJob(t, simKey, "ATTEMPT1", waybill)); err != nil {
			t.Fatal(err)
		}
		if _, err := hand(t.Context(), dialled(t, way), s.sealedJob(t, cainiaosim.NewKey("another"), "ATTEMPT2", waybill)); err == nil {
			t.Fatal("a label that cannot be opened was printed")
		}
		if evidence, err := way.Became(t.Context(), "ATTEMPT1"); err != nil || evidence.Detail != "task ATTEMPT1, asked" {
			t.Errorf("Became = %+v, %v", evidence, err)
		}
		// At which stage it failed is not in the answer.
		if _, err := way.Became(t.Context(), "ATTEMPT2"); !errors.As(err, new(*component.RefusedError)) || errors.Is(err, printer.ErrUnprinted) {
			t.Errorf("Became = %v", err)
		}
		if _, err := s.way(t, "HPRT R42D", short).Became(t.Context(), "ATTEMPT3"); !errors.Is(err, component.ErrNoReply) && !errors.Is(err, component.ErrOff) || errors.Is(err, printer.ErrUnprinted) {
			t.Errorf("Became = %v", err)
		}
		s.Close()
		if _, err := way.Became(t.Context(), "ATTEMPT1"); !errors.Is(err, component.ErrOff) || errors.Is(err, printer.ErrUnprinted) {
			t.Errorf("Became = %v", err)
		}
	}
}
