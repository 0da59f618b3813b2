package dispatch

import (
	"context"
	"errors"
	"time"

	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
)

// handedPatience is how long a document waits for the printer that has the one in
// whose place it would come.
const handedPatience = 10 * time.Second

// AddDocument takes a sealed label that somebody hands in. What became of it is the
// ledger's verdict; from there the label goes the way of every other.
func (s *Station) AddDocument(ctx context.Context, d ledger.Document) (ledger.Verdict, error) {
	d.Paper.Template = PlatformSealed
	end := time.After(handedPatience)
	for {
		changed := s.Ledger.Changes()
		verdict, err := s.Ledger.AcceptDocument(ctx, d)
		taken := (*ledger.TakenError)(nil)
		switch {
		case errors.As(err, &taken):
			return "", notice.New("number-taken", err, string(taken.Number), taken.Order)
		case err == nil && verdict != ledger.Same:
			s.Log.Info("document", "order", d.Order.ID, "source", d.Order.Source, "verdict", verdict)
			return verdict, nil
		case !errors.Is(err, ledger.ErrBusy):
			return verdict, err
		}
		select {
		case <-changed:
		case <-end:
			return "", notice.New("document-in-hand", err, d.Order.ID)
		case <-ctx.Done():
			return "", context.Cause(ctx)
		}
	}
}

// handedIn is a document for its printer, byte for byte as it was handed in.
func (s *Station) handedIn(ctx context.Context, label ledger.Label, p *Printer) (drawn, error) {
	sealed, err := s.Ledger.Document(ctx, label.ID)
	if err != nil {
		return drawn{}, &elsewhereError{err}
	}
	return drawn{sealed: sealed, width: int(p.Width), height: int(p.Height)}, nil
}
