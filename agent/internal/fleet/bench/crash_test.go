package bench_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/fleet"
	"miandan/agent/internal/ledger"
	"miandan/printer"
)

// claimBench runs the bench without a printer until it holds n labels, so many of
// them in its lot.
func (s *station) claimBench(n, lot int) []ledger.FleetHeld {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	done := make(chan struct{})
	go func() { defer close(done); s.bench.Run(ctx) }()
	var held []ledger.FleetHeld
	s.until("labels are claimed", func() bool {
		var err error
		if held, err = s.ledger.FleetHeld(s.t.Context()); err != nil {
			s.t.Fatal(err)
		}
		in := 0
		for _, h := range held {
			if h.Lot {
				in++
			}
		}
		return len(held) >= n && in >= lot
	})
	cancel()
	<-done
	return held
}

// drive takes the label that is due to a step, as the station's own way does.
func (s *station) drive(to string) {
	s.t.Helper()
	ctx := s.t.Context()
	do := func(err error) {
		s.t.Helper()
		if err != nil {
			s.t.Fatal(err)
		}
	}
	label, err := s.ledger.Claim(ctx, ledger.Claimant{Printer: "p", Paper: paper})
	do(err)
	do(s.ledger.Rendered(ctx, label.ID))
	a, err := s.ledger.Prepare(ctx)
	do(err)
	do(s.bench.Pass(ctx, label))
	if to == "started" {
		return
	}
	do(s.ledger.Intend(ctx, &label, a, [32]byte{1}, printer.Baseline{Printer: "p", Mark: a.Mark.String()}))
	if to == "intent" {
		return
	}
	do(s.ledger.Sending(ctx, label))
	if to == "sending" {
		return
	}
	_, err = s.ledger.Settle(ctx, label, ledger.Settled{Outcome: printer.Confirmed, Evidence: printer.Evidence{Method: "process-id"}})
	do(err)
}

// TestACrashAtEveryStep kills the station between claiming and telling, and starts it
// again: what had not begun is printed once, what may have left is a person's.
func TestACrashAtEveryStep(t *testing.T) {
	w := newWorld(t)
	for i, want := range []struct {
		step   string
		state  fleet.State
		papers int
	}{
		{"claimed", fleet.Confirmed, 1}, // in the database, and not taken in
		{"taken in", fleet.Confirmed, 1},
		{"started", fleet.Confirmed, 1},
		{"intent", fleet.Unknown, 0},
		{"sending", fleet.Unknown, 0},
		{"settled", fleet.Confirmed, 0}, // by the test's hand, and not told
	} {
		step := want.step
		t.Run(step, func(t *testing.T) {
			w := &world{w.Database, t, w.platform, w.layouts}
			name := fmt.Sprintf("crash-%d", i)
			s := w.station(name)
			id := w.labels(name, 1, fleet.ToStation(name))[0]
			if step == "claimed" {
				s.beatOnce()
				if got, err := s.member.Claim(t.Context(), []fleet.Want{{Printer: "p", Paper: paper, N: 1}}); err != nil || len(got) != 1 {
					t.Fatalf("claimed: %v, %v", got, err)
				}
			} else {
				s.claimBench(1, 0)
			}
			if step != "claimed" && step != "taken in" {
				s.drive(step)
			}
			s.again()
			s.run()
			w.untilState(id, want.state)
			if n := len(s.codes()); n != want.papers {
				t.Errorf("%d labels are on paper, want %d", n, want.papers)
			}
		})
	}
}

// beatOnce says that the station is alive, before the bench does.
func (s *station) beatOnce() {
	s.t.Helper()
	if _, err := s.member.Beat(s.t.Context(), fleet.Report{}); err != nil {
		s.t.Fatal(err)
	}
}

