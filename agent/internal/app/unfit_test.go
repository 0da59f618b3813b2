package app_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/ledger"
)

// TestLabelsThatDoNotFitHoldUpNobody puts a dozen labels whose address is too
// long for the layout before one that is not. What cannot be printed must not
// keep the printer from what can.
func TestLabelsThatDoNotFitHoldUpNobody(t *testing.T) {
	s := open(t, 0, nil)
	orders := jdsim.Demo(14+13, time.Now())[14:27]
	for i := range orders {
		o := &orders[i]
		o.Modified = time.Now()
		if i < 12 {
			o.Paid = o.Paid.Add(-12 * time.Hour) // due earlier
			o.Receiver.Address = strings.Repeat("演示科技园区第二期", 40)
		}
		s.world.Gateway.AddOrder(*o)
	}
	last, began := orders[12].ID, time.Now()
	s.until(t, "the label that fits comes out", func(rows []ledger.Row) bool {
		return slices.ContainsFunc(rows, func(r ledger.Row) bool { return r.Order.ID == last && r.Label == ledger.Confirmed })
	})
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
	s.until(t, "the others say why they wait", func(rows []ledger.Row) bool {
		return len(rows) >= 13 && !slices.ContainsFunc(rows, func(r ledger.Row) bool {
			return r.Label != ledger.Confirmed && (r.Label != ledger.Queued || r.Problem.Code != "label-does-not-fit")
		})
	})
	time.Sleep(3 * time.Second)
	for _, r := range s.rows(t) {
		if r.Label == ledger.Claimed || r.Label == ledger.Rendered {
			t.Errorf("a label that does not fit is %s", r.Label)
		}
	}
}
