package bench_test

import (
	"testing"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/ledger"
)

func TestABenchPrintsThroughTheFleet(t *testing.T) {
	w := newWorld(t)
	one, two := w.station("bench-1"), w.station("bench-2")
	mine := w.labels("a", 3, fleet.ToPrinter("bench-1", "p"))
	theirs := w.labels("b", 2, fleet.ToStation("bench-2"))
	one.run()
	two.run()
	for _, id := range append(mine, theirs...) {
		w.untilState(id, fleet.Confirmed)
	}
	one.wantPaper("JDXa-1", "JDXa-2", "JDXa-3")
	two.wantPaper("JDXb-1", "JDXb-2")
	anybody := w.labels("c", 6, "")
	for _, id := range anybody {
		w.untilState(id, fleet.Confirmed)
	}
	if n := len(one.codes()) + len(two.codes()); n != 11 {
		t.Errorf("%d labels are on paper, want 11", n)
	}
}

// Who scans the parcel of an order that was cancelled is told, at the bench: the offices
// have heard of the cancellation, and the parcel is in hand here.
func TestWhoScansACancelledParcelIsTold(t *testing.T) {
	w := newWorld(t)
	s := w.station("bench-1")
	s.run()
	id := w.labels("a", 1, "")[0]
	w.untilState(id, fleet.Confirmed)
	w.SQL(t, `INSERT INTO miandan.orders (source, order_id, state, waybills, labelled, parcels, alarm) SELECT source, order_id, 'issued', ARRAY[waybill], true, 1, 'order-cancelled-too-late' FROM miandan.labels`)
	if _, err := s.ledger.Scanned(t.Context(), "JDXa-1", ledger.Person{Who: "packer"}); err != nil {
		t.Fatal(err)
	}
	w.until("it is said", func() bool { return s.heard("order-cancelled-too-late") == 1 })
}
