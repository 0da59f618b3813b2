//go:build linux

package windows

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"miandan/printer/winspool/winetest"
)

var onWine = flag.Bool("wine", false, "install on Wine, which takes some minutes")

// asked skips what was not asked for.
func asked(t *testing.T) {
	t.Helper()
	if !*onWine {
		t.Skip("not asked for by -wine")
	}
}

// pc is a Windows with what a test asks of it.
type pc struct {
	*winetest.Prefix
	t *testing.T
}

func newPC(t *testing.T) pc {
	asked(t)
	for _, name := range []string{"wixl", "msibuild", "msiinfo"} {
		needs(t, name)
	}
	p := pc{winetest.Start(t), t}
	// Wine's services want a desktop, and wait for it where there is no screen.
	p.must("reg", "add", `HKCU\Software\Wine\Drivers`, "/v", "Graphics", "/d", "null", "/f")
	p.must("reg", "add", `HKCU\Software\Wine`, "/v", "Version", "/d", "win10", "/f")
	p.Restart(t) // what runs already has not read that
	return p
}

func (p pc) must(exe string, args ...string) string {
	p.t.Helper()
	out, err := p.Run(p.t, nil, exe, args...)
	if err != nil {
		p.t.Fatalf("%s %v: %v\n%s%s", exe, args, err, out, p.setupLog())
	}
	return out
}

// setupLog is what miandanw could not do.
func (p pc) setupLog() string {
	logs, _ := filepath.Glob(filepath.Join(p.Folder(), "prefix/drive_c/users/*/Temp/miandan-setup.log"))
	var all strings.Builder
	for _, log := range logs {
		b, _ := os.ReadFile(log)
		all.Write(b)
	}
	return all.String()
}

func (p pc) file(path string) string { return filepath.Join(p.Folder(), "prefix/drive_c", path) }

func (p pc) exists(path string) bool {
	_, err := os.Stat(p.file(path))
	return err == nil
}

// value is what stands in the registry, or nothing.
func (p pc) value(key, name string) string {
	out, err := p.Run(p.t, nil, "reg", "query", key, "/v", name)
	if err != nil {
		return ""
	}
	_, value, _ := strings.Cut(out, "REG_SZ")
	return strings.TrimSpace(value)
}

// state is all that is on the PC that an installation may change: files, and keys
// of the registry with their values.
func (p pc) state() map[string]bool {
	p.t.Helper()
	found := map[string]bool{}
	root := p.file("")
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		rel := strings.TrimPrefix(path, root)
		// Files for the moment, and what Wine writes for itself.
		if !strings.Contains(rel, "/Temp/") && !strings.Contains(rel, "windows/temp") {
			found[rel] = true
		}
		return unlessGone(err)
	})
	if err != nil {
		p.t.Fatal(err)
	}
	for _, key := range []string{`HKLM\Software\Microsoft\Windows\CurrentVersion\Run`, `HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall`, `HKLM\Software\Miandan`, `HKLM\System\CurrentControlSet\Services`, `HKLM\Software\Classes\Installer`} {
		out, _ := p.Run(p.t, nil, "reg", "query", key, "/s") // fails if there is no such key
		for _, line := range strings.Split(out, "\n") {
			if strings.HasPrefix(line, "HKEY") {
				found[strings.TrimSpace(line)] = true
			}
		}
	}
	return found
}

