package ledger

import (
	"context"
	"database/sql"
	"errors"

	"miandan/agent/internal/order"
	"miandan/agent/internal/seal"
)

// ErrWhy reports a reprint without a reason.
var ErrWhy = errors.New("a reprint needs a reason")

// ErrNotCleared reports a "not printed" that does not say how it is known that
// nothing is left in the printer.
var ErrNotCleared = errors.New("nobody has said how the printer was cleared")

// Person is who asks, and why.
type Person struct {
	Who string // the system's user, or the page's
	Why string
}

// ResolvePrinted records that a person saw the label on paper.
func (l *Ledger) ResolvePrinted(ctx context.Context, id int64, p Person) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		if err := l.fromUnknown(tx, id); err != nil {
			return err
		}
		if err := l.end(tx, id, Printed); err != nil {
			return err
		}
		return l.audit(tx, p.Who, "resolved-printed", nil, id, p.Why)
	})
}

// ResolveNotPrinted records that a person saw no label, and puts it back into
// the queue as a copy that this person has authorised. The caller has made
// sure before that nothing of it is left in a spooler or in the printer: a
// leftover would come out later, as a double that nobody asked for. cleared
// says how that is known.
func (l *Ledger) ResolveNotPrinted(ctx context.Context, id int64, p Person, cleared string) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		if err := l.fromUnknown(tx, id); err != nil {
			return err
		}
		if cleared == "" {
			return ErrNotCleared
		}
		// A label of which the data is gone cannot be printed again: it stays
		// unknown, where it is seen, and does not stop the queue.
		var purged bool
		if err := tx.QueryRow(`SELECT o.key IS NULL FROM orders o JOIN labels b ON b.order_id = o.id WHERE b.id = ?`, id).Scan(&purged); err != nil {
			return err
		}
		if purged {
			return ErrPurged
		}
		if err := l.moveLabel(tx, id, NotPrinted, ``); err != nil {
			return err
		}
		if err := l.requeue(tx, id); err != nil {
			return err
		}
		return l.audit(tx, p.Who, "resolved-not-printed", nil, id, cleared)
	})
}

func (l *Ledger) fromUnknown(tx *sql.Tx, id int64) error {
	var s LabelState
	if err := tx.QueryRow(`SELECT state FROM labels WHERE id = ?`, id).Scan(&s); err != nil {
		return notFound(err, ErrNoLabel)
	}
	if s != Unknown {
		return &MoveError{What: "the label", From: string(s), To: string(Printed)}
	}
	return nil
}

// Reprint puts the label of a parcel, or those of a whole waybill, back into the
// queue, each as one more copy; code is what is on the label. Labels that have not
// ended are left alone: an unknown one is resolved first. It returns the labels
// that were put back.
func (l *Ledger) Reprint(ctx context.Context, code string, p Person) ([]int64, error) {
	return l.reprint(ctx, p, func(tx *sql.Tx) ([]label, error) { return anyParcel(tx, code) })
}

// ReprintLabel is Reprint for one label of perhaps several under a number.
func (l *Ledger) ReprintLabel(ctx context.Context, id int64, p Person) ([]int64, error) {
	return l.reprint(ctx, p, func(tx *sql.Tx) ([]label, error) { return labelsBy(tx, "id", id) })
}

func (l *Ledger) reprint(ctx context.Context, p Person, choose func(*sql.Tx) ([]label, error)) ([]int64, error) {
	if p.Why == "" {
		return nil, ErrWhy
	}
	var ids []int64
	err := l.tx(ctx, func(tx *sql.Tx) error {
		ids = nil
		labels, err := choose(tx)
		if err != nil {
			return err
		}
		for _, f := range labels {
			if f.purged {
				return ErrPurged
			}
			if err := l.requeue(tx, f.id); err != nil {
				return err
			}
			if _, err := tx.Exec(`UPDATE orders SET ended_at = 0 WHERE id = (SELECT order_id FROM labels WHERE id = ?)`, f.id); err != nil {
				return err
			}
			if err := l.audit(tx, p.Who, "reprint", nil, f.id, p.Why); err != nil {
				return err
			}
			ids = append(ids, f.id)
		}
		return nil
	})
	return ids, err
}

