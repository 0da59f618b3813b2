package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"miandan/agent/internal/order"
	"miandan/agent/internal/seal"
	"miandan/templates/waybill"
)

// FleetRef is a label of the fleet's database by one claim of it.
type FleetRef struct{ ID, Epoch int64 }

// FleetLabel is a label that this station has claimed from its fleet.
type FleetLabel struct {
	FleetRef
	Order    order.Order
	Waybill  waybill.Waybill
	Issuer   string
	Paper    Paper
	Target   string // a printer or group of this station; empty for any with the paper
	Parcel   int    // from 0
	Copy     int
	Lot      bool
	Deadline time.Time
	// Asked goes before all that nobody has asked for at this moment, and Position
	// decides among those that are: the fleet has its own waves, and what a station
	// holds of one is but a part.
	Asked    bool
	Position int64
}

// ErrBegun reports a label of the fleet of which this ledger knows that a byte may
// have left: it prints here by a person's word alone.
var ErrBegun = errors.New("a byte of the label may have left")

// TakeIn puts a claimed label into the queue, with its order if that is not known
// yet, in one commit. The same label again, by the same claim, changes nothing. One
// that this station had and gave back, of which no byte can have left, is queued
// anew; so is one that a person had put back as a further copy. ErrBegun leaves the
// ledger as it was.
func (l *Ledger) TakeIn(ctx context.Context, f FleetLabel) error {
	content := l.content(f.Order)
	return l.tx(ctx, func(tx *sql.Tx) error {
		var (
			label int64
			epoch int64
		)
		err := tx.QueryRow(`SELECT label_id, epoch FROM fleet_labels WHERE fleet_id = ?`, f.ID).Scan(&label, &epoch)
		switch {
		case err == nil && epoch >= f.Epoch:
			return l.sameClaim(tx, label, f, epoch)
		case err != nil && !errors.Is(err, sql.ErrNoRows):
			return err
		}
		orderID, err := l.fleetOrder(tx, f, content)
		if err != nil {
			return err
		}
		return l.fleetLabel(tx, orderID, f)
	})
}

// sameClaim deals with a label that was taken in by the same claim, or by a later
// one than this: the database answered twice, or late.
func (l *Ledger) sameClaim(tx *sql.Tx, label int64, f FleetLabel, epoch int64) error {
	if epoch > f.Epoch {
		return nil
	}
	_, err := tx.Exec(`UPDATE fleet_labels SET lot = ? WHERE label_id = ?`, f.Lot, label)
	return err
}

// fleetOrder finds the order of a label, or makes it: it has its number.
func (l *Ledger) fleetOrder(tx *sql.Tx, f FleetLabel, content []byte) (int64, error) {
	k, err := l.readKnown(tx, f.Order.Key)
	switch {
	case errors.Is(err, ErrNoOrder):
		return l.insertFleetOrder(tx, f, content)
	case err != nil:
		return 0, err
	}
	if gone, err := deleted(tx, k.id); err != nil || gone {
		return 0, errors.Join(err, ErrPurged)
	}
	wrapped := k.key
	if wrapped == nil {
		if _, wrapped, err = l.seal.NewKey(); err != nil {
			return 0, err
		}
	}
	key, err := l.seal.Unwrap(wrapped)
	if err != nil {
		return 0, err
	}
	sealed, bill, err := l.sealFleet(key, f)
	if err != nil {
		return 0, err
	}
	l.standing.forget(f.Order.Key)
	_, err = tx.Exec(`UPDATE orders SET state = ?, content = ?, issuer = ?, key = ?, sealed_order = ?, sealed_waybill = ?, waybill = ?, carrier = ?, phone_kind = ?,
		read_at = ?, labelled = 1, problem = '', problem_detail = '', ended_at = 0, kept_from = 0, kept_why = '', kept_stamp = 0, deadline = ? WHERE id = ?`,
		Issued, content, f.Issuer, wrapped, sealed, bill, string(f.Waybill.Number), string(f.Waybill.Carrier), string(f.Waybill.PhoneKind),
		f.Order.ReadAt.UnixMilli(), f.Deadline.UnixMilli(), k.id)
	return k.id, err
}

