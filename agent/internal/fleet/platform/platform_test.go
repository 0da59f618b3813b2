package platform_test

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"sync"
	"syscall"
	"testing"
	"time"

	"miandan/agent/internal/app"
	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/fleettest"
	"miandan/agent/internal/fleet/platform"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/practice"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/secret"
)

// childOf is set in the environment of a test binary that is a platform station.
const childOf = "MIANDAN_TEST_PLATFORM_STATION"

func TestMain(m *testing.M) {
	if name := os.Getenv(childOf); name != "" {
		child(name)
		return
	}
	debug.SetMemoryLimit(1 << 30) // what the program sets is for one station
	fleettest.Main(m)
}

// child is a platform station as a process of its own, until it is killed.
func child(name string) {
	data := os.Getenv("MIANDAN_TEST_DATA")
	o, closed, err := optionsOf(data, os.Getenv("MIANDAN_TEST_CONFIG"), os.Getenv("MIANDAN_TEST_DSN"), name)
	if err != nil {
		slog.Error("child", "error", err)
		os.Exit(1)
	}
	defer closed()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if err := platform.Run(ctx, o); err != nil {
		slog.Error("child", "error", err)
	}
}

// asking is short, so that what a killed station leaves is found soon.
const asking = 5 * time.Second

// optionsOf opens a station from its settings, as the agent does, with its way to
// the fleet.
func optionsOf(data, config, dsn, name string) (platform.Options, func(), error) {
	a, err := app.Open(context.Background(), app.Options{Data: data, Config: config, Listen: "127.0.0.1:0", Say: func(*notice.Error) {}})
	if err != nil {
		return platform.Options{}, nil, err
	}
	keys, err := seal.OpenKeystore(data)
	if err != nil {
		return platform.Options{}, nil, err
	}
	key, err := fleet.KeyFrom(keys, false)
	if err != nil {
		return platform.Options{}, nil, err
	}
	db, err := fleet.Open(context.Background(), fleet.Config{DSN: dsn, Password: secret.New("password of " + name), Station: name, Key: key, MaxConns: 16})
	if err != nil {
		return platform.Options{}, nil, err
	}
	a.Station.Rules.PollEvery = time.Second
	return platform.Options{DB: db, Station: a.Station, Asking: asking, Tick: 200 * time.Millisecond}, func() { db.Close(); a.Close() }, nil
}

// world is a simulated JD with stations that share a database.
type world struct {
	*practice.World
	db *fleettest.Database
}

func newWorld(t *testing.T, orders int) *world {
	t.Helper()
	t.Setenv("MIANDAN_KEYS", filepath.Join(t.TempDir(), "keys"))
	db := fleettest.New(t)
	db.Admin(t, func(ctx context.Context, a *fleet.Admin) error { return platform.Prepare(ctx, a.Conn()) })
	p, err := practice.Open(t.TempDir(), practice.Config{Orders: orders})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return &world{p, db}
}

// join makes a platform station's data folder and its membership.
func (w *world) join(t *testing.T, name string) (data string) {
	t.Helper()
	data = filepath.Join(t.TempDir(), name)
	if err := os.MkdirAll(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := practice.PutSecrets(data); err != nil {
		t.Fatal(err)
	}
	keys, err := seal.OpenKeystore(data)
	if err != nil {
		t.Fatal(err)
	}
	key, err := fleet.KeyFrom(keys, true)
	if err != nil {
		t.Fatal(err)
	}
	w.db.Admin(t, func(ctx context.Context, a *fleet.Admin) error {
		code, err := a.Invite(ctx, fleet.Station{Name: name, Platform: true})
		if err != nil {
			return err
		}
		_, err = fleet.Join(ctx, w.db.DSN(), code, secret.New("password of "+name), key.Public())
		return err
	})
	return data
}

// run runs a platform station in this process until the test ends or stop is called.
func (w *world) run(t *testing.T, name string, change ...func(*platform.Options)) (stop func()) {
	t.Helper()
	o, closed, err := optionsOf(w.join(t, name), w.Config, w.db.DSN(), name)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range change {
		c(&o)
	}
	ended := w.runs(t, o)
	stop = sync.OnceFunc(func() { ended(); closed() })
	t.Cleanup(stop)
	return stop
}

// runs has an opened station work until stop is called.
func (w *world) runs(t *testing.T, o platform.Options) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := platform.Run(ctx, o); err != nil {
			t.Error(err)
		}
	}()
	return func() { cancel(); <-done }
}

// A station is stopped before it could begin: it ends.
func TestStoppedBeforeItBegan(t *testing.T) {
	w := newWorld(t, 0)
	ended := make(chan struct{})
	stop := w.run(t, "office-1")
	go func() { stop(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(time.Minute):
		t.Fatal("it goes on")
	}
}

// query returns one value.
func query[T any](t *testing.T, db *fleettest.Database, q string, args ...any) (v T) {
	t.Helper()
	db.Admin(t, func(ctx context.Context, a *fleet.Admin) error { return a.Conn().QueryRow(ctx, q, args...).Scan(&v) })
	return v
}

// until waits for something, with patience for a busy machine.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !ok(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("after two minutes: not yet %s", what)
		}
	}
}

func TestOrdersBecomeLabels(t *testing.T) {
	w := newWorld(t, 6)
	w.run(t, "office-1")
	until(t, "six orders with labels", func() bool {
		return query[int](t, w.db, `SELECT count(*) FROM miandan.orders WHERE state = 'issued' AND labelled`) == 6
	})
}

// fleetOf is another way of a platform station to the database.
func fleetOf(t *testing.T, w *world, name string) *fleettest.Member {
	t.Helper()
	key, err := fleet.NewKey() // it opens nothing, and need not
	if err != nil {
		t.Fatal(err)
	}
	return fleettest.Open(t, fleet.Config{DSN: w.db.DSN(), Password: secret.New("password of " + name), Station: name, Key: key})
}
