// Package winetest runs programs for Windows on Wine in tests, in a Windows of
// their own that ends with the test.
//
// Wine is another's reading of what Windows does. It is worth asking, since a
// fake of the calls agrees with whoever wrote it; but what it allows a PC may
// refuse, and a PC has the last word.
package winetest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Prefix is a Windows: a folder that Wine calls its prefix.
type Prefix struct {
	dir string
	env []string
}

// Start makes a Windows, which takes some seconds and 0.7 GB below the folder for
// temporary files. Its programs know by MIANDAN_ON_WINE that it is Wine. Without Wine
// on the machine the test is skipped, or fails where MIANDAN_CI is 1. Debian 12 has
// what is needed in wine, wine64 and binutils-mingw-w64-x86-64.
func Start(t testing.TB) *Prefix {
	t.Helper()
	for _, name := range []string{"wine", "wineserver"} {
		program(t, name)
	}
	// Not t.TempDir: Wine leaves links in it that point at other folders.
	dir, err := os.MkdirTemp("", "wine")
	if err != nil {
		t.Fatal(err)
	}
	p := &Prefix{dir: dir}
	if err := os.Mkdir(filepath.Join(dir, "prefix"), 0o700); err != nil {
		t.Fatal(err)
	}
	p.env = append(os.Environ(), "WINEPREFIX="+filepath.Join(dir, "prefix"), "HOME="+dir, "TMPDIR="+dir, "WINEARCH=win64", "WINEDEBUG=-all", "WINEDLLOVERRIDES=mscoree,mshtml=", "DISPLAY=", "MIANDAN_ON_WINE=1")
	t.Cleanup(func() { // the last to run: what is running there is ended first
		os.RemoveAll(dir)
	})
	t.Cleanup(func() { p.command(context.Background(), "wineserver", "-k").Run() })
	p.run(t, "wineserver", "-p") // or it would end, and start anew with each program
	p.run(t, "wine", "wineboot", "--init")
	p.addRandom(t)
	return p
}

// addRandom gives an old Wine the library from which Go's programs take their
// random numbers, which came with Wine 9. It hands on to an older call.
func (p *Prefix) addRandom(t testing.TB) {
	t.Helper()
	dll := filepath.Join(p.dir, "prefix/drive_c/windows/system32/bcryptprimitives.dll")
	if _, err := os.Stat(dll); err == nil {
		return
	}
	dlltool, ld := program(t, "x86_64-w64-mingw32-dlltool"), program(t, "x86_64-w64-mingw32-ld")
	def, exports := filepath.Join(p.dir, "random.def"), filepath.Join(p.dir, "random.o")
	if err := os.WriteFile(def, []byte("LIBRARY bcryptprimitives.dll\nEXPORTS\n  ProcessPrng = advapi32.SystemFunction036\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.run(t, dlltool, "-d", def, "-e", exports, "-D", "bcryptprimitives.dll")
	p.run(t, ld, "-shared", "--entry=0", "-o", dll, exports)
}

// Restart ends everything that runs, services too, and begins anew.
func (p *Prefix) Restart(t testing.TB) {
	t.Helper()
	p.run(t, "wineserver", "-k", "-w")
	p.run(t, "wineserver", "-p")
}

// Folder is a folder of this machine for a program's files; Path is how it is
// called there.
func (p *Prefix) Folder() string { return p.dir }

// Path is what a file of this machine is called in the Windows.
func (p *Prefix) Path(file string) string { return `Z:` + strings.ReplaceAll(file, "/", `\`) }

// Build compiles a package of this module for Windows: as a test program, or
// else as what it is.
func (p *Prefix) Build(t testing.TB, pkg string, test bool) string {
	t.Helper()
	exe := filepath.Join(p.dir, filepath.Base(pkg)+".exe")
	args := []string{"build", "-o", exe, pkg}
	if test {
		args = []string{"test", "-c", "-o", exe, pkg}
	}
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %v: %v\n%s", args, err, out)
	}
	return exe
}

// longest is how long a program may take of which nothing else is said.
const longest = 6 * time.Minute

// Run runs a program with more environment variables and returns what it wrote.
func (p *Prefix) Run(t testing.TB, env []string, exe string, args ...string) (string, error) {
	t.Helper()
	return p.RunWithin(t, longest, env, exe, args...)
}

// RunWithin is Run with another limit.
func (p *Prefix) RunWithin(t testing.TB, limit time.Duration, env []string, exe string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	return p.output(p.command(ctx, "wine", append([]string{exe}, args...)...), env)
}

func (p *Prefix) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env, cmd.Dir = p.env, p.dir
	return cmd
}

// output runs a command into a file: on a pipe Wine's helpers, which outlive it,
// would be waited for too.
func (p *Prefix) output(cmd *exec.Cmd, env []string) (string, error) {
	f, err := os.CreateTemp(p.dir, "output")
	if err != nil {
		return "", err
	}
	defer f.Close()
	cmd.Env = append(cmd.Env, env...)
	cmd.Stdout, cmd.Stderr = f, f
	err = cmd.Run()
	text, readErr := os.ReadFile(f.Name())
	if err == nil {
		err = readErr
	}
	return string(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))), err
}

func (p *Prefix) run(t testing.TB, name string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), longest)
	defer cancel()
	if out, err := p.output(p.command(ctx, name, args...), nil); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

// program returns the path of a program that a test needs.
func program(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	missing := fmt.Sprintf("%s is not installed", name)
	if os.Getenv("MIANDAN_CI") == "1" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}
