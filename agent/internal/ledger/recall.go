package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"miandan/agent/internal/audit"
	"miandan/printer"
)

// Doubt is a label that stands in unknown, and its last attempt.
type Doubt struct {
	Label    int64
	Attempt  int
	Document string // the attempt's name, which no other has
}

// Doubts returns the labels that stand in unknown since they were sent to a
// printer. It leaves out those of which the attempt that it knows may not be their
// last: of a restored copy, or of a commit that broke off.
func (l *Ledger) Doubts(ctx context.Context, printerName string) ([]Doubt, error) {
	rows, err := l.db.Read.QueryContext(ctx, `SELECT b.id, b.attempt, a.document FROM labels b
		JOIN orders o ON o.id = b.order_id JOIN attempts a ON a.label_id = b.id AND a.n = b.attempt
		WHERE b.state = ?1 AND a.state = ?1 AND a.printer = ?2 AND o.doubted = 0 ORDER BY b.id`, Unknown, printerName)
	if err != nil {
		return nil, err
	}
	return collect(rows, func(r *sql.Rows, d *Doubt) error { return r.Scan(&d.Label, &d.Attempt, &d.Document) })
}

// FoundPrinted settles a label that stood in unknown by the word of whoever took
// it and was asked later. Of a label that stands elsewhere by now, or has another
// attempt, it is a *MoveError.
func (l *Ledger) FoundPrinted(ctx context.Context, d Doubt, e printer.Evidence) error {
	evidence, err := json.Marshal(e)
	if err != nil {
		return err
	}
	return l.tx(ctx, func(tx *sql.Tx) error {
		if err := d.stands(tx, Presumed); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE attempts SET evidence = ?, state = ?, settled_at = ? WHERE label_id = ? AND n = ?`, string(evidence), Presumed, l.now(), d.Label, d.Attempt); err != nil {
			return err
		}
		if err := l.end(tx, d.Label, Presumed); err != nil {
			return err
		}
		return l.audit(tx, agent, audit.Presumed, nil, d.Label, fmt.Sprintf("attempt %d, %s, asked later", d.Attempt, e.Method))
	})
}

// FoundUnprinted puts a label that stood in unknown back into the queue: whoever
// took it was asked later and has proven that nothing of it was printed. It is
// offered again after wait. A label of which the data is gone is ErrPurged and
// stays.
func (l *Ledger) FoundUnprinted(ctx context.Context, d Doubt, p Problem, wait time.Duration) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		if err := d.stands(tx, Queued); err != nil {
			return err
		}
		var purged bool
		if err := tx.QueryRow(`SELECT o.key IS NULL FROM orders o JOIN labels b ON b.order_id = o.id WHERE b.id = ?`, d.Label).Scan(&purged); err != nil {
			return err
		}
		if purged {
			return ErrPurged
		}
		if _, err := tx.Exec(`UPDATE attempts SET state = ?, settled_at = ? WHERE label_id = ? AND n = ?`, Queued, l.now(), d.Label, d.Attempt); err != nil {
			return err
		}
		err := l.moveFrom(tx, d.Label, []LabelState{Unknown}, Queued, `, problem = ?, problem_detail = ?, next_try = ?, printer = ''`, p.Code, p.args(), l.now()+wait.Milliseconds())
		if err != nil {
			return err
		}
		return l.audit(tx, agent, "found-unprinted", nil, d.Label, fmt.Sprintf("attempt %d, asked later", d.Attempt))
	})
}

// stands makes sure that nobody has settled it meanwhile.
func (d Doubt) stands(tx *sql.Tx, to LabelState) error {
	var (
		is   LabelState
		last int
	)
	if err := tx.QueryRow(`SELECT state, attempt FROM labels WHERE id = ?`, d.Label).Scan(&is, &last); err != nil {
		return notFound(err, ErrNoLabel)
	}
	if is == Unknown && last == d.Attempt {
		return nil
	}
	return &MoveError{What: fmt.Sprintf("label %d after attempt %d", d.Label, d.Attempt), From: string(is), To: string(to)}
}
