package campaign

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"miandan/agent/internal/fleet/fleettest"
)

var (
	sabotageFlag = flag.Bool("sabotage", false, "take rules out of the fleet and see that the campaign notices")
	sabotageSome = flag.Int("sabotage.some", 0, "how many rules are taken out, each time others; 0 is all")
)

// sabotage is a fleet without one of its rules, and the story in which that shows.
type sabotage struct {
	name         string
	asynchronous bool   // the standby may be behind
	function     string // of the database; "" for none
	rule, none   string // what is taken out of it, and what stands there instead
	story        func(*world, context.Context, *rand.Rand)
}

var sabotages = []sabotage{
	{name: "no epoch at the fence", story: frozenHolders,
		function: "start", rule: `RAISE EXCEPTION 'not yours any more' USING ERRCODE = 'MD001';`, none: `NULL;`},
	{name: "an asynchronous standby", story: lostCommits, asynchronous: true},
	{name: "a lot that is handed on by itself", story: cutHolders,
		function: "_reclaim", rule: `WHERE l.state = 'claimed' ORDER`, none: `WHERE (l.state = 'claimed' OR l.state = 'started' AND l.lot) ORDER`},
}

// TestSabotage takes one rule away at a time. The campaign must find a label that is
// there twice; one that finds none proves nothing when the rule is there.
func TestSabotage(t *testing.T) {
	if !*sabotageFlag {
		t.Skip("-sabotage runs it")
	}
	r := seed(t)
	some := r.Perm(len(sabotages))
	if n := *sabotageSome; n > 0 && n < len(some) {
		some = some[:n]
	}
	for _, i := range some {
		s, r := sabotages[i], rand.New(rand.NewPCG(r.Uint64(), 3))
		t.Run(s.name, func(t *testing.T) { s.run(t, r) })
	}
}

func (s sabotage) run(t *testing.T, r *rand.Rand) {
	w := openWorld(t, 6, !s.asynchronous)
	if s.function != "" {
		w.takeOut(s.function, s.rule, s.none)
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
	began := time.Now()
	ctx, stop := context.WithTimeout(t.Context(), 7*time.Minute)
	var work sync.WaitGroup
	defer work.Wait()
	defer stop()
	work.Go(func() { w.publish(ctx, jobs) })
	work.Go(func() {
		defer stop()
		for len(w.doubles()) == 0 && ctx.Err() == nil {
			time.Sleep(200 * time.Millisecond)
		}
	})
	s.story(w, ctx, r)
	list := w.doubles()
	if len(list) == 0 {
		t.Error("no label is there twice: the campaign is blind")
		return
	}
	t.Logf("after %v: %s", time.Since(began).Round(time.Second), list[0])
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

// frozenHolders freezes stations until others have begun what they had claimed. There
// is no lot: what is in one has passed the fence before, and stays. One that was on its
// way to the fence prints what it has lost, unless it hears sooner that it has.
func frozenHolders(w *world, ctx context.Context, r *rand.Rand) {
	w.db.Setting(w.t, "lot_max", "0")
	w.db.Setting(w.t, "dead_after", "2")
	freeze := func(s *station) {
		s.untilPaper()
		time.Sleep(time.Duration(r.IntN(50)) * time.Millisecond)
		s.freeze()
	}
	for wait(ctx, 2*time.Second); ctx.Err() == nil; wait(ctx, 500*time.Millisecond) {
		w.takenFrom(ctx, r, "claimed", freeze, func(s *station) { s.thaw() })
	}
}

// untilPaper waits, not for long, until a label comes out of the station's printer.
func (s *station) untilPaper() {
	for had, end := len(s.printer.Prints()), time.Now().Add(2*time.Second); len(s.printer.Prints()) == had && time.Now().Before(end); {
		time.Sleep(2 * time.Millisecond)
	}
}

// cutHolders cuts stations off until others have begun what they had in their lots.
// They print that meanwhile.
func cutHolders(w *world, ctx context.Context, r *rand.Rand) {
	do := func(what func(int) error) func(*station) {
		return func(s *station) {
			if err := what(s.index); err != nil {
				w.t.Error(err)
			}
		}
	}
	for wait(ctx, 2*time.Second); ctx.Err() == nil; wait(ctx, time.Second) {
		w.takenFrom(ctx, r, "started", do(w.network.cut), do(w.network.mend))
	}
}

// takenFrom makes most of the stations silent until others have begun or ended what
// they held in a state, and then ends that.
func (w *world) takenFrom(ctx context.Context, r *rand.Rand, state string, silence, end func(*station)) {
	var names []string
	for _, i := range r.Perm(len(w.stations))[2:] {
		s := w.stations[i]
		silence(s)
		defer end(s)
		names = append(names, "'"+s.name+"'")
	}
	wait(ctx, time.Second) // what was said last has come
	silent := strings.Join(names, ", ")
	var held []string
	for _, l := range w.rows(fmt.Sprintf(`state = '%s' AND station IN (%s)`, state, silent)) {
		held = append(held, fmt.Sprint(l.ID))
	}
	if len(held) == 0 {
		return
	}
	still := fmt.Sprintf(`id IN (%s) AND (state IN ('queued', 'claimed') OR station IN (%s))`, strings.Join(held, ", "), silent)
	for end := time.Now().Add(20 * time.Second); len(w.rows(still)) > 0 && time.Now().Before(end); {
		wait(ctx, 200*time.Millisecond)
		if ctx.Err() != nil {
			return
		}
	}
}

// lostCommits has a standby that is behind take over. The stations that know better are
// gone, since the fleet finds by what they remember that its database is an old copy;
// the others were cut off before the standby was behind.
func lostCommits(w *world, ctx context.Context, r *rand.Rand) {
	const lost = 20
	wait(ctx, 3*time.Second)
	var gone, others []*station
	for i, j := range r.Perm(len(w.stations)) {
		if i < len(w.stations)/2 {
			gone = append(gone, w.stations[j])
			continue
		}
		others = append(others, w.stations[j])
		if err := w.network.cut(j); err != nil {
			w.t.Fatal(err)
		}
	}
	starts := func() (n int) {
		_, _ = fmt.Sscan(w.db.Value(w.t, `SELECT sum(starts) FROM miandan.stations`), &n)
		return n
	}
	w.standby.FallBehind(w.t)
	for before := starts(); starts() < before+lost; wait(ctx, 100*time.Millisecond) {
		if ctx.Err() != nil {
			w.t.Fatal("there is no failover: before it a label was there twice, or nothing was started")
		}
	}
	for _, s := range gone {
		s.kill()
	}
	had := starts()
	w.db.Server.Stop(w.t, fleettest.Immediate)
	w.standby.Promote(w.t)
	w.db = &fleettest.Database{Server: w.standby, Name: w.db.Name}
	if has := starts(); has+lost > had {
		w.t.Fatalf("%d of %d starts are lost, want %d: the standby was not behind", had-has, had, lost)
	}
	for _, s := range others {
		if err := w.network.mend(s.index); err != nil {
			w.t.Fatal(err)
		}
	}
	<-ctx.Done()
}
