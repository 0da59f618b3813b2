package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/order"
	"miandan/agent/internal/seal"
	"miandan/templates"
)

var (
	dayOrders = flag.Int("day", 300, "how many orders the simulated day has")
	daySeed   = flag.Uint64("dayseed", 0, "seed of the simulated day; 0 takes one from the clock")
)

// TestDay lets a station live through a day at a gateway that misbehaves, and
// then holds the gateway's journal, which cannot be wrong about what was taken,
// against the ledger. Every order that ships must have one number a parcel, the
// one that the ledger says, and no other order may have any.
//
// Time is made: 24 hours from noon to noon, so that a midnight with its quotas
// lies within, and as many more as it takes until everything has come to rest.
// The seed fixes what happens and when; which of two loops is faster it does not.
// A large day writes some 200,000 times to the disk: TMPDIR says where.
func TestDay(t *testing.T) {
	seed := *daySeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("replay with: go test ./agent -run TestDay -day %d -dayseed %d", *dayOrders, seed)
	t.Setenv(seal.KeysEnv, filepath.Join(t.TempDir(), "keys"))
	d := newDay(t, *dayOrders, rand.New(rand.NewPCG(seed, 0)))
	began := time.Now()

	d.agent = d.start()
	for d.script.left() {
		d.trouble()
		d.live()
		d.person(false)
	}
	lived := time.Since(began)
	d.calm()
	for until := d.clock.step().Add(3 * 24 * time.Hour); ; {
		d.live()
		d.person(true)
		if n := d.open(); n == 0 {
			break
		} else if d.clock.step().After(until) {
			t.Errorf("%d orders have not come to rest", n)
			break
		}
	}
	d.agent.stop()
	t.Logf("a day of %d orders in %.1f s, at rest after %.1f s%s", *dayOrders, lived.Seconds(), time.Since(began).Seconds(), d.tally())
	d.check()
}

// day is the world of one simulated day.
type day struct {
	t      *testing.T
	random *rand.Rand
	clock  *dayClock
	world  *dayWorld
	script *script
	agent  *dayAgent
	ending func(*dayAgent) // how the station is about to end; nil if it is not

	folder    string
	templates *templates.Library
	layout    string

	unread []sighting // events that the station has not read yet
	cursor time.Time  // how far it had read when that was looked at last
	known  time.Time  // the same by the gateway's clock
	skew   time.Duration
	stuck  map[string]int // orders that wait for a person, and for how many looks
	done   map[string]int // what was done to the station
	wrong  int
}

// sighting is an event that the station has not read yet.
type sighting struct {
	at time.Time
	ev *event
}

func newDay(t *testing.T, orders int, random *rand.Rand) *day {
	d := &day{t: t, random: random, stuck: map[string]int{}, done: map[string]int{}, folder: t.TempDir()}
	var err error
	if d.templates, err = templates.Builtin(); err != nil {
		t.Fatal(err)
	}
	d.layout = d.templates.Names()[0]
	noon := time.Date(2026, 11, 11, 4, 0, 0, 0, time.UTC)
	step := 2 * time.Minute
	if orders < 5000 {
		step = 6 * time.Minute
	}
	d.clock = newDayClock(noon, step)
	d.script = newScript(random, orders, noon)
	d.world = newDayWorld(t, d.clock, d.script, random)
	return d
}

// live lets one step of time pass: what happens in it happens, and the station
// is given the time to do what it would have done in that time.
func (d *day) live() {
	d.clock.advance()
	for _, e := range d.script.due(d.clock.step()) {
		e.do(d.world.gateway)
		e.at = d.clock.Now()
		if e.stops || e.ships {
			d.unread = append(d.unread, sighting{e.at, e})
		}
	}
	d.world.touch(d.random)
	mark := d.clock.Now().Add(d.agent.offset() + time.Second)
	patience := 20 * time.Second // it takes as long as the machine does; a healthy station always gets there
	if d.world.troubled() {
		patience = 20 * time.Millisecond
	}
	var read time.Time
	due, moved := -1, time.Now()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(500 * time.Microsecond) {
		if d.ending != nil && (d.agent.asking() || time.Since(d.clock.began) > 200*time.Millisecond) {
			d.restart()
		}
		if n := d.agent.due(); n != due {
			due, moved = n, time.Now()
		}
		// Some that are due wait for a carrier that is left alone for a while.
		rests := due == 0 || time.Since(moved) > 250*time.Millisecond
		if read = d.agent.read(); !read.Before(mark) && rests && d.ending == nil {
			break
		}
	}
	if read.Before(mark) {
		d.done["steps in which nothing was read"]++
	}
	// After a step of its clock nobody can say by which one it had read.
	if skew := d.agent.offset(); skew == d.skew && !read.Equal(d.cursor) {
		d.known = read.Add(-skew)
	} else {
		d.skew = skew
	}
	d.cursor = read
	d.sight(d.known)
}

