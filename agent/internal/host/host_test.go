package host

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/notice"
)

// TestMain lets the test binary be the other agent: it takes the lock of the
// folder that MIANDAN_TEST_LOCK names and waits to be killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv("MIANDAN_TEST_LOCK"); dir != "" {
		if _, err := TakeLock(dir); err != nil {
			os.Stdout.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		os.Stdout.WriteString("locked\n")
		time.Sleep(time.Hour) // without cgo the runtime ends a program that waits for nothing
	}
	os.Exit(m.Run())
}

func otherAgent(t *testing.T, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "MIANDAN_TEST_LOCK="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if line != "locked\n" {
		t.Fatalf("the other process says %q, %v", line, err)
	}
	return cmd
}

func TestLock(t *testing.T) {
	dir := t.TempDir()
	if _, running, err := Running(dir); running || err != nil {
		t.Fatalf("Running in a new folder = %v, %v", running, err)
	}
	other := otherAgent(t, dir)
	_, err := TakeLock(dir)
	var n *notice.Error
	if !errors.As(err, &n) || n.Code != "second-instance" || !errors.Is(err, ErrRunning) {
		t.Fatalf("TakeLock while another has it = %v, want second-instance", err)
	}
	if text := n.Text(notice.English); !strings.Contains(text, strconv.Itoa(other.Process.Pid)) {
		t.Errorf("%q does not name process %d", text, other.Process.Pid)
	}
	if h, running, err := Running(dir); !running || err != nil || h.PID != other.Process.Pid || h.Since.IsZero() {
		t.Errorf("Running = %+v, %v, %v; want process %d", h, running, err, other.Process.Pid)
	}

	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	other.Wait()
	l, err := TakeLock(dir)
	if err != nil {
		t.Fatalf("TakeLock after the other was killed = %v", err)
	}
	if _, err := TakeLock(dir); !errors.Is(err, ErrRunning) {
		t.Errorf("TakeLock twice in one process = %v, want ErrRunning", err)
	}
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
	if _, running, err := Running(dir); running || err != nil {
		t.Errorf("Running after Release = %v, %v", running, err)
	}
}

func TestAtomicWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	for _, text := range []string{"first", "second, longer", ""} {
		if err := AtomicWrite(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(path); err != nil || string(b) != text {
			t.Errorf("the file holds %q, %v, want %q", b, err, text)
		}
	}
	if runtime.GOOS != "windows" {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode = %v, %v, want 0600", info.Mode(), err)
		}
	}
	if err := AtomicWrite(filepath.Join(dir, "none", "f"), nil, 0o600); err == nil {
		t.Error("a file in a folder that does not exist was written")
	}
	// The target is a folder with something in it: the rename fails last, and
	// nothing may be left of the attempt.
	if err := os.MkdirAll(filepath.Join(dir, "full", "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := AtomicWrite(filepath.Join(dir, "full"), []byte("x"), 0o600); err == nil {
		t.Error("a folder was replaced by a file")
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".new-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestDataFolder(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(DataEnv, filepath.Join(here, "env"))
	if got, err := DataFolder("flag"); err != nil || got != filepath.Join(here, "flag") {
		t.Errorf("DataFolder(flag) = %q, %v", got, err)
	}
	if got, err := DataFolder(""); err != nil || got != filepath.Join(here, "env") {
		t.Errorf("DataFolder by %s = %q, %v", DataEnv, got, err)
	}
	t.Setenv(DataEnv, "")
	if got, err := DataFolder(""); err != nil || !filepath.IsAbs(got) || !strings.Contains(strings.ToLower(got), "miandan") {
		t.Errorf("DataFolder of this user = %q, %v", got, err)
	}
}

func TestFolderModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("file modes: Windows has none")
	}
	dir := filepath.Join(t.TempDir(), "a", "b")
	if err := MakeFolder(dir); err != nil {
		t.Fatal(err)
	}
	if err := CheckFolder(dir); err != nil {
		t.Errorf("CheckFolder of a new folder = %v", err)
	}
	if err := os.Chmod(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	var n *notice.Error
	if err := CheckFolder(dir); !errors.As(err, &n) || n.Code != "data-folder-open" || !strings.Contains(n.Text(notice.English), "0750") {
		t.Errorf("CheckFolder of an open folder = %v, want data-folder-open with 0750", err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := MakeFolder(filepath.Join(file, "c")); notice.CodeOf(err) != "data-folder-failed" {
		t.Errorf("MakeFolder under a file = %v, want data-folder-failed", err)
	}
}

func TestFreeSpace(t *testing.T) {
	if free, err := FreeSpace(t.TempDir()); err != nil || free == 0 {
		t.Errorf("FreeSpace = %d, %v", free, err)
	}
	if _, err := FreeSpace(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("FreeSpace of no folder gave no error")
	}
}
