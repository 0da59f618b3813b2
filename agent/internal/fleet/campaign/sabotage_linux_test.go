package campaign

import (
	"context"
	"flag"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"miandan/agent/internal/fleet/fleettest"
)

var sabotageFlag = flag.Bool("sabotage", false, "take rules out of the database and see that the campaign notices")

// TestSabotage takes one rule away at a time. The campaign must find a label that is
// there twice; one that finds none proves nothing when the rule is there.
func TestSabotage(t *testing.T) {
	if !*sabotageFlag {
		t.Skip("-sabotage runs it")
	}
	for _, c := range []struct {
		name        string
		synchronous bool
		function    string // of the database
		rule, none  string // what is taken out of it, and what stands there instead
		go_         func(*world, context.Context, *rand.Rand)
	}{
		{"no epoch at the fence", true, "start", `AND l.station = me.name AND l.epoch = claim_epoch`, ``, frozenHolders},
		{"an asynchronous standby", false, "", "", "", lostCommits},
		{"a lot that is handed on by itself", true, "_reclaim", `WHERE l.state = 'claimed' ORDER`, `WHERE l.state IN ('claimed', 'started') ORDER`, deadHolders},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := seed(t)
			w := openWorld(t, 6, c.synchronous)
			if c.function != "" {
				w.takeOut(c.function, c.rule, c.none)
			}
			jobs := w.plan(r, 4000, 0)
			for i := range jobs {
				jobs[i].target = "" // whoever is free takes it
			}
			for _, s := range w.stations {
				if err := s.on(); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(s.kill)
			}
			ctx, stop := context.WithTimeout(t.Context(), 4*time.Minute)
			defer stop()
			var work sync.WaitGroup
			work.Go(func() { w.publish(ctx, jobs) })
			work.Go(func() { c.go_(w, ctx, r) })
			began := time.Now()
			for len(w.doubles()) == 0 && ctx.Err() == nil {
				time.Sleep(200 * time.Millisecond)
			}
			list := w.doubles()
			stop()
			work.Wait()
			if len(list) == 0 {
				t.Error("no label is there twice: the campaign is blind")
				return
			}
			t.Logf("after %v: %s", time.Since(began).Round(time.Second), list[0])
		})
	}
}

// takeOut writes a function of the database anew, without a rule.
func (w *world) takeOut(function, rule, none string) {
	w.t.Helper()
	text := w.db.Value(w.t, `SELECT pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'miandan' AND p.proname = $1`, function)
	changed := strings.Replace(text, rule, none, 1)
	if changed == text {
		w.t.Fatalf("%s has no such rule any more: %s", function, rule)
	}
	w.db.SQL(w.t, changed)
}

// frozenHolders freezes stations until others have what they had claimed.
func frozenHolders(w *world, ctx context.Context, r *rand.Rand) {
	for ctx.Err() == nil {
		s := w.stations[r.IntN(len(w.stations))]
		s.freeze()
		wait(ctx, 8*time.Second)
		s.thaw()
		wait(ctx, time.Second)
	}
}

// deadHolders kills stations while they print, and leaves them dead until others have
// what they had.
func deadHolders(w *world, ctx context.Context, r *rand.Rand) {
	for ctx.Err() == nil {
		s := w.stations[r.IntN(len(w.stations))]
		if err := w.network.cut(s.index); err != nil {
			w.t.Error(err)
		}
		wait(ctx, 8*time.Second) // it prints its lot; others do so, too
		if err := w.network.mend(s.index); err != nil {
			w.t.Error(err)
		}
		wait(ctx, time.Second)
	}
}

// lostCommits has a standby that is behind take over, while stations that know better
// are gone.
func lostCommits(w *world, ctx context.Context, r *rand.Rand) {
	for i := 0; ctx.Err() == nil && w.standby != nil; i++ {
		wait(ctx, 5*time.Second)
		w.standby.Pause() // it is behind from here on
		wait(ctx, 2*time.Second)
		for _, s := range w.stations[:3] {
			s.kill()
		}
		wait(ctx, 300*time.Millisecond)
		old := w.db.Server
		old.Stop(w.t, fleettest.Immediate)
		w.standby.Resume()
		w.standby.Promote(w.t)
		w.db = &fleettest.Database{Server: w.standby, Name: w.db.Name}
		w.standby = nil
	}
	<-ctx.Done()
}
