package main

import (
	"database/sql"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/practice"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/store"
	"miandan/printer/virtual"
)

var (
	soakLabels = flag.Int("soak", 0, "how many orders the soak lasts; 0 leaves it out (50000 take a quarter of an hour)")
	soakSeed   = flag.Uint64("soakseed", 0, "seed of the soak's faults; 0 takes one from the clock")
)

// What may grow over the second half of a soak. What leaks grows with every
// label; memory goes up and down by itself.
const (
	soakMemory  = 1.10 // times the first half's
	soakHandles = 10   // more than in the first half
)

// TestSoak runs the real agent without an end through a great many orders on
// four printers to which something happens all the time, and holds its memory,
// handles, threads, goroutines and the bytes that a label leaves on the disk to
// be the same in the second half as in the first. Every label is on paper once
// or stands in unknown.
func TestSoak(t *testing.T) {
	if *soakLabels == 0 {
		t.Skip("only with -soak N")
	}
	seed := *soakSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("replay with: go test ./agent -run TestSoak -soak %d -soakseed %d", *soakLabels, seed)
	s := newSoak(t, rand.New(rand.NewPCG(seed, 0)))
	s.run()
	s.judge()
}

type soak struct {
	t        *testing.T
	random   *rand.Rand
	gateway  *jdsim.Gateway
	data     string
	vitals   string // the file in which the agent tells of itself
	printers []*soakPrinter
	agent    *exec.Cmd
	log      output
	samples  []sample
	mishaps  int

	mu     sync.Mutex
	papers map[string]int
}

// sample is how the agent is at a moment.
type sample struct {
	labels                       int // that came out of the printers
	memory                       int // resident, KB
	handles, threads, goroutines int
	database, write, logs        int // bytes
}

// soakPrinter is a printer that is switched off from time to time, which also
// frees what it remembers of its paper.
type soakPrinter struct {
	*virtual.Printer
	config virtual.Config
	addr   string
	labels int
}

func newSoak(t *testing.T, random *rand.Rand) *soak {
	dir := t.TempDir()
	s := &soak{t: t, random: random, data: filepath.Join(dir, "data"), vitals: filepath.Join(dir, "vitals"), papers: map[string]int{}}
	t.Setenv(seal.KeysEnv, filepath.Join(dir, "keys"))
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.Mkdir(s.data, 0o700))
	contracts := jdsim.DefaultContracts()
	for i := range contracts {
		contracts[i].Amount = 10 * *soakLabels
	}
	var err error
	s.gateway, err = jdsim.New(jdsim.Config{Contracts: contracts, Seed: random.Uint64(), Faults: []jdsim.Fault{
		{Kind: jdsim.Twice, Percent: 2},
		{Kind: jdsim.Delay, Late: true, Wait: 20 * time.Millisecond, Percent: 5},
		{Kind: jdsim.Cut, Percent: 1},
		{Kind: jdsim.Cut, Late: true, Percent: 1},
	}})
	must(err)
	t.Cleanup(func() { s.gateway.Close() })
	server := httptest.NewUnstartedServer(s.gateway.All())
	server.Config.ErrorLog = nil
	server.Start()
	t.Cleanup(server.Close)

	languages := []virtual.Language{virtual.ESCPOS, virtual.TSPL, virtual.ZPL, virtual.CPCL}
	for _, l := range languages {
		p := &soakPrinter{config: virtual.Config{Name: string(l), Language: l, DotsPerMM: 8, Speed: 6000}}
		p.config.OnPrint = func(print virtual.Print) { s.came(p, print) }
		p.Printer, err = virtual.Start(p.config)
		must(err)
		p.addr = p.Addr()
		t.Cleanup(func() { p.Close() })
		s.printers = append(s.printers, p)
	}
	settings := practice.Settings(server.URL+jdsim.Path, s.printers[0].URL(), string(languages[0]))
	settings = strings.Replace(settings, `level = "debug"`, `level = "info"`, 1)
	settings = strings.Replace(settings, `poll_every = "1s"`, `poll_every = "20s"`, 1) // as it is delivered
	for i, p := range s.printers[1:] {
		settings += fmt.Sprintf("\n[[printer]]\nname = \"bench-%d\"\nurl = %q\nlanguage = %q\ndots_per_mm = 8\nmedia = \"label\"\npaper = \"76x130\"\n", i+2, p.URL(), p.config.Language)
	}
	settings += "\n[privacy]\npurge_after = \"30s\"\npurge_unknown_after = \"1m\"\n"
	must(os.WriteFile(filepath.Join(s.data, "miandan.toml"), []byte(settings), 0o600))
	must(practice.PutSecrets(s.data))
	return s
}

