package app_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/app"
	"miandan/agent/internal/fleet/fleettest"
	"miandan/agent/internal/jos/jdsim"
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

// A lead has an order's data deleted at the station that takes numbers: the database, the
// bench that printed it and the office itself keep nothing of it. A bench says where.
func TestAFleetsOrderIsDeletedEverywhere(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts a database server")
	}
	o := newOffice(t, fleettest.New(t))
	o.only(t, o.bench)
	list := jdsim.Demo(1, time.Now())
	o.orders(list...)
	o.until(t, "the order is on paper", `SELECT count(*) > 0 AND bool_and(state = 'confirmed') FROM miandan.labels`)
	kept := func(s *station) (n int) {
		t.Helper()
		rows, err := s.Ledger.Rows(t.Context(), ledger.Filter{Limit: -1})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if !r.Purged {
				n++
			}
		}
		return n
	}
	ask := api.Delete{Order: list[0].ID, Reason: "asked to"}
	if _, err := o.bench.client(t).Delete(t.Context(), ask); err == nil || !strings.Contains(err.Error(), "at a station that takes numbers") {
		t.Errorf("at a bench: %v", err)
	}
	if kept(o.bench) == 0 {
		t.Fatal("the bench has nothing of it")
	}
	if d, err := o.client(t).Delete(t.Context(), ask); err != nil || !d.Fleet || d.Order != list[0].ID {
		t.Fatalf("at the office: %+v, %v", d, err)
	}
	o.until(t, "the database has nothing of it", `SELECT (SELECT count(*) FROM miandan.order_data) + (SELECT count(*) FROM miandan.label_data) = 0`)
	for end := time.Now().Add(2 * time.Minute); kept(o.bench)+kept(o.station) > 0; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the stations keep it")
		}
	}
	if d, err := o.client(t).Delete(t.Context(), ask); err != nil || !d.Already {
		t.Errorf("a second time: %+v, %v", d, err)
	}
}
