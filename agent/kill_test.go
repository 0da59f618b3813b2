package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
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
	"miandan/printer/bitmap"
	"miandan/printer/virtual"
	"miandan/templates/barcode"
	"miandan/templates/scene"
)

var (
	kills    = flag.Int("kills", 5, "how often the agent is killed")
	killSeed = flag.Uint64("killseed", 0, "seed of the kill test; 0 takes one from the clock")
)

// TestKills kills the real agent at random moments while orders come in, and
// then asks those who cannot lie: the gateway's journal says which numbers were
// taken, the printer's journal what came out as paper. Every order must have
// one number, and every label must be on paper once or stand in unknown.
func TestKills(t *testing.T) {
	seed := *killSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("replay with: go test ./agent -run TestKills -kills %d -killseed %d", *kills, seed)
	random := rand.New(rand.NewPCG(seed, 0))

	dir := t.TempDir()
	world, err := practice.Open(filepath.Join(dir, "world"), practice.Config{Speed: 600})
	if err != nil {
		t.Fatal(err)
	}
	defer world.Close()
	t.Setenv(seal.KeysEnv, filepath.Join(dir, "keys"))
	if err := practice.PutSecrets(world.Data); err != nil {
		t.Fatal(err)
	}
	orders := jdsim.Demo(14+3*(*kills), time.Now())
	var expected []string
	next := 0
	add := func(n int) {
		for ; n > 0 && next < len(orders); next++ {
			o := orders[next]
			if next < 14 && next > 2 { // those of the demo that are refused or skipped prove nothing here
				continue
			}
			o.Modified = time.Now() // it comes in now
			world.Gateway.AddOrder(o)
			expected = append(expected, o.ID)
			n--
		}
	}
	add(3)
	log := &output{}
	for i := range *kills {
		add(1 + random.IntN(3))
		agent := startAgent(t, world, log)
		// Orders take a second or so from the first poll to paper; most kills
		// fall into that.
		time.Sleep(time.Duration(random.IntN(1500)) * time.Millisecond)
		if err := agent.Process.Signal(syscall.SIGKILL); err != nil {
			t.Fatalf("kill %d: %v\n%s", i, err, log)
		}
		agent.Wait()
		if s := agent.ProcessState.Sys().(syscall.WaitStatus); !s.Signaled() {
			t.Fatalf("the agent ended by itself before kill %d\n%s", i, log)
		}
	}
	lastLog := &output{}
	last := startAgent(t, world, lastLog)
	rows := settled(t, world, expected, lastLog)
	if err := last.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := last.Wait(); err != nil {
		t.Errorf("the agent did not end well: %v\n%s", err, lastLog)
	}
	if world.Printer.Err() != nil {
		t.Fatal(world.Printer.Err())
	}
	check(t, world, rows, expected)
	checkLogs(t, world, orders)
}

