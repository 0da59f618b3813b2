// Package store opens the station's database: one SQLite file in WAL mode with
// synchronous=FULL, so that what was committed survives the loss of power.
//
// Writing goes through one connection. SQLite has one writer anyway, and a
// single connection turns "database is locked" from a condition that every
// caller must handle into a short wait. Reading has connections of its own:
// the page must not wait for a label.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// FileName is the database's name in the data folder.
const FileName = "miandan.db"

// ApplicationID marks the file as ours ("MIAN").
const ApplicationID = 0x4D49414E

// ErrDamaged reports a file that is no intact database of ours.
var ErrDamaged = errors.New("the database is damaged")

// ErrFull reports that the disk has no room for a commit. Nothing of the
// transaction has happened.
var ErrFull = errors.New("the disk is full")

// ErrDisk reports a disk that fails or refuses. Nothing of the transaction is
// counted as done.
var ErrDisk = errors.New("the disk cannot be read or written")

// ErrNewer reports a database that a later version has written.
var ErrNewer = errors.New("the database was written by a later version of the program")

// DB is the open database.
type DB struct {
	Write *sql.DB
	Read  *sql.DB
	// Torn is set if the WAL ended in the middle of a commit when the database
	// was opened: the power went in it, and it was never answered, or the last
	// commits were damaged, which looks the same.
	Torn bool

	path    string
	health  health
	queue   queue
	checked chan struct{} // closed once all of it has been read, see check.go
	stop    func()        // ends that reading and waits for its end
}

// Exists reports whether the folder holds a database.
func Exists(dir string) bool {
	info, err := os.Stat(filepath.Join(dir, FileName))
	return err == nil && info.Size() > 0
}

// Open opens the database in dir, makes it if there is none, and brings it to
// the present schema. It has read all of it when it returns.
func Open(ctx context.Context, dir string) (*DB, error) {
	return OpenSoon(ctx, dir, math.MaxInt64)
}

// OpenSoon is Open, and reads a database of more than so many bytes behind itself;
// see check.go.
func OpenSoon(ctx context.Context, dir string, atOnce int64) (*DB, error) {
	path := filepath.Join(dir, FileName)
	if err := register(); err != nil {
		return nil, fmt.Errorf("register the check sum: %w", err)
	}
	torn, err := checkWAL(path)
	if err != nil {
		return nil, err
	}
	w, err := connect(path, 1, "immediate", writeCache)
	if err != nil {
		return nil, err
	}
	db := &DB{Write: w, Torn: torn, path: path, queue: newQueue(), checked: make(chan struct{}), stop: func() {}}
	whole := !Exists(dir) || db.isMarked() || sizeOf(path) <= atOnce
	if err := db.prepare(ctx, whole); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	if db.Read, err = connect(path, 4, "deferred", readCache); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	if whole {
		close(db.checked)
		return db, db.unmark()
	}
	db.readOn(readWhole, readAgain)
	return db, nil
}

// Close closes the database. What was committed is safe without it.
func (db *DB) Close() error {
	db.stop()
	return errors.Join(db.Read.Close(), db.Write.Close())
}

// ErrReader reports that somebody's reading keeps the WAL from being emptied.
var ErrReader = errors.New("empty the WAL: somebody is reading it")

// Checkpoint brings all that was committed into the database's own file, flushes
// it and empties the WAL.
func (db *DB) Checkpoint(ctx context.Context) error { return db.note(db.checkpoint(ctx)) }

func (db *DB) checkpoint(ctx context.Context) error {
	select {
	case <-db.checked:
	default: // it reads for longer than anybody should wait
		return ErrReader
	}
	var busy, frames, done int
	if err := db.Write.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &done); err != nil {
		return Explain(fmt.Errorf("empty the WAL: %w", err))
	}
	if busy != 0 {
		return ErrReader
	}
	return nil
}

// Explain turns SQLite's word for a full disk, a failing one or a damaged file
// into ErrFull, ErrDisk or ErrDamaged, and leaves other errors as they are.
func Explain(err error) error {
	var se *sqlite.Error
	if !errors.As(err, &se) || errors.Is(err, ErrFull) || errors.Is(err, ErrDisk) || errors.Is(err, ErrDamaged) {
		return err
	}
	switch se.Code() & 0xFF {
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("%w: %w", ErrFull, err)
	case sqlite3.SQLITE_IOERR:
		if se.Code() == sqlite3.SQLITE_IOERR_WRITE || se.Code() == sqlite3.SQLITE_IOERR_SHMSIZE {
			return fmt.Errorf("%w: %w", ErrFull, err)
		}
		return fmt.Errorf("%w: %w", ErrDisk, err)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN:
		return fmt.Errorf("%w: %w", ErrDisk, err)
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	case sqlite3.SQLITE_CONSTRAINT:
		if se.Code() == sqlite3.SQLITE_CONSTRAINT_TRIGGER && strings.Contains(err.Error(), rowDamaged) {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
	}
	return err
}

// What a connection keeps of the file at most, in KB. A label touches the inner pages
// of every index, which of a million orders are 3 MB in all: whoever writes keeps
// them. The page reads what is new.
const (
	writeCache = 8 << 10
	readCache  = 2 << 10
)

func connect(path string, conns int, lock string, cache int) (*sql.DB, error) {
	q := url.Values{"_txlock": {lock}, "_pragma": {
		"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "fullfsync(1)", "checkpoint_fullfsync(1)",
		"secure_delete(ON)", "temp_store(MEMORY)", "foreign_keys(ON)", fmt.Sprintf("cache_size(-%d)", cache),
	}}
	db, err := openKept("file:" + filepath.ToSlash(path) + "?" + q.Encode())
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	db.SetMaxOpenConns(conns)
	return db, nil
}

func (db *DB) prepare(ctx context.Context, whole bool) error {
	tables := summed
	if whole {
		if err := db.check(ctx, "integrity_check"); err != nil {
			return err
		}
	} else {
		tables = summedFirst
	}
	// Builds of SQLite exist that lower the setting behind one's back.
	var synchronous, app, version int
	for pragma, into := range map[string]*int{"synchronous": &synchronous, "application_id": &app, "user_version": &version} {
		if err := db.Write.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(into); err != nil {
			return Explain(fmt.Errorf("read %s: %w", pragma, err))
		}
	}
	if synchronous != 2 {
		return fmt.Errorf("the database runs with synchronous=%d: commits would not survive the loss of power", synchronous)
	}
	if app != ApplicationID && (app != 0 || version != 0) {
		return fmt.Errorf("%w: the file belongs to another program (application id %#x)", ErrDamaged, app)
	}
	if version > len(migrations) {
		return fmt.Errorf("%w: schema %d, this program knows %d", ErrNewer, version, len(migrations))
	}
	var sums bool
	if err := db.look(ctx, func(tx *sql.Tx) (err error) { sums, err = checkSums(tx, tables); return err }); err != nil {
		var se *sqlite.Error
		if errors.As(err, &se) && se.Code() == sqlite3.SQLITE_ERROR { // a name in the schema that is none
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		return err
	}
	if sums && version == len(migrations) {
		return nil
	}
	return db.Tx(ctx, func(tx *sql.Tx) error { // one, or a first start would wait for the disk at each step
		for v := version; v < len(migrations); v++ {
			step := migrations[v] + fmt.Sprintf("; PRAGMA application_id=%d; PRAGMA user_version=%d", ApplicationID, v+1)
			if _, err := tx.ExecContext(ctx, step); err != nil {
				return fmt.Errorf("bring database to schema %d: %w", v+1, err)
			}
		}
		return putSums(tx)
	})
}
