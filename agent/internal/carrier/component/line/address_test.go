package line

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

var form = Form{Scheme: "demo-component", Port: "9", SecurePort: "10", Path: "/at/printer", Settings: []string{"own"}}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, url string
		target    string // empty: refused
	}{
		{"plain", "demo-component:///HPRT R42D", "ws://127.0.0.1:9/at/printer"},
		{"TLS has a port of its own", "demo-component:///P?tls=yes", "wss://127.0.0.1:10/at/printer"},
		{"TLS elsewhere", "demo-component://[::1]:7/P?tls=yes", "wss://[::1]:7/at/printer"},
		{"a setting of its own", "demo-component:///P?own=x", "ws://127.0.0.1:9/at/printer"},
		{"another's setting", "demo-component:///P?other=x", ""},
		{"another computer", "demo-component://10.0.0.9/P", ""},
		{"another computer, allowed", "demo-component://10.0.0.9/P?remote=allowed", "ws://10.0.0.9:9/at/printer"},
		{"mapped to another computer", "demo-component://[::ffff:10.0.0.1]/P", ""},
		{"another scheme", "jd-component:///P", ""},
	} {
		u, err := url.Parse(c.url)
		if err != nil {
			t.Fatal(err)
		}
		got, query, err := form.Parse(u)
		switch {
		case c.target == "" && err == nil:
			t.Errorf("%s: not refused", c.name)
		case c.target != "" && (err != nil || got.Target != c.target || got.Patience != DefaultPatience):
			t.Errorf("%s: Parse = %+v, %v", c.name, got, err)
		case strings.Contains(c.url, "own=x") && query.Get("own") != "x":
			t.Errorf("%s: the setting is lost", c.name)
		}
	}
}

// FuzzAddress reads a printer's URL from the settings: without remote=allowed
// none leads off this computer.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{
		"demo-component://127.0.0.1:9113/HPRT R42D", "demo-component:///P?own=3&patience=60s&tls=yes", "demo-component://10.0.0.1/P", "demo-component://[::1]:1/P",
		"demo-component://[::ffff:10.0.0.1]/P", "demo-component://localhost/P?remote=allowed", "demo-component://127.0.0.1/P?patience=-1s",
		"demo-component://user:pw@127.0.0.1/P", "demo-component://127.0.0.1.evil.example/P", "demo-component://[::1%25lo]/P", "demo-component://2130706433/P", "demo-component:opaque",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, address string) {
		u, err := url.Parse(address)
		if err != nil {
			return
		}
		a, _, err := form.Parse(u)
		if err != nil {
			return
		}
		to, err := url.Parse(a.Target)
		if err != nil || a.Printer == "" || a.Patience <= 0 || to.Path != form.Path {
			t.Fatalf("%q leads to %+v", address, a)
		}
		ip, err := netip.ParseAddr(to.Hostname())
		if !a.Remote && to.Hostname() != "localhost" && (err != nil || !ip.Unmap().IsLoopback()) {
			t.Errorf("%q leads to %s", address, to.Host)
		}
	})
}

func TestDial(t *testing.T) {
	page := httptest.NewServer(http.NotFoundHandler())
	defer page.Close()
	away := httptest.NewServer(http.RedirectHandler("http://192.0.2.1/", http.StatusFound))
	defer away.Close()
	for name, a := range map[string]Address{
		"nobody listens":      {Target: "ws://127.0.0.1:1"},
		"no WebSocket server": {Target: "ws://" + page.Listener.Addr().String()},
		"sent elsewhere":      {Target: "ws://" + away.Listener.Addr().String()},
	} {
		if _, err := a.Dial(t.Context()); !errors.Is(err, ErrOff) || strings.Contains(err.Error(), "://") {
			t.Errorf("%s: Dial = %v", name, err)
		}
	}
	// A name that was taken for this computer and is another's.
	if _, err := (Address{Target: "ws://192.0.2.1:9"}).Dial(t.Context()); !errors.Is(err, ErrNotLocal) {
		t.Errorf("Dial = %v, want %v", err, ErrNotLocal)
	}
}

// TestWhoHears has one frame carry the keys of two requests, of which one stands
// in it twice.
func TestWhoHears(t *testing.T) {
	asked := make(chan struct{})
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer ws.CloseNow()
		<-asked
		for _, frame := range []string{`{"requestID":"A","taskID":"A"}`, `{"requestID":"B","taskId":"A"}`, `{"taskID":"C"}`, `[]`, `{"key":"B"}`} {
			ws.Write(context.Background(), websocket.MessageText, []byte(frame))
		}
		ws.Read(context.Background())
	}))
	defer h.Close()
	line, err := Address{Target: "ws://" + h.Listener.Addr().String()}.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer line.Close()
	a, b := make(chan []byte, 8), make(chan []byte, 8)
	line.Hear(a, "A")
	line.Hear(b, "B")
	close(asked)
	for _, want := range []struct {
		c     <-chan []byte
		frame string
	}{{a, `{"requestID":"A","taskID":"A"}`}, {a, `{"requestID":"B","taskId":"A"}`}, {b, `{"requestID":"B","taskId":"A"}`}, {b, `{"key":"B"}`}} {
		if got, err := line.Wait(t.Context(), want.c); err != nil || string(got) != want.frame {
			t.Errorf("heard %s, %v, want %s", got, err, want.frame)
		}
	}
	line.Forget("A")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if got, err := line.Wait(ctx, a); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("heard besides: %s, %v", got, err)
	}
}
