//go:build linux && (amd64 || arm64)

package store_test

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"miandan/agent/internal/store"
	"miandan/agent/internal/store/faulty"
)

// TestWhatWasRefusedIsNoDamage fails commits of all sizes one after the other,
// with good ones between them, and kills the agent. Each failed commit leaves
// frames behind in the WAL: they are no flushed commits that got lost, or a disk
// that was full for a minute would cost the whole ledger.
func TestWhatWasRefusedIsNoDamage(t *testing.T) {
	refused, empty := 0, filepath.Join(memory(t), "data")
	if err := os.Mkdir(empty, 0o700); err != nil {
		t.Fatal(err)
	}
	first, err := store.Open(t.Context(), empty)
	if err != nil {
		t.Fatal(err)
	}
	first.Close()
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 7))
		dir := copyOf(t, empty)
		d := install(t, faulty.Config{Seed: seed})
		db, err := store.Open(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		taken := 0
		for range 40 {
			if d.Heal(); random.IntN(3) > 0 {
				f := faulty.Fault{
					Op:    []faulty.Op{faulty.Write, faulty.Sync, ""}[random.IntN(3)],
					File:  []faulty.File{faulty.Any, faulty.WAL}[random.IntN(2)],
					Kind:  []faulty.Kind{faulty.IO, faulty.Full, faulty.ReadOnly}[random.IntN(3)],
					From:  1 + random.IntN(8),
					Times: random.IntN(3),
					Odds:  []float64{0, 0.2, 0.6}[random.IntN(3)],
				}
				if f.Op == faulty.Sync { // of which a commit has one
					f.From = 1
				}
				d.Break(f)
			}
			switch err := putMany(db, random.IntN(1+random.IntN(6))); {
			case err == nil:
				taken++
			case !named(err):
				t.Fatalf("seed %d: an error that nobody can be told: %v", seed, err)
			default:
				refused++
			}
			if random.IntN(4) == 0 {
				d.Heal()
				stands(t, copyOf(t, dir), taken, seed)
			}
		}
		d.Heal()
		db.Close()
		d.Uninstall()
	}
	if refused < 300 {
		t.Errorf("%d commits were refused: the test proves little", refused)
	}
}

// TestAReadThatFailsIsNoDamage opens a database while one read after the other fails:
// what could not be read is not broken, or a loose cable would put the ledger aside.
func TestAReadThatFailsIsNoDamage(t *testing.T) {
	_, whole := busy(t)
	failed := 0
	for from := 1; from < 1000; from++ {
		dir := copyOf(t, whole)
		d := install(t, faulty.Config{})
		d.Break(faulty.Fault{Op: faulty.Read, File: faulty.Any, Kind: faulty.IO, From: from, Times: 1})
		db, err := store.Open(t.Context(), dir)
		if err == nil {
			db.Close()
		}
		reads := d.Count(faulty.Read)
		d.Uninstall()
		os.RemoveAll(filepath.Dir(dir))
		if err != nil {
			failed++
		}
		if errors.Is(err, store.ErrDamaged) {
			t.Errorf("read %d failed: %v", from, err)
		}
		if from > reads {
			break
		}
	}
	if t.Logf("%d reads failed aloud", failed); failed < 10 {
		t.Error("the test proves little")
	}
}

// stands opens the database of a killed agent.
func stands(t *testing.T, dir string, taken int, seed uint64) {
	t.Helper()
	db, err := store.Open(t.Context(), dir)
	if err != nil {
		t.Errorf("seed %d, after %d commits: %v", seed, taken, err)
		return
	}
	defer db.Close()
	var n int
	if err := db.Read.QueryRow(`SELECT coalesce(max(value), 0) FROM meta WHERE name = 'taken'`).Scan(&n); err != nil || n < taken {
		t.Errorf("seed %d: %d commits are there (%v), and %d were answered", seed, n, err, taken)
	}
}

// putMany is a commit of about so many pages.
func putMany(db *store.DB, pages int) error {
	return db.Tx(context.Background(), func(tx *sql.Tx) error {
		if _, err := tx.Exec(`INSERT INTO meta (name, value) VALUES ('taken', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1`); err != nil {
			return err
		}
		for range pages {
			if _, err := tx.Exec(`INSERT INTO meta (name, value) VALUES (hex(randomblob(1400)), 0)`); err != nil {
				return err
			}
		}
		return nil
	})
}
