package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"miandan/agent/internal/seal"
)

var (
	sabotage   = flag.Bool("sabotage", false, "take guards out of the program and see whether the crash campaign notices")
	sabotageOf = flag.Int("sabotage.ends", 96, "how many ends the campaign has at most to notice one")
	sabotageN  = flag.Int("sabotage.some", 0, "how many guards are taken out, each time others; 0 is all")
)

// removal is one guard taken out of the source, and what must be noticed.
type removal struct {
	invariant string // what the campaign must find broken
	name      string
	file      string // below the module's root
	old, new  []string
	why       string   // it must be noticed
	also      *removal // a second guard of the same, in another file

	mode     mode     // killing if empty
	accident string   // that goes with it; any if empty
	points   []string // where lives end; anywhere if empty
}

// TestSabotage builds the program once for each guard, with that guard removed,
// and runs the campaign on it: a campaign that does not fail by the invariant's
// name would not have noticed the same mistake in the program. The source is not
// touched, and a guard that is no longer found where the list says fails the
// test, so that the list stays true.
func TestSabotage(t *testing.T) {
	if !*sabotage {
		t.Skip("it takes minutes: -sabotage")
	}
	if runtime.GOOS != "linux" {
		t.Skip("the disk that fails and loses power is written for Linux")
	}
	t.Setenv(seal.KeysEnv, t.TempDir())
	guarded := map[string]bool{}
	some := slices.Clone(removals)
	if n := *sabotageN; n > 0 && n < len(some) {
		rand.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
		some = some[:n]
	}
	for _, s := range removals {
		guarded[s.invariant] = true
	}
	builds := make([]func() built, len(some))
	for i, s := range some {
		dir := t.TempDir()
		builds[i] = sync.OnceValue(func() built { return s.build(dir) })
	}
	var ahead sync.WaitGroup
	defer ahead.Wait()
	for i, s := range some {
		t.Run(s.String(), func(t *testing.T) {
			b := builds[i]()
			if b.err != nil {
				t.Fatal(b.err)
			}
			if i+1 < len(builds) { // the campaign mostly waits
				ahead.Go(func() { builds[i+1]() })
			}
			s.notice(t, b)
		})
	}
	for _, i := range []string{"I1", "I2", "I3", "I4", "I5", "I6", "I7", "I9", "I10", "I11"} {
		if !guarded[i] {
			t.Errorf("no guard of %s is in the list", i)
		}
	}
}

// notice runs the campaign on the program without the guard until it complains.
func (s removal) notice(t *testing.T, b built) {
	began := time.Now()
	seed := *crashSeed
	if seed == 0 {
		seed = uint64(began.UnixNano()) % 1_000_000
	}
	c := &crashCampaign{t: t, program: b.program, points: namedPoints(t), seed: seed, length: 4}
	c.enough = func(v violation) bool { return v.invariant == s.invariant }
	c.add(cmp.Or(s.mode, killing), *sabotageOf)
	for _, r := range c.todo {
		r.missing, r.choose, r.patience = s.points, s.accident, 10*time.Second
	}
	c.run(4)
	first := ""
	found := map[string]int{}
	for _, r := range c.done {
		for _, v := range r.wrong {
			if found[v.invariant]++; v.invariant == s.invariant && first == "" {
				first = fmt.Sprintf("seed %d: %s", r.seed, v)
			}
		}
	}
	t.Logf("built in %.0f s, campaign of %d runs in %.0f s, broken: %v\n%s", b.took.Seconds(), len(c.done), time.Since(began).Seconds(), found, first)
	if first == "" {
		t.Errorf("%s, and the campaign has not noticed: %s", s.why, c.tally())
	}
}

// built is a program without a guard.
type built struct {
	program string
	took    time.Duration
	err     error
}

// build makes a test binary that is the program without the guard.
func (s removal) build(dir string) built {
	began := time.Now()
	program := filepath.Join(dir, "program.test")
	err := s.compile(dir, program)
	return built{program, time.Since(began), err}
}

func (s removal) compile(dir, program string) error {
	replace, err := s.remove(dir)
	if err != nil {
		return err
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return err
	}
	list := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		return err
	}
	// Without the table of symbols the linker is quicker; names for stacks stay.
	out, err := exec.Command("go", "test", "-c", "-vet=off", "-ldflags", "-s -w", "-overlay", list, "-o", program, ".").CombinedOutput()
	if err != nil {
		return fmt.Errorf("build without the guard: %w\n%s", err, out)
	}
	return nil
}

// remove writes the changed files into dir and says which file each stands for.
func (s removal) remove(dir string) (map[string]string, error) {
	replace := map[string]string{}
	for e := &s; e != nil; e = e.also {
		file, err := filepath.Abs(filepath.Join("..", filepath.FromSlash(e.file)))
		if err != nil {
			return nil, err
		}
		source, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		for i, old := range e.old {
			if n := bytes.Count(source, []byte(old)); n != 1 {
				return nil, fmt.Errorf("%s has the guard %d times, want once: put the list right\n%s", e.file, n, old)
			}
			source = bytes.Replace(source, []byte(old), []byte(e.new[i]), 1)
		}
		replace[file] = filepath.Join(dir, fmt.Sprintf("changed%d.go", len(replace)))
		if err := os.WriteFile(replace[file], source, 0o600); err != nil {
			return nil, err
		}
	}
	return replace, nil
}

// TestEveryGuardIsThere keeps the list true while nobody takes anything out.
func TestEveryGuardIsThere(t *testing.T) {
	for _, s := range removals {
		if _, err := s.remove(t.TempDir()); err != nil {
			t.Errorf("%v: %v", s, err)
		}
	}
}

func (s removal) String() string { return s.invariant + " " + s.name }
