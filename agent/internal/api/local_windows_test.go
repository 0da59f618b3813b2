package api

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/windows"
)

func TestPipe(t *testing.T) {
	const path = `\\.\pipe\Miandan-test-pipe`
	l, err := ListenLocal(path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if second, err := ListenLocal(path); !errors.Is(err, ErrInUse) {
		if err == nil {
			second.Close()
		}
		t.Errorf("a second pipe of the name: %v", err)
	}
	seen := make(chan peer, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		if _, err := io.ReadFull(c, make([]byte, 1)); err == nil {
			seen <- identify(c)
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c, err := dialLocal(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetReadDeadline(time.Now()); err != nil {
		t.Fatal(err)
	}
	var late net.Error
	if _, err := c.Read(make([]byte, 1)); !errors.As(err, &late) || !late.Timeout() {
		t.Errorf("too late for an answer: %v", err)
	}
	if _, err := c.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	select {
	case got := <-seen:
		if got != (peer{admin: true}) {
			t.Errorf("the same account is %+v", got)
		}
	case <-ctx.Done():
		t.Error("nobody was identified")
	}
}

func TestPipeRights(t *testing.T) {
	for _, tt := range []struct {
		sid string
		all bool
	}{
		{"S-1-5-21-1-2-3-1001", false},
		{"S-1-5-18", true},
		{"S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464", true},
	} {
		sid, err := windows.StringToSid(tt.sid)
		if err != nil {
			t.Fatal(err)
		}
		rights := pipeRights(sid)
		if _, err := windows.SecurityDescriptorFromString(rights); err != nil {
			t.Errorf("%s: %v", rights, err)
		}
		if got := strings.Contains(rights, ";;;IU)"); got != tt.all {
			t.Errorf("of %s: %s lets in whoever works here: %v", tt.sid, rights, got)
		}
		if !strings.HasPrefix(rights, "O:"+tt.sid+"D:P(D;;FA;;;NU)") {
			t.Errorf("of %s: %s does not begin by keeping other computers out", tt.sid, rights)
		}
	}
	if pipeAccess&0x4 != 0 {
		t.Error("a client may make an instance of the pipe")
	}
}
