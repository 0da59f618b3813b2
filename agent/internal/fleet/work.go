package fleet

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"miandan/agent/internal/order"
)

const labelColumns = `id, epoch, state, source, order_id, issuer, waybill, template, paper, target, printer,
	parcel, copy, deadline, turn, wave, position, lot`

func scanLabel(rows pgx.Rows, more ...any) (Label, error) {
	var l Label
	var deadline *time.Time
	err := rows.Scan(append([]any{&l.ID, &l.Epoch, &l.State, &l.Order.Source, &l.Order.ID, &l.Issuer, &l.Waybill,
		&l.Template, &l.Paper, &l.Target, &l.Printer, &l.Parcel, &l.Copy, &deadline, &l.Turn, &l.Wave, &l.Position, &l.Lot}, more...)...)
	if deadline != nil {
		l.Deadline = *deadline
	}
	return l, err
}

// Claim takes labels that are due for printers of this station: for each want up
// to N, in the order in which they are to print. Labels that somebody else is just
// claiming are passed over. Fewer than wanted, or none, is no error.
func (d *DB) Claim(ctx context.Context, wants []Want) ([]Label, error) {
	b, err := json.Marshal(wants)
	if err != nil {
		return nil, fmt.Errorf("claim: %w", err)
	}
	return d.labels(ctx, "claim", `SELECT `+labelColumns+` FROM miandan.claim($1)`, string(b))
}

func (d *DB) labels(ctx context.Context, op, query string, args ...any) ([]Label, error) {
	var labels []Label
	err := d.ask(ctx, op, query, args, func(rows pgx.Rows) error {
		l, err := scanLabel(rows)
		labels = append(labels, l)
		return err
	})
	if err != nil {
		return nil, err
	}
	return labels, nil
}

// Mine lists what this station holds and has not settled: what a station that has
// just started compares its own ledger with.
func (d *DB) Mine(ctx context.Context) ([]Held, error) {
	var held []Held
	err := d.ask(ctx, "mine", `SELECT id, epoch, state, lot, wanted FROM miandan.mine()`, nil, func(rows pgx.Rows) error {
		var h Held
		err := rows.Scan(&h.ID, &h.Epoch, &h.State, &h.Lot, &h.Wanted)
		held = append(held, h)
		return err
	})
	if err != nil {
		return nil, err
	}
	return held, nil
}

// Start is the fence: nil means that this station, and nobody else, may print the
// label under this epoch, whatever becomes of it. It must be on this station's own
// disk that the label was never begun before.
//
// ErrTaken is final. After ErrAway the label counts as not started, and Start may be
// asked again: it is the same start as long as station and epoch are the same.
func (d *DB) Start(ctx context.Context, id, epoch int64) error {
	var m Memory
	err := d.ask(ctx, "start", `SELECT starts, generation, mark FROM miandan.start($1, $2)`, []any{id, epoch}, func(rows pgx.Rows) error {
		return rows.Scan(&m.Starts, &m.Generation, &m.Mark)
	})
	if err != nil {
		return err
	}
	d.learn(m)
	return nil
}

// Lot starts labels ahead, in one commit: they may print while the database is
// away, and nobody else gets them any more without a person's word. It returns
// those that are in the lot now.
func (d *DB) Lot(ctx context.Context, refs []Ref) ([]Ref, error) {
	var in []Ref
	var m Memory
	ids, epochs := split(refs)
	err := d.ask(ctx, "lot", `SELECT id, epoch, starts, generation, mark FROM miandan.lot($1, $2)`, []any{ids, epochs}, func(rows pgx.Rows) error {
		var r Ref
		err := rows.Scan(&r.ID, &r.Epoch, &m.Starts, &m.Generation, &m.Mark)
		in = append(in, r)
		return err
	})
	if err != nil {
		return nil, err
	}
	d.learn(m)
	return in, nil
}

// Release gives claimed labels back to everybody. Those that are not this station's
// any more are passed over.
func (d *DB) Release(ctx context.Context, refs []Ref) error {
	ids, epochs := split(refs)
	return d.ask(ctx, "release", `SELECT miandan.release($1, $2)`, []any{ids, epochs}, nil)
}

// GiveBack returns a started label that a person wants back. It may be called only
// when this station's own ledger has let go of the label on disk, with no byte sent.
func (d *DB) GiveBack(ctx context.Context, r Ref) error {
	return d.ask(ctx, "give back", `SELECT miandan.give_back($1, $2)`, []any{r.ID, r.Epoch}, nil)
}

// Settle says what came of labels. It may be said any number of times. A word about
// an epoch that is past is kept and stands as an alarm in the room: it may be about
// paper that exists.
func (d *DB) Settle(ctx context.Context, settled []Settled) error {
	type row struct {
		ID       int64      `json:"id"`
		Epoch    int64      `json:"epoch"`
		State    State      `json:"state"`
		Evidence string     `json:"evidence,omitempty"`
		Printer  string     `json:"printer,omitempty"`
		At       *time.Time `json:"at,omitempty"`
		Copy     int        `json:"copy"`
		Who      string     `json:"who,omitempty"`
		Why      string     `json:"why,omitempty"`
	}
	said := make([]row, len(settled))
	for i, s := range settled {
		said[i] = row{ID: s.ID, Epoch: s.Epoch, State: s.State, Evidence: s.Evidence, Printer: s.Printer, Copy: s.Copy, Who: s.Who, Why: s.Why}
		if !s.At.IsZero() {
			said[i].At = &settled[i].At
		}
	}
	b, err := json.Marshal(said)
	if err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	return d.ask(ctx, "settle", `SELECT miandan.settle($1)`, []any{string(b)}, nil)
}

// Deletions lists whose data must go since a cursor, and the cursor after them.
func (d *DB) Deletions(ctx context.Context, after int64) ([]Deletion, int64, error) {
	var list []Deletion
	err := d.ask(ctx, "deletions", `SELECT id, source, order_id, at FROM miandan.deletions_since($1)`, []any{after}, func(rows pgx.Rows) error {
		var k order.Key
		var at time.Time
		err := rows.Scan(&after, &k.Source, &k.ID, &at)
		list = append(list, Deletion{Order: k, At: at, Cursor: after})
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	return list, after, nil
}

func split(refs []Ref) (ids, epochs []int64) {
	ids, epochs = make([]int64, len(refs)), make([]int64, len(refs))
	for i, r := range refs {
		ids[i], epochs[i] = r.ID, r.Epoch
	}
	return ids, epochs
}
