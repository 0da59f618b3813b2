package dispatch

import (
	"slices"
	"testing"

	"miandan/agent/internal/ledger"
	"miandan/printer"
)

func TestWhichPrintersMayHoldALabel(t *testing.T) {
	s := &Station{}
	for name, paper := range map[string]string{"bench-1": "76x130", "bench-2": "76x130", "bench-3": "100x150"} {
		s.Printers = append(s.Printers, &Printer{Printer: &printer.Printer{Name: name}, Paper: paper})
	}
	for _, c := range []struct {
		what string
		w    ledger.Whereabouts
		want []string
	}{
		{"the last attempt is known", ledger.Whereabouts{Printer: "bench-1", Paper: "76x130"}, []string{"bench-1"}},
		{"an old copy was restored", ledger.Whereabouts{Printer: "bench-1", Paper: "76x130", Doubted: true}, []string{"bench-1", "bench-2"}},
		{"an old copy that knows of no attempt", ledger.Whereabouts{Paper: "76x130", Doubted: true}, []string{"bench-1", "bench-2"}},
		{"its printer has other paper now", ledger.Whereabouts{Printer: "bench-3", Paper: "76x130", Doubted: true}, []string{"bench-1", "bench-2", "bench-3"}},
		{"its printer is gone", ledger.Whereabouts{Printer: "old", Paper: "76x130", Doubted: true}, []string{"bench-1", "bench-2", "old"}},
	} {
		got := s.mayHold(c.w)
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.what, got, c.want)
		}
	}
}
