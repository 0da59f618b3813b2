package ledger_test

import (
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"miandan/agent/internal/bench/past"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/store"
	"miandan/printer"
)

var (
	costHistory = flag.Int("history", 10_000, "orders in the ledger's history, for BenchmarkLabelCost")
	costQueued  = flag.Int("queued", 1_000, "labels that wait, for BenchmarkLabelCost")
)

// BenchmarkLabelCost is what a label costs the ledger from the platform's word to
// the proof that it is out, each commit flushed to the disk. With -history 10000000
// it is that of a station of two years.
func BenchmarkLabelCost(b *testing.B) {
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
	must(past.Fill(ctx, db, *costHistory, time.Now()))
	must(past.Queue(ctx, db, l, *costQueued, time.Now()))
	must(db.Checkpoint(ctx))
	i := *costQueued
	for b.Loop() {
		i++
		must(printOne(ctx, l, i))
	}
}

// printOne takes an order to paper.
func printOne(ctx context.Context, l *ledger.Ledger, i int) error {
	paper := ledger.Paper{Template: "jd-76x130", Size: "76x130"} // not that of the labels that wait
	o := past.Order(i, time.Now())
	if _, err := l.Accept(ctx, o, ledger.Plan{Issuer: "jd-express", Wanted: true}); err != nil {
		return err
	}
	n, err := l.Next(ctx)
	if err != nil {
		return err
	}
	if n.Order.Key != o.Key {
		return fmt.Errorf("order %s is next, want %s", n.Order.Key, o.Key)
	}
	if err := l.Issuing(ctx, n); err != nil {
		return err
	}
	w := past.Waybill(o)
	if err := l.Issued(ctx, o.Key, w, 40*time.Millisecond); err != nil {
		return err
	}
	if err := l.Enqueue(ctx, o.Key, w, paper, 20*time.Millisecond); err != nil {
		return err
	}
	label, err := l.Claim(ctx, ledger.Claimant{Printer: "bench-1", Paper: paper.Size})
	if err != nil {
		return err
	}
	a, err := l.Prepare(ctx)
	if err != nil {
		return err
	}
	if err := l.Rendered(ctx, label.ID); err != nil {
		return err
	}
	if err := l.Intend(ctx, &label, a, sha256.Sum256([]byte(label.Number)), printer.Baseline{Printer: "bench-1", Mark: a.Mark.String()}); err != nil {
		return err
	}
	if err := l.Sending(ctx, label); err != nil {
		return err
	}
	_, err = l.Settle(ctx, label, ledger.Settled{Outcome: printer.Confirmed, Evidence: printer.Evidence{Method: "process-id", At: time.Now()}})
	return err
}
