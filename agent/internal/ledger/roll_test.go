package ledger

import (
	"maps"
	"testing"

	"miandan/printer"
)

func TestARollRunsDown(t *testing.T) {
	b := newBench(t)
	b.enqueue(b.order("1"), 5)
	left := func(what string, want map[string]int) {
		t.Helper()
		got, err := b.Rolls(t.Context())
		b.do(err)
		if !maps.Equal(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	b.settle(b.print(Sending), printer.Confirmed)
	left("nothing is known", map[string]int{})
	b.do(b.SetRoll(t.Context(), "bench-1", 3, Person{Who: "tester"}))
	b.do(b.SetRoll(t.Context(), "bench-10", 7, Person{}))
	left("two rolls", map[string]int{"bench-1": 3, "bench-10": 7})
	b.settle(b.print(Sending), printer.Confirmed)
	b.settle(b.print(Sending), printer.NotSent)
	left("one printed, one not sent", map[string]int{"bench-1": 2, "bench-10": 7})
	b.settle(b.print(Sending), printer.Uncertain)
	left("one is not known to be out", map[string]int{"bench-1": 1, "bench-10": 7})
	b.settle(b.print(Sending), printer.Sent)
	b.settle(b.print(Sending), printer.Confirmed)
	left("a roll longer than was said", map[string]int{"bench-1": 0, "bench-10": 7})
	b.do(b.SetRoll(t.Context(), "bench-1", 0, Person{Who: "tester"}))
	left("forgotten", map[string]int{"bench-10": 7})
}
