package ledger

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"miandan/agent/internal/order"
)

// WaveState is what people have said of a wave.
type WaveState string

const (
	WaveWorking WaveState = "working"
	WaveStopped WaveState = "stopped" // nothing of it is claimed, and no number taken
	WaveClosed  WaveState = "closed"  // nor is it asked for any more
)

// Wave is many orders that are printed as one piece of work.
type Wave struct {
	ID        int64
	Name      string
	State     WaveState
	Target    string // the printer or group that it prints on; empty for any with the paper
	Separator bool   // a separator before it and between places
	Who       string
	Started   time.Time
}

// NewWave is a wave that is to be. Its orders are in the sequence in which they
// print.
type NewWave struct {
	Name      string
	Target    string
	Separator bool
	Orders    []WaveOrder
}

// WaveOrder is an order of a wave with the place where its first goods lie.
type WaveOrder struct {
	Key   order.Key
	Place string
}

// LeftOut is an order that cannot be in a wave.
type LeftOut struct {
	Key  order.Key
	Wave int64 // the open wave that it is in; 0 if it is in none
	// Why is the state that it stands in, of an order that does not wait.
	Why OrderState
}

// ErrEmptyWave reports a wave of which nothing is left.
var ErrEmptyWave = errors.New("no order can be in the wave")

// StartWave begins a wave with those of the orders that wait and are in no other
// one. They take their numbers and print in its order.
func (l *Ledger) StartWave(ctx context.Context, n NewWave, p Person) (id int64, left []LeftOut, err error) {
	err = l.tx(ctx, func(tx *sql.Tx) error {
		left = nil
		err := tx.QueryRow(`INSERT INTO waves (name, state, target, separator, who, started_at) VALUES (?,?,?,?,?,?) RETURNING id`,
			n.Name, WaveWorking, n.Target, n.Separator, p.Who, l.now()).Scan(&id)
		if err != nil {
			return err
		}
		position := 0
		for _, o := range n.Orders {
			out, err := l.joinWave(tx, id, position+1, n.Target, o)
			switch {
			case err != nil:
				return err
			case out != nil:
				left = append(left, *out)
			default:
				position++
			}
		}
		if position == 0 {
			return ErrEmptyWave
		}
		return l.audit(tx, p.Who, "wave-started", nil, nil, WaveID(id))
	})
	return id, left, err
}

func (l *Ledger) joinWave(tx *sql.Tx, wave int64, position int, target string, o WaveOrder) (*LeftOut, error) {
	var (
		id     int64
		state  OrderState
		waits  bool
		within int64
	)
	err := tx.QueryRow(`SELECT id, state, key IS NOT NULL AND (state IN ('accepted', 'issuing') OR (state = 'issued' AND (labelled = 0 OR
			(EXISTS (SELECT 1 FROM labels b WHERE b.order_id = orders.id AND b.state IN ('queued', 'claimed', 'rendered'))
			AND NOT EXISTS (SELECT 1 FROM labels b WHERE b.order_id = orders.id AND b.state IN ('unknown', 'not-printed')))))),
		coalesce((SELECT w.id FROM wave_orders m JOIN waves w ON w.id = m.wave_id WHERE m.order_id = orders.id AND w.state <> 'closed' LIMIT 1), 0)
		FROM orders WHERE source = ? AND platform_id = ?`, o.Key.Source, o.Key.ID).Scan(&id, &state, &waits, &within)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return &LeftOut{Key: o.Key}, nil
	case err != nil:
		return nil, err
	case within != 0:
		return &LeftOut{o.Key, within, state}, nil
	case !waits:
		return &LeftOut{o.Key, 0, state}, nil
	}
	if _, err := tx.Exec(`INSERT INTO wave_orders (wave_id, position, order_id, place) VALUES (?,?,?,?)`, wave, position, id, o.Place); err != nil {
		return nil, err
	}
	_, err = tx.Exec(`UPDATE orders SET wanted = 1, next_try = 0, rule = iif(wanted, rule, ''), turn = ?1, wave = ?2, position = ?3,
		target = iif(?4 = '', target, ?4) WHERE id = ?5`, turnWave, wave, position, target, id)
	if err != nil {
		return nil, err
	}
	_, err = tx.Exec(`UPDATE labels SET turn = ?1, wave = ?2, position = ?3, target = iif(?4 = '', target, ?4)
		WHERE order_id = ?5 AND ended_at = 0`, turnWave, wave, position, target, id)
	l.standing.forget(o.Key)
	return nil, err
}

