package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"miandan/agent/internal/audit"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// Unread is a label that went to paper although its platform could not be asked
// whether the order still ships, and has not been asked since.
type Unread struct {
	Label  int64
	Order  order.Key
	Number waybill.Number
	At     time.Time // of its intent
	ReadAt time.Time // when the platform had told of the order last
}

// unread puts on record that an attempt begins so, in the commit of its intent.
func (l *Ledger) unread(tx *sql.Tx, label *Label) error {
	_, err := tx.Exec(`INSERT INTO unread (label_id, attempt, at, read_at) VALUES (?, ?, ?, ?)`, label.ID, label.attempt, l.now(), label.ReadAt.UnixMilli())
	if err != nil {
		return err
	}
	return l.audit(tx, agent, audit.Unread, nil, label.ID, fmt.Sprintf("attempt %d", label.attempt))
}

const unreadYet = `SELECT u.label_id, o.source, o.platform_id, b.own, u.at, u.read_at FROM unread u
	JOIN attempts a ON a.label_id = u.label_id AND a.n = u.attempt AND a.state <> 'queued' JOIN labels b ON b.id = u.label_id JOIN orders o ON o.id = b.order_id WHERE u.seen_at = 0 AND o.source = ? ORDER BY u.label_id, u.attempt LIMIT ?`

// Unread lists those of a source, the oldest first.
func (l *Ledger) Unread(ctx context.Context, source string, limit int) ([]Unread, error) {
	rows, err := l.db.Read.QueryContext(ctx, unreadYet, source, limit)
	if err != nil {
		return nil, err
	}
	return collect(rows, func(r *sql.Rows, u *Unread) error {
		var begun, readAt int64
		err := r.Scan(&u.Label, &u.Order.Source, &u.Order.ID, &u.Number, &begun, &readAt)
		u.At, u.ReadAt = at(begun), at(readAt)
		return err
	})
}

// ReadSince notes that the platform has told of a label's order since. What it told
// has been accepted.
func (l *Ledger) ReadSince(ctx context.Context, label int64) error {
	return l.txFor(ctx, 0, func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE unread SET seen_at = ? WHERE label_id = ? AND seen_at = 0`, l.now(), label)
		return err
	})
}
