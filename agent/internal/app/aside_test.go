package app_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/store"
)

// TestADamagedDatabaseIsSetAside changes one letter of what an attempt came to. The
// agent must notice, keep the file as it is, and take no second number and
// print nothing again by the word of the new one, which knows of nothing.
func TestADamagedDatabaseIsSetAside(t *testing.T) {
	// The platform is not told, and so tells of them again.
	s := open(t, 3, func(settings string) string {
		return strings.Replace(settings, `when = "confirmed"`, `when = "never"`, 1)
	})
	s.until(t, "three labels on paper", all(ledger.Confirmed))
	s.stop()
	path := filepath.Join(s.world.Data, store.FileName)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(b, []byte(`confirmed{"`)) // the state, and the evidence behind it
	if at < 0 {
		t.Fatal("the database holds no attempt that is confirmed")
	}
	b[at+2] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	prints, numbers := len(s.world.Printer.Prints()), taken(s)

	s.start(t)
	if !s.heard("database-set-aside") || s.heard("database-restored") {
		t.Error("people are not told what became of the database, or something else")
	}
	kept, err := filepath.Glob(filepath.Join(s.world.Data, "damaged-*", store.FileName))
	if err != nil || len(kept) != 1 {
		t.Fatalf("set aside: %v, %v", kept, err)
	}
	if was, err := os.ReadFile(kept[0]); err != nil || !bytes.Equal(was, b) {
		t.Errorf("the damaged database was changed (%v)", err)
	}
	s.until(t, "the orders are read again, and none goes on by itself", func(rows []ledger.Row) bool {
		for _, r := range rows {
			if r.OrderState == ledger.Accepted || r.OrderState == ledger.Issuing || r.LabelID != 0 && r.Label != ledger.Unknown {
				return false
			}
		}
		return len(rows) >= 3
	})
	time.Sleep(time.Second)
	if n := len(s.world.Printer.Prints()); n != prints {
		t.Errorf("%d labels were printed by the word of the new database", n-prints)
	}
	if n := taken(s); n != numbers {
		t.Errorf("%d further numbers were taken", n-numbers)
	}
	for _, r := range s.rows(t) {
		t.Logf("%s %s %s", r.Order.ID, r.OrderState, r.Label)
	}
}

// taken counts the numbers that the gateway has given.
func taken(s *station) int {
	n := 0
	for _, e := range s.world.Gateway.Journal() {
		if e.Event == jdsim.Number && e.Refused == "" {
			n++
		}
	}
	return n
}
