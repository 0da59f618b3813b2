package fleet_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/fleettest"
)

// TestRestore is the drill: a backup is made, work goes on, the database is lost and the
// backup put in its place. What the copy calls queued lies on paper.
func TestRestore(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t), t.Context()
	printed := w.many(t, fleet.Queued, 1)[0]
	waiting := w.many(t, fleet.Queued, 1)[0]
	claimed, started, ended := w.claimed(t), w.started(t), w.many(t, fleet.Confirmed, 1)[0]
	w.SQL(t, `INSERT INTO miandan.orders (source, order_id, state) VALUES ('jd', '1', 'accepted'), ('jd', '2', 'issuing'), ('jd', '3', 'issued')`)
	file := w.Server.File(w.Name + ".dump")
	w.Server.Tool(t, "pg_dump", "-Fc", "-f", file, w.Name)

	l := claimOne(t, w.one, w.printerOf(t, printed.ID))
	if err := w.one.Start(ctx, l.ID, l.Epoch); err != nil {
		t.Fatal(err)
	}
	if err := w.one.Settle(ctx, []fleet.Settled{word(l.Ref, fleet.Confirmed)}); err != nil {
		t.Fatal(err)
	}
	lost := w.started(t) // a label that the copy has never heard of
	memory := w.one.Remembers()

	restored := w.Server.Empty(t)
	w.Server.Tool(t, "pg_restore", "-d", restored.Name, file)
	r := &world{Database: restored}
	restored.Admin(t, func(ctx context.Context, a *fleet.Admin) error { return a.Init(ctx) })
	open := func(m *fleettest.Member) *fleettest.Member {
		// The roles are those of the old name; in earnest the copy takes the old name too.
		role := fleet.RoleOf(restored.Name, m.Config.Station)
		w.SQL(t, `ALTER ROLE `+quoted(fleet.RoleOf(w.Name, m.Config.Station))+` RENAME TO `+quoted(role))
		restored.SQL(t, fmt.Sprintf(`UPDATE miandan.stations SET role = '%s' WHERE name = '%s'`, role, m.Config.Station))
		c := m.Config
		c.DSN, c.Memory = restored.DSN(), m.Remembers()
		return fleettest.Open(t, c)
	}
	w.one.Close()
	w.two.Close()
	r.one, r.two = open(w.one), open(w.two)

	// A station that can make nothing of the copy's own secret stops nobody.
	liar := r.two.Config
	liar.Memory = fleet.Memory{Generation: 1 << 40, Starts: 1 << 40, Mark: memory.Mark}
	if b, err := fleettest.Open(t, liar).Beat(ctx, fleet.Report{}); err != nil || b.Restored {
		t.Fatalf("a made-up memory is believed: %+v, %v", b, err)
	}
	// The station that remembers more than the copy asks for work, and gets none.
	if got, err := r.one.Claim(ctx, []fleet.Want{{Printer: w.printerOf(t, printed.ID), Paper: "76x130", N: 1}}); err != nil || len(got) > 0 {
		t.Fatalf("a label that is printed is given out again: %v, %v", got, err)
	}
	for name, ref := range map[string]fleet.Ref{"a queued label": waiting, "a label that was printed since": l.Ref, "a claimed label": claimed, "a started label": started} {
		if got := r.state(t, ref.ID); got != fleet.Unknown {
			t.Errorf("%s is %s", name, got)
		}
	}
	if got := r.state(t, ended.ID); got != fleet.Confirmed {
		t.Errorf("a label that had ended is %s", got)
	}
	if err := r.one.Start(ctx, claimed.ID, claimed.Epoch); !errors.Is(err, fleet.ErrTaken) {
		t.Errorf("an old claim is started: %v", err)
	}
	if got := r.Value(t, `SELECT string_agg(state, ' ' ORDER BY order_id) FROM miandan.orders`); got != "issue-unknown issue-unknown issued" {
		t.Errorf("orders: %s", got)
	}
	// What the station knows comes in as ever, and about what the copy never had.
	if err := r.one.Settle(ctx, []fleet.Settled{word(started, fleet.Confirmed), word(lost, fleet.Confirmed)}); err != nil {
		t.Fatal(err)
	}
	if got := r.Value(t, `SELECT string_agg(DISTINCT kind, ' ' ORDER BY kind) FROM miandan.alarms`); got != "no-label old-epoch restored" {
		t.Errorf("alarms: %s", got)
	}
	b, err := r.one.Beat(ctx, fleet.Report{})
	if err != nil || b.Restored || b.Memory.Generation <= memory.Generation {
		t.Errorf("the next beat: %+v, %v, after %+v", b, err, memory)
	}
	if n := r.Value(t, `SELECT nextval(pg_get_serial_sequence('miandan.labels', 'id')) > $1 + 1000000`, lost.ID); n != "true" {
		t.Error("a number that was given once may be given again")
	}
}

