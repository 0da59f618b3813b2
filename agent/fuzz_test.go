package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	fuzzFor  = flag.String("fuzzall", "", "fuzz every parser of foreign bytes: for so long each, 10m, or with so many inputs each, 200x")
	fuzzOnly = flag.String("fuzzonly", "", "only targets that this matches, in the form folder.FuzzName")
	fuzzAt   = flag.Int("fuzzat", runtime.NumCPU(), "how many targets run at once")
	fuzzSeed = flag.Int("fuzzseed", 0, "seed of the generator of inputs; 0 takes one from the clock")
)

// TestFuzzAll runs the tree's fuzz targets, several at once, and says how many
// inputs each took.
//
// Counted inputs (200x) are made anew from the seed and the files in testdata,
// by binaries that are built as for any test, so that the same seed makes the
// same inputs. Timed runs (10m) are guided by coverage and go on from what
// earlier ones left in Go's cache.
func TestFuzzAll(t *testing.T) {
	if *fuzzFor == "" {
		t.Skip("fuzzing takes its time: -fuzzall 200x or -fuzzall 10m")
	}
	only, err := regexp.Compile(*fuzzOnly)
	if err != nil {
		t.Fatal(err)
	}
	c := campaign{budget: *fuzzFor, seed: *fuzzSeed, temp: t.TempDir()}
	if n, ok := strings.CutSuffix(c.budget, "x"); ok {
		c.inputs, err = strconv.Atoi(n)
	} else {
		c.time, err = time.ParseDuration(c.budget)
	}
	if err != nil || c.inputs <= 0 && c.time <= 0 {
		t.Fatalf("-fuzzall %s: want a time such as 10m or a number of inputs such as 200x", c.budget)
	}
	if c.seed == 0 {
		c.seed = 1 + rand.IntN(1<<31-1)
	}
	if c.cache, err = command(t.Context(), "..", nil, "go", "env", "GOCACHE"); err != nil {
		t.Fatal(err)
	}
	var targets []string
	for _, target := range fuzzTargets(t) {
		if only.MatchString(target) {
			targets = append(targets, target)
		}
	}
	rounds := (len(targets) + *fuzzAt - 1) / max(*fuzzAt, 1)
	if end, ok := t.Deadline(); ok && time.Until(end) < time.Duration(rounds)*c.time {
		t.Fatalf("%d targets take %v and more: add -timeout 0", len(targets), time.Duration(rounds)*c.time)
	}
	t.Logf("replay with: go test ./agent -run TestFuzzAll -v -fuzzall %s -fuzzseed %d -fuzzonly '%s'", c.budget, c.seed, *fuzzOnly)
	results := c.run(t, targets)
	t.Log(report(results))
	total := 0
	for _, r := range results {
		total += r.executions
		switch {
		case r.failure != "":
			t.Errorf("%s: %s", r.target, r.failure)
		case r.executions < max(c.inputs, 1):
			t.Errorf("%s: only %d inputs", r.target, r.executions)
		}
	}
	t.Logf("%d targets took %d hostile inputs, seed %d", len(results), total, c.seed)
}

// campaign is one run over many targets.
type campaign struct {
	budget string
	inputs int           // of each target, or
	time   time.Duration // for each target
	seed   int
	cache  string // Go's
	temp   string

	mu    sync.Mutex
	built map[string]*build // by folder
}

type build struct {
	once   sync.Once
	binary string
	err    error
}

type fuzzed struct {
	target     string
	standing   int // inputs in the tests and in testdata, where they are not counted
	executions int
	found      int // inputs that reached something new
	took       time.Duration
	failure    string
}

func (c *campaign) run(t *testing.T, targets []string) []fuzzed {
	c.built = map[string]*build{}
	results := make([]fuzzed, len(targets))
	var wg sync.WaitGroup
	places := make(chan struct{}, max(*fuzzAt, 1))
	for _, target := range targets {
		folder, _, _ := strings.Cut(target, ".")
		if c.built[folder] == nil {
			c.built[folder] = &build{}
		}
	}
	for i, target := range targets {
		wg.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			r := c.fuzz(t.Context(), target)
			results[i] = r
			t.Logf("%s: %d inputs, %d of them new, in %v", r.target, r.executions, r.found, r.took.Round(time.Second)) // a long campaign may be cut off
		})
	}
	wg.Wait()
	return results
}

// hang is how much longer than its budget a target may take: an input that is
// not through by then never will be.
const hang = 2 * time.Minute

