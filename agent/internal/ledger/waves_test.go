package ledger

import (
	"errors"
	"slices"
	"testing"
	"time"

	"miandan/agent/internal/order"
	"miandan/printer"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// numbered takes an order's number and puts its label into the queue.
func (b *bench) numbered(o order.Order) {
	b.t.Helper()
	b.do(b.issuing(o))
	b.do(b.Issued(b.t.Context(), o.Key, bill(o, 1), 0))
	b.do(b.Enqueue(b.t.Context(), o.Key, bill(o, 1), Paper{Template: "t", Size: "76x130"}, 0))
}

// wave starts one of orders in a sequence.
func (b *bench) wave(ids ...string) int64 {
	b.t.Helper()
	n := NewWave{Name: "演示"}
	for _, id := range ids {
		n.Orders = append(n.Orders, WaveOrder{Key: order.Key{Source: "jd", ID: id}})
	}
	id, left, err := b.StartWave(b.t.Context(), n, Person{Who: "tester"})
	b.do(err)
	if len(left) > 0 {
		b.t.Fatalf("left out: %v", left)
	}
	return id
}

var bench1 = Claimant{Printer: "bench-1", Paper: "76x130"}

// claims takes labels until nothing is there, and returns their orders.
func (b *bench) claims(c Claimant) (ids []string) {
	b.t.Helper()
	for {
		label, err := b.Claim(b.t.Context(), c)
		if errors.Is(err, ErrNothing) {
			return ids
		}
		b.do(err)
		ids = append(ids, label.Order.ID)
	}
}

func (b *bench) wantClaims(why string, c Claimant, want ...string) {
	b.t.Helper()
	if got := b.claims(c); !slices.Equal(got, want) {
		b.t.Errorf("%s: %q were claimed, want %q", why, got, want)
	}
}

func TestAWaveLeavesInItsOrder(t *testing.T) {
	b := newBench(t)
	for i, id := range []string{"1", "2", "3", "4", "5"} {
		o := b.order(id)
		o.PaidAt = b.now.Add(time.Duration(i) * time.Minute)
		b.accept(o)
		b.numbered(o)
	}
	b.wave("4", "2", "3")
	b.do(b.Want(t.Context(), order.Key{Source: "jd", ID: "5"}))
	b.wantClaims("who asks now is first, then the wave, then the others", bench1, "5", "4", "2", "3", "1")
}

func TestTwoPrintersShareAWave(t *testing.T) {
	b := newBench(t)
	for _, id := range []string{"1", "2", "3", "4"} {
		o := b.order(id)
		b.accept(o)
		b.numbered(o)
	}
	b.wave("4", "2", "3", "1")
	got := map[string][]string{}
	for i := range 4 {
		name := []string{"bench-1", "bench-2"}[i%2]
		label, err := b.Claim(t.Context(), Claimant{Printer: name, Paper: "76x130"})
		b.do(err)
		got[name] = append(got[name], label.Order.ID)
	}
	if !slices.Equal(got["bench-1"], []string{"4", "3"}) || !slices.Equal(got["bench-2"], []string{"2", "1"}) {
		t.Errorf("the printers claimed %v", got)
	}
}

func TestALabelGoesWhereItIsBound(t *testing.T) {
	b := newBench(t)
	for _, id := range []string{"1", "2", "3"} {
		o := b.order(id)
		b.accept(o)
		b.numbered(o)
	}
	b.do(b.WantOn(t.Context(), order.Key{Source: "jd", ID: "1"}, "bench-1"))
	b.do(b.WantOn(t.Context(), order.Key{Source: "jd", ID: "2"}, "packing"))
	b.wantClaims("of another group", Claimant{Printer: "bench-3", Paper: "76x130", Group: "office"}, "3")
	b.wantClaims("of the group", Claimant{Printer: "bench-2", Paper: "76x130", Group: "packing"}, "2")
	b.wantClaims("the printer itself", bench1, "1")
}

// An order that has no number yet holds up those behind it, and is passed when its
// time is over or it is clear that none will come now.
func TestALaterLabelWaits(t *testing.T) {
	b := newBench(t)
	b.WavePatience = 30 * time.Second
	for _, id := range []string{"1", "2", "3", "4"} {
		b.accept(b.order(id))
	}
	b.wave("2", "1", "3", "4")
	if n, err := b.Next(t.Context()); err != nil || n.Order.ID != "2" {
		t.Fatalf("order %s is numbered first, %v; want 2", n.Order.ID, err)
	}
	b.numbered(b.order("1"))
	b.wantClaims("the first has no number", bench1)
	b.now = b.now.Add(29 * time.Second)
	b.wantClaims("the first has no number yet", bench1)
	b.now = b.now.Add(time.Second)
	b.wantClaims("its time is over", bench1, "1")
	b.do(b.issuing(b.order("3")))
	b.numbered(b.order("4"))
	b.wantClaims("the third is being asked for", bench1)
	b.do(b.RefuseIssue(t.Context(), b.order("3").Key, Problem{Code: "carrier-refused"}))
	b.wantClaims("the third is refused", bench1, "4")
	b.numbered(b.order("2"))
	b.wantClaims("the first comes late", bench1, "2")
}

// Without patience an order that has no number yet is passed at once.
func TestALaterLabelDoesNotWait(t *testing.T) {
	b := newBench(t)
	b.WavePatience = -1
	for _, id := range []string{"1", "2"} {
		b.accept(b.order(id))
	}
	b.wave("2", "1")
	b.numbered(b.order("1"))
	b.wantClaims("the first has no number", bench1, "1")
}

// A label that is put back for a moment keeps its place; one with trouble of its
// own does not.
func TestALabelThatIsPutBackKeepsItsPlace(t *testing.T) {
	b := newBench(t)
	for _, id := range []string{"1", "2", "3"} {
		b.accept(b.order(id))
		b.numbered(b.order(id))
	}
	b.wave("1", "2", "3")
	label, err := b.Claim(t.Context(), bench1)
	b.do(err)
	b.do(b.Release(t.Context(), label.ID, Problem{Code: "platform-down"}, 5*time.Second))
	b.wantClaims("the first was put back", bench1)
	b.now = b.now.Add(6 * time.Second)
	label, err = b.Claim(t.Context(), bench1)
	b.do(err)
	if label.Order.ID != "1" {
		t.Errorf("%s is claimed after the wait, want 1", label.Order.ID)
	}
	b.do(b.Release(t.Context(), label.ID, Problem{Code: "layout"}, 30*time.Second))
	b.wantClaims("the first cannot be made", bench1, "2", "3")
}

// A sister does not take an order's later parcel while the earlier may still come out
// behind it, nor what stands behind both in a wave; other orders go on.
func TestParcelsLeaveInTheirOrder(t *testing.T) {
	for _, wave := range []bool{false, true} {
		b := newBench(t)
		for i, id := range []string{"1", "2"} {
			o := b.order(id)
			o.PaidAt = b.now.Add(time.Duration(i) * time.Minute)
			b.accept(o)
			b.do(b.issuing(o))
			b.do(b.Issued(t.Context(), o.Key, bill(o, 2-i), 0))
			b.do(b.Enqueue(t.Context(), o.Key, bill(o, 2-i), Paper{Template: "t", Size: "76x130"}, 0))
		}
		others := []string{"2"}
		if wave {
			b.wave("1", "2")
			others = nil
		}
		sister := Claimant{Printer: "bench-2", Paper: "76x130"}
		first, err := b.Claim(t.Context(), bench1)
		b.do(err)
		b.wantClaims("the first parcel has not begun", sister, others...)
		b.do(b.Release(t.Context(), first.ID, Problem{Code: "platform-down"}, 5*time.Second))
		b.wantClaims("it was put back a moment ago", sister)
		b.now = b.now.Add(6 * time.Second)
		first, err = b.Claim(t.Context(), bench1)
		b.do(err)
		due := b.Dues(DueLabels)
		b.do(b.Intend(t.Context(), &first, Attempt{}, [32]byte{}, printer.Baseline{Printer: "bench-1"}))
		select {
		case <-due:
		default:
			t.Error("nobody is told that the second parcel is due")
		}
		second, err := b.Claim(t.Context(), sister)
		b.do(err)
		if first.Order.ID != "1" || first.Parcel != 0 || second.Order.ID != "1" || second.Parcel != 1 {
			t.Errorf("parcel %d of order %s, then %d of %s were claimed; want both of 1 (wave: %v)", first.Parcel, first.Order.ID, second.Parcel, second.Order.ID, wave)
		}
		b.do(b.Release(t.Context(), second.ID, Problem{Code: "layout"}, 30*time.Second))
		if wave {
			b.wantClaims("the second cannot be made", sister, "2")
		}
	}
}

// What is stopped stays stopped across a restart, takes no numbers, and what was
// claimed does not get to its intent.
func TestAStoppedWaveStands(t *testing.T) {
	b := newBench(t)
	for _, id := range []string{"1", "2", "3"} {
		b.accept(b.order(id))
	}
	b.numbered(b.order("1"))
	b.numbered(b.order("2"))
	w := b.wave("1", "2", "3")
	label, err := b.Claim(t.Context(), bench1)
	b.do(err)
	b.do(b.Rendered(t.Context(), label.ID))
	b.do(b.StopWave(t.Context(), w, Person{Who: "tester"}))
	b.do(b.StopWave(t.Context(), w, Person{Who: "tester"}))
	if err := b.Intend(t.Context(), &label, Attempt{}, [32]byte{}, printer.Baseline{Printer: "bench-1"}); !errors.Is(err, ErrHeld) {
		t.Errorf("the intent of a stopped label: %v, want ErrHeld", err)
	}
	b.do(b.Release(t.Context(), label.ID, Problem{}, 0))
	b.crash()
	b.wantClaims("it is stopped", bench1)
	if n, err := b.Next(t.Context()); !errors.Is(err, ErrNothing) {
		t.Errorf("order %s of a stopped wave is numbered, %v", n.Order.ID, err)
	}
	b.do(b.Want(t.Context(), order.Key{Source: "jd", ID: "2"}))
	b.wantClaims("somebody asks for one of it", bench1, "2")
	b.do(b.ResumeWave(t.Context(), w, Person{Who: "tester"}))
	b.wantClaims("it goes on", bench1, "1")
	b.do(b.CloseWave(t.Context(), w, Person{Who: "tester"}))
	if err := b.ResumeWave(t.Context(), w, Person{Who: "tester"}); !errors.As(err, new(*MoveError)) {
		t.Errorf("a closed wave is resumed: %v", err)
	}
	if err := b.StopWave(t.Context(), 99, Person{}); !errors.Is(err, ErrNoWave) {
		t.Errorf("a wave that is none is stopped: %v", err)
	}
	b.wave("3")
}

// Whoever has stopped all printing or a printer sees nothing begin there any more,
// be it drawn already: no label, and no separator before one.
func TestWhatIsHeldGetsToNoIntent(t *testing.T) {
	me := Person{Who: "tester"}
	for _, c := range []struct {
		what      string
		stop, end func(b *bench) error
		held      bool
	}{
		{"all printing", func(b *bench) error { return b.SetPaused(t.Context(), true, me) }, func(b *bench) error { return b.SetPaused(t.Context(), false, me) }, true},
		{"the printer", func(b *bench) error { return b.SetHeld(t.Context(), "bench-1", true, me) }, func(b *bench) error { return b.SetHeld(t.Context(), "bench-1", false, me) }, true},
		{"another printer", func(b *bench) error { return b.SetHeld(t.Context(), "bench-2", true, me) }, func(b *bench) error { return b.SetHeld(t.Context(), "bench-2", false, me) }, false},
	} {
		b := newBench(t)
		b.accept(b.order("1"))
		b.numbered(b.order("1"))
		_, _, err := b.StartWave(t.Context(), NewWave{Separator: true, Orders: []WaveOrder{{Key: b.order("1").Key, Place: "A-1"}}}, me)
		b.do(err)
		label, err := b.Claim(t.Context(), bench1)
		b.do(err)
		b.do(b.Rendered(t.Context(), label.ID))
		intend := func() error {
			return b.Intend(t.Context(), &label, Attempt{}, [32]byte{}, printer.Baseline{Printer: "bench-1"})
		}
		b.do(c.stop(b))
		if c.held {
			if _, err := b.Separator(t.Context(), label, "bench-1"); !errors.Is(err, ErrHeld) {
				t.Errorf("%s is held, and the separator: %v, want ErrHeld", c.what, err)
			}
			if err := intend(); !errors.Is(err, ErrHeld) {
				t.Errorf("%s is held, and the intent: %v, want ErrHeld", c.what, err)
			}
			b.do(c.end(b))
		}
		if s, err := b.Separator(t.Context(), label, "bench-1"); err != nil || s == nil {
			t.Errorf("%s is free, and the separator is %v, %v", c.what, s, err)
		}
		b.do(intend())
	}
}

func TestAnOrderIsInOneOpenWave(t *testing.T) {
	b := newBench(t)
	for _, id := range []string{"1", "2"} {
		b.accept(b.order(id))
	}
	w := b.wave("1")
	_, left, err := b.StartWave(t.Context(), NewWave{Orders: []WaveOrder{{Key: b.order("1").Key}, {Key: b.order("2").Key}, {Key: b.order("9").Key}}}, Person{})
	b.do(err)
	if len(left) != 2 || left[0].Wave != w || left[1].Key.ID != "9" {
		t.Errorf("left out are %v", left)
	}
	if _, _, err := b.StartWave(t.Context(), NewWave{Orders: []WaveOrder{{Key: b.order("1").Key}}}, Person{}); !errors.Is(err, ErrEmptyWave) {
		t.Errorf("a wave of nothing: %v", err)
	}
	if list, err := b.Waves(t.Context(), b.now); err != nil || len(list) != 2 {
		t.Errorf("%d waves are listed, %v; want 2", len(list), err)
	}
	members, rows, err := b.WaveRows(t.Context(), w)
	if err != nil || len(members) != 1 || len(rows) != 1 || rows[0].Order.ID != "1" {
		t.Errorf("in the wave are %v, %v, %v", members, rows, err)
	}
}

// What a rule lets print is wanted once, and a click is not the rule's doing.
func TestRulesWant(t *testing.T) {
	b := newBench(t)
	waiting := Plan{Issuer: plan.Issuer, Rule: "night", Target: "packing"}
	for _, id := range []string{"1", "2"} {
		_, err := b.Accept(t.Context(), b.order(id), waiting)
		b.do(err)
	}
	b.do(b.Want(t.Context(), b.order("2").Key))
	if keys, err := b.Unasked(t.Context()); err != nil || len(keys) != 1 || keys[0].ID != "1" {
		t.Errorf("%v wait for a rule, %v; want order 1", keys, err)
	}
	for _, want := range []bool{true, false} {
		if did, err := b.WantBy(t.Context(), b.order("1").Key, "night", "packing"); err != nil || did != want {
			t.Errorf("WantBy = %v, %v; want %v", did, err, want)
		}
	}
	for _, id := range []string{"1", "2"} {
		b.numbered(b.order(id))
		label, err := b.Claim(t.Context(), Claimant{Printer: "bench-1", Group: "packing", Paper: "76x130"})
		b.do(err)
		b.do(b.Rendered(t.Context(), label.ID))
		b.do(b.Intend(t.Context(), &label, Attempt{}, [32]byte{}, printer.Baseline{Printer: "bench-1"}))
		b.do(b.Sending(t.Context(), label))
		_, err = b.Settle(t.Context(), label, Settled{Outcome: printer.Confirmed})
		b.do(err)
	}
	if n, err := b.PrintedBy(t.Context(), b.now); err != nil || len(n) != 1 || n["night"] != 1 {
		t.Errorf("printed by rules: %v, %v; want night 1", n, err)
	}
	for _, on := range []bool{false, false, true} {
		b.do(b.SwitchRule(t.Context(), "night", on, Person{Who: "tester"}))
		off, err := b.RulesOff(t.Context())
		b.do(err)
		if slices.Contains(off, "night") == on {
			t.Errorf("off are %q after switching night to %v", off, on)
		}
	}
}

// A separator comes before a wave and between its places, for each printer by
// itself; one that a crash takes is not printed, one that was not sent is.
func TestSeparators(t *testing.T) {
	b := newBench(t)
	n := NewWave{Name: "演示", Separator: true}
	for i, place := range []string{"A-1", "A-1", "A-1", "B-2", "B-2"} {
		o := b.order(string(rune('1' + i)))
		o.Items = []waybill.Item{{SKU: "CUP", Quantity: i + 1}, {SKU: "PEN", Quantity: 1}}
		b.accept(o)
		b.numbered(o)
		n.Orders = append(n.Orders, WaveOrder{Key: o.Key, Place: place})
	}
	id, _, err := b.StartWave(t.Context(), n, Person{Who: "tester"})
	b.do(err)
	next := func(printerName string) (string, *Separator) {
		t.Helper()
		label, err := b.Claim(t.Context(), Claimant{Printer: printerName, Paper: "76x130"})
		b.do(err)
		s, err := b.Separator(t.Context(), label, printerName)
		b.do(err)
		return label.Order.ID, s
	}
	want := func(printerName, order, place string, orders, pieces int) *Separator {
		t.Helper()
		id, s := next(printerName)
		switch {
		case id != order:
			t.Errorf("%s claims order %s, want %s", printerName, id, order)
		case (s == nil) != (place == ""):
			t.Errorf("before order %s: separator %+v, want place %q", order, s, place)
		case s != nil && (s.Place != place || s.Orders != orders || s.Pieces != pieces):
			t.Errorf("before order %s: %+v, want %s, %d orders, %d pieces", order, s, place, orders, pieces)
		}
		return s
	}
	lost := want("bench-1", "1", "A-1", 3, 9)
	b.crash() // it was noted, and may be on paper
	want("bench-1", "1", "", 0, 0)
	want("bench-2", "2", "A-1", 3, 9)
	b.do(b.NotSeparated(t.Context(), *lost, "bench-1"))
	want("bench-1", "3", "A-1", 3, 9)
	want("bench-1", "4", "B-2", 2, 11)
	want("bench-1", "5", "", 0, 0)
	if w, err := b.Wave(t.Context(), id); err != nil || !w.Separator {
		t.Errorf("the wave is %+v, %v", w, err)
	}
}

// A wave that nobody closes is closed in the end, unless something of it waits.
func TestOldWavesAreClosed(t *testing.T) {
	b := newBench(t)
	for _, id := range []string{"1", "2"} {
		b.accept(b.order(id))
	}
	b.wave("1")
	b.wave("2")
	b.do(b.RefuseIssue(t.Context(), b.order("1").Key, Problem{Code: "carrier-refused"}))
	for _, want := range []int{0, 1, 0} {
		if n, err := b.CloseOld(t.Context(), b.now.Add(-3*24*time.Hour)); err != nil || n != want {
			t.Errorf("%d waves are closed, %v; want %d", n, err, want)
		}
		b.now = b.now.Add(4 * 24 * time.Hour)
	}
}

// What came back after its wave was over is not lost in it: it waits for somebody's
// word if somebody has closed the wave, and else prints as if it were in none.
func TestWhatComesBackAfterItsWave(t *testing.T) {
	for _, byHand := range []bool{true, false} {
		b := newBench(t)
		o := b.order("1")
		b.accept(o)
		id := b.wave("1")
		b.do(b.RefuseIssue(t.Context(), o.Key, Problem{Code: "carrier-refused"}))
		if b.now = b.now.Add(4 * 24 * time.Hour); byHand {
			b.do(b.CloseWave(t.Context(), id, Person{Who: "tester"}))
		} else if n, err := b.CloseOld(t.Context(), b.now.Add(-3*24*time.Hour)); n != 1 || err != nil {
			t.Fatalf("%d waves are closed, %v", n, err)
		}
		o.Receiver.Address = pii.NewAddress(o.Receiver.Address.Region(), "演示路2号")
		o.ReadAt, o.Modified = b.now, b.now
		if v := b.accept(o); v != Replaced {
			t.Fatalf("its address was put right: %s, want %s", v, Replaced)
		}
		_, err := b.Next(t.Context())
		if byHand != errors.Is(err, ErrNothing) {
			t.Errorf("closed by hand %v, and its number: %v", byHand, err)
		}
		if byHand {
			if f, err := b.AskNext(t.Context(), Person{Who: "tester"}); err != nil || f.Rows[0].Order.ID != "1" {
				t.Errorf("the next that waits for a word is %+v, %v; want order 1", f, err)
			}
			if _, err := b.Next(t.Context()); err != nil {
				t.Errorf("it was asked for, and its number: %v", err)
			}
		}
	}
}

// What of a closed wave has not printed says why it stands, until somebody asks for it.
func TestWhatIsLeftOfAClosedWaveSaysSo(t *testing.T) {
	b := newBench(t)
	for _, id := range []string{"1", "2", "3"} {
		b.accept(b.order(id))
	}
	b.numbered(b.order("1"))
	b.numbered(b.order("3"))
	wave := b.wave("1", "2")
	b.do(b.Release(t.Context(), b.print(Claimed).ID, Problem{Code: "printer-off", Args: []any{"bench-1"}}, 0))
	why := func(what, want string, ids ...string) {
		t.Helper()
		for _, id := range ids {
			if p := b.row(id).Problem; p.Code != want || want != "" && p.Args[1] != WaveID(wave) {
				t.Errorf("%s: order %s says %v", what, id, p)
			}
		}
	}
	why("it works", "", "2", "3")
	b.do(b.CloseWave(t.Context(), wave, Person{Who: "tester"}))
	why("it is closed", "label-wave-closed", "1", "2")
	why("it is closed", "", "3")
	b.do(b.Want(t.Context(), b.order("2").Key))
	why("somebody asks", "", "2")
	b.wave("1")
	if p := b.row("1").Problem; p.Code != "printer-off" {
		t.Errorf("in another wave: %v", p)
	}
}
