package store_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"miandan/agent/internal/store"
)

func addOrder(db *store.DB, t *testing.T, id string) error {
	return db.Tx(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO orders (source, platform_id, state, content, merchant, issuer, wanted, deadline, read_at, created_at)
			VALUES ('local', ?, 'accepted', x'', 'SOP', '', 0, 1, 1, 1)`, id)
		return err
	})
}

func awaitCheck(t *testing.T, db *store.DB) {
	t.Helper()
	select {
	case <-db.Checked():
	case <-time.After(time.Minute):
		t.Fatal("the database is not read to its end")
	}
}

func TestALargeDatabaseIsReadBehindTheStart(t *testing.T) {
	dir := t.TempDir()
	db, err := store.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := addOrder(db, t, "1"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if db, err = store.OpenSoon(t.Context(), dir, 0); err != nil {
		t.Fatal(err)
	}
	if err := addOrder(db, t, "2"); err != nil {
		t.Error(err)
	}
	awaitCheck(t, db)
	if err := db.Checkpoint(t.Context()); err != nil {
		t.Error(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}

	raw, err := sql.Open("sqlite", filepath.Join(dir, store.FileName))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.Exec(`UPDATE orders SET sum = sum + 1 WHERE platform_id = '1'`); err != nil { // as if another column had changed
		t.Fatal(err)
	}
	if err := raw.Close(); err != nil {
		t.Fatal(err)
	}
	if db, err = store.OpenSoon(t.Context(), dir, 0); err != nil {
		t.Fatal(err)
	}
	touch := db.Tx(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE orders SET state = 'issuing' WHERE platform_id = '1'`)
		return err
	})
	if !errors.Is(touch, store.ErrDamaged) {
		t.Errorf("the damaged order moved: %v", touch)
	}
	awaitCheck(t, db)
	if err := addOrder(db, t, "3"); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("a damaged database is written: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if db, err := store.OpenSoon(t.Context(), dir, 0); !errors.Is(err, store.ErrDamaged) {
		t.Fatalf("a database that was seen to be damaged opens: %v, %v", db, err)
	}
	if _, err := store.SetAside(dir, time.Now()); err != nil {
		t.Fatal(err)
	}
	if db, err = store.OpenSoon(t.Context(), dir, 0); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestDamageIsFoundThoughNobodyTouchesIt(t *testing.T) {
	dir := t.TempDir()
	db, err := store.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := addOrder(db, t, "1"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open("sqlite", filepath.Join(dir, store.FileName))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.Exec(`UPDATE orders SET sum = sum + 1`); err != nil {
		t.Fatal(err)
	}
	if err := raw.Close(); err != nil {
		t.Fatal(err)
	}
	if db, err = store.OpenSoon(t.Context(), dir, 0); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	awaitCheck(t, db)
	if err := addOrder(db, t, "2"); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("a damaged database is written: %v", err)
	}
}

// A reading that could not be made does not count as one that found nothing.
func TestWhatCouldNotBeReadIsNotSound(t *testing.T) {
	tries := 0
	db := store.ReadBehind(func(context.Context, string) error {
		if tries++; tries < 3 {
			return errors.New("out of memory")
		}
		return nil
	})
	defer db.Stop()
	awaitCheck(t, db)
	if tries != 3 {
		t.Errorf("it counts as read after %d tries, want 3", tries)
	}
}
