package ledger

import (
	"context"
	"database/sql"
	"time"

	"miandan/agent/internal/audit"
)

// What the fleet is told of a label besides the states in which it ends.
const (
	Reprinting = "reprint" // a person had it put back into this station's queue as a further copy
	OnParcel   = "scanned" // the packer has scanned the finished label
)

// FleetNews is something that the fleet has not been told yet.
type FleetNews struct {
	Seq int64 // in the order in which it happened
	FleetRef
	State    string // a state of a label, Reprinting or OnParcel
	Copy     int
	Printer  string
	Evidence string // what is known of the paper, as JSON; empty where a person said so
	At       time.Time
	Who, Why string
}

// fleetNews keeps for the fleet what a record says of one of its labels, in the
// record's own transaction: what is on record and not told would be told never.
func (l *Ledger) fleetNews(tx *sql.Tx, r audit.Record) error {
	add := func(state string, less int, which string, id int64) error {
		_, err := tx.Exec(`INSERT INTO fleet_news (fleet_id, epoch, state, copy, printer, evidence, at, who, why)
			SELECT f.fleet_id, f.epoch, ?, b.copy - ?, coalesce(a.printer, b.printer), coalesce(a.evidence, ''), ?, ?, ?
			FROM labels b CROSS JOIN fleet_labels f ON f.label_id = b.id LEFT JOIN attempts a ON a.label_id = b.id AND a.n = b.attempt AND a.copy = b.copy - ?
			WHERE `+which, state, less, r.At.UnixMilli(), r.Who, r.Why, less, id)
		return err
	}
	label := func(state string, less int) error { return add(state, less, `b.id = ?`, r.Label) }
	switch r.What {
	case audit.Printed:
		return label(string(Confirmed), 0)
	case audit.Presumed:
		return label(string(Presumed), 0)
	case audit.Unknown:
		return label(string(Unknown), 0)
	case "resolved-printed":
		return label(string(Printed), 0)
	case "resolved-not-printed": // put back as a further copy in the same transaction
		if err := label(string(NotPrinted), 1); err != nil {
			return err
		}
		return label(Reprinting, 0)
	case "reprint":
		return label(Reprinting, 0)
	case "scanned": // all that the code names, and what stood in unknown is printed by it
		if err := add(string(Printed), 0, `b.order_id = ? AND b.scanned_at > 0 AND b.state = 'printed'`, r.Order); err != nil {
			return err
		}
		return add(OnParcel, 0, `b.order_id = ? AND b.scanned_at > 0`, r.Order)
	}
	return nil
}

// untold names with a further copy who has asked for it, and why: the device alone
// may print none.
const untold = `SELECT n.id, n.fleet_id, n.epoch, n.state, n.copy, n.printer, n.evidence, n.at, coalesce(r.who, n.who), coalesce(r.why, n.why)
	FROM fleet_news n LEFT JOIN fleet_news r ON n.copy > 0 AND n.who = ?2 AND r.id = (SELECT max(a.id) FROM fleet_news a
		WHERE a.fleet_id = n.fleet_id AND a.copy = n.copy AND a.state = ?1 AND a.id < n.id)
	WHERE n.told_at = 0 ORDER BY n.id LIMIT ?3`

// Untold returns what the fleet has not been told, the oldest first, at most n.
func (l *Ledger) Untold(ctx context.Context, n int) ([]FleetNews, error) {
	rows, err := l.db.Read.QueryContext(ctx, untold, Reprinting, agent, n)
	if err != nil {
		return nil, err
	}
	return collect(rows, func(r *sql.Rows, f *FleetNews) error {
		var ms int64
		err := r.Scan(&f.Seq, &f.ID, &f.Epoch, &f.State, &f.Copy, &f.Printer, &f.Evidence, &ms, &f.Who, &f.Why)
		f.At = at(ms)
		return err
	})
}

// UntoldOf counts what the fleet has not been told of one of its labels.
func (l *Ledger) UntoldOf(ctx context.Context, fleetID int64) (n int, err error) {
	err = l.db.Read.QueryRowContext(ctx, `SELECT count(*) FROM fleet_news WHERE told_at = 0 AND fleet_id = ?`, fleetID).Scan(&n)
	return n, err
}

// FleetTold records that the fleet has heard something. problem is why it would not
// have it, as a code of package notice: telling it again would change nothing.
func (l *Ledger) FleetTold(ctx context.Context, seqs []int64, problem string) error {
	if len(seqs) == 0 {
		return nil
	}
	return l.tx(ctx, func(tx *sql.Tx) error {
		for _, seq := range seqs {
			if _, err := tx.Exec(`UPDATE fleet_news SET told_at = ?, problem = ? WHERE id = ?`, l.now(), problem, seq); err != nil {
				return err
			}
		}
		// What was told has done its work once the same may not be said any more.
		_, err := tx.Exec(`DELETE FROM fleet_news WHERE told_at > 0 AND told_at < ?`, l.now()-SameFor.Milliseconds())
		return err
	})
}

// TellFleetAgain has the last word on a label told once more: the database has lost
// it.
func (l *Ledger) TellFleetAgain(ctx context.Context, ref FleetRef) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE fleet_news SET told_at = 0 WHERE id = (SELECT max(id) FROM fleet_news WHERE fleet_id = ? AND epoch = ? AND state NOT IN (?, ?))`,
			ref.ID, ref.Epoch, Reprinting, OnParcel)
		return err
	})
}

// FleetStanding is what the fleet waits for.
type FleetStanding struct {
	Untold      int       // not told yet
	Since       time.Time // when the oldest of it happened; zero if there is none
	Refused     int       // told, and the fleet would not have it
	LastRefused int64     // the label of the last of these
	Queued      int       // labels of the fleet in this station's queue
	Lot         int       // of those, that may print while the database is away
}

// FleetStanding counts it.
func (l *Ledger) FleetStanding(ctx context.Context) (FleetStanding, error) {
	return StandingInFleet(ctx, l.db.Read)
}

// StandingInFleet is FleetStanding for whoever only looks into the database.
func StandingInFleet(ctx context.Context, db *sql.DB) (s FleetStanding, err error) {
	var since int64
	err = db.QueryRowContext(ctx, `SELECT count(*), coalesce(min(at), 0), (SELECT count(*) FROM fleet_news WHERE told_at > 0 AND problem <> ''),
		coalesce((SELECT fleet_id FROM fleet_news WHERE told_at > 0 AND problem <> '' ORDER BY id DESC LIMIT 1), 0) FROM fleet_news WHERE told_at = 0`).
		Scan(&s.Untold, &since, &s.Refused, &s.LastRefused)
	if err != nil {
		return s, err
	}
	s.Since = at(since)
	held, err := fleetHeld(ctx, db)
	for _, h := range held {
		if h.Waits() {
			s.Queued++
			if h.Lot {
				s.Lot++
			}
		}
	}
	return s, err
}

// FleetKept returns what was kept of the fleet under a name; empty if nothing was.
// It stands beside the labels, so that an old copy of this ledger knows an old one.
func (l *Ledger) FleetKept(ctx context.Context, name string) (value string, err error) {
	err = l.db.Read.QueryRowContext(ctx, `SELECT coalesce((SELECT value FROM fleet_kept WHERE name = ?), '')`, name).Scan(&value)
	return value, err
}

// KeepFleet puts something of the fleet on disk under a name.
func (l *Ledger) KeepFleet(ctx context.Context, name, value string) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO fleet_kept (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
		return err
	})
}
