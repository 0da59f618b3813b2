package ledger

import (
	"testing"
	"time"
)

// Who asks for a label does not wait for the time that it was put off to.
func TestWhatIsAskedForIsTriedAtOnce(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.enqueue(o, 1)
	b.do(b.Release(t.Context(), b.print(Claimed).ID, Problem{Code: "order-paused"}, 10*time.Minute))
	if _, err := b.Ask(t.Context(), o.Key, Person{Who: "tester"}); err != nil {
		t.Fatal(err)
	}
	b.print(Claimed)
}
