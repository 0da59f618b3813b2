package ledger

import (
	"context"
	"database/sql"
	"strings"
)

// brokenOf is under which name it is kept that a label may have broken off in the
// middle of its printer, which would take the next for the rest of it.
const brokenOf = "broken:"

// Broken returns the printers in which half a label may lie.
func (l *Ledger) Broken(ctx context.Context) ([]string, error) {
	rows, err := l.db.Read.QueryContext(ctx, `SELECT name FROM meta WHERE name BETWEEN ? AND ? ORDER BY name`, brokenOf, brokenOf+"\U0010FFFF")
	if err != nil {
		return nil, err
	}
	return collect(rows, func(r *sql.Rows, name *string) error {
		err := r.Scan(name)
		*name = strings.TrimPrefix(*name, brokenOf)
		return err
	})
}

// breaks notes the printers to which labels were on their way as the program
// ended.
func (l *Ledger) breaks(tx *sql.Tx) error {
	_, err := tx.Exec(`INSERT INTO meta (name, value) SELECT DISTINCT ? || printer, 1 FROM labels WHERE state IN (?,?) AND printer <> ''
		ON CONFLICT (name) DO NOTHING`, brokenOf, Sending, Sent)
	return err
}

// Breaks notes that something that is no label is about to leave for a printer:
// should the program end meanwhile, half of it lies there as half a label would. It
// reports whether nothing lay there before.
func (l *Ledger) Breaks(ctx context.Context, printerName string) (fresh bool, err error) {
	n := 0
	err = l.txFor(ctx, 0, func(tx *sql.Tx) (err error) {
		n, err = count(tx.Exec(`INSERT INTO meta (name, value) VALUES (?, 1) ON CONFLICT (name) DO NOTHING`, brokenOf+printerName))
		return err
	})
	return n > 0, err
}

// Whole notes that nothing lies in a printer that broke off.
func (l *Ledger) Whole(ctx context.Context, printerName string) error {
	return l.txFor(ctx, 0, func(tx *sql.Tx) error {
		_, err := tx.Exec(`DELETE FROM meta WHERE name = ?`, brokenOf+printerName)
		return err
	})
}

// broke notes what an attempt has left in its printer: perhaps half a label, if
// nobody knows what became of it, and nothing of an earlier one if it came out.
func (l *Ledger) broke(tx *sql.Tx, id int64, known bool) error {
	query := `INSERT INTO meta (name, value) SELECT ? || printer, 1 FROM labels WHERE id = ? ON CONFLICT (name) DO NOTHING`
	if known {
		query = `DELETE FROM meta WHERE name = ? || (SELECT printer FROM labels WHERE id = ?)`
	}
	_, err := tx.Exec(query, brokenOf, id)
	return err
}
