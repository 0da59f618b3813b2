//go:build linux && (amd64 || arm64)

package store_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"miandan/agent/internal/store"
	"miandan/agent/internal/store/faulty"
)

func put(db *store.DB, name string) error {
	return db.Tx(context.Background(), func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO meta (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1`, name)
		return err
	})
}

// TestAfterAFailedFlush: nothing is accepted until all that was committed has
// reached the database's own file.
func TestAfterAFailedFlush(t *testing.T) {
	d := install(t, faulty.Config{Power: faulty.Drop})
	defer d.Uninstall()
	dir := memory(t)
	db, err := store.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := put(db, "a"); err != nil {
		t.Fatal(err)
	}
	d.Break(faulty.Fault{Op: faulty.Sync, File: faulty.WAL, Kind: faulty.IO, Times: 1})
	if err := put(db, "a"); !errors.Is(err, store.ErrDisk) {
		t.Fatalf("the flush failed: %v, want ErrDisk", err)
	}
	d.Break(faulty.Fault{Op: faulty.Sync, File: faulty.Database, Kind: faulty.IO})
	for range 3 {
		if err := put(db, "a"); !errors.Is(err, store.ErrDisk) {
			t.Fatalf("a commit was taken before the disk was known to be well: %v", err)
		}
	}
	d.Heal()
	if err := put(db, "a"); err != nil {
		t.Fatalf("it does not go on: %v", err)
	}
	d.Cut()
	db.Close() // with the power gone it cannot end well
	d.Uninstall()
	if err := faulty.Reboot(dir); err != nil {
		t.Fatal(err)
	}
	if db, err = store.Open(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n int
	if err := db.Read.QueryRow(`SELECT value FROM meta WHERE name = 'a'`).Scan(&n); err != nil || n != 2 {
		t.Errorf("%d commits are there (%v), want the two that were answered", n, err)
	}
}

// TestDamageWhileRunning: one row that does not add up ends all writing, and
// the next start says so.
func TestDamageWhileRunning(t *testing.T) {
	dir := memory(t)
	db, err := store.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, name := range []string{"a", "b"} {
		if err := put(db, name); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Write.Exec(`UPDATE meta SET sum = sum + 1 WHERE name = 'a'`); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a", "b"} {
		if err := put(db, name); !errors.Is(err, store.ErrDamaged) {
			t.Errorf("%s: %v, want ErrDamaged", name, err)
		}
	}
	if again, err := store.Open(t.Context(), dir); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("it opens again: %v, want ErrDamaged", err)
		if err == nil {
			again.Close()
		}
	}
}
