package ledger

import (
	"context"
	"database/sql"
	"strings"
)

// rollOf is under which name the labels left on a printer's roll are kept.
const rollOf = "roll:"

// SetRoll notes that a roll of so many labels has been put into a printer. Zero
// forgets what is known of it. What a printer notices by itself has nobody's name.
func (l *Ledger) SetRoll(ctx context.Context, printerName string, labels int, p Person) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		var err error
		if labels <= 0 {
			_, err = tx.Exec(`DELETE FROM meta WHERE name = ?`, rollOf+printerName)
		} else {
			_, err = tx.Exec(`INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, rollOf+printerName, labels)
		}
		if err != nil || p.Who == "" {
			return err
		}
		return l.audit(tx, p.Who, "roll", nil, nil, printerName)
	})
}

// Rolls returns how many labels are left on the rolls of which something is
// known, by printer. None are left where a roll was longer than was said.
func (l *Ledger) Rolls(ctx context.Context) (map[string]int, error) {
	rows, err := l.db.Read.QueryContext(ctx, `SELECT name, value FROM meta WHERE name BETWEEN ? AND ?`, rollOf, rollOf+"\U0010FFFF")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	rolls := map[string]int{}
	for rows.Next() {
		var (
			name string
			left int
		)
		if err := rows.Scan(&name, &left); err != nil {
			return nil, err
		}
		rolls[strings.TrimPrefix(name, rollOf)] = max(left, 0)
	}
	return rolls, rows.Err()
}

// unroll takes a label off its printer's roll, also one of which nobody knows
// whether it came out: a roll that ends sooner than said is worse than later.
func (l *Ledger) unroll(tx *sql.Tx, id int64) error {
	_, err := tx.Exec(`UPDATE meta SET value = value - 1 WHERE name = ? || (SELECT printer FROM labels WHERE id = ?)`, rollOf, id)
	return err
}
