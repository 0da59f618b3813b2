package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"

	"miandan/agent/internal/audit"
)

// Recovered says what was found half done.
type Recovered struct {
	Released     int  // labels that were claimed; nothing of them had left
	Unknown      int  // labels of which a byte may have left
	IssueUnknown int  // orders whose carrier was being asked
	Restored     bool // the database is an old copy: see below
}

// Recover brings the ledger from where the last run left it to a state from
// which it may go on. Nothing may claim or issue before it has returned.
//
// A boot counter stands in the database and in the key store. A database that
// has counted less than the key store is an old copy that somebody restored. A
// copy of the last run has counted as far, but its audit ends before the anchor.
// What an old copy thinks is waiting may long be on paper, so all of it becomes
// unknown, and so does what was paid before and it has never heard of.
func (l *Ledger) Recover(ctx context.Context) (Recovered, error) {
	var r Recovered
	kept, err := l.seal.BootCount()
	if err != nil {
		return r, fmt.Errorf("read boot counter: %w", err)
	}
	if err := l.openAudit(); err != nil {
		return r, err
	}
	var boot uint64
	err = l.tx(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRow(`SELECT coalesce((SELECT value FROM meta WHERE name = 'boot'), 0)`).Scan(&boot)
		if err != nil {
			return err
		}
		end, _, err := l.chain().Head(tx)
		if err != nil {
			return err
		}
		r.Restored = boot < kept || end.Count < l.anchored().Count
		if err := l.chain().Open(tx, l.anchored(), l.clock()); err != nil {
			return err
		}
		if r.Restored {
			if err := l.audit(tx, agent, audit.Restored, nil, nil, fmt.Sprintf("the copy is of run %d, the last was run %d", boot, kept)); err != nil {
				return err
			}
		}
		boot = max(boot, kept) + 1
		if err := l.started(tx, boot); err != nil {
			return err
		}
		if err := l.recover(tx, &r); err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO meta (name, value) VALUES ('boot', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, int64(boot))
		return err
	})
	if err != nil {
		return r, err
	}
	// The database counts first: a crash between the two leaves it ahead, which
	// is harmless; behind would look like a restored copy.
	return r, errors.Join(l.seal.SetBootCount(boot), l.Anchor())
}

func (l *Ledger) recover(tx *sql.Tx, r *Recovered) error {
	begun := []any{Intent, Sending, Sent}
	if r.Restored {
		begun = append(begun, Queued, Claimed, Rendered)
	}
	if l.db.Torn {
		begun = append(begun, Claimed, Rendered) // the commit that broke off may have been its intent
	}
	if err := l.auditUnknown(tx, begun); err != nil {
		return err
	}
	if err := l.breaks(tx); err != nil {
		return err
	}
	var err error
	if r.Unknown, err = count(tx.Exec(`UPDATE labels SET state = ?, problem = ?, problem_detail = '' WHERE state IN (`+placeholders(len(begun))+`)`,
		append([]any{Unknown, "label-unknown"}, begun...)...)); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE attempts SET state = ? WHERE settled_at = 0 AND state IN (?,?,?)`, Unknown, Intent, Sending, Sent); err != nil {
		return err
	}
	if r.Released, err = count(tx.Exec(`UPDATE labels SET state = ?, printer = '', next_try = 0 WHERE state IN (?,?)`, Queued, Claimed, Rendered)); err != nil {
		return err
	}
	// What was put off may have been put right: a layout, a setting.
	if _, err = tx.Exec(`UPDATE labels SET next_try = 0 WHERE state = ? AND next_try > 0`, Queued); err != nil {
		return err
	}
	asked := []any{Issuing}
	if r.Restored {
		asked = append(asked, Accepted)
		if err := l.doubt(tx); err != nil {
			return err
		}
	}
	r.IssueUnknown, err = count(tx.Exec(`UPDATE orders SET state = ?, problem = ?, problem_detail = '', next_try = 0 WHERE state IN (`+placeholders(len(asked))+`)`,
		append([]any{IssueUnknown, "carrier-answer-unknown"}, asked...)...))
	return err
}

// auditUnknown puts on record what is about to become unknown.
func (l *Ledger) auditUnknown(tx *sql.Tx, states []any) error {
	rows, err := tx.Query(`SELECT id, state FROM labels WHERE state IN (`+placeholders(len(states))+`) ORDER BY id`, states...)
	if err != nil {
		return err
	}
	type label struct {
		id    int64
		state string
	}
	list, err := collect(rows, func(r *sql.Rows, b *label) error { return r.Scan(&b.id, &b.state) })
	if err != nil {
		return err
	}
	for _, b := range list {
		if err := l.audit(tx, agent, audit.Unknown, nil, b.id, "found as "+b.state); err != nil {
			return err
		}
	}
	return nil
}

// doubt marks every order of a restored copy, and keeps the moment for those
// that are not in it. Process IDs begin far from where they stand: those that
// follow in this copy were used by the database that is no more.
func (l *Ledger) doubt(tx *sql.Tx) error {
	if _, err := tx.Exec(`UPDATE orders SET doubted = 1`); err != nil {
		return err
	}
	hop := 1_000_000 + rand.Int64N(12_000_000) // of 62⁴
	if _, err := tx.Exec(`INSERT INTO meta (name, value) VALUES ('mark', ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value`, hop); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT INTO meta (name, value) VALUES ('restored', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, l.now())
	return err
}

func count(r sql.Result, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	n, err := r.RowsAffected()
	return int(n), err
}
