package fleet_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/fleettest"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/secret"
)

func newKey(t *testing.T) fleet.PrivateKey {
	t.Helper()
	k, err := fleet.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func invite(t *testing.T, d *fleettest.Database, s fleet.Station) fleet.Code {
	t.Helper()
	var code fleet.Code
	d.Admin(t, func(ctx context.Context, a *fleet.Admin) (err error) {
		code, err = a.Invite(ctx, s)
		return err
	})
	return code
}

// TestJoinOnce: a code is good for one station, once, and for an hour.
func TestJoinOnce(t *testing.T) {
	d, ctx := fleettest.New(t), t.Context()
	code := invite(t, d, fleet.Station{Name: "bench-1", Zone: "north"})
	if text := fmt.Sprintf("%v %+v %#v %s", code, code, &code, code); strings.Contains(text, code.Reveal()[8:]) {
		t.Errorf("the code prints: %s", text)
	}
	typed, err := fleet.ParseCode(" " + strings.ToLower(code.Reveal()) + "\n")
	if err != nil || typed != code {
		t.Fatalf("a code as it is typed: %v, %v", typed, err)
	}
	for _, wrong := range []string{"", "bench-1", "bench-1:", "bench-1:ABCDE", code.Reveal() + "A", "B ENCH:ABCDE-ABCDE-ABCDE-ABCDE"} {
		if _, err := fleet.ParseCode(wrong); notice.CodeOf(err) != "fleet-code" {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	// Several machines type the same code at once: one is the station.
	var joined atomic.Int64
	var all sync.WaitGroup
	for i := range 6 {
		key := newKey(t).Public()
		all.Go(func() {
			_, err := fleet.Join(ctx, d.DSN(), code, secret.New(fmt.Sprintf("password %d", i)), key)
			if err == nil {
				joined.Add(1)
			} else if c := notice.CodeOf(err); c != "fleet-code-used" {
				t.Errorf("machine %d: %v", i, err)
			}
		})
	}
	all.Wait()
	if joined.Load() != 1 {
		t.Fatalf("%d machines have joined with one code", joined.Load())
	}
	if _, err := fleet.Join(ctx, d.DSN(), code, secret.New("another"), newKey(t).Public()); notice.CodeOf(err) != "fleet-code-used" {
		t.Errorf("a used code: %v", err)
	}
	d.Admin(t, func(ctx context.Context, a *fleet.Admin) error {
		if _, err := a.Invite(ctx, fleet.Station{Name: "bench-1"}); notice.CodeOf(err) != "fleet-member" {
			t.Errorf("a member is invited: %v", err)
		}
		if _, err := a.Invite(ctx, fleet.Station{Name: "Bench 1"}); notice.CodeOf(err) != "fleet-name" {
			t.Errorf("a name that is none: %v", err)
		}
		return nil
	})
	// Joining again with the same password is how a station finds out that it had.
	code = invite(t, d, fleet.Station{Name: "bench-2", Zone: "south"})
	key := newKey(t).Public()
	for range 2 {
		s, err := fleet.Join(ctx, d.DSN(), code, secret.New("own"), key)
		if err != nil || s != (fleet.Station{Name: "bench-2", Zone: "south"}) {
			t.Errorf("joined as %v, %v", s, err)
		}
	}
	code = invite(t, d, fleet.Station{Name: "bench-3"})
	d.SQL(t, `ALTER ROLE `+quoted(fleet.RoleOf(d.Name, "bench-3"))+` VALID UNTIL '2001-01-01'`)
	if _, err := fleet.Join(ctx, d.DSN(), code, secret.New("own"), key); notice.CodeOf(err) != "fleet-code-used" {
		t.Errorf("an old code: %v", err)
	}
	code = invite(t, d, fleet.Station{Name: "bench-3"})
	d.SQL(t, `UPDATE miandan.stations SET invite_until = '2001-01-01' WHERE name = 'bench-3'`)
	if _, err := fleet.Join(ctx, d.DSN(), code, secret.New("own"), key); notice.CodeOf(err) != "fleet-code-used" {
		t.Errorf("an old invitation: %v", err)
	}
}

func quoted(role string) string { return `"` + role + `"` }

// TestRevoke takes a station's membership while it works with all its connections.
func TestRevoke(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	started := w.started(t)
	held := w.claimed(t)
	fetched := w.claimed(t)
	if got, err := w.one.Payload(ctx, fetched); err != nil || len(got) != 1 {
		t.Fatalf("payload: %d, %v", len(got), err)
	}
	fleettest.Labels(t, w.platform, "later", 5, "", "76x130") // wrapped to it, never fetched
	var working sync.WaitGroup
	working.Go(func() {
		for ctx.Err() == nil {
			if err := w.one.Start(ctx, started.ID, started.Epoch); errors.Is(err, fleet.ErrRevoked) {
				return
			}
		}
	})
	var list []fleet.Fetched
	began := time.Now()
	w.Admin(t, func(ctx context.Context, a *fleet.Admin) (err error) {
		list, err = a.Revoke(ctx, "bench-1", "演示组长", "stolen")
		return err
	})
	t.Logf("revoked in %v", time.Since(began).Round(time.Millisecond))
	if n := w.Value(t, `SELECT count(*) FROM pg_stat_activity WHERE usename = $1`, fleet.RoleOf(w.Name, "bench-1")); n != "0" {
		t.Errorf("%s connections are left when the call returns", n)
	}
	if n := w.Value(t, `SELECT count(*) FROM miandan.label_wraps WHERE station = 'bench-1'`); n != "0" {
		t.Errorf("%s wraps are left", n)
	}
	working.Wait()
	if len(list) != 1 || list[0].Label != fetched.ID || list[0].Settled {
		t.Errorf("what it had fetched: %v", list)
	}
	if got := w.state(t, started.ID); got != fleet.Started {
		t.Errorf("what it had started is %s", got)
	}
	for _, r := range []fleet.Ref{held, fetched} {
		if got := w.state(t, r.ID); got != fleet.Queued {
			t.Errorf("what it had claimed is %s", got)
		}
	}
	for { // what was cut is noticed by asking, once for each connection
		_, err := w.one.Beat(ctx, fleet.Report{})
		if errors.Is(err, fleet.ErrRevoked) {
			break
		}
		if !errors.Is(err, fleet.ErrAway) {
			t.Fatalf("it beats: %v", err)
		}
	}
	if err := w.Exec(t, `SELECT miandan._decide($1, $2, 'printed', 'platform', '演示组长', 'looked')`, started.ID, started.Epoch); err != nil {
		t.Errorf("a person decides about what it had started: %v", err)
	}
	w.Admin(t, func(ctx context.Context, a *fleet.Admin) error {
		if _, err := a.Revoke(ctx, "nobody", "演示组长", "x"); notice.CodeOf(err) != "fleet-no-station" {
			t.Errorf("revoking nobody: %v", err)
		}
		return nil
	})
	w.Join(t, fleet.Station{Name: "bench-1"}) // a new machine under the old name
}

func TestLeave(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	held, started := w.claimed(t), w.started(t)
	err := w.one.Leave(ctx)
	var n *notice.Error
	if !errors.As(err, &n) || n.Code != "fleet-not-settled" || fmt.Sprint(n.Args...) != "1" {
		t.Fatalf("leaving with a label started: %v", err)
	}
	if got := w.state(t, held.ID); got != fleet.Claimed {
		t.Errorf("a refused farewell left a claimed label %s", got)
	}
	if err := w.one.Settle(ctx, []fleet.Settled{word(started, fleet.Confirmed)}); err != nil {
		t.Fatal(err)
	}
	if err := w.one.Leave(ctx); err != nil {
		t.Fatal(err)
	}
	if got := w.state(t, held.ID); got != fleet.Queued {
		t.Errorf("what it had claimed is %s", got)
	}
	if _, err := w.one.Mine(ctx); !errors.Is(err, fleet.ErrRevoked) {
		t.Errorf("it asks: %v", err)
	}
	if got := w.Value(t, `SELECT count(*) FROM miandan.audit WHERE mover = 'bench-1' AND label_id = $1`, started.ID); got == "0" {
		t.Error("its history is gone")
	}
}

// TestUnsafeWay: across a network the server must prove its name.
func TestUnsafeWay(t *testing.T) {
	for dsn, want := range map[string]notice.Code{
		"postgres://db.example:5432/miandan":                                       "fleet-tls",
		"postgres://db.example:5432/miandan?sslmode=disable":                       "fleet-tls",
		"postgres://db.example:5432/miandan?sslmode=require":                       "fleet-tls",
		"postgres://127.0.0.1,db.example/miandan?sslmode=prefer":                   "fleet-tls",
		"postgres://db.example:5432/miandan?sslmode=verify-full":                   "",
		"postgres://db.example,db2.example/miandan?sslmode=verify-full":            "",
		"postgres://127.0.0.1/miandan":                                             "",
		"host=/var/run/postgresql dbname=miandan":                                  "",
		"postgres://db.example:port/miandan":                                       "fleet-dsn",
		"postgres://keeper:secret-word@127.0.0.1/miandan":                          "fleet-dsn", // it would lie in the settings
		"postgres://127.0.0.1/miandan?user=keeper&password=secret-word":            "fleet-dsn",
		"host=/var/run/postgresql dbname=miandan password='secret word'":           "fleet-dsn",
		"postgres://keeper@127.0.0.1/miandan":                                      "",
		"postgres://db.example/miandan?sslmode=verify-full&sslrootcert=/not/there": "fleet-dsn",
	} {
		db, err := fleet.Open(t.Context(), fleet.Config{DSN: dsn, Password: secret.New("secret word"), Station: "bench-1", Key: newKey(t)})
		if err != nil && notice.CodeOf(err) != want || err == nil && want != "" {
			t.Errorf("%s: %v, want %q", dsn, err, want)
		}
		if err == nil {
			if text := fmt.Sprintf("%v %+v", db, db); strings.Contains(text, "secret word") {
				t.Error("the way to the database prints its password")
			}
			db.Close()
		} else if strings.Contains(err.Error(), "db.example") {
			t.Errorf("the error says where: %v", err)
		}
	}
}
