package ledger

import (
	"context"
	"database/sql"
	"errors"

	"miandan/agent/internal/order"
)

// FleetClaim is by which claim this station has a label.
type FleetClaim struct {
	FleetRef
	Lot bool
	// Again says that a person had it put back here since it was claimed: which
	// copies the fleet has not authorised.
	Again bool
}

// FleetClaim returns by which claim a label is here; false if it is the station's
// own.
func (l *Ledger) FleetClaim(ctx context.Context, labelID int64) (FleetClaim, bool, error) {
	var c FleetClaim
	err := l.db.Read.QueryRowContext(ctx, `SELECT f.fleet_id, f.epoch, f.lot, b.copy > f.copy FROM fleet_labels f JOIN labels b ON b.id = f.label_id WHERE f.label_id = ?`, labelID).
		Scan(&c.ID, &c.Epoch, &c.Lot, &c.Again)
	if errors.Is(err, sql.ErrNoRows) {
		return FleetClaim{}, false, nil
	}
	return c, err == nil, err
}

// FleetHeld is a label of the fleet that has not ended here.
type FleetHeld struct {
	FleetRef
	Label   int64
	Lot     bool
	State   LabelState
	Paper   string
	Target  string
	Printer string
	// Begun says that a byte of this copy may have left.
	Begun bool
	// Again says that a person here has had it put back, as FleetClaim.
	Again bool
}

// Waits reports whether it is in the queue still, or on its way there.
func (h FleetHeld) Waits() bool {
	return !h.Begun && (h.State == Queued || h.State == Claimed || h.State == Rendered)
}

const heldColumns = `f.fleet_id, f.epoch, b.id, f.lot, b.state, b.paper, b.target, b.printer, b.copy > f.copy,
	EXISTS (SELECT 1 FROM attempts a WHERE a.label_id = b.id AND a.copy = b.copy AND a.state <> 'queued')`

func (h *FleetHeld) columns() []any {
	return []any{&h.ID, &h.Epoch, &h.Label, &h.Lot, &h.State, &h.Paper, &h.Target, &h.Printer, &h.Again, &h.Begun}
}

// FleetHeld lists the labels of the fleet that have not ended here, in the order of
// the queue.
func (l *Ledger) FleetHeld(ctx context.Context) ([]FleetHeld, error) {
	return fleetHeld(ctx, l.db.Read)
}

func fleetHeld(ctx context.Context, db *sql.DB) ([]FleetHeld, error) {
	rows, err := db.QueryContext(ctx, `SELECT `+heldColumns+` FROM labels b INDEXED BY labels_open CROSS JOIN fleet_labels f ON f.label_id = b.id
		WHERE b.ended_at = 0 ORDER BY b.turn, b.position, b.deadline, b.id`)
	if err != nil {
		return nil, err
	}
	return collect(rows, func(r *sql.Rows, h *FleetHeld) error { return r.Scan(h.columns()...) })
}

// FleetKnown returns what the ledger has of a label of the fleet, ended or not;
// false if it has never heard of it.
func (l *Ledger) FleetKnown(ctx context.Context, id int64) (FleetHeld, bool, error) {
	h := FleetHeld{}
	err := l.db.Read.QueryRowContext(ctx, `SELECT `+heldColumns+` FROM fleet_labels f JOIN labels b ON b.id = f.label_id WHERE f.fleet_id = ?`, id).Scan(h.columns()...)
	if errors.Is(err, sql.ErrNoRows) {
		return h, false, nil
	}
	return h, err == nil, err
}

// OfferFleet ends the wait of the fleet's labels that could not be begun because its
// database was away: they stand in the queue where they stood before.
func (l *Ledger) OfferFleet(ctx context.Context) error {
	const waits = ` FROM labels b INDEXED BY labels_open CROSS JOIN fleet_labels f ON f.label_id = b.id
		WHERE b.ended_at = 0 AND b.state = 'queued' AND b.problem = 'fleet-away-label' AND b.next_try > 0`
	var any bool
	if err := l.db.Read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1`+waits+`)`).Scan(&any); err != nil || !any {
		return err // it is asked at every beat, and a transaction has writers wait
	}
	return l.tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE labels SET next_try = 0 WHERE id IN (SELECT b.id` + waits + `)`)
		return err
	})
}

// OfFleet reports whether an order's labels came from a fleet, so that others have its
// data as well.
func (l *Ledger) OfFleet(ctx context.Context, key order.Key) (of bool, err error) {
	err = l.db.Read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM orders o JOIN labels b ON b.order_id = o.id JOIN fleet_labels f ON f.label_id = b.id
		WHERE o.source = ? AND o.platform_id = ?)`, key.Source, key.ID).Scan(&of)
	return of, err
}
