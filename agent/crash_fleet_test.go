package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"miandan/agent/internal/config"
	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/fleettest"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/secret"
)

// crashFleet is the fleet whose benches the agents of a campaign are: each has its
// own orders as ever, and beside them the beat, the fence, comparing and telling go
// on, from a real database.
type crashFleet struct{ db *fleettest.Database }

func newCrashFleet(t *testing.T) *crashFleet {
	return &crashFleet{fleettest.Start(t).Database(t)}
}

// join makes the agent of a world a bench.
func (f *crashFleet) join(w *crashWorld, name string) (err error) {
	secretsMu.Lock()
	defer secretsMu.Unlock()
	if err := os.Setenv(seal.KeysEnv, w.keys); err != nil {
		return err
	}
	keys, err := seal.OpenKeystore(w.data)
	if err != nil {
		return err
	}
	key, err := fleet.KeyFrom(keys, true)
	if err != nil {
		return err
	}
	password := secret.New("password of " + name)
	if err := seal.SetSecret(keys, secret.FleetPassword, password); err != nil {
		return err
	}
	ctx := context.Background()
	admin, err := fleet.OpenAdmin(ctx, f.db.AdminDSN())
	if err != nil {
		return err
	}
	defer admin.Close(ctx)
	code, err := admin.Invite(ctx, fleet.Station{Name: name})
	if err != nil {
		return err
	}
	if _, err := fleet.Join(ctx, f.db.DSN(), code, password, key.Public()); err != nil {
		return err
	}
	file, err := os.OpenFile(filepath.Join(w.data, config.FileName), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(file, "\n[fleet]\ndsn = %q\nstation = %q\n", f.db.DSN(), name)
	w.inFleet = true
	return errors.Join(err, file.Close())
}

// judge asks whether the agents were members at all, and whether the fleet was told
// of labels that are none of its.
func (f *crashFleet) judge(t *testing.T, runs int) {
	t.Helper()
	if beaten := f.db.Value(t, `SELECT count(*) FROM miandan.stations WHERE beat IS NOT NULL`); beaten != fmt.Sprint(runs) {
		t.Errorf("%s of %d agents have ever said to the fleet that they are alive", beaten, runs)
	}
	if n := f.db.Value(t, `SELECT count(*) FROM miandan.alarms`); n != "0" {
		t.Errorf("the fleet has %s alarms", n)
	}
}
