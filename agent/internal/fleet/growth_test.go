package fleet_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/fleettest"
	"miandan/agent/internal/fleet/schema"
	"miandan/agent/internal/notice"
)

// TestGrowth: what has ended leaves the tables that are worked in, is still found there,
// comes back for a copy, and goes with its month.
func TestGrowth(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	r := w.many(t, fleet.Confirmed, 1)[0]
	open := w.many(t, fleet.Unknown, 1)[0]
	waiting := w.many(t, fleet.Queued, 1)[0]
	name := w.Value(t, `SELECT order_id FROM miandan.labels WHERE id = $1`, r.ID)
	w.SQL(t, `INSERT INTO miandan.orders (source, order_id, state, ended) SELECT source, order_id, 'issued', now() - interval '25 hours' FROM miandan.labels WHERE id = `+fmt.Sprint(r.ID),
		`UPDATE miandan.labels SET ended = now() - interval '25 hours' WHERE ended IS NOT NULL`,
		`UPDATE miandan.labels SET moved = now() - interval '73 hours' WHERE ended IS NULL`)
	if _, err := w.one.Pool().Exec(ctx, `SELECT miandan.tidy(100)`); err == nil {
		t.Error("a bench tidies")
	}
	tidy := func() string { t.Helper(); return valueAs(t, w.platform, `SELECT miandan.tidy(100)::text`) }
	if n := tidy(); n != "2" {
		t.Errorf("%s labels and orders went, want 2", n)
	}
	if n := tidy(); n != "0" {
		t.Errorf("%s more went", n)
	}
	where := func() string {
		return w.Value(t, `SELECT (SELECT count(*) FROM miandan.labels) || ' ' || (SELECT count(*) FROM miandan.labels_past) || ' ' || (SELECT count(*) FROM miandan.labels_past_else)
			|| ' ' || (SELECT count(*) FROM miandan.label_data)`)
	}
	if got := where(); got != "2 1 0 1" { // only the queued label has its data
		t.Errorf("labels, past, past without a month, data: %s", got)
	}
	if got := w.state(t, open.ID); got != fleet.Unknown {
		t.Errorf("an unknown label is %s", got)
	}
	if got := w.state(t, waiting.ID); got != fleet.Queued {
		t.Errorf("a queued label is %s", got)
	}
	if n := w.Value(t, `SELECT count(*) FROM miandan._past_order($1, $2)`, fleettest.Source, name); n != "1" {
		t.Error("an order that has ended is not known")
	}
	// Its station says it again, and then something else.
	if err := w.one.Settle(ctx, []fleet.Settled{word(r, fleet.Confirmed), word(r, fleet.NotPrinted)}); err != nil {
		t.Fatal(err)
	}
	if got := w.Value(t, `SELECT string_agg(kind, ' ') FROM miandan.alarms`); got != "contradiction" {
		t.Errorf("alarms: %s", got)
	}
	if err := w.Exec(t, `SELECT miandan._print_again($1, 'platform', '演示组长', 'torn')`, r.ID); err == nil {
		t.Error("a label prints whose data is gone")
	}
	if _, err := w.platform.Pool().Exec(ctx, `SELECT miandan.refill($1, 'AAAA', '{"bench-1": "AAAA"}')`, r.ID); err != nil {
		t.Fatal(err)
	}
	if err := w.Exec(t, `SELECT miandan._print_again($1, 'platform', '演示组长', 'torn')`, r.ID); err != nil {
		t.Error(err)
	}
	if got := w.state(t, r.ID); got != fleet.Queued {
		t.Errorf("a label that came back is %s", got)
	}
	// Months: what the clock brings has a partition, what is past keeping goes, and an
	// order of eighty-nine days ago stays.
	for _, table := range []string{"audit", "labels_past", "orders_past"} {
		w.SQL(t, fmt.Sprintf(`CREATE TABLE miandan.%s_2020_01 PARTITION OF miandan.%s FOR VALUES FROM ('2020-01-01') TO ('2020-02-01')`, table, table))
	}
	if got := valueAs(t, w.platform, `SELECT string_agg(x, ' ' ORDER BY x) FROM miandan.tidy_months() x`); got != "audit_2020_01 labels_past_2020_01 orders_past_2020_01" {
		t.Errorf("dropped: %s", got)
	}
	w.SQL(t, `INSERT INTO miandan.orders_past SELECT id, source, 'old', state, hash, issuer, reference, renewed, waybills, deadline, epoch, station, why, modified, accepted, moved, now() - interval '89 days' FROM miandan.orders_past LIMIT 1`)
	_ = valueAs(t, w.platform, `SELECT string_agg(x, ' ') FROM miandan.tidy_months() x`)
	if n := w.Value(t, `SELECT count(*) FROM miandan._past_order($1, 'old')`, fleettest.Source); n != "1" {
		t.Error("an order of eighty-nine days ago is not known any more")
	}
}

func valueAs(t *testing.T, m *fleettest.Member, query string) string {
	t.Helper()
	var v *string
	if err := m.Pool().QueryRow(t.Context(), query).Scan(&v); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	if v == nil {
		return ""
	}
	return *v
}

