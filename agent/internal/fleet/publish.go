package fleet

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"miandan/agent/internal/order"
)

// Queryer is a pool, a connection or a transaction.
type Queryer interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// New is a label that a platform station puts before the benches.
type New struct {
	Order    order.Key
	Parcel   int
	Waybill  string
	Issuer   string
	Template string
	Paper    string
	Target   string // see ToZone; empty is anybody's
	Deadline time.Time
	Turn     int
	Wave     int64
	Position int
	Sealed   Sealed
}

// Publish puts labels into the queue, in the transaction in which their order has
// become issued. A label that is there already, of the same order, parcel and
// waybill, is left as it is and its number returned.
func Publish(ctx context.Context, q Queryer, labels []New) ([]int64, error) {
	type row struct {
		Source   string            `json:"source"`
		Order    string            `json:"order_id"`
		Parcel   int               `json:"parcel"`
		Waybill  string            `json:"waybill"`
		Issuer   string            `json:"issuer"`
		Template string            `json:"template"`
		Paper    string            `json:"paper"`
		Target   string            `json:"target"`
		Deadline *time.Time        `json:"deadline,omitempty"`
		Turn     int               `json:"turn"`
		Wave     int64             `json:"wave"`
		Position int               `json:"position"`
		Sealed   []byte            `json:"sealed"` // JSON writes base64
		Wraps    map[string][]byte `json:"wraps"`
	}
	list := make([]row, len(labels))
	for i, l := range labels {
		list[i] = row{Source: l.Order.Source, Order: l.Order.ID, Parcel: l.Parcel, Waybill: l.Waybill, Issuer: l.Issuer, Template: l.Template,
			Paper: l.Paper, Target: l.Target, Turn: l.Turn, Wave: l.Wave, Position: l.Position, Sealed: l.Sealed.Data, Wraps: l.Sealed.Wraps}
		if !l.Deadline.IsZero() {
			list[i].Deadline = &labels[i].Deadline
		}
	}
	b, err := json.Marshal(list)
	if err != nil {
		return nil, fmt.Errorf("publish: %w", err)
	}
	rows, err := q.Query(ctx, `SELECT miandan.publish($1)`, string(b))
	if err != nil {
		return nil, answer("publish", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	return ids, answer("publish", err)
}

// Recipients returns the stations that a label with this target must be wrapped to:
// the benches that may print it, and every platform station.
func Recipients(ctx context.Context, q Queryer, target string) (map[string]PublicKey, error) {
	rows, err := q.Query(ctx, `SELECT name, public_key FROM miandan.recipients($1)`, target)
	if err != nil {
		return nil, answer("recipients", err)
	}
	to := map[string]PublicKey{}
	var name string
	var key []byte
	_, err = pgx.ForEachRow(rows, []any{&name, &key}, func() error {
		to[name] = PublicKey(key)
		return nil
	})
	return to, answer("recipients", err)
}
