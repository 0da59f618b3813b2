package winspool

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"miandan/printer"
)

const language = text("SIZE 76 mm,130 mm\r\nPRINT 1\r\n")

// sent prints a label as the agent does, in a bubble whose clock jumps.
func sent(t *testing.T, transport *Transport, driver printer.Driver, j printer.Job) (outcome printer.Outcome, evidence printer.Evidence, err error) {
	t.Helper()
	p := printer.Printer{Name: "bench", Driver: driver, Transport: transport}
	attempt, _, err := p.Begin(t.Context(), j)
	if err != nil {
		return printer.NotSent, printer.Evidence{}, err
	}
	return attempt.Send(t.Context())
}

func TestRaw(t *testing.T) {
	for _, c := range []struct {
		name     string
		fake     *fake
		datatype string
	}{
		{"a driver of old", &fake{life: []uint32{}}, "RAW"},
		{"a driver of version 4", &fake{life: []uint32{}, v4: true}, "XPS_PASS"},
		{"a service that takes little at a time", &fake{life: []uint32{}, most: 3}, "RAW"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				outcome, evidence, err := sent(t, c.fake.transport(Raw), language, printer.Job{Name: "label-1"})
				if outcome != printer.Sent || err != nil || evidence.Method != "spooler" {
					t.Fatalf("Send = %v, %+v, %v, want sent", outcome, evidence, err)
				}
				f := c.fake
				if string(f.got) != string(language) || f.document != "label-1" || f.datatype != c.datatype {
					t.Errorf("the spooler has %q of %q as %q, want %q as %q", f.got, f.document, f.datatype, language, c.datatype)
				}
				if f.pages != 1 || f.ended != 1 || f.aborted != 0 || f.told != nil || f.leaks() != 0 {
					t.Errorf("%d pages, %d ends, %d aborts, told %v, %d handles open", f.pages, f.ended, f.aborted, f.told, f.leaks())
				}
			})
		})
	}
}

func TestNothingIsInTheQueueBeforeFinish(t *testing.T) {
	var f fake
	conn, err := f.transport(Raw).Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := conn.(*Conn)
	if _, err := c.Write([]byte("x")); err == nil {
		t.Error("Write before Start succeeds")
	}
	if err := c.Start(t.Context(), printer.Job{Name: "label-1"}); err != nil {
		t.Fatal(err)
	}
	if err := c.Start(t.Context(), printer.Job{Name: "label-2"}); err == nil {
		t.Error("a second Start succeeds")
	}
	if n, err := c.Write([]byte("SIZE")); n != 4 || err != nil {
		t.Errorf("Write = %d, %v", n, err)
	}
	if err := c.Close(); err != nil || f.id != 0 || f.got != nil || f.leaks() != 0 {
		t.Errorf("Close = %v; job %d with %q, %d handles open, want nothing", err, f.id, f.got, f.leaks())
	}
	if _, err := c.Finish(t.Context()); err == nil {
		t.Error("Finish after Close succeeds")
	}
}

func TestWhatBecomesOfAJob(t *testing.T) {
	wait := func(n int, then ...uint32) []uint32 { return append(make([]uint32, n), then...) }
	long := 200 // looks, which is more than byHand
	for _, c := range []struct {
		name    string
		life    []uint32
		outcome printer.Outcome
		detail  string
		want    error
	}{
		{"gone at once", []uint32{}, printer.Sent, "job 7 has left the queue", nil},
		{"spooled, and gone at once", []uint32{jobSpooling, 0}, printer.Sent, "job 7 has left the queue", nil},
		{"seen at work", wait(long, jobPrinting), printer.Sent, "job 7 was printing and has left the queue", nil},
		{"paper out, a new roll, printed", []uint32{jobPrinting, jobPrinting | 0x42, jobPrinting | 0x42, jobPrinting}, printer.Sent, "job 7 was printing and has left the queue", nil},
		{"printed", wait(long, jobPrinting, jobPrinted), printer.Sent, "job 7 is printed", nil},
		{"delivered", []uint32{jobPrinting, jobComplete | 0x2000}, printer.Sent, "job 7 is complete, retained", nil},
		{"deleted by a person while it waited", wait(long, jobDeleting), printer.Uncertain, "", ErrEnded},
		{"deleted by a person while it printed", []uint32{jobPrinting, jobPrinting | jobDeleting}, printer.Uncertain, "", ErrEnded},
		{"gone after a wait without having been seen at work", wait(long), printer.Uncertain, "", ErrNoJob},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := fake{life: c.life}
				outcome, evidence, err := sent(t, f.transport(Raw), language, printer.Job{Name: "label-1"})
				if outcome != c.outcome || evidence.Detail != c.detail || !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
					t.Errorf("Send = %v, %q, %v, want %v, %q, %v", outcome, evidence.Detail, err, c.outcome, c.detail, c.want)
				}
				if errors.Is(err, printer.ErrUnprinted) {
					t.Errorf("%v claims that nothing was printed", err)
				}
				if f.leaks() != 0 {
					t.Errorf("%d handles are open", f.leaks())
				}
			})
		})
	}
}

func TestAJobThatStaysIsNotForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := fake{is: state{attributes: attributeOffline}}
		c := begun(t, &f)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		_, err := c.Finish(ctx)
		var fault *printer.FaultError
		if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &fault) || errors.Is(err, printer.ErrUnprinted) {
			t.Errorf("Finish = %v, want the deadline and the fault", err)
		}
		if f.gone || len(f.told) > 0 {
			t.Error("the job was taken out of the queue")
		}
		c.Close()
	})
}

func TestThePrintServiceIsStartedAgain(t *testing.T) {
	for _, c := range []struct {
		name string
		fake *fake
		ok   bool
	}{
		{"and has the job", &fake{down: 3, life: []uint32{0, jobPrinting}}, true},
		{"and has another's job of that number", &fake{down: 100, other: true, life: []uint32{jobPrinting, jobPrinting}}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				outcome, _, err := sent(t, c.fake.transport(Raw), language, printer.Job{Name: "label-1"})
				if ok := outcome == printer.Sent && err == nil; ok != c.ok || outcome == printer.NotSent || c.fake.leaks() != 0 {
					t.Errorf("Send = %v, %v, %d handles open, want ok %v", outcome, err, c.fake.leaks(), c.ok)
				}
			})
		})
	}
}

// What is given up because the service hangs must not print when it wakes up.
func TestNothingBeginsAfterTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f fake
		c := begun(t, &f)
		c.using <- struct{}{} // a call that hangs
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := c.Finish(ctx); !errors.Is(err, ErrNoSpooler) || errors.Is(err, printer.ErrUnprinted) {
			t.Errorf("Finish = %v, want ErrNoSpooler", err)
		}
		c.Close()
		<-c.using
		synctest.Wait()
		if f.id != 0 || f.got != nil || f.leaks() != 0 {
			t.Errorf("job %d with %q, %d handles open, want nothing", f.id, f.got, f.leaks())
		}
	})
}

// begun is a connection on which only Finish is left.
func begun(t *testing.T, f *fake) *Conn {
	t.Helper()
	conn, err := f.transport(Raw).Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := conn.(*Conn)
	if err := c.Start(t.Context(), printer.Job{Name: "label-1"}); err != nil {
		t.Fatal(err)
	}
	if err := language.Encode(c, printer.Job{}); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWhatDidNotGetThrough(t *testing.T) {
	for _, c := range []struct {
		name    string
		fake    *fake
		outcome printer.Outcome
		gone    bool
	}{
		{"no document", &fake{startErr: printer.ErrDenied}, printer.NotSent, false},
		{"half a document that waited", &fake{failAt: 20, most: 10, pausedIs: jobSpooling}, printer.NotSent, true},
		{"half a document that had begun", &fake{failAt: 20, most: 10, pausedIs: jobSpooling | jobPrinting}, printer.Uncertain, true},
		{"half a document of which an error is known", &fake{failAt: 20, most: 10, pausedIs: jobSpooling | 0x2}, printer.Uncertain, true},
		{"half a document of a queue that does not spool", &fake{failAt: 20, most: 10, is: state{attributes: attributeDirect}}, printer.Uncertain, true},
		{"half a document that nobody may delete", &fake{failAt: 20, most: 10, frozen: true}, printer.Uncertain, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := c.fake
				outcome, _, err := sent(t, f.transport(Raw), language, printer.Job{Name: "label-1"})
				if outcome != c.outcome || err == nil || f.gone != c.gone || f.leaks() != 0 {
					t.Errorf("Send = %v, %v, gone %v, %d handles open, want %v, gone %v", outcome, err, f.gone, f.leaks(), c.outcome, c.gone)
				}
				if c.gone && (f.aborted != 1 || !reflect.DeepEqual(f.told, []command{pause, deleteNow})) {
					t.Errorf("told %v, aborted %d times, want to be paused, deleted and aborted", f.told, f.aborted)
				}
			})
		})
	}
}

func TestAKeepingQueueIsTidied(t *testing.T) {
	for _, c := range []struct {
		keeps  uint32
		status uint32
		want   []command
	}{
		{0, jobPrinted, nil},
		{attributeKeep, jobPrinted, []command{deleteNow}},
		{attributeKeep, jobPrinted | jobPrinting, nil},
		{attributeKeep, jobComplete, nil}, // it may still be printing
	} {
		t.Run(fmt.Sprintf("%#x %#x", c.keeps, c.status), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fake{life: []uint32{c.status}, is: state{attributes: c.keeps}}
				outcome, _, err := sent(t, f.transport(Raw), language, printer.Job{Name: "label-1"})
				if outcome != printer.Sent || err != nil || !reflect.DeepEqual(f.told, c.want) {
					t.Errorf("Send = %v, %v and tells the job %v, want %v", outcome, err, f.told, c.want)
				}
			})
		})
	}
}

