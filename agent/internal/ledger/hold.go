package ledger

import (
	"context"
	"database/sql"
	"strings"
	"time"
)

// heldOf is under which name it is kept that somebody has stopped a printer.
const heldOf = "held:"

// SetHeld stops one printer or lets it go on. It is kept, as a pause is: who
// stopped a printer to clean its head does not want the next start to print. What
// it has in hand prints, a label whose intent is on disk; when SetHeld has returned
// no other one begins.
func (l *Ledger) SetHeld(ctx context.Context, printerName string, held bool, p Person) error {
	set, what := `DELETE FROM meta WHERE name = ?`, "printer-released"
	if held {
		set, what = `INSERT INTO meta (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, "printer-held"
	}
	return l.tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.Exec(set, heldOf+printerName); err != nil {
			return err
		}
		return l.audit(tx, p.Who, what, nil, nil, printerName)
	})
}

// Held returns the printers that somebody has stopped.
func (l *Ledger) Held(ctx context.Context) (map[string]bool, error) {
	rows, err := l.db.Read.QueryContext(ctx, `SELECT name FROM meta WHERE name BETWEEN ? AND ?`, heldOf, heldOf+"\U0010FFFF")
	if err != nil {
		return nil, err
	}
	names, err := collect(rows, func(r *sql.Rows, name *string) error { return r.Scan(name) })
	if err != nil {
		return nil, err
	}
	held := map[string]bool{}
	for _, name := range names {
		held[strings.TrimPrefix(name, heldOf)] = true
	}
	return held, nil
}

// PrintedSince counts the labels that have come out of each printer.
func (l *Ledger) PrintedSince(ctx context.Context, since time.Time) (map[string]int, error) {
	rows, err := l.db.Read.QueryContext(ctx, `SELECT printer, count(*) FROM labels WHERE ended_at >= ? AND state IN ('confirmed', 'presumed', 'printed') GROUP BY printer`, since.UnixMilli())
	if err != nil {
		return nil, err
	}
	type count struct {
		printer string
		n       int
	}
	counts, err := collect(rows, func(r *sql.Rows, c *count) error { return r.Scan(&c.printer, &c.n) })
	if err != nil {
		return nil, err
	}
	printed := map[string]int{}
	for _, c := range counts {
		printed[c.printer] = c.n
	}
	return printed, nil
}
