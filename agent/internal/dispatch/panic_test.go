package dispatch

import (
	"errors"
	"testing"

	"miandan/printer"
)

// A label that the program is not proof against is put off, and others print: the next
// start would begin with it again.
func TestALabelThatEndsItsMaker(t *testing.T) {
	d := newDesk(t)
	d.Templates = nil
	label := d.queue(d.accept("1", nil))
	p := &Printer{Printer: &printer.Printer{Name: "bench-1"}}
	_, err := d.draw(t.Context(), label, p)
	if !errors.As(err, new(*unfitError)) {
		t.Fatalf("%v, want it to be the label's own trouble", err)
	}
	if err := d.release(t.Context(), p, label, err); !errors.As(err, new(*unfitError)) {
		t.Error(err)
	}
	d.queue(d.accept("2", nil))
	if n := p.Condition().Trouble; n != nil {
		t.Errorf("the printer is in trouble: %v", n)
	}
}