func (l *Ledger) insertFleetOrder(tx *sql.Tx, f FleetLabel, content []byte) (int64, error) {
	key, wrapped, err := l.seal.NewKey()
	if err != nil {
		return 0, err
	}
	sealed, bill, err := l.sealFleet(key, f)
	if err != nil {
		return 0, err
	}
	o := f.Order
	r, err := tx.Exec(`INSERT INTO orders (source, platform_id, state, content, merchant, parent, issuer, wanted, deadline, read_at, created_at,
		key, sealed_order, sealed_waybill, carrier, waybill, phone_kind, labelled) VALUES (?,?,?,?,?,?,?,1,?,?,?,?,?,?,?,?,?,1)`,
		o.Source, o.ID, Issued, content, o.Merchant, o.Parent, f.Issuer, f.Deadline.UnixMilli(), o.ReadAt.UnixMilli(), l.now(),
		wrapped, sealed, bill, string(f.Waybill.Carrier), string(f.Waybill.Number), string(f.Waybill.PhoneKind))
	if err != nil {
		return 0, err
	}
	id, err := r.LastInsertId()
	if err != nil {
		return 0, err
	}
	return id, putGoods(tx, id, o)
}

func (l *Ledger) sealFleet(key seal.Key, f FleetLabel) (sealed, bill []byte, err error) {
	if sealed, err = sealOrder(key, f.Order); err != nil {
		return nil, nil, err
	}
	bill, err = sealWaybill(key, f.Order.Key, f.Waybill)
	return sealed, bill, err
}

// Turns of the fleet's labels in this station's own queue.
func (f FleetLabel) turn() (turn int, position int64) {
	if f.Asked {
		return turnAsked, f.Position
	}
	return turnOther, 0
}

// fleetLabel makes the label, or puts the one that the ledger has of the same
// parcel back into the queue.
func (l *Ledger) fleetLabel(tx *sql.Tx, orderID int64, f FleetLabel) error {
	var (
		id    int64
		state LabelState
		had   int
		begun bool
	)
	turn, position := f.turn()
	err := tx.QueryRow(`SELECT id, state, copy, EXISTS (SELECT 1 FROM attempts a WHERE a.label_id = labels.id AND a.copy = labels.copy AND a.state <> 'queued')
		FROM labels WHERE order_id = ? AND waybill = ? AND parcel = ?`, orderID, string(f.Waybill.Number), f.Parcel).Scan(&id, &state, &had, &begun)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		own := string(waybill.Label{Waybill: f.Waybill, Parcel: f.Parcel}.Own())
		barcode := own
		if f.Parcel < len(f.Waybill.Parcels) {
			barcode = f.Waybill.Parcels[f.Parcel].Barcode
		}
		r, err := tx.Exec(`INSERT INTO labels (order_id, waybill, parcel, own, barcode, state, template, paper, deadline, carrier, taken, copy, turn, position, target)
			SELECT id, waybill, ?, ?, ?, ?, ?, ?, deadline, carrier, created_at, ?, ?, ?, ? FROM orders WHERE id = ?`,
			f.Parcel, own, barcode, Queued, f.Paper.Template, f.Paper.Size, f.Copy, turn, position, f.Target, orderID)
		if err != nil {
			return err
		}
		if id, err = r.LastInsertId(); err != nil {
			return err
		}
	case err != nil:
		return err
	case f.Copy <= had && begun, state == Unknown && f.Copy <= had:
		return ErrBegun
	default:
		// Whoever put it back there, by a person's word or since nothing of it had
		// left, did so in the database, under a claim that is over.
		states := []LabelState{Queued, Claimed, Rendered, Dropped, Superseded}
		if f.Copy > had {
			states = append(states, Unknown, Confirmed, Presumed, Printed, NotPrinted)
		}
		err := l.moveFrom(tx, id, states, Queued, `, copy = ?, template = ?, paper = ?, target = ?, turn = ?, wave = 0, position = ?, deadline = ?,
			ended_at = 0, next_try = 0, printer = '', problem = '', problem_detail = ''`,
			max(f.Copy, had), f.Paper.Template, f.Paper.Size, f.Target, turn, position, f.Deadline.UnixMilli())
		if move := (*MoveError)(nil); errors.As(err, &move) {
			return ErrBegun // in a printer's hand
		}
		if err != nil {
			return err
		}
	}
	_, err = tx.Exec(`INSERT INTO fleet_labels (label_id, fleet_id, epoch, copy, lot) VALUES (?,?,?,?,?)
		ON CONFLICT (label_id) DO UPDATE SET fleet_id = excluded.fleet_id, epoch = excluded.epoch, copy = excluded.copy, lot = excluded.lot`,
		id, f.ID, f.Epoch, f.Copy, f.Lot)
	return err
}

