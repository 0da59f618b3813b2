package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"miandan/agent/internal/canary"
	"miandan/agent/internal/practice"
	"miandan/printer/spool/spooltest"
)

// TestCanaryInTheSpooler prints through a real CUPS, whose folders are outside
// of all that is sealed: while a label waits there it lies open, and when it is
// printed nothing of it may remain, neither the document nor a person in what
// CUPS writes down of each job.
func TestCanaryInTheSpooler(t *testing.T) {
	if *canaries < 100 {
		t.Skip("takes ten seconds; runs with -canary 100 or more")
	}
	// CUPS's filters run as another user, who must get through to its folders.
	tmp, err := os.MkdirTemp("", "canary")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(tmp) })
	if err := os.Chmod(tmp, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", tmp)
	cups := spooltest.Start(t)
	a := openAviary(t, practice.Own, canary.People(2, 8))
	b, err := os.ReadFile(a.world.Config)
	a.must(err)
	text, _, _ := strings.Cut(string(b), "\n[[printer]]\nname = \"bench-2\"")
	bench := regexp.MustCompile(`(?s)\[\[printer\]\]\nname = "bench-1".*?\n\n`)
	if !bench.MatchString(text) {
		t.Fatal("the settings have no bench-1")
	}
	text = bench.ReplaceAllString(text, fmt.Sprintf("[[printer]]\nname = \"bench-1\"\nurl = %q\nlanguage = \"page\"\npaper = \"76x130\"\n\n", cups.TCP(spooltest.Raw)))
	a.must(os.WriteFile(a.world.Config, []byte(text), 0o600))
	a.world.Gateway.AddOrder(a.orders...)
	agent, log := a.run()
	a.ready(log)
	a.settle(log, len(a.orders))
	documents := cups.Received(t, 2)
	if !bytes.HasPrefix(documents[0], []byte("%PDF")) {
		t.Fatalf("the printer was sent %.8q: the test looks for the wrong thing", documents[0])
	}
	a.must(agent.Process.Signal(syscall.SIGTERM))
	if err := agent.Wait(); err != nil {
		t.Errorf("the agent did not end well: %v", err)
	}

	folders, err := filepath.Glob(filepath.Join(tmp, "cups*"))
	if err != nil || len(folders) != 1 {
		t.Fatalf("folders of CUPS: %v, %v", folders, err)
	}
	left := func() (list []string) {
		err := filepath.WalkDir(folders[0], func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			b, err := os.ReadFile(path)
			for _, d := range documents {
				if bytes.Contains(b, []byte("%PDF-")) || len(d) > 256 && bytes.Contains(b, d[len(d)/2:len(d)/2+64]) {
					list = append(list, filepath.Base(path))
					break
				}
			}
			return err
		})
		a.must(err)
		return list
	}
	for deadline := time.Now().Add(time.Minute); len(left()) > 0 && time.Now().Before(deadline); {
		time.Sleep(100 * time.Millisecond) // CUPS tidies up a moment after the last byte
	}
	if list := left(); len(list) > 0 {
		t.Errorf("CUPS keeps labels that are printed: %v", list)
	}
	hits, size, err := a.scanner.Tree(folders[0], nil)
	a.must(err)
	for _, h := range hits {
		t.Errorf("LEAK in CUPS's %v", h)
	}
	t.Logf("%d labels printed, %d bytes of CUPS's files searched", len(documents), size)

	// That a document is seen where there is one: it lies in the spool while its
	// printer is switched off.
	cups.Command(t, "lp", "-d", spooltest.Off, a.pdf(documents[0]))
	if list := left(); len(list) == 0 {
		t.Error("a document that waits was not seen: the search is blind")
	}
}

// pdf writes a document into a file.
func (a *aviary) pdf(b []byte) string { return a.file("label.pdf", string(b)) }
