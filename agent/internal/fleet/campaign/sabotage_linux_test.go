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
		{"no epoch at the fence", true, "start", `RAISE EXCEPTION 'not yours any more' USING ERRCODE = 'MD001';`, `NULL;`, frozenHolders},
		{"an asynchronous standby", false, "", "", "", lostCommits},
		{"a lot that is handed on by itself", true, "_reclaim", `WHERE l.state = 'claimed' ORDER`, `WHERE l.state IN ('claimed', 'started') ORDER`, cutHolders},
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

// cutHolders cuts stations off until others have what they had. They print their lot
// meanwhile.
func cutHolders(w *world, ctx context.Context, r *rand.Rand) {
	for ctx.Err() == nil {
		s := w.stations[r.IntN(len(w.stations))]
		if err := w.network.cut(s.index); err != nil {
			w.t.Error(err)
		}
		wait(ctx, 8*time.Second)
		if err := w.network.mend(s.index); err != nil {
			w.t.Error(err)
		}
		wait(ctx, time.Second)
	}
}

// lostCommits has a standby that is behind take over. The stations that know better are
// gone, and the others were cut off as long as the standby was behind.
func lostCommits(w *world, ctx context.Context, _ *rand.Rand) {
	wait(ctx, 5*time.Second)
	gone, others := w.stations[:3], w.stations[3:]
	for _, s := range others {
		if err := w.network.cut(s.index); err != nil {
			w.t.Error(err)
		}
	}
	wait(ctx, time.Second)
	w.standby.Pause()
	wait(ctx, 3*time.Second)
	for _, s := range gone {
		s.kill()
	}
	w.db.Server.Stop(w.t, fleettest.Immediate)
	w.standby.Resume()
	w.standby.Promote(w.t)
	w.db = &fleettest.Database{Server: w.standby, Name: w.db.Name}
	for _, s := range others {
		if err := w.network.mend(s.index); err != nil {
			w.t.Error(err)
		}
	}
	<-ctx.Done()
}
