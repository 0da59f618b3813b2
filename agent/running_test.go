package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/ledger"
	"miandan/agent/internal/practice"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/store"
	"miandan/printer/virtual"
)

// The real program at the practice station, as a process of its own.

func startAgent(t *testing.T, w *practice.World, log *output) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("miandan", "run", "--no-tray", "--data", w.Data)
	cmd.Env = append(os.Environ(), "LANG=C")
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// settled waits until no order and no label is on its way. It reads the
// database of the running agent, which SQLite allows; but not before the agent
// is ready, for whoever opens a database that is being made takes part in
// making it, and one of the two fails.
func settled(t *testing.T, w *practice.World, expected []string, log fmt.Stringer) []ledger.Row {
	t.Helper()
	deadline := time.Now().Add(4 * time.Minute)
	for {
		ready := strings.Contains(log.String(), "ready http")
		var rows []ledger.Row
		if ready {
			rows = readRows(t, w)
		}
		moving := map[string]bool{}
		for _, r := range rows {
			done := r.LabelID == 0 && r.OrderState == ledger.IssueUnknown || r.LabelID != 0 && (r.Label.Ended() || r.Label == ledger.Unknown)
			moving[r.Order.ID] = moving[r.Order.ID] || !done
		}
		open := len(expected) - len(moving)
		for _, m := range moving {
			if m {
				open++
			}
		}
		if open == 0 {
			return rows
		}
		if time.Now().After(deadline) && !ready {
			t.Fatalf("the agent is not ready\n%s", log)
		}
		if time.Now().After(deadline) {
			for _, r := range rows {
				t.Logf("%s %s %s %s %v", r.Order.ID, r.OrderState, r.Label, r.Number, r.Problem)
			}
			t.Fatalf("%d orders of %d are still on their way\n%s", open, len(expected), log)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func readRows(t *testing.T, w *practice.World) []ledger.Row {
	t.Helper()
	keys, err := seal.OpenKeystore(w.Data)
	if err != nil {
		t.Fatal(err)
	}
	s, err := seal.Open(keys, w.Data, true)
	if err != nil {
		t.Fatal(err)
	}
	// The agent writes meanwhile, and on a slow disk nobody else has a turn for a while.
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		rows, err := rowsOf(t.Context(), w, s)
		if err == nil {
			return rows
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

func rowsOf(ctx context.Context, w *practice.World, s *seal.Sealer) ([]ledger.Row, error) {
	db, err := store.Open(ctx, w.Data)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	return ledger.New(db, s, time.Now).Rows(ctx, ledger.Filter{Limit: 10000})
}

// readBarcode reads a printed label: the main barcode is the first from the
// top that reads.
func readBarcode(t *testing.T, p virtual.Print) string {
	t.Helper()
	if p.Image == nil {
		t.Fatalf("print %d has no picture", p.Seq)
	}
	text, err := readInStrips(p.Image)
	if err != nil {
		t.Errorf("print %d: %v", p.Seq, err)
	}
	return text
}
