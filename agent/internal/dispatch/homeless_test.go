package dispatch

import (
	"slices"
	"testing"

	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/printer"
)

// The printer of labels that wait has gone out of the settings.
func TestALabelThatNoPrinterTakesIsSeen(t *testing.T) {
	d := newDesk(t)
	label := d.queue(d.accept("1", nil))
	d.do(d.Ledger.Release(t.Context(), label.ID, ledger.Problem{}, 0))
	d.Printers = []*Printer{{Printer: &printer.Printer{Name: "bench-2"}, Paper: "100x150"}}
	var told []ledger.Home
	for range 3 {
		var err error
		told, err = d.homeless(t.Context(), told)
		d.do(err)
	}
	problem := func() string {
		rows, err := d.Ledger.Rows(t.Context(), ledger.Filter{Order: "1"})
		d.do(err)
		return rows[0].Problem.Code
	}
	if !slices.Equal(d.said, []notice.Code{ledger.NoPrinter}) || problem() != ledger.NoPrinter {
		t.Errorf("people were told %q, the label says %q", d.said, problem())
	}
	d.do(d.Ledger.WantOn(t.Context(), label.Order, "packing"))
	d.Printers = append(d.Printers, &Printer{Printer: &printer.Printer{Name: "bench-1"}, Paper: "76x130"})
	told, err := d.homeless(t.Context(), told)
	d.do(err)
	if !slices.Equal(told, []ledger.Home{{Paper: "76x130", Target: "packing"}}) || problem() != ledger.NoTarget {
		t.Errorf("without the group: %v, the label says %q", told, problem())
	}
	d.Printers[1].Group = "packing"
	told, err = d.homeless(t.Context(), told)
	if err != nil || len(told) != 0 || problem() != "" {
		t.Errorf("with a printer: %v, %v, the label says %q", told, err, problem())
	}
}
