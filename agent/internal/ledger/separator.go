package ledger

import (
	"context"
	"database/sql"
)

// Separator is what a separator says of the labels of a wave that come next.
type Separator struct {
	Wave   Wave
	Place  string // where their goods are picked first; empty if nobody says
	Orders int
	Pieces int
	Goods  []Good // the most of which is picked first, at most ten
	Others int    // kinds of goods besides
}

// Good is a kind of goods and how many there are.
type Good struct {
	SKU      string
	Quantity int
}

// Separator returns what a printer puts before a label that it has claimed: of a
// wave with separators, before its first label and before each that is picked at
// another place than the one before it. Otherwise it is nil. Once the label is held
// it is ErrHeld: what would print after that is nobody's label, but it is paper.
//
// It is noted before it prints. One that a crash takes is not printed: it is no
// waybill, and nobody waits for it.
func (l *Ledger) Separator(ctx context.Context, label Label, printerName string) (*Separator, error) {
	if label.Wave == nil {
		return nil, nil
	}
	w, err := l.Wave(ctx, label.Wave.Wave)
	if err != nil || !w.Separator || w.State != WaveWorking {
		return nil, err
	}
	s := &Separator{Wave: w}
	var same bool
	err = l.db.Read.QueryRowContext(ctx, `SELECT m.place, EXISTS (SELECT 1 FROM wave_places p WHERE p.wave_id = m.wave_id AND p.printer = ? AND p.place = m.place)
		FROM wave_orders m WHERE m.wave_id = ? AND m.position = ?`, printerName, w.ID, label.Wave.Position).Scan(&s.Place, &same)
	if err != nil || same {
		return nil, err
	}
	return s, l.tx(ctx, func(tx *sql.Tx) error {
		if err := notHeld(tx, label.ID); err != nil {
			return err
		}
		if err := s.count(tx); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO wave_places (wave_id, printer, place) VALUES (?,?,?) ON CONFLICT (wave_id, printer) DO UPDATE SET place = excluded.place`,
			w.ID, printerName, s.Place)
		return err
	})
}

// count counts what is picked there, but for what was cancelled or refused since.
func (s *Separator) count(tx *sql.Tx) error {
	const there = ` FROM wave_orders m JOIN orders o ON o.id = m.order_id`
	const which = ` WHERE m.wave_id = ? AND m.place = ? AND o.state IN ('accepted', 'issuing', 'issued')`
	if err := tx.QueryRow(`SELECT count(*)`+there+which, s.Wave.ID, s.Place).Scan(&s.Orders); err != nil {
		return err
	}
	rows, err := tx.Query(`SELECT g.sku, sum(g.quantity)`+there+` JOIN order_goods g ON g.order_id = o.id`+which+`
		GROUP BY g.sku ORDER BY sum(g.quantity) DESC, g.sku`, s.Wave.ID, s.Place)
	if err != nil {
		return err
	}
	if s.Goods, err = collect(rows, func(r *sql.Rows, g *Good) error { return r.Scan(&g.SKU, &g.Quantity) }); err != nil {
		return err
	}
	for _, g := range s.Goods {
		s.Pieces += g.Quantity
	}
	const most = 10
	if s.Others = max(len(s.Goods)-most, 0); s.Others > 0 {
		s.Goods = s.Goods[:most]
	}
	return nil
}

// NotSeparated notes that a separator was not sent: it comes before the next label.
func (l *Ledger) NotSeparated(ctx context.Context, s Separator, printerName string) error {
	return l.tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`DELETE FROM wave_places WHERE wave_id = ? AND printer = ? AND place = ?`, s.Wave.ID, printerName, s.Place)
		return err
	})
}
