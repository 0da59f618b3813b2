package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the test binary be the program itself under the name miandan,
// so that scripts and the kill test run the real thing as its own process.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"miandan": func() { tellVitals(); program() },
	})
}

// TestScripts runs the program as people do, one situation a script.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Condition:           condition,
		Setup: func(e *testscript.Env) error {
			e.Setenv("LANG", "C")
			e.Setenv("MIANDAN_KEYS", e.WorkDir+"/keys")
			e.Setenv("MIANDAN_DATA", e.WorkDir+"/w/data")
			e.Setenv("HOME", e.WorkDir)
			return os.MkdirAll(e.WorkDir+"/w/data", 0o700)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"world": worldCommand,
			"until": untilCommand,
			"disk":  diskCommand,

			"audit":   auditCommand,
			"sql":     sqlCommand,
			"console": consoleCommand,
			"lose":    loseCommand,
		},
	})
}