// TestWhatAPersonDecidesHereIsTold goes on from a crash in the middle of a label.
func TestWhatAPersonDecidesHereIsTold(t *testing.T) {
	w := newWorld(t)
	s := w.station("bench-1")
	id := w.labels("a", 1, "")[0]
	s.claimBench(1, 0)
	s.drive("sending")
	s.again()
	s.run()
	w.untilState(id, fleet.Unknown)
	held, err := s.ledger.FleetHeld(t.Context())
	if err != nil || len(held) != 1 {
		t.Fatalf("held: %v, %v", held, err)
	}
	lead := ledger.Person{Who: "local:lead", Why: "nothing came out"}
	if err := s.ledger.ResolveNotPrinted(t.Context(), held[0].Label, lead, "switched off and on"); err != nil {
		t.Fatal(err)
	}
	w.untilState(id, fleet.Confirmed)
	s.wantPaper("JDXa-1")
	if who := w.Value(t, `SELECT copy || ' ' || who FROM miandan.labels WHERE id = $1`, id); who != "1 local:lead" {
		t.Errorf("the fleet knows it as %q", who)
	}
	if _, err := s.ledger.Reprint(t.Context(), "JDXa-1", ledger.Person{Who: "local:lead", Why: "torn"}); err != nil {
		t.Fatal(err)
	}
	w.until("the reprint is told", func() bool { return w.Value(t, `SELECT copy FROM miandan.labels WHERE id = $1`, id) == "2" })
	s.wantPaper("JDXa-1", "JDXa-1")
}

// TestASleeperPrintsNothing has a station asleep at the fence for so long that its
// neighbour has the label.
func TestASleeperPrintsNothing(t *testing.T) {
	w := newWorld(t)
	w.SQL(t, `UPDATE miandan.settings SET value = '1' WHERE name = 'dead_after'`)
	sleeper, neighbour := w.station("bench-1"), w.station("bench-2")
	id := w.labels("a", 1, "")[0]
	sleeper.claimBench(1, 0) // and its beat stops with it
	asleep, wake := make(chan struct{}), make(chan struct{})
	sleeper.hook = func(behind bool) {
		if !behind {
			close(asleep)
			<-wake
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); sleeper.work.Run(ctx) }()
	<-asleep
	neighbour.run()
	w.untilState(id, fleet.Confirmed)
	sleeper.hook = nil
	close(wake)
	w.until("the sleeper has let go", func() bool {
		held, err := sleeper.ledger.FleetHeld(t.Context())
		return err == nil && len(held) == 0
	})
	cancel()
	<-done
	sleeper.wantPaper()
	neighbour.wantPaper("JDXa-1")
}

// TestALostLedgerIsAPersonsQuestion starts a station whose ledger is not the one that
// has started a label.
func TestALostLedgerIsAPersonsQuestion(t *testing.T) {
	w := newWorld(t)
	s := w.station("bench-1")
	ids := w.labels("a", 2, "")
	s.beatOnce()
	got, err := s.member.Claim(t.Context(), []fleet.Want{{Printer: "p", Paper: paper, N: 2}})
	if err != nil || len(got) != 2 {
		t.Fatalf("claimed: %v, %v", got, err)
	}
	if err := s.member.Start(t.Context(), got[0].ID, got[0].Epoch); err != nil {
		t.Fatal(err)
	}
	s.run()
	w.untilState(ids[0], fleet.Unknown)
	w.untilState(ids[1], fleet.Confirmed) // claimed only: nothing of it can have left
	s.wantPaper("JDXa-2")
	if s.heard("fleet-doubt") != 1 {
		t.Errorf("people were told %v", s.said)
	}
}

// TestALabelThatIsNotOursAnyMore asks at the fence for what was taken away.
func TestALabelThatIsNotOursAnyMore(t *testing.T) {
	w := newWorld(t)
	s := w.station("bench-1")
	id := w.labels("a", 1, "")[0]
	s.claimBench(1, 0)
	w.SQL(t, `SELECT miandan._withdraw('fleettest', 'a-1', 'superseded', 'platform')`)
	label, err := s.ledger.Claim(t.Context(), ledger.Claimant{Printer: "p", Paper: paper})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.bench.Pass(t.Context(), label); !errors.Is(err, dispatch.ErrElsewhere) {
		t.Errorf("label %d passes: %v", id, err)
	}
	if held, err := s.ledger.FleetHeld(t.Context()); err != nil || len(held) != 0 {
		t.Errorf("it is here still: %v, %v", held, err)
	}
}