// StopWave keeps what no printer has in hand from printing, and numbers from
// being taken. In hand is a label whose intent is on disk: one, or on a printer
// that takes the next while one comes out, two. They print; when StopWave has
// returned no other one of the wave does.
func (l *Ledger) StopWave(ctx context.Context, id int64, p Person) error {
	return l.turnWave(ctx, id, WaveStopped, "wave-stopped", p, nil, WaveWorking)
}

// ResumeWave goes on with a stopped wave where it stood.
func (l *Ledger) ResumeWave(ctx context.Context, id int64, p Person) error {
	return l.turnWave(ctx, id, WaveWorking, "wave-resumed", p, nil, WaveStopped)
}

// CloseWave ends a wave. What of it has not printed waits for somebody to ask for
// it, alone or in another wave; so does what has no number and comes back later,
// since its address was put right or its buyer wants it after all.
func (l *Ledger) CloseWave(ctx context.Context, id int64, p Person) error {
	return l.closeWave(ctx, id, p, `UPDATE orders SET wanted = 0 WHERE wave = ?1 AND state <> 'issued' AND id IN (SELECT order_id FROM wave_orders WHERE wave_id = ?1)`)
}

func (l *Ledger) closeWave(ctx context.Context, id int64, p Person, left ...string) error {
	defer l.waits.over(id)
	return l.turnWave(ctx, id, WaveClosed, "wave-closed", p, func(tx *sql.Tx) error {
		for _, q := range left {
			if _, err := tx.Exec(q, id); err != nil {
				return err
			}
		}
		return nil
	}, WaveWorking, WaveStopped)
}

// CloseOld closes the waves that began before a time and of which nothing waits or
// prints: nobody has closed them, and nobody will. Nobody has said either that the
// rest is not to print: what of it comes back prints when its time has come, as
// what is in no wave. It returns how many.
func (l *Ledger) CloseOld(ctx context.Context, before time.Time) (n int, err error) {
	rows, err := l.db.Read.QueryContext(ctx, `SELECT id FROM waves w WHERE state <> 'closed' AND state = 'working' AND started_at < ?
		AND NOT EXISTS (SELECT 1 FROM wave_orders m JOIN orders o ON o.id = m.order_id WHERE m.wave_id = w.id AND o.wave = w.id AND (
			o.state IN ('accepted', 'issuing') OR (o.state = 'issued' AND o.labelled = 0)
			OR EXISTS (SELECT 1 FROM labels b WHERE b.order_id = o.id AND b.ended_at = 0 AND b.state <> 'unknown')))`, before.UnixMilli())
	if err != nil {
		return 0, err
	}
	old, err := collect(rows, func(r *sql.Rows, id *int64) error { return r.Scan(id) })
	for _, id := range old {
		if err == nil {
			err = l.closeWave(ctx, id, Person{Who: agent},
				`UPDATE orders SET turn = 2, wave = 0, position = 0 WHERE wave = ?1 AND id IN (SELECT order_id FROM wave_orders WHERE wave_id = ?1)`,
				`UPDATE labels SET turn = 2, wave = 0, position = 0 WHERE wave = ?1 AND ended_at = 0 AND order_id IN (SELECT order_id FROM wave_orders WHERE wave_id = ?1)`)
			n++
		}
	}
	return n, err
}

