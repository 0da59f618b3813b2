package ledger

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"miandan/agent/internal/audit"
	"miandan/agent/internal/order"
)

// ErrBusy reports an order of which a number is being taken or a label is being
// sent: what is under way needs its data for a moment yet.
var ErrBusy = errors.New("a number is being taken or a label is being sent")

// ErrDeleteWhy reports a deletion without a reason.
var ErrDeleteWhy = errors.New("a deletion needs a reason")

// Deleted says what became of an order whose data was deleted.
type Deleted struct {
	Cancelled int  // labels that were taken out of the queue
	Returned  int  // numbers that go back to their carrier, for nothing of them was printed
	Unknown   int  // labels that may be on paper and stay unknown
	Already   bool // there was nothing left to delete
	// Emptied is false while somebody's reading keeps the old pages in the WAL. The
	// next purge makes up for it.
	Emptied bool
}

// Delete deletes an order's personal data at once, because a person asked for
// it: its key, what that sealed, and the keyed hash of whom it went to. What is
// not on paper is taken out of the queue, and its number is given back. What may
// be on paper stays unknown, as after a purge: a person's right to be forgotten
// does not wait for somebody to look for a label. Only what is under way at this
// moment does, and is ErrBusy. What is left of the order keeps it from being taken
// up again, however often its platform speaks of it.
func (l *Ledger) Delete(ctx context.Context, key order.Key, p Person) (d Deleted, err error) {
	if p.Why == "" {
		return d, ErrDeleteWhy
	}
	err = l.tx(ctx, func(tx *sql.Tx) error {
		d = Deleted{}
		return l.delete(tx, key, p, &d)
	})
	if err != nil {
		return d, err
	}
	for try := range 4 { // a page that is being read is done with in a moment
		if d.Emptied, err = l.emptyWAL(ctx); d.Emptied || err != nil {
			break
		}
		time.Sleep(100 * time.Millisecond << try)
	}
	return d, err
}

func (l *Ledger) delete(tx *sql.Tx, key order.Key, p Person, d *Deleted) error {
	k, err := l.readKnown(tx, key)
	if err != nil {
		return err
	}
	var sending int
	err = tx.QueryRow(`SELECT
		(SELECT count(*) FROM labels WHERE order_id = ?1 AND state IN ('intent', 'sending', 'sent')),
		(SELECT count(*) FROM labels WHERE order_id = ?1 AND state = 'unknown'),
		(SELECT deleted_at > 0 FROM orders WHERE id = ?1)`, k.id).Scan(&sending, &d.Unknown, &d.Already)
	switch {
	case err != nil:
		return err
	case sending > 0, k.state == Issuing:
		return ErrBusy
	}
	var numbers []string
	if !k.begun && !key.Given() && (k.state == Issued || k.state == Changed) {
		if numbers, err = l.numbers(tx, key, k); err != nil {
			return err
		}
	}
	r, err := tx.Exec(`UPDATE labels SET state = ?, ended_at = ?, problem = '', problem_detail = '' WHERE order_id = ? AND state IN (?,?,?)`,
		Dropped, l.now(), k.id, Queued, Claimed, Rendered)
	if d.Cancelled, err = count(r, err); err != nil {
		return err
	}
	for _, n := range numbers {
		if err := l.post(tx, k.id, n, "cancel"); err != nil {
			return err
		}
	}
	d.Returned = len(numbers)
	state := k.state
	if !k.begun && state != IssueUnknown { // of that one nobody knows whether it has a number
		state = Cancelled
	}
	// A carrier's words may be about the receiver.
	_, err = tx.Exec(`UPDATE orders SET state = ?, problem = iif(? IN (?, ?), 'order-deleted', problem), problem_detail = '',
		content = x'', alarm_about = NULL, phone_kind = '', wanted = 0, next_try = 0, ended_at = iif(ended_at = 0, ?, ended_at), deleted_at = iif(deleted_at = 0, ?, deleted_at) WHERE id = ?`,
		state, state, Cancelled, Skipped, l.now(), l.now(), k.id)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE labels SET problem_detail = '' WHERE order_id = ?`, k.id); err != nil {
		return err
	}
	// What was printed is known by a hash that has no key.
	if _, err := tx.Exec(`UPDATE attempts SET payload = x'' WHERE label_id IN (SELECT id FROM labels WHERE order_id = ?)`, k.id); err != nil {
		return err
	}
	if err := forget(tx, k.id); err != nil {
		return err
	}
	return l.audit(tx, p.Who, audit.Deleted, k.id, nil, p.Why)
}

// deleted reports whether a person had an order's data deleted at once.
func deleted(tx *sql.Tx, id int64) (yes bool, err error) {
	err = tx.QueryRow(`SELECT deleted_at > 0 FROM orders WHERE id = ?`, id).Scan(&yes)
	return yes, err
}
