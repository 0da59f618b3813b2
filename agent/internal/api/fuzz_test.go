package api_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/api/apitest"
	"miandan/agent/internal/hostile"
	"miandan/agent/internal/notice"
)

// piped is a listener without a network, at an address that nobody else has.
type piped struct {
	conns chan net.Conn
	done  chan struct{}
}

func newPiped() *piped { return &piped{make(chan net.Conn), make(chan struct{})} }

func (p *piped) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *piped) Close() error {
	select {
	case <-p.done:
	default:
		close(p.done)
	}
	return nil
}

const fuzzAddr = "127.0.0.1:9"

func (p *piped) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 9} }

// half is a connection whose other side has said all that it will say.
type half struct {
	net.Conn
	said *strings.Reader
}

func (h half) Read(b []byte) (int, error) { return h.said.Read(b) }

// say sends bytes and returns the answer, or nil where there is none. When it
// returns the server is done with the request.
func (p *piped) say(t *testing.T, request string) (*http.Response, string) {
	t.Helper()
	ours, theirs := net.Pipe()
	defer ours.Close()
	p.conns <- half{theirs, strings.NewReader(request)}
	ours.SetDeadline(time.Now().Add(time.Minute))
	answer := bufio.NewReader(ours)
	defer io.Copy(io.Discard, answer)
	method, _, _ := strings.Cut(request, " ")
	resp, err := http.ReadResponse(answer, &http.Request{Method: method})
	if err != nil {
		if errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error("no answer, and no end")
		}
		return nil, ""
	}
	body, _ := io.ReadAll(resp.Body)
	return resp, string(body)
}

// FuzzRequest asks the real handlers on both listeners in every way: whatever
// comes by the port, only our own page with this run's token makes the station
// do something, nobody's whole name goes out by it, and nothing breaks.
func FuzzRequest(f *testing.F) {
	tcp, socket, log, token := newPiped(), newPiped(), new(syncBuffer), api.NewToken()
	station := apitest.New(apitest.Bench(time.Now()))
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	server := api.Server{Station: station, Layouts: shelf{}, Token: token, Version: "test", Log: slog.New(slog.NewTextHandler(log, nil)),
		Pages: func(token string, _ notice.Language) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "page "+token) })
		},
	}
	go func() { done <- api.Serve(ctx, server, tcp, socket) }()
	f.Cleanup(func() { stop(); <-done })

	for _, to := range everything() {
		for _, body := range append(hostile.JSON(to.body), []byte{}) {
			if len(body) < 20<<10 {
				f.Add(to.first, "ADDR", "http://ADDR", "application/json", "TOKEN", "X: y", body, true)
				f.Add(to.first, "", "", "application/json", "", "X: y", body, false)
			}
		}
		f.Add(to.first, "evil.example", "http://evil.example", "application/json", "TOKEN", "X: y", []byte(to.body), true)
		f.Add(to.first, "ADDR", "null", "text/plain", "TOKEN", "Transfer-Encoding: chunked", []byte("5\r\n{\"a\":\r\n0\r\n\r\n"), true)
		f.Add(to.first, "ADDR", "http://ADDR", "application/json", "T", "Content-Length: 5", []byte(to.body), true)
		f.Add(to.first, "ADDR", "http://ADDR", "application/json", "TOKEN", "Sec-Fetch-Site: cross-site", []byte(to.body), true)
		f.Add(to.first, "ADDR", "http://ADDR", "application/json", "TOKEN", "Expect: 100-continue", []byte(to.body), true)
	}
	f.Add("GET /api/v1/events", "ADDR", "", "", "", "Transfer-Encoding: chunked", []byte("5\r\n{\"a\":\r\n0\r\n\r\n"), false)
	f.Add("GET /api/v1/layouts/..%2f..%2fetc%2fpasswd.png?dpi=203", "ADDR", "", "", "", "X: y", []byte{}, true)
	f.Add("GET /api/v1/layouts/%00.png?dpi=999999999999", "ADDR", "", "", "", "X: y", []byte{}, true)
	f.Add("GET //api/v1//queue/../queue?a;b=%zz", "ADDR", "", "", "", "Accept-Language: "+strings.Repeat("zh;q=0.1,", 900), []byte{}, true)

	f.Fuzz(func(t *testing.T, first, host, origin, kind, tok, more string, body []byte, byPort bool) {
		if len(first)+len(host)+len(origin)+len(kind)+len(tok)+len(more)+len(body) > 100<<10 {
			return
		}
		here := strings.NewReplacer("ADDR", fuzzAddr, "TOKEN", token)
		host, origin, tok = here.Replace(host), here.Replace(origin), here.Replace(tok)
		headers := []string{"Host: " + host, "Origin: " + origin, "Content-Type: " + kind, api.TokenHeader + ": " + tok, more}
		clean := !strings.ContainsAny(first+host+origin+kind+tok+more, "\r\n")
		station.Forget()
		before := len(log.String())
		via := socket
		if byPort {
			via = tcp
		}
		resp, said := via.say(t, lines(first, headers, string(body)))
		acts := station.Acts()
		if log := log.String()[before:]; strings.Contains(log, "panic") {
			t.Errorf("panics: %s", log)
		}
		if len(acts) > 0 && !strings.HasPrefix(first, "POST ") && clean {
			t.Errorf("%q made the station %q", first, acts)
		}
		ours := host == fuzzAddr || host == "localhost:9" || host == "[::1]:9"
		if len(acts) > 0 && byPort && clean && !(ours && strings.TrimSpace(origin) == "http://"+host && strings.TrimSpace(kind) == "application/json" && strings.TrimSpace(tok) == token) {
			t.Errorf("Host %q, Origin %q, type %q, token %q made the station %q", host, origin, kind, tok, acts)
		}
		if resp == nil {
			return
		}
		if resp.StatusCode == http.StatusInternalServerError {
			t.Errorf("%q: %s", first, said)
		}
		if resp.StatusCode >= 400 && resp.Header.Get("X-Frame-Options") == "" && resp.StatusCode != 400 && resp.StatusCode != 431 && resp.StatusCode != 501 && resp.StatusCode != 505 && resp.StatusCode != 417 {
			t.Errorf("%q: %d without the headers that guard", first, resp.StatusCode)
		}
		if resp.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%q: lets others read", first)
		}
		if byPort && (strings.Contains(said, "13800001234") && !strings.Contains(string(body)+first+more, "13800001234") || strings.Contains(said, token) && !strings.HasPrefix(said, "page ")) {
			t.Errorf("%q: the answer says %.300q", first, said)
		}
	})
}
