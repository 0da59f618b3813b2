package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"miandan/agent/internal/cli"
	"miandan/agent/internal/store/faulty"
)

// What a crash test tells the program that it starts, by its environment. Only
// the test binary reads these: the program itself has the system's clock and
// the system's disk.
const (
	clockEnv = "MIANDAN_TEST_CLOCK" // a file that says how far the PC's clock is off
	diskEnv  = "MIANDAN_TEST_DISK"  // a diskPlan
	apartEnv = "MIANDAN_TEST_APART" // set if a fleet's bench works for itself beside it
)

// program is the command line as main runs it, in the surroundings that a crash
// test has arranged.
func program() {
	env := cli.System()
	env.Apart = os.Getenv(apartEnv) != ""
	if file := os.Getenv(clockEnv); file != "" {
		env.Clock = (&offClock{file: file}).now
	}
	if text := os.Getenv(diskEnv); text != "" {
		if err := plugDisk(text); err != nil {
			fmt.Fprintln(os.Stderr, diskEnv, err)
			os.Exit(3)
		}
	} else if _, err := faulty.FromEnv(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	os.Exit(cli.Main(os.Args[1:], env))
}

// offClock is a clock that somebody may set while the agent runs.
type offClock struct {
	file string

	mu   sync.Mutex
	read time.Time
	off  time.Duration
}

func (c *offClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if now.Sub(c.read) > 20*time.Millisecond {
		c.read = now
		if b, err := os.ReadFile(c.file); err == nil {
			if d, err := time.ParseDuration(strings.TrimSpace(string(b))); err == nil {
				c.off = d
			}
		}
	}
	return now.Add(c.off).Round(0) // a step of the wall clock takes no reading of the steady one with it
}

// diskPlan is the disk of one life.
type diskPlan struct {
	Power  faulty.Power
	Seed   uint64
	Faults []faulty.Fault
	Heals  time.Duration // when the faults end; 0 is by themselves
	// Point is where the program kills itself, and Nth at which time that it comes
	// there. A point is a durable step, "before" or "after" it, with who takes it:
	// "after ledger.Intend".
	Point string
	Nth   int
	// Passed is a file for the names of the points that it came to.
	Passed string
}

func (p diskPlan) env() string {
	b, err := json.Marshal(p)
	if err != nil {
		panic(err) // numbers and strings
	}
	return diskEnv + "=" + string(b)
}

// plugDisk puts the disk under the program.
func plugDisk(text string) error {
	var p diskPlan
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return err
	}
	passed, err := os.OpenFile(p.Passed, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	var (
		mu   sync.Mutex
		seen = map[string]bool{}
	)
	disk, err := faulty.Install(faulty.Config{Power: p.Power, Seed: p.Seed, Faults: p.Faults, At: func(_ int, before bool) {
		name := pointHere(before)
		mu.Lock()
		defer mu.Unlock()
		if !seen[name] {
			seen[name] = true
			fmt.Fprintln(passed, name)
		}
		if name != p.Point {
			return
		}
		if p.Nth--; p.Nth <= 0 {
			faulty.Die()
		}
	}})
	if err == nil && p.Heals > 0 {
		time.AfterFunc(p.Heals, disk.Heal)
	}
	return err
}

// pointHere names a durable step after who takes it: the ledger's method, or the
// first of our functions below.
func pointHere(before bool) string {
	when := "after "
	if before {
		when = "before "
	}
	stack := make([]uintptr, 64)
	frames := runtime.CallersFrames(stack[:runtime.Callers(2, stack)])
	first := ""
	for {
		f, more := frames.Next()
		_, name, ours := strings.Cut(f.Function, "miandan/agent/internal/")
		if method, of := strings.CutPrefix(name, "ledger.(*Ledger)."); of {
			method, _, _ = strings.Cut(method, ".")
			if method[0] >= 'A' && method[0] <= 'Z' {
				return when + "ledger." + method
			}
		} else if ours && first == "" && !strings.HasPrefix(name, "store/faulty") {
			first, _, _ = strings.Cut(strings.NewReplacer("(*", "", ")", "").Replace(name), ".func")
		}
		if !more {
			break
		}
	}
	if first == "" {
		first = "a file is opened" // by a connection of its own goroutine
	}
	return when + first
}
