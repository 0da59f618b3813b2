package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// Numbering is an order whose number is being taken.
type Numbering struct {
	Order  order.Order
	Issuer string
	Tries  int
	// Again is set for an order in issue-unknown: only a Finder may be asked.
	Again bool
	// Reference is what the carrier was asked under last, and what Issuing writes
	// down that it is about to be asked under.
	Reference string
	// Waybill is set for an order that has its number but not yet its routing.
	Waybill *waybill.Waybill

	content []byte // whom the order went to when this was read
}

// nextOrder names its index: left alone, SQLite gathers every order that ever had
// its number and sorts them, after each commit.
const nextOrder = `SELECT source, platform_id, state, content, issuer, tries, key, sealed_order, sealed_waybill, renewed, reference FROM orders INDEXED BY orders_due
	WHERE (state = 'accepted' OR state = 'issue-unknown' OR (state = 'issued' AND labelled = 0))
		AND key IS NOT NULL AND next_try NOT BETWEEN ? AND ?
		AND (state <> 'accepted' OR (wanted = 1 AND (wave = 0 OR wave IN (SELECT id FROM waves WHERE state = 'working'))))
	ORDER BY turn, wave, position, deadline, id`

// Next returns the order whose number is due next: accepted and wanted, or in
// issue-unknown, or issued and not yet routed. Waves take their numbers in the
// order in which they print, and a stopped one takes none. It changes nothing.
func (l *Ledger) Next(ctx context.Context) (Numbering, error) {
	return l.NextBut(ctx, func(order.Key) bool { return false })
}

// NextBut is Next, passing over the orders that somebody is busy with.
func (l *Ledger) NextBut(ctx context.Context, busy func(order.Key) bool) (Numbering, error) {
	var (
		n                     Numbering
		state                 OrderState
		wrapped, sealed, bill []byte
		renewed               int
	)
	soon, last := l.notYet()
	rows, err := l.db.Read.QueryContext(ctx, nextOrder, soon, last)
	if err != nil {
		return Numbering{}, err
	}
	defer rows.Close()
	for found := false; !found; {
		if !rows.Next() {
			return Numbering{}, cmp.Or(rows.Err(), ErrNothing)
		}
		err := rows.Scan(&n.Order.Source, &n.Order.ID, &state, &n.content, &n.Issuer, &n.Tries, &wrapped, &sealed, &bill, &renewed, &n.Reference)
		if err != nil {
			return Numbering{}, err
		}
		found = !busy(n.Order.Key)
	}
	if err := rows.Close(); err != nil {
		return Numbering{}, err
	}
	key, err := l.seal.Unwrap(wrapped)
	if err != nil {
		return Numbering{}, err
	}
	if n.Order, err = openOrder(key, n.Order.Key, sealed); err != nil {
		return Numbering{}, err
	}
	n.Again, n.Order.Renewed = state == IssueUnknown, renewed
	if state == Issued {
		w, err := openWaybill(key, n.Order.Key, bill)
		if err != nil {
			return Numbering{}, err
		}
		n.Waybill = &w
	}
	return n, nil
}

// ErrStale reports an order that has changed since Next read it.
var ErrStale = errors.New("the order has changed since it was read")

// Issuing writes down that the carrier is about to be asked. When it returns
// nil that is on disk, and the carrier may be asked once. An order that was
// replaced since Next read it is ErrStale: its number would be taken for the
// receiver of before, and nothing later would notice.
func (l *Ledger) Issuing(ctx context.Context, n Numbering) error {
	return l.txFor(ctx, 0, func(tx *sql.Tx) error {
		var same, purged bool
		err := tx.QueryRow(`SELECT content = ?, key IS NULL FROM orders WHERE source = ? AND platform_id = ?`, n.content, n.Order.Source, n.Order.ID).Scan(&same, &purged)
		switch {
		case err != nil:
			return notFound(err, ErrNoOrder)
		case !same:
			return ErrStale
		case purged: // its number could not be put on disk
			return ErrPurged
		}
		return l.moveOrder(tx, n.Order.Key, []OrderState{Accepted, IssueUnknown}, Issuing, `, reference = ?`, n.Reference)
	})
}

// Issued puts the number on disk, whatever else is still missing. A number whose
// labels were withdrawn before has not been given back, or the carrier would not
// give it again: it belongs to the receiver of then, so the order stands as
// changed until a person has seen to it. A number of another order is a *TakenError,
// and not put down.
func (l *Ledger) Issued(ctx context.Context, key order.Key, w waybill.Waybill, took time.Duration) error {
	return l.txFor(ctx, 0, func(tx *sql.Tx) error { // its labels are made by whoever took it
		if err := l.strangers(tx, key, numbersOf(w)); err != nil {
			return err
		}
		return l.issued(tx, key, w, took)
	})
}

