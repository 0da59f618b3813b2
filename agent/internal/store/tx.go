package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
)

// A flush of the disk takes far longer than what a transaction writes, and at a
// station that is busy several wait for the one writer at any moment: each printer
// has a label, several numbers are being taken. Those that wait are committed
// together: each runs under a savepoint of its own, one commit flushes them all,
// and nobody is answered before it. For each of them nothing is different: all of
// it is on the disk, or nothing is.

// mostTogether is how many transactions one commit takes: what runs in it must not
// hold up the first of them for long.
const mostTogether = 16

// queue are the transactions that wait.
type queue struct {
	mu      sync.Mutex
	waiting []*work
	turn    chan struct{} // held by whoever commits
}

func newQueue() queue { return queue{turn: make(chan struct{}, 1)} }

// work is one transaction.
type work struct {
	f        func(*sql.Tx) error
	err      error
	panicked any
	done     chan struct{} // closed once err holds
}

func (q *queue) put(w *work) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, w)
}

// take returns what is to be committed together.
func (q *queue) take() []*work {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(len(q.waiting), mostTogether)
	list := q.waiting[:n:n]
	q.waiting = q.waiting[n:]
	return list
}

// Tx runs f in one durable transaction: when Tx returns nil, all of it is on
// disk; otherwise nothing is. Other transactions may share its commit, so f may be
// run by another goroutine; what it has read of theirs is on disk when Tx returns
// what f has said of it, an error as well. Once f waits to run, the context is not
// looked at any more.
func (db *DB) Tx(ctx context.Context, f func(*sql.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w := &work{f: f, done: make(chan struct{})}
	db.queue.put(w)
	for {
		select {
		case <-w.done:
			if w.panicked != nil {
				panic(w.panicked)
			}
			return w.err
		case db.queue.turn <- struct{}{}:
			select {
			case <-w.done: // whoever had the turn before did it
			default:
				db.commit(context.WithoutCancel(ctx), db.queue.take())
			}
			<-db.queue.turn
		}
	}
}

// commit runs transactions in one.
func (db *DB) commit(ctx context.Context, list []*work) {
	err := db.together(ctx, list)
	for _, w := range list {
		if err != nil { // also instead of what one has said of another's that is no more
			w.err = err
		}
		close(w.done)
	}
}

// together returns why none of them has happened; what keeps one alone from
// happening is in its own err.
func (db *DB) together(ctx context.Context, list []*work) error {
	if err := db.sound(ctx); err != nil {
		return err
	}
	tx, err := db.Write.BeginTx(ctx, nil)
	if err != nil {
		return db.note(Explain(err))
	}
	any := false
	for _, w := range list {
		lost, err := db.one(tx, w, len(list) > 1)
		if lost {
			tx.Rollback() // the transaction is lost either way; err says why
			return err
		}
		any = any || w.err == nil
	}
	if !any {
		tx.Rollback() // nothing of it has changed anything
		return nil
	}
	return db.note(Explain(tx.Commit()))
}

// one runs one transaction of several, and reports whether all of them are lost by
// what has happened in it.
func (db *DB) one(tx *sql.Tx, w *work, several bool) (lost bool, err error) {
	if !several {
		w.err = db.note(Explain(w.run(tx)))
		return false, nil
	}
	if _, err := tx.Exec("SAVEPOINT own"); err != nil {
		return true, db.note(Explain(err))
	}
	if w.err = db.note(Explain(w.run(tx))); ill(w.err) {
		return true, w.err // nothing more is done by the word of such a database
	}
	if w.err != nil {
		if _, err := tx.Exec("ROLLBACK TO own"); err != nil {
			return true, db.note(Explain(fmt.Errorf("take back one of several transactions: %w", err)))
		}
	}
	_, err = tx.Exec("RELEASE own")
	return err != nil, db.note(Explain(err))
}

// ill reports whether an error speaks of the database and not of the transaction.
func ill(err error) bool {
	return errors.Is(err, ErrDamaged) || errors.Is(err, ErrDisk) || errors.Is(err, ErrFull)
}

// run keeps a panic for the goroutine whose transaction it is.
func (w *work) run(tx *sql.Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			w.panicked, err = p, errors.New("panic in a transaction")
		}
	}()
	return w.f(tx)
}
