package bench_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/fleettest"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
)

// inLot makes a station that holds one label, in its lot, with its printer asking for
// it. Its beat has stopped.
func (w *world) inLot(name string) (s *station, id int64, label ledger.Label) {
	w.t.Helper()
	s = w.station(name)
	s.ahead, s.lot = 1, 1
	s.again()
	id = w.labels(name, 1, "")[0]
	s.claimBench(1, 1)
	return s, id, s.inHand()
}

func (s *station) inHand() ledger.Label {
	s.t.Helper()
	label, err := s.ledger.Claim(s.t.Context(), ledger.Claimant{Printer: "p", Paper: paper})
	if err != nil {
		s.t.Fatal(err)
	}
	return label
}

// decided waits until the station counts as dead and lets a lead say that a label
// was not printed, and have it printed by somebody else.
func (w *world) decided(id int64) {
	w.t.Helper()
	w.until("the station is taken for dead", func() bool {
		return w.Exec(w.t, fmt.Sprintf(`SELECT miandan._decide(id, epoch, 'not-printed', 'platform', 'lead', 'looked') FROM miandan.labels WHERE id = %d`, id)) == nil
	})
	w.SQL(w.t, fmt.Sprintf(`UPDATE miandan.labels SET target = 'station:neighbour' WHERE id = %d`, id),
		fmt.Sprintf(`SELECT miandan._print_again(%d, 'platform', 'lead', 'looked')`, id))
}

// TestTheLotAfterASilence has a person decide about a label of the lot while its
// station is off, or asleep. It does not print there again, though nobody has told
// the station yet; one that nobody has decided about does.
func TestTheLotAfterASilence(t *testing.T) {
	for _, how := range []string{"off", "asleep"} {
		t.Run(how, func(t *testing.T) {
			w := newWorld(t)
			w.Setting(t, "dead_after", "1")
			neighbour := w.station("neighbour")
			s, id, label := w.inLot("bench-1")
			kept, _, other := w.inLot("bench-2")
			if how == "off" {
				s.again()
				label = s.inHand()
				kept.again()
				other = kept.inHand()
			}
			w.decided(id)
			if err := s.bench.Pass(t.Context(), label); !errors.Is(err, dispatch.ErrElsewhere) {
				t.Errorf("a label passes that is somebody else's by a lead's word: %v", err)
			}
			if err := kept.bench.Pass(t.Context(), other); err != nil {
				t.Errorf("a label of the lot does not pass: %v", err)
			}
			neighbour.run()
			s.run()
			kept.run()
			w.untilState(id, fleet.Confirmed)
			s.wantPaper()
			neighbour.wantPaper("JDXbench-1-1")
		})
	}
}

// TestASleeperComparesItsLot wakes up a station whose label of the lot has been
// decided about: its first beat lets go of it.
func TestASleeperComparesItsLot(t *testing.T) {
	w := newWorld(t)
	w.Setting(t, "dead_after", "1")
	w.station("neighbour")
	s, id, _ := w.inLot("bench-1")
	w.decided(id)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); s.bench.Run(ctx) }()
	w.until("it has let go", func() bool {
		held, err := s.ledger.FleetHeld(t.Context())
		return err == nil && len(held) == 0
	})
	cancel()
	<-done
}

// TestTheLotWaitsForTheDatabaseOnce starts a station without the database: its lot
// prints when that was asked for a while.
func TestTheLotWaitsForTheDatabaseOnce(t *testing.T) {
	server := fleettest.Start(t)
	w := worldOn(t, server.Database(t))
	s, _, _ := w.inLot("bench-1")
	s.again()
	server.Stop(t, fleettest.Immediate)
	began := time.Now()
	label := s.inHand()
	if err := s.bench.Pass(t.Context(), label); notice.CodeOf(err) != "fleet-away-label" {
		t.Errorf("the label passes at once: %v", err)
	}
	s.run()
	w.until("the label may print", func() bool { return s.bench.Pass(t.Context(), label) == nil })
	if took := time.Since(began); took < 4*time.Second {
		t.Errorf("it may print after %v", took)
	}
}

// TestAWaveKeepsNobodyOutOfTheLot has labels of a wave, which enter none, before others.
func TestAWaveKeepsNobodyOutOfTheLot(t *testing.T) {
	w := newWorld(t)
	s := w.station("bench-1")
	s.ahead, s.lot = 4, 2
	s.kill()
	s.open()
	for _, id := range w.labels("a", 3, "") {
		w.SQL(t, fmt.Sprintf(`UPDATE miandan.labels SET turn = 1, wave = 7, position = 1 WHERE id = %d`, id))
	}
	w.labels("b", 2, "")
	s.claimBench(5, 2)
}

// A person has an order's data deleted while a label of it is in a station's lot: it does
// not print, goes to nobody else, and the station keeps nothing of it, also if it was away.
func TestTheLotLetsGoOfWhatWasDeleted(t *testing.T) {
	w := newWorld(t)
	s, id, _ := w.inLot("bench-1")
	s.again()
	w.SQL(t, `INSERT INTO miandan.orders (source, order_id, state, waybills, labelled, parcels) SELECT source, order_id, 'issued', ARRAY[waybill], true, 1 FROM miandan.labels`)
	if got, err := w.platform.Erase(t.Context(), fleettest.Source+":bench-1-1", "lead", "asked for"); err != nil || got.Unknown != 1 {
		t.Fatalf("deleted: %+v, %v", got, err)
	}
	s.run()
	w.untilState(id, fleet.NotPrinted)
	w.until("the station has deleted it", func() bool {
		n := 0
		err := s.db.Read.QueryRowContext(t.Context(), `SELECT count(*) FROM orders WHERE deleted_at > 0 AND key IS NULL`).Scan(&n)
		return err == nil && n == 1
	})
	s.wantPaper()
}
