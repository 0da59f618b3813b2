package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"miandan/agent/internal/order"
	"miandan/agent/internal/seal"
	"miandan/templates/waybill"
)

// Document is a label that somebody hands in under a number that it has: sealed by
// another platform, ready drawn, or as what it is drawn from. It comes whole: there
// is nobody to ask for it again.
type Document struct {
	Order   order.Key // of order.OfDocument
	Parent  string    // the platform's order number, if the key's is another
	Waybill waybill.Waybill
	Sealed  []byte // what was handed in, to the byte; of a platform what its component takes
	Paper   Paper
	PaidAt  time.Time // zero if nobody says
	Target  string    // the printer, or group, that it prints on; empty for any with the paper
}

// AcceptDocument puts a document on disk, as an order that has its number and one
// label in the queue. The same document is the same label, however often it is
// handed in and though its data has been deleted since. Another one under the same
// key takes the place of one of which no byte can have left; behind that it is
// TooLate, an alarm, and nothing of it is kept.
//
// While the label is in a printer's hand and has not left, nobody can say which of
// the two it is: that is ErrBusy, for a moment. A number under which another order
// travels is a *TakenError.
func (l *Ledger) AcceptDocument(ctx context.Context, d Document) (Verdict, error) {
	if err := l.waitIfNew(ctx, d.Order); err != nil {
		return "", err
	}
	content := l.documentContent(d)
	var verdict Verdict
	err := l.tx(ctx, func(tx *sql.Tx) error {
		k, err := l.readKnown(tx, d.Order)
		switch {
		case errors.Is(err, ErrNoOrder):
			verdict = Fresh
			return l.insertDocument(tx, d, content)
		case err != nil:
			return err
		}
		verdict, err = l.documentAgain(tx, d, content, k)
		return err
	})
	return verdict, err
}

// documentContent is what makes a document the same: all that decides what is
// printed and where.
func (l *Ledger) documentContent(d Document) []byte {
	w := d.Waybill
	return l.seal.Fingerprint([]byte("document"), []byte(w.Number), []byte(w.Carrier), []byte(d.Parent), []byte(d.Paper.Template), []byte(d.Paper.Size), d.Sealed)
}

// label is what is printed of it.
func (d Document) label() waybill.Label { return waybill.Label{Waybill: d.Waybill} }

// codes are the numbers that a document takes, and what a scanner reads from it:
// that too is on no other label.
func (d Document) codes() []string {
	list := numbersOf(d.Waybill)
	for _, p := range d.Waybill.Parcels {
		if p.Barcode != "" && !slices.Contains(list, p.Barcode) {
			list = append(list, p.Barcode)
		}
	}
	return list
}

// barcode is what a scanner reads from it.
func (d Document) barcode() string {
	if len(d.Waybill.Parcels) > 0 && d.Waybill.Parcels[0].Barcode != "" {
		return d.Waybill.Parcels[0].Barcode
	}
	return string(d.Waybill.Number)
}

// order is what is kept of the order. When it was paid is not: what lateness costs
// is another platform's rule, and nobody here knows it.
func (d Document) order(now time.Time) order.Order {
	return order.Order{Key: d.Order, State: order.ToShip, Parent: d.Parent, Receiver: d.Waybill.Receiver, PhoneKind: d.phone(), ReadAt: now, Modified: now}
}

func (d Document) phone() waybill.PhoneKind {
	if d.Waybill.PhoneKind == "" {
		return waybill.PhoneSealed
	}
	return d.Waybill.PhoneKind
}

// deadline is what the queue is sorted by, among orders of every platform. What was
// paid nobody knows when is as old as its handing in.
func (d Document) deadline(now time.Time) int64 {
	if d.PaidAt.IsZero() {
		return now.Add(order.ShipWithin).UnixMilli()
	}
	return d.PaidAt.Add(order.ShipWithin).UnixMilli()
}

// handedAgain is for how long somebody may hand in again what an old copy of the
// ledger has lost: what a page had no answer for, or what its people see undone.
const handedAgain = 24 * time.Hour

// lostTo reports whether a document may be on paper by a ledger that was lost, of
// what was paid before a time. One that does not say when it was paid is one that
// was handed in before, as long as somebody may still do so: to ask a person is
// little, to print it again by itself is what must not be.
func (d Document) lostTo(lost int64, now time.Time) bool {
	if d.PaidAt.IsZero() {
		return now.Add(-handedAgain).UnixMilli() < lost
	}
	return d.PaidAt.UnixMilli() < lost
}

// documentSeals are a document's sealed columns.
type documentSeals struct{ order, waybill, document []byte }

func (l *Ledger) sealDocument(k seal.Key, d Document) (s documentSeals, err error) {
	if s.order, err = sealOrder(k, d.order(l.clock())); err != nil {
		return s, err
	}
	s.document = k.Seal(d.Sealed, aad("document", d.Order))
	s.waybill, err = sealWaybill(k, d.Order, d.Waybill)
	return s, err
}

