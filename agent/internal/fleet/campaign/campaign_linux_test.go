package campaign

import (
	"context"
	"flag"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"miandan/agent/internal/fleet/fleettest"
)

var (
	stationsFlag = flag.Int("stations", 0, "stations of TestCampaign; 0 leaves it out")
	labelsFlag   = flag.Int("labels", 200, "labels of TestCampaign")
	seedFlag     = flag.Uint64("seed", 0, "what decides about misfortune; 0 takes the clock")
)

func seed(t *testing.T) *rand.Rand {
	s := *seedFlag
	if s == 0 {
		s = uint64(time.Now().UnixNano())
	}
	t.Logf("-seed %d", s)
	return rand.New(rand.NewPCG(s, 1))
}

// TestCampaign has stations work off labels while everything goes wrong.
func TestCampaign(t *testing.T) {
	stations, labels := *stationsFlag, *labelsFlag
	if stations == 0 {
		t.Skip("-stations 30 -labels 5000 runs it")
	}
	r := seed(t)
	w := openWorld(t, stations, true)
	const spared = 2
	jobs := w.plan(r, labels, spared)
	began := time.Now()
	for _, s := range w.stations {
		if err := s.on(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.kill)
	}
	ctx, calm := context.WithCancel(t.Context())
	m := &misfortune{w: w, r: rand.New(rand.NewPCG(r.Uint64(), 2)), spared: spared, struck: map[int]bool{}, did: map[string]int{}}
	var work sync.WaitGroup
	work.Go(func() { m.strike(ctx) })
	published := make(chan struct{})
	go func() { defer close(published); w.publish(t.Context(), jobs) }()
	share := func(percent int) { w.untilPaper(labels * percent / 100) }
	outage := func(what func()) {
		defer w.upset(-1, time.Now())
		what()
	}
	share(20)
	outage(func() { w.db.Server.Restart(t, fleettest.Immediate) })
	share(35)
	outage(func() {
		w.db.Server.Pause()
		time.Sleep(3 * time.Second)
		w.db.Server.Resume()
	})
	share(50)
	outage(w.failover)
	share(70)
	m.end()
	outage(func() { w.db.Server.Restart(t, fleettest.Immediate) })
	share(90)
	calm()
	work.Wait()
	<-published
	packers, lead := w.round(5 * time.Minute)
	for _, s := range w.stations { // those that were killed for good come back, and print nothing of what others have
		if err := s.on(); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(5 * time.Second)
	w.round(5 * time.Minute)
	w.judge(jobs)
	t.Logf("%d stations, %d labels in %v; misfortune %v, server restarted twice, frozen once, failed over once; packers were asked %d times, the lead %d times; alarms %s",
		stations, labels, time.Since(began).Round(time.Second), m, packers, lead,
		w.db.Value(t, `SELECT coalesce(string_agg(kind || ' ' || n, ', '), 'none') FROM (SELECT kind, count(*) n FROM miandan.alarms GROUP BY kind) a`))
}

// untilPaper waits until so many labels are on paper.
func (w *world) untilPaper(n int) {
	w.t.Helper()
	for end := time.Now().Add(5 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		labels, _, since := w.trays.state()
		if labels >= n {
			return
		}
		if time.Now().After(end) {
			w.t.Fatalf("%d labels are on paper in 5 minutes, want %d; none for %v; in the database: %s", labels, n, since.Round(time.Second),
				w.db.Value(w.t, `SELECT string_agg(state || ' ' || n, ', ') FROM (SELECT state, count(*) n FROM miandan.labels GROUP BY state) a`))
		}
	}
}
