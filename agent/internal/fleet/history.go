package fleet

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"miandan/agent/internal/ledger"
)

// historyAtOnce is how many orders are told of in one commit.
const historyAtOnce = 500

// HadBefore tells the fleet which orders had their number from this station before it
// joined: nobody takes another one for them. It is heard in the hour after joining, and
// may be told again. It returns for how many of them the fleet may have taken another
// number already; each of these is an alarm in the room.
func (d *DB) HadBefore(ctx context.Context, list []ledger.Numbered) (twice int, err error) {
	for len(list) > 0 {
		type had struct {
			Source string `json:"source"`
			ID     string `json:"id"`
			Number string `json:"number"`
		}
		part := make([]had, min(len(list), historyAtOnce))
		for i := range part {
			part[i] = had{list[i].Key.Source, list[i].Key.ID, string(list[i].Number)}
		}
		list = list[len(part):]
		b, err := json.Marshal(part)
		if err != nil {
			return twice, fmt.Errorf("had before: %w", err)
		}
		n := 0
		if err := d.ask(ctx, "had before", `SELECT miandan.had_before($1)`, []any{string(b)}, func(r pgx.Rows) error { return r.Scan(&n) }); err != nil {
			return twice, err
		}
		twice += n
	}
	return twice, nil
}
