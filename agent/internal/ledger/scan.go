package ledger

import (
	"context"
	"database/sql"
	"errors"

	"miandan/agent/internal/order"
)

// ErrNotOnPaper reports a scan of a label that was never sent to a printer.
var ErrNotOnPaper = errors.New("the label has not been sent to a printer")

// ErrWithdrawn reports a scan of a label whose order does not ship any more.
var ErrWithdrawn = errors.New("the order was cancelled or changed")

// label is one that a code names.
type label struct {
	id, orderID int64
	waybill     string
	state       LabelState
	order       OrderState
	current     bool // of the number that its order has now
	tooLate     bool // its order was cancelled when it had begun
	attempts    int  // that may have sent a byte
	purged      bool
	scanned     bool // by the packer
}

// named returns the labels that a code names: what a scanner reads from one
// label names that, a number that several parcels travel under names them all.
func named(tx *sql.Tx, code string) ([]label, error) {
	for _, column := range []string{"barcode", "own", "waybill"} {
		if found, err := labelsBy(tx, column, code); !errors.Is(err, ErrNoLabel) {
			return found, err
		}
	}
	return nil, ErrNoLabel
}

func labelsBy(tx *sql.Tx, column string, value any) ([]label, error) {
	rows, err := tx.Query(`SELECT b.id, o.id, b.waybill, b.state, o.state, b.waybill = o.waybill, o.alarm = 'order-cancelled-too-late', (SELECT count(*) FROM attempts a WHERE a.label_id = b.id AND a.state <> 'queued'), o.key IS NULL, b.scanned_at > 0
		FROM labels b JOIN orders o ON o.id = b.order_id WHERE b.`+column+` = ? ORDER BY b.id`, value)
	if err != nil {
		return nil, err
	}
	found, err := collect(rows, func(r *sql.Rows, l *label) error {
		return r.Scan(&l.id, &l.orderID, &l.waybill, &l.state, &l.order, &l.current, &l.tooLate, &l.attempts, &l.purged, &l.scanned)
	})
	if err == nil && len(found) == 0 {
		err = ErrNoLabel
	}
	return found, err
}

// Packed is what a scan of a finished label has come to.
type Packed struct {
	Order   order.Key
	Waybill string
	Left    int   // parcels of the order that are still to be scanned
	Wave    int64 // the open wave that it is in; 0 for none
	Already bool  // it had been scanned before
}

// Scanned records that the packer has scanned a finished label: whatever the
// printer said, the paper is on the parcel. Once the last parcel of an order has
// been scanned, the platform may be told. A number that was typed in for a label
// that cannot be on paper is refused.
func (l *Ledger) Scanned(ctx context.Context, code string, p Person) (d Packed, err error) {
	err = l.tx(ctx, func(tx *sql.Tx) error {
		found, err := anyParcel(tx, code)
		if err != nil {
			return err
		}
		first := found[0]
		d = Packed{Waybill: first.waybill, Already: true}
		var unknown []int64
		for _, f := range found {
			d.Already = d.Already && f.scanned
			switch {
			case !f.current || f.order != Issued || f.tooLate:
				return ErrWithdrawn
			case f.attempts == 0:
				return ErrNotOnPaper
			case f.state == Unknown:
				unknown = append(unknown, f.id)
			}
		}
		if len(unknown) == 1 { // the scan is the person's word; of several, one is on the parcel and nobody knows which
			if err := l.end(tx, unknown[0], Printed); err != nil {
				return err
			}
		}
		for _, f := range found {
			if _, err := tx.Exec(`UPDATE labels SET scanned_at = ? WHERE id = ? AND scanned_at = 0`, l.now(), f.id); err != nil {
				return err
			}
		}
		err = tx.QueryRow(`SELECT o.source, o.platform_id, (SELECT count(*) FROM labels WHERE order_id = o.id AND waybill = ? AND scanned_at = 0),
				coalesce((SELECT max(w.id) FROM wave_orders m JOIN waves w ON w.id = m.wave_id WHERE m.order_id = o.id AND w.state <> 'closed'), 0)
			FROM orders o WHERE o.id = ?`, first.waybill, first.orderID).Scan(&d.Order.Source, &d.Order.ID, &d.Left, &d.Wave)
		if err != nil {
			return err
		}
		switch {
		case d.Left == 0:
			err = l.post(tx, first.orderID, first.waybill, "shipped")
		case l.ShipOnPaper: // the others may be out by their printer's word
			err = l.ship(tx, first.id)
		}
		if err != nil {
			return err
		}
		return l.audit(tx, p.Who, "scanned", first.orderID, first.id, p.Why)
	})
	return d, err
}
