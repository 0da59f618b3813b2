package dispatch

import (
	"context"
	"errors"
	"time"

	"miandan/agent/internal/carrier/component"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/printer"
)

// rememberer is a way to a printer that can be asked later what became of what it
// took.
type rememberer interface {
	// Became asks by the attempt's name. No error means that it was printed, and one
	// that is printer.ErrUnprinted that it never will be. After any other as much is
	// known as before.
	Became(ctx context.Context, document string) (printer.Evidence, error)
}

// recallEvery is how often it is looked for labels in unknown that have not been
// asked for: the component may be started after the agent.
const recallEvery = time.Minute

// recall asks a printer's component for the labels that stand in unknown since they
// were sent to it, before a person has to. Each attempt is asked for once; again
// only as long as the component does not answer at all.
func (s *Station) recall(ctx context.Context, p *Printer, from rememberer, asked map[ledger.Doubt]bool) error {
	doubts, err := s.Ledger.Doubts(ctx, p.Name)
	if err != nil {
		return err
	}
	for _, d := range doubts {
		if asked[d] {
			continue
		}
		evidence, err := from.Became(ctx, d.Document)
		if ctx.Err() != nil {
			return nil
		}
		if errors.Is(err, component.ErrOff) && !errors.Is(err, printer.ErrUnprinted) {
			return nil // the others would not be answered either
		}
		if err := s.recalled(ctx, p, d, evidence, err); err != nil {
			return err // the disk; it is asked for again
		}
		asked[d] = true
	}
	return nil
}

// recalled writes down what a component has said of an earlier attempt.
func (s *Station) recalled(ctx context.Context, p *Printer, d ledger.Doubt, evidence printer.Evidence, said error) error {
	var err error
	switch {
	case said == nil:
		err = s.Ledger.FoundPrinted(ctx, d, evidence)
	case errors.Is(said, printer.ErrUnprinted):
		why := refusedBy(p, said)
		if why == nil {
			why = notice.New("printer-off", said, p.Name)
		}
		err = s.Ledger.FoundUnprinted(ctx, d, ledger.Problem{Code: string(why.Code), Args: why.Args}, s.patience.after(d.Label, why))
	default:
		s.Log.Info("the component does not know what became of a label", "label", d.Label, "printer", p.Name, "error", said)
		return nil
	}
	switch {
	case errors.As(err, new(*ledger.MoveError)): // a person was quicker
		return nil
	case errors.Is(err, ledger.ErrPurged): // it cannot be printed again, and stays where it is seen
		return nil
	case err == nil:
		s.Log.Info("the component was asked what became of a label", "label", d.Label, "printer", p.Name, "printed", said == nil)
	}
	return err
}