// unlessGone lets a file go that was there a moment ago: Windows' own programs work
// beside the test.
func unlessGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// packages makes the MSI of some versions, of the real program.
func packages(t *testing.T, versions ...string) []string {
	t.Helper()
	dir := t.TempDir()
	exe := filepath.Join(dir, "miandan.exe")
	compile(t, "miandan/agent", exe, "-s -w -buildid=")
	info, err := os.Stat(exe)
	if err != nil {
		t.Fatal(err)
	}
	const most, mostMSI = 70e6, 45e6 // bytes
	t.Logf("the program has %d bytes", info.Size())
	if info.Size() > most {
		t.Errorf("the program has %d bytes, more than %.0f", info.Size(), float64(most))
	}
	windowed := filepath.Join(dir, "miandanw.exe")
	if err := os.Rename(buildWindowed(t), windowed); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{exe, windowed} {
		if err := AddResources(file, About{versions[0], "面单 Miandan", filepath.Base(file)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "LICENSE.txt"), []byte(read(t, "../../LICENSE")), 0o600); err != nil {
		t.Fatal(err)
	}
	var made []string
	for _, v := range versions {
		out := filepath.Join(dir, v+".msi")
		if err := MSI(Package{v, dir, time.Unix(1700000000, 0)}, out); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(out)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("the MSI has %d bytes", info.Size())
		if info.Size() > mostMSI {
			t.Errorf("the MSI has %d bytes, more than %.0f", info.Size(), float64(mostMSI))
		}
		made = append(made, out)
	}
	return made
}

func (p pc) install(msi string, properties ...string) error {
	out, err := p.Run(p.t, nil, "msiexec", append([]string{"/i", p.Path(msi), "/qn"}, properties...)...)
	if err != nil {
		return fmt.Errorf("msiexec: %w\n%s%s", err, out, p.setupLog())
	}
	return nil
}

const (
	runKey     = `HKLM\Software\Microsoft\Windows\CurrentVersion\Run`
	serviceKey = `HKLM\System\CurrentControlSet\Services\Miandan`
	programs   = "Program Files/Miandan/"
	data       = "ProgramData/Miandan/data/"
)

// TestServiceOnWine installs as IT does, gives the service its secret, prints through
// it, updates twice with a label in the queue, refuses to go back, and removes without
// a trace.
func TestServiceOnWine(t *testing.T) {
	cups := queues(t)
	p := newPC(t)
	msi := packages(t, "1.2.3", "1.2.4", "1.10.0")
	before, quiet := p.state(), p.listeners()
	policy, config := filepath.Join(t.TempDir(), "policy.toml"), filepath.Join(t.TempDir(), "miandan.toml")
	const lets = "ask = false\n[[origin]]\norigin = \"" + origin + "\"\nallow = true\n"
	for file, text := range map[string]string{policy: lets, config: account + raw} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	port := freePort(t)
	if err := p.install(msi[0], "CONFIG="+p.Path(config), "STATION=打包台 3", "LISTEN_PORT="+port, "POLICY="+p.Path(policy)); err != nil {
		t.Fatal(err)
	}
	p.installed("1.2.3")
	settings := read(t, p.file(data+"miandan.toml"))
	for _, want := range []string{`station = "打包台 3"`, `address = "127.0.0.1:` + port + `"`, raw} {
		if !strings.Contains(settings, want) {
			t.Errorf("the settings hold no %s", want)
		}
	}
	if got := read(t, p.file("ProgramData/Miandan/policy.toml")); got != lets {
		t.Errorf("policy: %q", got)
	}
	p.givesSecret()
	page := pair(t, port)
	p.onlyHere("the service", port)
	first := demoLabel(t, "wujie-76x130-203.png", "YTO", "YT0000000000001")
	second := demoLabel(t, "zto-76x130-203.png", "ZTO", "73000000000001")
	third := demoLabel(t, "sto-76x130-203.png", "STO", "770000000000001")

	page.hand("A-1", first)
	page.until("A-1", "done")
	rawIsTheDriver(t, cups.Received(t, 1)[0], first)
	p.tray()

	// Another by the queue's driver.
	const other = "[[printer]]\nname = \"bench\"\nurl = \"winspool:///driven\"\nlanguage = \"page\"\npaper = \"76x130\"\n"
	changed := strings.Replace(settings, raw, other, 1)
	if err := os.WriteFile(p.file(data+"miandan.toml"), []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	p.program("service", "stop")
	p.program("service", "start")
	page = pair(t, port)
	page.hand("A-2", second)
	page.until("A-2", "done")
	pageIsTheLabel(t, cups.Received(t, 2)[1], second)

	p.program("pause", "on")
	page.hand("A-3", third)
	for i, version := range []string{"1.2.4", "1.10.0"} {
		if err := p.install(msi[i+1], "STATION=another"); err != nil {
			t.Fatal(err)
		}
		p.installed(version)
		if read(t, p.file(data+"miandan.toml")) != changed {
			t.Errorf("%s changed the settings", version)
		}
		page = pair(t, port)
		for key, want := range map[string]string{"A-1": "done", "A-2": "done", "A-3": "waiting"} {
			if got := page.state(key); got != want {
				t.Errorf("%s has %s %s, want %s", version, key, got, want)
			}
		}
	}
	p.program("pause", "off")
	page.until("A-3", "done")
	pageIsTheLabel(t, cups.Received(t, 3)[2], third)
	if p.install(msi[1]) == nil {
		t.Error("an older version is installed over a newer one")
	}
	p.installed("1.10.0")
	p.must("msiexec", "/x", p.Path(msi[2]), "/qn", "PURGE=1")
	p.removed(before, quiet)
	if n := len(cups.Received(t, 3)); n != 3 {
		t.Errorf("the printers received %d labels, want 3", n)
	}
}

// TestSessionOnWine installs for PCs whose printers are one user's: no service.
func TestSessionOnWine(t *testing.T) {
	p := newPC(t)
	msi := packages(t, "1.2.3", "1.2.4")
	before, quiet := p.state(), p.listeners()
	if err := p.install(msi[0], "SESSIONMODE=1"); err != nil {
		t.Fatal(err)
	}
	session := func() {
		t.Helper()
		if got := p.value(serviceKey, "ObjectName"); got != "" {
			t.Errorf("there is a service, of %s", got)
		}
		if got := p.value(`HKLM\Software\Miandan`, "Mode"); got != "session" {
			t.Errorf("mode %q", got)
		}
	}
	session()
	if got := p.must(`C:\Program Files\Miandan\miandan.exe`, "version"); !strings.HasPrefix(got, "miandan ") {
		t.Errorf("the program says %q", got)
	}
	if err := p.install(msi[1]); err != nil {
		t.Fatal(err)
	}
	session() // an update does not ask again
	p.demo()
	p.must("msiexec", "/x", p.Path(msi[1]), "/qn", "PURGE=1")
	p.removed(before, quiet)
}

// installed looks for what one version leaves, and for one only.
func (p pc) installed(version string) {
	p.t.Helper()
	if got := p.value(`HKLM\Software\Miandan`, "Version"); got != version {
		p.t.Errorf("version %q is installed, want %s", got, version)
	}
	if got := p.value(serviceKey, "ObjectName"); got != `NT SERVICE\Miandan` {
		p.t.Errorf("the service's account is %q", got)
	}
	if got := p.must("net", "start"); !strings.Contains(got, "Miandan") {
		p.t.Errorf("the service does not run: %s%s", got, p.setupLog())
	}
	if got := p.value(runKey, "Miandan"); got != `"C:\Program Files\Miandan\miandanw.exe" start` {
		p.t.Errorf("at log-in is started %q", got)
	}
	for _, name := range Payload {
		if !p.exists(programs + name) {
			p.t.Errorf("there is no %s", name)
		}
	}
	out := p.must("reg", "query", `HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall`, "/s")
	if n := strings.Count(out, "DisplayName"); n != 1 {
		p.t.Errorf("%d programs can be uninstalled, want 1:\n%s", n, out)
	}
}

// removed looks for what an installation leaves: files, keys of the registry, what
// is started, processes, and ports that are listened on.
func (p pc) removed(before, quiet map[string]bool) {
	p.t.Helper()
	// Whoever was told to end may need a moment for it.
	var left []string
	for end := time.Now().Add(time.Minute); ; time.Sleep(300 * time.Millisecond) {
		left = nil
		for where := range p.listeners() {
			if !quiet[where] {
				left = append(left, "a listener on "+where)
			}
		}
		for _, line := range p.processes() {
			if strings.Contains(strings.ToLower(line), "miandan") && !strings.Contains(line, "explorer") {
				left = append(left, "a process: "+line)
			}
		}
		if len(left) == 0 || time.Now().After(end) {
			break
		}
	}
	for _, what := range left {
		p.t.Errorf("removing leaves %s", what)
	}
	// What the installer of Windows makes for itself when it is first used.
	own := map[string]bool{
		"/windows/Installer": true, `HKEY_LOCAL_MACHINE\Software\Classes\Installer\Products`: true,
		`HKEY_LOCAL_MACHINE\Software\Classes\Installer\Features`: true, `HKEY_LOCAL_MACHINE\Software\Classes\Installer\UpgradeCodes`: true,
	}
	for what := range p.state() {
		if !before[what] && !own[what] {
			p.t.Errorf("removing leaves %s", what)
		}
	}
	if got := p.value(runKey, "Miandan"); got != "" {
		p.t.Errorf("at log-in is still started %s", got)
	}
	if log := p.setupLog(); log != "" {
		p.t.Logf("setup could not:\n%s", log)
	}
}
