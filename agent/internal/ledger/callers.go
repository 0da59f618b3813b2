package ledger

import (
	"context"
	"database/sql"
	"strings"

	"miandan/agent/internal/order"
)

// Note writes down what somebody did that concerns no order: a role taken, a page
// let in or shut out. What is one of the words of package audit or of those that
// the page shows. When it returns nil that is on disk.
func (l *Ledger) Note(ctx context.Context, what string, p Person) error {
	return l.tx(ctx, func(tx *sql.Tx) error { return l.audit(tx, p.Who, what, nil, nil, p.Why) })
}

// RowsOf returns the labels that were handed in under a source, the newest first: of
// the order of that id, or of all if it is "".
func (l *Ledger) RowsOf(ctx context.Context, key order.Key, limit int) ([]Row, error) {
	if !key.Given() {
		return nil, nil
	}
	var where strings.Builder
	where.WriteString(`o.source = ? AND o.source GLOB 'documents/*'`) // as the index has it
	args := []any{key.Source}
	if key.ID != "" {
		where.WriteString(` AND o.platform_id = ?`)
		args = append(args, key.ID)
	}
	rows, err := l.db.Read.QueryContext(ctx, rowColumns+`
		FROM orders o LEFT JOIN labels b ON b.order_id = o.id LEFT JOIN attempts a ON a.label_id = b.id AND a.n = b.attempt
		WHERE `+where.String()+` ORDER BY o.id DESC, b.id DESC LIMIT ?`, append(args, limit)...)
	if err != nil {
		return nil, err
	}
	return collect(rows, l.scanRow)
}
