package bench_test

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"miandan/agent/internal/app"
	"miandan/agent/internal/carrier"
	"miandan/agent/internal/config"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/bench"
	"miandan/agent/internal/fleet/fleettest"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/platform"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/store"
	"miandan/printer/bitmap"
	"miandan/printer/virtual"
	"miandan/templates"
	"miandan/templates/barcode"
	"miandan/templates/scene"
)

func TestMain(m *testing.M) { fleettest.Main(m) }

// patience is how long something may take that happens at once on a quiet computer.
const patience = 2 * time.Minute

// generic is the layout of fleettest's labels: a code to know them by.
const generic = `title: 演示
page: {w: 60, h: 40}
elements:
- barcode: "{parcel.barcode}"
  at: {x: 2, y: 5, w: 56, h: 25}
  module: 0.25
- text: "{copy}"
  at: {x: 2, y: 32, w: 20, h: 5}
  size: 4
`

const paper = "60x40"

// world is a fleet with a platform station, and what its benches have in common.
type world struct {
	*fleettest.Database
	t        *testing.T
	platform *fleettest.Member
	layouts  *templates.Library
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return worldOn(t, fleettest.New(t))
}

func worldOn(t *testing.T, d *fleettest.Database) *world {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "generic.yaml"), []byte(generic), 0o600); err != nil {
		t.Fatal(err)
	}
	layouts, err := app.Templates(dir)
	if err != nil {
		t.Fatal(err)
	}
	return &world{Database: d, t: t, platform: d.Join(t, fleet.Station{Name: "platform", Platform: true}), layouts: layouts}
}

// station is a bench with a printer of its own, that can be killed and started again.
type station struct {
	*world
	name    string
	dir     string
	member  *fleettest.Member
	printer *virtual.Printer
	ahead   int
	lot     int

	db     *store.DB
	ledger *ledger.Ledger
	work   *dispatch.Station
	bench  *bench.Bench
	// hook is called at the fence, before and behind its answer.
	hook func(behind bool)
	// refused is called when the fence has refused a label, before that is back in the
	// queue.
	refused func()

	mu   sync.Mutex
	said []notice.Code
	stop func()
}

func (w *world) station(name string) *station {
	w.t.Helper()
	v, err := virtual.Start(virtual.Config{Language: virtual.ESCPOS, DotsPerMM: 8, Buffer: 64 << 10})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { v.Close() })
	s := &station{world: w, name: name, dir: w.t.TempDir(), printer: v, ahead: 2, member: w.Join(w.t, fleet.Station{Name: name})}
	s.open()
	w.t.Cleanup(func() { s.kill() })
	return s
}

// open opens the ledger as a start of the program does.
func (s *station) open() {
	t := s.t
	t.Helper()
	t.Setenv(seal.KeysEnv, s.dir+"-keys")
	keys, err := seal.OpenKeystore(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := seal.Open(keys, s.dir, store.Exists(s.dir))
	if err != nil {
		t.Fatal(err)
	}
	if s.db, err = store.Open(context.WithoutCancel(t.Context()), s.dir); err != nil {
		t.Fatal(err)
	}
	s.ledger = ledger.New(s.db, sealer, time.Now)
	if _, err := s.ledger.Recover(t.Context()); err != nil {
		t.Fatal(err)
	}
	p, err := app.OpenPrinter(config.Printer{
		Name: "p", URL: s.printer.URL(), Language: "escpos", Status: "ask", Confirm: "process-id", DotsPerMM: 8, BandRows: 128, Media: "label", Gap: 2,
		Paper: config.Paper{Width: 60_000, Height: 40_000}, DialTimeout: config.Duration{Duration: patience},
		SendTimeout: config.Duration{Duration: patience}, ConfirmTimeout: config.Duration{Duration: patience},
	})
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(testLog{t, s.name}, nil))
	say := func(n *notice.Error) {
		s.mu.Lock()
		s.said = append(s.said, n.Code)
		s.mu.Unlock()
	}
	s.bench = &bench.Bench{DB: s.member.DB, Ledger: s.ledger, Station: s.name, Printers: []*dispatch.Printer{p}, Ahead: s.ahead, Lot: s.lot,
		Log: log, Say: say, Every: 100 * time.Millisecond}
	s.work = &dispatch.Station{
		Ledger: s.ledger, Templates: s.layouts, Log: log, Clock: time.Now, Say: say, Printers: []*dispatch.Printer{p}, Fence: fence{s},
		Sources: map[string]platform.Source{}, Issuers: map[string]carrier.Issuer{},
		Rules: dispatch.Rules{
			Route: func(order.Order) (string, bool) { return "", false }, Template: func(string) string { return "" }, Shipped: "never",
			Retention: ledger.Retention{Ended: time.Hour, Unknown: time.Hour}, PollEvery: time.Hour,
		},
	}
	s.work.Watch(p)
}

