package main

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"miandan/agent/internal/seal"
)

var (
	crashSeed    = flag.Uint64("crash.seed", 0, "seed of the crash campaign's first run; 0 takes one from the clock")
	crashKills   = flag.Int("crash.kills", 4, "how often the agent is killed")
	crashLosses  = flag.Int("crash.losses", 2, "how often the power is cut")
	crashFaults  = flag.Int("crash.faults", 2, "how often the disk fails")
	crashEnds    = flag.Int("crash.ends", 10, "how many of these ends a run has at most")
	crashAll     = flag.Bool("crash.all", false, "go on until the agent has ended at every named point")
	crashInFleet = flag.Bool("crash.fleet", false, "the agent is a bench of a fleet, with a real PostgreSQL, beside its own orders")
	crashKeep    = flag.Bool("crash.keep", false, "keep the folders of runs that went wrong")
)

// TestCrash ends the real agent at random moments and at named points while
// orders come in, are cancelled, changed and told twice, while people answer and
// reprint, and while printers, network, clock, disk and power misbehave; starts
// it again each time; and at the end asks those who cannot lie. See judge.
//
// A run is decided by its seed. Which of two processes is faster is not: a
// replay ends the agent at the same points of the same world, and finds most of
// what it found, but not to the millisecond.
func TestCrash(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the disk that fails and loses power is written for Linux")
	}
	t.Setenv(seal.KeysEnv, t.TempDir())
	seed := *crashSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano()) % 1_000_000
	}
	c := &crashCampaign{t: t, program: executable(t), points: namedPoints(t), seed: seed}
	if *crashInFleet {
		c.fleet = newCrashFleet(t)
	}
	began := time.Now()
	c.add(killing, *crashKills)
	c.add(losing, *crashLosses)
	c.add(failing, *crashFaults)
	c.run(4)
	if *crashAll {
		c.everyPoint()
	}
	t.Logf("%s in %.0f s, from seed %d on", c.tally(), time.Since(began).Seconds(), seed)
	for _, v := range c.wrong {
		t.Error(v)
	}
	if c.fleet != nil {
		c.fleet.judge(t, len(c.done))
	}
	if len(c.todo) > 0 && c.labels()["confirmed"] == 0 {
		t.Error("no label was ever confirmed: the test proves nothing")
	}
}

// everyPoint goes on until the agent has ended at every named point.
func (c *crashCampaign) everyPoint() {
	const rounds = 8
	for round := 0; ; round++ {
		var missing []string
		for _, p := range c.points {
			if !c.reached()[p] {
				missing = append(missing, p)
			}
		}
		c.t.Logf("round %d: the agent has not yet ended %v", round, missing)
		switch {
		case len(missing) == 0:
			return
		case round == rounds:
			c.wrong = append(c.wrong, fmt.Sprintf("in %d rounds the agent never ended %v: name why in notAimed, or how in stage", rounds, missing))
			return
		}
		before := len(c.todo)
		c.add(killing, min(4**crashEnds, max(*crashEnds, 2*len(missing))))
		for _, r := range c.todo[before:] {
			r.missing, r.choose = missing, "purge"
		}
		all := c.todo
		c.todo = c.todo[before:]
		c.run(4)
		c.todo = all
	}
}

