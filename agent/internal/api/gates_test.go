package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
)

func TestListenRefusesWhatOthersCanReach(t *testing.T) {
	for _, addr := range []string{
		"0.0.0.0:0", ":0", "[::]:0", "192.168.1.5:0", "10.0.0.1:80", "127.0.0.2:0", "[::ffff:127.0.0.1]:0", "[::ffff:0.0.0.0]:0",
		"localhost.localdomain:0", "LOCALHOST:0", "2130706433:0", "0x7f.1:0", "0:0", "example.com:80", "127.0.0.1", "",
	} {
		l, err := api.Listen(addr)
		if err == nil {
			l.Close()
		}
		if got := notice.CodeOf(err); err == nil || got != "listen-not-loopback" {
			t.Errorf("Listen(%q) = %v, want listen-not-loopback", addr, err)
		}
	}
	for _, addr := range []string{"127.0.0.1:0", "localhost:0"} {
		l, err := api.Listen(addr)
		if err != nil {
			t.Errorf("Listen(%q): %v", addr, err)
			continue
		}
		if _, err := api.Listen(l.Addr().String()); notice.CodeOf(err) != "port-in-use" {
			t.Errorf("a second listener: %v, want port-in-use", err)
		}
		l.Close()
	}
}

// hostileHosts are names under which a page, a proxy or a container would
// reach the port.
func hostileHosts(port string) []string {
	hosts := []string{
		"evil.example", "evil.example:PORT", "127.0.0.1.evil.example:PORT", "evil.example.127.0.0.1:PORT",
		"localhost.evil.example:PORT", "localhost.localdomain:PORT", "localhost.:PORT", "LOCALHOST:PORT", "Localhost:PORT",
		"localhost", "127.0.0.1", "[::1]", "localhost:", "127.0.0.1:", "localhost:0PORT", "127.0.0.1:PORT0", "127.0.0.1:80", "localhost:1",
		"0.0.0.0:PORT", "0:PORT", "127.1:PORT", "127.0.1:PORT", "127.0.0.2:PORT", "127.000.000.001:PORT", "0177.0.0.1:PORT",
		"0x7f.1:PORT", "0x7f000001:PORT", "2130706433:PORT", "127.0.0.1.:PORT", "127.0.0.1.nip.io:PORT",
		"[::]:PORT", "[::ffff:127.0.0.1]:PORT", "[::ffff:7f00:1]:PORT", "[0:0:0:0:0:0:0:1]:PORT", "[::1%25lo]:PORT", "::1:PORT", "[::1]:1",
		"host.docker.internal:PORT", "kubernetes.default:PORT", "192.168.0.10:PORT", "10.0.0.5:PORT", "169.254.169.254:PORT",
		"localhost:PORT:PORT", "user@127.0.0.1:PORT", "127.0.0.1:PORT/", "127.0.0.1:PORT,evil.example", "127.0.0.1:PORT evil.example",
		"ⓛocalhost:PORT", "127。0。0。1:PORT", "xn--localhost:PORT", "null", "*", "",
	}
	for i := range hosts {
		hosts[i] = strings.ReplaceAll(hosts[i], "PORT", port)
	}
	return hosts
}

func TestOnlyOurOwnHostIsAnswered(t *testing.T) {
	r := start(t)
	if n := len(hostileHosts("1")); n < 40 {
		t.Fatalf("%d hostile hosts, want 40 or more", n)
	}
	for _, host := range hostileHosts(r.port()) {
		for _, to := range everything() {
			// The Origin agrees with the Host, as it does after rebinding.
			headers := with(with(r.good(), "Host", "Host: "+host), "Origin", "Origin: http://"+host)
			refused(t, r, fmt.Sprintf("%s under Host %q", to.first, host), lines(to.first, headers, to.body), 421)
		}
	}
	for name, request := range map[string]string{
		"no host":          lines("GET /api/v1/queue", with(r.good(), "Host", ""), ""),
		"two hosts":        lines("GET /api/v1/queue", append(r.good(), "Host: evil.example"), ""),
		"two hosts, ours":  lines("GET /api/v1/queue", append(r.good(), "Host: "+r.addr), ""),
		"HTTP/1.0":         "GET /api/v1/queue HTTP/1.0\r\n\r\n",
		"absolute":         lines("GET http://"+r.addr+"/api/v1/queue", with(r.good(), "Host", "Host: evil.example"), ""),
		"absolute, ours":   lines("GET http://"+r.addr+"/api/v1/queue", r.good(), ""),
		"absolute, theirs": lines("GET http://evil.example/api/v1/queue", r.good(), ""),
		"connect":          lines("CONNECT "+r.addr, r.good(), ""),
		"HTTP/2 preface":   "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"folded":           "GET /api/v1/queue HTTP/1.1\r\nHost: evil.example\r\n " + r.addr + "\r\n\r\n",
	} {
		refused(t, r, name, request, 421)
	}
	for _, host := range []string{"127.0.0.1:", "localhost:", "[::1]:"} {
		if status, _, body := r.raw(t, lines("GET /api/v1/queue", []string{"Host: " + host + r.port()}, "")); status != 200 {
			t.Errorf("Host %s…: %d %s, want 200", host, status, body)
		}
	}
	unchanged(t, r)
}

