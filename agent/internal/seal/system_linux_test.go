package seal

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestSystemStore runs this test binary again under a session bus with a real
// gnome-keyring on it.
func TestSystemStore(t *testing.T) {
	if os.Getenv("MIANDAN_TEST_KEYRING") != "" {
		testSystemStore(t)
		return
	}
	for _, program := range []string{"dbus-run-session", "dbus-send", "gnome-keyring-daemon"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("MIANDAN_CI") == "1" {
				t.Fatalf("%s is not installed", program)
			}
			t.Skipf("%s is not installed", program)
		}
	}
	home := t.TempDir()
	// Whoever asked before the daemon has its name would have the bus start another one,
	// which is locked, and outlives all of this.
	cmd := exec.Command("dbus-run-session", "--", "sh", "-c", `
		echo password | gnome-keyring-daemon --unlock --foreground --components=secrets >/dev/null &
		daemon=$!
		trap 'kill $daemon' EXIT
		until dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets | grep -q true; do
			kill -0 $daemon || exit
			sleep 0.1
		done
		"$0" -test.run '^TestSystemStore$' -test.v`, os.Args[0])
	cmd.WaitDelay = time.Minute
	cmd.Env = append(os.Environ(), "MIANDAN_TEST_KEYRING=1", KeysEnv+"=",
		"HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_DATA_HOME="+home, "XDG_RUNTIME_DIR="+home)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func testSystemStore(t *testing.T) {
	data := t.TempDir()
	ks, err := OpenKeystore(data)
	if err != nil || ks.Kind() != "system" {
		t.Fatalf("OpenKeystore = %v, %v, want the system's", ks, err)
	}
	_, wrapped, err := mustOpen(t, ks, data, false).NewKey()
	if err != nil {
		t.Fatal(err)
	}
	s := mustOpen(t, ks, data, true)
	if _, err := s.Unwrap(wrapped); err != nil {
		t.Errorf("Unwrap after a restart: %v", err)
	}
	if err := s.SetBootCount(1); err != nil {
		t.Errorf("SetBootCount: %v", err)
	}
	other, err := OpenKeystore(filepath.Join(data, "other"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Get(kekName); !errors.Is(err, ErrNotFound) {
		t.Errorf("another data folder sees this one's key: %v", err)
	}
	if err := ks.Delete(kekName); err != nil {
		t.Fatal(err)
	}
	if err := ks.Delete(kekName); err != nil {
		t.Errorf("deleting twice: %v", err)
	}
	if _, err := Open(ks, data, true); !errors.Is(err, ErrKeyMissing) {
		t.Errorf("Open without the key = %v, want ErrKeyMissing", err)
	}
}

func TestWithoutABusTheSystemIsLeftAlone(t *testing.T) {
	empty := t.TempDir()
	bus := t.TempDir()
	if err := os.WriteFile(filepath.Join(bus, "bus"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, address, runtime string
		want                   bool
	}{
		{"nothing set", "", "", false},
		{"a folder without a bus", "", empty, false},
		{"a folder with a bus", "", bus, true},
		{"an address", "unix:path=/nowhere", "", true},
		{"an address that starts a daemon", "autolaunch:", "", false},
	} {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", c.address)
		t.Setenv("XDG_RUNTIME_DIR", c.runtime)
		if got := busReachable(); got != c.want {
			t.Errorf("%s: busReachable = %v, want %v", c.name, got, c.want)
		}
	}
}
