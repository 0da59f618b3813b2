package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// Lost returns an order whose carrier's answer was lost, for a person who has
// looked its number up. Of an order that stands elsewhere it is a *MoveError.
func (l *Ledger) Lost(ctx context.Context, key order.Key) (Numbering, error) {
	n := Numbering{Order: order.Order{Key: key}, Again: true}
	var (
		state           OrderState
		wrapped, sealed []byte
		renewed         int
	)
	err := l.db.Read.QueryRowContext(ctx, `SELECT state, content, issuer, tries, key, sealed_order, renewed FROM orders WHERE source = ? AND platform_id = ?`, key.Source, key.ID).
		Scan(&state, &n.content, &n.Issuer, &n.Tries, &wrapped, &sealed, &renewed)
	switch {
	case err != nil:
		return Numbering{}, notFound(err, ErrNoOrder)
	case state != IssueUnknown:
		return Numbering{}, &MoveError{What: "order " + key.ID, From: string(state), To: string(Issued)}
	case wrapped == nil:
		return Numbering{}, ErrPurged
	}
	k, err := l.seal.Unwrap(wrapped)
	if err != nil {
		return Numbering{}, err
	}
	n.Order, err = openOrder(k, key, sealed)
	n.Order.Renewed = renewed
	return n, err
}

// TakenError reports a number that another order has.
type TakenError struct {
	Number waybill.Number
	Order  string // the platform's number of the order that has it
}

func (e *TakenError) Error() string {
	return fmt.Sprintf("waybill %s belongs to order %s", e.Number, e.Order)
}

// Adopted puts a number on disk that a person found in the carrier's console,
// for an order whose carrier's answer was lost. From there the order goes the
// way of every numbered one. n is what Lost returned: an order that has changed
// since is ErrStale, one that has its number by now a *MoveError.
func (l *Ledger) Adopted(ctx context.Context, n Numbering, w waybill.Waybill, p Person) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		key := n.Order.Key
		var (
			state OrderState
			same  bool
		)
		err := tx.QueryRow(`SELECT state, content = ? FROM orders WHERE source = ? AND platform_id = ?`, n.content, key.Source, key.ID).Scan(&state, &same)
		switch {
		case err != nil:
			return notFound(err, ErrNoOrder)
		case state != IssueUnknown: // the carrier is being asked, or has answered
			return &MoveError{What: "order " + key.ID, From: string(state), To: string(Issued)}
		case !same:
			return ErrStale
		}
		numbers := numbersOf(w)
		for _, number := range numbers {
			if err := l.free(tx, key, number); err != nil {
				return err
			}
		}
		if err := l.issued(tx, key, w, 0); err != nil {
			return err
		}
		return l.audit(tx, p.Who, "adopted-number", orderID(tx, key), nil, strings.Join(numbers, " "))
	})
}

// free reports a number that another order has, or has had.
func (l *Ledger) free(tx *sql.Tx, key order.Key, number string) error {
	var other string
	err := tx.QueryRow(`SELECT platform_id FROM orders WHERE NOT (source = ?1 AND platform_id = ?2) AND (waybill = ?3
			OR id IN (SELECT order_id FROM labels WHERE waybill = ?3 OR own = ?3)
			OR id IN (SELECT order_id FROM outbox WHERE waybill = ?3)) LIMIT 1`, key.Source, key.ID, number).Scan(&other)
	if err == nil {
		return &TakenError{waybill.Number(number), other}
	}
	if notFound(err, ErrNoOrder) != ErrNoOrder {
		return err
	}
	return l.freeOfUnrouted(tx, key, number)
}

// freeOfUnrouted looks into the waybills of which no labels have been made yet:
// the numbers of their boxes stand nowhere else.
func (l *Ledger) freeOfUnrouted(tx *sql.Tx, key order.Key, number string) error {
	rows, err := tx.Query(`SELECT source, platform_id, key, sealed_waybill FROM orders
		WHERE state = 'issued' AND labelled = 0 AND key IS NOT NULL AND sealed_waybill IS NOT NULL`)
	if err != nil {
		return err
	}
	type numbered struct {
		key             order.Key
		wrapped, sealed []byte
	}
	all, err := collect(rows, func(r *sql.Rows, n *numbered) error { return r.Scan(&n.key.Source, &n.key.ID, &n.wrapped, &n.sealed) })
	if err != nil {
		return err
	}
	for _, n := range all {
		k, err := l.seal.Unwrap(n.wrapped)
		if err != nil {
			return err
		}
		w, err := openWaybill(k, n.key, n.sealed)
		if err != nil {
			return err
		}
		for _, has := range numbersOf(w) {
			if has == number && n.key != key {
				return &TakenError{waybill.Number(number), n.key.ID}
			}
		}
	}
	return nil
}
