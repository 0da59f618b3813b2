package platform

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/fleet"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/logging"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/platform"
)

// Desk is where a person says at a platform station what became of an order's
// number. It works also while the workers stand still.
type Desk struct{ w *worker }

// NewDesk returns the desk of a platform station.
func NewDesk(db *fleet.DB, station *dispatch.Station) *Desk {
	return &Desk{&worker{Options: Options{DB: db, Station: station, Asking: Asking}, log: station.Log}}
}

// ErrNoData reports an order whose receiver was deleted: its time had passed.
var ErrNoData = errors.New("the order's data is no more")

// InDoubt names an order as it was shown to a person: it is refused with
// fleet.ErrMove if it has moved since.
type InDoubt struct{ ID, Epoch int64 }

// doubted is an order in doubt.
type doubted struct {
	InDoubt
	key          order.Key
	state        ledger.OrderState
	content      []byte
	sealed, wrap []byte
	issuer       string
	renewed      int
}

func (w *worker) doubted(ctx context.Context, of InDoubt) (*doubted, error) {
	var d *doubted
	err := w.DB.Call(ctx, "in doubt", `SELECT source, order_id, state, content, sealed, wrap, issuer, renewed FROM miandan.order_in_doubt($1, $2)`,
		[]any{of.ID, of.Epoch}, func(r pgx.Rows) error {
			d = &doubted{InDoubt: of}
			return r.Scan(&d.key.Source, &d.key.ID, &d.state, &d.content, &d.sealed, &d.wrap, &d.issuer, &d.renewed)
		})
	if err == nil && d == nil {
		err = fleet.ErrMove
	}
	return d, err
}

// Adopt takes the numbers that a person has found in the carrier's console, for an
// order whose carrier's answer was lost: one, or one for each parcel. The carrier is
// asked whether they are the merchant's if it can be asked.
func (k *Desk) Adopt(ctx context.Context, of InDoubt, typed []string, p ledger.Person) error {
	w := k.w
	numbers, err := dispatch.ReadNumbers(typed)
	if err != nil {
		return err
	}
	d, err := w.doubted(ctx, of)
	switch {
	case err != nil:
		return err
	case d.state != ledger.IssueUnknown:
		return fleet.ErrMove
	case d.sealed == nil:
		return ErrNoData
	}
	o, _, err := w.openOrder(d.sealed, d.wrap, d.key)
	if errors.Is(err, errNotWrapped) {
		return errNoContentKey
	}
	if err != nil {
		return err
	}
	o.Renewed = d.renewed
	bill, err := dispatch.Found(ctx, w.Station.Issuers[d.issuer], d.issuer, o, numbers)
	if err != nil {
		return err
	}
	if err := carrier.Sound(o.ID, bill); err != nil {
		return err
	}
	data, wraps, err := w.sealBill(ctx, o, bill)
	if err != nil {
		return err
	}
	var other string
	err = w.DB.Call(ctx, "adopted", `SELECT miandan.order_adopted($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		[]any{of.ID, of.Epoch, d.content, data, wraps, string(bill.Number), numbersOf(bill), string(bill.Carrier), p.Who, logging.MaskPhones(p.Why)},
		func(r pgx.Rows) error { return r.Scan(&other) })
	switch {
	case err != nil:
		return err
	case other != "":
		return notice.New("number-taken", nil, string(bill.Number), other)
	}
	w.log.Info("number found by hand", "order", o.ID, "issuer", d.issuer, "parcels", len(bill.Parcels))
	return nil
}

// NoNumber takes a person's word that the carrier has given an order no number, or
// that the number of a changed order has been given back. Nothing else of the order
// counted while that was not known, so it is read again first, and what was read
// holds together with the word.
func (k *Desk) NoNumber(ctx context.Context, of InDoubt, p ledger.Person) error {
	w := k.w
	d, err := w.doubted(ctx, of)
	if err != nil {
		return err
	}
	source, ok := w.Station.Sources[d.key.Source]
	if !ok {
		return notice.New("source-unknown", nil, d.key.ID, d.key.Source)
	}
	o, err := source.Order(ctx, d.key.ID)
	known := err == nil
	switch {
	case errors.Is(err, platform.ErrNoOrder): // the platform forgets orders; that cancels nothing
	case err != nil:
		return err
	case o.State != order.Cancelled && (o.IsParent || o.State != order.ToShip):
		return notice.New(notice.Code(o.NumberAsked()), dispatch.ErrNotToShip, o.ID)
	}
	to, err := w.platforms(ctx)
	if err != nil {
		return err
	}
	if err := w.contentKey(ctx); err != nil {
		return err
	}
	return w.DB.Together(ctx, "no number", func(tx *fleet.Tx) error {
		if err := tx.Call(ctx, `SELECT miandan.order_no_number($1, $2, $3, $4)`, []any{of.ID, of.Epoch, p.Who, logging.MaskPhones(p.Why)}, nil); err != nil || !known {
			return err
		}
		_, err := w.accept(ctx, tx, o, to, true)
		return err
	})
}
