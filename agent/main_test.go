package main

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"miandan/agent/internal/midday"
)

// fontsFolder is where all agents of the tests keep their fonts: to unpack them for
// each of some hundred new data folders takes longer than most of the tests.
var fontsFolder = filepath.Join(os.TempDir(), "miandan-test-fonts")

// TestMain makes the test binary be the program itself under the name miandan,
// so that scripts and the kill test run the real thing as its own process. More of
// them run at once than there are processors: they wait most of the time. Whoever
// says -parallel is heard.
func TestMain(m *testing.M) {
	if err := os.Setenv("MIANDAN_FONTS", fontsFolder); err != nil {
		panic(err)
	}
	if !strings.HasPrefix(filepath.Base(os.Args[0]), "miandan") { // the program takes what it was given
		midday.Stay()
	}
	if err := flag.Set("test.parallel", "4"); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){
		"miandan": func() { tellVitals(); program() },
	})
}

// TestScripts runs the program as people do, one situation a script.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Files:               scripts(t),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Condition:           condition,
		Setup: func(e *testscript.Env) error {
			e.Setenv("LANG", "C")
			e.Setenv("TZ", os.Getenv("TZ"))
			e.Setenv("MIANDAN_FONTS", fontsFolder)
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

// scripts are the files of TestScripts that this system has the means for.
func scripts(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(all) == 0 {
		t.Fatalf("there are no scripts: %v", err)
	}
	if runtime.GOOS != "windows" {
		return all
	}
	var some []string
	unix := regexp.MustCompile(`(?m)^!? ?(kill -|exec (sed|cat) ).*`)
	for _, file := range all {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if line := unix.FindString(string(b)); line != "" {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
				t.Skip("Windows has no signals between programs, and no sed: " + line)
			})
			continue
		}
		some = append(some, file)
	}
	return some
}
