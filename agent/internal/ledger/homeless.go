package ledger

import (
	"context"
	"database/sql"
	"slices"
)

// The codes of what keeps a label in the queue that no printer may take: its paper
// is in none, or not in the one or the group that it must print on.
const (
	NoPrinter = "paper-no-printer"
	NoTarget  = "target-no-printer"
)

// Home is what a label needs of a printer.
type Home struct {
	Paper  string
	Target string // the printer's or its group's name; empty for any
}

// of reports whether a printer is that.
func (h Home) of(c Claimant) bool {
	return c.Paper == h.Paper && (h.Target == "" || h.Target == c.Printer || h.Target == c.Group)
}

// Problem says what is wrong with a home that none of the printers is.
func (h Home) Problem(printers []Claimant) Problem {
	if h.Target != "" && slices.ContainsFunc(printers, Home{Paper: h.Paper}.of) {
		return Problem{Code: NoTarget, Args: []any{h.Paper, h.Target}}
	}
	return Problem{Code: NoPrinter, Args: []any{h.Paper}}
}

// Homeless finds what waiting labels need and no printer is, and writes down that
// this is what they wait for. It returns that, sorted. Those that a printer may
// take by now are freed of that reason.
func (l *Ledger) Homeless(ctx context.Context, printers []Claimant) ([]Home, error) {
	rows, err := l.db.Read.QueryContext(ctx, `SELECT paper, target, max(problem <> ?1), max(problem <> ?2), max(problem IN (?1, ?2)) FROM labels
		WHERE state = 'queued' GROUP BY paper, target ORDER BY paper, target`, NoPrinter, NoTarget)
	if err != nil {
		return nil, err
	}
	type waiting struct {
		Home
		unlike map[string]*bool // one of them does not say so
		marked bool
	}
	all, err := collect(rows, func(r *sql.Rows, w *waiting) error {
		w.unlike = map[string]*bool{NoPrinter: new(bool), NoTarget: new(bool)}
		return r.Scan(&w.Paper, &w.Target, w.unlike[NoPrinter], w.unlike[NoTarget], &w.marked)
	})
	if err != nil {
		return nil, err
	}
	var homes []Home
	for _, w := range all {
		if slices.ContainsFunc(printers, w.of) {
			if w.marked {
				err = l.mark(ctx, w.Home, `problem IN (?, ?)`, Problem{}, NoPrinter, NoTarget)
			}
		} else {
			homes = append(homes, w.Home)
			if p := w.Problem(printers); *w.unlike[p.Code] {
				err = l.mark(ctx, w.Home, `problem <> ?`, p, p.Code)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return homes, nil
}

func (l *Ledger) mark(ctx context.Context, h Home, which string, p Problem, codes ...any) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE labels SET problem = ?, problem_detail = ? WHERE state = 'queued' AND paper = ? AND target = ? AND `+which,
			append([]any{p.Code, p.args(), h.Paper, h.Target}, codes...)...)
		return err
	})
}
