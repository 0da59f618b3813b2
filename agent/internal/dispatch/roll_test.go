package dispatch

import (
	"errors"
	"testing"

	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/printer"
)

// TestANewRollIsCounted follows a reload: out of paper, switched off for it,
// well again.
func TestANewRollIsCounted(t *testing.T) {
	d := newDesk(t)
	p := &Printer{Printer: &printer.Printer{Name: "bench-1"}, Roll: 300}
	d.Watch(p)
	roll := func() int {
		t.Helper()
		rolls, err := d.Ledger.Rolls(t.Context())
		d.do(err)
		left, ok := rolls["bench-1"]
		if !ok {
			return -1
		}
		return left
	}
	p.heard(printer.Status{Reasons: []printer.Reason{printer.CoverOpen}})
	if p.well(); roll() != -1 {
		t.Errorf("after the cover was open: %d labels", roll())
	}
	p.heard(printer.Status{Reasons: []printer.Reason{printer.MediaEmpty}})
	p.fails(notice.New("printer-off", errors.New("no route"), "bench-1"))
	if roll() != -1 {
		t.Errorf("before the reload: %d labels", roll())
	}
	if p.well(); roll() != 300 {
		t.Errorf("after the reload: %d labels, want 300", roll())
	}
	d.do(d.Ledger.SetRoll(t.Context(), "bench-1", 10, ledger.Person{}))
	if p.well(); roll() != 10 {
		t.Errorf("well as it was: %d labels, want 10", roll())
	}
	d.tellRoll(t.Context(), p)
	if len(d.said) == 0 || d.said[len(d.said)-1] != "roll-low" {
		t.Errorf("people were told %v", d.said)
	}
}
