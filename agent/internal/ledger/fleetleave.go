package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// LeftOpen reports labels that keep a station from leaving its fleet.
type LeftOpen struct {
	Started int // of which a byte may have left and nobody has said what became of it
	Untold  int // of which the fleet does not know what became of them
}

func (e *LeftOpen) Error() string {
	return fmt.Sprintf("%d labels of the fleet are not settled, and of %d it does not know what became", e.Started, e.Untold)
}

// MayLeaveFleet returns the labels that are to be given back first, or *LeftOpen.
func (l *Ledger) MayLeaveFleet(ctx context.Context) ([]FleetRef, error) {
	held, err := l.FleetHeld(ctx)
	if err != nil {
		return nil, err
	}
	s, err := l.FleetStanding(ctx)
	if err != nil {
		return nil, err
	}
	open := LeftOpen{Untold: s.Untold}
	var back []FleetRef
	for _, h := range held {
		if h.Waits() && !h.Again {
			back = append(back, h.FleetRef)
		} else {
			open.Started++
		}
	}
	if open != (LeftOpen{}) {
		return nil, &open
	}
	return back, nil
}

// LeaveFleet makes the station one that stands alone. What it has printed for the
// fleet stays what it was: the same order is the same for as long as ever. Of what
// others have printed it knows nothing, so an order that was paid before now and
// that it has never heard of may have its number: Accept doubts it, and asks no
// carrier for another one on a guess.
func (l *Ledger) LeaveFleet(ctx context.Context, p Person) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		rows, err := tx.Query(`SELECT b.id FROM fleet_labels f JOIN labels b ON b.id = f.label_id WHERE b.ended_at = 0`)
		if err != nil {
			return err
		}
		open, err := collect(rows, func(r *sql.Rows, id *int64) error { return r.Scan(id) })
		if err != nil {
			return err
		}
		if len(open) > 0 {
			return &LeftOpen{Started: len(open)}
		}
		if _, err := tx.Exec(`DELETE FROM fleet_labels`); err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO meta (name, value) VALUES ('left_fleet', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, l.now())
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM fleet_kept`); err != nil {
			return err
		}
		return errors.Join(err, l.audit(tx, p.Who, "left-fleet", nil, nil, p.Why))
	})
}
