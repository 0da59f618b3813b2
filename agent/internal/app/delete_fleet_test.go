package app_test

import (
	"path/filepath"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/app"
	"miandan/agent/internal/fleet/fleettest"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/store"
)

// Nobody is told that an order is deleted whose data others have, and whose label would
// print at another station.
func TestAFleetsOrderIsNotDeletedHereAlone(t *testing.T) {
	data := t.TempDir()
	t.Setenv(seal.KeysEnv, filepath.Join(t.TempDir(), "keys"))
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	keys, err := seal.OpenKeystore(data)
	must(err)
	sealer, err := seal.Open(keys, data, false)
	must(err)
	db, err := store.Open(t.Context(), data)
	must(err)
	l := ledger.New(db, sealer, time.Now)
	_, err = l.Recover(t.Context())
	must(err)
	o, bill := fleettest.Order("a-1")
	must(l.TakeIn(t.Context(), ledger.FleetLabel{FleetRef: ledger.FleetRef{ID: 1, Epoch: 1}, Order: o, Waybill: bill, Issuer: "practice",
		Paper: ledger.Paper{Template: "generic", Size: "60x40"}, Deadline: time.Now().Add(time.Hour)}))
	must(l.Stop(t.Context()))
	must(db.Close())
	if _, err := app.Delete(t.Context(), data, api.Delete{Order: "a-1", Reason: "asked to", Who: "it"}); notice.CodeOf(err) != "delete-in-fleet" {
		t.Errorf("deleted: %v", err)
	}
}
