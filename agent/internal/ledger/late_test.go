package ledger

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/order"
	"miandan/printer"
)

func TestPressing(t *testing.T) {
	b := newBench(t)
	const ahead = 6 * time.Hour
	want := func(what string, paper bool, ids ...string) {
		t.Helper()
		list, err := b.Pressing(t.Context(), ahead, paper)
		b.do(err)
		var got []string
		for _, p := range list {
			got = append(got, p.Order.ID)
			if p.Order.Receiver.Name.Empty() || p.Order.Price != 5900 {
				t.Errorf("%s: %+v was not read whole", what, p.Order)
			}
		}
		if strings.Join(got, " ") != strings.Join(ids, " ") {
			t.Errorf("%s: %q press, want %q", what, got, ids)
		}
	}
	paid := func(id string, ago time.Duration) order.Order {
		o := b.order(id)
		o.PaidAt, o.Price = b.now.Add(-ago), 5900
		return o
	}
	b.accept(paid("1", 41*time.Hour)) // seven hours are left
	b.accept(paid("2", 43*time.Hour)) // five
	b.accept(paid("3", 50*time.Hour)) // late
	gone := paid("4", 50*time.Hour)
	gone.State = order.Cancelled
	_, err := b.Accept(t.Context(), gone, Plan{Refusal: "order-cancelled"})
	b.do(err)
	want("at first", false, "3", "2")

	b.do(b.Warned(t.Context(), order.Key{Source: "jd", ID: "2"}, "order-late-cost"))
	b.do(b.Warned(t.Context(), order.Key{Source: "jd", ID: "3"}, "order-is-late"))
	b.crash()
	want("once told", false)
	b.now = b.now.Add(5 * time.Hour)
	want("five hours later", false, "2", "1")

	o, _, err := b.Order(t.Context(), order.Key{Source: "jd", ID: "2"})
	b.do(err)
	b.do(b.issuing(o))
	b.do(b.Issued(t.Context(), o.Key, bill(o, 1), 0))
	want("numbered", true, "2", "1")
	b.do(b.Enqueue(t.Context(), o.Key, bill(o, 1), Paper{"t", "76x130"}, 0))
	b.settle(b.print(Sending), printer.Confirmed)
	want("on paper and not scanned", false, "2", "1")
	want("on paper where that is all", true, "1")
	b.scan("732", 0)
	want("scanned", false, "1")
}

// TestWhatIsNotOutStaysIn cancels an order of two parcels when the first is on
// paper: the second is taken out of the queue, and comes back if the order ships
// after all.
func TestWhatIsNotOutStaysIn(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.enqueue(o, 2)
	b.settle(b.print(Sending), printer.Confirmed)
	states := func() (list []LabelState) {
		t.Helper()
		rows, err := b.Rows(t.Context(), Filter{Order: "1"})
		b.do(err)
		for _, r := range rows {
			list = append(list, r.Label)
		}
		slices.Sort(list)
		return list
	}
	o.State, o.ReadAt = order.Cancelled, b.now.Add(time.Minute)
	if v := b.accept(o); v != TooLate || !slices.Equal(states(), []LabelState{Dropped, Confirmed}) {
		t.Errorf("cancelled: %s, labels %v", v, states())
	}
	purged := 0
	for range 12 { // told again each minute, which must not keep its data alive
		b.now = b.now.Add(time.Minute)
		o.ReadAt = b.now.Add(time.Minute)
		if v := b.accept(o); v != Same {
			t.Errorf("cancelled, told again: %s", v)
		}
		n, err := b.Purge(t.Context(), Retention{Ended: 5 * time.Minute, Unknown: time.Hour})
		b.do(err)
		purged += n
	}
	if purged != 1 {
		t.Errorf("%d orders are purged, want 1", purged)
	}
	b = newBench(t)
	o = b.order("1")
	b.enqueue(o, 2)
	b.settle(b.print(Sending), printer.Confirmed)
	o.State, o.ReadAt = order.Cancelled, b.now.Add(time.Minute)
	b.accept(o)
	o.State, o.ReadAt = order.ToShip, b.now.Add(2*time.Minute)
	if v := b.accept(o); v != Same || !slices.Equal(states(), []LabelState{Confirmed, Queued}) {
		t.Errorf("ships after all: %s, labels %v", v, states())
	}
	b.settle(b.print(Sending), printer.Confirmed)
}

// TestANumberThatWasGivenBackStaysOut takes an order up again under a second number,
// and has it cancelled too late and shipping after all: the label of the first number
// would be a second copy of what is on paper.
func TestANumberThatWasGivenBackStaysOut(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	b.enqueue(o, 1)
	told := func(state order.State) Verdict {
		t.Helper()
		b.now = b.now.Add(time.Minute)
		o.State, o.ReadAt = state, b.now
		v, err := b.Accept(t.Context(), o, Plan{Issuer: plan.Issuer, Wanted: true, Refusal: o.NumberAsked()})
		b.do(err)
		return v
	}
	told(order.Cancelled)
	m, err := b.NextMessage(t.Context())
	b.do(err)
	b.do(b.Told(t.Context(), m.ID))
	told(order.ToShip)
	b.do(b.issuing(o))
	w := bill(o, 1)
	w.Number = "7399"
	w.Parcels[0].Barcode = "7399"
	b.do(b.Issued(t.Context(), o.Key, w, 0))
	b.do(b.Enqueue(t.Context(), o.Key, w, Paper{"wujie-76x130", "76x130"}, 0))
	b.settle(b.print(Sending), printer.Confirmed)
	if v := told(order.Cancelled); v != TooLate {
		t.Fatalf("cancelled when it was on paper: %s", v)
	}
	told(order.ToShip)
	if l, err := b.Claim(t.Context(), Claimant{Printer: "p1", Paper: "76x130"}); !errors.Is(err, ErrNothing) {
		t.Errorf("label %d of %s is to be printed, %v; want nothing", l.ID, l.Number, err)
	}
}
