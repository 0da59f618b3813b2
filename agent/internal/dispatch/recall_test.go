package dispatch

import (
	"context"
	"errors"
	"testing"
	"time"

	"miandan/agent/internal/carrier/component"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/order"
	"miandan/printer"
	"miandan/templates/waybill"
)

// answers is what a component says of attempts, whichever they are. What a real
// one says in which case is tested with the component.
type answers struct {
	err   error
	asked int
}

func (a *answers) Became(context.Context, string) (printer.Evidence, error) {
	a.asked++
	return printer.Evidence{Method: "component"}, a.err
}

// uncertain is a document whose attempt ended and nobody knows how.
func (d *desk) uncertain(number string) {
	d.t.Helper()
	ctx := d.t.Context()
	paper := SealedPaperOf("76x130", "pdd")
	_, err := d.AddDocument(ctx, ledger.Document{
		Order: order.OfDocument("pdd", number), PaidAt: d.now, Sealed: []byte("{}"), Paper: ledger.Paper{Size: paper},
		Waybill: waybill.Waybill{Carrier: "ZTO", Number: waybill.Number(number), Parcels: []waybill.Parcel{{Barcode: number, Index: 1, Count: 1}}},
	})
	d.do(err)
	label, err := d.Ledger.Claim(ctx, ledger.Claimant{Printer: "pdd-1", Paper: paper})
	d.do(err)
	if label.Template != PlatformSealed {
		d.t.Fatalf("it is a label of %s", label.Template)
	}
	d.do(d.Ledger.Rendered(ctx, label.ID))
	a, err := d.Ledger.Prepare(ctx)
	d.do(err)
	d.do(d.Ledger.Intend(ctx, &label, a, [32]byte{1}, printer.Baseline{Printer: "pdd-1", Mark: a.Mark.String()}))
	d.do(d.Ledger.Sending(ctx, label))
	_, err = d.Ledger.Settle(ctx, label, ledger.Settled{Outcome: printer.Uncertain})
	d.do(err)
}

func TestRecall(t *testing.T) {
	off := &component.VendorError{Vendor: "Pinduoduo 拼多多", Err: component.ErrOff}
	for _, test := range []struct {
		name  string
		err   error
		want  ledger.LabelState
		again bool // it is asked for once more a minute later
	}{
		{"it was printed", nil, ledger.Presumed, false},
		{"it was refused before", &component.RefusedError{Status: "99", Words: "系统繁忙", Unprinted: true}, ledger.Queued, false},
		{"it failed at some time", &component.RefusedError{Status: "99"}, ledger.Unknown, false},
		{"it does not know", component.ErrNoReply, ledger.Unknown, false},
		{"it is off", off, ledger.Unknown, true},
		{"it is of another computer", errors.New("anything"), ledger.Unknown, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, a, asked := newDesk(t), &answers{err: test.err}, map[ledger.Doubt]bool{}
			d.uncertain("75300000000001")
			p := &Printer{Printer: &printer.Printer{Name: "pdd-1"}}
			other := &Printer{Printer: &printer.Printer{Name: "pdd-2"}}
			d.do(d.recall(t.Context(), other, a, map[ledger.Doubt]bool{}))
			if a.asked != 0 {
				t.Fatal("another printer is asked for it")
			}
			for range 2 {
				d.do(d.recall(t.Context(), p, a, asked))
			}
			if again := a.asked == 2; again != test.again || a.asked == 0 {
				t.Errorf("it is asked for %d times", a.asked)
			}
			rows, err := d.Ledger.Rows(t.Context(), ledger.Filter{})
			d.do(err)
			if rows[0].Label != test.want {
				t.Errorf("%s, want %s", rows[0].Label, test.want)
			}
			if refused := rows[0].Problem.Code; test.want == ledger.Queued && refused != "component-refused" {
				t.Errorf("it waits for %q", refused)
			}
			d.now = d.now.Add(time.Hour)
			_, err = d.Ledger.Claim(t.Context(), ledger.Claimant{Printer: "pdd-1", Paper: SealedPaperOf("76x130", "pdd")})
			if waits := err == nil; waits != (test.want == ledger.Queued) {
				t.Errorf("it is in the queue: %v", err)
			}
		})
	}
}
