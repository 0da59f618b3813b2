package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"miandan/agent/internal/audit"
	"miandan/agent/internal/logging"
	"miandan/agent/internal/order"
	"miandan/agent/internal/seal"
)

// agent is who did what no person asked for at that moment.
const agent = "agent"

// audit writes down what somebody did, or what became of a label, in the
// transaction that does it.
func (l *Ledger) audit(tx *sql.Tx, who, what string, orderID, labelID any, why string) error {
	r := audit.Record{At: l.clock(), Who: who, What: what, Why: logging.MaskPhones(why)} // people write reasons
	r.Order, _ = orderID.(int64)
	r.Label, _ = labelID.(int64)
	if r.Label != 0 && r.Order == 0 {
		if err := tx.QueryRow(`SELECT order_id FROM labels WHERE id = ?`, r.Label).Scan(&r.Order); err != nil {
			return notFound(err, ErrNoLabel)
		}
	}
	if r.Order != 0 {
		var key order.Key
		if err := tx.QueryRow(`SELECT source, platform_id FROM orders WHERE id = ?`, r.Order).Scan(&key.Source, &key.ID); err != nil {
			return notFound(err, ErrNoOrder)
		}
		r.Subject = key.String()
	}
	if r.Label != 0 {
		if err := l.fleetNews(tx, r); err != nil {
			return err
		}
	}
	return l.chain().Append(tx, r, l.anchored())
}

func (l *Ledger) chain() audit.MAC { return l.seal.AuditMAC }

func (l *Ledger) anchored() audit.Anchor {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.anchor
}

// AuditAnchor returns what the key store knows of the audit's end; nil if it
// knows of none.
func AuditAnchor(s *seal.Sealer) (*audit.Anchor, error) {
	text, err := s.AuditAnchor()
	if errors.Is(err, seal.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	a, err := audit.ParseAnchor(text)
	return &a, err
}

// openAudit reads the anchor before a run's first record. A key store that knows
// of no chain is told that it is empty before the chain begins: later, no anchor
// means that somebody has taken it away.
func (l *Ledger) openAudit() error {
	a, err := AuditAnchor(l.seal)
	if err == nil && a == nil {
		a = &audit.Anchor{}
		err = l.seal.SetAuditAnchor(a.String())
	}
	if err != nil {
		return fmt.Errorf("read the audit's anchor: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.anchor = *a
	return nil
}

// Anchor tells the key store where the audit ends now.
func (l *Ledger) Anchor() error {
	l.anchoring.Lock()
	defer l.anchoring.Unlock()
	end, own, err := l.chain().Head(l.db.Read)
	if err != nil || !own || end.Count <= l.anchored().Count {
		return err // an end that is not its own word is never vouched for
	}
	if err := l.seal.SetAuditAnchor(end.String()); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.anchor = end
	return nil
}

// KeepAnchor does so after each record until ctx ends, no more often than the
// key store can bear; see package audit. A failure is told and tried again.
func (l *Ledger) KeepAnchor(ctx context.Context, failed func(error)) {
	pause := time.Second
	if l.seal.Kind() == "system" {
		pause = 15 * time.Second
	}
	for ctx.Err() == nil {
		changed := l.Changes()
		if err := l.Anchor(); err != nil {
			failed(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		select {
		case <-ctx.Done():
		case <-changed:
		}
	}
}

// Stop puts on record that the run ends in good order, and anchors it.
func (l *Ledger) Stop(ctx context.Context) error {
	err := l.tx(ctx, func(tx *sql.Tx) error { return l.audit(tx, agent, audit.Stopped, nil, nil, "") })
	return errors.Join(err, l.Anchor())
}

// lastRun names what audit.Started and audit.Stopped are, as its index does.
const lastRun = `SELECT what FROM audit INDEXED BY audit_runs WHERE what IN ('started', 'stopped') ORDER BY id DESC LIMIT 1`

// started puts the run on record, and whether the one before it ended in good
// order.
func (l *Ledger) started(tx *sql.Tx, boot uint64) error {
	var last string
	err := tx.QueryRow(lastRun).Scan(&last)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	why := fmt.Sprintf("run %d", boot)
	if last == audit.Started {
		why += "; the one before was cut off"
	}
	return l.audit(tx, agent, audit.Started, nil, nil, why)
}

// Settings puts on record which settings are not what they were at the last
// run. Only their names: values may be secret or name people, and what is kept of
// them is a keyed hash. It returns the names.
func (l *Ledger) Settings(ctx context.Context, values map[string]string) (changed []string, err error) {
	err = l.tx(ctx, func(tx *sql.Tx) error {
		rows, err := tx.Query(`SELECT name, print FROM settings`)
		if err != nil {
			return err
		}
		type setting struct {
			name  string
			print []byte
		}
		list, err := collect(rows, func(r *sql.Rows, s *setting) error { return r.Scan(&s.name, &s.print) })
		if err != nil {
			return err
		}
		was := map[string][]byte{}
		for _, s := range list {
			was[s.name] = s.print
		}
		changed = nil
		for name, value := range values {
			print := l.seal.Fingerprint([]byte("setting"), []byte(name), []byte(value))
			if string(was[name]) == string(print) {
				continue
			}
			changed = append(changed, name)
			_, err := tx.Exec(`INSERT INTO settings (name, print) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET print = excluded.print`, name, print)
			if err != nil {
				return err
			}
		}
		for name := range was {
			if _, still := values[name]; still {
				continue
			}
			changed = append(changed, name)
			if _, err := tx.Exec(`DELETE FROM settings WHERE name = ?`, name); err != nil {
				return err
			}
		}
		if len(changed) == 0 {
			return nil
		}
		slices.Sort(changed)
		why := strings.Join(changed, " ")
		if len(was) == 0 {
			why = fmt.Sprintf("%d settings, which no run before has seen", len(changed))
		}
		return l.audit(tx, agent, audit.Settings, nil, nil, why)
	})
	return changed, err
}
