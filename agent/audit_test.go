package main

import (
	"database/sql"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"

	_ "modernc.org/sqlite"

	"miandan/agent/internal/store"
)

// sqlCommand is somebody with the database and without its key: sql STATEMENT.
func sqlCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: sql STATEMENT")
	}
	db, err := sql.Open("sqlite", filepath.Join(ts.Getenv("MIANDAN_DATA"), store.FileName))
	ts.Check(err)
	defer db.Close()
	_, err = db.Exec(args[0])
	ts.Check(err)
}
