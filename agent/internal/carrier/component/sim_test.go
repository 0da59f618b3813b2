package component

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/carrier/component/componentsim"
	"miandan/agent/internal/jos/jdsim/sheet"
	"miandan/printer"
)

var simKey = sheet.NewKey("component")

// sim is a simulated component at work.
type sim struct {
	*componentsim.Component
	host string
}

func simulate(t *testing.T, c componentsim.Config) *sim {
	t.Helper()
	c.Key = simKey
	s, err := componentsim.New(c)
	if err != nil {
		t.Fatal(err)
	}
	at, err := s.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return &sim{s, strings.TrimPrefix(at, "ws://")}
}

// printer is one of the component's, as the program uses it.
func (s *sim) printer(t *testing.T, version int, patience time.Duration) *printer.Printer {
	t.Helper()
	u, err := url.Parse(fmt.Sprintf("jd-component://%s/HPRT R42D?version=%d&patience=%v", s.host, version, patience))
	if err != nil {
		t.Fatal(err)
	}
	way, err := Open(u)
	if err != nil {
		t.Fatal(err)
	}
	return &printer.Printer{Name: "bench 1", Driver: Driver{}, Transport: way, Timeouts: printer.Timeouts{Dial: patience}}
}

// sealedJob is a label that the component with the key can open.
func sealedJob(t *testing.T, k sheet.Key, number string) printer.Job {
	t.Helper()
	data, err := k.Seal(sheet.Document{Waybill: number, Index: 1, Total: 1, Carrier: "JD", Receiver: sheet.Party{Name: "演示", Phone: "13800001234"}})
	if err != nil {
		t.Fatal(err)
	}
	d := document
	d.Data = data
	b, err := d.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return printer.Job{Name: number, Sealed: b}
}

// printed is how often a label came out.
func (s *sim) printed(number string) (n int, task string) {
	for _, e := range s.Journal() {
		if e.Waybill == number {
			n, task = n+1, e.Task
		}
	}
	return n, task
}

