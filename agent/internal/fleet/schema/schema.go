// Package schema is the fleet's database: tables, rules, rights.
//
// The rules of the fleet are SQL functions here and not Go, since they must hold
// against a station with an old or a foreign program. All functions run with the
// rights of the schema's owner, with a fixed search path, and know their caller by
// session_user; a station's role may call those that are granted to it and nothing
// else.
package schema

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
)

//go:embed *.sql
var files embed.FS

// Migrate brings a database to what this program knows. Each file is one migration,
// applied once, in one transaction, in the order of their names. Two programs that
// migrate at once wait for each other. Released files are never edited.
//
// Labels are claimed and started while it runs: a migration therefore waits for no
// lock longer than LockTimeout, and is tried again.
func Migrate(ctx context.Context, conn *pgx.Conn) error {
	return migrate(ctx, conn, files)
}

func migrate(ctx context.Context, conn *pgx.Conn, from fs.FS) error {
	return fmt.Errorf("migrate: %w", fs.ErrNotExist)
}
