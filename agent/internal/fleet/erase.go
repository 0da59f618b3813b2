package fleet

import "context"

// Erased says what became of an order whose data a person had deleted.
type Erased struct {
	Found     int    `json:"found"` // orders of that name; nothing was done if it is not 1
	Busy      bool   `json:"busy"`  // its carrier is being asked: nothing was done
	Source    string `json:"source"`
	Order     string `json:"order"`
	Cancelled int    `json:"cancelled"` // labels that were taken out of the queue
	Returned  int    `json:"returned"`  // numbers that go back to their carrier
	Unknown   int    `json:"unknown"`   // labels that have started and are not settled
	Already   bool   `json:"already"`
}

// Erase deletes an order's data in the database at once, and has every station delete
// what it has of it. The order is its number, or its source before that: "jd:1".
func (d *DB) Erase(ctx context.Context, order, who, why string) (e Erased, err error) {
	err = d.oneJSON(ctx, "erase", `SELECT miandan.room_erase($1, $2, $3)`, &e, order, who, reason(why))
	return e, denied(err)
}
