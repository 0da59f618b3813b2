package app_test

import (
	"database/sql"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"miandan/agent/internal/audit"
	"miandan/agent/internal/store"
)

// The agent proves its own record to who comes by the socket, and to no page: a
// service's key is nobody else's.
func TestTheAgentProvesItsRecord(t *testing.T) {
	s := open(t, 0, nil)
	agent := s.client(t)
	if q, err := agent.Queue(t.Context()); err != nil || q.Station != "practice" {
		t.Errorf("the station is called %q, %v", q.Station, err)
	}
	if err := agent.Pause(t.Context(), "packer"); err != nil {
		t.Fatal(err)
	}
	r, err := agent.VerifyAudit(t.Context())
	if err != nil || len(r.Breaks) > 0 || r.Records < 2 || r.Since.IsZero() {
		t.Fatalf("a record that nobody touched: %+v, %v", r, err)
	}
	db, err := sql.Open("sqlite", filepath.Join(s.world.Data, store.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`UPDATE audit SET who = 'somebody' WHERE what = 'paused'`); err != nil {
		t.Fatal(err)
	}
	if r, err := agent.VerifyAudit(t.Context()); err != nil || len(r.Breaks) == 0 || r.Breaks[0].Fault != audit.Edited {
		t.Errorf("a record that was changed: %+v, %v", r, err)
	}
	a, err := http.Get(s.URL() + "/api/v1/audit")
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	if said, _ := io.ReadAll(a.Body); a.StatusCode != http.StatusForbidden || !strings.Contains(string(said), "audit-refused") {
		t.Errorf("a page asks: %d %s", a.StatusCode, said)
	}
}