// turnWave moves a wave from one of some states to another. One that is there
// already stays there. also is what else is done then; nil for nothing.
func (l *Ledger) turnWave(ctx context.Context, id int64, to WaveState, what string, p Person, also func(*sql.Tx) error, from ...WaveState) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		var is WaveState
		if err := tx.QueryRow(`SELECT state FROM waves WHERE id = ?`, id).Scan(&is); err != nil {
			return notFound(err, ErrNoWave)
		}
		if is == to {
			return nil
		}
		allowed := false
		for _, s := range from {
			allowed = allowed || s == is
		}
		if !allowed {
			return &MoveError{What: "wave " + WaveID(id), From: string(is), To: string(to)}
		}
		closed := int64(0)
		if to == WaveClosed {
			closed = l.now()
		}
		if _, err := tx.Exec(`UPDATE waves SET state = ?, closed_at = ? WHERE id = ?`, to, closed, id); err != nil {
			return err
		}
		if also != nil {
			if err := also(tx); err != nil {
				return err
			}
		}
		return l.audit(tx, p.Who, what, nil, nil, WaveID(id))
	})
}

// Waves lists the waves that are open and those that began since a time, the
// newest first.
func (l *Ledger) Waves(ctx context.Context, since time.Time) ([]Wave, error) {
	return l.waves(ctx, `state <> 'closed' OR started_at >= ? ORDER BY id DESC`, since.UnixMilli())
}

// Wave returns one wave.
func (l *Ledger) Wave(ctx context.Context, id int64) (Wave, error) {
	list, err := l.waves(ctx, `id = ?`, id)
	if err == nil && len(list) == 0 {
		err = ErrNoWave
	}
	if err != nil {
		return Wave{}, err
	}
	return list[0], nil
}

func (l *Ledger) waves(ctx context.Context, which string, args ...any) ([]Wave, error) {
	rows, err := l.db.Read.QueryContext(ctx, `SELECT id, name, state, target, separator, who, started_at FROM waves WHERE `+which, args...)
	if err != nil {
		return nil, err
	}
	return collect(rows, func(r *sql.Rows, w *Wave) error {
		var started int64
		err := r.Scan(&w.ID, &w.Name, &w.State, &w.Target, &w.Separator, &w.Who, &started)
		w.Started = at(started)
		return err
	})
}

// Member is one label of a wave, or an order of it that has none.
type Member struct {
	Position   int
	Place      string
	Order      order.Key
	OrderState OrderState
	LabelID    int64 // 0 if it has none
	Label      LabelState
	Scanned    bool
}

// Members lists what is in a wave in the order in which it prints.
func (l *Ledger) Members(ctx context.Context, id int64) ([]Member, error) {
	rows, err := l.db.Read.QueryContext(ctx, `SELECT w.position, w.place, o.source, o.platform_id, o.state, coalesce(b.id, 0), coalesce(b.state, ''), coalesce(b.scanned_at, 0) > 0
		FROM wave_orders w JOIN orders o ON o.id = w.order_id LEFT JOIN labels b ON b.order_id = o.id
		WHERE w.wave_id = ? ORDER BY w.position, b.id`, id)
	if err != nil {
		return nil, err
	}
	return collect(rows, func(r *sql.Rows, m *Member) error {
		return r.Scan(&m.Position, &m.Place, &m.Order.Source, &m.Order.ID, &m.OrderState, &m.LabelID, &m.Label, &m.Scanned)
	})
}

// WaveRows lists what is in a wave as the queue shows it, in the order in which it
// prints: for each member its row.
func (l *Ledger) WaveRows(ctx context.Context, id int64) (members []Member, rows []Row, err error) {
	members, err = l.Members(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	all, err := l.db.Read.QueryContext(ctx, rowColumns+`
		FROM wave_orders w JOIN orders o ON o.id = w.order_id LEFT JOIN labels b ON b.order_id = o.id LEFT JOIN attempts a ON a.label_id = b.id AND a.n = b.attempt
		WHERE w.wave_id = ? ORDER BY w.position, b.id`, id)
	if err != nil {
		return nil, nil, err
	}
	read, err := collect(all, l.scanRow)
	if err != nil {
		return nil, nil, err
	}
	type key struct {
		order order.Key
		label int64
	}
	at := map[key]Row{}
	for _, r := range read {
		at[key{r.Order, r.LabelID}] = r
	}
	var both []Member // between the two readings a label may have come
	for _, m := range members {
		if r, ok := at[key{m.Order, m.LabelID}]; ok {
			both, rows = append(both, m), append(rows, r)
		}
	}
	return both, rows, nil
}
