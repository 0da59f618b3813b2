package api_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/api/apitest"
	"miandan/agent/internal/notice"
)

// running is a server on both listeners with a busy bench behind it.
type running struct {
	station *apitest.Station
	secrets *kept
	addr    string // 127.0.0.1:PORT
	token   string
	local   *api.Client
	tcp     *api.Client
	log     *syncBuffer
}

// localName is where a local listener may be: on Windows a pipe, which is in no
// folder.
func localName(path string) string {
	if runtime.GOOS == "windows" {
		return `\\.\pipe\` + filepath.Base(filepath.Dir(path))
	}
	return path
}

func start(t *testing.T) running {
	t.Helper()
	tcp, err := api.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "api") // t.TempDir's path may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket := localName(filepath.Join(dir, "agent.sock"))
	local, err := api.ListenLocal(socket)
	if err != nil {
		t.Fatal(err)
	}
	r := running{
		station: apitest.New(apitest.Bench(time.Now().Truncate(time.Second))), // digits of a time might be those that a test looks for
		secrets: new(kept),
		addr:    tcp.Addr().String(),
		token:   api.NewToken(),
		local:   api.Local(socket, notice.English),
		log:     new(syncBuffer),
	}
	r.tcp = api.Loopback(tcp.Addr(), r.token, notice.Chinese)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	server := api.Server{
		Station: r.station,
		Layouts: shelf{},
		Desk:    r.station,
		Secrets: r.secrets,
		Token:   r.token,
		Version: "test",
		Log:     slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Pages: func(token string, _ notice.Language) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "page "+token) })
		},
	}
	go func() { done <- api.Serve(ctx, server, tcp, local) }()
	t.Cleanup(func() {
		stop()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Serve ended with %v", err)
			}
		case <-time.After(time.Minute):
			t.Error("Serve does not end")
		}
	})
	return r
}

// raw sends bytes that no client would and returns the answer's status, 0 if
// the server just hung up, and its body.
func (r running) raw(t *testing.T, request string) (int, http.Header, string) {
	t.Helper()
	conn := r.dial(t)
	defer conn.Close()
	io.WriteString(conn, request)
	method, _, _ := strings.Cut(request, " ")
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		return 0, nil, ""
	}
	if resp.Header.Get("Content-Type") == "text/event-stream" {
		return resp.StatusCode, resp.Header, "" // reading it, or closing the body, would wait for its end
	}
	body, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, resp.Header, string(body)
}

func (r running) dial(t *testing.T) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	conn.SetDeadline(time.Now().Add(time.Minute))
	return conn
}

// lines writes a request: the first line, headers, body.
func lines(first string, headers []string, body string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s HTTP/1.1\r\n", first)
	for _, h := range headers {
		b.WriteString(h + "\r\n")
	}
	if body != "" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
	}
	b.WriteString("\r\n" + body)
	return b.String()
}

// good are the headers of a POST from our own page.
func (r running) good() []string {
	return []string{
		"Host: " + r.addr, "Origin: http://" + r.addr, "Sec-Fetch-Site: same-origin",
		"Content-Type: application/json", api.TokenHeader + ": " + r.token,
	}
}

// with returns headers with one replaced, or left out if line is "".
func with(headers []string, name, line string) []string {
	var out []string
	for _, h := range headers {
		if !strings.HasPrefix(h, name+":") {
			out = append(out, h)
		}
	}
	if line != "" {
		out = append(out, line)
	}
	return out
}

func (r running) port() string { _, p, _ := net.SplitHostPort(r.addr); return p }

type route struct{ first, body string }

// everything is each route there is, with a body that would be obeyed.
func everything() []route {
	return []route{
		{"GET /", ""},
		{"GET /static/core.js", ""},
		{"GET /api/v1/queue", ""},
		{"GET /api/v1/orders", ""},
		{"GET /api/v1/layouts", ""},
		{"GET /api/v1/events", ""},
		{"GET /api/v1/version", ""},
		{"GET /api/v1/openapi.json", ""},
		{"POST /api/v1/print", `{"orders":["1004200023"]}`},
		{"POST /api/v1/reprint", `{"waybill":"JDVA00000000011","reason":"torn"}`},
		{"POST /api/v1/resolve", `{"label":"100","answer":"printed"}`},
		{"POST /api/v1/reveal", `{"order":"1004200026"}`},
		{"POST /api/v1/export", `{"form":"masked"}`},
		{"POST /api/v1/orders", `{"id":"A-1001","receiver":{"name":"演示张三","phone":"13800001234","address":"浙江省杭州市西湖区演示路1号"},"items":[{"name":"茶"}]}`},
		{"POST /api/v1/documents", sealedOfPDD},
		{"POST /api/v1/scan", `{"waybill":"JDVA00000000011"}`},
		{"POST /api/v1/pause", `{}`},
		{"POST /api/v1/resume", `{}`},
		{"GET /nowhere", ""},
		{"OPTIONS *", ""},
	}
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}
func (s *syncBuffer) String() string { s.mu.Lock(); defer s.mu.Unlock(); return s.b.String() }