// settled waits until a label has come out as often as expected, for what the
// component was asked it does though the client has given up.
func (s *sim) settled(number string, want int) int {
	for range 6000 {
		if n, _ := s.printed(number); n >= want {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	n, _ := s.printed(number)
	return n
}

const (
	long  = 2 * time.Minute       // no reply takes it
	short = 80 * time.Millisecond // silence does
)

// TestEveryFault holds what the client says of a label against what came out.
func TestEveryFault(t *testing.T) {
	for _, row := range []struct {
		name     string
		fault    componentsim.Fault
		patience time.Duration // short if no reply comes in time
		want     printer.Outcome
		out      int // labels
	}{
		{"none", componentsim.Fault{}, long, printer.Sent, 1},
		{"slow before", componentsim.Fault{Kind: componentsim.Slow, Wait: short}, long, printer.Sent, 1},
		{"slow after", componentsim.Fault{Kind: componentsim.Slow, Wait: short, Late: true}, long, printer.Sent, 1},
		{"too slow before", componentsim.Fault{Kind: componentsim.Slow, Wait: 10 * short}, short, printer.Uncertain, 1},
		{"too slow after", componentsim.Fault{Kind: componentsim.Slow, Wait: 10 * short, Late: true}, short, printer.Uncertain, 1},
		{"dropped before", componentsim.Fault{Kind: componentsim.DropBefore}, long, printer.Uncertain, 0},
		{"dropped after", componentsim.Fault{Kind: componentsim.DropAfter}, long, printer.Uncertain, 1},
		{"silent", componentsim.Fault{Kind: componentsim.Silent}, short, printer.Uncertain, 1},
		{"half a reply", componentsim.Fault{Kind: componentsim.Malformed}, short, printer.Uncertain, 1},
		{"held back", componentsim.Fault{Kind: componentsim.HoldBack}, short, printer.Uncertain, 1},
		{"twice", componentsim.Fault{Kind: componentsim.Twice}, long, printer.Sent, 1},
		{"denied", componentsim.Fault{Kind: componentsim.Denies}, long, printer.Uncertain, 1},
		{"recanted", componentsim.Fault{Kind: componentsim.Recants}, long, printer.Uncertain, 1},
	} {
		eachVersion(t, row.name, func(t *testing.T, version int, upper bool) {
			const number = "JDVC00000000001"
			var (
				s        *sim
				outcome  printer.Outcome
				evidence printer.Evidence
				err      error
			)
			for patience, longer := row.patience, time.Duration(1); ; longer *= 2 {
				s = simulate(t, componentsim.Config{UpperID: upper})
				if f := row.fault; f.Kind != "" {
					f.Request = "print"
					f.Wait *= longer
					s.Misbehave(f)
				}
				p := s.printer(t, version, longer*patience)
				p.Timeouts.Dial = long
				a, base, begun := p.Begin(t.Context(), sealedJob(t, simKey, number))
				if begun != nil || base.Status == nil || !base.Status.Ready() {
					t.Fatalf("Begin = %+v, %v", base, begun)
				}
				if len(s.Journal()) != 0 {
					t.Fatal("a label came out before Send")
				}
				outcome, evidence, err = a.Send(t.Context())
				// On a busy machine patience may be over before the label has left.
				if outcome != printer.NotSent || patience != short || !errors.Is(err, context.DeadlineExceeded) || s.Served() > 1 {
					break
				}
			}
			if outcome != row.want || (err == nil) != (row.want == printer.Sent) {
				t.Errorf("Send = %v, %v, want %v", outcome, err, row.want)
			}
			if n := s.settled(number, row.out); n != row.out {
				t.Errorf("%d labels came out, want %d", n, row.out)
			}
			if _, task := s.printed(number); outcome == printer.Sent && (evidence.Method != "component" || evidence.Detail != "task "+task) {
				t.Errorf("evidence %+v of the task %s", evidence, task)
			}
			if err != nil && (Notice("bench 1", err) == nil || errors.Is(err, printer.ErrUnprinted)) {
				t.Errorf("the error is %v", err)
			}
			if n := s.Served(); n > 2 { // the list and the label
				t.Errorf("%d requests", n)
			}
		})
	}
}

// eachVersion runs a test by every protocol, the third in both spellings.
func eachVersion(t *testing.T, name string, test func(t *testing.T, version int, upper bool)) {
	for _, v := range []struct {
		version int
		upper   bool
	}{{1, false}, {2, false}, {3, false}, {3, true}} {
		t.Run(fmt.Sprintf("%s, version %d, %v", name, v.version, v.upper), func(t *testing.T) {
			t.Parallel()
			test(t, v.version, v.upper)
		})
	}
}

// TestEveryRefusal has the component refuse a label or fail to print it.
func TestEveryRefusal(t *testing.T) {
	const number = "JDVC00000000001"
	for _, row := range []struct {
		name            string
		key             sheet.Key
		jam             bool
		classic, third  printer.Outcome
		classicly, also string // the component's status
	}{
		{"sealed for another", sheet.NewKey("another"), false, printer.NotSent, printer.NotSent, "502", "2002"},
		{"the printer fails", simKey, true, printer.NotSent, printer.Uncertain, "502", "4000"},
	} {
		eachVersion(t, row.name, func(t *testing.T, version int, upper bool) {
			s := simulate(t, componentsim.Config{UpperID: upper, Paper: func(componentsim.Paper) error {
				if row.jam {
					return errors.New("jam")
				}
				return nil
			}})
			a, _, err := s.printer(t, version, long).Begin(t.Context(), sealedJob(t, row.key, number))
			if err != nil {
				t.Fatal(err)
			}
			want, status := row.classic, row.classicly
			if version == 3 {
				want, status = row.third, row.also
			}
			outcome, _, err := a.Send(t.Context())
			var refused *RefusedError
			if outcome != want || !errors.As(err, &refused) || refused.Status != status {
				t.Errorf("Send = %v, %v, want %v for %s", outcome, err, want, status)
			}
			if n, _ := s.printed(number); n != 0 {
				t.Errorf("%d labels came out", n)
			}
		})
	}
	eachVersion(t, "no such printer any more", func(t *testing.T, version int, upper bool) {
		s := simulate(t, componentsim.Config{UpperID: upper, Printers: []string{"another"}})
		p := s.printer(t, version, long)
		if _, _, err := p.Begin(t.Context(), sealedJob(t, simKey, number)); !errors.Is(err, ErrNoPrinter) {
			t.Errorf("Begin = %v", err)
		}
		// It was there in Begin and is gone now.
		conn, err := p.Transport.Dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if err := hand(t.Context(), conn.(*Conn), sealedJob(t, simKey, number)); !errors.Is(err, printer.ErrUnprinted) {
			t.Errorf("Finish = %v", err)
		}
		if len(s.Journal()) != 0 {
			t.Error("a label came out")
		}
	})
	eachVersion(t, "switched off after Begin", func(t *testing.T, version int, upper bool) {
		s := simulate(t, componentsim.Config{UpperID: upper})
		a, _, err := s.printer(t, version, long).Begin(t.Context(), sealedJob(t, simKey, number))
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

func hand(ctx context.Context, c *Conn, j printer.Job) error {
	if err := c.Start(ctx, j); err != nil {
		return err
	}
	if _, err := c.Write(j.Sealed); err != nil {
		return err
	}
	_, err := c.Finish(ctx)
	return err
}

// TestEveryFaultOfTheList has the component misbehave when it is asked for its
// printers, before any label is handed over.
func TestEveryFaultOfTheList(t *testing.T) {
	const number = "JDVC00000000001"
	for _, kind := range componentsim.Kinds() {
		begins := kind == componentsim.Slow || kind == componentsim.Twice
		eachVersion(t, string(kind), func(t *testing.T, version int, upper bool) {
			s := simulate(t, componentsim.Config{UpperID: upper, Faults: []componentsim.Fault{{Kind: kind, Request: "get_printers", Wait: 50 * time.Millisecond}}})
			p := s.printer(t, version, long)
			if !begins {
				p.Timeouts.Dial = short
			}
			a, _, err := p.Begin(t.Context(), sealedJob(t, simKey, number))
			if (err == nil) != begins {
				t.Fatalf("Begin = %v", err)
			}
			if err != nil {
				if n := s.settled(number, 0); n != 0 {
					t.Errorf("%d labels came out", n)
				}
				return
			}
			if outcome, _, err := a.Send(t.Context()); outcome != printer.Sent || s.settled(number, 1) != 1 {
				t.Errorf("Send = %v, %v", outcome, err)
			}
		})
	}
}

// TestOutOfOrder gets the reply to a label before that to an older question.
func TestOutOfOrder(t *testing.T) {
	eachVersion(t, "", func(t *testing.T, version int, upper bool) {
		s := simulate(t, componentsim.Config{UpperID: upper, Faults: []componentsim.Fault{{Kind: componentsim.HoldBack, Request: "GET_PRINTERS", Times: 1}}})
		conn, err := s.printer(t, version, long).Transport.Dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		c := conn.(*Conn)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() {
			for s.Served() == 0 && ctx.Err() == nil {
				time.Sleep(time.Millisecond)
			}
			// The answer is held back. A context that ends within a write breaks the line.
			time.Sleep(2 * time.Second)
			cancel()
		}()
		if _, err := c.Status(ctx); !errors.Is(err, ErrOff) {
			t.Fatalf("Status = %v", err)
		}
		if err := hand(t.Context(), c, sealedJob(t, simKey, "JDVC00000000001")); err != nil {
			t.Errorf("Finish = %v", err)
		}
		if len(s.Journal()) != 1 {
			t.Errorf("%d labels came out", len(s.Journal()))
		}
	})
}