// TestMigrateUnderLoad: a new migration comes while labels are claimed, started and
// settled, and while a backup holds its locks. Nobody fails, nobody waits long.
func TestMigrateUnderLoad(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	fleettest.Labels(t, w.platform, "m", 300, "", "76x130")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var working sync.WaitGroup
	var mu sync.Mutex
	done, slowest := 0, time.Duration(0)
	for _, c := range []fleet.Config{w.one.Config, w.two.Config} {
		c.Patience = 2 * time.Minute // how long a busy machine takes is judged below
		m := fleettest.Open(t, c)
		working.Go(func() {
			for ctx.Err() == nil {
				began := time.Now()
				n, err := round(t.Context(), m, 2)
				if err != nil {
					t.Errorf("while it migrates: %v", err)
					return
				}
				mu.Lock()
				done, slowest = done+n, max(slowest, time.Since(began))
				mu.Unlock()
			}
		})
	}
	backup, err := w.platform.Pool().Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer backup.Rollback(context.Background())
	held := make(chan struct{})
	go func() { // something that reads for longer than a migration waits
		defer close(held)
		w.SQL(t, `BEGIN; LOCK TABLE miandan.labels IN ACCESS SHARE MODE; SELECT pg_sleep(3); COMMIT`)
	}()
	time.Sleep(200 * time.Millisecond)
	next := fstest.MapFS{
		"90_next.sql": {Data: []byte(`ALTER TABLE labels ADD COLUMN shelf text NOT NULL DEFAULT ''; ALTER TABLE labels_past ADD COLUMN shelf text NOT NULL DEFAULT '';`)},
		"91_bad.sql":  {Data: []byte(`ALTER TABLE labels ADD COLUMN one text; ALTER TABLE nothing ADD COLUMN two text;`)},
	}
	w.Admin(t, func(ctx context.Context, a *fleet.Admin) error {
		if err := schema.From(ctx, a.Conn(), next); err == nil {
			t.Error("a migration that fails is no error")
		}
		return nil
	})
	<-held
	time.Sleep(200 * time.Millisecond)
	stop()
	working.Wait()
	t.Logf("%d labels meanwhile; the slowest round took %v", done, slowest)
	if done == 0 {
		t.Error("nothing was printed meanwhile")
	}
	if slowest > time.Minute {
		t.Errorf("a round took %v", slowest)
	}
	if got := w.Value(t, `SELECT string_agg(column_name, ' ') FROM information_schema.columns WHERE table_schema = 'miandan' AND table_name = 'labels' AND column_name IN ('shelf', 'one')`); got != "shelf" {
		t.Errorf("new columns: %q", got)
	}
	if n := w.Value(t, `SELECT count(*) FROM miandan.migrations WHERE name LIKE '9%'`); n != "1" {
		t.Errorf("%s migrations are on record", n)
	}
}

// TestADatabaseOfAnotherVersion: what this program does not know is in it, so nothing is
// done to it.
func TestADatabaseOfAnotherVersion(t *testing.T) {
	t.Parallel()
	d := fleettest.New(t).Server.Empty(t)
	d.Admin(t, func(ctx context.Context, a *fleet.Admin) error {
		other := fstest.MapFS{"10_other.sql": {Data: []byte(`CREATE TABLE labels (id bigint)`)}}
		if err := schema.From(ctx, a.Conn(), other); err != nil {
			return err
		}
		if err := a.Init(ctx); notice.CodeOf(err) != "fleet-other-version" || !strings.Contains(err.Error(), "10_other.sql") {
			t.Errorf("Init: %v", err)
		}
		return nil
	})
	if got := d.Value(t, `SELECT string_agg(name, ' ') FROM miandan.migrations`); got != "10_other.sql" {
		t.Errorf("on record: %s", got)
	}
	if got := d.Value(t, `SELECT string_agg(relname, ' ') FROM pg_class WHERE relnamespace = 'miandan'::regnamespace AND relkind = 'r' AND relname <> 'migrations'`); got != "labels" {
		t.Errorf("its tables: %s", got)
	}
}

// round claims, starts and settles up to n labels, as a bench's loops do.
func round(ctx context.Context, m *fleettest.Member, n int) (int, error) {
	got, err := m.Claim(ctx, []fleet.Want{{Printer: "p", Paper: "76x130", N: n}})
	if err != nil || len(got) == 0 {
		return 0, err
	}
	refs, said := make([]fleet.Ref, len(got)), make([]fleet.Settled, len(got))
	for i, l := range got {
		refs[i], said[i] = l.Ref, fleet.Settled{Ref: l.Ref, State: fleet.Presumed, Evidence: "wire", Printer: "p"}
	}
	if n > 1 {
		in, err := m.Lot(ctx, refs)
		if err != nil || len(in) != len(refs) {
			return 0, fmt.Errorf("lot: %d of %d, %w", len(in), len(refs), err)
		}
	} else if err := m.Start(ctx, refs[0].ID, refs[0].Epoch); err != nil {
		return 0, err
	}
	return len(got), m.Settle(ctx, said)
}
