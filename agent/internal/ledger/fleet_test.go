package ledger

import (
	"errors"
	"slices"
	"testing"
	"time"

	"miandan/agent/internal/order"
	"miandan/printer"
)

// shared is a label that the fleet gives this station.
func (b *bench) shared(id, epoch int64, orderID string, parcels, parcel int) FleetLabel {
	o := b.order(orderID)
	return FleetLabel{FleetRef: FleetRef{id, epoch}, Order: o, Waybill: bill(o, parcels), Issuer: "wujie/ZTO",
		Paper: Paper{"wujie-76x130", "76x130"}, Parcel: parcel, Deadline: b.now.Add(time.Hour)}
}

func (b *bench) takeIn(f FleetLabel) {
	b.t.Helper()
	b.do(b.TakeIn(b.t.Context(), f))
}

// news tells the fleet what there is, and returns it in words.
func (b *bench) news() []string {
	b.t.Helper()
	list, err := b.Untold(b.t.Context(), 100)
	b.do(err)
	var said []string
	var seqs []int64
	for _, n := range list {
		said, seqs = append(said, n.State), append(seqs, n.Seq)
	}
	b.do(b.FleetTold(b.t.Context(), seqs, ""))
	return said
}

func (b *bench) wantNews(want ...string) {
	b.t.Helper()
	if got := b.news(); !slices.Equal(got, want) {
		b.t.Errorf("the fleet is told %q, want %q", got, want)
	}
}

func TestALabelOfTheFleetGoesTheWayOfEveryOther(t *testing.T) {
	b := newBench(t)
	f := b.shared(7, 1, "1", 2, 1)
	b.takeIn(f)
	b.takeIn(f) // an answer that was given twice
	b.crash()
	label := b.print(Sending)
	if label.Parcel != 1 || label.Order != f.Order.Key || label.Receiver.Phone.Reveal() != phone {
		t.Errorf("it is label %+v", label)
	}
	claim, of, err := b.FleetClaim(t.Context(), label.ID)
	if err != nil || !of || claim.FleetRef != f.FleetRef || claim.Lot || claim.Again {
		t.Errorf("its claim: %+v, %v, %v", claim, of, err)
	}
	b.settle(label, printer.Confirmed)
	b.scan("731", 0)
	if _, err := b.NextMessage(t.Context()); !errors.Is(err, ErrNothing) {
		t.Errorf("this station tells the platform itself: %v", err)
	}
	list, err := b.Untold(t.Context(), 1)
	b.do(err)
	if len(list) != 1 || list[0].FleetRef != f.FleetRef || list[0].Printer != "bench-1" || list[0].Evidence == "" {
		t.Errorf("news: %+v", list)
	}
	b.crash()
	b.wantNews("confirmed", "scanned")
	b.wantNews()
}

func TestWhatBecomesOfALabelIsToldInItsOrder(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	b.takeIn(b.shared(7, 1, "1", 1, 0))
	b.print(Sending)
	b.crash() // a byte may have left
	id := b.row("1").LabelID
	b.do(b.ResolveNotPrinted(ctx, id, Person{Who: "lead"}, "switched off and on"))
	if claim, _, err := b.FleetClaim(ctx, id); err != nil || !claim.Again {
		t.Errorf("a copy that a person has authorised here: %+v, %v", claim, err)
	}
	b.settle(b.print(Sending), printer.Sent)
	_, err := b.Reprint(ctx, "731", Person{Who: "lead", Why: "torn"})
	b.do(err)
	b.settle(b.print(Sending), printer.Confirmed)
	list, err := b.Untold(ctx, 100)
	b.do(err)
	copies := []int{}
	for _, n := range list {
		copies = append(copies, n.Copy)
	}
	if want := []int{0, 0, 1, 1, 2, 2}; !slices.Equal(copies, want) {
		t.Errorf("they are of copies %v, want %v", copies, want)
	}
	b.wantNews("unknown", "not-printed", "reprint", "presumed", "reprint", "confirmed")
}

