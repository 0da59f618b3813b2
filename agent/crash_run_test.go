package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

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
	fleet   *crashFleet // nil if the agent stands alone
	missing []string    // if there are any, every life ends at one of these
	choose  string      // the accident; "" is the seed's
	// patience is how long everything may take to settle once nothing is wrong; five
	// minutes if 0.
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
	desk     desk
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
var accidents = []string{"none", "printers", "restore", "clock", "second", "buffer", "network", "paper", "purge", "waves"}

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
		if r.accident == "waves" {
			s = strings.Replace(s, "\nauto = true\n", "\nauto = false\n", 1)
		}
		if r.accident == "purge" {
			s += "\n[privacy]\npurge_after = \"0s\"\n"
		}
		return s
	}); err != nil {
		return err
	}
	if r.fleet != nil {
		if err := r.fleet.join(r.world, fmt.Sprintf("%s-%d", r.mode, r.seed)); err != nil {
			return errors.Join(err, r.world.close())
		}
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
	r.stage(a)
	start := time.Duration(0)
	if a.what != "moment" { // on a computer that has much else to do it would else never come to where it is to end
		began := time.Now()
		l.untilReady(time.Minute)
		start = time.Since(began)
	}
	ctx, cancel := context.WithTimeout(context.Background(), max(a.after-min(start, a.after/4), 3*start))
	defer cancel()
	moment := ctx.Done()
	hands := r.random.IntN(2) == 0 || a.hands || r.accident == "waves"
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

// folder makes a run's folder short: a socket's path has to fit.
func folder() (string, error) { return os.MkdirTemp("", "crash-") }