// fence is the bench's, with the test's hand on it.
type fence struct{ s *station }

func (f fence) Pass(ctx context.Context, l ledger.Label) error {
	if f.s.hook != nil {
		f.s.hook(false)
	}
	err := f.s.bench.Pass(ctx, l)
	if f.s.hook != nil && err == nil {
		f.s.hook(true)
	}
	if f.s.refused != nil && err != nil {
		f.s.refused()
	}
	return err
}

func (f fence) PutBack(ctx context.Context, why error) { f.s.bench.PutBack(ctx, why) }

// run starts the station's loops.
func (s *station) run() {
	ctx, cancel := context.WithCancel(context.Background())
	var work sync.WaitGroup
	work.Go(func() { s.work.Run(ctx) })
	work.Go(func() { s.bench.Run(ctx) })
	s.stop = func() {
		cancel()
		work.Wait()
		s.stop = nil
	}
}

// kill leaves what was committed, and nothing else.
func (s *station) kill() {
	s.t.Helper()
	if s.stop != nil {
		s.stop()
	}
	if s.db != nil {
		if err := s.db.Close(); err != nil {
			s.t.Error(err)
		}
		s.db = nil
	}
}

func (s *station) again() {
	s.t.Helper()
	s.kill()
	s.open()
}

// labels publishes labels for a station, and returns their numbers.
func (w *world) labels(name string, n int, target string) []int64 {
	w.t.Helper()
	return fleettest.Labels(w.t, w.platform, name, n, target, paper)
}

func (w *world) state(id int64) fleet.State {
	w.t.Helper()
	return fleet.State(w.Value(w.t, `SELECT state FROM miandan.labels WHERE id = $1`, id))
}

// until waits for something.
func (w *world) until(what string, done func() bool) {
	w.t.Helper()
	for end := time.Now().Add(patience); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			w.t.Fatalf("not in %v: %s", patience, what)
		}
	}
}

func (w *world) untilState(id int64, want fleet.State) {
	w.t.Helper()
	w.until("label is "+string(want), func() bool { return w.state(id) == want })
}

// codes are what lies in the printer's tray, read off the paper.
func (s *station) codes() []string {
	s.t.Helper()
	var list []string
	for _, p := range s.printer.Prints() {
		list = append(list, read(s.t, p.Image))
	}
	slices.Sort(list)
	return list
}

func read(t *testing.T, img *bitmap.Image) string {
	t.Helper()
	text, err := barcode.Read(img, scene.Code128)
	if err != nil {
		t.Errorf("a label on paper does not read: %v", err)
	}
	return text
}

func (s *station) wantPaper(codes ...string) {
	s.t.Helper()
	slices.Sort(codes)
	if got := s.codes(); !slices.Equal(got, codes) {
		s.t.Errorf("%s has printed %q, want %q", s.name, got, codes)
	}
}

func (s *station) heard(code notice.Code) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, c := range s.said {
		if c == code {
			n++
		}
	}
	return n
}

// testLog writes a station's log into the test's, as long as that runs.
type testLog struct {
	t    *testing.T
	name string
}

func (l testLog) Write(b []byte) (int, error) {
	if l.t.Context().Err() == nil && testing.Verbose() {
		_, err := io.WriteString(l.t.Output(), l.name+" "+string(b))
		return len(b), err
	}
	return len(b), nil
}
