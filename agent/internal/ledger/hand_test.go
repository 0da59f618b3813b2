package ledger

import (
	"errors"
	"testing"

	"miandan/printer"
)

// TestOneLabelInHand asks that a printer is not sent a second label before it is
// known what became of the first.
func TestOneLabelInHand(t *testing.T) {
	b := newBench(t)
	b.enqueue(b.order("1"), 3)
	ctx := t.Context()
	intend := func(on string) (Label, error) {
		t.Helper()
		label, err := b.Claim(ctx, on, "76x130")
		b.do(err)
		b.do(b.Rendered(ctx, label.ID))
		a, err := b.Prepare(ctx)
		b.do(err)
		return label, b.Intend(ctx, &label, a, [32]byte{1}, printer.Baseline{Printer: on, Mark: a.Mark.String()})
	}
	first := b.print(Sending) // on bench-1
	second, err := intend("bench-1")
	if !errors.Is(err, ErrInHand) {
		t.Errorf("a second label for the same printer: %v, want %v", err, ErrInHand)
	}
	if _, err := intend("bench-2"); err != nil {
		t.Errorf("a label for another printer: %v", err)
	}
	b.settle(first, printer.Confirmed)
	a, err := b.Prepare(ctx)
	b.do(err)
	if err := b.Intend(ctx, &second, a, [32]byte{1}, printer.Baseline{Printer: "bench-1", Mark: a.Mark.String()}); err != nil {
		t.Errorf("once the first is settled: %v", err)
	}
}

func TestWhereALabelMayLie(t *testing.T) {
	b := newBench(t)
	b.enqueue(b.order("1"), 1)
	b.settle(b.print(Sending), printer.Uncertain)
	id := b.row("1").LabelID
	if w, err := b.Where(t.Context(), id); err != nil || w.Printer != "bench-1" || w.Document == "" || w.Paper != "76x130" || w.Doubted {
		t.Errorf("%+v, %v", w, err)
	}
	_, err := b.db.Write.Exec(`UPDATE orders SET doubted = 1`)
	b.do(err)
	if w, err := b.Where(t.Context(), id); err != nil || !w.Doubted {
		t.Errorf("of a restored copy: %+v, %v", w, err)
	}
	if _, err := b.Where(t.Context(), id+1); !errors.Is(err, ErrNoLabel) {
		t.Errorf("of no label: %v", err)
	}
}
