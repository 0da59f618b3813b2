package app_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"miandan/agent/internal/api"
	"miandan/agent/internal/host"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/pairing"
	"miandan/templates/pdfin"
	"miandan/templates/scene"
)

const (
	erpPage  = "https://erp.example.com"
	evilPage = "https://evil.example"
)

// freePort is one that nobody has now, and that no system gives to whoever wants any:
// until the agent has it, it stays free.
func freePort(t *testing.T) int {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 20_000+rand.IntN(12_000)))
		if err == nil {
			l.Close()
			return l.Addr().(*net.TCPAddr).Port
		}
	}
	t.Fatal("no port is free")
	return 0
}

// openCompat is a station with a protocol switched on, and its port.
func openCompat(t *testing.T, protocol, more string) (*station, int) {
	t.Helper()
	port := freePort(t)
	s := open(t, 1, func(settings string) string {
		return settings + fmt.Sprintf("\n[compat.%s]\nenabled = true\nport = %d\n%s\n", protocol, port, more)
	})
	return s, port
}

func (s *station) client(t *testing.T) *api.Client {
	t.Helper()
	socket, err := host.SocketPath(s.world.Data)
	if err != nil {
		t.Fatal(err)
	}
	return api.Local(socket, notice.English)
}

func (s *station) decide(t *testing.T, origin, answer string) {
	t.Helper()
	if _, err := s.client(t).AnswerCaller(t.Context(), api.CallerAnswer{Origin: origin, Answer: pairing.Answer(answer)}); err != nil {
		t.Fatal(err)
	}
}

func dialCompat(t *testing.T, port int, header http.Header) (*websocket.Conn, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c, r, err := websocket.Dial(ctx, fmt.Sprintf("ws://127.0.0.1:%d", port), &websocket.DialOptions{HTTPHeader: header})
	if err != nil {
		if r != nil {
			return nil, fmt.Errorf("%d", r.StatusCode)
		}
		return nil, err
	}
	c.SetReadLimit(8 << 20)
	t.Cleanup(func() { c.CloseNow() })
	return c, nil
}

// talk holds a conversation: lines that begin with > are said, with < are what must
// come back, to the byte.
func talk(t *testing.T, c *websocket.Conn, file string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		kind, text, _ := strings.Cut(lines.Text(), " ")
		switch kind {
		case ">":
			if err := c.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
				t.Fatalf("%s:%d: %v", file, n, err)
			}
		case "<":
			_, got, err := c.Read(ctx)
			if err != nil {
				t.Fatalf("%s:%d: %v", file, n, err)
			}
			if string(got) != text {
				t.Fatalf("%s:%d:\n got %s\nwant %s", file, n, got, text)
			}
		}
		cancel()
	}
}

// byPages counts the labels that pages have handed in.
func (s *station) byPages(t *testing.T) (n int) {
	t.Helper()
	for _, r := range s.rows(t) {
		if r.Order.Given() {
			n++
		}
	}
	return n
}

// came counts the labels with a number that came out.
func (s *station) came(number string) (n int) {
	for _, p := range s.world.Printer.Prints() {
		if pdfin.Check(p.Image, scene.DPI203, pdfin.Expected{Symbology: scene.Code128, Texts: []string{number}}) == nil {
			n++
		}
	}
	return n
}

func from(origin string) http.Header { return http.Header{"Origin": {origin}} }

