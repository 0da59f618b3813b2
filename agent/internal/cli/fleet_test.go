package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"miandan/agent/internal/cli"
	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/fleettest"
	"miandan/agent/internal/seal"
)

// A database is prepared, a computer is invited, joins, is seen, leaves, and one is
// thrown out.
func TestFleet(t *testing.T) {
	db := fleettest.Start(t).Empty(t)
	dir := t.TempDir()
	t.Setenv(seal.KeysEnv, filepath.Join(t.TempDir(), "keys"))
	run := func(want int, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		env := cli.Environment{In: strings.NewReader(""), Out: &out, Err: &errs, Getenv: func(string) string { return "" }}
		if got := cli.Main(append(args, "--data", dir), env); got != want {
			t.Fatalf("miandan %s: status %d, want %d; it said %q", args, got, want, errs.String())
		}
		if strings.Contains(errs.String()+out.String(), "postgres:") {
			t.Errorf("miandan %s tells the database's address or password", args[:2])
		}
		return out.String() + errs.String()
	}
	settings := filepath.Join(dir, "miandan.toml")
	if err := os.WriteFile(settings, []byte("station = \"演示\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	admin := db.AdminDSN().Reveal()

	run(2, "fleet", "init")
	run(0, "fleet", "init", "--dsn", admin)
	run(0, "fleet", "init", "--dsn", admin) // again is nothing new
	run(1, "fleet", "invite", "Bench One", "--dsn", admin)
	code := strings.TrimSpace(run(0, "fleet", "invite", "bench-1", "--zone", "east", "--dsn", admin))
	run(1, "fleet", "status")
	run(1, "fleet", "join", "bench-1:AAAAA-AAAAA-AAAAA-AAAAA", "--dsn", db.DSN())
	run(0, "fleet", "join", code, "--dsn", db.DSN())
	run(1, "fleet", "join", code, "--dsn", db.DSN()) // it is a member
	b, err := os.ReadFile(settings)
	if err != nil || !strings.Contains(string(b), "[fleet]") || !strings.Contains(string(b), `station = "bench-1"`) || !strings.Contains(string(b), `zone = "east"`) {
		t.Errorf("the settings are %q, %v", b, err)
	}
	if strings.Contains(string(b), "assword") {
		t.Error("a password stands in the settings")
	}
	if said := run(0, "fleet", "status"); !strings.Contains(said, "bench-1") || !strings.Contains(said, "east") {
		t.Errorf("status says %q", said)
	}
	if said := run(0, "fleet", "status", "--json"); !strings.Contains(said, `"name": "bench-1"`) {
		t.Errorf("status --json says %q", said)
	}
	run(0, "fleet", "leave")
	run(1, "fleet", "leave")
	run(1, "fleet", "status")

	db.Join(t, fleet.Station{Name: "bench-2"})
	if said := run(0, "fleet", "revoke", "bench-2", "--reason", "carried away", "--dsn", admin); !strings.Contains(said, "bench-2") {
		t.Errorf("revoke says %q", said)
	}
	run(1, "fleet", "revoke", "bench-9", "--reason", "none such", "--dsn", admin)
	run(2, "fleet", "revoke", "bench-2", "--dsn", admin)
}
