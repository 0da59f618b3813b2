package platform

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

const riverSchema = "river"

// Prepare brings River's own tables to what this program knows, in a schema that only
// platform stations may use, and lets the functions of the fleet make jobs in it. The
// fleet's schema must stand. It may be called again.
func Prepare(ctx context.Context, conn *pgx.Conn) error {
	migrations, err := rivermigrate.New(riverpgxv5.New(nil), &rivermigrate.Config{Schema: riverSchema})
	if err != nil {
		return err
	}
	const lock = 0x72697672 // of all programs that prepare
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, lock); err != nil {
		return fmt.Errorf("river: %w", err)
	}
	defer func() { _, _ = conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, lock) }()
	if _, err := conn.Exec(ctx, `CREATE SCHEMA IF NOT EXISTS river`); err != nil {
		return fmt.Errorf("river: %w", err)
	}
	// Each in a transaction of its own: one adds a value to a type, and PostgreSQL lets
	// it be used only once that is committed.
	for more := true; more; {
		more, err = migrateOne(ctx, conn, migrations)
		if err != nil {
			return fmt.Errorf("river: %w", err)
		}
	}
	if _, err := conn.Exec(ctx, rights); err != nil {
		return fmt.Errorf("river: %w", err)
	}
	return nil
}

func migrateOne(ctx context.Context, conn *pgx.Conn, migrations *rivermigrate.Migrator[pgx.Tx]) (more bool, err error) {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return false, err
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // after a commit it does nothing
	//lint:ignore SA1019 each migration is run alone, in a transaction of its own, on the one connection that there is
	done, err := migrations.MigrateTx(ctx, tx, rivermigrate.DirectionUp, &rivermigrate.MigrateOpts{MaxSteps: 1})
	if err != nil {
		return false, err
	}
	return len(done.Versions) > 0, tx.Commit(ctx)
}

// rights: platform stations work the jobs, and the owner of the fleet's functions
// makes some.
const rights = `DO $$
DECLARE
	owner name := (SELECT proowner::regrole::name FROM pg_proc WHERE oid = 'miandan.sweep'::regproc);
	who   name;
BEGIN
	REVOKE ALL ON SCHEMA river FROM PUBLIC;
	FOREACH who IN ARRAY ARRAY['miandan_platform', owner] LOOP
		EXECUTE format('GRANT USAGE ON SCHEMA river TO %s', who::regrole);
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA river TO %s', who::regrole);
		EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA river TO %s', who::regrole);
		EXECUTE format('GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA river TO %s', who::regrole);
	END LOOP;
END $$`
