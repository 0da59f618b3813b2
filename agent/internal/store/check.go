package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"sync"
	"time"
)

// Reading all of a database at each start is what keeps the promise that nothing
// is sent by the word of a damaged one, and of a million orders it takes a minute.
// Of a large one it therefore goes on behind the start, and until it has ended:
//
//   - Whatever is known may go on. A label or an order moves by an UPDATE, and the
//     triggers let none change that does not add up; what an index alone claims of
//     it is not enough. The small tables that are acted on unchanged, and the
//     schema, have been read before.
//   - Whatever is in doubt waits, see Checked. A damaged index may have lost an order
//     that is long on paper, and it would be printed again: what seems to be new is
//     so only if two indexes say it.
//
// If it finds damage all writing ends, and a mark beside the database has the next
// start read all of it before anything else, which sets it aside.

// checkMark is the end of the mark's name.
const checkMark = "-check"

// Checked returns a channel that is closed once all of the database has been read,
// and was sound or Tx says what is wrong with it.
func (db *DB) Checked() <-chan struct{} { return db.checked }

// readAgain is when it is tried again to read all of a database, if that was kept from
// it by what says nothing of the database: memory that ran out, a file that somebody has.
const readAgain = 10 * time.Second

// readOn reads all of the database on a connection of its own.
func (db *DB) readOn(read func(ctx context.Context, path string) error, again time.Duration) {
	ctx, cancel := context.WithCancel(context.Background())
	var work sync.WaitGroup
	work.Go(func() {
		for ctx.Err() == nil { // or the database is being closed; who waits has gone
			err := read(ctx, db.path)
			if ctx.Err() == nil && (err == nil || ill(err)) {
				db.note(err)
				close(db.checked)
				return
			}
			select {
			case <-time.After(again):
			case <-ctx.Done():
			}
		}
	})
	db.stop = func() {
		cancel()
		work.Wait()
	}
}

func readWhole(ctx context.Context, path string) (err error) {
	r, err := connect(path, 1, "deferred", readCache)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if err := check(ctx, r, "integrity_check"); err != nil {
		return err
	}
	tx, err := r.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return Explain(err)
	}
	defer tx.Rollback()
	_, err = checkSums(tx, summed)
	return Explain(err)
}

// mark has the next start read all of the database first. Where that cannot be
// written, the next start finds the damage as this one did.
func (db *DB) mark() { os.WriteFile(db.path+checkMark, nil, 0o600) }

func (db *DB) isMarked() bool {
	_, err := os.Stat(db.path + checkMark)
	return err == nil
}

func (db *DB) unmark() error {
	if err := os.Remove(db.path + checkMark); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func sizeOf(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}
