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
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

//go:embed *.sql
var files embed.FS

//go:embed roles/roles.sql
var roles string

// LockTimeout is how long a migration stands in the way of labels that are claimed
// and started meanwhile: whoever waits for a lock makes all later ones wait.
const LockTimeout = 2 * time.Second

// patience is for how long a migration that met a lock is tried again.
const patience = 5 * time.Minute

// UnknownError says that a database was made by another version of the program.
type UnknownError struct{ Migration string }

func (e *UnknownError) Error() string {
	return "another version has made this database: " + e.Migration + " is not known here"
}

// Migrate brings a database to what this program knows. Each file is one migration,
// applied once and in one transaction, in the order of their names; a released one is
// never edited. Two programs that migrate at once wait for each other. Stations may
// work meanwhile. A database in which there is more than this program knows stays as it
// is, and the error is an UnknownError: nobody can say what a file would do there.
func Migrate(ctx context.Context, conn *pgx.Conn) error { return From(ctx, conn, files) }

// From is Migrate with other files.
func From(ctx context.Context, conn *pgx.Conn, from fs.FS) error {
	const lock = 0x6d69616e // of all programs that migrate
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, lock); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	defer func() { _, _ = conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, lock) }()
	if err := script(ctx, conn.PgConn(), roles); err != nil {
		return fmt.Errorf("migrate: roles: %w", err)
	}
	names, err := fs.Glob(from, "*.sql")
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := allKnown(ctx, conn, names); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(from, name)
		if err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		if err := patiently(ctx, func() error { return apply(ctx, conn, name, string(text)) }); err != nil {
			return fmt.Errorf("migrate %s: %w", name, err)
		}
	}
	return nil
}

// allKnown looks for migrations in the database that are neither this program's nor named.
func allKnown(ctx context.Context, conn *pgx.Conn, names []string) error {
	own, err := fs.Glob(files, "*.sql")
	if err != nil {
		return err
	}
	var first string
	err = conn.QueryRow(ctx, `SELECT name FROM miandan.migrations WHERE name <> ALL ($1) ORDER BY name LIMIT 1`, append(own, names...)).Scan(&first)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil
	case err != nil:
		return err
	}
	return &UnknownError{first}
}

func apply(ctx context.Context, conn *pgx.Conn, name, text string) error {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(context.WithoutCancel(ctx))
	var done bool
	if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM miandan.migrations WHERE name = $1)`, name).Scan(&done); err != nil || done {
		return err
	}
	before := fmt.Sprintf(`SET LOCAL ROLE miandan_owner; SET LOCAL search_path = miandan, pg_temp; SET LOCAL lock_timeout = %d; SET LOCAL check_function_bodies = off;`, LockTimeout.Milliseconds())
	if err := script(ctx, conn.PgConn(), before+"\n"+text); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `INSERT INTO miandan.migrations (name) VALUES ($1)`, name); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

// patiently does something again that failed because somebody held a lock.
func patiently(ctx context.Context, do func() error) error {
	for end := time.Now().Add(patience); ; {
		err := do()
		var pe *pgconn.PgError
		if !errors.As(err, &pe) || pe.Code != "55P03" && pe.Code != "40P01" || time.Now().After(end) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// script runs several statements.
func script(ctx context.Context, c *pgconn.PgConn, text string) error {
	_, err := c.Exec(ctx, text).ReadAll()
	return err
}
