package linux

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var inRoot = flag.Bool("debian", false, "install the package with the real program in a clean Debian, which takes some minutes and root")

func example(t *testing.T, program string) Package {
	if program == "" {
		program = filepath.Join(t.TempDir(), "miandan")
		if err := os.WriteFile(program, []byte("#!/bin/sh\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return Package{Version: "1.2.3", Arch: "amd64", Program: program, License: "../../LICENSE", Time: time.Unix(1700000000, 0)}
}

func write(t *testing.T, p Package) string {
	t.Helper()
	var a, b bytes.Buffer
	if err := Deb(p, &a); err != nil {
		t.Fatal(err)
	}
	if err := Deb(p, &b); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("two packages of the same files differ")
	}
	file := filepath.Join(t.TempDir(), "miandan.deb")
	if err := os.WriteFile(file, a.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestDeb has dpkg read the package.
func TestDeb(t *testing.T) {
	needs(t, "dpkg-deb")
	deb := write(t, example(t, ""))
	info := output(t, "dpkg-deb", "--info", deb)
	for _, want := range []string{"Package: miandan", "Version: 1.2.3", "Architecture: amd64", "postinst", "conffiles"} {
		if !strings.Contains(info, want) {
			t.Errorf("dpkg sees no %q in\n%s", want, info)
		}
	}
	root := t.TempDir()
	output(t, "dpkg-deb", "--extract", deb, root)
	for path, mode := range map[string]os.FileMode{
		"usr/bin/miandan": 0o755, "usr/share/applications/miandan.desktop": 0o644, "etc/xdg/autostart/miandan.desktop": 0o644,
		"usr/lib/udev/rules.d/60-miandan.rules": 0o644, "usr/lib/systemd/system/miandan.service": 0o644,
		"usr/share/icons/hicolor/48x48/apps/miandan.png": 0o644, "usr/share/doc/miandan/copyright": 0o644,
	} {
		info, err := os.Stat(filepath.Join(root, path))
		if err != nil {
			t.Error(err)
		} else if info.Mode().Perm() != mode {
			t.Errorf("%s has mode %v, want %v", path, info.Mode().Perm(), mode)
		}
	}
	scripts := t.TempDir()
	output(t, "dpkg-deb", "--control", deb, scripts)
	for _, name := range []string{"postinst", "prerm", "postrm"} {
		output(t, "sh", "-n", filepath.Join(scripts, name))
	}
}

// TestInDebian installs the package in a Debian that has nothing else, prints a
// label there, and purges it.
func TestInDebian(t *testing.T) {
	if !*inRoot {
		t.Skip("not asked for by -debian")
	}
	needs(t, "mmdebstrap")
	if os.Geteuid() != 0 {
		t.Skip("only root may change its root")
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "miandan")
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-o", program, "miandan/agent")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	deb := write(t, example(t, program))

	root := filepath.Join(dir, "root")
	t.Cleanup(func() {
		exec.Command("umount", filepath.Join(root, "proc")).Run()
		os.RemoveAll(root)
	})
	output(t, "mmdebstrap", "--variant=minbase", "bookworm", root, mirror(t))
	// It has the program made for it, and nothing of this computer's but proc.
	output(t, "mount", "-t", "proc", "proc", filepath.Join(root, "proc"))
	before := list(t, root)
	output(t, "cp", deb, filepath.Join(root, "tmp/miandan.deb"))
	in := func(args ...string) string { return output(t, "chroot", append([]string{root}, args...)...) }
	in("dpkg", "-i", "/tmp/miandan.deb")
	if got := in("miandan", "version"); !strings.HasPrefix(got, "miandan ") {
		t.Errorf("version: %s", got)
	}
	in("sh", "-c", "cd /tmp && timeout 120 miandan demo --once --orders 1")
	if labels, _ := filepath.Glob(filepath.Join(root, "tmp/demo-out/*.png")); len(labels) != 1 {
		t.Errorf("the demo left %d labels", len(labels))
	}
	if got := in("id", "-un", "miandan"); strings.TrimSpace(got) != "miandan" {
		t.Errorf("account: %s", got)
	}
	in("mkdir", "-p", "/var/lib/miandan/data", "/etc/miandan")
	in("dpkg", "-i", "/tmp/miandan.deb") // once more, over itself
	in("dpkg", "--purge", "miandan")
	if out, err := exec.Command("chroot", root, "id", "miandan").CombinedOutput(); err == nil {
		t.Errorf("the account is still there: %s", out)
	}
	for path := range list(t, root) {
		if !before[path] && !passing(path) {
			t.Errorf("purging leaves %s", path)
		}
	}
}

// passing reports whether a file is not the package's: what the test put there
// and what dpkg and the list of accounts keep of earlier states.
func passing(path string) bool {
	for _, p := range []string{"/tmp/", "/var/lib/dpkg/", "/var/log/", "/etc/passwd-", "/etc/group-", "/etc/shadow-", "/etc/gshadow-", "/etc/subuid-", "/etc/subgid-", "/etc/.pwd.lock", "/root/"} {
		if strings.HasPrefix(path, p) {
			return true
		}
	}
	return false
}

// list are all files of a root but those of the kernel.
func list(t *testing.T, root string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, line := range strings.Split(output(t, "find", root, "-xdev", "-not", "-path", root+"/proc/*"), "\n") {
		found[strings.TrimPrefix(line, root)] = true
	}
	return found
}

// mirror is where this computer's own packages come from.
func mirror(t *testing.T) string {
	t.Helper()
	out := output(t, "sh", "-c", `apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' | awk '$2 == "bookworm" { print $1; exit }'`)
	if strings.TrimSpace(out) == "" {
		t.Fatal("this computer has no source of Debian 12")
	}
	return strings.TrimSpace(out)
}

func needs(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err == nil {
		return
	}
	if os.Getenv("MIANDAN_CI") == "1" {
		t.Fatalf("%s is not installed", name)
	}
	t.Skipf("%s is not installed", name)
}

func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command("timeout", append([]string{"600", name}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "MIANDAN_KEYS=", "HOME=/root")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}
