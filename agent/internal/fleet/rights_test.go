package fleet_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"miandan/agent/internal/fleet"
)

// What a bench may call. A function that is granted to more, or one that is new, shows
// here.
var benchMay = []string{"ask_label", "beat", "claim", "deletions_since", "durability", "give_back", "had_before", "join_fleet", "leave_fleet", "lot", "me", "mine", "payload", "release", "remember", "settle", "start"}

// Of other files than the labels' own.
var alsoMay = []string{"scanned"}

// The room's functions, which a bench calls for the lead who stands before it, are
// those of schema/30_room.sql; their own test says what each may.
const roomFunction = "room"

func catalogue(t *testing.T, w *world, query string, args ...any) []string {
	t.Helper()
	list := w.Value(t, `SELECT string_agg(x, ',' ORDER BY x) FROM (`+query+`) q(x)`, args...)
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

// TestLeastRights reads the catalogue for everything that a bench's role can reach.
func TestLeastRights(t *testing.T) {
	w := newWorld(t)
	role := fleet.RoleOf(w.Name, "bench-1")
	may := catalogue(t, w, `SELECT DISTINCT p.proname::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
		WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND has_function_privilege($1, p.oid, 'EXECUTE') AND NOT starts_with(p.proname, $2)`, role, roomFunction)
	for _, f := range may {
		if !slices.Contains(benchMay, f) && !slices.Contains(alsoMay, f) {
			t.Errorf("a bench may call %s", f)
		}
	}
	for _, f := range benchMay {
		if !slices.Contains(may, f) {
			t.Errorf("a bench may not call %s", f)
		}
	}
	if tables := catalogue(t, w, `SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
		AND (has_table_privilege($1, c.oid, 'SELECT') OR has_table_privilege($1, c.oid, 'INSERT') OR has_table_privilege($1, c.oid, 'UPDATE')
			OR has_table_privilege($1, c.oid, 'DELETE') OR has_table_privilege($1, c.oid, 'TRUNCATE') OR has_table_privilege($1, c.oid, 'TRIGGER')
			OR has_any_column_privilege($1, c.oid, 'SELECT') OR has_any_column_privilege($1, c.oid, 'UPDATE'))`, role); len(tables) > 0 {
		t.Errorf("a bench reaches the tables %v", tables)
	}
	if n := w.Value(t, `SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'miandan' AND c.relkind = 'r'`); n < "1" {
		t.Fatal("there are no tables: the test does not see the schema")
	}
	if s := catalogue(t, w, `SELECT c.relname::text FROM pg_class c WHERE c.relkind = 'S' AND c.relnamespace = 'miandan'::regnamespace
		AND (has_sequence_privilege($1, c.oid, 'USAGE') OR has_sequence_privilege($1, c.oid, 'SELECT') OR has_sequence_privilege($1, c.oid, 'UPDATE'))`, role); len(s) > 0 {
		t.Errorf("a bench reaches the sequences %v", s)
	}
	if s := catalogue(t, w, `SELECT nspname::text FROM pg_namespace WHERE has_schema_privilege($1, oid, 'CREATE')`, role); len(s) > 0 {
		t.Errorf("a bench may create in %v", s)
	}
	if w.Value(t, `SELECT has_database_privilege($1, current_database(), 'TEMPORARY') OR has_database_privilege($1, current_database(), 'CREATE')`, role) != "false" {
		t.Error("a bench may make tables")
	}
	if s := catalogue(t, w, `SELECT r.rolname::text FROM pg_roles r WHERE pg_has_role($1, r.oid, 'MEMBER') AND r.rolname <> $1`, role); !slices.Equal(s, []string{"miandan_bench"}) {
		t.Errorf("a bench is a member of %v", s)
	}
	if w.Value(t, `SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls FROM pg_roles WHERE rolname = $1`, role) != "false" {
		t.Error("a bench's role has an attribute that it needs not")
	}
	// Whoever calls with the owner's rights must not find another's tables first.
	if s := catalogue(t, w, `SELECT p.proname::text FROM pg_proc p WHERE p.pronamespace = 'miandan'::regnamespace AND p.prosecdef
		AND NOT coalesce(array_to_string(p.proconfig, ';') LIKE '%search_path=%pg_temp%', false)`); len(s) > 0 {
		t.Errorf("without a fixed search path: %v", s)
	}
}

// TestStranger calls every function there is as roles that are not members: a station
// that was revoked, and one that belongs to another fleet on the same server.
func TestStranger(t *testing.T) {
	w := newWorld(t)
	other := newWorld(t)
	w.SQL(t, `UPDATE miandan.stations SET revoked = now() WHERE name = 'bench-2'`) // its role as it was
	strangers := map[string]*pgx.ConnConfig{}
	strangers["revoked"] = w.two.Pool().Config().ConnConfig
	foreign := other.one.Pool().Config().ConnConfig.Copy()
	foreign.Database = w.Name
	strangers["of another fleet"] = foreign
	r := w.started(t)
	for who, c := range strangers {
		conn, err := pgx.ConnectConfig(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(context.Background())
		for _, call := range calls(t, w) {
			if _, err := conn.Exec(t.Context(), call); err == nil && !strings.Contains(call, ".durability(") {
				t.Errorf("a station %s: %s is answered", who, call)
			}
		}
		for _, table := range catalogue(t, w, `SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = 'miandan'::regnamespace AND c.relkind IN ('r', 'p', 'v')`) {
			for _, q := range []string{`SELECT * FROM miandan.%s LIMIT 1`, `DELETE FROM miandan.%s`, `INSERT INTO miandan.%s DEFAULT VALUES`} {
				if _, err := conn.Exec(t.Context(), strings.ReplaceAll(q, "%s", table)); err == nil {
					t.Errorf("a station %s: %s of %s", who, q, table)
				}
			}
		}
	}
	if got := w.state(t, r.ID); got != fleet.Started {
		t.Errorf("a label became %s meanwhile", got)
	}
}

// calls writes a call of every function of the schema, with arguments that fit.
func calls(t *testing.T, w *world) []string {
	t.Helper()
	text := w.Value(t, `SELECT string_agg(format('SELECT miandan.%I(%s)', p.proname, (SELECT coalesce(string_agg(
			CASE a.t WHEN 'text'::regtype THEN '''[]''' WHEN 'bigint[]'::regtype THEN '''{1}''' WHEN 'bytea'::regtype THEN '''\x00''' WHEN 'interval'::regtype THEN '''1s'''
				WHEN 'boolean'::regtype THEN 'false' WHEN 'bigint'::regtype THEN '1' WHEN 'integer'::regtype THEN '1' ELSE 'NULL' END || '::' || format_type(a.t, NULL), ', ' ORDER BY n), '')
			FROM unnest(p.proargtypes) WITH ORDINALITY a(t, n))), ';' ORDER BY p.proname)
		FROM pg_proc p WHERE p.pronamespace = 'miandan'::regnamespace AND p.prokind = 'f' AND p.prorettype <> 'trigger'::regtype`)
	list := strings.Split(text, ";")
	if len(list) < len(benchMay) {
		t.Fatalf("only %d functions: the test does not see the schema", len(list))
	}
	return list
}
