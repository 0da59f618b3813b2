package fleet_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/fleettest"
)

func durability(t *testing.T, m *fleettest.Member) fleet.Durability {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		d, err := m.Durability(t.Context())
		if err == nil {
			return d
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

// TestFence is the fence with a standby: what the primary has committed and the standby
// has not is not started, however often it is asked, until the standby has it.
func TestFence(t *testing.T) {
	t.Parallel()
	primary := fleettest.Start(t)
	w := worldOn(t, primary.Database(t))
	if d := durability(t, w.one); d != (fleet.Durability{}) {
		t.Errorf("a server alone: %+v", d)
	}
	w.Setting(t, "failover", "true")
	if d := durability(t, w.one); d.Why != "fleet-not-synchronous" {
		t.Errorf("failover without a synchronous standby: %+v", d)
	}
	w.Setting(t, "failover", "false")
	one, two, three := w.claimed(t), w.claimed(t), w.claimed(t)
	c := w.one.Config
	c.Patience = time.Second
	w.one = fleettest.Open(t, c)
	standby := primary.Standby(t, false)
	if d := durability(t, w.one); d.Why != "fleet-not-synchronous" || d.Standbys != 1 || !d.Failover {
		t.Errorf("an asynchronous standby: %+v", d)
	}
	primary.Synchronous(t, standby)
	if d := durability(t, w.one); d != (fleet.Durability{Standbys: 1, Synchronous: true, Failover: true}) {
		t.Errorf("a synchronous standby: %+v", d)
	}

	standby.Pause()
	for end := time.Now().Add(2 * time.Minute); w.state(t, one.ID) != fleet.Started; { // a busy machine may not come so far
		if err := w.one.Start(t.Context(), one.ID, one.Epoch); !errors.Is(err, fleet.ErrAway) {
			t.Fatalf("a start that no standby has: %v", err)
		}
		if time.Now().After(end) {
			t.Fatal("the primary has never written the start: nothing is proven by this test")
		}
	}
	// The primary has it as started already; still it is not, without the standby.
	if err := w.one.Start(t.Context(), one.ID, one.Epoch); !errors.Is(err, fleet.ErrAway) {
		t.Fatalf("the same start once more: %v", err)
	}
	c.Patience = 0
	patient := fleettest.Open(t, c)
	// A backend that is told to stop waiting says so with a WARNING, and "done" after it.
	canceller, stop := context.WithCancel(t.Context())
	defer stop()
	go func() {
		for canceller.Err() == nil {
			_ = w.Exec(t, `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`)
			time.Sleep(20 * time.Millisecond)
		}
	}()
	if err := patient.Start(t.Context(), two.ID, two.Epoch); !errors.Is(err, fleet.ErrAway) {
		t.Fatalf("a start that came with a warning: %v", err)
	}
	if _, err := patient.Lot(t.Context(), []fleet.Ref{three}); !errors.Is(err, fleet.ErrAway) {
		t.Fatalf("a lot that came with a warning: %v", err)
	}
	stop()
	standby.Resume()
	eventually(t, func() error { return patient.Start(t.Context(), one.ID, one.Epoch) })
	eventually(t, func() error { return patient.Start(t.Context(), two.ID, two.Epoch) })

	primary.Stop(t, fleettest.Immediate)
	standby.Promote(t)
	c.Patience, c.DSN = 0, (&fleettest.Database{Server: primary, Name: w.Name}).DSN(standby)
	after := fleettest.Open(t, c)
	held := map[fleet.Ref]fleet.State{}
	eventually(t, func() error {
		mine, err := after.Mine(t.Context())
		for _, h := range mine {
			held[h.Ref] = h.State
		}
		return err
	})
	if held[one] != fleet.Started || held[two] != fleet.Started {
		t.Errorf("after the failover: %v", held)
	}
	if d := durability(t, after); d.Why != "fleet-no-standby" && d.Why != "" {
		t.Errorf("the new primary alone: %+v", d)
	}
}

func eventually(t *testing.T, do func() error) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		err := do()
		if err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

// TestAway: a server that hangs, one that is gone, and one that has come back.
func TestAway(t *testing.T) {
	t.Parallel()
	server := fleettest.Start(t)
	w := worldOn(t, server.Database(t))
	r := w.claimed(t)
	c := w.one.Config
	c.Patience = 500 * time.Millisecond
	quick := fleettest.Open(t, c)
	server.Pause()
	if err := quick.Start(t.Context(), r.ID, r.Epoch); !errors.Is(err, fleet.ErrAway) {
		t.Errorf("a server that hangs: %v", err)
	}
	server.Stop(t, fleettest.Immediate)
	if err := quick.Start(t.Context(), r.ID, r.Epoch); !errors.Is(err, fleet.ErrAway) {
		t.Errorf("a server that is gone: %v", err)
	}
	c.Patience = 0
	db, err := fleet.Open(t.Context(), c) // the station itself is started meanwhile
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	wake := db.Listen(ctx)
	server.Up(t)
	// Nobody says anything to the new life of the server before it is told what this
	// station remembers; the package sees to that.
	eventually(t, func() error { return db.Start(t.Context(), r.ID, r.Epoch) })
	select {
	case <-wake:
	case <-time.After(time.Minute):
		t.Fatal("a station is not woken when the server is back")
	}
	drain(wake)
	eventually(t, func() error { _, err := w.platform.Me(t.Context()); return err })
	w.queued(t)
	select {
	case <-wake:
	case <-time.After(time.Minute):
		t.Fatal("a station is not woken for a new label")
	}
	stop()
	for range wake { // ends when it is closed
	}
}

func drain(c <-chan struct{}) {
	for {
		select {
		case <-c:
		case <-time.After(200 * time.Millisecond):
			return
		}
	}
}
