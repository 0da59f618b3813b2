package dispatch

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/ledger"
	"miandan/agent/internal/order"
	"miandan/printer"
	"miandan/printer/escpos"
)

// noWay is a printer that nobody ought to call.
type noWay struct{ calls int }

func (w *noWay) Dial(context.Context) (printer.Conn, error) {
	w.calls++
	return nil, errors.New("no way")
}

// TestACancelledLabelGoesNoFurther cancels an order while its label is claimed:
// nothing of it is sent, and nobody is told of a failure.
func TestACancelledLabelGoesNoFurther(t *testing.T) {
	d := newDesk(t)
	d.Rules.Fresh = time.Minute
	d.Rules.Route = func(order.Order) (string, bool) { return "wujie/ZTO", true }
	source := &lists{orders: []order.Order{d.accept("1", nil)}}
	d.Sources["jd"] = source
	label := d.queue(source.orders[0])
	d.do(d.Ledger.Release(t.Context(), label.ID, ledger.Problem{}, 0))
	d.now = d.now.Add(2 * time.Minute)
	source.orders[0].State, source.orders[0].ReadAt = order.Cancelled, d.now
	way := &noWay{}
	p := &Printer{Printer: &printer.Printer{Name: "bench-1", Driver: escpos.Driver{}, Transport: way}, Paper: "76x130"}
	begun := d.log.Len()
	if err := d.printNext(t.Context(), p); err != nil {
		t.Errorf("printNext: %v", err)
	}
	p.sends.Wait()
	if way.calls > 0 {
		t.Errorf("the printer was called %d times", way.calls)
	}
	if said := d.log.String()[begun:]; strings.Contains(said, "failed") {
		t.Errorf("a failure was logged: %s", said)
	}
	if err := d.printNext(t.Context(), p); !errors.Is(err, ledger.ErrNothing) {
		t.Errorf("afterwards: %v, want %v", err, ledger.ErrNothing)
	}
}
