package app_test

import (
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
)

// TestTheRollIsForecast prints, runs out of paper and is given a new roll: what is
// shown as left goes down with the labels and up with the roll.
func TestTheRollIsForecast(t *testing.T) {
	s := open(t, 4, func(c string) string {
		return strings.Replace(c, "media = \"label\"\n", "media = \"label\"\nroll = 40\n", 1)
	})
	left := func() int {
		t.Helper()
		q, err := s.Operator().(api.Viewer).Queue(t.Context(), api.QueueQuery{})
		if err != nil {
			t.Fatal(err)
		}
		if q.Printers[0].Left == nil {
			return -1
		}
		return *q.Printers[0].Left
	}
	rows := s.until(t, "all are out", all(ledger.Confirmed))
	if n := left(); n != -1 {
		t.Errorf("%d labels are left on a roll that nobody has spoken of", n)
	}
	roll := s.Operator().(api.Roller)
	if err := roll.NewRoll(t.Context(), api.Roll{Printer: "bench-9"}); notice.CodeOf(err) != "printer-unknown" {
		t.Errorf("a roll in a printer that is none: %v", err)
	}
	if err := roll.NewRoll(t.Context(), api.Roll{Printer: "bench-1", Labels: 22, Who: "tester"}); err != nil {
		t.Fatal(err)
	}
	if n := left(); n != 22 {
		t.Errorf("%d labels left, want 22", n)
	}
	again := func() {
		t.Helper()
		if _, err := s.Operator().Reprint(t.Context(), api.Reprint{Waybill: string(rows[0].Number), Reason: "torn", Who: "tester"}); err != nil {
			t.Fatal(err)
		}
	}
	printed := len(s.world.Printer.Prints())
	again()
	for end := time.Now().Add(time.Minute); left() >= 22 && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	s.until(t, "it is out again", all(ledger.Confirmed))
	more := len(s.world.Printer.Prints()) - printed
	if n := left(); more == 0 || n != 22-more {
		t.Errorf("%d labels left after %d more, want %d", n, more, 22-more)
	}
	s.world.Printer.RunOutAfter(0)
	again()
	for end := time.Now().Add(time.Minute); !s.heard("paper-out") && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	s.world.Printer.LoadPaper(100_000)
	s.until(t, "it is out once more", all(ledger.Confirmed))
	if n := left(); n > 40 || n < 40-2*more {
		t.Errorf("%d labels left on a new roll of 40", n)
	}
}
