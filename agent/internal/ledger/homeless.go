package ledger

import (
	"context"
	"database/sql"
	"slices"
)

// NoPrinter is the code of what keeps a label in the queue whose paper no
// printer holds.
const NoPrinter = "paper-no-printer"

// Homeless finds the labels whose paper no printer holds, and writes down that
// this is what they wait for. It returns the papers, sorted. Those that a printer
// holds by now are freed of that reason.
func (l *Ledger) Homeless(ctx context.Context, held []string) ([]string, error) {
	rows, err := l.db.Read.QueryContext(ctx, `SELECT paper, max(problem <> ?1), max(problem = ?1) FROM labels WHERE state = 'queued' GROUP BY paper ORDER BY paper`, NoPrinter)
	if err != nil {
		return nil, err
	}
	type waiting struct {
		paper            string
		unmarked, marked bool
	}
	all, err := collect(rows, func(r *sql.Rows, w *waiting) error { return r.Scan(&w.paper, &w.unmarked, &w.marked) })
	if err != nil {
		return nil, err
	}
	var papers []string
	for _, w := range all {
		has := slices.Contains(held, w.paper)
		if !has {
			papers = append(papers, w.paper)
		}
		switch {
		case !has && w.unmarked:
			p := Problem{Code: NoPrinter, Args: []any{w.paper}}
			err = l.mark(ctx, w.paper, `problem <> ?`, p.Code, p.args(), NoPrinter)
		case has && w.marked:
			err = l.mark(ctx, w.paper, `problem = ?`, "", "", NoPrinter)
		}
		if err != nil {
			return nil, err
		}
	}
	return papers, nil
}

func (l *Ledger) mark(ctx context.Context, paper, which string, problem, args, code string) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE labels SET problem = ?, problem_detail = ? WHERE state = 'queued' AND paper = ? AND `+which, problem, args, paper, code)
		return err
	})
}
