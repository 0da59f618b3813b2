package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"miandan/agent/internal/audit"
	"miandan/agent/internal/order"
)

// ErrTooMany reports that as many receivers have been shown within the hour as
// may be.
var ErrTooMany = errors.New("as many receivers as may be have been shown within the hour")

// Allowance is how many receivers the people of one role may see at this station
// within an hour.
type Allowance struct {
	Role string // as the record names it; empty for none
	Most int    // negative: as many as they like
}

// Unlimited lets somebody see as many receivers as they like.
var Unlimited = Allowance{Most: -1}

// why is how the record tells whose allowance a click was taken from.
func (a Allowance) why() string {
	if a.Role == "" {
		return ""
	}
	return "as " + a.Role
}

// Revealing writes down that a person is about to see whom an order goes to.
// When it returns nil that is on disk, and the receiver may be opened once.
// What cannot be recorded is not shown.
//
// Clicks are counted in the record itself: so a restart forgets none, and two at
// once cannot both be the last. The first click beyond the allowance is put on
// record, once an hour; it and those after it get ErrTooMany.
func (l *Ledger) Revealing(ctx context.Context, key order.Key, p Person, a Allowance) error {
	var beyond bool
	err := l.tx(ctx, func(tx *sql.Tx) error {
		var id int64
		if err := tx.QueryRow(`SELECT id FROM orders WHERE source = ? AND platform_id = ?`, key.Source, key.ID).Scan(&id); err != nil {
			return notFound(err, ErrNoOrder)
		}
		if a.Most < 0 {
			return l.audit(tx, p.Who, audit.Revealed, id, nil, a.why())
		}
		shown, err := l.lately(tx, audit.Revealed, a.why())
		if err != nil {
			return err
		}
		if beyond = shown >= a.Most; !beyond {
			return l.audit(tx, p.Who, audit.Revealed, id, nil, a.why())
		}
		if told, err := l.lately(tx, audit.Exceeded, a.why()); err != nil || told > 0 {
			return err
		}
		return l.audit(tx, p.Who, audit.Exceeded, id, nil, a.why())
	})
	if err == nil && beyond {
		return ErrTooMany
	}
	return err
}

// lately counts the records of one of two kinds, and of one reason, of the hour before. What a
// clock that was set back has dated ahead counts too.
func (l *Ledger) lately(tx *sql.Tx, what, why string) (n int, err error) {
	// The word stands in the text, for the index holds just these two.
	err = tx.QueryRow(`SELECT count(*) FROM audit WHERE what = '`+what+`' AND at > ? AND why = ?`, l.clock().Add(-time.Hour).UnixMilli(), why).Scan(&n)
	return n, err
}

// Exporting writes down that a person is about to get a list of so many orders,
// and what it says of their receivers. When it returns nil that is on disk.
func (l *Ledger) Exporting(ctx context.Context, form string, orders int, p Person) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		return l.audit(tx, p.Who, audit.Exported, nil, nil, fmt.Sprintf("%s, %d orders", form, orders))
	})
}
