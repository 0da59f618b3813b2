package ledger

import (
	"errors"
	"testing"

	"miandan/agent/internal/order"
	"miandan/printer"
	"miandan/templates/waybill"
)

func TestShippedWhenEveryParcelIsOnPaper(t *testing.T) {
	b := newBench(t)
	b.enqueue(b.order("1"), 2)
	first := b.print(Sending)
	b.settle(first, printer.Confirmed)
	b.do(b.Ship(t.Context(), first.ID))
	if m, err := b.NextMessage(t.Context()); !errors.Is(err, ErrNothing) {
		t.Fatalf("told after one parcel of two: %+v, %v", m, err)
	}
	second := b.print(Sending)
	b.settle(second, printer.Sent)
	b.do(b.Ship(t.Context(), second.ID))
	if m, err := b.NextMessage(t.Context()); !errors.Is(err, ErrNothing) {
		t.Fatalf("told on a presumed label: %+v, %v", m, err)
	}
	b.scan("731", 0)
	b.crash()
	m, err := b.NextMessage(t.Context())
	b.do(err)
	if m.What != "shipped" || m.Number != "731" {
		t.Errorf("message = %+v, want shipped", m)
	}
}

func TestAScanProvesPaperAndOnlyThat(t *testing.T) {
	b := newBench(t)
	p := Person{Who: "tester"}
	b.enqueue(b.order("1"), 1)
	if _, err := b.Scanned(t.Context(), "731", p); !errors.Is(err, ErrNotOnPaper) {
		t.Errorf("a label that waits was scanned: %v, want ErrNotOnPaper", err)
	}
	l := b.print(Sending)
	b.settle(l, printer.Uncertain)
	b.scan("731", 0)
	if got := b.row("1").Label; got != Printed {
		t.Errorf("an unknown label that was scanned is %s, want %s", got, Printed)
	}
	o := b.order("2")
	b.enqueue(o, 1)
	b.settle(b.print(Sending), printer.Confirmed)
	o.State = order.Cancelled
	_, err := b.Accept(t.Context(), o, Plan{Refusal: o.NumberAsked()})
	b.do(err)
	if _, err := b.Scanned(t.Context(), "732", p); !errors.Is(err, ErrWithdrawn) {
		t.Errorf("a cancelled order was scanned: %v, want ErrWithdrawn", err)
	}
	if _, err := b.Scanned(t.Context(), "739", p); !errors.Is(err, ErrNoLabel) {
		t.Errorf("an unknown number was scanned: %v, want ErrNoLabel", err)
	}
}

func TestANoEndsAMessage(t *testing.T) {
	b := newBench(t)
	b.enqueue(b.order("1"), 1)
	l := b.print(Sending)
	b.settle(l, printer.Confirmed)
	b.do(b.Ship(t.Context(), l.ID))
	m, err := b.NextMessage(t.Context())
	b.do(err)
	b.do(b.GaveUp(t.Context(), m, Problem{Code: "shipped-refused", Args: []any{"1", "库存"}}))
	if m, err := b.NextMessage(t.Context()); !errors.Is(err, ErrNothing) {
		t.Errorf("it is told again: %+v, %v", m, err)
	}
	if r := b.row("1"); r.Alarm != "shipped-refused" || len(r.Problem.Args) != 2 {
		t.Errorf("the order shows %q %v", r.Alarm, r.Problem)
	}
}

func TestAnOrderOfSeveralParcelsHasShippedWithItsLast(t *testing.T) {
	for name, test := range map[string]struct {
		codes [2]string
		own   [2]waybill.Number
		told  waybill.Number
	}{
		"one number, a barcode each": {[2]string{"731-1-2-", "731-2-2-"}, [2]waybill.Number{}, "731"},
		"a number each":              {[2]string{"731", "732"}, [2]waybill.Number{"731", "732"}, "731,732"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			o := b.order("1")
			b.accept(o)
			b.do(b.issuing(o))
			w := bill(o, 2)
			for i := range w.Parcels {
				w.Parcels[i].Barcode, w.Parcels[i].Number = test.codes[i], test.own[i]
			}
			b.do(b.Issued(t.Context(), o.Key, w, 0))
			b.do(b.Enqueue(t.Context(), o.Key, w, Paper{"t", "76x130"}, 0))
			b.settle(b.print(Sending), printer.Sent)
			b.settle(b.print(Sending), printer.Uncertain)
			b.scan(test.codes[1], 1)
			if _, err := b.NextMessage(t.Context()); !errors.Is(err, ErrNothing) {
				t.Errorf("the platform is told with one of two: %v", err)
			}
			b.scan(test.codes[1], 1) // the same again
			b.scan(test.codes[0], 0)
			if m, err := b.NextMessage(t.Context()); err != nil || m.What != "shipped" || m.Number != test.told {
				t.Errorf("NextMessage = %+v, %v; want shipped under %s", m, err, test.told)
			}
			ids, err := b.Reprint(t.Context(), test.codes[1], Person{Who: "tester", Why: "torn"})
			if err != nil || len(ids) != 1 {
				t.Errorf("Reprint of one parcel: %v, %v", ids, err)
			}
		})
	}
}
