//go:build !windows

package update

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Who installs is mostly root, whose own data folder no agent has ever used: what was
// installed is not said to have failed for want of a place for the installer's log.
func TestInstallWhereNoAgentHasRun(t *testing.T) {
	r := newRelease(t)
	r.put("1.1.0", "an installer", nil)
	u := r.updater()
	ready, err := fetch(u)
	if err != nil {
		t.Fatal(err)
	}
	defer ready.Close()
	programs := t.TempDir()
	if err := os.WriteFile(filepath.Join(programs, "dpkg"), []byte("#!/bin/sh\necho took \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", programs)
	if err := u.Install(t.Context(), ready); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(filepath.Join(u.Data, "logs", "update.log")); err != nil || !strings.Contains(string(b), ready.Path) {
		t.Errorf("the log says %q, %v", b, err)
	}
}
