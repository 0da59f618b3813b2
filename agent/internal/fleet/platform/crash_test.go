package platform_test

import (
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"miandan/agent/internal/jos/jdsim"
)

var kills = flag.Int("kills", 2, "how often a platform station is killed in TestKilledInEveryStep; a campaign is 50")

// station is a platform station as a process of its own.
type station struct {
	name, data string
	cmd        *exec.Cmd
}

func (s *station) start(t *testing.T, w *world) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s.cmd = exec.Command(self, "-test.run=^$")
	s.cmd.Env = append(os.Environ(), childOf+"="+s.name, "MIANDAN_TEST_DATA="+s.data, "MIANDAN_TEST_CONFIG="+w.Config, "MIANDAN_TEST_DSN="+w.db.DSN())
	s.cmd.Stderr = os.Stderr
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
}

func (s *station) kill() {
	if s.cmd != nil {
		s.cmd.Process.Signal(syscall.SIGKILL)
		s.cmd.Wait()
		s.cmd = nil
	}
}

// Two platform stations share the work, and one of them is killed again and again: at
// the moment at which the carrier is asked, after it has given the number and before
// anybody has heard of it, and at any other moment. Every order gets its number, none
// gets two, and no order is passed over.
func TestKilledInEveryStep(t *testing.T) {
	const first, more = 8, 6
	w := newWorld(t, first)
	w.Gateway.SameNumberAgain(true)
	stations := []*station{{name: "office-1"}, {name: "office-2"}}
	for _, s := range stations {
		s.data = w.join(t, s.name)
		t.Cleanup(s.kill)
	}
	for i, s := range stations {
		s.start(t, w)
		if i == 0 {
			until(t, "the first has the content key", func() bool { return query[int](t, w.db, `SELECT count(*) FROM miandan.content_keys`) == 1 })
		}
	}
	issued := func() int {
		return query[int](t, w.db, `SELECT count(*) FROM miandan.orders WHERE state = 'issued' AND labelled`)
	}
	// While the carrier is asked: the reply of some calls takes long, others lose it.
	stop := []func(){
		w.Gateway.Misbehave(jdsim.Fault{Kind: jdsim.Delay, Wait: 300 * time.Millisecond, Percent: 50}),
		w.Gateway.Misbehave(jdsim.Fault{Kind: jdsim.Cut, Late: true, Percent: 15}),
	}
	records := func() int { return query[int](t, w.db, `SELECT count(*) FROM miandan.audit WHERE kind = 'order'`) }
	all, asked := jdsim.Demo(first+more, time.Now()), 0
	for n := range *kills {
		// Something goes on, and then at some moment of it: every second time while a
		// carrier is being asked.
		before := records()
		waited := time.Now().Add(20 * time.Second)
		for records() == before && issued() < first && time.Now().Before(waited) {
			time.Sleep(50 * time.Millisecond)
		}
		time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond)
		for wait := time.Now().Add(2 * time.Second); n%2 == 1 && time.Now().Before(wait); time.Sleep(10 * time.Millisecond) {
			if query[int](t, w.db, `SELECT count(*) FROM miandan.orders WHERE state = 'issuing'`) > 0 {
				asked++
				break
			}
		}
		victim := stations[n%2]
		victim.kill()
		victim.start(t, w)
		if n == *kills/2 { // what comes in later is not passed over
			w.Gateway.AddOrder(all[first:]...)
		}
	}
	for _, s := range stop {
		s()
	}
	served := func() map[string]bool {
		all := map[string]bool{}
		for _, e := range w.Gateway.Journal() {
			if e.Event == jdsim.Served && strings.Contains(strings.ToLower(e.Method), "search") { // not what was looked up for another one
				all[e.Order] = true
			}
		}
		return all
	}
	until(t, "all that was served is known", func() bool {
		for id := range served() {
			if query[int](t, w.db, `SELECT count(*) FROM miandan.orders WHERE order_id = $1`, id) == 0 {
				return false
			}
		}
		return true
	})
	until(t, "nothing is without a number", func() bool {
		return query[int](t, w.db, `SELECT count(*) FROM miandan.orders WHERE state IN ('accepted', 'issuing', 'issue-unknown') OR state = 'issued' AND NOT labelled`) == 0 && issued() >= first
	})
	for _, s := range stations {
		s.kill()
	}
	numbers := map[string][]string{}
	for _, e := range w.Gateway.Journal() {
		if e.Event == jdsim.Number {
			numbers[e.Order] = append(numbers[e.Order], e.Number)
		}
	}
	for id, given := range numbers {
		has := query[[]string](t, w.db, `SELECT waybills FROM miandan.orders WHERE order_id = $1`, id)
		slices.Sort(given)
		slices.Sort(has)
		if !slices.Equal(given, has) { // one for each parcel where the carrier has it so
			t.Errorf("order %s travels under %v, the carrier has given it %v", id, has, given)
		}
	}
	known := query[int](t, w.db, `SELECT count(*) FROM miandan.orders WHERE source = 'jd'`)
	if n := query[int](t, w.db, `SELECT count(*) FROM miandan.orders WHERE state = 'issued'`); n != len(numbers) {
		t.Errorf("%d orders are issued, the carrier has given %d numbers", n, len(numbers))
	}
	if n := query[int](t, w.db, `SELECT count(*) FROM miandan.labels l JOIN miandan.orders o USING (source, order_id) WHERE l.waybill <> ALL (o.waybills)`); n > 0 {
		t.Errorf("%d labels travel under a number that is not their order's", n)
	}
	t.Logf("%d kills, %d of them in a question, %d orders, %d numbers", *kills, asked, known, len(numbers))
}
