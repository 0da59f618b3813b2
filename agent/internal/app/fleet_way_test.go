package app_test

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/app"
	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/fleettest"
	fleetplatform "miandan/agent/internal/fleet/platform"
	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/practice"
	"miandan/agent/internal/seal"
)

// office is a station with JD's secrets and a printer, and a bench beside it. Labels
// go to whoever of the two is not paused.
type office struct {
	*station
	db    *fleettest.Database
	bench *station
	keys  [2]string // the key stores of the two
}

func newOffice(t *testing.T, db *fleettest.Database) *office {
	t.Helper()
	db.Admin(t, func(ctx context.Context, a *fleet.Admin) error { return fleetplatform.Prepare(ctx, a.Conn()) })
	o := &office{db: db}
	t.Setenv("MIANDAN_TEST_FLEET", "")
	o.station = openWorld(t, practice.Config{}, func(settings string) string {
		return settings + joined(t, db, fleet.Station{Name: "office", Platform: true})
	})
	o.keys[0] = os.Getenv(seal.KeysEnv)
	o.bench = openBench(t, db, "bench-7", "")
	o.keys[1] = os.Getenv(seal.KeysEnv)
	return o
}

// only lets one of the two work.
func (o *office) only(t *testing.T, s *station) {
	t.Helper()
	for _, each := range []*station{o.station, o.bench} {
		if err := each.Ledger.SetPaused(t.Context(), each != s, ledger.Person{Who: "tester"}); err != nil {
			t.Fatal(err)
		}
	}
}

// orders puts paid orders before JD.
func (o *office) orders(list ...jdsim.Order) {
	for _, each := range list {
		each.Modified = time.Now()
		o.world.Gateway.AddOrder(each)
	}
}

func (o *office) until(t *testing.T, what, query string) {
	t.Helper()
	const patience = 2 * time.Minute
	for end := time.Now().Add(patience); o.db.Value(t, query) != "true"; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not in %v: %s; orders are %s, labels are %s; people were told %v and %v", patience, what,
				o.db.Value(t, `SELECT coalesce(string_agg(order_id || ' ' || state || ' ' || coalesce(why, ''), ', '), '') FROM miandan.orders`),
				o.db.Value(t, `SELECT coalesce(string_agg(order_id || ' ' || state || ' ' || coalesce(station, ''), ', '), '') FROM miandan.labels`), o.said, o.bench.said)
		}
	}
}

// TestFromJDThroughTheFleetToPaper has orders read, numbered and told by the station
// that holds the secrets, and printed there and at a bench that holds none, each
// once, whatever is started anew.
func TestFromJDThroughTheFleetToPaper(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts a database server")
	}
	server := fleettest.Start(t)
	o := newOffice(t, server.Database(t))
	list := jdsim.Demo(6, time.Now())
	o.only(t, o.bench)
	o.orders(list[:3]...)
	const done = `SELECT count(DISTINCT order_id) = %d AND bool_and(state = 'confirmed' AND station = '%s') FROM miandan.labels WHERE order_id = ANY ('{%s}')`
	o.until(t, "three orders are on paper at the bench", fmt.Sprintf(done, 3, "bench-7", ids(list[:3])))
	o.only(t, o.station)
	o.orders(list[3:5]...)
	o.until(t, "two more are on the office's own paper", fmt.Sprintf(done, 2, "office", ids(list[3:5])))
	o.only(t, nil)
	o.asked(t, list[5], list[3])

	// All are started anew, and JD lists its orders once more.
	o.stop()
	o.bench.stop()
	server.Stop(t, fleettest.Immediate)
	for i, s := range []*station{o.station, o.bench} {
		t.Setenv(seal.KeysEnv, o.keys[i])
		s.start(t) // without the database
		if err := s.Ledger.SetPaused(t.Context(), false, ledger.Person{Who: "tester"}); err != nil {
			t.Fatal(err)
		}
	}
	server.Up(t)
	o.until(t, "one more is on paper where somebody has asked for it", fmt.Sprintf(done, 1, "bench-7", ids(list[5:6])))
	o.until(t, "all is told", `SELECT count(*) = 6 FROM miandan.outbox WHERE what = 'shipped' AND done_at IS NOT NULL AND why = ''`)

	papers := len(o.world.Printer.Prints()) + len(o.bench.world.Printer.Prints())
	if labels := o.db.Value(t, `SELECT count(*) FROM miandan.labels`); fmt.Sprint(papers) != labels {
		t.Errorf("%d labels are on paper, the fleet knows %s", papers, labels)
	}
	numbers, ships := map[string]int{}, map[string]int{}
	for _, e := range o.world.Gateway.Journal() {
		switch {
		case e.Refused != "":
			t.Errorf("the gateway refuses %s of %s: %s", e.Event, e.Order, e.Refused)
		case e.Event == jdsim.Number:
			numbers[e.Order]++
		case e.Event == jdsim.Ship:
			ships[e.Order]++
		}
	}
	for _, order := range list[:6] {
		if numbers[order.ID] != 1 || ships[order.ID] != 1 {
			t.Errorf("order %s: %d numbers, told %d times", order.ID, numbers[order.ID], ships[order.ID])
		}
	}
	for i, s := range []*station{o.station, o.bench} {
		for _, r := range s.rows(t) {
			if r.Label != ledger.Confirmed {
				t.Errorf("station %d's own ledger has order %s as %s", i, r.Order.ID, r.Label)
			}
		}
	}
	t.Setenv(seal.KeysEnv, o.keys[1])
	o.bench.stop()
	for _, f := range o.bench.doctor(t) {
		if f.Err != nil {
			t.Errorf("the doctor says of %s: %v", f.What, f.Err)
		}
	}
}