// TestDead: who is silent loses what it has claimed, and nothing else; after an outage of
// the server nobody was silent.
func TestDead(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	claimed, started := w.claimed(t), w.started(t)
	inLot := w.claimed(t)
	if _, err := w.one.Lot(ctx, []fleet.Ref{inLot}); err != nil {
		t.Fatal(err)
	}
	silent := `UPDATE miandan.stations SET beat = now() - interval '1 hour', joined = now() - interval '1 hour' WHERE name = 'bench-1'`
	w.SQL(t, silent, `UPDATE miandan.fleet SET heard = now() - interval '1 hour', grace = now() - interval '1 hour'`)
	w.Setting(t, "dead_after", "1")
	beat := func(m *fleettest.Member, holds ...fleet.Ref) fleet.Beaten {
		t.Helper()
		b, err := m.Beat(ctx, fleet.Report{Printers: []fleet.Printer{{Name: "p", Paper: "76x130", Ready: true}}, Holds: holds})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	beat(w.two)
	if got := w.state(t, claimed.ID); got != fleet.Claimed {
		t.Errorf("after an outage of the server a claim is %s", got)
	}
	for end := time.Now().Add(time.Minute); w.state(t, claimed.ID) == fleet.Claimed; time.Sleep(100 * time.Millisecond) {
		beat(w.two)
		if time.Now().After(end) {
			t.Fatal("a dead bench keeps its claim")
		}
	}
	for name, ref := range map[string]fleet.Ref{"started": started, "in the lot": inLot} {
		if got := w.state(t, ref.ID); got != fleet.Started {
			t.Errorf("what was %s is %s", name, got)
		}
	}
	// It wakes up.
	if err := w.one.Start(ctx, claimed.ID, claimed.Epoch); !errors.Is(err, fleet.ErrTaken) {
		t.Errorf("it starts what it has lost: %v", err)
	}
	if b := beat(w.one, claimed, started); len(b.Void) != 1 || b.Void[0] != claimed || len(b.Back) != 0 {
		t.Errorf("it is told %+v", b)
	}
	w.SQL(t, fmt.Sprintf(`SELECT miandan._want_back(%d, 'platform', '演示组长', 'moved')`, started.ID))
	if b := beat(w.one, started); len(b.Back) != 1 || b.Back[0] != started || len(b.Void) != 0 {
		t.Errorf("it is asked for %+v", b)
	}
	if held, err := w.one.Mine(ctx); err != nil || len(held) != 2 || !held[0].Wanted || !held[1].Lot {
		t.Errorf("it holds %+v, %v", held, err)
	}
}

func TestLimits(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	w.Setting(t, "claims_max", "3")
	w.Setting(t, "lot_max", "2")
	fleettest.Labels(t, w.platform, "n", 5, "", "76x130")
	want := []fleet.Want{{Printer: "p", Paper: "76x130", N: 10}}
	got, err := w.one.Claim(ctx, want)
	if err != nil || len(got) != 3 {
		t.Fatalf("claimed %d, %v", len(got), err)
	}
	if _, err := w.one.Claim(ctx, want); !errors.Is(err, fleet.ErrLimit) {
		t.Errorf("more than a station may hold: %v", err)
	}
	if _, err := w.one.Lot(ctx, []fleet.Ref{got[0].Ref, got[1].Ref, got[2].Ref}); !errors.Is(err, fleet.ErrLimit) {
		t.Errorf("more than a lot holds: %v", err)
	}
	for range 2 {
		if in, err := w.one.Lot(ctx, []fleet.Ref{got[0].Ref, got[1].Ref}); err != nil || len(in) != 2 {
			t.Errorf("lot: %v, %v", in, err)
		}
	}
	if _, err := w.one.Lot(ctx, []fleet.Ref{got[2].Ref}); !errors.Is(err, fleet.ErrLimit) {
		t.Errorf("one more in a full lot: %v", err)
	}
}

func TestDeletions(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	id, printer := w.queued(t)
	w.SQL(t, fmt.Sprintf(`SELECT miandan._delete('%s', '%s-1')`, fleettest.Source, printer))
	list, after, err := w.one.Deletions(ctx, 0)
	if err != nil || len(list) != 1 || list[0].Order.ID != printer+"-1" {
		t.Fatalf("%v, %v", list, err)
	}
	if more, same, err := w.one.Deletions(ctx, after); err != nil || len(more) != 0 || same != after {
		t.Errorf("after the last: %v, %d, %v", more, same, err)
	}
	if n := w.Value(t, `SELECT (SELECT count(*) FROM miandan.label_data WHERE label_id = $1) + (SELECT count(*) FROM miandan.label_wraps WHERE label_id = $1)`, id); n != "0" {
		t.Errorf("%s pieces of its data are left", n)
	}
	b, err := w.two.Beat(ctx, fleet.Report{})
	if err != nil || b.Deletions != after {
		t.Errorf("the beat says %d, %v", b.Deletions, err)
	}
}