// restart ends the station, in the middle of asking a carrier if it can, and
// starts it again.
func (d *day) restart() {
	what := "ends"
	if d.agent.asking() {
		what += " while a carrier was asked"
	}
	d.done[what]++
	d.ending(d.agent)
	d.ending = nil
	d.agent = d.start()
}

// sight notes which events the station has read: from then on no number may be
// taken for an order that has stopped, unless its carrier was being asked.
func (d *day) sight(read time.Time) {
	d.unread = slices.DeleteFunc(d.unread, func(s sighting) bool {
		if read.Before(s.at.Add(time.Second)) {
			return false
		}
		s.ev.seen = d.clock.Now()
		switch d.agent.state(s.ev.order) {
		case ledger.Issuing, ledger.IssueUnknown:
			s.ev.asked = true
		}
		return true
	})
}

// trouble is what happens to the station and on its way to the gateway in one
// step. Over a day of whatever number of steps it comes to about the same.
func (d *day) trouble() {
	perDay := func(times float64) bool {
		return d.random.Float64() < times*float64(d.clock.length)/float64(24*time.Hour)
	}
	d.world.weather(perDay)
	switch {
	case perDay(5):
		d.ending = (*dayAgent).stop
	case perDay(15):
		d.ending = (*dayAgent).kill
	}
	if perDay(6) { // the PC's clock is set, or sets itself
		d.done["clock steps"]++
		steps := []time.Duration{0, 0, 2 * time.Minute, -2 * time.Minute, time.Minute, 50 * time.Minute, -90 * time.Minute}
		d.world.skew.Store(int64(steps[d.random.IntN(len(steps))]))
	} else if d.agent.offset().Abs() > 5*time.Minute && perDay(80) { // JD refuses all until somebody sees to it
		d.world.skew.Store(0)
	}
}

// calm ends all that can be ended.
func (d *day) calm() {
	d.world.calm()
	d.agent.stop()
	d.agent = d.start()
	d.clock.length = 20 * time.Minute
}

// person is the one who looks at what stands in issue-unknown or as changed:
// the merchant's console shows every number, so each is given back there and
// the station is told that there is none.
func (d *day) person(always bool) {
	if !always && d.random.IntN(20) > 0 {
		return
	}
	waiting := map[string]int{}
	var live map[string][]held
	for _, r := range d.agent.rows(`state IN ('issue-unknown', 'changed')`) {
		o, _ := d.world.gateway.Order(r.id)
		finds := r.state == ledger.IssueUnknown && d.agent.finds(r.issuer)
		if finds || o.State != jdsim.ToShip || len(o.Pauses) > 0 {
			continue
		}
		waiting[r.id] = d.stuck[r.id] + 1
		if waiting[r.id] < 2 { // only what has stood there since the last look
			continue
		}
		if live == nil {
			live = d.world.live()
		}
		if !d.giveBack(live[r.id]) {
			continue
		}
		key := order.Key{Source: "jd", ID: r.id}
		if err := d.agent.ledger.ResolveNoNumber(context.Background(), key, ledger.Person{Who: "demo"}); err == nil {
			d.done["resolved by a person"]++
		}
	}
	d.stuck = waiting
}

// giveBack gives numbers back at the gateway.
func (d *day) giveBack(numbers []held) bool {
	for _, n := range numbers {
		if err := d.agent.issuers[n.issuer].Cancel(context.Background(), n.number); err != nil {
			return false
		}
	}
	return true
}

// open counts the orders that have something before them yet.
func (d *day) open() (n int) {
	has := map[string]dayRow{}
	for _, r := range d.agent.rows(`1`) {
		has[r.id] = r
	}
	for _, o := range d.script.orders {
		r := has[o.ID]
		if o.ships && !(r.state == ledger.Issued && r.labels > 0) || r.cancelling > 0 {
			n++
		}
	}
	return n
}

func (d *day) tally() string {
	var b strings.Builder
	list := func(title string, counts map[string]int) {
		fmt.Fprintf(&b, "\n%s:", title)
		for _, k := range slices.Sorted(maps.Keys(counts)) {
			fmt.Fprintf(&b, " %s %d,", k, counts[k])
		}
	}
	list("orders", d.script.fates())
	list("the gateway's journal", d.world.events())
	list("what the station was told", d.world.counts())
	list("what was done to it", d.done)
	return b.String()
}
