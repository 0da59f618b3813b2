package ledger

import (
	"errors"
	"testing"

	"miandan/printer"
)

// TestOneLabelInHand asks that a printer is not sent a second label before it is
// known what became of the first, unless its proof says which of them it means;
// and never a third.
func TestOneLabelInHand(t *testing.T) {
	b := newBench(t)
	for _, id := range []string{"1", "2", "3", "4"} {
		b.enqueue(b.order(id), 1)
	}
	ctx := t.Context()
	claim := func(on string) *Label {
		t.Helper()
		label, err := b.Claim(ctx, Claimant{Printer: on, Paper: "76x130"})
		b.do(err)
		b.do(b.Rendered(ctx, label.ID))
		return &label
	}
	intend := func(label *Label, on, follows string) (string, error) {
		t.Helper()
		a, err := b.Prepare(ctx)
		b.do(err)
		return a.Mark.String(), b.Intend(ctx, label, a, [32]byte{1}, printer.Baseline{Printer: on, Mark: a.Mark.String(), Follows: follows})
	}
	first, second, third := claim("bench-1"), claim("bench-1"), claim("bench-1")
	mark, err := intend(first, "bench-1", "")
	b.do(err)
	if _, err := intend(second, "bench-1", mark); !errors.Is(err, ErrInHand) {
		t.Errorf("behind one that is not under way yet: %v, want %v", err, ErrInHand)
	}
	b.do(b.Sending(ctx, *first))
	for _, follows := range []string{"", "zzzz"} {
		if _, err := intend(second, "bench-1", follows); !errors.Is(err, ErrInHand) {
			t.Errorf("a second label behind %q: %v, want %v", follows, err, ErrInHand)
		}
	}
	if _, err := intend(claim("bench-2"), "bench-2", ""); err != nil {
		t.Errorf("a label for another printer: %v", err)
	}
	next, err := intend(second, "bench-1", mark)
	if err != nil {
		t.Fatalf("behind the first: %v", err)
	}
	b.do(b.Sending(ctx, *second))
	for _, follows := range []string{mark, next, ""} {
		if _, err := intend(third, "bench-1", follows); !errors.Is(err, ErrInHand) {
			t.Errorf("a third label: %v, want %v", err, ErrInHand)
		}
	}
	b.settle(*first, printer.Confirmed)
	if _, err := intend(third, "bench-1", next); err != nil {
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

// TestABrokenCommitHidesTheLastAttempt: the attempt that a torn ledger knows went to
// another printer, and is not the one that nobody knows of.
func TestABrokenCommitHidesTheLastAttempt(t *testing.T) {
	b := newBench(t)
	b.enqueue(b.order("1"), 1)
	b.settle(b.print(Sending), printer.NotSent)
	label, err := b.Claim(t.Context(), Claimant{Printer: "bench-2", Paper: "76x130"})
	b.do(err)
	b.db.Torn = true
	_, err = b.Recover(t.Context())
	b.do(err)
	if got := b.row("1").Label; got != Unknown {
		t.Fatalf("it is %s, want %s", got, Unknown)
	}
	if w, err := b.Where(t.Context(), label.ID); err != nil || w.Printer != "bench-2" || w.Document != "" {
		t.Errorf("it is looked for in %q as %q, %v; want bench-2, and no name", w.Printer, w.Document, err)
	}
	if list, err := b.Doubts(t.Context(), "bench-1"); err != nil || len(list) > 0 {
		t.Errorf("whoever had the attempt before is asked: %+v, %v", list, err)
	}
}
