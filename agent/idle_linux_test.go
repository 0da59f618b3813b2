package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"miandan/agent/internal/practice"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/web/webtest"
	"miandan/printer/virtual"
)

var idle = flag.Bool("idle", false, "measure what the agent takes at rest, which takes a minute")

// What the agent may take while nothing happens: its page is open, its tray is shown,
// five printers wait, and the labels of a first hour are behind it.
const (
	idleMemory    = 90 << 10 // KB
	idleProcessor = 0.01     // of a core
)

// TestIdle holds the agent to that, with its page in a real browser and its tray on a
// real panel. What the system counts of it and of whatever it has started is added up.
func TestIdle(t *testing.T) {
	if !*idle {
		t.Skip("only with -idle")
	}
	desktop := startDesktop(t)
	browser := webtest.OpenBrowser(t)
	dir := t.TempDir()
	t.Setenv(seal.KeysEnv, filepath.Join(dir, "keys"))
	world, err := practice.Open(filepath.Join(dir, "world"), practice.Config{Orders: 14})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { world.Close() })
	if err := practice.PutSecrets(world.Data); err != nil {
		t.Fatal(err)
	}
	asDelivered(t, world)
	var log output
	agent := exec.Command("miandan", "run", "--data", world.Data)
	agent.Env = append(os.Environ(), append(desktop, "LANG=C")...)
	agent.Stdout, agent.Stderr = &log, &log
	if err := agent.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		agent.Process.Signal(os.Interrupt)
		agent.Wait()
	})
	var page string
	eventually(t, &log, "the agent is ready", func() bool {
		_, rest, ready := strings.Cut(log.String(), "ready ")
		page, _, _ = strings.Cut(rest, "\n")
		return ready && page != ""
	})
	bus, err := dbus.Connect(busOf(desktop))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bus.Close() })
	eventually(t, &log, "the tray is shown", func() bool {
		icons, err := bus.Object(panelWatcher, "/StatusNotifierWatcher").GetProperty(panelWatcher + ".RegisteredStatusNotifierItems")
		if err != nil {
			return false
		}
		names, _ := icons.Value().([]string)
		return len(names) == 1
	})
	eventually(t, &log, "the labels are out", func() bool { return len(world.Printer.Prints()) >= 14 })
	browser.Open(page, webtest.Light(1280, 800, "en"))
	browser.Wait("document.body.innerText.split('138••••').length > 10")

	t.Run("memory", func(t *testing.T) { restingMemory(t, agent.Process.Pid) })
	t.Run("processor", func(t *testing.T) { restingProcessor(t, agent.Process.Pid) })
}

// asDelivered gives the practice station four printers more, of other paper, and for
// the rest what a station has whose settings do not say: the practice world asks the
// gateway each second and keeps a log of everything.
func asDelivered(t *testing.T, world *practice.World) {
	t.Helper()
	text, err := os.ReadFile(world.Config)
	if err != nil {
		t.Fatal(err)
	}
	var more strings.Builder
	for i := range 4 {
		p, err := virtual.Start(virtual.Config{Name: fmt.Sprintf("idle-%d", i+1)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { p.Close() })
		fmt.Fprintf(&more, "[[printer]]\nname = \"idle-%d\"\nurl = %q\nlanguage = \"escpos\"\ndots_per_mm = 8\nmedia = \"label\"\npaper = \"100x150\"\n\n", i+1, p.URL())
	}
	settings := strings.NewReplacer("poll_every = \"1s\"\n", "", "level = \"debug\"\n", "", "[print]\n", more.String()+"[print]\n").Replace(string(text))
	if err := os.WriteFile(world.Config, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
}

func restingMemory(t *testing.T, pid int) {
	// It comes to rest: the collector lets go of what the labels took.
	least, last := 1<<30, 0
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
		if last = resident(t, pid); last < least {
			least = last
		}
		if last <= idleMemory*9/10 {
			break
		}
	}
	t.Logf("idle with page and tray: %d MB", last>>10)
	if last > idleMemory {
		t.Errorf("the agent holds %d MB, %d MB at least, want %d MB at most", last>>10, least>>10, idleMemory>>10)
	}
}

// restingProcessor looks at stretches of time until one is quiet: what the labels left
// to do may reach into the first, and a minute's turn of the loops into any.
func restingProcessor(t *testing.T, pid int) {
	const stretch, stretches = 15 * time.Second, 4
	least := 1.0
	for range stretches {
		before, began := worked(t, pid), time.Now()
		time.Sleep(stretch)
		share := (worked(t, pid) - before).Seconds() / time.Since(began).Seconds()
		t.Logf("idle with page, tray and five printers: %.2f %% of a core", 100*share)
		if least = min(least, share); least <= idleProcessor {
			return
		}
	}
	t.Errorf("the agent takes %.2f %% of a core, want %.2f %% at most", 100*least, 100*idleProcessor)
}

// worked is for how long a process and those that it has started have had a core.
func worked(t *testing.T, pid int) (sum time.Duration) {
	t.Helper()
	for _, task := range family(pid) {
		// Behind the name, which may hold anything, user and system time are fields 12
		// and 13, in ticks of 10 ms (proc(5); USER_HZ is 100 on all of Linux).
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", task))
		if err != nil && task == pid {
			t.Fatal("the agent ended by itself")
		}
		fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
		if len(fields) < 13 {
			continue // one that it had started has ended
		}
		for _, f := range fields[11:13] {
			n, err := strconv.Atoi(string(f))
			if err != nil {
				t.Fatal(err)
			}
			sum += time.Duration(n) * 10 * time.Millisecond
		}
	}
	return sum
}

// family is a process and those that it has started.
func family(pid int) []int {
	all := []int{pid}
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, task := range tasks {
		children, _ := os.ReadFile(task)
		for _, child := range bytes.Fields(children) {
			if n, err := strconv.Atoi(string(child)); err == nil {
				all = append(all, family(n)...)
			}
		}
	}
	return all
}

// resident is what a process and those that it has started hold, in KB.
func resident(t *testing.T, pid int) (sum int) {
	t.Helper()
	for _, task := range family(pid) {
		held := status(task, "VmRSS")
		if held == 0 && task == pid {
			t.Fatal("the agent ended by itself")
		}
		sum += held
	}
	return sum
}

func eventually(t *testing.T, log fmt.Stringer, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s\n%s", what, log)
		}
	}
}

