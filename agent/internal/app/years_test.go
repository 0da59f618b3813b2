package app_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/app"
	"miandan/agent/internal/bench/past"
	"miandan/agent/internal/bench/tap"
	"miandan/agent/internal/host"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/practice"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/store"
)

// With -history 1000000 -queued 10000 the benchmark is of a station as it is after
// fifty days of twenty thousand labels.
var (
	history = flag.Int("history", 2000, "orders in the ledger's history, for benchmarks")
	queued  = flag.Int("queued", 200, "labels that wait, for benchmarks")
)

// years is a station with a history, its practice printer behind a tap.
func years(b *testing.B) (*app.App, *api.Client, *tap.Tap) {
	ctx := b.Context()
	dir := b.TempDir()
	b.Setenv(seal.KeysEnv, filepath.Join(dir, "keys"))
	world, err := practice.Open(filepath.Join(dir, "world"), practice.Config{Orders: 20})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { world.Close() })
	if err := practice.PutSecrets(world.Data); err != nil {
		b.Fatal(err)
	}
	settings, err := os.ReadFile(world.Config)
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(settings), `url = "tcp://`)
	printer, _, found := strings.Cut(rest, `"`)
	if !found {
		b.Fatalf("no printer in the practice settings:\n%s", settings)
	}
	front, err := tap.Open(printer)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { front.Close() })
	text := strings.Replace(string(settings), printer, front.Addr(), 1)
	text = strings.Replace(text, `level = "debug"`, `level = "info"`, 1)
	if err := os.WriteFile(world.Config, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	options := app.Options{Data: world.Data, Config: world.Config, Say: func(*notice.Error) {}}
	a, err := app.Open(ctx, options) // makes the key
	if err != nil {
		b.Fatal(err)
	}
	if err := a.Close(); err != nil {
		b.Fatal(err)
	}
	fill(b, world.Data)
	began := time.Now()
	if a, err = app.Open(ctx, options); err != nil {
		b.Fatal(err)
	}
	b.Logf("with %d in history and %d that wait: start in %v", *history, *queued, time.Since(began).Round(time.Millisecond))
	run, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- a.Run(run) }()
	b.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			b.Error(err)
		}
		if err := a.Close(); err != nil {
			b.Error(err)
		}
	})
	socket, err := host.MakeSocketPath(world.Data)
	if err != nil {
		b.Fatal(err)
	}
	return a, api.Local(socket, notice.English), front
}

func fill(b *testing.B, data string) {
	ctx := b.Context()
	keys, err := seal.OpenKeystore(data)
	if err != nil {
		b.Fatal(err)
	}
	sealer, err := seal.Open(keys, data, true)
	if err != nil {
		b.Fatal(err)
	}
	db, err := store.Open(ctx, data)
	if err != nil {
		b.Fatal(err)
	}
	l := ledger.New(db, sealer, time.Now)
	if _, err := l.Recover(ctx); err != nil {
		b.Fatal(err)
	}
	if err := past.Fill(ctx, db, *history, time.Now()); err != nil {
		b.Fatal(err)
	}
	if err := past.Queue(ctx, db, l, *queued, time.Now()); err != nil {
		b.Fatal(err)
	}
	if err := l.Stop(ctx); err != nil {
		b.Fatal(err)
	}
	if err := db.Checkpoint(ctx); err != nil {
		b.Fatal(err)
	}
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(data, store.FileName))
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("the database is %d MB", info.Size()>>20)
}

// times reports the middle and the slowest but one in a hundred.
func times(b *testing.B, all []time.Duration) {
	slices.Sort(all)
	ms := func(p int) float64 { return float64(all[(len(all)-1)*p/100].Microseconds()) / 1000 }
	b.ReportMetric(ms(50), "p50-ms")
	b.ReportMetric(ms(99), "p99-ms")
}

func BenchmarkStation(b *testing.B) {
	a, client, front := years(b)
	var labels []string
	for range 600 { // the practice orders print
		rows, err := a.Ledger.Rows(b.Context(), ledger.Filter{Since: time.Now().Add(-time.Minute), Waybill: "", Limit: -1})
		if err != nil {
			b.Fatal(err)
		}
		labels = labels[:0]
		for _, r := range rows {
			if r.Label == ledger.Confirmed && r.Parcels == 1 {
				labels = append(labels, string(r.Number))
			}
		}
		if len(labels) >= 8 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if len(labels) < 8 {
		b.Fatalf("%d practice labels are out, want 8", len(labels))
	}
	time.Sleep(2 * time.Second)
	page := func(name string, get func(ctx context.Context, i int) (rows int, err error)) {
		b.Run(name, func(b *testing.B) {
			var all []time.Duration
			for i := 0; b.Loop(); i++ {
				began := time.Now()
				n, err := get(b.Context(), i)
				if err != nil || n == 0 {
					b.Fatal(n, err)
				}
				all = append(all, time.Since(began))
			}
			times(b, all)
		})
	}
	page("QueuePage", func(ctx context.Context, _ int) (int, error) {
		q, err := client.QueueOf(ctx, api.QueueQuery{})
		return len(q.Rows), err
	})
	page("QueueFind", func(ctx context.Context, i int) (int, error) {
		q, err := client.QueueOf(ctx, api.QueueQuery{Find: fmt.Sprintf("%03d", i%*queued)})
		return len(q.Rows), err
	})
	page("OrdersPage", func(ctx context.Context, _ int) (int, error) {
		rows, err := client.OrdersOf(ctx, api.OrdersQuery{Limit: 200})
		return len(rows), err
	})
	for name, q := range map[string]api.HistoryQuery{
		"": {}, "/Printer": {Printer: "bench-2"}, "/Carrier": {Carrier: "ZTO", State: api.Done}, "/Cancelled": {State: api.Cancelled, Printer: "bench-1"},
		"/Number": {Find: fmt.Sprintf("JDV%012d", *history/2)}, "/Beginning": {Find: "JDV"}, "/Time": {To: time.Now().Add(-25 * time.Hour), Printer: "bench-3"},
	} {
		page("HistoryPage"+name, func(ctx context.Context, _ int) (int, error) {
			h, err := client.History(ctx, q)
			return len(h.Rows), err
		})
	}
	b.Run("Click", func(b *testing.B) {
		var all []time.Duration
		for i := 0; b.Loop(); i++ {
			next := front.Next()
			began := time.Now()
			ids, err := client.Reprint(b.Context(), api.Reprint{Waybill: labels[i%len(labels)], Reason: "benchmark"})
			if err != nil || len(ids) != 1 {
				b.Fatal(ids, err)
			}
			select {
			case at := <-next:
				all = append(all, at.Sub(began))
			case <-time.After(20 * time.Second):
				b.Fatal("no label within 20 s")
			}
			b.StopTimer()
			for { // the label in hand is settled
				c, err := a.Ledger.Counts(b.Context(), time.Now())
				if err != nil {
					b.Fatal(err)
				}
				if c.Printing == 0 {
					break
				}
				time.Sleep(2 * time.Millisecond)
			}
			b.StartTimer()
		}
		times(b, all)
	})
}
