package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/store/faulty"
	"miandan/printer/virtual"
)

// crashRun is one seeded run of the campaign: a world of its own, some lives of
// the agent with an end each, a rest in which everything settles, a judgement.
type crashRun struct {
	seed    uint64
	mode    mode
	ends    int
	program string // a test binary that is the program
	points  []string
	missing []string // if there are any, every life ends at one of these
	choose  string   // the accident; "" is the seed's
	// patience is how long everything may take to settle once nothing is wrong; a
	// minute if 0.
	patience time.Duration

	random   *rand.Rand // of what happens; anew in each life, so that what one takes of it changes no other
	whim     *rand.Rand // of the person at the bench, who sees what there is to be seen
	world    *crashWorld
	accident string
	papers   papers
	lives    []*life
	pictures []*picture // after each life
	aims     []aim
	deeds    []deed
	reprints int
	seenOpen map[string]int
	oldCopy  int // which picture the copy is of that was put back; -1 if none
	restored int // before which life that was; -1 if it was not
	wrong    []violation
}

// mode is how the agent ends.
type mode string

const (
	killing mode = "kills"  // SIGKILL: what was written is there
	losing  mode = "losses" // the power goes: what was not synced may be gone
	failing mode = "faults" // writes fail for a while, then the agent is killed
)

// violation is one broken invariant.
type violation struct{ invariant, sentence string }

func (v violation) String() string { return v.invariant + ": " + v.sentence }

func (r *crashRun) blame(invariant, format string, args ...any) {
	r.wrong = append(r.wrong, violation{invariant, fmt.Sprintf(format, args...)})
}

// accidents are what else goes wrong in a run of kills, one kind a run.
var accidents = []string{"none", "printers", "restore", "clock", "second", "buffer", "network", "paper", "purge"}

// do lives the run through. Its error is the test's own trouble.
func (r *crashRun) do(dir string) (err error) {
	r.random, r.whim = r.dice(0), r.dice(1)
	r.oldCopy, r.restored, r.seenOpen = -1, -1, map[string]int{}
	r.accident = accidents[r.seed%uint64(len(accidents))]
	if r.mode == failing && (r.accident == "restore" || r.accident == "clock") {
		r.accident = "none" // one kind of trouble with the data is enough to tell what came of what
	}
	if r.choose != "" {
		r.accident = r.choose
	}
	if r.world, err = newCrashWorld(dir, r.seed, r.random, func(s string) string {
		if r.accident == "purge" {
			s += "\n[privacy]\npurge_after = \"0s\"\n"
		}
		return s
	}); err != nil {
		return err
	}
	defer func() {
		if e := r.world.close(); err == nil {
			err = e
		}
	}()
	r.world.come(2, 0)
	for i := range r.ends {
		r.random = r.dice(2 + uint64(i))
		if err := r.live(i); err != nil {
			return err
		}
		if err := r.between(i); err != nil {
			return err
		}
	}
	if err := r.settle(); err != nil {
		return err
	}
	for _, b := range r.world.benches {
		if err := b.printer.Err(); err != nil {
			return err
		}
	}
	r.judge()
	return nil
}

// dice are the run's own dice for one purpose.
func (r *crashRun) dice(purpose uint64) *rand.Rand {
	return rand.New(rand.NewPCG(r.seed, uint64(r.mode[0])<<32+purpose))
}

// live is one life of the agent.
func (r *crashRun) live(i int) error {
	r.world.come(1+r.random.IntN(2), i)
	a := r.aim(i)
	l, err := begin(r.program, r.world, a.disk.env())
	if err != nil {
		return err
	}
	r.arm(l, &a)
	ctx, cancel := context.WithTimeout(context.Background(), a.after)
	defer cancel()
	moment := ctx.Done()
	r.stage(a)
	hands := r.random.IntN(2) == 0 || a.hands
	if l.untilReady(a.after) {
		r.world.happen(i)
		r.befall(i)
	wait:
		for {
			if hands {
				r.operate(false)
			}
			if step(a.name) == "ledger.Scanned" {
				r.scan()
			}
			select {
			case <-l.dead:
				break wait
			case <-moment:
				break wait
			case <-time.After(150 * time.Millisecond):
			}
		}
	}
	select {
	case <-l.dead:
	case <-moment:
	}
	if !l.lasts(0) {
		l.kill("at a moment")
	}
	r.disarm()
	if r.mode == losing {
		if err := faulty.Reboot(r.world.data); err != nil {
			return err
		}
	}
	a.reached = l.endedBy() != "at a moment"
	r.aims = append(r.aims, a)
	r.lives = append(r.lives, l)
	if !l.killed() {
		r.died(l, i)
	}
	p, err := take(r.world.data)
	if err != nil {
		r.blame("I11", "after life %d the database cannot be read: %v", i, err)
		p = &picture{at: time.Now()}
	}
	r.pictures = append(r.pictures, p)
	return nil
}

