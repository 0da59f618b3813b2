package drivertest

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// Node runs a script in which another author's npm package judges what a driver
// made, or makes what a printer is to read, and returns what it says. .ci/run
// installs the packages; without one the test is skipped by its name.
func Node(t testing.TB, pkg, script string, args ...string) []byte {
	t.Helper()
	name, _ := json.Marshal(pkg)
	if err := node(t, "require.resolve("+string(name)+")").Run(); err != nil {
		if os.Getenv("MIANDAN_CI") == "1" {
			t.Fatalf("node or the npm package %s is not here, though .ci/run installs it: %v", pkg, err)
		}
		t.Skipf("needs node and the npm package %s", pkg)
	}
	cmd := node(t, script, args...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", pkg, err, said.String())
	}
	return out
}

func node(t testing.TB, script string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), "node", append([]string{"-e", script}, args...)...)
	cmd.Env = append(os.Environ(), "NODE_PATH="+nodePath())
	return cmd
}

// nodePath is where node finds packages: NODE_PATH and npm's global folder.
var nodePath = sync.OnceValue(func() string {
	paths := os.Getenv("NODE_PATH")
	if out, err := exec.Command("npm", "root", "-g").Output(); err == nil {
		paths = strings.Trim(paths+string(os.PathListSeparator)+strings.TrimSpace(string(out)), string(os.PathListSeparator))
	}
	return paths
})
