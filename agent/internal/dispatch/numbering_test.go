package dispatch

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// slow is a carrier that answers nobody before several have asked.
type slow struct {
	carrier.Issuer
	mu    sync.Mutex
	asked map[string]int
	all   chan struct{}
	want  int
}

func (s *slow) Issue(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	s.mu.Lock()
	s.asked[o.ID]++
	if len(s.asked) == s.want {
		close(s.all)
	}
	s.mu.Unlock()
	select {
	case <-s.all:
	case <-time.After(time.Minute):
	}
	return repeats{number: waybill.Number("73" + o.ID)}.Issue(ctx, o)
}

// Numbers are taken for several orders at the same time, and for none of them twice.
func TestNumbersAreTakenAtTheSameTime(t *testing.T) {
	d := newDesk(t)
	d.Rules.Ways = map[string]Way{"wujie/ZTO": {Label: RenderedLabel, Paper: "76x130"}}
	c := &slow{asked: map[string]int{}, all: make(chan struct{}), want: numberers}
	d.Issuers["wujie/ZTO"] = c
	d.Log = slog.New(slog.DiscardHandler) // the desk's is for one goroutine
	for i := range 3 * numberers {
		d.accept(fmt.Sprint(i+1), nil)
	}
	var work sync.WaitGroup
	for range numberers {
		work.Go(func() {
			for d.numberNext(t.Context()) == nil {
			}
		})
	}
	work.Wait()
	for i := range 3 * numberers {
		id := fmt.Sprint(i + 1)
		if c.asked[id] != 1 {
			t.Errorf("the carrier was asked for order %s %d times", id, c.asked[id])
		}
		rows, err := d.Ledger.Rows(t.Context(), ledger.Filter{Order: id})
		d.do(err)
		if len(rows) != 1 || rows[0].Label != ledger.Queued || string(rows[0].Number) != "73"+id {
			t.Errorf("order %s: %+v", id, rows)
		}
	}
}

// leisurely is a carrier that answers a while after it was asked, if somebody waits
// for it.
type leisurely struct {
	repeats
	asked chan struct{}
}

func (c leisurely) Issue(ctx context.Context, o order.Order) (waybill.Waybill, error) {
	close(c.asked)
	select {
	case <-time.After(200 * time.Millisecond):
		return c.repeats.Issue(ctx, o)
	case <-ctx.Done():
		return waybill.Waybill{}, carrier.Classify(context.Cause(ctx), false)
	}
}

// A stop waits for the carrier's answer, as it does for a label: without it a person
// would have to look the number up.
func TestAStopLosesNoNumber(t *testing.T) {
	d := newDesk(t)
	d.Rules.Ways = map[string]Way{"wujie/ZTO": {Label: RenderedLabel, Paper: "76x130"}}
	c := leisurely{repeats{number: "731"}, make(chan struct{})}
	d.Issuers["wujie/ZTO"] = c
	d.accept("1", nil)
	ctx, stop := context.WithCancel(t.Context())
	go func() { <-c.asked; stop() }()
	d.do(d.numberNext(ctx))
	rows, err := d.Ledger.Rows(t.Context(), ledger.Filter{Order: "1"})
	d.do(err)
	if r := rows[0]; r.OrderState != ledger.Issued || r.Number != "731" {
		t.Errorf("the order is %s under %q", r.OrderState, r.Number)
	}
}