// came reads what came out of a printer.
func (s *soak) came(p *soakPrinter, print virtual.Print) {
	if print.Partial || print.Image == nil {
		return
	}
	code, err := readInStrips(print.Image)
	if err != nil {
		s.t.Errorf("a whole label cannot be read: %v", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.papers[code]++
	p.labels++
}

func (s *soak) labels() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, p := range s.papers {
		n += p
	}
	return n
}

// run feeds orders as they are worked off, and has something happen each second.
func (s *soak) run() {
	s.agent = exec.Command("miandan", "run", "--no-tray", "--data", s.data)
	s.agent.Env = append(os.Environ(), "LANG=C", vitalsEnv+"="+s.vitals)
	s.agent.Stdout, s.agent.Stderr = &s.log, &s.log
	if err := s.agent.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { s.agent.Process.Kill() })
	orders := jdsim.Demo(*soakLabels, time.Now())[:*soakLabels] // without those of the demo that do not ship
	const ahead = 3000                                          // orders that wait; more than are worked off between two readings
	given, still, last := 0, time.Now(), 0
	for {
		done := s.labels()
		if done > last {
			last, still = done, time.Now()
		}
		for ; given < len(orders) && given < done+ahead; given++ {
			orders[given].Modified = time.Now()
			s.gateway.AddOrder(orders[given])
		}
		s.sample(done)
		if given == len(orders) && time.Since(still) > 20*time.Second {
			return // what has not come out by now does not come out by itself
		}
		if status(s.agent.Process.Pid, "VmRSS") == 0 {
			s.t.Fatalf("the agent ended by itself after %d labels\n%s", done, s.log.String())
		}
		if time.Since(still) > 3*time.Minute {
			s.t.Fatalf("nothing comes out any more after %d labels\n%s", done, s.log.String())
		}
		if given < len(orders) {
			s.mishap()
		}
		time.Sleep(time.Second)
	}
}

// mishap lets something happen to one of the printers.
func (s *soak) mishap() {
	p := s.printers[s.random.IntN(len(s.printers))]
	s.mishaps++
	switch {
	case p.labels > 400:
		p.labels = 0
		if err := p.Close(); err != nil {
			s.t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond)
		listener, err := net.Listen("tcp", p.addr)
		if err != nil {
			s.t.Fatal(err)
		}
		if p.Printer, err = virtual.StartOn(listener, p.config); err != nil {
			s.t.Fatal(err)
		}
	case s.random.IntN(4) == 0:
		kinds := []virtual.Condition{virtual.PaperOut, virtual.CoverOpen, virtual.HeadHot, virtual.PaperJam}
		p.Script(virtual.Mishap{AfterLabels: 1, Set: kinds[s.random.IntN(len(kinds))], Lasts: 2 * time.Second})
	case s.random.IntN(4) == 0:
		p.DropAfter(s.random.IntN(60000))
	default:
		s.mishaps--
	}
}

// sample looks at the agent from outside, as an administrator would.
func (s *soak) sample(labels int) {
	pid := s.agent.Process.Pid
	now := sample{labels: labels, memory: status(pid, "VmRSS"), threads: status(pid, "Threads")}
	if files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid)); err == nil {
		now.handles = len(files)
	}
	if b, err := os.ReadFile(s.vitals); err == nil {
		now.goroutines, _ = strconv.Atoi(strings.TrimSpace(string(b)))
	}
	now.database = size(filepath.Join(s.data, store.FileName))
	now.write = size(filepath.Join(s.data, store.FileName+"-wal"))
	logs, _ := filepath.Glob(filepath.Join(s.data, "logs", "*"))
	for _, l := range logs {
		now.logs += size(l)
	}
	if now.memory > 0 && now.goroutines > 0 {
		s.samples = append(s.samples, now)
	}
}

func status(pid int, what string) int {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, rest, _ := strings.Cut(string(b), what+":")
	n := 0
	fmt.Sscan(rest, &n)
	return n
}

func size(file string) int {
	info, err := os.Stat(file)
	if err != nil {
		return 0
	}
	return int(info.Size())
}

