package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"miandan/agent/internal/order"
)

// Want asks for a number and a label for an order, now: it goes before all that
// nobody asks for at this moment, out of the order of its wave if it is in one.
func (l *Ledger) Want(ctx context.Context, key order.Key) error {
	return l.WantOn(ctx, key, "")
}

// WantOn is Want for a printer, or a group of them, that the order is to print on.
// Empty leaves that as it is.
func (l *Ledger) WantOn(ctx context.Context, key order.Key, target string) error {
	return l.tx(ctx, func(tx *sql.Tx) error { return want(tx, key, target) })
}

func want(tx *sql.Tx, key order.Key, target string) error {
	n, err := count(tx.Exec(`UPDATE orders SET wanted = 1, next_try = 0, rule = iif(wanted, rule, ''), turn = ?1, wave = 0, position = 0,
		target = iif(?2 = '', target, ?2) WHERE source = ?3 AND platform_id = ?4`, turnAsked, target, key.Source, key.ID))
	switch {
	case err != nil:
		return err
	case n == 0:
		return ErrNoOrder
	}
	_, err = tx.Exec(`UPDATE labels SET turn = ?1, wave = 0, position = 0, next_try = 0, target = iif(?2 = '', target, ?2)
		WHERE order_id = (SELECT id FROM orders WHERE source = ?3 AND platform_id = ?4) AND state IN (?5, ?6, ?7)`,
		turnAsked, target, key.Source, key.ID, Queued, Claimed, Rendered)
	return err
}

// Unasked lists the orders that wait for somebody's word, or for a rule's.
func (l *Ledger) Unasked(ctx context.Context) ([]order.Key, error) {
	rows, err := l.db.Read.QueryContext(ctx, `SELECT source, platform_id FROM orders WHERE state = 'accepted' AND wanted = 0 AND key IS NOT NULL AND wave = 0`)
	if err != nil {
		return nil, err
	}
	return collect(rows, func(r *sql.Rows, k *order.Key) error { return r.Scan(&k.Source, &k.ID) })
}

// WantBy takes a number and prints because a rule says so, if the order still
// waits for that. It reports whether it did.
func (l *Ledger) WantBy(ctx context.Context, key order.Key, rule, target string) (bool, error) {
	n := 0
	err := l.tx(ctx, func(tx *sql.Tx) (err error) {
		n, err = count(tx.Exec(`UPDATE orders SET wanted = 1, next_try = 0, rule = ?, target = ?
			WHERE source = ? AND platform_id = ? AND state = 'accepted' AND wanted = 0 AND wave = 0`, rule, target, key.Source, key.ID))
		return err
	})
	return n > 0, err
}

// SwitchRule switches a rule of the settings off, or on again. It is kept: who
// switched one off before the end of a shift does not want the next start to
// print.
func (l *Ledger) SwitchRule(ctx context.Context, name string, on bool, p Person) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		q, what := `INSERT OR IGNORE INTO rules_off (name) VALUES (?)`, "rule-off"
		if on {
			q, what = `DELETE FROM rules_off WHERE name = ?`, "rule-on"
		}
		n, err := count(tx.Exec(q, name))
		if err != nil || n == 0 {
			return err
		}
		return l.audit(tx, p.Who, what, nil, nil, name)
	})
}

// RulesOff lists the rules that are switched off.
func (l *Ledger) RulesOff(ctx context.Context) ([]string, error) {
	rows, err := l.db.Read.QueryContext(ctx, `SELECT name FROM rules_off ORDER BY name`)
	if err != nil {
		return nil, err
	}
	return collect(rows, func(r *sql.Rows, name *string) error { return r.Scan(name) })
}

// PrintedBy counts the orders that each rule has had printed since a time.
func (l *Ledger) PrintedBy(ctx context.Context, since time.Time) (map[string]int, error) {
	rows, err := l.db.Read.QueryContext(ctx, `SELECT rule, count(*) FROM orders
		WHERE rule <> '' AND ended_at >= ? AND state = 'issued' GROUP BY rule`, since.UnixMilli())
	if err != nil {
		return nil, err
	}
	type run struct {
		rule string
		n    int
	}
	all, err := collect(rows, func(r *sql.Rows, v *run) error { return r.Scan(&v.rule, &v.n) })
	printed := map[string]int{}
	for _, v := range all {
		printed[v.rule] = v.n
	}
	return printed, err
}

// WaveID is what people call a wave by its number: W12.
func WaveID(id int64) string { return fmt.Sprintf("W%d", id) }

// ErrNoWave reports that the ledger has no such wave.
var ErrNoWave = errors.New("the ledger has no such wave")
