package fleet_test

import (
	"fmt"
	"testing"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/fleettest"
)

func TestMain(m *testing.M) { fleettest.Main(m) }

// world is a fleet with a platform station and two benches.
type world struct {
	*fleettest.Database
	platform, one, two *fleettest.Member
	labels             int
}

func newWorld(t *testing.T) *world { return worldOn(t, fleettest.New(t)) }

func worldOn(t *testing.T, d *fleettest.Database) *world {
	t.Helper()
	d.Setting(t, "dead_after", "3600") // nobody beats here
	d.Setting(t, "lot_max", "1000")
	d.Setting(t, "claims_max", "1000")
	return &world{
		Database: d,
		platform: d.Join(t, fleet.Station{Name: "platform", Platform: true}),
		one:      d.Join(t, fleet.Station{Name: "bench-1", Zone: "north"}),
		two:      d.Join(t, fleet.Station{Name: "bench-2", Zone: "south"}),
	}
}

// queued puts one label before the benches, for a printer that nothing else is for.
func (w *world) queued(t *testing.T) (id int64, printer string) {
	t.Helper()
	w.labels++
	printer = fmt.Sprintf("p%d", w.labels)
	return fleettest.Labels(t, w.platform, printer, 1, fleet.ToPrinter("bench-1", printer), "76x130")[0], printer
}

// claimed is queued and claimed by bench-1.
func (w *world) claimed(t *testing.T) fleet.Ref {
	t.Helper()
	_, printer := w.queued(t)
	return claimOne(t, w.one, printer).Ref
}

func claimOne(t *testing.T, s *fleettest.Member, printer string) fleet.Label {
	t.Helper()
	got, err := s.Claim(t.Context(), []fleet.Want{{Printer: printer, Paper: "76x130", N: 1}})
	if err != nil || len(got) != 1 {
		t.Fatalf("claim: %v, %v", got, err)
	}
	return got[0]
}

func (w *world) started(t *testing.T) fleet.Ref {
	t.Helper()
	r := w.claimed(t)
	if err := w.one.Start(t.Context(), r.ID, r.Epoch); err != nil {
		t.Fatal(err)
	}
	return r
}

// many is n labels of bench-1 in a state, each for a printer that nothing else is for.
func (w *world) many(t *testing.T, s fleet.State, n int) []fleet.Ref {
	t.Helper()
	ctx := t.Context()
	w.labels++
	name := fmt.Sprintf("m%d", w.labels)
	refs, wants, said := make([]fleet.Ref, n), make([]fleet.Want, n), make([]fleet.Settled, n)
	ids := fleettest.Labels(t, w.platform, name, n, "", "76x130")
	for i, id := range ids {
		refs[i].ID, wants[i] = id, fleet.Want{Printer: fmt.Sprintf("%s-%d", name, i+1), Paper: "76x130", N: 1}
	}
	w.SQL(t, `UPDATE miandan.labels SET target = 'printer:bench-1/' || order_id WHERE order_id LIKE '`+name+`-%'`)
	switch s {
	case fleet.Queued:
		return refs
	case fleet.Cancelled, fleet.Superseded:
		w.SQL(t, fmt.Sprintf(`SELECT miandan._withdraw(source, order_id, '%s', 'platform') FROM miandan.labels WHERE order_id LIKE '%s-%%'`, s, name))
		for i := range refs {
			refs[i].Epoch = 1
		}
		return refs
	}
	got, err := w.one.Claim(ctx, wants)
	if err != nil || len(got) != n {
		t.Fatalf("claim: %d of %d, %v", len(got), n, err)
	}
	for i, l := range got {
		refs[i] = l.Ref
	}
	if s == fleet.Claimed {
		return refs
	}
	if in, err := w.one.Lot(ctx, refs); err != nil || len(in) != n {
		t.Fatalf("lot: %d of %d, %v", len(in), n, err)
	}
	w.SQL(t, `UPDATE miandan.labels SET lot = false WHERE lot`)
	if s == fleet.Started {
		return refs
	}
	for i, r := range refs {
		said[i] = word(r, s)
	}
	if err := w.one.Settle(ctx, said); err != nil {
		t.Fatal(err)
	}
	return refs
}

func word(r fleet.Ref, s fleet.State) fleet.Settled {
	said := fleet.Settled{Ref: r, State: s, Evidence: "test", Printer: "p"}
	if s == fleet.Printed || s == fleet.NotPrinted {
		said.Who, said.Why = "演示员", "looked"
	}
	return said
}

func (w *world) state(t *testing.T, id int64) fleet.State {
	t.Helper()
	return fleet.State(w.Value(t, `SELECT state FROM miandan.labels WHERE id = $1`, id))
}

func (w *world) ref(t *testing.T, id int64) fleet.Ref {
	t.Helper()
	r := fleet.Ref{ID: id}
	if _, err := fmt.Sscan(w.Value(t, `SELECT epoch FROM miandan.labels WHERE id = $1`, id), &r.Epoch); err != nil {
		t.Fatal(err)
	}
	return r
}

// admin runs a function that is granted to nobody, and returns its error.
func (w *world) admin(t *testing.T, query string, args ...any) error {
	t.Helper()
	return w.Exec(t, query, args...)
}

// put is one label for a target.
func (w *world) put(t *testing.T, target string, i int) int64 {
	t.Helper()
	return fleettest.Labels(t, w.platform, fmt.Sprintf("due-%d", i), 1, target, "76x130")[0]
}
