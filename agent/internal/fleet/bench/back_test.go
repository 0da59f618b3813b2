package bench_test

import (
	"fmt"
	"testing"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/ledger"
)

// wantBack moves a label to the neighbour, as a person in the room does.
func (w *world) wantBack(id int64) {
	w.t.Helper()
	w.SQL(w.t, fmt.Sprintf(`UPDATE miandan.labels SET target = 'station:bench-2' WHERE id = %d`, id))
	w.SQL(w.t, fmt.Sprintf(`SELECT miandan._want_back(%d, 'platform', 'lead', 'the bench is broken')`, id))
}

// TestWantedBack takes labels from a station that has claimed, started and rendered
// them: each is printed once, by the neighbour.
func TestWantedBack(t *testing.T) {
	w := newWorld(t)
	s, neighbour := w.station("bench-1"), w.station("bench-2")
	s.ahead, s.lot = 2, 1
	s.kill()
	s.open()
	ids := w.labels("a", 3, "")
	s.claimBench(3, 1)
	// One of them has passed the fence and no byte of it has left.
	between, on := make(chan struct{}), make(chan struct{})
	s.hook = func(behind bool) {
		if behind {
			between <- struct{}{}
			<-on
		}
	}
	s.run()
	<-between
	for _, id := range ids {
		w.wantBack(id)
	}
	w.until("all have been given back", func() bool {
		return w.Value(t, `SELECT count(*) FROM miandan.labels WHERE station = 'bench-1' AND state <> 'queued'`) == "0"
	})
	s.hook = nil
	close(on)
	neighbour.run()
	for _, id := range ids {
		w.untilState(id, fleet.Confirmed)
	}
	s.wantPaper()
	neighbour.wantPaper("JDXa-1", "JDXa-2", "JDXa-3")
	again := w.labels("b", 1, fleet.ToStation("bench-1"))[0] // it goes on with others
	w.untilState(again, fleet.Confirmed)
}

// TestLeaving gives back what waits, and is refused while something does not.
func TestLeaving(t *testing.T) {
	w := newWorld(t)
	s, neighbour := w.station("bench-1"), w.station("bench-2")
	ids := w.labels("a", 1, "")
	s.run()
	w.untilState(ids[0], fleet.Confirmed)
	w.until("it is told", func() bool {
		n, err := s.ledger.FleetStanding(t.Context())
		return err == nil && n.Untold == 0
	})
	s.again()
	ids = append(ids, w.labels("b", 1, "")...)
	s.claimBench(1, 0)
	if err := s.bench.Leave(t.Context(), ledger.Person{Who: "it", Why: "moves out"}); err != nil {
		t.Fatal(err)
	}
	neighbour.run()
	w.untilState(ids[1], fleet.Confirmed)
	s.wantPaper("JDXa-1")
	neighbour.wantPaper("JDXb-1")
}
