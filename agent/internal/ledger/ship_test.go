package ledger

import (
	"errors"
	"testing"

	"miandan/printer"
)

// TestShippedInTheSameCommit: once the last label is on paper, no crash can come
// between that and the word to the platform.
func TestShippedInTheSameCommit(t *testing.T) {
	b := newBench(t)
	b.ShipOnPaper = true
	b.enqueue(b.order("1"), 2)
	b.settle(b.print(Sending), printer.Confirmed)
	if m, err := b.NextMessage(t.Context()); !errors.Is(err, ErrNothing) {
		t.Fatalf("told after one parcel of two: %+v, %v", m, err)
	}
	second := b.print(Sending)
	b.settle(second, printer.Uncertain)
	if m, err := b.NextMessage(t.Context()); !errors.Is(err, ErrNothing) {
		t.Fatalf("told of a label that nobody has seen: %+v, %v", m, err)
	}
	b.do(b.ResolvePrinted(t.Context(), second.ID, Person{Who: "demo"}))
	b.crash()
	m, err := b.NextMessage(t.Context())
	b.do(err)
	if m.What != "shipped" || m.Order.ID != "1" {
		t.Errorf("the message is %+v, want shipped for order 1", m)
	}
}