// judge compares the halves of the soak, and the ledger with the paper.
func (s *soak) judge() {
	t := s.t
	end := s.samples[len(s.samples)-1]
	part := func(from, to int) []sample { // of the way, in hundredths of the labels
		var p []sample
		for _, v := range s.samples {
			if v.labels >= end.labels*from/100 && v.labels <= end.labels*to/100 && v.labels > 0 {
				p = append(p, v)
			}
		}
		return p
	}
	first, second := part(20, 50), part(70, 100)
	if len(first) < 5 || len(second) < 5 {
		t.Fatalf("too short to see anything: %d and %d samples", len(first), len(second))
	}
	median := func(p []sample, of func(sample) int) int {
		var all []int
		for _, v := range p {
			all = append(all, of(v))
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	for _, c := range []struct {
		what  string
		of    func(sample) int
		limit func(int) int
	}{
		{"KB of memory", func(v sample) int { return v.memory }, func(n int) int { return int(float64(n) * soakMemory) }},
		{"handles", func(v sample) int { return v.handles }, func(n int) int { return n + soakHandles }},
		{"threads", func(v sample) int { return v.threads }, func(n int) int { return n + soakHandles }},
		{"goroutines", func(v sample) int { return v.goroutines }, func(n int) int { return n + soakHandles }},
		{"KB of write-ahead log", func(v sample) int { return v.write >> 10 }, func(n int) int { return max(4*n, 8<<10) }},
		{"KB of logs", func(v sample) int { return v.logs >> 10 }, func(int) int { return 100 << 10 }},
	} {
		a, b := median(first, c.of), median(second, c.of)
		t.Logf("%-22s %8d, then %8d", c.what, a, b)
		if b > c.limit(a) {
			t.Errorf("%s grow: %d in the first half, %d in the second", c.what, a, b)
		}
	}
	perLabel := func(p []sample) float64 {
		a, b := p[0], p[len(p)-1]
		return float64(b.database-a.database) / float64(max(b.labels-a.labels, 1))
	}
	t.Logf("%-22s %8.0f, then %8.0f", "bytes a label leaves", perLabel(first), perLabel(second))
	if perLabel(second) > 1.5*perLabel(first)+200 {
		t.Errorf("the database grows faster and faster: %.0f bytes a label, then %.0f", perLabel(first), perLabel(second))
	}
	if err := s.agent.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := s.agent.Wait(); err != nil {
		t.Errorf("the agent did not end well: %v\n%s", err, s.log.String())
	}
	s.compare()
}

// compare holds every label of the ledger against the paper.
func (s *soak) compare() {
	t := s.t
	db, err := sql.Open("sqlite", "file:"+filepath.Join(s.data, store.FileName)+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT barcode, state, (SELECT key IS NOT NULL FROM orders o WHERE o.id = order_id) FROM labels`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	states, known, named := map[ledger.LabelState]int{}, map[string]bool{}, 0
	for rows.Next() {
		var code string
		var state ledger.LabelState
		var key bool
		if err := rows.Scan(&code, &state, &key); err != nil {
			t.Fatal(err)
		}
		states[state]++
		known[code] = true
		if key {
			named++
		}
		switch n := s.papers[code]; {
		case n > 1:
			t.Errorf("a label came out %d times (%s)", n, state)
		case n == 0 && state == ledger.Confirmed:
			t.Errorf("a label is confirmed and never came out")
		case state != ledger.Confirmed && state != ledger.Presumed && state != ledger.Unknown:
			t.Errorf("a label is still %s", state)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for code := range s.papers {
		if !known[code] {
			t.Error("a label is on paper that the ledger does not know")
		}
	}
	orders, err := db.Query(`SELECT state, problem, count(*) FROM orders WHERE state NOT IN ('issued', 'issue-unknown') GROUP BY 1, 2`)
	if err != nil {
		t.Fatal(err)
	}
	defer orders.Close()
	for orders.Next() {
		var state, problem string
		var n int
		if err := orders.Scan(&state, &problem, &n); err != nil {
			t.Fatal(err)
		}
		t.Errorf("%d orders are still %s %s", n, state, problem)
	}
	if err := orders.Err(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d labels on paper, %v, %d mishaps; %d orders still name their receiver", s.labels(), states, s.mishaps, named)
	if states[ledger.Confirmed] < *soakLabels/2 {
		t.Errorf("only %d labels are confirmed", states[ledger.Confirmed])
	}
}

// vitalsEnv names a file in which the agent under test tells how many goroutines
// it has: nobody else can count them.
const vitalsEnv = "MIANDAN_TEST_VITALS"

func tellVitals() {
	file := os.Getenv(vitalsEnv)
	if file == "" {
		return
	}
	go func() {
		for {
			_ = os.WriteFile(file, []byte(strconv.Itoa(runtime.NumGoroutine())), 0o600) // the reader skips what is missing
			time.Sleep(time.Second)
		}
	}()
}
