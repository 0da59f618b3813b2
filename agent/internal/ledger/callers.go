package ledger

import (
	"context"
	"database/sql"
)

// Note writes down what somebody did that concerns no order: a role taken, a page
// let in or shut out. What is one of the words of package audit or of those that
// the page shows. When it returns nil that is on disk.
func (l *Ledger) Note(ctx context.Context, what string, p Person) error {
	return l.tx(ctx, func(tx *sql.Tx) error { return l.audit(tx, p.Who, what, nil, nil, p.Why) })
}
