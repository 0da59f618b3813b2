package bench_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/fleettest"
	"miandan/agent/internal/ledger"
)

// TestTheDatabaseGoesAway prints the lot and the station's own labels without it, and
// the rest when it is back; what became of the lot is told then.
func TestTheDatabaseGoesAway(t *testing.T) {
	server := fleettest.Start(t)
	w := worldOn(t, server.Database(t))
	s := w.station("bench-1")
	s.ahead, s.lot = 2, 2
	s.kill()
	s.open()
	ids := w.labels("a", 4, "")
	if held := s.claimBench(4, 2); len(held) != 4 {
		t.Fatalf("%d labels are held, want 4", len(held))
	}
	server.Stop(t, fleettest.Immediate)
	s.run()
	own, bill := fleettest.Order("own")
	if _, err := s.ledger.AcceptDocument(t.Context(), ledger.Document{Order: own.Key, Waybill: bill, Sealed: []byte("{}"), Paper: ledger.Paper{Template: "generic", Size: paper}}); err != nil {
		t.Fatal(err)
	}
	w.until("the lot and the station's own label are on paper", func() bool { return len(s.codes()) == 3 })
	w.until("it is said", func() bool { return s.heard("fleet-away-lot") == 1 })
	s.wantPaper("JDXa-1", "JDXa-2", "JDXown")
	s.kill() // the station goes off and on meanwhile
	s.open()
	s.run()
	w.until("the others wait for the database", func() bool {
		rows, err := s.ledger.Rows(t.Context(), ledger.Filter{Limit: -1})
		n := 0
		for _, r := range rows {
			if r.Problem.Code == "fleet-away-label" {
				n++
			}
		}
		return err == nil && n == 2
	})
	if n, err := s.ledger.FleetStanding(t.Context()); err != nil || n.Untold != 2 {
		t.Errorf("not told: %+v, %v", n, err)
	}
	if n := s.heard("fleet-away-lot"); n > 2 { // once for each start
		t.Errorf("people were told %d times", n)
	}
	server.Up(t)
	for _, id := range ids {
		w.untilState(id, fleet.Confirmed)
	}
	s.wantPaper("JDXa-1", "JDXa-2", "JDXa-3", "JDXa-4", "JDXown")
}

// TestWhatWasRefusedGoesFirst lets the database come back: a label that waited for it
// is not passed by one that was claimed since. Late, it is back in the queue only when
// the database is there already.
func TestWhatWasRefusedGoesFirst(t *testing.T) {
	server := fleettest.Start(t)
	for name, late := range map[string]bool{"in time": false, "late": true} {
		t.Run(name, func(t *testing.T) {
			w := worldOn(t, server.Database(t))
			s := w.station("bench-1")
			w.labels("a", 1, "")
			s.claimBench(1, 0)
			second := w.labels("b", 1, "")[0]
			server.Stop(t, fleettest.Immediate)
			refused, goOn := make(chan struct{}), make(chan struct{})
			if !late {
				close(goOn)
			}
			s.refused = sync.OnceFunc(func() {
				close(refused)
				<-goOn
			})
			s.run()
			<-refused
			server.Up(t)
			if late {
				w.until("the next is claimed", func() bool {
					held, err := s.ledger.FleetHeld(context.WithoutCancel(t.Context()))
					return err == nil && len(held) == 2
				})
				close(goOn)
			}
			w.untilState(second, fleet.Confirmed)
			var codes []string
			for _, p := range s.printer.Prints() {
				codes = append(codes, read(t, p.Image))
			}
			if want := []string{"JDXa-1", "JDXb-1"}; !slices.Equal(codes, want) {
				t.Errorf("printed %q, want %q", codes, want)
			}
		})
	}
}

// TestDeletionsReachABenchThatWasAway deletes an order while the station is off.
func TestDeletionsReachABenchThatWasAway(t *testing.T) {
	w := newWorld(t)
	s := w.station("bench-1")
	id := w.labels("a", 1, "")[0]
	s.run()
	w.untilState(id, fleet.Confirmed)
	s.again()
	w.SQL(t, `SELECT miandan._delete('fleettest', 'a-1')`)
	s.run()
	o, _ := fleettest.Order("a-1")
	w.until("its data is gone here", func() bool {
		_, _, err := s.ledger.Order(context.WithoutCancel(t.Context()), o.Key)
		return err == ledger.ErrPurged
	})
}

// TestARevokedStationPrintsNothingOfTheFleet, not even its lot.
func TestARevokedStationPrintsNothingOfTheFleet(t *testing.T) {
	w := newWorld(t)
	s := w.station("bench-1")
	s.ahead, s.lot = 1, 1
	s.kill()
	s.open()
	w.labels("a", 2, "")
	s.claimBench(2, 1)
	w.Admin(t, func(ctx context.Context, a *fleet.Admin) error {
		_, err := a.Revoke(ctx, "bench-1", "it", "stolen")
		return err
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); s.bench.Run(ctx) }()
	w.until("it has let go", func() bool {
		held, err := s.ledger.FleetHeld(ctx)
		return err == nil && len(held) == 0
	})
	cancel()
	<-done
	if s.heard("fleet-revoked") == 0 {
		t.Errorf("people were told %v", s.said)
	}
	if _, err := s.ledger.Claim(t.Context(), ledger.Claimant{Printer: "p", Paper: paper}); err != ledger.ErrNothing {
		t.Errorf("a label can print: %v", err)
	}
}

// TestADeletionThatMustWaitKeepsNothingElseUp has the database come back with the word to
// delete what is in a printer's hand.
func TestADeletionThatMustWaitKeepsNothingElseUp(t *testing.T) {
	server := fleettest.Start(t)
	w := worldOn(t, server.Database(t))
	s := w.station("bench-1")
	s.ahead = 1
	s.kill()
	s.open()
	w.labels("a", 1, "")
	w.labels("b", 1, "")
	s.claimBench(1, 0)
	s.drive("sending")
	w.SQL(t, `UPDATE miandan.labels SET target = 'station:nobody' WHERE order_id = 'b-1'`)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); s.bench.Run(ctx) }()
	defer func() { cancel(); <-done }()
	w.SQL(t, `SELECT miandan._delete('fleettest', 'a-1')`)
	server.Stop(t, fleettest.Immediate)
	w.until("it is away", func() bool { return s.heard("fleet-away-lot") > 0 })
	server.Up(t)
	w.SQL(t, `UPDATE miandan.labels SET target = '' WHERE order_id = 'b-1'`)
	w.until("the next is claimed", func() bool { return s.held() == 2 })
}