// TestPagesOfCainiaoPrintHere holds whole conversations with the real agent: after one
// yes of a person the page is answered to the byte, and each label comes out once.
func TestPagesOfCainiaoPrintHere(t *testing.T) {
	for _, c := range []struct{ notices, file, number string }{{"0.x", "older", "TT0000000001"}, {"1.5", "newer", "TT0000000011"}} {
		t.Run(c.file, func(t *testing.T) {
			s, port := openCompat(t, "cainiao", "notices = \""+c.notices+"\"")
			s.decide(t, erpPage, "always")
			ws, err := dialCompat(t, port, from(erpPage))
			if err != nil {
				t.Fatal(err)
			}
			talk(t, ws, "../compat/cainiao/testdata/"+c.file+".txt")
			if n := s.came(c.number); n != 1 {
				t.Errorf("%s came out %d times, want once", c.number, n)
			}
			// It is the page's own job, and nobody else's.
			s.decide(t, evilPage, "always")
			other, err := dialCompat(t, port, from(evilPage))
			if err != nil {
				t.Fatal(err)
			}
			for _, q := range []string{`{"cmd":"getTaskStatus","requestID":"R","version":"1.0","taskID":["T1","N1"]}`, `{"cmd":"getDocumentStatus","requestID":"R","version":"1.0","documentIDs":["` + c.number + `"]}`} {
				if err := other.Write(t.Context(), websocket.MessageText, []byte(q)); err != nil {
					t.Fatal(err)
				}
				if _, got, err := other.Read(t.Context()); err != nil || strings.Contains(string(got), `"msg":"","status":"success"`) || strings.Contains(string(got), "bench-1") {
					t.Errorf("another page is told: %s, %v", got, err)
				}
			}
		})
	}
}

// TestPagesOfJDPrintHere holds a conversation of both versions.
func TestPagesOfJDPrintHere(t *testing.T) {
	s, port := openCompat(t, "jd", "")
	s.decide(t, erpPage, "once")
	ws, err := dialCompat(t, port, from(erpPage))
	if err != nil {
		t.Fatal(err)
	}
	talk(t, ws, "../compat/jd/testdata/two.txt")
	for _, number := range []string{"TT0000000031", "TT0000000033"} {
		if n := s.came(number); n != 1 {
			t.Errorf("%s came out %d times, want once", number, n)
		}
	}
}

// TestTheFirstRequestIsHeld: the page that a person lets in is answered as if nothing
// had happened; whom nobody lets in is told nothing, and nothing is done for it.
func TestTheFirstRequestIsHeld(t *testing.T) {
	s, port := openCompat(t, "cainiao", "")
	client := s.client(t)
	for _, answer := range []string{"no", "block", "always"} {
		origin := "https://" + answer + ".example.com"
		ws, err := dialCompat(t, port, from(origin))
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile("../compat/cainiao/testdata/older.txt")
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(b)) { // everything at once
			if text, ok := strings.CutPrefix(line, "> "); ok {
				if err := ws.Write(t.Context(), websocket.MessageText, []byte(text)); err != nil {
					t.Fatal(err)
				}
			}
		}
		asked := false
		for end := time.Now().Add(time.Minute); !asked && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			c, err := client.Callers(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			asked = c.Asking != nil && c.Asking.Origin == origin
		}
		if !asked {
			t.Fatalf("nobody is asked about %s", origin)
		}
		before := s.byPages(t)
		s.decide(t, origin, answer)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		_, got, err := ws.Read(ctx)
		cancel()
		if answer == "always" {
			var a struct{ Cmd, RequestID string }
			if err != nil || json.Unmarshal(got, &a) != nil || a.Cmd != "getAgentInfo" || a.RequestID != "R1" {
				t.Errorf("who was let in hears %s, %v", got, err)
			}
			continue
		}
		if websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
			t.Errorf("who was not let in hears %s, %v", got, err)
		}
		if after := s.byPages(t); after != before {
			t.Errorf("%d orders have come of it", after-before)
		}
	}
	if _, err := dialCompat(t, port, from("https://block.example.com")); err == nil || err.Error() != "403" {
		t.Errorf("a blocked page: %v", err)
	}
}

