package api

import (
	"net"
	"os"
	"path/filepath"
	"testing"
)

func TestIdentify(t *testing.T) {
	l, err := ListenLocal(filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		if c, err := net.Dial("unix", l.Addr().String()); err == nil {
			defer c.Close()
			c.Read(make([]byte, 1))
		}
	}()
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if got := identify(c); got != (peer{admin: true}) {
		t.Errorf("the same account is %+v", got)
	}
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	if got := identify(a); got.admin || got.user == "" {
		t.Errorf("a line that the system says nothing of is %+v", got)
	}
}

func TestKnown(t *testing.T) {
	own := uint32(os.Getuid()) + 70000
	if got := known(0, own); got != (peer{user: "root", admin: true}) {
		t.Errorf("root is %+v", got)
	}
	if got := known(own+1, own); got.admin || got.user == "" {
		t.Errorf("another user is %+v", got)
	}
	if got := (caller{channel: local, peer: known(0, own)}).who("somebody"); got != "local:root" {
		t.Errorf("root calls itself %q", got)
	}
	if got := (caller{channel: local, peer: peer{admin: true}}).who("somebody"); got != "local:somebody" {
		t.Errorf("the agent's own account calls itself %q", got)
	}
}
