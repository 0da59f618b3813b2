// Package ledger keeps what is known of every order and label, and the rules
// between their states. It is the station's queue.
//
// Two effects cannot be taken back: a carrier gives a number, a printer moves
// paper. Each is written down before it may happen (issuing, intent) and its
// result after it, every time in a transaction that has reached the disk
// before the call returns. What a crash finds half done is therefore known to
// be half done: it becomes issue-unknown or unknown and is never tried again
// on a guess.
//
// Personal data goes in its time, by a count of time that no clock's jump hastens
// or holds up: a step of more than 14 days, or backward, is time that did not
// pass (age.go).
package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"miandan/agent/internal/audit"
	"miandan/agent/internal/order"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/store"
)

// Ledger is the station's ledger. Its methods may be called from several
// goroutines.
type Ledger struct {
	db    *store.DB
	seal  *seal.Sealer
	clock func() time.Time

	// ShipOnPaper posts "shipped" in the commit that puts the last label of an
	// order on paper by the device's or a person's word, see Ship. It is set before
	// the ledger is used. Two commits would lose the message to a crash between.
	ShipOnPaper bool

	// WavePatience is how long a label of a wave waits for one before it that is
	// not in the queue yet, see Claim; 0 is 30 s, less is not at all. It is set before the ledger is used.
	WavePatience time.Duration

	standing standing
	sound    <-chan struct{} // closed once all of the database has been read
	waits    waits
	marks    marks

	mu      sync.Mutex
	changed chan struct{}         // closed and renewed at each commit
	due     map[Due]chan struct{} // closed and taken out by a commit that may have made it due

	anchoring sync.Mutex
	anchor    audit.Anchor // what the key store knows of the audit's end
}

// ErrNoOrder and ErrNoLabel report that the ledger has no such thing.
var (
	ErrNoOrder = errors.New("the ledger has no such order")
	ErrNoLabel = errors.New("the ledger has no such label")
)

// ErrNothing reports that nothing is waiting.
var ErrNothing = errors.New("nothing is waiting")

// ErrPurged reports that the personal data has been deleted.
var ErrPurged = errors.New("the personal data of this order has been deleted")

// MoveError reports a move that the rules do not know.
type MoveError struct{ What, From, To string }

func (e *MoveError) Error() string {
	return fmt.Sprintf("%s is %s and cannot become %s", e.What, e.From, e.To)
}

// New returns the ledger on db. Recover must be called before anything else.
func New(db *store.DB, s *seal.Sealer, clock func() time.Time) *Ledger {
	return &Ledger{db: db, seal: s, clock: clock, sound: db.Checked(), changed: make(chan struct{})}
}

// Changes returns a channel that is closed after the next commit. Ask for it
// before reading what you then wait on.
func (l *Ledger) Changes() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.changed
}

func (l *Ledger) tx(ctx context.Context, f func(*sql.Tx) error) error {
	return l.txFor(ctx, dueAll, f)
}

func (l *Ledger) now() int64 { return l.clock().UnixMilli() }

// longestWait is the longest that anything is put off.
const longestWait = time.Hour

// notYet returns the bounds within which next_try means that something is not
// due. What is put off for longer than anything ever is was put off by a clock
// that has been set back since, and would wait for days.
func (l *Ledger) notYet() (from, to int64) {
	now := l.now()
	return now + 1, now + longestWait.Milliseconds()
}

func at(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// moveLabel makes one move by the rules.
func (l *Ledger) moveLabel(tx *sql.Tx, id int64, to LabelState, set string, args ...any) error {
	return l.moveFrom(tx, id, from(to), to, set, args...)
}

// requeue puts a label that has ended back into the queue as one more copy, before
// all that nobody asks for at this moment. It is for those who write down a person and a reason in the same transaction.
func (l *Ledger) requeue(tx *sql.Tx, id int64) error {
	return l.moveFrom(tx, id, reprints, Queued,
		`, copy = copy + 1, turn = 0, wave = 0, position = 0, ended_at = 0, next_try = 0, printer = '', problem = '', problem_detail = ''`)
}

func (l *Ledger) moveFrom(tx *sql.Tx, id int64, states []LabelState, to LabelState, set string, args ...any) error {
	q := `UPDATE labels SET state = ?` + set + ` WHERE id = ? AND state IN (` + placeholders(len(states)) + `)`
	args = append(append([]any{to}, args...), id)
	for _, s := range states {
		args = append(args, s)
	}
	r, err := tx.Exec(q, args...)
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n == 1 {
		return err
	}
	var is string
	if err := tx.QueryRow(`SELECT state FROM labels WHERE id = ?`, id).Scan(&is); err != nil {
		return notFound(err, ErrNoLabel)
	}
	return &MoveError{What: fmt.Sprintf("label %d", id), From: is, To: string(to)}
}

// moveOrder makes one move if the order is in one of the states.
func (l *Ledger) moveOrder(tx *sql.Tx, key order.Key, from []OrderState, to OrderState, set string, args ...any) error {
	args = append(append([]any{to}, args...), key.Source, key.ID)
	for _, s := range from {
		args = append(args, s)
	}
	r, err := tx.Exec(`UPDATE orders SET state = ?`+set+` WHERE source = ? AND platform_id = ? AND state IN (`+placeholders(len(from))+`)`, args...)
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n == 1 {
		l.standing.forget(key)
		return err
	}
	var is string
	if err := tx.QueryRow(`SELECT state FROM orders WHERE source = ? AND platform_id = ?`, key.Source, key.ID).Scan(&is); err != nil {
		return notFound(err, ErrNoOrder)
	}
	return &MoveError{What: "order " + key.ID, From: is, To: string(to)}
}

func placeholders(n int) string {
	s := "?"
	for range n - 1 {
		s += ",?"
	}
	return s
}

func notFound(err, as error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return as
	}
	return err
}
