package tcp

import (
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"testing"
	"time"
)

func TestOpen(t *testing.T) {
	for _, r := range []struct {
		url, want string // "" for an error
	}{
		{"tcp://10.0.0.9:9101", "10.0.0.9:9101"},
		{"tcp://10.0.0.9", "10.0.0.9:9100"},
		{"tcp://packing-3.local:9100/", "packing-3.local:9100"},
		{"tcp://[fe80::1]:9100", "[fe80::1]:9100"},
		{"tcp://[::1]", "[::1]:9100"},
		{"tcp://", ""},
		{"tcp://:9100", ""},
		{"tcp://user:word@10.0.0.9", ""},
		{"tcp://10.0.0.9/queue", ""},
		{"tcp://10.0.0.9?x=1", ""},
	} {
		u, err := url.Parse(r.url)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Open(u)
		switch {
		case r.want == "" && err == nil:
			t.Errorf("Open(%s) = %v, want an error", r.url, got)
		case r.want != "" && (err != nil || got != Transport{Address: r.want}):
			t.Errorf("Open(%s) = %v, %v, want %s", r.url, got, err, r.want)
		}
	}
}

// pair returns both ends of a connection over loopback.
func pair(t *testing.T) (*conn, *net.TCPConn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	c, err := Transport{Address: listener.Addr().String()}.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	far, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { far.Close() })
	return c.(*conn), far.(*net.TCPConn)
}

// A status byte that nobody read turns a plain close into a reset, which takes
// the end of the label with it.
func TestCloseLetsTheLabelLeave(t *testing.T) {
	near, far := pair(t)
	if _, err := far.Write([]byte{0x14, 0, 0, 0}); err != nil {
		t.Fatal(err)
	}
	label := make([]byte, 300<<10)
	got := make(chan int, 1)
	go func() {
		time.Sleep(20 * time.Millisecond) // a printer is slower than the wire
		n, err := io.Copy(io.Discard, far)
		if err != nil {
			t.Errorf("the printer's end: %v", err)
		}
		far.Close()
		got <- int(n)
	}()
	if _, err := near.Write(label); err != nil {
		t.Fatal(err)
	}
	if err := near.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if n := <-got; n != len(label) {
		t.Errorf("%d of %d bytes arrived", n, len(label))
	}
}

func TestClose(t *testing.T) {
	t.Run("waits no longer than the deadline", func(t *testing.T) {
		// One that waits for more does so every time, a busy machine now and then.
		var took time.Duration
		for range 5 {
			near, _ := pair(t)
			began := time.Now()
			near.SetDeadline(began.Add(50 * time.Millisecond))
			if err := near.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
			if took = time.Since(began); took < linger/2 {
				break
			}
		}
		if took < 40*time.Millisecond || took >= linger/2 {
			t.Errorf("Close took %v, want 50 ms", took)
		}
	})
	t.Run("waits for nothing after it", func(t *testing.T) {
		var took time.Duration
		for range 5 {
			near, _ := pair(t)
			near.SetDeadline(time.Unix(1, 0))
			began := time.Now()
			if err := near.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
			if took = time.Since(began); took < linger/2 {
				break
			}
		}
		if took >= linger/2 {
			t.Errorf("Close took %v", took)
		}
	})
	t.Run("reports a reset", func(t *testing.T) {
		if os.Getenv("MIANDAN_ON_WINE") != "" {
			t.Skip("Wine ends a connection where Windows resets it")
		}
		near, far := pair(t)
		if _, err := near.Write([]byte("label")); err != nil {
			t.Fatal(err)
		}
		far.SetLinger(0)
		far.Close()
		near.SetDeadline(time.Now().Add(time.Minute))
		if err := near.Close(); err == nil {
			t.Error("Close after a reset gave no error")
		}
	})
}

func TestReadDeadline(t *testing.T) {
	near, _ := pair(t)
	defer near.Close()
	near.SetDeadline(time.Unix(1, 0))
	if _, err := near.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("Read = %v, want %v", err, os.ErrDeadlineExceeded)
	}
	if n, err := near.Write([]byte("x")); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("Write = %d, %v, want %v", n, err, os.ErrDeadlineExceeded)
	}
}
