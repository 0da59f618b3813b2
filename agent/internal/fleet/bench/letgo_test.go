package bench_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/fleettest"
	"miandan/agent/internal/ledger"
)

// held returns what the bench holds of the fleet.
func (s *station) held() int {
	s.t.Helper()
	list, err := s.ledger.FleetHeld(context.WithoutCancel(s.t.Context()))
	if err != nil {
		s.t.Fatal(err)
	}
	return len(list)
}

// TestALotThatWasLetGoIsAPersonsQuestion takes a started label out of the station's
// queue: the station lives, and yet somebody sees that nobody prints it.
func TestALotThatWasLetGoIsAPersonsQuestion(t *testing.T) {
	w := newWorld(t)
	s := w.station("bench-1")
	s.ahead, s.lot = 1, 1
	s.kill()
	s.open()
	id := w.labels("a", 1, "")[0]
	s.claimBench(1, 1)
	o, _ := fleettest.Order("a-1")
	if _, err := s.ledger.Delete(t.Context(), o.Key, ledger.Person{Who: "local:it", Why: "asked to"}); err != nil {
		t.Fatal(err)
	}
	s.again()
	s.run()
	w.untilState(id, fleet.Unknown)
	s.wantPaper()
}

// TestALoginThatWasClosedForAWhile goes on when it is open again.
func TestALoginThatWasClosedForAWhile(t *testing.T) {
	w := newWorld(t)
	s := w.station("bench-1")
	s.ahead, s.lot = 1, 1
	s.kill()
	s.open()
	w.labels("a", 2, "")
	s.claimBench(2, 1)
	role := pgx.Identifier{fleet.RoleOf(w.Name, "bench-1")}.Sanitize()
	w.SQL(t, `ALTER ROLE `+role+` NOLOGIN`)
	w.Value(t, `SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1) x`, fleet.RoleOf(w.Name, "bench-1"))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); s.bench.Run(ctx) }()
	w.until("it has let go", func() bool { return s.held() == 0 })
	w.SQL(t, `ALTER ROLE `+role+` LOGIN`)
	w.until("one is claimed again, and the one that was started is a person's", func() bool {
		return s.held() == 1 && w.Value(t, `SELECT string_agg(state, ' ' ORDER BY state) FROM miandan.labels`) == "started unknown"
	})
	cancel()
	<-done
}

// TestARevokedStationLeaves though it cannot say any more what became of its labels.
func TestARevokedStationLeaves(t *testing.T) {
	w := newWorld(t)
	s := w.station("bench-1")
	id := w.labels("a", 1, "")[0]
	s.claimBench(1, 0)
	s.drive("settled")
	w.Admin(t, func(ctx context.Context, a *fleet.Admin) error {
		_, err := a.Revoke(ctx, "bench-1", "it", "was thought lost")
		return err
	})
	var err error
	w.until("its connections know that they are cut", func() bool {
		err = s.bench.Leave(t.Context(), ledger.Person{Who: "it", Why: "found again"})
		return !errors.Is(err, fleet.ErrAway)
	})
	if err != nil {
		t.Fatalf("it cannot leave: %v", err)
	}
	if got := w.state(id); got != fleet.Started {
		t.Errorf("its label is %s in the fleet, where a person looks", got)
	}
	if n, err := s.ledger.FleetStanding(t.Context()); err != nil || n.Untold != 1 {
		t.Errorf("what is to be told if it is let in again: %+v, %v", n, err)
	}
}

// TestANewStationDeletesNothingOfLongAgo: an order was deleted before there was the
// station, and is to be printed after all.
func TestANewStationDeletesNothingOfLongAgo(t *testing.T) {
	w := newWorld(t)
	w.SQL(t, `INSERT INTO miandan.deletions (source, order_id) SELECT 'fleettest', 'long ago ' || i FROM generate_series(1, 2500) i`,
		`INSERT INTO miandan.deletions (source, order_id) VALUES ('fleettest', 'a-1')`)
	s := w.station("bench-1")
	id := w.labels("a", 1, "")[0]
	s.claimBench(1, 0)
	s.readDeletions()
	if n := s.held(); n != 1 {
		t.Errorf("%d labels are held, want label %d", n, id)
	}
}

// readDeletions runs the bench until it has read all deletions that there were.
func (s *station) readDeletions() {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	done := make(chan struct{})
	go func() { defer close(done); s.bench.Run(ctx) }()
	newest := s.Value(s.t, `SELECT max(id) FROM miandan.deletions`)
	s.until("all deletions are read", func() bool {
		kept, err := s.ledger.FleetKept(context.WithoutCancel(ctx), "deletions")
		return err == nil && kept == newest
	})
	cancel()
	<-done
}
