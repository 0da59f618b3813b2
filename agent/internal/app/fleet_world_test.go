package app_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"testing"

	"miandan/agent/internal/config"
	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/fleettest"
	"miandan/agent/internal/midday"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/practice"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/secret"
	"miandan/printer/virtual"
)

// TestMain lets the collector rest: dozens of stations, one after the other, would
// drive it at the limit that one agent sets itself.
func TestMain(m *testing.M) {
	debug.SetMemoryLimit(1 << 30)
	midday.Stay()
	fleettest.Main(m)
}

// inFleetToo reports whether the stations of all tests are to be members of a fleet,
// beside whatever else they do.
func inFleetToo() bool { return os.Getenv("MIANDAN_TEST_FLEET") == "1" }

// inFleet makes the station whose key store the environment names a member, if all
// are to be.
func inFleet(t *testing.T, change func(string) string) func(string) string {
	if !inFleetToo() {
		return change
	}
	return func(settings string) string {
		if change != nil {
			settings = change(settings)
		}
		if strings.Contains(settings, "[fleet]") {
			return settings
		}
		return settings + joined(t, fleettest.New(t), fleet.Station{Name: "bench-1"})
	}
}

// joined makes the station whose key store the environment names a member, and
// returns its settings.
func joined(t *testing.T, db *fleettest.Database, s fleet.Station) string {
	t.Helper()
	keys, err := seal.OpenKeystore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	key, err := fleet.KeyFrom(keys, true)
	if err != nil {
		t.Fatal(err)
	}
	password := secret.New("password of " + s.Name)
	if err := seal.SetSecret(keys, secret.FleetPassword, password); err != nil {
		t.Fatal(err)
	}
	db.Admin(t, func(ctx context.Context, a *fleet.Admin) error {
		code, err := a.Invite(ctx, s)
		if err == nil {
			_, err = fleet.Join(ctx, db.DSN(), code, password, key.Public())
		}
		return err
	})
	return fmt.Sprintf("\n[fleet]\ndsn = %q\nstation = %q\nplatform = %v\n", db.DSN(), s.Name, s.Platform)
}

// openBench is a bench of a fleet as most are: a printer, and no platform's secret.
func openBench(t *testing.T, db *fleettest.Database, name, settings string) *station {
	t.Helper()
	dir := t.TempDir()
	t.Setenv(seal.KeysEnv, filepath.Join(dir, "keys"))
	v, err := virtual.Start(virtual.Config{Language: virtual.ESCPOS, DotsPerMM: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	w := &practice.World{Data: filepath.Join(dir, "data"), Config: filepath.Join(dir, "data", config.FileName), Printer: v}
	if err := os.MkdirAll(w.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	file := fmt.Sprintf(`station = %q
[[printer]]
name = "bench-1"
url = %q
language = "escpos"
dots_per_mm = 8
media = "label"
paper = "76x130"
[listen]
address = "127.0.0.1:0"
`, name, v.URL()) + joined(t, db, fleet.Station{Name: name}) + settings
	if err := os.WriteFile(w.Config, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &station{world: w, mu: sync.Mutex{}, said: map[notice.Code]bool{}}
	s.start(t)
	return s
}