func executable(t *testing.T) string {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// crashCampaign is a number of runs, some at a time.
type crashCampaign struct {
	t       *testing.T
	program string
	points  []string
	seed    uint64
	length  int // of a run, in ends; as the flag says if 0
	todo    []*crashRun
	fleet   *crashFleet // nil if the agent stands alone

	mu      sync.Mutex
	done    []*crashRun
	wrong   []string
	enough  func(violation) bool // ends the campaign early; nil never does
	stopped bool
}

// add puts so many ends into as many runs as it takes.
func (c *crashCampaign) add(m mode, ends int) {
	length := cmp.Or(c.length, *crashEnds)
	for ; ends > 0; ends -= length {
		c.todo = append(c.todo, &crashRun{seed: c.seed + uint64(len(c.todo)), mode: m, ends: min(ends, length), program: c.program, points: c.points, fleet: c.fleet})
	}
}

func (c *crashCampaign) run(workers int) {
	next := make(chan *crashRun)
	var work sync.WaitGroup
	for range workers {
		work.Go(func() {
			for r := range next {
				c.one(r)
			}
		})
	}
	for _, r := range c.todo {
		c.mu.Lock()
		stopped := c.stopped
		c.mu.Unlock()
		if stopped {
			break
		}
		next <- r
	}
	close(next)
	work.Wait()
}

// one lives a run through and keeps what was wrong with it, each time with the
// line that does it again.
func (c *crashCampaign) one(r *crashRun) {
	dir, err := folder()
	if err == nil {
		err = r.do(dir)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done = append(c.done, r)
	again := fmt.Sprintf("go test ./agent -run 'TestCrash$' -crash.seed %d", r.seed)
	for _, m := range []mode{killing, losing, failing} {
		n := 0
		if m == r.mode {
			n = r.ends
		}
		again += fmt.Sprintf(" -crash.%s %d", m, n)
	}
	if r.fleet != nil {
		again += " -crash.fleet"
	}
	if err != nil {
		c.wrong = append(c.wrong, fmt.Sprintf("the test itself failed: %v; again: %s", err, again))
	}
	for _, v := range r.wrong {
		c.wrong = append(c.wrong, fmt.Sprintf("%s (accident %s); again: %s", v, r.accident, again))
		c.stopped = c.stopped || c.enough != nil && c.enough(v)
	}
	if (len(r.wrong) > 0 || err != nil) && *crashKeep {
		c.t.Logf("seed %d: %s\n%s", r.seed, dir, r.story())
		return
	}
	if err := os.RemoveAll(dir); err != nil {
		c.wrong = append(c.wrong, err.Error())
	}
}

// story is what happened in a run, life by life.
func (r *crashRun) story() string {
	var b strings.Builder
	fmt.Fprintf(&b, "accident %s, old copy %d, restored %d\n", r.accident, r.oldCopy, r.restored)
	for i, a := range r.aims {
		l := r.lives[i]
		fmt.Fprintf(&b, "life %d from %s to %s: %s, ended %s\n", i, l.began.Format("05.000"), l.end.Format("05.000"), a, l.endedBy())
	}
	for _, d := range r.deeds {
		fmt.Fprintf(&b, "%s %s on %s (label %s, cleared %v, %d sheets): %v\n", d.at.Format("05.000"), d.what, d.key+d.order, d.label, d.cleared, d.on, d.err)
	}
	stops := func(list []*stopped) {
		for _, s := range list {
			fmt.Fprintf(&b, "%s stood still from %s to %s\n", s.what, s.from.Format("05.000"), s.until.Format("05.000"))
		}
	}
	stops(r.desk.held)
	for _, w := range r.desk.waves {
		fmt.Fprintf(&b, "wave %s of %v\n", w.id, w.orders)
		stops(w.stops)
	}
	return b.String()
}

// reached are the named points at which an agent has ended.
func (c *crashCampaign) reached() map[string]bool {
	at := map[string]bool{}
	for _, r := range c.done {
		for _, a := range r.aims {
			if a.reached && a.what == "point" {
				at[a.name] = true
			}
		}
	}
	return at
}

// labels counts in which states the labels of all runs have come to rest.
func (c *crashCampaign) labels() map[string]int {
	states := map[string]int{}
	for _, r := range c.done {
		if n := len(r.pictures); n > 0 {
			for _, l := range r.pictures[n-1].labels {
				states[l.state]++
			}
		}
	}
	return states
}

// tally says what the campaign has done and how the labels have fared.
func (c *crashCampaign) tally() string {
	ends, kinds := map[string]int{}, map[string]int{}
	for _, r := range c.done {
		kinds["accident "+r.accident]++
		for i, a := range r.aims {
			ends[string(r.mode)]++
			if a.reached {
				kinds["ended in a "+a.what]++
			} else if i < len(r.lives) {
				kinds["ended at a moment"]++
			}
		}
	}
	list := func(m map[string]int) string {
		var parts []string
		for _, k := range slices.Sorted(maps.Keys(m)) {
			parts = append(parts, fmt.Sprintf("%d %s", m[k], k))
		}
		return strings.Join(parts, ", ")
	}
	return fmt.Sprintf("%d runs (%s; %s), %d of %d named points; labels: %s", len(c.done), list(ends), list(kinds), len(c.reached()), len(c.points), list(c.labels()))
}