func (c *campaign) fuzz(ctx context.Context, target string) fuzzed {
	r := fuzzed{target: target}
	folder, name, _ := strings.Cut(target, ".")
	binary, err := c.binary(ctx, folder)
	if err != nil {
		r.failure = err.Error()
		return r
	}
	cache := filepath.Join(c.temp, "cache", folder)
	if c.time > 0 {
		cache = filepath.Join(c.cache, "fuzz", filepath.FromSlash(module+folder)) // where "go test -fuzz" keeps it
	}
	ctx, cancel := context.WithTimeout(ctx, c.time+hang)
	defer cancel()
	began := time.Now()
	run := func(budget string) (string, error) {
		return command(ctx, filepath.Join("..", filepath.FromSlash(folder)), []string{"GODEBUG=fuzzseed=" + strconv.Itoa(c.seed)}, binary,
			"-test.run=^$", "-test.fuzz=^"+name+"$", "-test.fuzztime="+budget, "-test.parallel=1",
			"-test.fuzzcachedir="+cache, "-test.fuzzminimizetime=2s")
	}
	budget := c.budget
	if c.inputs > 0 { // beside those that stand in the tests, which would be counted
		out, _ := run("1x")
		if m := standing.FindStringSubmatch(out); m != nil {
			r.standing, _ = strconv.Atoi(m[1])
		}
		budget = strconv.Itoa(r.standing+c.inputs) + "x"
	}
	out, err := run(budget)
	r.took = time.Since(began)
	for _, m := range progress.FindAllStringSubmatch(out, -1) {
		r.executions, _ = strconv.Atoi(m[1])
		r.found, _ = strconv.Atoi(m[2])
	}
	r.executions -= min(r.standing, r.executions)
	switch m := crasher.FindStringSubmatch(out); {
	case err == nil:
	case m != nil:
		r.failure = fmt.Sprintf("fails on %s/%s\n%s", folder, m[1], out)
	case ctx.Err() != nil:
		r.failure = fmt.Sprintf("hangs: not done %v after its time\n%s", hang, out)
	default:
		r.failure = fmt.Sprintf("%v\n%s", err, out)
	}
	return r
}

var (
	progress = regexp.MustCompile(`execs: (\d+) \([^)]*\)(?:, new interesting: (\d+))?`)
	standing = regexp.MustCompile(`testing seed corpus: \d+/(\d+) completed`)
	crasher  = regexp.MustCompile(`Failing input written to (\S+)`)
)

// binary builds the tests of a folder, once.
func (c *campaign) binary(ctx context.Context, folder string) (string, error) {
	c.mu.Lock()
	b := c.built[folder]
	c.mu.Unlock()
	b.once.Do(func() {
		if b.binary, b.err = filepath.Abs(filepath.Join(c.temp, strings.ReplaceAll(folder, "/", "-")+".test.exe")); b.err != nil {
			return
		}
		args := []string{"test", "-c", "-o", b.binary}
		if c.time > 0 {
			args = append(args, "-fuzz=.") // with what coverage needs
		}
		var out string
		if out, b.err = command(ctx, "..", nil, "go", append(args, "./"+folder)...); b.err != nil {
			b.err = fmt.Errorf("%w\n%s", b.err, out)
		}
	})
	return b.binary, b.err
}

// command runs a program with more in its environment and returns all that it
// says.
func command(ctx context.Context, dir string, env []string, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	// Told to stop, a fuzzing test ends its own child and says where it stood.
	cmd.Cancel = func() error {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			return errors.Join(err, cmd.Process.Kill())
		}
		return nil
	}
	cmd.WaitDelay = 20 * time.Second
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// report is the results as a table in Markdown.
func report(results []fuzzed) string {
	reads := map[string]string{}
	for _, p := range parsers {
		reads[p.target] = p.reads
	}
	var b strings.Builder
	b.WriteString("\n| target | reads | inputs | new | time | result |\n|---|---|--:|--:|--:|---|\n")
	for _, r := range slices.SortedFunc(slices.Values(results), func(a, b fuzzed) int { return strings.Compare(a.target, b.target) }) {
		result := "ok"
		if r.failure != "" {
			result, _, _ = strings.Cut(r.failure, "\n")
		}
		fmt.Fprintf(&b, "| `%s` | %s | %d | %d | %.0f s | %s |\n", r.target, reads[r.target], r.executions, r.found, r.took.Seconds(), result)
	}
	return b.String()
}
