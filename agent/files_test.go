//go:build unix

package main

import (
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"miandan/agent/internal/practice"
	"miandan/agent/internal/seal"
)

// TestFilesAreOursAlone runs the program under a careless umask and looks at every
// file that it has made: others on the computer may read none.
func TestFilesAreOursAlone(t *testing.T) {
	dir := t.TempDir()
	keys := filepath.Join(dir, "keys")
	t.Setenv(seal.KeysEnv, keys)
	world, err := practice.Open(filepath.Join(dir, "world"), practice.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer world.Close()
	if err := practice.PutSecrets(world.Data); err != nil {
		t.Fatal(err)
	}
	log := &output{}
	defer syscall.Umask(syscall.Umask(0))
	agent := startAgent(t, world, log)
	for until := time.Now().Add(time.Minute); !strings.Contains(log.String(), "ready http"); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("the agent is not ready\n%s", log)
		}
	}
	seen := 0
	for _, root := range []string{world.Data, keys} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || path == world.Config { // the settings are this test's
				return err
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			seen++
			if info.Mode().Perm()&0o077 != 0 {
				t.Errorf("%s has mode %v", strings.TrimPrefix(path, dir), info.Mode())
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen < 6 {
		t.Errorf("only %d files and folders", seen)
	}
	if err := agent.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := agent.Wait(); err != nil {
		t.Errorf("the agent did not end well: %v\n%s", err, log)
	}
}
