package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"

	"miandan/agent/internal/store"
)

// together starts a transaction that holds the turn until several others wait, which
// are then committed together.
func together(t *testing.T, db *store.DB, work ...func(*sql.Tx) error) []error {
	t.Helper()
	var all sync.WaitGroup
	begun, goOn := make(chan struct{}), make(chan struct{})
	all.Go(func() {
		db.Tx(t.Context(), func(*sql.Tx) error { close(begun); <-goOn; return nil })
	})
	<-begun
	errs := make([]error, len(work))
	for i, f := range work {
		all.Go(func() { errs[i] = db.Tx(t.Context(), f) })
	}
	for db.Waiting() < len(work) {
		select {
		case <-t.Context().Done():
			t.Fatal("they do not wait")
		default:
		}
	}
	close(goOn)
	all.Wait()
	return errs
}

func insert(n int) func(*sql.Tx) error {
	return func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO cursors (source, cursor) VALUES (?, '')`, fmt.Sprint(n))
		return err
	}
}

func rowsOf(t *testing.T, db *store.DB) (n int) {
	t.Helper()
	if err := db.Read.QueryRow(`SELECT count(*) FROM cursors`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// What fails of several transactions leaves nothing and takes nothing along.
func TestTogetherEachIsItsOwn(t *testing.T) {
	db, err := store.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	no := errors.New("no")
	half := func(tx *sql.Tx) error { return errors.Join(insert(100)(tx), no) }
	errs := together(t, db, insert(1), half, insert(2), insert(2), insert(3))
	failed := 0
	for i, err := range errs {
		switch {
		case i == 1 && !errors.Is(err, no):
			t.Errorf("the one that failed says %v", err)
		case i != 1 && err != nil:
			failed++ // one of the two that put the same row
		}
	}
	if failed != 1 || rowsOf(t, db) != 3 {
		t.Errorf("%d failed and %d rows are there, want 1 and 3: %v", failed, rowsOf(t, db), errs)
	}
}

// A transaction that takes all of them along leaves nothing of any, and all are told.
func TestTogetherAllAreLost(t *testing.T) {
	db, err := store.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	no := errors.New("no")
	lose := func(tx *sql.Tx) error { // as SQLite does itself when the disk is full
		_, err := tx.Exec(`ROLLBACK`)
		return errors.Join(err, no)
	}
	own := errors.New("what it found of another's")
	found := func(tx *sql.Tx) error {
		if err := tx.QueryRow(`SELECT 1 FROM cursors`).Scan(new(int)); err != nil {
			return err
		}
		return own
	}
	for i, err := range together(t, db, insert(1), found, lose, insert(2), found) {
		if err == nil || errors.Is(err, own) {
			t.Errorf("transaction %d was told %v", i, err)
		}
	}
	if n := rowsOf(t, db); n != 0 {
		t.Errorf("%d rows are there", n)
	}
	for _, err := range together(t, db, insert(11), insert(12)) {
		if err != nil {
			t.Errorf("afterwards: %v", err)
		}
	}
	if n := rowsOf(t, db); n != 2 {
		t.Errorf("%d rows, want 2", n)
	}
}

// Once one of them meets damage, none is done by the word of that database.
func TestTogetherDamage(t *testing.T) {
	db, err := store.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	damage := func(*sql.Tx) error { return fmt.Errorf("a row: %w", store.ErrDamaged) }
	for i, err := range together(t, db, insert(1), damage, insert(2)) {
		if !errors.Is(err, store.ErrDamaged) {
			t.Errorf("transaction %d was told %v", i, err)
		}
	}
	if n := rowsOf(t, db); n != 0 {
		t.Errorf("%d rows are there", n)
	}
}

// A panic is for the goroutine whose transaction it is.
func TestTogetherAPanicIsOnesOwn(t *testing.T) {
	db, err := store.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var got any
	var all sync.WaitGroup
	all.Go(func() {
		defer func() { got = recover() }()
		db.Tx(t.Context(), func(*sql.Tx) error { panic("mine") })
	})
	all.Wait()
	if got != "mine" {
		t.Errorf("the panic is %v", got)
	}
	if err := db.Tx(t.Context(), insert(1)); err != nil {
		t.Errorf("after a panic: %v", err)
	}
}

// Whoever has lost patience before it waits has nothing done.
func TestTogetherCancelled(t *testing.T) {
	db, err := store.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := db.Tx(ctx, insert(1)); !errors.Is(err, context.Canceled) || rowsOf(t, db) != 0 {
		t.Errorf("%v, %d rows", err, rowsOf(t, db))
	}
}

// BenchmarkTx is a commit of one row, by one goroutine and by eight that share them.
func BenchmarkTx(b *testing.B) {
	for _, n := range []int{1, 8} {
		b.Run(fmt.Sprintf("%d at once", n), func(b *testing.B) {
			db, err := store.Open(b.Context(), b.TempDir())
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			b.ReportAllocs()
			b.SetParallelism(n)
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					err := db.Tx(b.Context(), func(tx *sql.Tx) error {
						_, err := tx.Exec(`INSERT INTO meta (name, value) VALUES ('n', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1`)
						return err
					})
					if err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}
