package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"miandan/agent/internal/canary"
	"miandan/agent/internal/practice"
	"miandan/templates/pdfin/pdfintest"
)

// TestCanaryOtherWays has JD make the labels: sealed ones that pass through to
// JD's component, and ready files, which the agent fetches, reads in a child
// process and turns into dots. Neither may stay anywhere.
func TestCanaryOtherWays(t *testing.T) {
	if *canaries < 100 {
		t.Skip("takes half a minute; runs with -canary 100 or more")
	}
	for _, way := range []practice.Way{practice.Sealed, practice.Rendered} {
		t.Run(string(way), func(t *testing.T) {
			a := openAviary(t, way, canary.People(1, 8))
			if way == practice.Rendered {
				a.onlyPDF()
			}
			a.world.Gateway.AddOrder(a.orders...)
			agent, log := a.run()
			page := a.ready(log)
			stopProcesses := a.watchProcesses(agent.Process.Pid)
			stopPage := a.watchPage(page)
			a.settle(log, len(a.orders))
			printed := 0
			for _, r := range a.rows("queue") {
				if r.State == "printed" || r.State == "done" || r.State == "confirmed" || r.State == "presumed" {
					printed++
				}
			}
			if printed == 0 {
				t.Error("nothing was printed: the search proves nothing")
			}
			a.command("orders", "list")
			a.support()
			stopPage()
			a.search("while the agent runs")
			a.must(agent.Process.Signal(syscall.SIGTERM))
			if err := agent.Wait(); err != nil {
				t.Errorf("the agent did not end well: %v", err)
			}
			stopProcesses()
			a.heard("errors of run", []byte(log.String()))
			a.search("after its end")
		})
	}
}

// onlyPDF lets the renderer give PDF alone, so that the agent must read it. What
// an earlier test compiled for that is taken over: it takes seconds.
func (a *aviary) onlyPDF() {
	b, err := os.ReadFile(a.world.Config)
	a.must(err)
	const section = "[cloudprint.render]\n"
	text := strings.Replace(string(b), section, section+"png = [\"1\", \"1\", \"1\"]\n", 1)
	if text == string(b) {
		a.t.Fatal("the settings do not say how to ask for a PNG")
	}
	a.must(os.WriteFile(a.world.Config, []byte(text), 0o600))
	cache := filepath.Join(a.world.Data, "cache", "pdf")
	if _, err := os.Stat(pdfintest.Cache()); err == nil {
		a.must(errors.Join(os.CopyFS(cache, os.DirFS(pdfintest.Cache())), os.Chmod(cache, 0o700)))
	}
}