// refused sends a request and wants it turned away without an answer from
// behind the gates: with want, or with the 400 that net/http itself gives to
// what is not HTTP.
func refused(t *testing.T, r running, name, request string, want int) {
	t.Helper()
	status, header, body := r.raw(t, request)
	if status != want && status != http.StatusBadRequest {
		t.Errorf("%s: status %d, want %d", name, status, want)
	}
	if status == want && header.Get("X-Frame-Options") != "DENY" {
		t.Errorf("%s: refused without the headers that guard", name)
	}
	for _, secret := range []string{r.token, "100420", "JDVA", "••"} {
		if strings.Contains(body, secret) {
			t.Errorf("%s: the refusal holds %q", name, secret)
		}
	}
}

// unchanged wants that nothing has been asked of the station.
func unchanged(t *testing.T, r running) {
	t.Helper()
	if acts := r.station.Acts(); len(acts) > 0 {
		t.Errorf("the station was asked to %q", acts)
	}
}

func TestOnlyOurOwnOriginIsAnswered(t *testing.T) {
	r := start(t)
	p := r.port()
	origins := []string{
		"null", "", "http://evil.example", "https://127.0.0.1:" + p, "http://127.0.0.1", "http://127.0.0.1:1", "http://localhost:" + p,
		"http://[::1]:" + p, "http://127.0.0.1:" + p + ".evil.example", "http://127.0.0.1:" + p + "/", "http://127.0.0.1:" + p + "#", "HTTP://127.0.0.1:" + p,
		"http://evil.example/http://127.0.0.1:" + p, "http://user@127.0.0.1:" + p, "ws://127.0.0.1:" + p, "file://", "http://127.0.0.1:" + p + " null",
		"chrome-extension://abcdefghijklmnop",
	}
	for _, to := range everything() {
		for _, o := range origins {
			refused(t, r, to.first+" from "+o, lines(to.first, with(r.good(), "Origin", "Origin: "+o), to.body), 403)
		}
		refused(t, r, to.first+" from two origins", lines(to.first, append(r.good(), "Origin: http://"+r.addr), to.body), 403)
		for _, site := range []string{"cross-site", "same-site", "", "SAME-ORIGIN", "none, cross-site"} {
			refused(t, r, to.first+" with Sec-Fetch-Site "+site, lines(to.first, with(r.good(), "Sec-Fetch-Site", "Sec-Fetch-Site: "+site), to.body), 403)
		}
		refused(t, r, to.first+" with two Sec-Fetch-Site", lines(to.first, append(r.good(), "Sec-Fetch-Site: cross-site"), to.body), 403)
		if strings.HasPrefix(to.first, "POST") {
			refused(t, r, to.first+" without Origin", lines(to.first, with(r.good(), "Origin", ""), to.body), 403)
		}
	}
	unchanged(t, r)
}

func TestNothingChangesOnGET(t *testing.T) {
	r := start(t)
	for _, to := range everything() {
		_, path, _ := strings.Cut(to.first, " ")
		for _, method := range []string{"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "post"} {
			status, header, _ := r.raw(t, lines(method+" "+path, r.good(), to.body))
			if method != "GET" && method != "HEAD" && status != 405 && status != 400 {
				t.Errorf("%s %s: status %d, want 405", method, path, status)
			}
			if header.Get("Access-Control-Allow-Origin") != "" || header.Get("Access-Control-Allow-Methods") != "" {
				t.Errorf("%s %s: answers a preflight", method, path)
			}
		}
	}
	unchanged(t, r)
}

func TestOnlyJSONIsTaken(t *testing.T) {
	r := start(t)
	types := []string{
		"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=utf-8",
		"Application/JSON", "application/json ;", "text/plain; application/json", "application/jsonp", "application/csp-report", "text/json",
	}
	for _, to := range everything() {
		if !strings.HasPrefix(to.first, "POST") {
			continue
		}
		for _, c := range types {
			refused(t, r, to.first+" as "+c, lines(to.first, with(r.good(), "Content-Type", "Content-Type: "+c), to.body), 415)
		}
		refused(t, r, to.first+" without a type", lines(to.first, with(r.good(), "Content-Type", ""), to.body), 415)
		refused(t, r, to.first+" with two types", lines(to.first, append(r.good(), "Content-Type: application/json"), to.body), 415)
		refused(t, r, to.first+" compressed", lines(to.first, append(r.good(), "Content-Encoding: gzip"), to.body), 415)
	}
	unchanged(t, r)
}

