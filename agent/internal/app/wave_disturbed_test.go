package app_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/host"
	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/practice"
	"miandan/printer/virtual"
)

var (
	waveSeed   = flag.Uint64("wave.seed", 0, "what happens in TestWaveDisturbed; 0 is another each time")
	waveOrders = flag.Int("wave.orders", 100, "how many orders TestWaveDisturbed prints")
)

// TestWaveDisturbed prints a wave of orders on two printers of a group while orders
// are cancelled, go to somebody else and are sent again under it, and it is stopped
// once. What lies in the printers' trays is judged: each label once, none missing,
// in the order of the wave on each printer; and the interface counts the same.
func TestWaveDisturbed(t *testing.T) {
	if testing.Short() {
		t.Skip("it prints a whole wave of labels")
	}
	seed := *waveSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("again: -wave.seed %d", seed)
	w := newWaveRun(t, seed, *waveOrders)
	w.start()
	during, stop := context.WithCancel(t.Context())
	var work sync.WaitGroup
	work.Go(func() { w.disturb(during) })
	w.until("half of it is on paper", func(v api.Wave) bool { return v.Done >= v.Orders/2 })
	w.stopAndGoOn()
	w.until("it is printed", func(v api.Wave) bool { return v.State == api.WavePrinted })
	stop()
	work.Wait()
	w.judge()
}

type waveRun struct {
	*station
	t        *testing.T
	rand     *rand.Rand
	client   *api.Client
	printers map[string]*virtual.Printer
	ids      []string
	wave     string

	mu      sync.Mutex
	touched map[string]string // order: what was done to it
	late    map[int]bool      // positions that were put back by the stop
}