// panelWatcher is the name on the bus of a panel that shows trays.
const panelWatcher = "org.kde.StatusNotifierWatcher"

const trayPanel = `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="plugin-ids" type="array"><value type="int" value="6"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-6" type="string" value="systray"/>
  </property>
</channel>
`

// startDesktop starts a display, a session bus and a panel for trays, of a user who
// has nothing else, and returns the environment in which programs find them.
func startDesktop(t *testing.T) (env []string) {
	t.Helper()
	for _, name := range []string{"Xvfb", "dbus-daemon", "xfce4-panel"} {
		if _, err := exec.LookPath(name); err != nil {
			if os.Getenv("MIANDAN_CI") == "1" {
				t.Fatalf("no %s on this computer", name)
			}
			t.Skipf("no %s on this computer", name)
		}
	}
	home := t.TempDir()
	settings := filepath.Join(home, ".config/xfce4/xfconf/xfce-perchannel-xml")
	if err := os.MkdirAll(settings, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(settings, "xfce4-panel.xml"), []byte(trayPanel), 0o600); err != nil {
		t.Fatal(err)
	}
	env = []string{"HOME=" + home, "XDG_RUNTIME_DIR=" + home, "NO_AT_BRIDGE=1"}
	env = append(env, "DISPLAY=:"+saying(t, env, "Xvfb", "-displayfd", "3", "-screen", "0", "800x600x24", "-wr", "-nolisten", "tcp"))
	env = append(env, "DBUS_SESSION_BUS_ADDRESS="+saying(t, env, "dbus-daemon", "--session", "--nofork", "--print-address=3"))
	running(t, env, "xfce4-panel", "--disable-wm-check")
	bus, err := dbus.Connect(busOf(env))
	if err != nil {
		t.Fatal(err)
	}
	defer bus.Close()
	eventually(t, bytes.NewBuffer(nil), "a panel that shows trays", func() bool {
		var there bool
		err := bus.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, panelWatcher).Store(&there)
		return err == nil && there
	})
	return env
}

func busOf(env []string) string {
	for _, e := range env {
		if address, ok := strings.CutPrefix(e, "DBUS_SESSION_BUS_ADDRESS="); ok {
			return address
		}
	}
	return ""
}

// running starts a program that stays until the test ends, and returns what it writes
// to descriptor 3.
func running(t *testing.T, env []string, name string, args ...string) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	cmd := exec.Command(name, args...)
	cmd.Env, cmd.ExtraFiles = append(os.Environ(), env...), []*os.File{w}
	err = cmd.Start()
	w.Close()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		ended := time.AfterFunc(5*time.Second, func() { cmd.Process.Kill() })
		cmd.Wait()
		ended.Stop()
	})
	return r
}

// saying starts a program and returns the line in which it says where it is.
func saying(t *testing.T, env []string, name string, args ...string) (line string) {
	t.Helper()
	r := running(t, env, name, args...)
	r.SetReadDeadline(time.Now().Add(time.Minute))
	b := make([]byte, 1)
	for {
		if _, err := io.ReadFull(r, b); err != nil {
			t.Fatalf("%s does not say where it is: %q, %v", name, line, err)
		}
		if b[0] == '\n' {
			return line
		}
		line += string(b)
	}
}
