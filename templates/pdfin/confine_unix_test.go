//go:build unix

package pdfin_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"miandan/templates/pdfin"
)

// escape tries what a document that has taken its reader over would try, and
// writes what it came to.
func escape() {
	if err := pdfin.Confine(64<<20, time.Second); err != nil {
		fmt.Println("confine:", err)
		return
	}
	_, err := os.ReadFile("/etc/hosts")
	fmt.Println("read a file:", err != nil)
	_, err = os.ReadDir("/")
	fmt.Println("read a folder:", err != nil)
	fmt.Println("write a file:", os.WriteFile(filepath.Join(os.TempDir(), "pdfin-escape"), []byte("x"), 0o600) != nil)
	fmt.Println("start a program:", exec.Command("/bin/true").Run() != nil)
	for _, network := range []string{"tcp", "udp", "unix"} {
		conn, err := net.Dial(network, map[string]string{"tcp": "127.0.0.1:1", "udp": "127.0.0.1:53", "unix": "/run/dbus/system_bus_socket"}[network])
		fmt.Println(network+":", err != nil && conn == nil && strings.Contains(err.Error(), "too many open files"))
	}
	_, err = net.Listen("tcp", "127.0.0.1:0")
	fmt.Println("listen:", err != nil)
}

// TestConfined proves that a child can open, write, start and connect nothing.
func TestConfined(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, escapeCommand)
	cmd.Env = []string{}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got, want := strings.Count(string(out), ": true\n"), 8; got != want || strings.Contains(string(out), "false") {
		t.Errorf("%d of %d ways out are closed:\n%s", got, want, out)
	}
}

// TestFoldersOfOthers refuses to run code from a folder that others can write to.
func TestFoldersOfOthers(t *testing.T) {
	good := onePage(box(100, 150), "", "0 0 10 10 re f")
	open := filepath.Join(t.TempDir(), "open")
	if err := os.Mkdir(open, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o770); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(shared.Cache, link); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{open, link, "/dev/null/cache"} {
		_, err := (&pdfin.Reader{Cache: folder}).Open(t.Context(), good)
		if err == nil || !strings.Contains(err.Error(), "cache folder") {
			t.Errorf("%s: %v", folder, err)
		}
	}
	if entries, err := os.ReadDir(open); err != nil || len(entries) > 0 {
		t.Errorf("%d files in a folder of others, %v", len(entries), err)
	}
}
