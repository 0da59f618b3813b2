package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"miandan/agent/internal/practice"
)

// The commands that the scripts have beside the program itself.

// worldCommand makes the world around the agent and changes it:
//
//	world start [ORDERS] · world gateway on|off · world printer on|off
//	world token expired|renewed · world stock CARRIER N
//	world paper ROWS · world paper load · world mute on · world drop BYTES
func worldCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: world WHAT …")
	}
	if args[0] == "start" {
		n := 3
		if len(args) > 1 {
			n = number(ts, args[1])
		}
		w, err := practice.Open(filepath.Dir(ts.Getenv("MIANDAN_DATA")), practice.Config{Orders: n})
		ts.Check(err)
		ts.Defer(func() { w.Close() })
		worlds.put(ts.Getenv("WORK"), w)
		return
	}
	w := worlds.get(ts.Getenv("WORK"))
	if w == nil || len(args) < 2 {
		ts.Fatalf("world %v: start it first", args)
	}
	switch what := args[0] + " " + args[1]; {
	case what == "gateway on":
		ts.Check(w.GatewayOn())
	case what == "gateway off":
		ts.Check(w.GatewayOff())
	case what == "printer on":
		ts.Check(w.PrinterOn())
	case what == "printer off":
		ts.Check(w.PrinterOff())
	case what == "token expired":
		w.Gateway.ExpireToken()
	case what == "token renewed":
		w.Gateway.Behave()
	case args[0] == "stock" && len(args) == 3:
		w.Gateway.SetStock(args[1], number(ts, args[2]))
	case what == "paper load":
		w.Printer.LoadPaper(10000)
	case args[0] == "paper":
		w.Printer.RunOutAfter(number(ts, args[1]))
	case what == "mute on":
		w.Printer.Mute(true)
	case args[0] == "drop":
		w.Printer.DropAfter(number(ts, args[1]))
	default:
		ts.Fatalf("world %v: no such thing", args)
	}
}

func number(ts *testscript.TestScript, s string) int {
	n, err := strconv.Atoi(s)
	ts.Check(err)
	return n
}

// untilCommand runs a command again and again until its standard output and
// standard error match a pattern: until PATTERN COMMAND …
func untilCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: until PATTERN COMMAND …")
	}
	pattern := regexp.MustCompile(args[0])
	var out []byte
	for range 600 {
		cmd := exec.Command(args[1], args[2:]...)
		cmd.Dir = ts.MkAbs(".")
		for _, name := range []string{"MIANDAN_DATA", "MIANDAN_KEYS", "LANG", "TZ", "HOME", "PATH"} {
			cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
		}
		out, _ = cmd.CombinedOutput() // what it prints is what is waited for, whatever its status
		if pattern.Match(out) {
			ts.Logf("%s", out)
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	ts.Fatalf("%v never printed %q; the last was:\n%s", args[1:], args[0], out)
}

// diskCommand puts the data folder on a small disk of its own and fills it:
// disk mount SIZE · disk fill · disk free.
func diskCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: disk mount SIZE | fill | free")
	}
	dir := ts.Getenv("MIANDAN_DATA")
	filler := filepath.Join(dir, "filler")
	switch args[0] {
	case "mount":
		ts.Check(exec.Command("mount", "-t", "tmpfs", "-o", "mode=0700,size="+args[1], "none", dir).Run())
		ts.Defer(func() { exec.Command("umount", "-l", dir).Run() })
	case "fill":
		f, err := os.Create(filler)
		ts.Check(err)
		defer f.Close()
		for err == nil {
			_, err = f.Write(make([]byte, 512))
		}
		if !errors.Is(err, syscall.ENOSPC) {
			ts.Check(err)
		}
	case "free":
		ts.Check(os.Remove(filler))
	default:
		ts.Fatalf("disk %v: no such thing", args)
	}
}

// condition says what this machine has; in CI it must have everything.
func condition(name string) (bool, error) {
	if name != "mount" {
		return false, fmt.Errorf("unknown condition %q", name)
	}
	has := runtime.GOOS == "linux" && os.Geteuid() == 0
	if !has && os.Getenv("MIANDAN_CI") == "1" {
		return false, errors.New("CI must be able to mount a small disk")
	}
	return has, nil
}

// worlds are the scripts' worlds, by their work folders: scripts run at once.
var worlds = &register{of: map[string]*practice.World{}}

type register struct {
	mu sync.Mutex
	of map[string]*practice.World
}

func (r *register) put(work string, w *practice.World) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.of[work] = w
}

func (r *register) get(work string) *practice.World {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.of[work]
}
