package platform_test

import (
	"testing"
)

// Where a printed label is a parcel that has left, one is printed of an order that was
// cancelled meanwhile: its platform is not told that it has left, unless it ships after all.
func TestACancelledLabelIsPrinted(t *testing.T) {
	b := newBook(t)
	b.Setting(t, "shipped", "confirmed")
	label := b.issued(t, "o", "W1")[0]
	b.moves(t, label, "claimed", "started")
	if v := b.accepts(t, "o", "cancelled", "skipped", true); v != "too-late" {
		t.Fatalf("cancelled: %s", v)
	}
	b.moves(t, label, "confirmed")
	if got := b.outbox(t, "o"); got != "" {
		t.Errorf("its platform is told %q", got)
	}
	b.accepts(t, "o", "to-ship", "accepted", true)
	if got := b.outbox(t, "o"); got != "shipped W1" {
		t.Errorf("taken back, its platform is told %q", got)
	}
}

// "Shipped" was under way when the order was cancelled, and is refused for that.
func TestAPlatformsNoHidesNoCancellation(t *testing.T) {
	b := newBook(t)
	b.Setting(t, "shipped", "confirmed")
	b.moves(t, b.issued(t, "o", "W1")[0], "claimed", "started", "confirmed")
	b.accepts(t, "o", "cancelled", "skipped", true)
	b.does(t, `SELECT miandan.message_refused(1, 'shipped-refused', '["o"]')`)
	if got := value[string](t, b, `SELECT alarm FROM miandan.orders`); got != "order-cancelled-too-late" {
		t.Errorf("the alarm is %q", got)
	}
}

// An order is swept away in the moment in which its parcel is packed.
func TestWhatIsToldOfAnOrderThatWasSweptAway(t *testing.T) {
	b := newBook(t)
	b.Setting(t, "shipped", "confirmed")
	label := b.issued(t, "o", "W1")[0]
	b.moves(t, label, "claimed", "started", "confirmed")
	b.SQL(t, `UPDATE miandan.outbox SET done_at = now()`)
	b.upkeep(t)
	b.ages(t, "o", 30)
	b.upkeep(t)
	b.SQL(t, `UPDATE miandan.outbox SET done_at = NULL`) // which the sweep has not seen
	b.does(t, `SELECT miandan.tidy_months()`)
	var due int
	if err := call(t, b.one, &due, `SELECT count(*) FROM miandan.message(1)`); err != nil || due != 1 {
		t.Errorf("%d messages are to be told, %v; want one", due, err)
	}
}
