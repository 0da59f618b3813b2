package ledger

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"
)

// Claimant is a printer that asks for a label.
type Claimant struct {
	Printer string
	Group   string // the printers that take each other's labels; empty for none
	Paper   string
}

// Turn is a label's place in its wave.
type Turn struct {
	Wave     int64
	Position int // of its order, from 1
}

// The three turns. What somebody has asked for at this moment goes before waves,
// and a wave before what prints by itself.
const (
	turnAsked = iota
	turnWave
	turnOther
)

// The signs before what a column equals keep SQLite from compiling it anew at each
// call: it looks whether such a value is a small number, which tells it nothing here.
const nextLabel = `SELECT id, position FROM labels b WHERE state = 'queued' AND paper = +?1 AND turn = +?2 AND wave = +?3
	AND next_try NOT BETWEEN ?4 AND ?5 AND target IN ('', ?6, ?7) AND (parcel = 0 OR NOT ` + siblingAhead + `)
	ORDER BY position, deadline, id LIMIT 1`

// siblingAhead reports whether an earlier parcel of the same order is in a printer's hand and
// has not begun, or was put back a moment ago: a sister that took the later one would
// put it out first.
const siblingAhead = `EXISTS (SELECT 1 FROM labels e WHERE e.order_id = b.order_id AND e.waybill = b.waybill AND e.parcel < b.parcel
	AND (e.state IN ('claimed', 'rendered') OR e.state = 'queued' AND e.next_try BETWEEN ?4 AND ?8))`

// Claim takes the label that is due next among those that need the paper and may
// print there. Nobody else gets it.
//
// A wave's labels leave in the order of their positions. One that is not there
// yet, since its number is being taken or it was put back a moment ago, holds up
// those behind it, but not longer than WavePatience and not if it is refused,
// cancelled, unknown or put off for longer: it then prints out of its place, as
// soon as it can. What is not of the wave may print meanwhile.
//
// So do an order's parcels, in a wave or not, but for one that is put off for longer.
func (l *Ledger) Claim(ctx context.Context, c Claimant) (Label, error) {
	var label Label
	err := l.txFor(ctx, 0, func(tx *sql.Tx) (err error) {
		label = Label{}
		if label.ID, err = l.next(tx, c); err != nil {
			return err
		}
		if err := l.moveLabel(tx, label.ID, Claimed, `, printer = ?, printed_at = ?`, c.Printer, l.now()); err != nil {
			return err
		}
		return l.read(tx, &label)
	})
	return label, err
}

func (l *Ledger) next(tx *sql.Tx, c Claimant) (id int64, err error) {
	ask := func(turn int, wave int64) (position int, err error) {
		soon, last := l.notYet()
		err = tx.QueryRow(nextLabel, c.Paper, turn, wave, soon, last, c.Printer, c.Group, l.now()+putBack.Milliseconds()).Scan(&id, &position)
		return position, notFound(err, ErrNothing)
	}
	if _, err := ask(turnAsked, 0); !errors.Is(err, ErrNothing) {
		return id, err
	}
	waves, err := working(tx)
	if err != nil {
		return 0, err
	}
	for _, wave := range waves {
		position, err := ask(turnWave, wave)
		if errors.Is(err, ErrNothing) {
			continue
		}
		if err != nil {
			return 0, err
		}
		waits, err := l.waitsFor(tx, c, wave, position)
		if err != nil || !waits {
			return id, err
		}
	}
	_, err = ask(turnOther, 0)
	return id, err
}

// working lists the waves that print, the oldest first.
func working(tx *sql.Tx) ([]int64, error) {
	rows, err := tx.Query(`SELECT id FROM waves WHERE state <> 'closed' AND state = 'working' ORDER BY id`)
	if err != nil {
		return nil, err
	}
	return collect(rows, func(r *sql.Rows, id *int64) error { return r.Scan(id) })
}

// putBack is for how long at most a label is put back that is soon there again. One
// that is put off for longer has trouble of its own, and others pass it.
const putBack = 10 * time.Second

// ahead lists what stands before a position of a wave and is still to come: orders
// whose number is being taken, and labels that were put back for a moment or wait for
// an earlier parcel of theirs. What could be claimed is not there: it would have been.
const ahead = `SELECT o.id FROM wave_orders w JOIN orders o ON o.id = w.order_id
	WHERE w.wave_id = ?1 AND w.position < ?2 AND o.wave = ?1 AND o.key IS NOT NULL
		AND (o.state IN ('accepted', 'issuing') OR (o.state = 'issued' AND o.labelled = 0))
	UNION ALL SELECT order_id FROM labels WHERE state = 'queued' AND paper = ?3 AND turn = 1 AND wave = ?1 AND position < ?2
		AND next_try <= ?4 AND target IN ('', ?5, ?6)`

// waitsFor reports whether a label of a wave has to wait for one before it.
func (l *Ledger) waitsFor(tx *sql.Tx, c Claimant, wave int64, position int) (bool, error) {
	if l.WavePatience < 0 {
		return false, nil
	}
	rows, err := tx.Query(ahead, wave, position, c.Paper, l.now()+putBack.Milliseconds(), c.Printer, c.Group)
	if err != nil {
		return false, err
	}
	orders, err := collect(rows, func(r *sql.Rows, id *int64) error { return r.Scan(id) })
	if err != nil {
		return false, err
	}
	patience := l.WavePatience
	if patience == 0 {
		patience = 30 * time.Second
	}
	waits := false
	for _, id := range orders {
		waits = l.waits.on(turnOf{wave, id}, l.clock(), patience) || waits
	}
	return waits, nil
}

type turnOf struct{ wave, order int64 }

// waits remembers since when orders have held up their wave. It is in memory
// only: after a start they may do so anew.
type waits struct {
	mu    sync.Mutex
	since map[turnOf]time.Time
}

// on notes that an order holds up its wave, and reports whether it still may. A
// clock that was set back ends its time.
func (w *waits) on(t turnOf, now time.Time, patience time.Duration) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	since, known := w.since[t]
	if !known {
		if w.since == nil {
			w.since = map[turnOf]time.Time{}
		}
		w.since[t] = now
		return true
	}
	waited := now.Sub(since)
	return waited >= 0 && waited < patience
}

// over forgets a wave.
func (w *waits) over(wave int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for t := range w.since {
		if t.wave == wave {
			delete(w.since, t)
		}
	}
}

// ErrHeld reports a label whose printing was stopped before its intent was on
// disk.
var ErrHeld = errors.New("printing is held")

// notHeld makes sure that neither all printing nor the label's printer nor its wave
// was stopped since it was claimed.
func notHeld(tx *sql.Tx, id int64) error {
	var held bool
	err := tx.QueryRow(`SELECT coalesce((SELECT value FROM meta WHERE name = 'paused'), 0) <> 0
		OR EXISTS (SELECT 1 FROM labels b JOIN meta m ON m.name = ?1 || b.printer WHERE b.id = ?2)
		OR EXISTS (SELECT 1 FROM labels b JOIN waves w ON w.id = b.wave WHERE b.id = ?2 AND w.state <> 'working')`, heldOf, id).Scan(&held)
	if err == nil && held {
		return ErrHeld
	}
	return err
}