// LetGo takes a label of the fleet out of this station's queue, durably: after it,
// nothing of it can leave here. ErrBegun says that something may have left, or that a
// person here wants a further copy, and changes nothing. A label that is not here, or not by that claim, is let go
// already. why is a code of package notice.
func (l *Ledger) LetGo(ctx context.Context, ref FleetRef, why string) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		var (
			id, orderID int64
			state       LabelState
			begun       bool
		)
		err := tx.QueryRow(`SELECT b.id, b.order_id, b.state, b.copy > f.copy OR EXISTS (SELECT 1 FROM attempts a WHERE a.label_id = b.id AND a.copy = b.copy AND a.state <> 'queued')
			FROM fleet_labels f JOIN labels b ON b.id = f.label_id WHERE f.fleet_id = ? AND f.epoch = ?`, ref.ID, ref.Epoch).Scan(&id, &orderID, &state, &begun)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return nil
		case err != nil:
			return err
		case state == Dropped || state == Superseded:
			return nil
		case begun:
			return ErrBegun
		}
		// Not Dropped: an order that ships after all brings that back.
		err = l.moveFrom(tx, id, beforeIntent, Superseded, `, ended_at = ?, problem = ?, problem_detail = '', printer = ''`, l.now(), why)
		if move := (*MoveError)(nil); errors.As(err, &move) {
			return ErrBegun
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE fleet_labels SET lot = 0 WHERE label_id = ?`, id); err != nil {
			return err
		}
		return errors.Join(l.endIfDone(tx, orderID), l.audit(tx, agent, "let-go", nil, id, why))
	})
}

// InLot notes which labels may print while the database is away.
func (l *Ledger) InLot(ctx context.Context, refs []FleetRef) error {
	if len(refs) == 0 {
		return nil
	}
	return l.tx(ctx, func(tx *sql.Tx) error {
		for _, r := range refs {
			if _, err := tx.Exec(`UPDATE fleet_labels SET lot = 1 WHERE fleet_id = ? AND epoch = ?`, r.ID, r.Epoch); err != nil {
				return err
			}
		}
		return nil
	})
}

// ResolvedElsewhere ends a label that stands in unknown here: a person has given
// their word on it in the fleet's room.
func (l *Ledger) ResolvedElsewhere(ctx context.Context, ref FleetRef) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		var id, orderID int64
		err := tx.QueryRow(`SELECT b.id, b.order_id FROM fleet_labels f JOIN labels b ON b.id = f.label_id WHERE f.fleet_id = ? AND f.epoch = ? AND b.state = ?`,
			ref.ID, ref.Epoch, Unknown).Scan(&id, &orderID)
		if err != nil {
			return notFound(err, ErrNoLabel)
		}
		if err := l.moveFrom(tx, id, []LabelState{Unknown}, Superseded, `, ended_at = ?, problem = 'fleet-resolved', problem_detail = ''`, l.now()); err != nil {
			return err
		}
		return errors.Join(l.endIfDone(tx, orderID), l.audit(tx, agent, "resolved-elsewhere", nil, id, fmt.Sprintf("label %d of the fleet", ref.ID)))
	})
}