func TestALabelThatIsLetGoDoesNotPrint(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	ref := FleetRef{7, 1}
	b.takeIn(b.shared(7, 1, "1", 1, 0))
	label := b.print(Rendered) // in a printer's hand, the fence behind it
	b.do(b.LetGo(ctx, ref, "fleet-taken"))
	b.do(b.LetGo(ctx, ref, "fleet-taken"))
	b.do(b.LetGo(ctx, FleetRef{8, 1}, "fleet-taken")) // never heard of
	a, err := b.Prepare(ctx)
	b.do(err)
	var move *MoveError
	if err := b.Intend(ctx, &label, a, [32]byte{1}, printer.Baseline{Printer: "bench-1"}); !errors.As(err, &move) {
		t.Errorf("the intent of a label that was let go: %v", err)
	}
	b.crash()
	if _, err := b.Claim(ctx, Claimant{Printer: "bench-1", Paper: "76x130"}); !errors.Is(err, ErrNothing) {
		t.Errorf("after a crash it is back in the queue: %v", err)
	}
	b.takeIn(b.shared(7, 1, "1", 1, 0)) // by the claim that is over
	if _, err := b.Claim(ctx, Claimant{Printer: "bench-1", Paper: "76x130"}); !errors.Is(err, ErrNothing) {
		t.Errorf("the old claim brings it back: %v", err)
	}
	b.takeIn(b.shared(7, 3, "1", 1, 0)) // given here again
	b.settle(b.print(Sending), printer.Confirmed)
	b.wantNews("confirmed")
	if err := b.LetGo(ctx, FleetRef{7, 3}, "fleet-taken"); !errors.Is(err, ErrBegun) {
		t.Errorf("a printed label is let go: %v", err)
	}
}

func TestABegunLabelIsTakenInByAPersonsWordAlone(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	b.takeIn(b.shared(7, 1, "1", 1, 0))
	sending := b.print(Sending)
	again := b.shared(7, 2, "1", 1, 0)
	if err := b.TakeIn(ctx, again); !errors.Is(err, ErrBegun) {
		t.Errorf("while it is sent: %v", err)
	}
	b.settle(sending, printer.Uncertain)
	if err := b.TakeIn(ctx, again); !errors.Is(err, ErrBegun) {
		t.Errorf("in unknown: %v", err)
	}
	again.Copy = 1 // a person in the room has had it put back
	b.takeIn(again)
	b.settle(b.print(Sending), printer.Confirmed)
	if n := b.row("1"); n.Label != Confirmed || n.Copy != 1 {
		t.Errorf("it stands as %+v", n)
	}
	b.wantNews("unknown", "confirmed")
}

func TestAnAttemptThatSentNothingCanBeLetGo(t *testing.T) {
	b := newBench(t)
	b.takeIn(b.shared(7, 1, "1", 1, 0))
	b.settle(b.print(Sending), printer.NotSent)
	b.do(b.LetGo(t.Context(), FleetRef{7, 1}, "fleet-taken"))
	b.wantNews()
}

func TestLabelsThatAreHeld(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	for i := range int64(3) {
		f := b.shared(i+1, 1, string(rune('1'+i)), 1, 0)
		f.Deadline = b.now.Add(time.Duration(5-i) * time.Hour)
		b.takeIn(f)
	}
	asked := b.shared(9, 1, "9", 1, 0)
	asked.Asked, asked.Deadline = true, b.now.Add(100*time.Hour)
	b.takeIn(asked)
	b.do(b.InLot(ctx, []FleetRef{{1, 1}}))
	b.print(Sending) // the one that somebody asked for
	held, err := b.FleetHeld(ctx)
	b.do(err)
	got := []int64{}
	for _, h := range held {
		if h.Waits() != (h.ID != 9) || h.Lot != (h.ID == 1) {
			t.Errorf("held: %+v", h)
		}
		got = append(got, h.ID)
	}
	if want := []int64{9, 3, 2, 1}; !slices.Equal(got, want) {
		t.Errorf("in the order of %v, want %v", got, want)
	}
	if s, err := b.FleetStanding(ctx); err != nil || s.Queued != 3 || s.Lot != 1 || s.Untold != 0 {
		t.Errorf("standing: %+v, %v", s, err)
	}
}

