package ledger_test

import (
	"flag"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"miandan/agent/internal/bench/past"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/store"
	"miandan/agent/internal/worked"
)

var (
	costHistory = flag.Int("history", 10_000, "orders in the ledger's history, for BenchmarkLabelCost")
	costQueued  = flag.Int("queued", 1_000, "labels that wait, for BenchmarkLabelCost")
)

// BenchmarkLabelCost is what a label costs the ledger from the platform's word to
// the proof that it is out, each commit flushed to the disk, and how much of that the
// processor had to do, which a busy computer hardly changes. With -history 10000000
// it is that of a station of two years.
func BenchmarkLabelCost(b *testing.B) {
	l, must := aged(b, time.Now())
	i, before := *costQueued, worked.Here()
	for b.Loop() {
		i++
		must(past.Print(b.Context(), l, i))
	}
	if spent := worked.Here() - before; spent > 0 {
		b.ReportMetric(float64(spent.Microseconds())/float64(b.N), "cpu-µs/op")
	}
}

// BenchmarkLabelBesideTrim is the same while the whole history is old enough to be
// taken out, and is. With -history 100000 it lasts for long enough.
func BenchmarkLabelBesideTrim(b *testing.B) {
	l, must := aged(b, time.Now().Add(-ledger.SameFor))
	ended := make(chan error, 1)
	go func() { _, err := l.Trim(b.Context(), 0); ended <- err }()
	i := *costQueued
	var took []time.Duration
	for b.Loop() {
		i++
		began := time.Now()
		must(past.Print(b.Context(), l, i))
		took = append(took, time.Since(began))
	}
	select {
	case err := <-ended:
		b.Logf("it ended while %d labels were printed: %v", len(took), err)
	default:
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "longest-ms")
}

// aged is a ledger that has a history until a day before a time, and labels that wait.
func aged(b *testing.B, until time.Time) (*ledger.Ledger, func(error)) {
	ctx := b.Context()
	b.Setenv(seal.KeysEnv, filepath.Join(b.TempDir(), "keys"))
	dir := b.TempDir()
	keys, err := seal.OpenKeystore(dir)
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	must(err)
	sealer, err := seal.Open(keys, dir, false)
	must(err)
	db, err := store.Open(ctx, dir)
	must(err)
	b.Cleanup(func() { db.Close() })
	l := ledger.New(db, sealer, time.Now)
	_, err = l.Recover(ctx)
	must(err)
	must(past.Fill(ctx, db, *costHistory, until))
	must(past.Queue(ctx, db, l, *costQueued, time.Now()))
	must(db.Checkpoint(ctx))
	return l, must
}