// TestNobodyElseComesIn: hosts, origins and requests that no page of a browser sends.
func TestNobodyElseComesIn(t *testing.T) {
	s, port := openCompat(t, "cainiao", "")
	before := s.byPages(t)
	at := fmt.Sprintf("127.0.0.1:%d", port)
	const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	ask := func(request string) string {
		t.Helper()
		c, err := net.Dial("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(time.Minute))
		fmt.Fprint(c, request)
		b := make([]byte, 12)
		n, _ := c.Read(b)
		return string(b[:n])
	}
	if got := ask("GET / HTTP/1.1\r\nHost: " + at + "\r\nOrigin: " + erpPage + "\r\n" + upgrade + "\r\n"); got != "HTTP/1.1 101" {
		t.Fatalf("a page is answered %q", got)
	}
	hosts := []string{"evil.example", "127.0.0.1.evil.example", "localhost.localdomain", "localhost.", "LOCALHOST", "0.0.0.0", "[::ffff:7f00:1]", "2130706433", "0x7f.1", "127.1", ""}
	for _, h := range hosts {
		for _, name := range []string{h, fmt.Sprintf("%s:%d", h, port), at + "0", "127.0.0.1"} {
			if got := ask("GET / HTTP/1.1\r\nHost: " + name + "\r\nOrigin: " + erpPage + "\r\n" + upgrade + "\r\n"); strings.HasSuffix(got, " 101") || got == "" {
				t.Errorf("Host %q: %q", name, got)
			}
		}
	}
	for _, origin := range []string{"", "Origin: null", "Origin: file://", "Origin: *", "Origin: https://ERP.example.com", "Origin: " + erpPage + "/", "Origin: " + erpPage + ":443", "Origin: " + erpPage + "\r\nOrigin: " + erpPage, "Origin: chrome-extension://a"} {
		if origin != "" {
			origin += "\r\n"
		}
		if got := ask("GET / HTTP/1.1\r\nHost: " + at + "\r\n" + origin + upgrade + "\r\n"); got != "HTTP/1.1 403" {
			t.Errorf("%q: %q", origin, got)
		}
	}
	for _, request := range []string{
		"GET / HTTP/1.1\r\nHost: " + at + "\r\nOrigin: " + erpPage + "\r\n\r\n", "POST / HTTP/1.1\r\nHost: " + at + "\r\nOrigin: " + erpPage + "\r\nContent-Length: 0\r\n\r\n",
		"OPTIONS / HTTP/1.1\r\nHost: " + at + "\r\nOrigin: " + erpPage + "\r\n\r\n", "GET /api/v1/queue HTTP/1.1\r\nHost: " + at + "\r\nOrigin: " + erpPage + "\r\n" + upgrade + "\r\n",
		"GET http://" + at + "/ HTTP/1.1\r\nHost: " + at + "\r\nOrigin: " + erpPage + "\r\n" + upgrade + "\r\n",
		"GET / HTTP/1.1\r\nHost: " + at + "\r\nOrigin: " + erpPage + "\r\nSec-Fetch-Mode: navigate\r\n" + upgrade + "\r\n",
	} {
		if got := ask(request); !strings.HasPrefix(got, "HTTP/1.1 4") {
			t.Errorf("%.60q: %q", request, got)
		}
	}
	if c, err := s.client(t).Callers(t.Context()); err != nil || c.Asking != nil {
		t.Errorf("somebody is asked: %+v, %v", c, err)
	}
	if after := s.byPages(t); after != before {
		t.Errorf("%d orders have come of it", after-before)
	}
}

// TestATakenPortIsSaid: the agent goes on without it and takes nothing from anybody.
func TestATakenPortIsSaid(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	port := l.Addr().(*net.TCPAddr).Port
	s := open(t, 1, func(settings string) string {
		return settings + fmt.Sprintf("\n[compat.cainiao]\nenabled = true\nport = %d\n", port)
	})
	if !s.heard("compat-port-taken") {
		t.Error("nobody is told")
	}
	s.until(t, "a label is printed", all(ledger.Confirmed, ledger.Presumed))
}
