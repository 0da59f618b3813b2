package ledger

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"miandan/printer"
)

// TestWavesKeepTheirOrder has two printers print a wave while numbers come in any
// order, the wave is stopped and goes on, labels are put back, orders are refused
// and the station dies. Each label is on paper once, and no printer prints a
// position after a later one, unless that label was put back or came when its time
// was over.
func TestWavesKeepTheirOrder(t *testing.T) {
	if testing.Short() {
		t.Skip("a new ledger for each of many tries")
	}
	for try := range 6 {
		seed := rand.Uint64()
		t.Run(fmt.Sprint(try), func(t *testing.T) {
			t.Logf("seed %d", seed)
			waveWalk(t, rand.New(rand.NewPCG(seed, 0)))
		})
	}
}

func waveWalk(t *testing.T, r *rand.Rand) {
	between := func(least, most int) int { return least + r.IntN(most-least+1) }
	b := newBench(t)
	n := between(2, 7)
	var ids []string
	for i := range n {
		ids = append(ids, fmt.Sprint(i+1))
		b.accept(b.order(ids[i]))
	}
	r.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	w := b.wave(ids...)
	last := map[string]int{}
	excused := map[int]bool{} // positions that may come late
	printed := map[string]int{}
	stopped := false
	numbered := func() {
		next, err := b.Next(t.Context())
		if errors.Is(err, ErrNothing) {
			return
		}
		b.do(err)
		switch between(0, 5) {
		case 0:
			b.do(b.issuing(b.order(next.Order.ID)))
			b.do(b.RefuseIssue(t.Context(), next.Order.Key, Problem{Code: "carrier-refused"}))
		case 1:
			b.do(b.issuing(b.order(next.Order.ID)))
			b.do(b.NotIssued(t.Context(), next.Order.Key, Problem{Code: "carrier-refused"}, 3*time.Second))
		default:
			b.numbered(b.order(next.Order.ID))
		}
	}
	print := func() {
		name := []string{"bench-1", "bench-2"}[r.IntN(2)]
		label, err := b.Claim(t.Context(), Claimant{Printer: name, Paper: "76x130"})
		if errors.Is(err, ErrNothing) {
			return
		}
		b.do(err)
		if stopped {
			t.Fatalf("%s claims of a stopped wave", name)
		}
		position := label.Wave.Position
		if between(0, 4) == 0 {
			excused[position] = true
			b.do(b.Release(t.Context(), label.ID, Problem{}, time.Duration(between(0, 40))*time.Second))
			return
		}
		b.do(b.Rendered(t.Context(), label.ID))
		b.do(b.Intend(t.Context(), &label, Attempt{}, [32]byte{}, printer.Baseline{Printer: name}))
		b.do(b.Sending(t.Context(), label))
		_, err = b.Settle(t.Context(), label, Settled{Outcome: printer.Confirmed})
		b.do(err)
		if printed[label.Order.ID]++; printed[label.Order.ID] > 1 {
			t.Fatalf("order %s is on paper twice", label.Order.ID)
		}
		if position < last[name] && !excused[position] {
			t.Fatalf("%s prints position %d after %d", name, position, last[name])
		}
		last[name] = max(last[name], position)
	}
	for range between(20, 60) {
		switch between(0, 9) {
		case 0:
			b.do(b.StopWave(t.Context(), w, Person{}))
			stopped = true
		case 1, 2:
			b.do(b.ResumeWave(t.Context(), w, Person{}))
			stopped = false
		case 3:
			b.now = b.now.Add(time.Duration(between(1, 5)) * time.Second)
		case 4:
			b.now = b.now.Add(31 * time.Second) // whoever holds up the others has done so for long enough
			members, err := b.Members(t.Context(), w)
			b.do(err)
			for _, m := range members {
				if m.OrderState == Accepted || m.Label == Queued {
					excused[m.Position] = true
				}
			}
		case 5:
			b.crash()
		case 6, 7:
			numbered()
		default:
			print()
		}
	}
}