func (l *Ledger) insertDocument(tx *sql.Tx, d Document, content []byte) error {
	if err := l.strangers(tx, d.Order, d.codes()); err != nil {
		return err
	}
	key, wrapped, err := l.seal.NewKey()
	if err != nil {
		return err
	}
	sealed, err := l.sealDocument(key, d)
	if err != nil {
		return err
	}
	lost, err := gone(tx)
	if err != nil {
		return err
	}
	// What is known of it no more may be on paper.
	doubted := d.lostTo(lost, l.clock())
	r, err := tx.Exec(`INSERT INTO orders (source, platform_id, state, content, merchant, parent, issuer, wanted, deadline, read_at, created_at,
		key, sealed_order, sealed_waybill, sealed_document, carrier, waybill, phone_kind, doubted, labelled) VALUES (?,?,?,?,'',?,'',0,?,?,?,?,?,?,?,?,?,?,?,1)`,
		d.Order.Source, d.Order.ID, Issued, content, d.Parent, d.deadline(l.clock()), l.now(), l.now(),
		wrapped, sealed.order, sealed.waybill, sealed.document, string(d.Waybill.Carrier), string(d.Waybill.Number), string(d.phone()), doubted)
	if err != nil {
		return err
	}
	id, err := r.LastInsertId()
	if err != nil {
		return err
	}
	state, problem := Queued, ""
	if doubted {
		state, problem = Unknown, "label-unknown"
	}
	_, err = tx.Exec(`INSERT INTO labels (order_id, waybill, parcel, own, barcode, state, problem, template, paper, deadline, carrier, taken, target)
		SELECT id, waybill, 0, ?, ?, ?, ?, ?, ?, deadline, carrier, created_at, ? FROM orders WHERE id = ?`, string(d.label().Own()), d.barcode(), state, problem, d.Paper.Template, d.Paper.Size, d.Target, id)
	return err
}

// documentAgain deals with a document under a key that the ledger knows.
func (l *Ledger) documentAgain(tx *sql.Tx, d Document, content []byte, k known) (Verdict, error) {
	if gone, err := deleted(tx, k.id); gone || err != nil {
		return Same, err // a person had it deleted: it is not taken up again
	}
	if bytes.Equal(content, k.content) {
		return Same, nil
	}
	var waits bool
	err := tx.QueryRow(`SELECT count(*) > 0 AND total(state <> ?) = 0 FROM labels WHERE order_id = ?`, Queued, k.id).Scan(&waits)
	switch {
	case err != nil:
		return "", err
	case k.begun, k.key == nil:
		_, err := l.alarm(tx, k.id, "document-too-late", content)
		return TooLate, err
	case !waits:
		return "", ErrBusy
	}
	return Replaced, l.replaceDocument(tx, d, content, k)
}

// replaceDocument puts a document in the place of one that waits. It stays one
// label: it is the same parcel's.
func (l *Ledger) replaceDocument(tx *sql.Tx, d Document, content []byte, k known) error {
	if err := l.strangers(tx, d.Order, d.codes()); err != nil {
		return err
	}
	key, err := l.seal.Unwrap(k.key)
	if err != nil {
		return err
	}
	sealed, err := l.sealDocument(key, d)
	if err != nil {
		return err
	}
	err = l.moveOrder(tx, d.Order, []OrderState{Issued}, Issued,
		`, content = ?, parent = ?, deadline = ?, read_at = ?, sealed_order = ?, sealed_waybill = ?, sealed_document = ?, carrier = ?, waybill = ?, phone_kind = ?`,
		content, d.Parent, d.deadline(l.clock()), l.now(), sealed.order, sealed.waybill, sealed.document, string(d.Waybill.Carrier), string(d.Waybill.Number), string(d.phone()))
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE labels SET waybill = o.waybill, own = ?, barcode = ?, carrier = o.carrier, deadline = o.deadline, template = ?, paper = ?, target = ?, next_try = 0, problem = '', problem_detail = ''
		FROM orders o WHERE o.id = labels.order_id AND labels.order_id = ?`,
		string(d.label().Own()), d.barcode(), d.Paper.Template, d.Paper.Size, d.Target, k.id)
	return err
}

// Document returns the document of a label that stands for one, to the byte. Once
// the label is claimed no other document takes its place.
func (l *Ledger) Document(ctx context.Context, labelID int64) ([]byte, error) {
	var (
		key             order.Key
		wrapped, sealed []byte
	)
	err := l.db.Read.QueryRowContext(ctx, `SELECT o.source, o.platform_id, o.key, o.sealed_document FROM labels b JOIN orders o ON o.id = b.order_id WHERE b.id = ?`, labelID).
		Scan(&key.Source, &key.ID, &wrapped, &sealed)
	switch {
	case err != nil:
		return nil, notFound(err, ErrNoLabel)
	case wrapped == nil || sealed == nil:
		return nil, ErrPurged
	}
	k, err := l.seal.Unwrap(wrapped)
	if err != nil {
		return nil, err
	}
	return k.Open(sealed, aad("document", key))
}