func newWaveRun(t *testing.T, seed uint64, n int) *waveRun {
	w := &waveRun{t: t, rand: rand.New(rand.NewPCG(seed, 0)), printers: map[string]*virtual.Printer{}, touched: map[string]string{}, late: map[int]bool{}}
	var printers strings.Builder
	for _, name := range []string{"bench-1", "bench-2"} {
		v, err := virtual.Start(virtual.Config{Language: virtual.ESCPOS, DotsPerMM: 8, Buffer: 64 << 10})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { v.Close() })
		w.printers[name] = v
		fmt.Fprintf(&printers, "[[printer]]\nname = %q\ngroup = \"packing\"\nurl = %q\nlanguage = \"escpos\"\npaper = \"76x130\"\n\n", name, v.URL())
	}
	places := filepath.Join(t.TempDir(), "places.csv")
	var lines strings.Builder
	for i := range 20 {
		fmt.Fprintf(&lines, "SKU-%d,%c-%d\n", i, 'A'+rune(i%4), i)
	}
	if err := os.WriteFile(places, []byte(lines.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	w.station = openWorld(t, practice.Config{}, func(settings string) string {
		i := strings.Index(settings, "[[printer]]")
		j := i + strings.Index(settings[i:], "[print]")
		settings = settings[:i] + printers.String() + settings[j:]
		settings = strings.Replace(settings, "auto = true", fmt.Sprintf("auto = false\nplaces = %q", places), 1)
		return strings.Replace(settings, `when = "confirmed"`, `when = "never"`, 1)
	})
	path, err := host.SocketPath(w.world.Data)
	if err != nil {
		t.Fatal(err)
	}
	w.client = api.Local(path, notice.English)
	now := time.Now()
	for i := range n {
		o := jdsim.Order{
			ID: fmt.Sprint(390_000_000_000 + 7919*i), State: jdsim.ToShip, Mode: jdsim.Plain, Receiver: w.somebody(i), Payment: "59.00",
			Started: now.Add(-2 * time.Hour), Paid: now.Add(-time.Hour - time.Duration(w.rand.IntN(3600))*time.Second), Modified: now, // the station may have asked before this order is there, and asks on from then
		}
		for range 1 + w.rand.IntN(5)/3*w.rand.IntN(3) {
			o.Items = append(o.Items, jdsim.Item{SKU: fmt.Sprintf("SKU-%d", w.rand.IntN(24)), Name: "演示商品", Price: "59.00", Count: 1 + w.rand.IntN(2)})
		}
		w.world.Gateway.AddOrder(o)
		w.ids = append(w.ids, o.ID)
	}
	return w
}

func (w *waveRun) somebody(i int) jdsim.Person {
	return jdsim.Person{
		Name: "演示" + string(rune(0x4e00+i%2000)), Mobile: fmt.Sprintf("1380000%04d", i%10_000), Province: "浙江", City: "杭州市", County: "西湖区", Town: "演示镇",
		Address: fmt.Sprintf("演示路%d号", i+1), ProvinceID: 15, CityID: 1213, CountyID: 1214, TownID: 1215,
	}
}

// start waits until all orders are there and starts the wave, named in any order.
func (w *waveRun) start() {
	w.station.untilOrders(w.t, len(w.ids))
	ids := slices.Clone(w.ids)
	w.rand.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	started, err := w.client.StartWave(w.t.Context(), api.NewWave{Orders: ids, Name: "上午一波", Printer: "packing", Separator: true, Who: "tester"})
	if err != nil {
		w.t.Fatal(err)
	}
	if len(started.Left) > 0 || started.Wave.Orders != len(ids) {
		w.t.Fatalf("%d orders are in the wave, left out are %+v", started.Wave.Orders, started.Left)
	}
	w.wave = started.Wave.ID
}

func (s *station) untilOrders(t *testing.T, n int) {
	t.Helper()
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); {
		list, err := s.Ledger.Unasked(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == n {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("never: %d orders wait", n)
}

func (w *waveRun) until(what string, ok func(api.Wave) bool) {
	w.t.Helper()
	var v api.WaveDetail
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); {
		var err error
		if v, err = w.client.Wave(w.t.Context(), w.wave); err != nil {
			w.t.Fatal(err)
		}
		if ok(v.Wave) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	w.t.Fatalf("never: %s; the wave is %+v", what, v.Wave)
}

// disturb does to orders what platforms do.
func (w *waveRun) disturb(ctx context.Context) {
	r := rand.New(rand.NewPCG(w.rand.Uint64(), 1))
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Duration(20+r.IntN(60)) * time.Millisecond):
		}
		i := r.IntN(len(w.ids))
		id, what := w.ids[i], []string{"cancelled", "changed", "again", "again"}[r.IntN(4)]
		w.mu.Lock()
		if w.touched[id] != "" {
			what = "again"
		}
		if what != "again" {
			w.touched[id] = what
		}
		w.mu.Unlock()
		w.world.Gateway.Update(id, func(o *jdsim.Order) {
			o.Modified = time.Now()
			switch what {
			case "cancelled":
				o.State = jdsim.Cancelled
			case "changed":
				o.Receiver = w.somebody(5000 + n)
			}
		})
	}
}

// stopAndGoOn stops the wave and holds it to its word: what prints after the stop
// has returned is in hand, one label for each printer or, since they name what they
// print, two.
func (w *waveRun) stopAndGoOn() {
	ctx := w.t.Context()
	if err := w.client.StopWave(ctx, w.wave, "tester"); err != nil {
		w.t.Fatal(err)
	}
	before := w.prints()
	w.until("what was in hand is out", func(v api.Wave) bool { return v.Printing == 0 })
	time.Sleep(700 * time.Millisecond)
	after := w.prints()
	for name := range w.printers {
		if n := len(after[name]) - len(before[name]); n > 2 {
			w.t.Errorf("%s printed %d labels after the stop", name, n)
		}
	}
	v, err := w.client.Wave(ctx, w.wave)
	if err != nil || v.State != api.WaveStopped || v.Printing != 0 {
		w.t.Errorf("the stopped wave is %+v, %v", v.Wave, err)
	}
	last := 0
	for _, r := range v.Rows {
		if r.State == api.Done {
			last = max(last, r.Position)
		}
	}
	for _, r := range v.Rows { // claimed, and not in hand: whichever printer is free first takes it
		if r.State == api.Waiting && r.Position < last {
			w.late[r.Position] = true
		}
	}
	if len(w.late) > 2*len(w.printers) {
		w.t.Errorf("%d labels were left behind by the stop", len(w.late))
	}
	if err := w.client.ResumeWave(ctx, w.wave, "tester"); err != nil {
		w.t.Fatal(err)
	}
}

