package winspool

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/printer"
	"miandan/printer/page"
	"miandan/printer/tspl"
)

// These tests print. They run on Windows, or on Wine by TestWine, if the
// environment names a queue for each of them:
//
//	MIANDAN_WINSPOOL_RAW   of a TSPL printer with labels of 76 × 130 mm
//	MIANDAN_WINSPOOL_PAGE  with a driver for the same labels at 203 dpi

func queueOf(t *testing.T, form string) string {
	t.Helper()
	name := os.Getenv("MIANDAN_WINSPOOL_" + form)
	if name == "" {
		t.Skipf("MIANDAN_WINSPOOL_%s names no queue", form)
	}
	return name
}

func mustOpen(t *testing.T, name string, form Form) *Transport {
	t.Helper()
	transport, err := Open(URL(name), form)
	if err != nil {
		t.Fatal(err)
	}
	return transport
}

func TestLiveQueues(t *testing.T) {
	raw, page := queueOf(t, "RAW"), queueOf(t, "PAGE")
	queues, err := Queues(t.Context(), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range queues {
		t.Logf("%+v", q)
	}
	for _, name := range []string{raw, page} {
		i := slices.IndexFunc(queues, func(q Queue) bool { return q.Name == name })
		if i < 0 {
			t.Fatalf("Queues = %+v, without %q", queues, name)
		}
		if q := queues[i]; !q.Answered || q.Driver == "" || q.Port == "" || !q.Status.Ready() || q.KeepsPrinted() {
			t.Errorf("Queues has %+v, want a ready queue with driver and port that keeps nothing", q)
		}
	}
}

// send prints a label as the agent does.
func send(t *testing.T, transport *Transport, driver printer.Driver, j printer.Job) (printer.Outcome, printer.Evidence, error) {
	t.Helper()
	p := printer.Printer{Name: "bench", Driver: driver, Transport: transport, Timeouts: printer.Timeouts{Status: time.Minute}}
	attempt, base, err := p.Begin(t.Context(), j)
	if err != nil {
		return printer.NotSent, printer.Evidence{}, err
	}
	if base.Status == nil || base.Bytes == 0 {
		t.Errorf("Begin = %+v, want a status and the number of bytes", base)
	}
	return attempt.Send(t.Context())
}

func printed(t *testing.T, transport *Transport, driver printer.Driver, j printer.Job) {
	t.Helper()
	outcome, evidence, err := send(t, transport, driver, j)
	if err != nil || outcome != printer.Sent || evidence.Method != "spooler" || !strings.HasPrefix(evidence.Detail, "job ") {
		t.Fatalf("Send = %v, %+v, %v, want sent by the spooler's word", outcome, evidence, err)
	}
	t.Log(evidence.Detail)
}

func TestLiveRaw(t *testing.T) {
	transport := mustOpen(t, queueOf(t, "RAW"), Raw)
	for _, name := range []string{"label-raw-1", "label-raw-2"} {
		printed(t, transport, tspl.Driver{}, label(name, 76, 130))
	}
}

func TestLivePage(t *testing.T) {
	printed(t, mustOpen(t, queueOf(t, "PAGE"), Page), page.Bitmap{}, label("label-page", 76, 130))
}

// A driver of another resolution would scale the bars: nothing of such a label
// may get into the queue.
func TestLivePageOfAnotherResolution(t *testing.T) {
	j := label("label-finer", 76, 130)
	j.Image.PerMetre = 11811
	outcome, _, err := send(t, mustOpen(t, queueOf(t, "PAGE"), Page), page.Bitmap{}, j)
	if outcome != printer.NotSent || !errors.Is(err, ErrResolution) {
		t.Errorf("Send = %v, %v, want not sent and ErrResolution", outcome, err)
	}
}

func TestLiveUnknownQueue(t *testing.T) {
	queueOf(t, "RAW")
	_, err := mustOpen(t, "No such queue", Raw).Dial(t.Context())
	if !errors.Is(err, ErrNoQueue) {
		t.Errorf("Dial = %v, want ErrNoQueue", err)
	}
}

func TestLiveWithdrawUnknown(t *testing.T) {
	transport := mustOpen(t, queueOf(t, "RAW"), Raw)
	// On Windows it is ErrNoJob; Wine lists no jobs and cannot tell.
	if err := transport.Withdraw(t.Context(), "label-that-never-was"); err == nil {
		t.Error("Withdraw claims that nothing of an unknown label was printed")
	}
	if keeps, err := transport.KeepsPrinted(t.Context()); keeps || err != nil {
		t.Errorf("KeepsPrinted = %v, %v, want false", keeps, err)
	}
	if s, err := transport.Status(context.Background()); err != nil || !s.Ready() {
		t.Errorf("Status = %v, %v, want ready", s, err)
	}
}