func TestARestoredCopyTellsTheFleetWhatItDoubts(t *testing.T) {
	b := newBench(t)
	b.takeIn(b.shared(7, 1, "1", 1, 0))
	b.restore(func() { b.settle(b.print(Sending), printer.Confirmed) })
	b.wantNews("unknown")
	b.do(b.ResolvedElsewhere(t.Context(), FleetRef{7, 1}))
	if r := b.row("1"); r.Label != Superseded {
		t.Errorf("after a word in the room it stands as %s", r.Label)
	}
}

func TestLeavingTheFleet(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	b.takeIn(b.shared(7, 1, "1", 1, 0))
	label := b.print(Sending)
	b.takeIn(b.shared(8, 1, "2", 1, 0))
	var open *LeftOpen
	if _, err := b.MayLeaveFleet(ctx); !errors.As(err, &open) || open.Started != 1 {
		t.Errorf("while a label is sent: %v", err)
	}
	b.settle(label, printer.Confirmed)
	if _, err := b.MayLeaveFleet(ctx); !errors.As(err, &open) || open.Untold != 1 {
		t.Errorf("before it is told: %v", err)
	}
	b.wantNews("confirmed")
	back, err := b.MayLeaveFleet(ctx)
	if err != nil || !slices.Equal(back, []FleetRef{{8, 1}}) {
		t.Fatalf("to be given back: %v, %v", back, err)
	}
	if err := b.LeaveFleet(ctx, Person{Who: "it"}); !errors.As(err, &open) {
		t.Errorf("with a label in the queue: %v", err)
	}
	b.do(b.LetGo(ctx, back[0], "fleet-left"))
	b.do(b.LeaveFleet(ctx, Person{Who: "it"}))
	b.crash()

	b.now = b.now.Add(30 * 24 * time.Hour)
	paid := b.now.Add(-31 * 24 * time.Hour)
	as := func(id string) order.Order {
		o := b.order(id)
		o.PaidAt = paid
		return o
	}
	for _, id := range []string{"1", "2"} { // printed here, and let go to a neighbour
		if v := b.accept(as(id)); v != Same {
			t.Errorf("order %s after leaving is %s", id, v)
		}
	}
	b.accept(as("3")) // printed by a neighbour, never heard of here
	if r := b.row("3"); r.OrderState != IssueUnknown {
		t.Errorf("an order of the fleet's time is %s", r.OrderState)
	}
	paid = b.now
	b.accept(as("4"))
	if r := b.row("4"); r.OrderState != Accepted {
		t.Errorf("a new order is %s", r.OrderState)
	}
	if _, err := b.Claim(ctx, Claimant{Printer: "bench-1", Paper: "76x130"}); !errors.Is(err, ErrNothing) {
		t.Errorf("something prints: %v", err)
	}
}

func TestJoiningAFleet(t *testing.T) {
	b := newBench(t)
	ctx := t.Context()
	may := func(what string, want JoinOpen) []Numbered {
		t.Helper()
		had, err := MayJoinFleet(ctx, b.db.Read)
		var open *JoinOpen
		switch {
		case errors.As(err, &open):
			if *open != want {
				t.Errorf("%s: %v, want %v", what, open, &want)
			}
		case err != nil:
			t.Fatal(err)
		case want != JoinOpen{}:
			t.Errorf("%s: it may join", what)
		}
		return had
	}
	may("with nothing", JoinOpen{})
	b.accept(b.order("1"))
	may("with an order", JoinOpen{Orders: 1})
	b.enqueue(b.order("1"), 1)
	may("with a label in the queue", JoinOpen{Labels: 1})
	label := b.print(Sending)
	may("with a label sent", JoinOpen{Labels: 1})
	b.settle(label, printer.Confirmed)
	b.do(b.Ship(ctx, label.ID))
	may("before the platform is told", JoinOpen{Messages: 1})
	m, err := b.NextMessage(ctx)
	b.do(err)
	b.do(b.Told(ctx, m.ID))
	b.accept(b.order("2"))
	may("with one more order", JoinOpen{Orders: 1})
	_, err = b.Delete(ctx, b.order("2").Key, Person{Who: "tester", Why: "gone"})
	b.do(err)
	had := may("with all done", JoinOpen{})
	if want := []Numbered{{b.order("1").Key, label.Number}, {b.order("2").Key, ""}}; !slices.Equal(had, want) {
		t.Errorf("no number is to be taken for %v, want %v", had, want)
	}
}
