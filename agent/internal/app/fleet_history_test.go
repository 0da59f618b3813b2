package app_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/app"
	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/fleettest"
	fleetplatform "miandan/agent/internal/fleet/platform"
	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/practice"
)

// TestJoiningAndLeavingWithHistory has a station print, join, print for the fleet and
// leave, while JD lists all its orders as not shipped the whole time: each is on paper
// once.
func TestJoiningAndLeavingWithHistory(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts a database server")
	}
	db := fleettest.New(t)
	db.Admin(t, func(ctx context.Context, a *fleet.Admin) error { return fleetplatform.Prepare(ctx, a.Conn()) })
	t.Setenv("MIANDAN_TEST_FLEET", "")
	s := openWorld(t, practice.Config{}, func(settings string) string {
		return strings.Replace(settings, `when = "confirmed"`, `when = "never"`, 1)
	})
	list := jdsim.Demo(3, time.Now())
	paid := func(o jdsim.Order) {
		o.Modified = time.Now()
		s.world.Gateway.AddOrder(o)
	}
	var code fleet.Code
	db.Admin(t, func(ctx context.Context, a *fleet.Admin) (err error) {
		code, err = a.Invite(ctx, fleet.Station{Name: "office", Platform: true})
		return err
	})
	join := func() error {
		_, err := app.JoinFleet(t.Context(), s.world.Data, s.world.Config, db.DSN(), code.Reveal())
		return err
	}
	printed := func(n int) {
		t.Helper()
		s.until(t, "all is on paper", func(rows []ledger.Row) bool {
			orders := map[string]bool{}
			for _, r := range rows {
				orders[r.Order.ID] = true
			}
			return len(orders) == n && all(ledger.Confirmed)(rows)
		})
	}

	paid(list[0])
	printed(1)
	if err := join(); notice.CodeOf(err) != "second-instance" {
		t.Errorf("it joins while the agent runs: %v", err)
	}
	if err := s.Ledger.SetPaused(t.Context(), true, ledger.Person{Who: "tester"}); err != nil {
		t.Fatal(err)
	}
	paid(list[1])
	s.until(t, "a label waits", func(rows []ledger.Row) bool {
		n := 0
		for _, r := range rows {
			if r.Order.ID == list[1].ID && r.Label == ledger.Queued {
				n++
			}
		}
		return n > 0
	})
	s.stop()
	if err := join(); notice.CodeOf(err) != "fleet-join-open" {
		t.Errorf("it joins with a label in its queue: %v", err)
	}
	s.start(t)
	if err := s.Ledger.SetPaused(t.Context(), false, ledger.Person{Who: "tester"}); err != nil {
		t.Fatal(err)
	}
	printed(2)
	s.stop()
	alone, err := os.ReadFile(s.world.Config)
	if err != nil {
		t.Fatal(err)
	}
	if err := join(); err != nil {
		t.Fatal(err)
	}
	// It was killed before its settings were on disk.
	if err := os.WriteFile(s.world.Config, alone, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := join(); err != nil {
		t.Fatalf("it joins once more: %v", err)
	}
	if n := db.Value(t, `SELECT count(*) FROM miandan.orders_past`); n != "2" {
		t.Errorf("the fleet knows of %s orders with a number, want 2", n)
	}

	s.start(t)
	paid(list[2])
	printed(3)
	for end := time.Now().Add(2 * time.Minute); db.Value(t, `SELECT count(*) > 0 AND bool_and(state = 'confirmed' AND order_id = $1) FROM miandan.labels`, list[2].ID) != "true"; {
		if time.Now().After(end) {
			t.Fatalf("the fleet has %s", db.Value(t, `SELECT string_agg(order_id || ' ' || state, ', ') FROM miandan.labels`))
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.stop()
	if err := app.LeaveFleet(t.Context(), s.world.Data, s.world.Config, "tester"); err != nil {
		t.Fatal(err)
	}
	s.start(t)
	o := jdsim.Demo(4, time.Now())[3]
	o.Paid = time.Now().Add(time.Second)
	paid(o)
	printed(4)

	if papers, labels := len(s.world.Printer.Prints()), len(s.rows(t)); papers != labels {
		t.Errorf("%d labels are on paper, want %d", papers, labels)
	}
	numbers := map[string]int{}
	for _, e := range s.world.Gateway.Journal() {
		if e.Event == jdsim.Number {
			numbers[e.Order]++
		}
	}
	for _, o := range append(list, o) {
		if numbers[o.ID] != 1 {
			t.Errorf("order %s has %d numbers", o.ID, numbers[o.ID])
		}
	}
}
