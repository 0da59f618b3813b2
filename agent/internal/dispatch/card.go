package dispatch

import (
	"context"
	"time"

	"miandan/agent/internal/notice"
	"miandan/printer"
)

// Card prints what is no waybill: a test card. The ledger does not hear of it,
// and no label is on its way to the printer meanwhile: the proof of one could be
// taken for that of the other. A card that does not come to its turn before ctx
// ends is not printed.
func (s *Station) Card(ctx context.Context, p *Printer, j printer.Job) (printer.Outcome, printer.Evidence, error) {
	free, err := p.between(ctx)
	if err != nil {
		return printer.NotSent, printer.Evidence{}, err
	}
	defer free()
	a, err := s.Ledger.Prepare(ctx)
	if err != nil {
		return printer.NotSent, printer.Evidence{}, err
	}
	j.Name, j.Mark = a.Document, a.Mark
	outcome, evidence, err := s.put(ctx, p, j)
	if err != nil {
		err = PrinterNotice(p.Name, err)
	}
	s.Log.Info("card", "printer", p.Name, "outcome", outcome.String(), "evidence", evidence.Method)
	return outcome, evidence, err
}

// put prints what is no label. The caller has the hand and the line. The ledger hears
// of it only that it may break off: the next start must not send a label behind half
// of it, which would be taken for the rest.
func (s *Station) put(ctx context.Context, p *Printer, j printer.Job) (printer.Outcome, printer.Evidence, error) {
	sending, _, err := p.Begin(ctx, j)
	if err != nil {
		return printer.NotSent, printer.Evidence{}, err
	}
	fresh, err := s.Ledger.Breaks(ctx, p.Name)
	if err != nil {
		sending.Abandon()
		return printer.NotSent, printer.Evidence{}, err
	}
	outcome, evidence, err := sending.Send(ctx)
	if outcome > printer.Uncertain || outcome == printer.NotSent && fresh {
		if err := s.Ledger.Whole(ctx, p.Name); err != nil {
			s.Log.Warn("a printer counts as broken off that is not", "printer", p.Name, "error", err)
		}
	}
	return outcome, evidence, err
}

// Alter changes how a printer is driven, between two labels: the next one is sent
// as it then is. Change must not talk to the printer.
func (s *Station) Alter(ctx context.Context, p *Printer, change func(*printer.Printer)) error {
	free, err := p.between(ctx)
	if err != nil {
		return err
	}
	defer free()
	change(p.Printer)
	return nil
}

// between waits for the moment at which no label is on its way to the printer, and
// lets none begin until free is called.
func (p *Printer) between(ctx context.Context) (free func(), err error) {
	release, err := p.hand.take(ctx)
	if err != nil {
		return nil, notice.New("printer-busy", err, p.Name)
	}
	// With the hand taken no label begins; one that has left may still be proven.
	if !p.alone(ctx, time.Hour) {
		release()
		return nil, notice.New("printer-busy", context.Cause(ctx), p.Name)
	}
	return func() { p.line.Unlock(); release() }, nil
}