// asked has a person at the bench ask for an order, while both are paused, and people
// at both ask for what they cannot have there.
func (o *office) asked(t *testing.T, next, printed jdsim.Order) {
	t.Helper()
	ctx := t.Context()
	o.orders(next)
	o.until(t, "a label waits", fmt.Sprintf(`SELECT count(*) > 0 AND bool_and(state = 'queued') FROM miandan.labels WHERE order_id = '%s'`, next.ID))
	refusal := func(s *station, id string) notice.Code {
		t.Helper()
		taken, err := s.Operator().Print(ctx, []string{id}, "packer")
		if err != nil || len(taken) != 1 {
			t.Fatalf("asked for %s: %v, %v", id, taken, err)
		}
		if taken[0].Refusal == nil {
			return ""
		}
		return taken[0].Refusal.Code
	}
	for _, want := range []struct {
		at   *station
		id   string
		code notice.Code
	}{
		{o.bench, next.ID, ""}, {o.bench, next.ID, ""}, {o.station, next.ID, "fleet-order-elsewhere"}, {o.bench, "99999999999", "fleet-order-none"},
	} {
		if got := refusal(want.at, want.id); got != want.code {
			t.Errorf("who asks for order %s is told %q, want %q", want.id, got, want.code)
		}
	}
	if s, err := o.Desk().ScanPrint(ctx, api.ScanPrint{Codes: []string{next.ID}, Who: "packer"}); err != nil || s.Result != api.ScanRefused || s.Refusal == nil || s.Refusal.Code != "fleet-order-elsewhere" {
		t.Errorf("who scans it at the office: %+v, %v", s, err)
	}
	waybill := o.db.Value(t, `SELECT min(waybill) FROM miandan.labels WHERE order_id = $1`, printed.ID)
	if _, err := o.bench.Operator().Reprint(ctx, api.Reprint{Waybill: waybill, Who: "packer", Reason: "torn"}); notice.CodeOf(err) != "fleet-waybill-elsewhere" {
		t.Errorf("a reprint at the bench of what the office has printed: %v", err)
	}
	if _, err := o.bench.Operator().Scan(ctx, api.Scan{Waybill: waybill, Who: "packer"}); notice.CodeOf(err) != "fleet-waybill-elsewhere" {
		t.Errorf("a scan at the bench of what the office has printed: %v", err)
	}
}

func ids(list []jdsim.Order) (text string) {
	for i, o := range list {
		if i > 0 {
			text += ","
		}
		text += o.ID
	}
	return text
}

// doctor looks at the fleet from the station.
func (s *station) doctor(t *testing.T) []app.Check {
	t.Helper()
	c, err := app.Settings(s.world.Config)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := seal.OpenKeystore(s.world.Data)
	if err != nil {
		t.Fatal(err)
	}
	all := app.CheckFleet(t.Context(), c, keys, s.world.Data)
	if len(all) != 5 {
		t.Errorf("the doctor says %+v", all)
	}
	return all
}