// ResolveNoNumber records a person's word that the carrier has given no number
// for an order in issue-unknown, or that the number of a changed order has
// been given back: it is accepted again and may get one.
func (l *Ledger) ResolveNoNumber(ctx context.Context, key order.Key, p Person) error {
	return l.tx(ctx, func(tx *sql.Tx) error { return l.noNumber(tx, key, p) })
}

// ResolveNoNumberAs is ResolveNoNumber for an order that was read again: it is
// accepted as it is now, and never stands as it was between the two.
func (l *Ledger) ResolveNoNumberAs(ctx context.Context, o order.Order, plan Plan, p Person) error {
	content := l.content(o)
	return l.tx(ctx, func(tx *sql.Tx) error {
		if err := l.noNumber(tx, o.Key, p); err != nil {
			return err
		}
		known, err := l.readKnown(tx, o.Key)
		if err != nil {
			return err
		}
		_, err = l.again(tx, o, plan, content, known)
		return err
	})
}

func (l *Ledger) noNumber(tx *sql.Tx, key order.Key, p Person) error {
	err := l.moveOrder(tx, key, []OrderState{IssueUnknown, Changed}, Accepted, numberless)
	if err != nil {
		return err
	}
	// One whose data was deleted at once has come to its end with that.
	_, err = tx.Exec(`UPDATE orders SET state = ?, problem = 'order-deleted' WHERE source = ? AND platform_id = ? AND deleted_at > 0`, Cancelled, key.Source, key.ID)
	if err != nil {
		return err
	}
	return l.audit(tx, p.Who, "resolved-no-number", orderID(tx, key), nil, p.Why)
}

// numberless makes an order one that has never had a number. Where one may only
// have been lost, its carrier goes on being asked as it was.
const numberless = `, problem = '', problem_detail = '', alarm = '', tries = 0, next_try = 0, waybill = '', carrier = '', sealed_waybill = NULL, doubted = 0,
	renewed = renewed + (state <> 'issue-unknown')`

func orderID(tx *sql.Tx, key order.Key) any {
	var id int64
	if tx.QueryRow(`SELECT id FROM orders WHERE source = ? AND platform_id = ?`, key.Source, key.ID).Scan(&id) != nil {
		return nil
	}
	return id
}

// keyOf returns the key that the order's columns are sealed with.
func (l *Ledger) keyOf(tx *sql.Tx, key order.Key) (k seal.Key, err error) {
	var wrapped []byte
	if err := tx.QueryRow(`SELECT key FROM orders WHERE source = ? AND platform_id = ?`, key.Source, key.ID).Scan(&wrapped); err != nil {
		return k, notFound(err, ErrNoOrder)
	}
	if wrapped == nil {
		return k, ErrPurged
	}
	return l.seal.Unwrap(wrapped)
}

func collect[T any](rows *sql.Rows, scan func(*sql.Rows, *T) error) ([]T, error) {
	defer rows.Close()
	var all []T
	for rows.Next() {
		var v T
		if err := scan(rows, &v); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// Whereabouts is where what was sent of a label may still lie.
type Whereabouts struct {
	Printer  string // of the last attempt that is known; empty if none is
	Document string // its name for the spooler; empty if none is known: it may have had a later attempt
	Paper    string
	// Doubted is set after an old copy of the database was restored: there may
	// have been later attempts, on any printer of the same paper.
	Doubted bool
}

// Where returns where what was sent of a label may still lie.
func (l *Ledger) Where(ctx context.Context, id int64) (w Whereabouts, err error) {
	err = l.db.Read.QueryRowContext(ctx, `SELECT coalesce(nullif(b.printer, ''), a.printer, ''), iif(a.state = 'unknown', a.document, ''), b.paper, o.doubted
		FROM labels b JOIN orders o ON o.id = b.order_id LEFT JOIN attempts a ON a.label_id = b.id AND a.n = b.attempt WHERE b.id = ?`, id).
		Scan(&w.Printer, &w.Document, &w.Paper, &w.Doubted)
	return w, notFound(err, ErrNoLabel)
}
