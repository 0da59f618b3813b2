package ledger

import (
	"database/sql"
	"errors"
	"testing"
	"time"

	"miandan/printer"
)

func TestOutcomesBecomeStates(t *testing.T) {
	for outcome, want := range map[printer.Outcome]LabelState{
		printer.NotSent: Queued, printer.Uncertain: Unknown, printer.Sent: Presumed, printer.Confirmed: Confirmed,
	} {
		t.Run(outcome.String(), func(t *testing.T) {
			b := newBench(t)
			b.enqueue(b.order("1"), 1)
			if got := b.settle(b.print(Sending), outcome); got != want {
				t.Errorf("settled as %s, want %s", got, want)
			}
			b.crash()
			if got := b.row("1").Label; got != want {
				t.Errorf("after a restart it is %s, want %s", got, want)
			}
		})
	}
}

func TestRulesHold(t *testing.T) {
	b := newBench(t)
	b.enqueue(b.order("1"), 1)
	l := b.print(Sending)
	b.settle(l, printer.Confirmed)
	ctx := t.Context()
	var move *MoveError
	for what, err := range map[string]error{
		"send again":          b.Sending(ctx, l),
		"intend again":        b.Intend(ctx, &l, Attempt{}, [32]byte{}, printer.Baseline{}),
		"release":             b.Release(ctx, l.ID, Problem{}, 0),
		"resolve what is not": b.ResolvePrinted(ctx, l.ID, Person{}),
		"resolve the other":   b.ResolveNotPrinted(ctx, l.ID, Person{}, ""),
	} {
		if !errors.As(err, &move) {
			t.Errorf("%s: err = %v, want a MoveError", what, err)
		}
	}
	if got := b.row("1").Label; got != Confirmed {
		t.Errorf("label is %s, want %s", got, Confirmed)
	}
}

func TestReprintIsANewAttemptWithAPersonAndAReason(t *testing.T) {
	b := newBench(t)
	b.enqueue(b.order("1"), 1)
	b.settle(b.print(Sending), printer.Confirmed)
	ctx := t.Context()
	if _, err := b.Reprint(ctx, "731", Person{Who: "tester"}); !errors.Is(err, ErrWhy) {
		t.Errorf("without a reason: %v, want ErrWhy", err)
	}
	ids, err := b.Reprint(ctx, "731", Person{Who: "tester", Why: "torn"})
	if err != nil || len(ids) != 1 {
		t.Fatalf("Reprint = %v, %v", ids, err)
	}
	if _, err := b.Reprint(ctx, "731", Person{Who: "tester", Why: "torn"}); err == nil {
		t.Error("a second reprint while the first waits")
	}
	l := b.print(Sending)
	if l.Copy != 1 {
		t.Errorf("copy = %d, want 1: the paper must say that it is a reprint", l.Copy)
	}
	b.settle(l, printer.Confirmed)
	var first, second, why string
	b.do(b.db.Read.QueryRow(`SELECT (SELECT state FROM attempts WHERE n = 1), (SELECT state FROM attempts WHERE n = 2), (SELECT why FROM audit WHERE what = 'reprint')`).Scan(&first, &second, &why))
	if first != "confirmed" || second != "confirmed" || why != "torn" {
		t.Errorf("attempts %s, %s, reason %q", first, second, why)
	}
}

func TestNotPrintedGoesBackIntoTheQueueAsACopy(t *testing.T) {
	b := newBench(t)
	b.enqueue(b.order("1"), 1)
	l := b.print(Sending)
	b.crash()
	b.do(b.ResolveNotPrinted(t.Context(), l.ID, Person{Who: "tester"}, "the printer answered a process ID behind it"))
	again := b.print(Sending)
	if again.ID != l.ID || again.Copy != 1 {
		t.Errorf("printed label %d as copy %d, want %d as copy 1", again.ID, again.Copy, l.ID)
	}
}

func TestOrderOfTheQueue(t *testing.T) {
	b := newBench(t)
	late, soon := b.order("2"), b.order("1")
	soon.PaidAt = soon.PaidAt.Add(-time.Hour)
	b.enqueue(late, 1)
	b.enqueue(soon, 1)
	if l := b.print(Claimed); l.Order.ID != "1" {
		t.Errorf("first is %s, want the one with the nearer deadline", l.Order.ID)
	}
	if _, err := b.Claim(t.Context(), Claimant{Printer: "bench-2", Paper: "100x150"}); !errors.Is(err, ErrNothing) {
		t.Errorf("a printer with other paper: %v, want ErrNothing", err)
	}
	if l := b.print(Claimed); l.Order.ID != "2" {
		t.Errorf("second is %s", l.Order.ID)
	}
}

func TestPauseIsKept(t *testing.T) {
	b := newBench(t)
	b.do(b.SetPaused(t.Context(), true, Person{Who: "tester"}))
	b.crash()
	if paused, err := b.Paused(t.Context()); !paused || err != nil {
		t.Errorf("Paused = %v, %v after a restart, want true", paused, err)
	}
}

func TestChangesWakes(t *testing.T) {
	b := newBench(t)
	c := b.Changes()
	if b.Changes() != c {
		t.Error("every question makes a channel, and a night without a commit keeps them all")
	}
	b.accept(b.order("1"))
	select {
	case <-c:
	case <-time.After(time.Minute):
		t.Error("a commit woke nobody")
	}
}

func TestAClockThatIsSetBackHoldsUpNothing(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	b.enqueue(b.order("1"), 1)
	b.accept(b.order("2"))
	b.do(b.tx(ctx, func(tx *sql.Tx) error { return b.post(tx, 1, "731", "shipped") }))
	b.now = b.now.Add(30 * 24 * time.Hour)
	m, err := b.NextMessage(ctx)
	b.do(err)
	b.do(b.NotTold(ctx, m.ID, Problem{Code: "jd-unreachable"}, time.Minute))
	b.do(b.NotIssued(ctx, b.order("2").Key, Problem{Code: "jd-unreachable"}, time.Minute))
	b.do(b.Release(ctx, b.print(Claimed).ID, Problem{Code: "label-broken"}, 5*time.Second))
	due := func() map[string]error {
		_, label := b.Claim(ctx, Claimant{Printer: "bench-1", Paper: "76x130"})
		_, number := b.Next(ctx)
		_, message := b.NextMessage(ctx)
		return map[string]error{"label": label, "number": number, "message": message}
	}
	for what, err := range due() {
		if !errors.Is(err, ErrNothing) {
			t.Errorf("%s is due at once: %v", what, err)
		}
	}
	b.now = b.now.Add(-30 * 24 * time.Hour)
	for what, err := range due() {
		if err != nil {
			t.Errorf("%s waits for a time in a month: %v", what, err)
		}
	}
}
