package past

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"miandan/agent/internal/ledger"
	"miandan/printer"
)

// Print takes the i-th order from the platform's word to the proof that its label is
// out, all of it but paper and networks. Its label is not one of those that wait.
func Print(ctx context.Context, l *ledger.Ledger, i int) error {
	paper := ledger.Paper{Template: "jd-76x130", Size: "76x130"}
	o := Order(i, time.Now())
	if _, err := l.Accept(ctx, o, ledger.Plan{Issuer: "jd-express", Wanted: true}); err != nil {
		return err
	}
	n, err := l.Next(ctx)
	if err != nil {
		return fmt.Errorf("order %s: which is next: %w", o.Key, err)
	}
	if n.Order.Key != o.Key {
		return fmt.Errorf("order %s is next, want %s", n.Order.Key, o.Key)
	}
	if err := l.Issuing(ctx, n); err != nil {
		return err
	}
	w := Waybill(o)
	if err := l.Issued(ctx, o.Key, w, 40*time.Millisecond); err != nil {
		return err
	}
	if err := l.Enqueue(ctx, o.Key, w, paper, 20*time.Millisecond); err != nil {
		return err
	}
	label, err := l.Claim(ctx, ledger.Claimant{Printer: "bench-1", Paper: paper.Size})
	if err != nil {
		return fmt.Errorf("order %s: claim its label: %w", o.Key, err)
	}
	a, err := l.Prepare(ctx)
	if err != nil {
		return err
	}
	if err := l.Rendered(ctx, label.ID); err != nil {
		return err
	}
	if err := l.Intend(ctx, &label, a, sha256.Sum256([]byte(label.Number)), printer.Baseline{Printer: "bench-1", Mark: a.Mark.String()}); err != nil {
		return err
	}
	if err := l.Sending(ctx, label); err != nil {
		return err
	}
	_, err = l.Settle(ctx, label, ledger.Settled{Outcome: printer.Confirmed, Evidence: printer.Evidence{Method: "process-id", At: time.Now()}})
	return err
}
