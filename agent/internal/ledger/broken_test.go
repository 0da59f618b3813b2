package ledger

import (
	"slices"
	"testing"

	"miandan/printer"
)

func TestHalfALabelIsRemembered(t *testing.T) {
	b := newBench(t)
	b.enqueue(b.order("1"), 5)
	broken := func(what string, want ...string) {
		t.Helper()
		got, err := b.Broken(t.Context())
		b.do(err)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	b.settle(b.print(Sending), printer.Confirmed)
	broken("a label came out")
	b.print(Intent)
	b.crash()
	broken("no byte had left as it ended")
	b.print(Sending)
	b.crash()
	broken("bytes were leaving as it ended", "bench-1")
	b.crash()
	broken("and it ended again", "bench-1")
	b.settle(b.print(Sending), printer.NotSent)
	broken("nothing was sent since", "bench-1")
	b.settle(b.print(Sending), printer.Confirmed)
	broken("a whole label came out since")
	b.settle(b.print(Sending), printer.Uncertain)
	broken("nobody knows of the last one", "bench-1")
}