// output keeps what processes write.
type output struct {
	mu   sync.Mutex
	text strings.Builder
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

func startAgent(t *testing.T, w *practice.World, log *output) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("miandan", "run", "--no-tray", "--data", w.Data)
	cmd.Env = append(os.Environ(), "LANG=C")
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// settled waits until no order and no label is on its way. It reads the
// database of the running agent, which SQLite allows; but not before the agent
// is ready, for whoever opens a database that is being made takes part in
// making it, and one of the two fails.
func settled(t *testing.T, w *practice.World, expected []string, log fmt.Stringer) []ledger.Row {
	t.Helper()
	deadline := time.Now().Add(90 * time.Second)
	for {
		ready := strings.Contains(log.String(), "ready http")
		var rows []ledger.Row
		if ready {
			rows = readRows(t, w)
		}
		moving := map[string]bool{}
		for _, r := range rows {
			done := r.LabelID == 0 && r.OrderState == ledger.IssueUnknown || r.LabelID != 0 && (r.Label.Ended() || r.Label == ledger.Unknown)
			moving[r.Order.ID] = moving[r.Order.ID] || !done
		}
		open := len(expected) - len(moving)
		for _, m := range moving {
			if m {
				open++
			}
		}
		if open == 0 {
			return rows
		}
		if time.Now().After(deadline) && !ready {
			t.Fatalf("the agent is not ready\n%s", log)
		}
		if time.Now().After(deadline) {
			for _, r := range rows {
				t.Logf("%s %s %s %s %v", r.Order.ID, r.OrderState, r.Label, r.Number, r.Problem)
			}
			t.Fatalf("%d orders of %d are still on their way\n%s", open, len(expected), log)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func readRows(t *testing.T, w *practice.World) []ledger.Row {
	t.Helper()
	keys, err := seal.OpenKeystore(w.Data)
	if err != nil {
		t.Fatal(err)
	}
	s, err := seal.Open(keys, w.Data, true)
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), w.Data)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := ledger.New(db, s, time.Now).Rows(context.Background(), ledger.Filter{Limit: 10000})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// check compares the ledger with the two journals.
func check(t *testing.T, w *practice.World, rows []ledger.Row, expected []string) {
	t.Helper()
	numbers, parcels := map[string]map[string]bool{}, map[string]int{}
	for _, e := range w.Gateway.Journal() {
		if e.Event == jdsim.Number && e.Refused == "" {
			if numbers[e.Order] == nil {
				numbers[e.Order] = map[string]bool{}
			}
			numbers[e.Order][e.Number] = true
			parcels[e.Order] += max(e.Packages, 1)
		}
	}
	papers := map[string]int{} // whole labels by what a reader finds on them
	partial := 0
	for _, p := range w.Printer.Prints() {
		if p.Garbage != "" {
			t.Errorf("print %d: the printer was sent garbage", p.Seq)
		}
		if p.Partial {
			partial++
			continue
		}
		papers[readBarcode(t, p)]++
	}
	states, labels := map[ledger.LabelState]int{}, map[string]int{}
	for _, r := range rows {
		states[r.Label]++
		if r.LabelID == 0 {
			continue
		}
		labels[r.Order.ID]++
		if !numbers[r.Order.ID][string(r.Own)] {
			t.Errorf("order %s carries a number that the gateway never gave it", r.Order.ID)
		}
		switch n := papers[r.Barcode]; {
		case n > 1:
			t.Errorf("parcel %d of order %s came out %d times (%s)", r.Parcel+1, r.Order.ID, n, r.Label)
		case n == 0 && r.Label == ledger.Confirmed:
			t.Errorf("parcel %d of order %s is confirmed and never came out", r.Parcel+1, r.Order.ID)
		}
	}
	for id, n := range labels {
		if o, _ := w.Gateway.Order(id); n != boxes(o) {
			t.Errorf("order %s has %d labels, want %d", id, n, boxes(o))
		}
	}
	for id, n := range parcels {
		if o, _ := w.Gateway.Order(id); n != boxes(o) {
			t.Errorf("order %s was numbered for %d parcels, want %d", id, n, boxes(o))
		}
	}
	for _, id := range expected {
		if n := len(numbers[id]); n == 0 {
			t.Errorf("order %s never got a number", id)
		}
	}
	for code := range papers {
		if code == "" {
			t.Error("a whole label carries no readable barcode")
		}
	}
	t.Logf("%d orders: %v; %d labels broke off on paper", len(expected), states, partial)
	if states[ledger.Confirmed] == 0 {
		t.Error("no label was ever confirmed: the test proves nothing")
	}
}

// readBarcode reads a printed label: the main barcode is the first from the
// top that reads.
func readBarcode(t *testing.T, p virtual.Print) string {
	t.Helper()
	if p.Image == nil {
		t.Fatalf("print %d has no picture", p.Seq)
	}
	text, err := readInStrips(p.Image)
	if err != nil {
		t.Errorf("print %d: %v", p.Seq, err)
	}
	return text
}

func readInStrips(img *bitmap.Image) (string, error) {
	var last error
	for y := 0; y+160 <= img.Height; y += 40 {
		strip := bitmap.New(img.Width, 160)
		copy(strip.Bits, img.Bits[y*img.Stride:(y+160)*img.Stride])
		text, err := barcode.Read(strip, scene.Code128)
		if err == nil {
			return text, nil
		}
		last = err
	}
	return "", last
}

// checkLogs looks for the invented people in everything the agent has logged.
func checkLogs(t *testing.T, w *practice.World, orders []jdsim.Order) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(w.Data, "logs", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no logs: %v", err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range orders {
			for _, canary := range []string{o.Receiver.Name, o.Receiver.Mobile, o.Receiver.Address} {
				if canary != "" && strings.Contains(string(b), canary) {
					t.Errorf("%s names the receiver of order %s", filepath.Base(f), o.ID)
				}
			}
		}
	}
}
