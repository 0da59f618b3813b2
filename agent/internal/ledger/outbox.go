package ledger

import (
	"context"
	"database/sql"
	"strings"
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
	Renewed int            // how often the order gave its number back before
	Number  waybill.Number // of "shipped" all that the order's parcels travel under, joined by commas
	Tries   int
}

// post has a message told. What an order of the fleet has to tell its platform
// tells, by what the fleet is told of its labels: here it is done with.
func (l *Ledger) post(tx *sql.Tx, orderID int64, waybill, what string) error {
	_, err := tx.Exec(`INSERT INTO outbox (order_id, waybill, what, renewed, done_at)
		SELECT id, ?, ?, renewed, iif(EXISTS (SELECT 1 FROM labels b JOIN fleet_labels f ON f.label_id = b.id WHERE b.order_id = orders.id), ?, 0)
		FROM orders WHERE id = ? ON CONFLICT DO NOTHING`, waybill, what, l.now(), orderID)
	return err
}

// Ship puts "shipped" for the label's order into the outbox, once, when every
// label of the order is on paper by the device's or a person's word. A presumed
// label is not enough: a false "shipped" hides a parcel that nobody has packed. Of an
// order that was cancelled when it had begun, the parcel is to be taken out.
func (l *Ledger) Ship(ctx context.Context, labelID int64) error {
	return l.tx(ctx, func(tx *sql.Tx) error { return l.ship(tx, labelID) })
}

func (l *Ledger) ship(tx *sql.Tx, labelID int64) error {
	var id int64
	if err := tx.QueryRow(`SELECT order_id FROM labels WHERE id = ?`, labelID).Scan(&id); err != nil {
		return notFound(err, ErrNoLabel)
	}
	return l.shipOrder(tx, id)
}

func (l *Ledger) shipOrder(tx *sql.Tx, id int64) error {
	var (
		number string
		ships  bool
	)
	err := tx.QueryRow(`SELECT waybill, alarm <> 'order-cancelled-too-late'
			AND coalesce((SELECT min(x.state IN (?,?) OR x.scanned_at > 0) FROM labels x WHERE x.order_id = o.id AND x.waybill = o.waybill), 0)
		FROM orders o WHERE id = ?`, Confirmed, Printed, id).Scan(&number, &ships)
	if err != nil || !ships {
		return err
	}
	return l.post(tx, id, number, "shipped")
}

const nextMessage = `SELECT x.id, x.what, o.source, o.platform_id, o.issuer, o.carrier, x.renewed, x.waybill, x.tries
	FROM outbox x JOIN orders o ON o.id = x.order_id WHERE x.done_at = 0 AND x.next_try NOT BETWEEN ? AND ? ORDER BY x.id LIMIT 1`

// NextMessage returns the message that is due, or ErrNothing.
func (l *Ledger) NextMessage(ctx context.Context) (Message, error) {
	var m Message
	soon, last := l.notYet()
	err := l.db.Read.QueryRowContext(ctx, nextMessage, soon, last).
		Scan(&m.ID, &m.What, &m.Order.Source, &m.Order.ID, &m.Issuer, &m.Carrier, &m.Renewed, &m.Number, &m.Tries)
	if err == nil && m.What == "shipped" {
		err = l.withAllNumbers(ctx, &m)
	}
	return m, notFound(err, ErrNothing)
}

// withAllNumbers names in a message all that the order's parcels travel under.
func (l *Ledger) withAllNumbers(ctx context.Context, m *Message) error {
	rows, err := l.db.Read.QueryContext(ctx, `SELECT b.own FROM labels b JOIN outbox x ON x.order_id = b.order_id AND x.waybill = b.waybill
		WHERE x.id = ? GROUP BY b.own ORDER BY min(b.parcel)`, m.ID)
	if err != nil {
		return err
	}
	numbers, err := collect(rows, func(r *sql.Rows, n *string) error { return r.Scan(n) })
	if len(numbers) > 0 {
		m.Number = waybill.Number(strings.Join(numbers, ","))
	}
	return err
}

// Told records that the message has arrived.
func (l *Ledger) Told(ctx context.Context, id int64) error {
	return l.txFor(ctx, 0, func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE outbox SET done_at = ?, problem = '' WHERE id = ?`, l.now(), id)
		return err
	})
}

// stops asks of an order whether its alarm is one that a parcel is to be stopped for.
const stops = `alarm IN ('order-cancelled-too-late', 'order-changed-too-late')`

// GaveUp ends a message that was answered with a no: asking again would bring
// the same answer. The order shows it as an alarm until a person has seen to it, but
// not in place of one that a parcel is to be stopped for.
func (l *Ledger) GaveUp(ctx context.Context, m Message, p Problem) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.Exec(`UPDATE outbox SET done_at = ?, problem = ? WHERE id = ?`, l.now(), p.Code, m.ID); err != nil {
			return err
		}
		_, err := tx.Exec(`UPDATE orders SET alarm = iif(`+stops+`, alarm, ?1), alarm_seen = iif(`+stops+`, alarm_seen, 0), problem = ?1, problem_detail = ?2 WHERE source = ?3 AND platform_id = ?4`, p.Code, p.args(), m.Order.Source, m.Order.ID)
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
