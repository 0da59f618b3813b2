package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/practice"
	"miandan/agent/internal/seal"
	"miandan/templates/pdfin/pdfintest"
)

// TestRenderedPDFOntoDots lets JD's renderer give nothing but PDF, which the
// agent, as a process of its own, reads in a child and prints on a printer of
// dots.
func TestRenderedPDFOntoDots(t *testing.T) {
	dir := t.TempDir()
	world, err := practice.Open(filepath.Join(dir, "world"), practice.Config{Orders: 2, Way: practice.Rendered})
	if err != nil {
		t.Fatal(err)
	}
	defer world.Close()
	t.Setenv(seal.KeysEnv, filepath.Join(dir, "keys"))
	if err := practice.PutSecrets(world.Data); err != nil {
		t.Fatal(err)
	}
	settings, err := os.ReadFile(world.Config)
	if err != nil {
		t.Fatal(err)
	}
	const section = "[cloudprint.render]\n"
	changed := strings.Replace(string(settings), section, section+"png = [\"1\", \"1\", \"1\"]\n", 1)
	if changed == string(settings) {
		t.Fatal("the settings do not say how to ask for a PNG")
	}
	if err := os.WriteFile(world.Config, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	// What an earlier test compiled is taken over: it takes seconds.
	cache := filepath.Join(world.Data, "cache", "pdf")
	if _, err := os.Stat(pdfintest.Cache()); err == nil {
		if err := errors.Join(os.CopyFS(cache, os.DirFS(pdfintest.Cache())), os.Chmod(cache, 0o700)); err != nil {
			t.Fatal(err)
		}
	}
	var expected []string
	for _, o := range jdsim.Demo(2, time.Now())[:2] {
		expected = append(expected, o.ID)
	}
	log := &output{}
	agent := startAgent(t, world, log)
	rows := settled(t, world, expected, log)
	if err := endAgent(agent); err != nil {
		t.Errorf("the agent did not end well: %v\n%s", err, log)
	}
	confirmed := map[string]bool{}
	for _, r := range rows {
		if r.Label == ledger.Confirmed {
			confirmed[string(r.Number)] = true // JD's template has it above the package's code
		} else {
			t.Errorf("order %s: %s, %v", r.Order.ID, r.Label, r.Problem)
		}
	}
	for _, p := range world.Printer.Prints() {
		if code := readBarcode(t, p); !confirmed[code] {
			t.Errorf("paper with the code %q, which no label has", code)
		} else {
			delete(confirmed, code)
		}
	}
	if len(rows) < 2 || len(confirmed) > 0 {
		t.Errorf("%d labels, and no paper of %v", len(rows), confirmed)
	}
}

// endAgent asks the agent to end, and waits for it. Windows has no signals between
// programs: there it is ended.
func endAgent(agent *exec.Cmd) error {
	if runtime.GOOS == "windows" {
		err := agent.Process.Kill()
		agent.Wait()
		return err
	}
	if err := agent.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return agent.Wait()
}