// died looks at a life that ended by itself. Without a fault of the disk that is
// never right; with one the agent may refuse to start, and says so.
func (r *crashRun) died(l *life, i int) {
	code := l.cmd.ProcessState.ExitCode()
	if r.mode == failing && code == 1 && !l.ready() && !strings.Contains(l.log.String(), "panic") {
		return
	}
	r.blame("I11", "life %d ended by itself with status %d: %s", i, code, last(l.log.String(), 600))
}

func last(s string, n int) string { return s[max(0, len(s)-n):] }

// befall lets the run's accident happen while the agent lives.
func (r *crashRun) befall(i int) {
	switch r.accident {
	case "printers":
		for _, b := range r.world.benches {
			mishaps := virtual.Mishaps(r.random.Uint64(), 2, 4, 1040, 60_000, 400*time.Millisecond)
			for i := range mishaps {
				mishaps[i].Mute = mishaps[i].Mute && !b.mute // which would end with its voice coming back
			}
			b.printer.Script(mishaps...)
		}
	case "buffer": // the power of a printer is cut, and its battery keeps what it was sent
		b := r.world.benches[r.random.IntN(len(r.world.benches))]
		b.printer.Script(virtual.Mishap{AtByte: b.printer.Received() + 1 + r.random.IntN(80_000), Power: true, Keep: true})
	case "paper":
		b := r.world.benches[r.random.IntN(2)]
		if i%2 == 0 {
			b.printer.RunOutAfter(1 + r.random.IntN(1500))
			return
		}
		time.AfterFunc(time.Duration(200+r.random.IntN(500))*time.Millisecond, func() {
			for _, b := range r.world.benches {
				b.printer.LoadPaper(-1)
			}
		})
		r.operate(false)
	case "network":
		r.world.gate.down.Store(r.random.IntN(2) == 0)
		time.AfterFunc(time.Duration(r.random.IntN(800))*time.Millisecond, func() { r.world.gate.down.Store(false) })
	case "second":
		if r.random.IntN(2) == 0 {
			if err := r.world.second(r.program); err != nil && !r.gone() {
				r.blame("I11", "%v", err)
			}
		}
	case "clock":
		time.Sleep(time.Duration(r.random.IntN(600)) * time.Millisecond)
		r.step()
	}
}

// gone reports whether the agent may have died meanwhile, so that a second one
// was the first.
func (r *crashRun) gone() bool {
	_, err := r.look()
	return err != nil
}

// step sets the PC's clock a year on or back, or right again.
func (r *crashRun) step() {
	year := 365 * 24 * time.Hour
	// A clock that is not set leaves the run without its accident.
	_ = r.world.setClock([]time.Duration{0, 0, year, -year}[r.random.IntN(4)])
}

// between is what happens while the agent is dead.
func (r *crashRun) between(i int) error {
	copyDir := filepath.Join(r.world.dir, "copy")
	switch {
	case r.accident == "clock" && r.random.IntN(2) == 0:
		r.step()
	case r.accident == "restore" && r.oldCopy < 0 && i >= r.ends/4:
		r.oldCopy = i
		return copyDatabase(r.world.data, copyDir)
	case r.accident == "restore" && r.oldCopy >= 0 && r.restored < 0 && (i >= r.ends*2/3 || i == r.ends-1):
		r.restored = i + 1
		return copyDatabase(copyDir, r.world.data)
	}
	return nil
}

