package dispatch

import (
	"testing"
	"time"

	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/printer"
	"miandan/printer/page"
	"miandan/printer/spool"
	"miandan/printer/spool/spooltest"
)

// TestWhatWaitsInAQueueIsNotPrintedLater: who says that a label is not printed has
// switched the printer off and on. The queue keeps its job over that, and would print
// it beside the copy that the person asks for.
func TestWhatWaitsInAQueueIsNotPrintedLater(t *testing.T) {
	cups := spooltest.Start(t)
	t.Run("waiting", func(t *testing.T) {
		d, queue := newDesk(t), spooltest.Raw
		label, way, document := d.leftInQueue(cups, queue, func() { cups.Command(t, "cupsdisable", queue) })
		d.do(d.ResolveNotPrinted(t.Context(), label, tester, true))
		if job, err := way.Find(t.Context(), document); err != nil || !job.Gone() {
			t.Errorf("%v, %v; want it canceled before it began", job, err)
		}
	})
	t.Run("begun", func(t *testing.T) {
		d := newDesk(t)
		label, way, document := d.leftInQueue(cups, spooltest.Moody, func() { cups.SetMood(t, "cat >/dev/null; sleep 600") })
		for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			if job, err := way.Find(t.Context(), document); err == nil && job.Begun {
				break
			}
		}
		if err := d.ResolveNotPrinted(t.Context(), label, tester, true); notice.CodeOf(err) != "buffer-not-clear" {
			t.Errorf("%v; want to be asked to switch it off and on once more", err)
		}
		if job, err := way.Find(t.Context(), document); err != nil || !job.State.Over() {
			t.Errorf("%v, %v; want it out of the queue", job, err)
		}
		d.do(d.ResolveNotPrinted(t.Context(), label, tester, true))
	})
}

// leftInQueue sends a label to a queue that keeps its job, until the station has no
// more patience. stuck is called when the printer has said that it is ready.
func (d *desk) leftInQueue(cups *spooltest.Server, queue string, stuck func()) (label int64, way *spool.Transport, document string) {
	d.t.Helper()
	ctx := d.t.Context()
	opened, err := spool.Open(cups.Socket(queue))
	d.do(err)
	way = opened.(*spool.Transport)
	p := &Printer{Printer: &printer.Printer{Name: "bench-1", Driver: page.Driver{}, Transport: way, Timeouts: printer.Timeouts{Fault: 300 * time.Millisecond}}}
	d.Printers = []*Printer{p}
	b := d.queue(d.accept("1", nil))
	a, err := d.Ledger.Prepare(ctx)
	d.do(err)
	pdf := []byte("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
	sending, baseline, err := p.Begin(ctx, printer.Job{Name: a.Document, Mark: a.Mark, PDF: pdf, Width: 76_000, Height: 130_000})
	d.do(err)
	stuck()
	d.do(d.Ledger.Intend(ctx, &b, a, [32]byte{1}, baseline))
	d.do(d.Ledger.Sending(ctx, b))
	outcome, evidence, err := sending.Send(ctx)
	if outcome != printer.Uncertain {
		d.t.Fatalf("Send = %v, %v", outcome, err)
	}
	_, err = d.Ledger.Settle(ctx, b, ledger.Settled{Outcome: outcome, Evidence: evidence})
	d.do(err)
	return b.ID, way, a.Document
}
