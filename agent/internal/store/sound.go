package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"sync"

	sqlite3 "modernc.org/sqlite/lib"
)

// health is what the database has shown of itself since it was opened.
//
// Damage that shows while the program runs ends all writing: nothing is claimed
// or sent by the word of a database that is known to be wrong somewhere. The
// next start looks at all of it.
//
// After a write or a flush that failed, nobody knows what is on the disk: Linux
// forgets what it could not write and answers the next flush with success.
// SQLite writes the frames of a failed commit again, and the pages of a failed
// checkpoint; before anything more is accepted, all of it has to reach the disk
// once and to be read back. That also empties the WAL: what failed commits have
// left in it cannot be told from commits that got lost.
type health struct {
	mu      sync.Mutex
	damaged error
	unsure  bool
}

// sound returns nil if a transaction may begin.
func (db *DB) sound(ctx context.Context) error {
	db.health.mu.Lock()
	defer db.health.mu.Unlock()
	if db.health.damaged != nil {
		return db.health.damaged
	}
	if !db.health.unsure {
		return nil
	}
	if err := db.checkpoint(ctx); err != nil {
		return fmt.Errorf("after a write that failed: %w", err)
	}
	if err := db.check(ctx, "quick_check"); err != nil {
		if errors.Is(err, ErrDamaged) {
			db.health.damaged = err
		}
		return err
	}
	db.health.unsure = false
	return nil
}

// note keeps what an error says of the database's health.
func (db *DB) note(err error) error {
	if err == nil {
		return nil
	}
	db.health.mu.Lock()
	defer db.health.mu.Unlock()
	switch {
	case errors.Is(err, ErrDamaged):
		db.health.damaged = err
		db.mark()
	case errors.Is(err, ErrDisk), errors.Is(err, ErrFull):
		db.health.unsure = true
	}
	return err
}

// check asks SQLite how the database's pages hang together.
func (db *DB) check(ctx context.Context, how string) error { return check(ctx, db.Write, how) }

func check(ctx context.Context, db *sql.DB, how string) error {
	var result string
	if err := db.QueryRowContext(ctx, "PRAGMA "+how+"(1)").Scan(&result); err != nil {
		return Explain(fmt.Errorf("check database: %w", err))
	}
	switch {
	case result == "ok":
		return nil
	case unread(result): // what is damaged is put aside, and this may be a loose cable
		return fmt.Errorf("%w: %s", ErrDisk, result)
	}
	return fmt.Errorf("%w: %s", ErrDamaged, result)
}

// noPage is how SQLite's check says that it got no page, and by which of its codes.
var noPage = regexp.MustCompile(`unable to get the page\. error code=(\d+)`)

// unread reports whether a check failed to read what it was to judge.
func unread(result string) bool {
	found := noPage.FindStringSubmatch(result)
	if found == nil {
		return false
	}
	code, err := strconv.Atoi(found[1])
	return err == nil && code&0xFF == sqlite3.SQLITE_IOERR
}
