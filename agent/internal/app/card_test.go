package app_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
)

// TestACardComesAfterTheLabelInHand asks for a test card while a label waits for
// its process ID. The card comes out after it, confirmed by an ID of its own, and
// nobody's order.
func TestACardComesAfterTheLabelInHand(t *testing.T) {
	s := open(t, 0, nil)
	s.world.Printer.LateMark(700 * time.Millisecond)
	o := jdsim.Demo(1, time.Now())[0]
	o.Modified = time.Now()
	s.world.Gateway.AddOrder(o)
	s.until(t, "the label is being sent", func(rows []ledger.Row) bool { return len(rows) == 1 && rows[0].Label == ledger.Sending })
	printed, err := s.Operator().(api.Carder).Card(t.Context(), api.Card{Printer: "bench-1", Kind: api.TestCard})
	if err != nil || printed.Outcome != "confirmed" || printed.Evidence != "process-id" {
		t.Fatalf("Card = %+v, %v", printed, err)
	}
	s.until(t, "the label is confirmed", all(ledger.Confirmed))
	prints := s.world.Printer.Prints()
	if len(prints) != 2 || prints[0].Mark == "" || prints[1].Mark == "" || prints[0].Mark == prints[1].Mark {
		t.Errorf("%d prints, want the label and the card, each with its own process ID", len(prints))
	}
	if rows := s.rows(t); len(rows) != 1 {
		t.Errorf("the card is in the ledger: %d rows", len(rows))
	}

	// A label that does not end holds the card back, which is then not printed.
	s.world.Printer.LateMark(6 * time.Second)
	second := jdsim.Demo(2, time.Now())[1]
	second.Modified = time.Now()
	s.world.Gateway.AddOrder(second)
	s.until(t, "another label is being sent", func(rows []ledger.Row) bool {
		return len(rows) == 2 && (rows[0].Label == ledger.Sending || rows[1].Label == ledger.Sending)
	})
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := s.Operator().(api.Carder).Card(ctx, api.Card{Printer: "bench-1", Kind: api.RulerCard}); notice.CodeOf(err) != "printer-busy" {
		t.Errorf("Card while a label does not end: %v, want printer-busy", err)
	}
	_, err = s.Operator().(api.Carder).Card(t.Context(), api.Card{Printer: "bench-9", Kind: api.TestCard})
	if n, ok := errors.AsType[*notice.Error](err); !ok || !errors.Is(err, api.ErrNotFound) || !strings.Contains(n.Text(notice.English), "bench-1") {
		t.Errorf("Card on a printer that is none: %v", err)
	}
}
