package main

import (
	"database/sql"

	"github.com/rogpeppe/go-internal/testscript"

	"miandan/agent/internal/jos/jdsim"
)

// auditCommand looks how often something stands in the record as done by
// somebody at the command line: audit WHAT N.
func auditCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: audit WHAT N")
	}
	u := readOnly(ts.Getenv("MIANDAN_DATA"))
	db, err := sql.Open("sqlite", u.String())
	ts.Check(err)
	defer db.Close()
	var n, named int
	ts.Check(db.QueryRow(`SELECT count(*), coalesce(sum(who LIKE 'local:_%'), 0) FROM audit WHERE what = ?`, args[0]).Scan(&n, &named))
	if want := number(ts, args[1]); n != want || named != want {
		ts.Fatalf("%s stands in the record %d times, %d of them with who did it; want %d", args[0], n, named, want)
	}
}

// loseCommand has the gateway do what a method asks once, and cut the line
// instead of answering: lose METHOD.
func loseCommand(ts *testscript.TestScript, neg bool, args []string) {
	w := worlds.get(ts.Getenv("WORK"))
	if neg || len(args) != 1 || w == nil {
		ts.Fatalf("usage: lose METHOD, in a world")
	}
	w.Gateway.Misbehave(jdsim.Fault{Kind: jdsim.Cut, Late: true, Method: args[0], Times: 1})
}

// consoleCommand looks into the carrier's console for the number of an order
// and puts it into $NUMBER: console ORDER.
func consoleCommand(ts *testscript.TestScript, neg bool, args []string) {
	w := worlds.get(ts.Getenv("WORK"))
	if neg || len(args) != 1 || w == nil {
		ts.Fatalf("usage: console ORDER, in a world")
	}
	var numbers []string
	for _, e := range w.Gateway.Journal() {
		if e.Event == jdsim.Number && e.Order == args[0] {
			numbers = append(numbers, e.Number)
		}
	}
	if len(numbers) != 1 {
		ts.Fatalf("the carrier gave order %s the numbers %q, want one", args[0], numbers)
	}
	ts.Setenv("NUMBER", numbers[0])
}
