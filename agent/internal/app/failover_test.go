package app_test

import (
	"fmt"
	"testing"
	"time"

	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/ledger"
	"miandan/printer/virtual"
)

// TestASisterTakesOver lets one of two printers with the same paper run dry in
// the middle of its work. What it had not begun comes out of the other, which has
// a finer head: drawn anew on its grid. What it was sent waits for the reload.
func TestASisterTakesOver(t *testing.T) {
	sister, err := virtual.Start(virtual.Config{Language: virtual.TSPL, DotsPerMM: 12, PerMetre: 11811, Head: 1248, Speed: 600})
	if err != nil {
		t.Fatal(err)
	}
	defer sister.Close()
	const orders = 6
	s := open(t, 0, func(c string) string {
		return c + fmt.Sprintf("\n[[printer]]\nname = \"bench-2\"\nurl = %q\nlanguage = \"tspl\"\ndots_per_mm = 11.811\nmedia = \"label\"\npaper = \"76x130\"\n", sister.URL())
	})
	s.world.Printer.RunOutAfter(300) // within its first label
	for _, o := range jdsim.Demo(orders, time.Now()) {
		o.Modified = time.Now()
		s.world.Gateway.AddOrder(o)
	}
	s.until(t, "the first has run dry with a label in it", func([]ledger.Row) bool { return s.heard("paper-out") })
	rows := s.until(t, "all but what the first was sent are out", func(rows []ledger.Row) bool {
		out, sent := 0, 0
		for _, r := range rows {
			switch r.Label {
			case ledger.Confirmed, ledger.Presumed:
				out++
			case ledger.Sending:
				sent++
			}
		}
		return sent == 1 && out == len(rows)-1 && len(rows) >= orders
	})
	prints := sister.Prints()
	if len(prints) != len(rows)-1 {
		t.Errorf("%d labels came out of the sister, want %d", len(prints), len(rows)-1)
	}
	for _, p := range prints {
		if p.Width < 880 || p.Height < 1500 {
			t.Errorf("a label of %d×%d dots on a head of 300 dpi", p.Width, p.Height)
		}
	}
	if n := len(s.world.Printer.Prints()); n != 0 {
		t.Errorf("%d labels came out of the first without paper", n)
	}
	s.world.Printer.LoadPaper(100_000)
	s.until(t, "the label in the first is out", all(ledger.Confirmed, ledger.Presumed))
	whole := 0
	for _, p := range s.world.Printer.Prints() {
		if !p.Partial {
			whole++
		}
	}
	if whole != 1 || len(sister.Prints()) != len(rows)-1 {
		t.Errorf("%d and %d labels on paper, want 1 and %d", whole, len(sister.Prints()), len(rows)-1)
	}
	for _, r := range s.rows(t) {
		if r.Attempts != 1 {
			t.Errorf("label %d was sent %d times", r.LabelID, r.Attempts)
		}
	}
}
