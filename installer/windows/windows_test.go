package windows

import (
	"bytes"
	"debug/pe"
	"image"
	"image/color"
	_ "image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// buildWindowed compiles the small program; it is quick, and a real one.
func buildWindowed(t *testing.T) string {
	t.Helper()
	exe := filepath.Join(t.TempDir(), "miandanw.exe")
	compile(t, "miandan/installer/windows/miandanw", exe, "-s -w -buildid= -H windowsgui")
	return exe
}

func compile(t *testing.T, pkg, exe, ldflags string) {
	t.Helper()
	needs(t, "go")
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags="+ldflags, "-o", exe, pkg)
	cmd.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// TestResources has another's reader find what was added.
func TestResources(t *testing.T) {
	exe := buildWindowed(t)
	before, err := pe.Open(exe)
	if err != nil {
		t.Fatal(err)
	}
	before.Close()
	if err := AddResources(exe, About{"1.2.3", "面单 Miandan", "miandanw.exe"}); err != nil {
		t.Fatal(err)
	}
	f, err := pe.Open(exe)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if len(f.Sections) != len(before.Sections)+1 || f.Section(".rsrc") == nil {
		t.Error("there is no section for resources")
	}
	if got := f.OptionalHeader.(*pe.OptionalHeader64).Subsystem; got != pe.IMAGE_SUBSYSTEM_WINDOWS_GUI {
		t.Errorf("subsystem %d opens a console", got)
	}
	if AddResources(exe, About{"1.2.3", "x", "x.exe"}) == nil {
		t.Error("resources are added twice")
	}
	needs(t, "wrestool")
	list := output(t, "wrestool", "-l", exe)
	for _, kind := range []string{"type=3 --name=8", "type=14 --name=1", "type=16 --name=1", "type=24 --name=1"} {
		if !strings.Contains(list, kind) {
			t.Errorf("no %s in\n%s", kind, list)
		}
	}
	if got := output(t, "wrestool", "-x", "--raw", "-t", "24", exe); got != string(manifest) {
		t.Errorf("manifest: %q", got)
	}
	version := output(t, "wrestool", "-x", "--raw", "-t", "16", exe)
	for _, want := range []string{"面单 Miandan", "1.2.3", "miandanw.exe"} {
		if !strings.Contains(version, string(utf16le(want))) {
			t.Errorf("no %q in the version", want)
		}
	}
}

// TestICO has another's reader take the icon apart: its colours are not swapped.
func TestICO(t *testing.T) {
	needs(t, "icotool")
	file := filepath.Join(t.TempDir(), "miandan.ico")
	if err := os.WriteFile(file, ICO(), 0o600); err != nil {
		t.Fatal(err)
	}
	picture := output(t, "icotool", "-x", "-w", "32", "-o", "-", file)
	m, _, err := image.Decode(bytes.NewReader([]byte(picture)))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := color.NRGBAModel.Convert(m.At(4, 16)), (color.NRGBA{0x1c, 0x5d, 0x99, 0xff}); got != want {
		t.Errorf("the ground is %v, want %v", got, want)
	}
}

func TestVersions(t *testing.T) {
	for _, v := range []string{"1.2", "1.2.3.4", "v1.2.3", "256.0.0", "1.02.3", "1.2.65536", "-1.2.3", ""} {
		if _, err := numbers(v); err == nil {
			t.Errorf("version %q is taken", v)
		}
	}
}

// TestMSI reads the package with another's tools, and makes it twice.
func TestMSI(t *testing.T) {
	for _, name := range []string{"wixl", "msibuild", "msiinfo"} {
		needs(t, name)
	}
	dir := t.TempDir()
	for _, name := range Payload {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	at := time.Unix(1700000000, 0)
	a, b := filepath.Join(dir, "a.msi"), filepath.Join(dir, "b.msi")
	for _, out := range []string{a, b} {
		if err := MSI(Package{"1.2.3", dir, at}, out); err != nil {
			t.Fatal(err)
		}
	}
	if read(t, a) != read(t, b) {
		t.Error("two packages of the same files differ")
	}
	d := database{path: a}
	for _, c := range []struct{ table, key, column, want string }{
		{"InstallExecuteSequence", "RemoveExistingProducts", "Sequence", "1510"},
		{"InstallExecuteSequence", "StartServices", "Condition", `VersionNT AND MODE="service"`},
		{"ServiceInstall", "Agent", "StartName", `NT SERVICE\Miandan`},
		{"Shortcut", "StartMenu", "Name", "MIANDAN|面单 Miandan"},
		{"Property", "ProductVersion", "Value", "1.2.3"},
		{"CustomAction", "Prepare", "Type", "3106"},
	} {
		table, err := d.read(c.table)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, row := range table.rows {
			if row[0] == c.key {
				found = true
				for i, column := range table.columns {
					if column == c.column && row[i] != c.want {
						t.Errorf("%s %s %s is %q, want %q", c.table, c.key, c.column, row[i], c.want)
					}
				}
			}
		}
		if !found {
			t.Errorf("%s has no %s", c.table, c.key)
		}
	}
}

func utf16le(s string) []byte {
	var b []byte
	for _, r := range s {
		b = append(b, byte(r), byte(r>>8))
	}
	return b
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
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
	var said bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, said.Bytes())
	}
	return string(out)
}