// prints returns the labels in the printers' trays: the process IDs, and none of the
// separators.
func (w *waveRun) prints() map[string][]virtual.Print {
	all := map[string][]virtual.Print{}
	for name, p := range w.printers {
		all[name] = p.Prints()
	}
	return all
}

// log returns what the agent has written down of an order.
func (w *waveRun) log(id string) string {
	files, _ := filepath.Glob(filepath.Join(w.world.Data, "logs", "*"))
	var lines []string
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			w.t.Error(err)
		}
		for line := range strings.Lines(string(b)) {
			if strings.Contains(line, id) || strings.Contains(line, "level=WARN") {
				lines = append(lines, line)
			}
		}
	}
	return strings.Join(lines, "")
}

func (w *waveRun) judge() {
	t := w.t
	time.Sleep(100 * time.Millisecond)
	v, err := w.client.Wave(t.Context(), w.wave)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := w.Ledger.Rows(t.Context(), ledger.Filter{Limit: -1})
	if err != nil {
		t.Fatal(err)
	}
	marks := map[string]string{} // of an attempt: its order
	for _, r := range rows {
		if r.LastMark != "" {
			marks[r.LastMark] = r.Order.ID
		}
	}
	position, state := map[string]int{}, map[string]api.State{}
	for _, r := range v.Rows {
		position[r.Order] = r.Position
		if state[r.Order] == "" || r.State != api.Cancelled {
			state[r.Order] = r.State
		}
	}
	printed, separators := map[string]int{}, 0
	for name, prints := range w.prints() {
		last := 0
		for _, p := range prints {
			id, known := marks[p.Mark]
			if !known {
				separators++
				continue
			}
			printed[id]++
			if p.Partial || p.Garbage != "" {
				t.Errorf("order %s is half a label, or garbage: %q", id, p.Garbage)
			}
			if at := position[id]; at < last && !w.late[at] {
				t.Errorf("%s printed position %d after %d:\n%s", name, at, last, w.log(id))
			} else {
				last = max(last, at)
			}
		}
	}
	counts := map[api.State]int{}
	for _, id := range w.ids {
		counts[state[id]]++
		if n := printed[id]; n > 1 || (n == 1) != (state[id] == api.Done) {
			t.Errorf("order %s (%s, %q) is %d times on paper", id, state[id], w.touched[id], n)
		}
		if state[id] != api.Done && w.touched[id] == "" {
			t.Errorf("order %s is %s, and nothing was done to it", id, state[id])
		}
	}
	got := []int{v.Orders, v.Waiting, v.Printing, v.Done, v.Unknown, v.Refused, v.Cancelled}
	want := []int{len(w.ids), 0, 0, counts[api.Done], counts[api.Unknown] + counts[api.NumberUnknown], counts[api.Refused], counts[api.Cancelled]}
	if !slices.Equal(got, want) {
		t.Errorf("the wave counts %v, on paper and in the book are %v", got, want)
	}
	q, err := w.client.Queue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if q.Counts.Done != len(printed) || q.Counts.Waiting+q.Counts.Printing != 0 {
		t.Errorf("the queue counts %+v, on paper are %d", q.Counts, len(printed))
	}
	t.Logf("%d on paper with %d separators, %d cancelled, %d for a person; %d labels were put back by the stop", len(printed), separators, counts[api.Cancelled], want[4], len(w.late))
}
