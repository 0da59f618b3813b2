package ledger

import (
	"errors"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/audit"
	"miandan/agent/internal/order"
)

// TestWhatARoleMaySeeWithinAnHour counts clicks by role, through a crash, until
// the hour is over.
func TestWhatARoleMaySeeWithinAnHour(t *testing.T) {
	b, p, key := newBench(t), Person{Who: "tester"}, order.Key{Source: "jd", ID: "1"}
	b.accept(b.order("1"))
	packer, lead := Allowance{Role: "packer", Most: 3}, Allowance{Role: "lead", Most: 5}
	click := func(a Allowance, want error) {
		t.Helper()
		if err := b.Revealing(t.Context(), key, p, a); !errors.Is(err, want) {
			t.Fatalf("Revealing for %+v: %v, want %v", a, err, want)
		}
	}
	for range 3 {
		click(packer, nil)
	}
	b.crash()
	for range 3 {
		click(packer, ErrTooMany)
	}
	click(lead, nil) // others' clicks are their own
	click(Unlimited, nil)
	if n, e := b.recorded(audit.Revealed), b.recorded(audit.Exceeded); n != 5 || e != 1 {
		t.Errorf("%d receivers shown and %d alarms on record, want 5 and 1", n, e)
	}
	b.now = b.now.Add(59 * time.Minute)
	click(packer, ErrTooMany)
	b.now = b.now.Add(2 * time.Minute)
	click(packer, nil)
	click(Allowance{Role: "packer"}, ErrTooMany) // none at all
	if e := b.recorded(audit.Exceeded); e != 2 {
		t.Errorf("%d alarms on record, want another one in another hour", e)
	}
	if err := b.Revealing(t.Context(), order.Key{Source: "jd", ID: "9"}, p, packer); !errors.Is(err, ErrNoOrder) {
		t.Errorf("Revealing of nothing: %v", err)
	}
}

// TestClicksAreCountedByAnIndex sees that a long record does not slow a click.
func TestClicksAreCountedByAnIndex(t *testing.T) {
	b := newBench(t)
	for _, what := range []string{audit.Revealed, audit.Exceeded} {
		var id, parent, unused int
		var plan string
		err := b.db.Read.QueryRow(`EXPLAIN QUERY PLAN SELECT count(*) FROM audit WHERE what = '`+what+`' AND at > ? AND why = ?`, 1, "").Scan(&id, &parent, &unused, &plan)
		if err != nil || !strings.Contains(plan, "audit_reveals") {
			t.Errorf("%s: %s, %v", what, plan, err)
		}
	}
}
