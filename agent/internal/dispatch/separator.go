package dispatch

import (
	"context"
	"errors"
	"fmt"

	"miandan/agent/internal/ledger"
	"miandan/agent/internal/testcard"
	"miandan/printer"
	"miandan/templates/raster"
)

// separate prints the separator that belongs before a label, if one does. Whatever
// keeps it from coming out holds up no label, but for trouble of the printer, which
// would hold up the label as well.
func (s *Station) separate(ctx context.Context, p *Printer, label ledger.Label) error {
	sep, err := s.Ledger.Separator(ctx, label, p.Name)
	if errors.Is(err, ledger.ErrHeld) {
		return err
	}
	if err != nil || sep == nil || p.Sealed {
		return s.without(err)
	}
	j, err := s.separator(*sep, p)
	if err != nil {
		return s.without(err)
	}
	a, err := s.Ledger.Prepare(ctx)
	if err != nil {
		return s.without(err)
	}
	j.Name, j.Mark = a.Document, a.Mark
	if !p.alone(ctx, grace) { // a label that has left is still being proven
		return s.without(context.DeadlineExceeded)
	}
	defer p.line.Unlock()
	longer, done := withGrace(ctx)
	defer done()
	outcome, evidence, err := s.put(longer, p, j)
	s.Log.Info("separator", "wave", ledger.WaveID(sep.Wave.ID), "printer", p.Name, "outcome", outcome.String(), "evidence", evidence.Method)
	if outcome != printer.NotSent || err == nil {
		return nil
	}
	if err := s.Ledger.NotSeparated(ctx, *sep, p.Name); err != nil {
		s.without(err)
	}
	return p.problem(err)
}

// without notes that a label goes on without its separator.
func (s *Station) without(err error) error {
	if err != nil {
		s.Log.Warn("no separator", "error", err)
	}
	return nil
}

// separator draws one for a printer.
func (s *Station) separator(sep ledger.Separator, p *Printer) (printer.Job, error) {
	lot := testcard.Lot{
		Wave: ledger.WaveID(sep.Wave.ID), Place: sep.Place, Orders: sep.Orders, Pieces: sep.Pieces, Time: s.Clock().Format("01-02 15:04"),
	}
	if sep.Wave.Name != "" {
		lot.Wave += " " + sep.Wave.Name
	}
	for _, g := range sep.Goods {
		lot.Goods = append(lot.Goods, fmt.Sprintf("%s × %d", g.SKU, g.Quantity))
	}
	if sep.Others > 0 {
		lot.Goods = append(lot.Goods, fmt.Sprintf("另 %d 种", sep.Others))
	}
	page, err := testcard.Separator(lot, p.Width, p.Height, p.Grid)
	if err != nil {
		return printer.Job{}, err
	}
	image, err := raster.Render(page)
	if err != nil {
		return printer.Job{}, err
	}
	j := printer.Job{Image: image, Width: int(p.Width), Height: int(p.Height)}
	if p.PDF {
		j.PDF, err = written(page)
	}
	return j, err
}
