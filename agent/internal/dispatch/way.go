package dispatch

import (
	"context"
	"errors"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/printer"
)

// numberNext is the first half of an order's way: a platform's order becomes a
// number and labels in the queue. What is written down before the carrier is
// asked is found again after a crash; what the carrier says is on disk before
// anything is made of it.
func (s *Station) numberNext(ctx context.Context) error {
	n, done, err := s.nextNumber(ctx) // accepted and wanted, by deadline; nobody else has it
	if err != nil {
		return err
	}
	defer done()
	issuer, ok := s.Issuers[n.Issuer]
	if !ok {
		return s.Ledger.RefuseIssue(ctx, n.Order.Key, ledger.Problem{Code: "carrier-unknown", Args: []any{n.Order.ID, n.Issuer}})
	}
	if n.Waybill != nil {
		return s.route(ctx, n, issuer, *n.Waybill)
	}
	ask := asker(issuer, n.Again) // nil when only a person may say what became of the last question
	reference := referenceOf(issuer, n.Order)
	if ask == nil || n.Again && n.Reference != reference {
		return s.Ledger.IssueLost(ctx, n.Order.Key, lost(n.Order), time.Hour)
	}
	n.Reference = reference
	if err := s.Ledger.Issuing(ctx, n); errors.Is(err, ledger.ErrStale) { // on disk before the carrier is asked
		return nil // replaced since it was read: begin anew
	} else if err != nil {
		return err
	}
	began := time.Now()
	longer, answered := withGrace(ctx) // an answer that nobody waits for is one that a person has to look up
	defer answered()
	w, err := ask(longer, n.Order)
	if err == nil {
		err = carrier.Sound(n.Order.ID, w)
	}
	if err != nil {
		return s.notIssued(ctx, n, err)
	}
	if ours, err := s.numbered(ctx, n, w, time.Since(began)); err != nil || !ours { // on disk, before anything is made of it
		return err
	}
	return s.route(ctx, n, issuer, w)
}

// printNext is the second half: the printer's next label goes from the queue to
// paper, and what is known of it into the ledger. It returns once the label is
// on its way: the next is claimed as soon as the printer may have it, and not
// before, for a sister may be free sooner.
func (s *Station) printNext(ctx context.Context, p *Printer) error {
	free, err := p.hand.take(ctx) // the label ahead is on paper, or has left and is proven by itself
	if err != nil {
		return err
	}
	next, err := s.drawNext(ctx, p)
	if err != nil || next == nil {
		free()
		return err
	}
	p.sends.Go(func() {
		defer free()
		if err := s.send(ctx, p, next.label, next.drawn, free); err != nil {
			if !errors.Is(err, ledger.ErrNothing) { // else it was stopped, and nothing is wrong
				s.reportOnce(ctx, err, &p.failures)
			}
			return
		}
		p.failures.recovered()
	})
	return nil
}

// ready is a claimed label with what its printer takes.
type ready struct {
	label ledger.Label
	drawn drawn
}

// drawNext claims the label that is due next and makes of it what the printer
// takes: nothing of one that was cancelled or changed meanwhile.
func (s *Station) drawNext(ctx context.Context, p *Printer) (*ready, error) {
	if err := s.held(ctx, p); err != nil { // paused, or the printer is still off or out of paper
		return nil, err
	}
	label, err := s.Ledger.Claim(ctx, p.claimant())
	if err != nil {
		return nil, err
	}
	if err := s.fresh(ctx, &label); err != nil { // cancelled since? changed? its number lapsed?
		return nil, s.release(ctx, p, label, err)
	}
	d, err := s.draw(ctx, label, p) // template and waybill become dots; every barcode is read back
	if err != nil {
		return nil, s.release(ctx, p, label, err)
	}
	if err := s.separate(ctx, p, label); err != nil { // before a wave, and between its places
		return nil, s.release(ctx, p, label, err)
	}
	return &ready{label, d}, nil
}

// send takes a drawn label to paper. It calls free as soon as the next may follow.
func (s *Station) send(ctx context.Context, p *Printer, label ledger.Label, drawn drawn, free func()) error {
	p.line.RLock()
	defer p.line.RUnlock()
	p.begin(label.Number)
	defer p.end(label.Number)
	attempt, err := s.Ledger.Prepare(ctx)
	if err != nil {
		return s.release(ctx, p, label, err)
	}
	sending, baseline, err := p.Begin(ctx, drawn.job(attempt)) // no print byte yet
	if errors.As(err, new(*printer.EncodeError)) {
		return s.release(ctx, p, label, &unfitError{notice.New("label-not-encoded", err, string(label.Number), p.Name)})
	}
	if err != nil {
		return s.release(ctx, p, label, p.problem(err))
	}
	if err := s.pass(ctx, label); err != nil { // a neighbour has it, or nobody can say
		sending.Abandon()
		return err
	}
	if err := s.intend(ctx, &label, attempt, drawn.payload(), baseline); err != nil {
		sending.Abandon() // nothing was sent; err says why
		return s.release(ctx, p, label, err)
	}
	if err := s.Ledger.Sending(ctx, label); err != nil {
		sending.Abandon()
		return s.settle(ctx, p, label, ledger.Settled{Outcome: printer.NotSent}, err)
	}
	began := time.Now()
	longer, done := withGrace(ctx)
	defer done()
	sending.Then = free
	outcome, evidence, err := sending.Send(longer)
	drawn.timing.Send = time.Since(began)
	return s.settle(ctx, p, label, ledger.Settled{Outcome: outcome, Evidence: evidence, Timing: drawn.timing}, err)
}

// intend puts the intent on disk. The label ahead may be proven by its printer and
// not be settled on disk yet: that takes a moment.
func (s *Station) intend(ctx context.Context, label *ledger.Label, a ledger.Attempt, payload [32]byte, b printer.Baseline) error {
	end := time.After(2 * time.Second)
	for {
		changed := s.Ledger.Changes()
		err := s.Ledger.Intend(ctx, label, a, payload, b)
		if !errors.Is(err, ledger.ErrInHand) {
			return err
		}
		select {
		case <-changed:
		case <-end:
			return err
		case <-ctx.Done():
			return err
		}
	}
}