func TestPOSTNeedsThisRunsToken(t *testing.T) {
	r := start(t)
	if len(r.token) != 43 || r.token == api.NewToken() {
		t.Fatalf("token of %d characters, want 43 (256 bits), new each time", len(r.token))
	}
	for _, to := range everything() {
		if !strings.HasPrefix(to.first, "POST") {
			continue
		}
		for name, line := range map[string]string{
			"none": "", "empty": ":", "short": ": " + r.token[:42], "long": ": " + r.token + "A", "other": ": " + api.NewToken(), "doubled": ": " + r.token + ", " + r.token,
		} {
			if line != "" {
				line = api.TokenHeader + line
			}
			refused(t, r, to.first+", token "+name, lines(to.first, with(r.good(), api.TokenHeader, line), to.body), 403)
		}
		refused(t, r, to.first+", two tokens", lines(to.first, append(r.good(), api.TokenHeader+": x"), to.body), 403)
	}
	unchanged(t, r)
}

func TestLimits(t *testing.T) {
	r := start(t)
	big := `{"waybill":"JDVA00000000011","reason":"` + strings.Repeat("x", 64<<10) + `"}`
	refused(t, r, "declared", lines("POST /api/v1/reprint", r.good(), big), 413)
	chunked := lines("POST /api/v1/reprint", append(r.good(), "Transfer-Encoding: chunked"), "") + fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(big), big)
	refused(t, r, "chunked", chunked, 413)
	if status, _, _ := r.raw(t, lines("GET /api/v1/queue", append(r.good(), "X: "+strings.Repeat("x", 32<<10)), "")); status != 431 {
		t.Errorf("32 KiB of headers: status %d, want 431", status)
	}

	var open []func()
	for range 16 {
		conn := r.dial(t)
		open = append(open, func() { conn.Close() })
		fmt.Fprint(conn, lines("GET /api/v1/events", []string{"Host: " + r.addr}, ""))
		if _, err := conn.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
	}
	status, header, body := r.raw(t, lines("GET /api/v1/events", []string{"Host: " + r.addr}, ""))
	if status != 503 || header.Get("Retry-After") == "" || !strings.Contains(body, "too-many-watchers") {
		t.Errorf("the 17th watcher: %d %s, want 503 too-many-watchers", status, body)
	}
	for _, end := range open {
		end()
	}
	unchanged(t, r)
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	r := start(t)
	for _, to := range everything() {
		headers := r.good()
		if !strings.HasPrefix(to.first, "POST") {
			headers = headers[:1]
		}
		status, got, body := r.raw(t, lines(to.first, headers, to.body))
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cross-Origin-Resource-Policy": "same-origin",
			"Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
		} {
			if got.Get(name) != want {
				t.Errorf("%s: %s is %q, want %q", to.first, name, got.Get(name), want)
			}
		}
		if csp := got.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none';") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: CSP %q", to.first, csp)
		}
		if status >= 400 && !strings.Contains(body, `"code":"`) {
			t.Errorf("%s: %d without a code: %s", to.first, status, body)
		}
	}
	// The same requests, from the page, do change things: the tests above can fail.
	want := []string{
		"print [1004200023] by page", `reprint JDVA00000000011 because "torn" by page`, "resolve 100 printed by page",
		"reveal 1004200026 by page", "export masked of 0 days by page", "scan JDVA00000000011 by page", "pause by page", "resume by page",
	}
	if got := r.station.Acts(); !slices.Equal(got, want) {
		t.Errorf("asked of the station: %q, want %q", got, want)
	}
}

func TestGatesLogNoValues(t *testing.T) {
	r := start(t)
	r.raw(t, lines("GET /api/v1/queue?phone=13800001234", []string{"Host: evil.example"}, ""))
	r.raw(t, lines("POST /api/v1/print", with(r.good(), "Origin", "Origin: http://evil.example"), `{"orders":["13800001234"]}`))
	if log := r.log.String(); !strings.Contains(log, "host-refused") || !strings.Contains(log, "origin-refused") ||
		strings.Contains(log, "evil") || strings.Contains(log, "1380000") || strings.Contains(log, r.token) {
		t.Errorf("log: %s", log)
	}
}