// settle puts everything right and waits until nothing is on its way. It ends
// with the agent's own end.
func (r *crashRun) settle() error {
	r.world.calm()
	if err := r.world.setClock(0); err != nil {
		return err
	}
	l, err := begin(r.program, r.world)
	if err != nil {
		return err
	}
	defer func() {
		if l.lasts(0) {
			return
		}
		l.kill("the test is over")
	}()
	if !l.untilReady(20 * time.Second) {
		r.blame("I11", "after the last end the agent does not come up: %s", last(l.log.String(), 600))
		return nil
	}
	r.world.happen(1 << 30)
	var open []string
	patience := cmp.Or(r.patience, time.Minute)
	for end := time.Now().Add(patience); ; {
		r.operate(true)
		if open = r.open(); len(open) == 0 {
			break
		}
		if time.Now().After(end) {
			r.blame("I1", "nothing is wrong any more, and after %v this has not settled: %s", patience, strings.Join(open, "; "))
			break
		}
		if l.lasts(150 * time.Millisecond) {
			r.blame("I11", "with nothing wrong the agent ended by itself with status %d: %s", l.cmd.ProcessState.ExitCode(), last(l.log.String(), 600))
			return nil
		}
	}
	time.Sleep(150 * time.Millisecond) // what still lies in a buffer comes out
	if err := l.stop(); err != nil {
		r.blame("I11", "%v", err)
	}
	p, err := take(r.world.data)
	if err != nil {
		r.blame("I11", "at the end the database cannot be read: %v", err)
		return nil
	}
	r.lives, r.pictures = append(r.lives, l), append(r.pictures, p)
	return nil
}

// open lists what is still on its way.
func (r *crashRun) open() []string {
	q, err := r.look()
	if err != nil {
		return []string{err.Error()}
	}
	var open []string
	has := map[string]bool{}
	for _, row := range q.Rows {
		has[row.Order] = true
		told := row.Refusal != nil && strings.HasSuffix(string(row.Refusal.Code), "-too-late") // it waits for a person, and says why
		switch {
		case row.State == api.Waiting && !told, row.State == api.Printing, row.State == api.Unknown, row.State == api.NumberUnknown && row.Step == "issue-unknown":
			if !r.stands(row) {
				open = append(open, fmt.Sprintf("order %s parcel %d is %s", row.Order, row.Parcel, row.Step))
			}
		case row.State == api.Done && row.Evidence == api.Presumed && !told && !r.scanned(row):
			open = append(open, fmt.Sprintf("order %s parcel %d is presumed and not scanned", row.Order, row.Parcel))
		case row.State == api.Done && !told && !r.shipped(row.Order) && !r.oneMissing(q, row.Order):
			open = append(open, fmt.Sprintf("order %s is on paper and the platform has not been told", row.Order))
		}
	}
	if later, err := r.lookAtOrders(); err == nil { // what ended while the clock was wrong did not end today
		for _, row := range later {
			has[row.Order] = true
		}
	}
	for _, o := range r.world.all() {
		if g, ok := r.world.gateway.Order(o.ID); ok && !has[o.ID] && (g.State == "" || g.State == jdsim.ToShip) {
			open = append(open, "order "+o.ID+" is nowhere to be seen")
		}
	}
	slices.Sort(open)
	return open
}

// stands reports whether something stands in unknown for good, where it is seen:
// a label of which the data has been deleted cannot be printed again, and an
// order that was cancelled meanwhile is given no other number.
func (r *crashRun) stands(row api.Row) bool {
	if row.State == api.NumberUnknown {
		o, _ := r.world.gateway.Order(row.Order)
		return o.State == jdsim.Cancelled
	}
	return slices.ContainsFunc(r.deeds, func(d deed) bool {
		var p *api.Problem
		return d.label == row.Label && errors.As(d.err, &p) && p.Code == "label-purged"
	})
}

func (r *crashRun) scanned(row api.Row) bool {
	key := keyOf(row.Waybill, row.Parcel)
	return slices.ContainsFunc(r.deeds, func(d deed) bool { return d.key == key && d.what == "scan" && d.err == nil })
}

func (r *crashRun) shipped(order string) bool {
	o, ok := r.world.gateway.Order(order)
	return !ok || o.State == jdsim.Shipped || o.State == jdsim.Finished || o.State == jdsim.Cancelled
}

// oneMissing reports whether a parcel of the order stands where no "shipped" can
// come of it by itself.
func (r *crashRun) oneMissing(q api.Queue, order string) bool {
	return slices.ContainsFunc(q.Rows, func(row api.Row) bool { return row.Order == order && row.State != api.Done })
}

// folder makes a run's folder short: a socket's path has to fit.
func folder() (string, error) { return os.MkdirTemp("", "crash-") }
