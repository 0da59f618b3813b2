package ledger

import (
	"context"
	"database/sql"
)

// Due is what a commit may have made due. Several printers look after a commit
// whether there is a label for them, and a label takes half a dozen commits: each
// loop is woken by those that may concern it.
type Due uint8

const (
	DueNumbers  Due = 1 << iota // an order's number, or its labels
	DueLabels                   // a label for a printer
	DueMessages                 // something to tell the outside

	dueAll = DueNumbers | DueLabels | DueMessages
)

// Dues returns a channel that is closed after the next commit that may have made
// something of the kind due. Ask for it before reading what you then wait on. It
// says nothing of what becomes due because time passes.
func (l *Ledger) Dues(k Due) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.due[k] == nil {
		if l.due == nil {
			l.due = map[Due]chan struct{}{}
		}
		l.due[k] = make(chan struct{})
	}
	return l.due[k]
}

// pending says of each kind whether there is anything of it, due or put off.
var pending = map[Due]string{
	DueNumbers: `SELECT EXISTS (SELECT 1 FROM orders INDEXED BY orders_due
		WHERE (state = 'accepted' OR state = 'issue-unknown' OR (state = 'issued' AND labelled = 0)) AND key IS NOT NULL AND (state <> 'accepted' OR wanted = 1))`,
	DueLabels:   `SELECT EXISTS (SELECT 1 FROM labels INDEXED BY labels_queue WHERE state = 'queued')`,
	DueMessages: `SELECT EXISTS (SELECT 1 FROM outbox INDEXED BY outbox_due WHERE done_at = 0)`,
}

// Pending reports whether anything of the kind may become due because time passes.
// If not, only a commit can make something due, and Dues tells of that.
func (l *Ledger) Pending(ctx context.Context, k Due) (is bool, err error) {
	err = l.db.Read.QueryRowContext(ctx, pending[k]).Scan(&is)
	return is, err
}

// txFor is tx for what makes nothing due but what it names.
func (l *Ledger) txFor(ctx context.Context, k Due, f func(*sql.Tx) error) error {
	if err := l.commit(ctx, f); err != nil {
		return err
	}
	l.tell(k)
	return nil
}

// commit runs f in a durable transaction and tells nobody.
func (l *Ledger) commit(ctx context.Context, f func(*sql.Tx) error) error {
	// A commit that has begun is not abandoned because somebody lost patience:
	// its caller would not know whether it happened.
	return l.db.Tx(context.WithoutCancel(ctx), f)
}

// tell wakes those who wait for a change, and for what is due.
func (l *Ledger) tell(k Due) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.changed)
	l.changed = make(chan struct{})
	for waited, c := range l.due {
		if waited&k != 0 {
			close(c)
			delete(l.due, waited)
		}
	}
}