func TestWithdraw(t *testing.T) {
	for _, c := range []struct {
		name     string
		fake     *fake
		document string
		ok       bool
		want     error
	}{
		{"a job that waits", &fake{id: 7, document: "label-1"}, "label-1", true, nil},
		{"a job that waits on a queue that does not spool", &fake{id: 7, document: "label-1", is: state{attributes: attributeDirect}}, "label-1", false, printer.ErrQueued},
		{"a job that would not pause", &fake{id: 7, document: "label-1", deaf: true}, "label-1", false, printer.ErrQueued},
		{"a job that is seen at work only while it is deleted", &fake{id: 7, document: "label-1", last: jobDeleting | jobPrinting}, "label-1", false, printer.ErrQueued},
		{"a job at work", &fake{id: 7, document: "label-1", pausedIs: jobPrinting}, "label-1", false, printer.ErrQueued},
		{"another's job", &fake{id: 7, document: "label-2"}, "label-1", false, ErrNoJob},
		{"no job", &fake{}, "label-1", false, ErrNoJob},
		{"a name that is not known", &fake{id: 7, document: "label-2"}, "", false, ErrNoJob},
		{"a job that nobody may touch", &fake{id: 7, document: "label-1", frozen: true}, "label-1", false, printer.ErrDenied},
		{"no print service", &fake{openErr: ErrNoSpooler}, "label-1", false, ErrNoSpooler},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := c.fake
			err := f.transport(Raw).Withdraw(t.Context(), c.document)
			if (err == nil) != c.ok || c.want != nil && !errors.Is(err, c.want) || f.leaks() != 0 {
				t.Errorf("Withdraw = %v, %d handles open, want ok %v, %v", err, f.leaks(), c.ok, c.want)
			}
			if f.gone && f.document != c.document {
				t.Error("another's job was deleted")
			}
		})
	}
}

// slow is a print service that answers when it is let.
type slow struct {
	*fake
	let chan struct{}
}

func (s slow) open(name string) (queue, error) { <-s.let; return s.fake.open(name) }

func (s slow) names() ([]Queue, error) { return []Queue{{Name: "A"}, {Name: `\\OFF\B`}}, nil }

func TestAServiceThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slow{&fake{}, make(chan struct{})}
		transport := &Transport{queue: "Labels", calls: s}
		p := printer.Printer{Name: "bench", Driver: language, Transport: transport}
		began := time.Now()
		if _, _, err := p.Begin(t.Context(), printer.Job{Name: "label-1"}); !errors.Is(err, ErrNoSpooler) || time.Since(began) != 10*time.Second {
			t.Errorf("Begin = %v after %v, want ErrNoSpooler after 10 s", err, time.Since(began))
		}
		queues, err := list(t.Context(), s, time.Second)
		if err != nil || len(queues) != 2 || queues[0].Answered || queues[1].Name != `\\OFF\B` {
			t.Errorf("list = %+v, %v, want two names", queues, err)
		}
		close(s.let) // what it answers now is given back
		synctest.Wait()
		if s.leaks() != 0 || s.opened == 0 {
			t.Errorf("%d of %d handles are open", s.leaks(), s.opened)
		}
	})
}

func TestList(t *testing.T) {
	f := &fake{is: state{driver: "Gprinter GP-1324D", port: "USB001", attributes: attributeKeep, status: 0x10}}
	got, err := list(t.Context(), f, time.Minute)
	want := []Queue{{Name: "Labels", Driver: "Gprinter GP-1324D", Port: "USB001", Attributes: attributeKeep, Status: printer.StatusOf(printer.MediaEmpty), Answered: true}}
	if err != nil || !reflect.DeepEqual(got, want) || !got[0].KeepsPrinted() {
		t.Errorf("list = %+v, %v, want %+v", got, err, want)
	}
	f.openErr = ErrNoSpooler
	if _, err := list(t.Context(), f, time.Minute); !errors.Is(err, ErrNoSpooler) {
		t.Errorf("list = %v, want ErrNoSpooler", err)
	}
}

func TestTheFaultIsHeardWhileAJobWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var life []uint32
		for range 100 {
			life = append(life, jobPrinting|0x40)
		}
		f := fake{life: life}
		var heard []printer.Status
		p := printer.Printer{Name: "bench", Driver: language, Transport: f.transport(Raw), Changed: func(s printer.Status) { heard = append(heard, s) }}
		attempt, _, err := p.Begin(t.Context(), printer.Job{Name: "label-1"})
		if err != nil {
			t.Fatal(err)
		}
		if outcome, _, err := attempt.Send(t.Context()); outcome != printer.Sent || err != nil {
			t.Errorf("Send = %v, %v", outcome, err)
		}
		if want := []printer.Status{printer.StatusOf(printer.MediaEmpty)}; !reflect.DeepEqual(heard, want) {
			t.Errorf("heard %v, want %v", heard, want)
		}
	})
}

func TestNoErrorNamesTheDocument(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := fake{failAt: 20, most: 10, frozen: true}
		_, _, err := sent(t, f.transport(Raw), language, printer.Job{Name: "label-1"})
		if err == nil || strings.Contains(err.Error(), "label-1") || strings.Contains(err.Error(), "SIZE") {
			t.Errorf("Send = %v, want an error that quotes nothing", err)
		}
	})
}
