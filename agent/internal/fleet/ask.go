package fleet

import (
	"context"
	"encoding/json"
	"fmt"
)

// AskLabel claims the labels of an order that wait and that this station's printers
// may take, before all others: a person at the station has asked for it. None is no
// error.
func (d *DB) AskLabel(ctx context.Context, order string, printers []Want, who string) ([]Label, error) {
	b, err := json.Marshal(printers)
	if err != nil {
		return nil, fmt.Errorf("ask for a label: %w", err)
	}
	return d.labels(ctx, "ask for a label", `SELECT `+labelColumns+` FROM miandan.ask_label($1, $2, $3)`, order, string(b), who)
}
