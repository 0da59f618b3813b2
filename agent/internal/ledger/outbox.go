package ledger

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// Message is something that must be told to the outside, however long it takes.
type Message struct {
	ID      int64
	What    string // "shipped": to the platform; "cancel": the number back to its carrier
	Order   order.Key
	Issuer  string
	Carrier waybill.Carrier
	Number  waybill.Number
	Tries   int
}

func (l *Ledger) post(tx *sql.Tx, orderID int64, waybill, what string) error {
	_, err := tx.Exec(`INSERT INTO outbox (order_id, waybill, what) VALUES (?,?,?) ON CONFLICT DO NOTHING`, orderID, waybill, what)
	return err
}

// Ship puts "shipped" for the label's order into the outbox, once, when every
// label of the order is on paper by the device's or a person's word. A presumed
// label is not enough: a false "shipped" hides a parcel that nobody has packed.
func (l *Ledger) Ship(ctx context.Context, labelID int64) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		var open, id int64
		var number string
		err := tx.QueryRow(`SELECT o.id, o.waybill, (SELECT count(*) FROM labels x WHERE x.order_id = o.id AND x.waybill = o.waybill AND x.state NOT IN (?,?))
			FROM orders o JOIN labels b ON b.order_id = o.id WHERE b.id = ?`, Confirmed, Printed, labelID).Scan(&id, &number, &open)
		if err != nil {
			return notFound(err, ErrNoLabel)
		}
		if open > 0 {
			return nil
		}
		return l.post(tx, id, number, "shipped")
	})
}

// ErrNotOnPaper reports a scan of a label that was never sent to a printer.
var ErrNotOnPaper = errors.New("the label has not been sent to a printer")

// ErrWithdrawn reports a scan of a label whose order does not ship any more.
var ErrWithdrawn = errors.New("the order was cancelled or changed")

// Scanned records that the packer has scanned the finished label: whatever the
// printer said, the paper is on the parcel, and the platform may be told. A
// number that was typed in for a label that cannot be on paper is refused.
func (l *Ledger) Scanned(ctx context.Context, number string, p Person) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		var (
			id        int64
			state     OrderState
			sent, bad int
		)
		err := tx.QueryRow(`SELECT id, state,
				(SELECT count(*) FROM labels WHERE order_id = orders.id AND labels.waybill = orders.waybill AND attempt > 0),
				alarm = 'order-cancelled-too-late'
			FROM orders WHERE waybill = ? ORDER BY id DESC LIMIT 1`, number).Scan(&id, &state, &sent, &bad)
		switch {
		case err != nil:
			return notFound(err, ErrNoLabel)
		case state != Issued || bad > 0:
			return ErrWithdrawn
		case sent == 0:
			return ErrNotOnPaper
		}
		rows, err := tx.Query(`SELECT id FROM labels WHERE order_id = ? AND waybill = ? AND state = ?`, id, number, Unknown)
		if err != nil {
			return err
		}
		unknown, err := collect(rows, func(r *sql.Rows, id *int64) error { return r.Scan(id) })
		if err != nil {
			return err
		}
		if len(unknown) == 1 { // the scan is the person's word; of several, one is on the parcel and nobody knows which
			if err := l.end(tx, unknown[0], Printed); err != nil {
				return err
			}
		}
		if err := l.post(tx, id, number, "shipped"); err != nil {
			return err
		}
		return l.audit(tx, p.Who, "scanned", id, nil, p.Why)
	})
}

const nextMessage = `SELECT x.id, x.what, o.source, o.platform_id, o.issuer, o.carrier, x.waybill, x.tries
	FROM outbox x JOIN orders o ON o.id = x.order_id WHERE x.done_at = 0 AND x.next_try NOT BETWEEN ? AND ? ORDER BY x.id LIMIT 1`

// NextMessage returns the message that is due, or ErrNothing.
func (l *Ledger) NextMessage(ctx context.Context) (Message, error) {
	var m Message
	soon, last := l.notYet()
	err := l.db.Read.QueryRowContext(ctx, nextMessage, soon, last).
		Scan(&m.ID, &m.What, &m.Order.Source, &m.Order.ID, &m.Issuer, &m.Carrier, &m.Number, &m.Tries)
	return m, notFound(err, ErrNothing)
}

// Told records that the message has arrived.
func (l *Ledger) Told(ctx context.Context, id int64) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE outbox SET done_at = ?, problem = '' WHERE id = ?`, l.now(), id)
		return err
	})
}

// GaveUp ends a message that was answered with a no: asking again would bring
// the same answer. The order shows it as an alarm until a person has seen to it.
func (l *Ledger) GaveUp(ctx context.Context, m Message, p Problem) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.Exec(`UPDATE outbox SET done_at = ?, problem = ? WHERE id = ?`, l.now(), p.Code, m.ID); err != nil {
			return err
		}
		_, err := tx.Exec(`UPDATE orders SET alarm = ?, problem = ?, problem_detail = ? WHERE source = ? AND platform_id = ?`, p.Code, p.Code, p.args(), m.Order.Source, m.Order.ID)
		return err
	})
}

// NotTold puts the message off.
func (l *Ledger) NotTold(ctx context.Context, id int64, p Problem, wait time.Duration) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE outbox SET tries = tries + 1, problem = ?, next_try = ? WHERE id = ?`, p.Code, l.now()+wait.Milliseconds(), id)
		return err
	})
}
