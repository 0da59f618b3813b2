package fleet_test

import (
	"context"
	"strings"
	"testing"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/fleettest"
	"miandan/agent/internal/secret"
)

// TestAKeeperWhoIsNoSuperuser prepares a fleet once as superuser and then keeps it as a
// role that may create roles and has been given the fleet's own.
func TestAKeeperWhoIsNoSuperuser(t *testing.T) {
	db := fleettest.New(t)
	keeper := "keeper_" + db.Name
	db.SQL(t, `CREATE ROLE `+keeper+` LOGIN CREATEROLE PASSWORD 'of the keeper'`,
		`GRANT miandan_owner, miandan_gate, miandan_bench, miandan_platform TO `+keeper+` WITH ADMIN OPTION`,
		`GRANT pg_signal_backend TO `+keeper)
	ctx := t.Context()
	a, err := fleet.OpenAdmin(ctx, secret.New(strings.Replace(db.DSN(), "postgres://", "postgres://"+keeper+":of%20the%20keeper@", 1)))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close(context.WithoutCancel(ctx))
	if err := a.Init(ctx); err != nil {
		t.Errorf("Init once more: %v", err)
	}
	for _, platform := range []bool{true, false} { // the second time it has been an office
		code, err := a.Invite(ctx, fleet.Station{Name: "west-1", Platform: platform})
		if err != nil {
			t.Fatal(err)
		}
		key, err := fleet.NewKey()
		if err != nil {
			t.Fatal(err)
		}
		password := secret.New("of west-1")
		s, err := fleet.Join(ctx, db.DSN(), code, password, key.Public())
		if err != nil || s.Platform != platform {
			t.Fatalf("Join = %+v, %v", s, err)
		}
		m := fleettest.Open(t, fleet.Config{DSN: db.DSN(), Password: password, Station: "west-1", Key: key})
		if me, err := m.Me(ctx); err != nil || me.Platform != platform {
			t.Errorf("Me = %+v, %v", me, err)
		}
		role := fleet.RoleOf(db.Name, "west-1")
		if got := db.Value(t, `SELECT pg_has_role($1, 'miandan_platform', 'MEMBER')`, role); (got == "true") != platform {
			t.Errorf("a platform station %v: a member of miandan_platform %s", platform, got)
		}
		if _, err := a.Revoke(ctx, "west-1", "keeper", "test"); err != nil {
			t.Errorf("Revoke: %v", err)
		}
		if _, err := m.Me(ctx); err == nil {
			t.Error("who was revoked is answered")
		}
	}
	db.SQL(t, `ALTER ROLE "`+fleet.RoleOf(db.Name, "west-1")+`" CREATEDB`)
	if _, err := a.Invite(ctx, fleet.Station{Name: "west-1"}); err == nil {
		t.Error("a role that may more than a station is invited")
	}
}
