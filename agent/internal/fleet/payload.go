package fleet

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"miandan/agent/internal/ledger"
)

// Payload opens labels that this station has claimed or started. Every fetch is an
// audit record in the database. A label whose data is gone, or that was never
// wrapped for this station, is left out.
func (d *DB) Payload(ctx context.Context, refs ...Ref) ([]Opened, error) {
	ids, epochs := split(refs)
	var list []Opened
	err := d.ask(ctx, "payload", `SELECT `+labelColumns+`, sealed, wrap FROM miandan.payload($1, $2)`, []any{ids, epochs}, func(rows pgx.Rows) error {
		var data, wrapped []byte
		l, err := scanLabel(rows, &data, &wrapped)
		if err != nil {
			return err
		}
		o := Opened{Label: l}
		plain, err := d.key.Open(data, wrapped, l.Place(), d.station)
		if err != nil {
			return fmt.Errorf("label %d: %w", l.ID, err)
		}
		if o.Content, o.Number, err = ledger.Unpack(plain, l.Order); err != nil {
			return fmt.Errorf("label %d: %w", l.ID, err)
		}
		list = append(list, o)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// Place returns what the label's payload belongs to.
func (l Label) Place() Place { return Place{Order: l.Order, Waybill: l.Waybill, Parcel: l.Parcel} }
