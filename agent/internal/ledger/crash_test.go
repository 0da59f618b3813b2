package ledger

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"miandan/agent/internal/store"
	"miandan/printer"
)

func TestCrashAtEveryStep(t *testing.T) {
	for _, c := range []struct {
		at   LabelState
		want LabelState
	}{
		{Claimed, Queued}, {Rendered, Queued}, // nothing can have left
		{Intent, Unknown}, {Sending, Unknown}, // a byte may have left
	} {
		t.Run(string(c.at), func(t *testing.T) {
			b := newBench(t)
			b.enqueue(b.order("1"), 1)
			b.print(c.at)
			b.crash()
			if got := b.row("1").Label; got != c.want {
				t.Fatalf("after a crash it is %s, want %s", got, c.want)
			}
			_, err := b.Claim(t.Context(), Claimant{Printer: "bench-1", Paper: "76x130"})
			if offered := err == nil; offered != (c.want == Queued) {
				t.Errorf("offered again = %v (%v)", offered, err)
			}
			b.crash()
			if got := b.row("1").Label; got != c.want {
				t.Errorf("after two crashes it is %s, want %s", got, c.want)
			}
		})
	}
}

func TestCrashWhileTheCarrierIsAsked(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.accept(o)
	b.do(b.issuing(o))
	b.crash()
	if got := b.row("1").OrderState; got != IssueUnknown {
		t.Fatalf("state = %s, want %s", got, IssueUnknown)
	}
	n, err := b.Next(t.Context())
	b.do(err)
	if !n.Again {
		t.Error("it may be asked as if for the first time: a second number would be taken")
	}
	b.do(b.ResolveNoNumber(t.Context(), o.Key, Person{Who: "tester"}))
	if n, err = b.Next(t.Context()); err != nil || n.Again {
		t.Errorf("after a person's word: again = %v, err = %v", n.Again, err)
	}
}

func TestNumberSurvivesBeforeItsRouting(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.accept(o)
	b.do(b.issuing(o))
	b.do(b.Issued(t.Context(), o.Key, bill(o, 1), 0))
	b.crash()
	n, err := b.Next(t.Context())
	b.do(err)
	if n.Waybill == nil || n.Waybill.Number != "731" || n.Waybill.Receiver.Phone.Reveal() != phone {
		t.Errorf("Next = %+v, want the number that was taken", n)
	}
	if err := b.issuing(o); err == nil {
		t.Error("a second number may be asked for")
	}
}

// restore runs f and then puts back the database as it was before.
func (b *bench) restore(f func()) {
	b.t.Helper()
	b.crash()
	b.do(b.db.Close())
	copied, err := os.ReadFile(filepath.Join(b.dir, store.FileName))
	b.do(err)
	b.open()
	f()
	b.crash()
	b.do(b.db.Close())
	for _, suffix := range []string{"-wal", "-shm"} {
		os.Remove(filepath.Join(b.dir, store.FileName+suffix))
	}
	b.do(os.WriteFile(filepath.Join(b.dir, store.FileName), copied, 0o600))
	b.now = b.now.Add(time.Minute)
	b.open()
	if !b.found.Restored {
		b.t.Fatal("an old copy was not noticed")
	}
}

func TestRestoredCopyPrintsNothing(t *testing.T) {
	b := newBench(t)
	b.enqueue(b.order("1"), 1)
	b.restore(func() { b.settle(b.print(Sending), printer.Confirmed) })
	if got := b.row("1").Label; got != Unknown {
		t.Errorf("label is %s, want %s: it may be on paper", got, Unknown)
	}
	b.crash()
	if b.found.Restored {
		t.Error("it counts as restored for ever")
	}
	b.now = b.now.Add(73 * time.Hour)
	if n, err := b.Purge(t.Context(), Retention{Ended: 24 * time.Hour, Unknown: 72 * time.Hour}); n != 1 || err != nil {
		t.Errorf("Purge = %d, %v: it is kept for ever", n, err)
	}
}

func TestRestoredCopyHalfWay(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	numbered, accepted, refused, unheard := b.order("1"), b.order("2"), b.order("3"), b.order("4")
	w := bill(numbered, 1)
	paper := Paper{"wujie-76x130", "76x130"}
	b.accept(numbered)
	b.do(b.issuing(numbered))
	b.do(b.Issued(ctx, numbered.Key, w, 0))
	b.accept(accepted)
	_, err := b.Accept(ctx, refused, Plan{Refusal: "no-route"})
	b.do(err)
	b.restore(func() {
		b.do(b.Enqueue(ctx, numbered.Key, w, paper, 0))
		b.settle(b.print(Sending), printer.Confirmed)
		b.enqueue(refused, 1)
		b.enqueue(unheard, 1)
	})

	b.do(b.Enqueue(ctx, numbered.Key, w, paper, 0))
	if got := b.row("1").Label; got != Unknown {
		t.Errorf("the label of a number in the copy is %s, want %s: it may be on paper", got, Unknown)
	}
	b.accept(refused)
	b.accept(unheard)
	for _, id := range []string{"2", "3", "4"} {
		if got := b.row(id).OrderState; got != IssueUnknown {
			t.Errorf("order %s is %s, want %s: it may have a number", id, got, IssueUnknown)
		}
	}
	// The carrier knows the number: it may be on paper too.
	b.do(b.issuing(unheard))
	b.do(b.Issued(ctx, unheard.Key, bill(unheard, 1), 0))
	b.do(b.Enqueue(ctx, unheard.Key, bill(unheard, 1), paper, 0))
	if got := b.row("4").Label; got != Unknown {
		t.Errorf("the label of a number that was found again is %s, want %s", got, Unknown)
	}
	// A person's word ends the doubt, and what was paid since is in none.
	b.do(b.ResolveNoNumber(ctx, accepted.Key, Person{Who: "tester"}))
	b.do(b.issuing(accepted))
	b.do(b.Issued(ctx, accepted.Key, bill(accepted, 1), 0))
	b.do(b.Enqueue(ctx, accepted.Key, bill(accepted, 1), paper, 0))
	b.enqueue(b.order("5"), 1)
	for _, id := range []string{"2", "5"} {
		if got := b.row(id).Label; got != Queued {
			t.Errorf("label of order %s is %s, want %s", id, got, Queued)
		}
	}
}

func TestMarksDoNotComeRound(t *testing.T) {
	b := newBench(t)
	seen := map[printer.Mark]bool{}
	for i := range 500 {
		a, err := b.Prepare(t.Context())
		b.do(err)
		if seen[a.Mark] {
			t.Fatalf("mark %s came round after %d", a.Mark, i)
		}
		seen[a.Mark] = true
		if i == 250 {
			b.crash()
		}
	}
}

func TestCommitIsNotAbandoned(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Accept(ctx, b.order("1"), plan); err != nil {
		t.Errorf("Accept with an ended context: %v", err)
	}
}
