package fleet

import (
	"context"
	"time"
)

// RoomOrder is an order of whose number only a person can say something.
type RoomOrder struct {
	ID      int64     `json:"id"`
	Epoch   int64     `json:"epoch"`
	Source  string    `json:"source"`
	Order   string    `json:"order"`
	State   string    `json:"state"` // issue-unknown, or changed
	Issuer  string    `json:"issuer"`
	Why     string    `json:"why"` // a code of package notice
	Since   time.Time `json:"since"`
	Numbers []string  `json:"numbers"` // of a changed order: what it travels under
	Late    []string  `json:"late"`    // numbers that came too late and were not used
}

// RoomOrders lists them, those that have stood longest first.
func (d *DB) RoomOrders(ctx context.Context) (list []RoomOrder, err error) {
	err = d.oneJSON(ctx, "room orders", `SELECT miandan.room_orders()`, &list)
	return list, err
}
