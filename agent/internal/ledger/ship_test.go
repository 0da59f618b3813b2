package ledger

import (
	"errors"
	"testing"
	"time"

	"miandan/agent/internal/order"
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

// TestShippedByScanAndByThePrintersWord: of two parcels one is on paper because
// its printer says so and one because it was scanned, in either order.
func TestShippedByScanAndByThePrintersWord(t *testing.T) {
	for _, scanFirst := range []bool{true, false} {
		b := newBench(t)
		b.ShipOnPaper = true
		b.enqueue(b.order("1"), 2)
		_, err := b.db.Write.Exec(`UPDATE labels SET barcode = barcode || '-' || parcel`) // a code of its own on each
		b.do(err)
		mute := b.print(Sending)
		b.settle(mute, printer.Sent)
		scan := func() {
			if _, err := b.Scanned(t.Context(), b.text(mute.ID), Person{Who: "demo"}); err != nil {
				t.Fatal(err)
			}
		}
		if scanFirst {
			scan()
		}
		other := b.print(Sending)
		if m, err := b.NextMessage(t.Context()); !errors.Is(err, ErrNothing) {
			t.Fatalf("told of a label that is being sent: %+v, %v", m, err)
		}
		b.settle(other, printer.Confirmed)
		if !scanFirst {
			if m, err := b.NextMessage(t.Context()); !errors.Is(err, ErrNothing) {
				t.Fatalf("told of a label that a wire took: %+v, %v", m, err)
			}
			scan()
		}
		if m, err := b.NextMessage(t.Context()); err != nil || m.What != "shipped" {
			t.Errorf("scanned first %v: the message is %+v, %v, want shipped", scanFirst, m, err)
		}
	}
}

// text is the barcode of a label.
func (b *bench) text(id int64) (code string) {
	b.t.Helper()
	b.do(b.db.Read.QueryRow(`SELECT barcode FROM labels WHERE id = ?`, id).Scan(&code))
	return code
}

// TestACancelledOrderIsNotToldAsShipped: an order was cancelled while its label was
// waiting for paper. The label comes out, and its parcel must not leave; what keeps a
// packer from it stands until the platform takes the cancellation back.
func TestACancelledOrderIsNotToldAsShipped(t *testing.T) {
	b := newBench(t)
	b.ShipOnPaper = true
	o := b.order("1")
	b.enqueue(o, 1)
	label := b.print(Sending)
	cancelled := o
	cancelled.State = order.Cancelled
	if v := b.accept(cancelled); v != TooLate {
		t.Fatalf("cancelled: %s", v)
	}
	b.settle(label, printer.Confirmed)
	if m, err := b.NextMessage(t.Context()); !errors.Is(err, ErrNothing) {
		t.Errorf("the platform is told %+v, %v", m, err)
	}
	if v := b.accept(o); v != Same || b.row("1").Alarm != "" {
		t.Fatalf("it ships after all: %s, alarm %q", v, b.row("1").Alarm)
	}
	if m, err := b.NextMessage(t.Context()); err != nil || m.What != "shipped" {
		t.Errorf("it ships after all, and the platform is told %+v, %v", m, err)
	}
}

// TestAPlatformsNoHidesNoCancellation: "shipped" was under way when the order was
// cancelled, and is refused for that.
func TestAPlatformsNoHidesNoCancellation(t *testing.T) {
	b := newBench(t)
	b.ShipOnPaper = true
	o := b.order("1")
	b.enqueue(o, 1)
	b.settle(b.print(Sending), printer.Confirmed)
	m, err := b.NextMessage(t.Context())
	b.do(err)
	o.State = order.Cancelled
	b.accept(o)
	b.do(b.GaveUp(t.Context(), m, Problem{Code: "shipped-refused", Args: []any{"1", "订单已取消"}}))
	if got := b.row("1").Alarm; got != "order-cancelled-too-late" {
		t.Errorf("the alarm is %q", got)
	}
	if _, err := b.Scanned(t.Context(), "731", Person{Who: "tester"}); !errors.Is(err, ErrWithdrawn) {
		t.Errorf("its parcel is packed: %v, want ErrWithdrawn", err)
	}
}

// TestACancellationIsHeardAfterThePurge: a label is printed the day before its parcel
// leaves, and its data has been deleted meanwhile.
func TestACancellationIsHeardAfterThePurge(t *testing.T) {
	for _, left := range []bool{false, true} {
		b := newBench(t)
		o := b.order("1")
		b.enqueue(o, 1)
		b.settle(b.print(Sending), printer.Confirmed)
		if left {
			b.scan("731", 0)
		}
		b.now = b.now.Add(25 * time.Hour)
		if n, err := b.Purge(t.Context(), Retention{Ended: 24 * time.Hour, Unknown: 72 * time.Hour}); n != 1 || err != nil {
			t.Fatalf("Purge = %d, %v", n, err)
		}
		cancelled := o
		cancelled.State, cancelled.ReadAt = order.Cancelled, b.now
		want := TooLate
		if left {
			want = Same
		}
		if v := b.accept(cancelled); v != want {
			t.Errorf("cancelled when its parcel had left %v: %s, want %s", left, v, want)
		}
		if left {
			continue
		}
		if _, err := b.Scanned(t.Context(), "731", Person{Who: "tester"}); !errors.Is(err, ErrWithdrawn) {
			t.Errorf("its parcel is packed: %v, want ErrWithdrawn", err)
		}
		if v := b.accept(cancelled); v != Same {
			t.Errorf("told again: %s, want %s", v, Same)
		}
		o.ReadAt = b.now
		if v := b.accept(o); v != Same || b.row("1").Alarm != "" {
			t.Errorf("it ships after all: %s, alarm %q", v, b.row("1").Alarm)
		}
	}
}