func (l *Ledger) issued(tx *sql.Tx, key order.Key, w waybill.Waybill, took time.Duration) error {
	if err := l.putWaybill(tx, key, w, []OrderState{Issuing, IssueUnknown}, took); err != nil {
		return err
	}
	var withdrawn bool
	err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM labels b JOIN orders o ON o.id = b.order_id
		WHERE o.source = ? AND o.platform_id = ? AND b.waybill = o.waybill)`, key.Source, key.ID).Scan(&withdrawn)
	if err != nil || !withdrawn {
		return err
	}
	return l.moveOrder(tx, key, []OrderState{Issued}, Changed, `, problem = 'order-changed'`)
}

func (l *Ledger) putWaybill(tx *sql.Tx, key order.Key, w waybill.Waybill, from []OrderState, took time.Duration) error {
	k, err := l.keyOf(tx, key)
	if errors.Is(err, ErrPurged) { // deleted while its carrier was asked: there is nothing to try again
		return &MoveError{What: "order " + key.ID, From: "deleted", To: string(Issued)}
	}
	if err != nil {
		return err
	}
	sealed, err := sealWaybill(k, key, w)
	if err != nil {
		return err
	}
	return l.moveOrder(tx, key, from, Issued,
		`, sealed_waybill = ?, waybill = ?, carrier = ?, phone_kind = ?, issue_ms = issue_ms + ?, problem = '', problem_detail = '', tries = 0, next_try = 0, labelled = 0`,
		sealed, string(w.Number), string(w.Carrier), string(w.PhoneKind), ms(took))
}

// Paper is what a label needs of a printer.
type Paper struct {
	Template string
	Size     string // "76x130"
}

// Enqueue completes a numbered order: its routing is known and its labels
// enter the queue, one a parcel. Labels of a doubted order may be on paper by the
// word of a database that is no more: they stand in unknown.
func (l *Ledger) Enqueue(ctx context.Context, key order.Key, w waybill.Waybill, p Paper, took time.Duration) error {
	return l.txFor(ctx, DueLabels, func(tx *sql.Tx) error {
		var made bool
		err := tx.QueryRow(`SELECT state = ? AND labelled FROM orders WHERE source = ? AND platform_id = ?`, Issued, key.Source, key.ID).Scan(&made)
		switch {
		case err != nil:
			return notFound(err, ErrNoOrder)
		case made:
			return &MoveError{What: "order " + key.ID, From: "in the queue", To: string(Queued)}
		}
		if err := l.putWaybill(tx, key, w, []OrderState{Issued}, took); err != nil {
			return err
		}
		for i := range w.Parcels {
			own := string(waybill.Label{Waybill: w, Parcel: i}.Own())
			_, err := tx.Exec(`INSERT INTO labels (order_id, waybill, parcel, own, barcode, state, problem, template, paper, deadline, carrier, taken, turn, wave, position, target)
				SELECT id, waybill, ?, ?, ?, iif(doubted, ?, ?), iif(doubted, 'label-unknown', ''), ?, ?, deadline, carrier, created_at, turn, wave, position, target FROM orders WHERE source = ? AND platform_id = ?`,
				i, own, w.Parcels[i].Barcode, Unknown, Queued, p.Template, p.Size, key.Source, key.ID)
			if err != nil {
				return err
			}
		}
		_, err = tx.Exec(`UPDATE orders SET labelled = 1 WHERE source = ? AND platform_id = ?`, key.Source, key.ID)
		return err
	})
}

// Problem is why something is not going on: a code of package notice and what
// its sentence takes. The zero Problem is none.
type Problem struct {
	Code string
	Args []any // strings and numbers, nothing about a person
}

func (p Problem) args() string {
	b, err := json.Marshal(p.Args)
	if err != nil || p.Args == nil {
		return ""
	}
	return string(b)
}

func problemOf(code, args string) (Problem, error) {
	p := Problem{Code: code}
	if args == "" {
		return p, nil
	}
	return p, json.Unmarshal([]byte(args), &p.Args)
}

// NotIssued puts the order back: no number was taken. It is tried again after
// wait.
func (l *Ledger) NotIssued(ctx context.Context, key order.Key, p Problem, wait time.Duration) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		return l.moveOrder(tx, key, []OrderState{Issuing, Accepted}, Accepted, retry, p.Code, p.args(), l.now()+wait.Milliseconds())
	})
}

// askAgainAfter is how long a carrier that has said no is left alone, unless a
// person asks: the platform tells of an order many times over.
const askAgainAfter = 10 * time.Minute

// RefuseIssue records the carrier's definite no; no number was taken.
func (l *Ledger) RefuseIssue(ctx context.Context, key order.Key, p Problem) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		return l.moveOrder(tx, key, []OrderState{Issuing, Accepted}, Refused,
			`, problem = ?, problem_detail = ?, next_try = ?`, p.Code, p.args(), l.now()+askAgainAfter.Milliseconds())
	})
}

// IssueLost records that the carrier's answer was lost: a number may have been
// taken. The order stands in issue-unknown until the carrier or a person says.
func (l *Ledger) IssueLost(ctx context.Context, key order.Key, p Problem, wait time.Duration) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		return l.moveOrder(tx, key, []OrderState{Issuing, IssueUnknown}, IssueUnknown, retry, p.Code, p.args(), l.now()+wait.Milliseconds())
	})
}

// Unrouted puts off reading the routing of a numbered order.
func (l *Ledger) Unrouted(ctx context.Context, key order.Key, p Problem, wait time.Duration) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		return l.moveOrder(tx, key, []OrderState{Issued}, Issued, retry, p.Code, p.args(), l.now()+wait.Milliseconds())
	})
}

const retry = `, problem = ?, problem_detail = ?, tries = tries + 1, next_try = ?`

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
