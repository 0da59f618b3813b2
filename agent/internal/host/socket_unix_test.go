//go:build !windows

package host

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSocketPath(t *testing.T) {
	for _, c := range []struct {
		name string
		dir  string
		near bool
	}{
		{"a short path", "s", true},
		{"a path too long for a socket", strings.Repeat("long/", 25), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			root, err := os.MkdirTemp("", "mds")
			if err != nil {
				t.Fatal(err)
			}
			defer os.RemoveAll(root)
			data := filepath.Join(root, filepath.FromSlash(c.dir))
			if err := MakeFolder(data); err != nil {
				t.Fatal(err)
			}
			var last string
			for range 2 { // the second time after a crash
				path, err := MakeSocketPath(data)
				if err != nil {
					t.Fatal(err)
				}
				if near := filepath.Dir(path) == data; near != c.near {
					t.Errorf("MakeSocketPath = %q", path)
				}
				l, err := net.Listen("unix", path)
				if err != nil {
					t.Fatalf("listen: %v", err)
				}
				l.(*net.UnixListener).SetUnlinkOnClose(c.near)
				l.Close()
				if found, err := SocketPath(data); err != nil || found != path {
					t.Errorf("SocketPath = %q, %v, want %q", found, err, path)
				}
				if last != "" && !c.near {
					if _, err := os.Stat(filepath.Dir(last)); !errors.Is(err, os.ErrNotExist) {
						t.Errorf("%s was left behind: %v", last, err)
					}
				}
				last = path
			}
			if !c.near {
				os.RemoveAll(filepath.Dir(last))
			}
		})
	}
}
