package bench_test

import (
	"testing"

	"miandan/agent/internal/fleet"
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
