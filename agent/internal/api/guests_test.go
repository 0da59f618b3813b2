package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"miandan/agent/internal/api"
	"miandan/agent/internal/api/apitest"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/pairing"
)

const (
	erp      = "https://erp.example.com"
	stranger = "https://evil.example"
)

// shop is a server that pages of other origins may print on.
type shop struct {
	running
	book *pairing.Book
	jobs *apitest.Jobs
	t    *testing.T
}

func openShop(t *testing.T, p pairing.Policy) shop {
	t.Helper()
	book, err := pairing.Open(t.TempDir(), pairing.Options{Policy: p, Now: time.Now, Note: func(context.Context, string, string, pairing.Origin) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	tcp, err := api.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	station := apitest.New(apitest.Bench(time.Now()))
	jobs := &apitest.Jobs{Changed: func() { station.Change(func(*api.Queue) {}) }}
	token := api.NewToken()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- api.Serve(ctx, api.Server{
			Station: station, Layouts: shelf{}, Token: token, Callers: book, Jobs: jobs, Desk: station, Waves: station, Rules: station, Devices: station, History: station, Upkeep: station, Drafts: station, Keeper: &apitest.Doorkeeper{},
			Pages: func(token string, _ notice.Language) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "page "+token) })
			},
		}, tcp, nil)
	}()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("Serve ended with %v", err)
		}
	})
	return shop{running{station: station, addr: tcp.Addr().String(), token: token}, book, jobs, t}
}

// pair lets an origin in and returns its token.
func (s shop) pair(origin string) string {
	s.t.Helper()
	if err := s.book.Decide(s.t.Context(), pairing.Origin(origin), pairing.Always, "local"); err != nil && !errors.Is(err, pairing.ErrPolicy) {
		s.t.Fatal(err)
	}
	status, header, body := s.raw(s.t, lines("POST /api/v1/pair", s.from(origin, ""), "{}"))
	var in struct{ Token string }
	if status != 200 || json.Unmarshal([]byte(body), &in) != nil || header.Get("Access-Control-Allow-Origin") != origin {
		s.t.Fatalf("pair %s: %d %s", origin, status, body)
	}
	return in.Token
}

// described are the first lines of every route in the OpenAPI document.
func (s shop) described() (list []string) {
	s.t.Helper()
	_, _, body := s.raw(s.t, lines("GET /api/v1/openapi.json", s.good()[:1], ""))
	var doc struct {
		Paths map[string]map[string]any
	}
	if err := json.Unmarshal([]byte(body), &doc); err != nil {
		s.t.Fatal(err)
	}
	parameter := regexp.MustCompile(`\{[a-z]+\}`)
	for path, methods := range doc.Paths {
		for method := range methods {
			list = append(list, strings.ToUpper(method)+" "+parameter.ReplaceAllString(path, "A1"))
		}
	}
	return list
}

// from are the headers of a script on a page of an origin.
func (s shop) from(origin, token string) []string {
	h := []string{"Host: " + s.addr, "Origin: " + origin, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: empty", "Content-Type: application/json"}
	if token != "" {
		h = append(h, api.TokenHeader+": "+token)
	}
	return h
}

func fileJob(key string) string {
	return `{"key":"` + key + `","kind":"file","file":"iVBORw0KGgo=","size":"76x130","waybill":"75300000000099","carrier":"ZTO"}`
}

// TestStrangersReachNothing asks every route that there is in the name of pages that
// nobody has let in, in every way that a browser could.
func TestStrangersReachNothing(t *testing.T) {
	s := openShop(t, pairing.Policy{Ask: false, Origins: []pairing.Rule{{Origin: erp, Allow: true}}})
	token := s.pair(erp)
	guests := []route{
		{"POST /api/v1/pair", `{}`}, {"POST /api/v1/jobs", fileJob("A1")}, {"GET /api/v1/jobs", ""}, {"GET /api/v1/jobs/A1", ""}, {"GET /api/v1/jobs/A1/picture", ""},
		{"GET /api/v1/job-printers", ""}, {"GET /api/v1/ws", ""}, {"GET /api/v1/callers", ""}, {"POST /api/v1/callers/answer", `{"origin":"https://evil.example","answer":"always"}`},
		{"POST /api/v1/callers/revoke", `{"origin":"https://erp.example.com"}`}, {"POST /api/v1/session/unlock", `{"role":"admin","pin":"482913"}`}, {"GET /api/v1/devices", ""},
	}
	origins := []string{
		stranger, "null", "", "file://", "https://erp.example.com.evil.example", "https://evil-erp.example.com", "https://evil.example/https://erp.example.com", "https://erp.example.com:8443", "http://erp.example.com",
		"https://ERP.example.com", "https://erp.example.com.", "https://erp.example.com/", "https://erp.example.com:443", "https://user@erp.example.com", "https://xn--er-1na.example.com", "https://erp.example.com evil",
		"https://erp.example.com, https://evil.example", "HTTPS://erp.example.com", "https://sub.erp.example.com", "https://example.com", "https://erp.example.co", "erp.example.com", "//erp.example.com",
		"http://127.0.0.1", "http://127.0.0.1:1", "http://localhost:" + s.port(), "http://[::1]:" + s.port(), "https://127.0.0.1:" + s.port(), "chrome-extension://abcdefghijklmnop", "ws://" + s.addr, "http://" + s.addr + "/",
	}
	all := append(everything(), guests...)
	for _, first := range s.described() { // whatever was added since
		if !slices.ContainsFunc(all, func(to route) bool { return to.first == first }) {
			all = append(all, route{first, map[bool]string{true: "{}"}[strings.HasPrefix(first, "POST")]})
		}
	}
	if len(all) < 60 {
		t.Fatalf("only %d routes are described", len(all))
	}
	for _, to := range all {
		for _, o := range origins {
			for _, mode := range []string{"cors", "no-cors", "navigate", "websocket", ""} {
				h := s.from(o, token)
				h[3] = "Sec-Fetch-Mode: " + mode
				if mode == "" {
					h = append(h[:2:2], h[5:]...) // an old shell, which says nothing
				}
				status, header, body := s.raw(t, lines(to.first, h, to.body))
				if status/100 != 4 || header.Get("Access-Control-Allow-Origin") != "" || strings.Contains(body, "••") || strings.Contains(body, "100420") {
					t.Fatalf("%s from %q by %s: %d %v %.200s", to.first, o, mode, status, header, body)
				}
			}
			_, path, _ := strings.Cut(to.first, " ")
			h := []string{"Host: " + s.addr, "Origin: " + o, "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: content-type,miandan-token", "Access-Control-Request-Private-Network: true"}
			if status, header, _ := s.raw(t, lines("OPTIONS "+path, h, "")); status/100 != 4 || header.Get("Access-Control-Allow-Methods") != "" || header.Get("Access-Control-Allow-Private-Network") != "" {
				t.Fatalf("a preflight of %s from %q: %d %v", path, o, status, header)
			}
		}
		for _, host := range hostileHosts(s.port()) { // even for who is paired
			h := with(s.from(erp, token), "Host", "Host: "+host)
			if status, _, body := s.raw(t, lines(to.first, h, to.body)); status/100 != 4 {
				t.Fatalf("%s of a paired page under Host %q: %d %.200s", to.first, host, status, body)
			}
		}
	}
	unchanged(t, s.running)
	if n := s.jobs.Count(); n != 0 {
		t.Errorf("%d jobs were made", n)
	}
}

// TestPairedPageHasItsRoutesOnly asks every other route with all that a paired page
// has, and then also with what our own page has.
func TestPairedPageHasItsRoutesOnly(t *testing.T) {
	s := openShop(t, pairing.Policy{Ask: true})
	token := s.pair(erp)
	for _, to := range everything() {
		for _, tok := range []string{token, s.token} {
			if status, _, body := s.raw(t, lines(to.first, s.from(erp, tok), to.body)); status/100 != 4 {
				t.Errorf("%s of a paired page: %d %.200s", to.first, status, body)
			}
		}
	}
	unchanged(t, s.running)
	for name, h := range map[string][]string{
		"no token": s.from(erp, ""), "another's token": s.from(erp, s.pair("https://other.example.com")), "two tokens": append(s.from(erp, token), api.TokenHeader+": x"), "cut": s.from(erp, token[:42]),
	} {
		for _, to := range []route{{"POST /api/v1/jobs", fileJob("A1")}, {"GET /api/v1/jobs", ""}, {"GET /api/v1/job-printers", ""}} {
			if status, _, body := s.raw(t, lines(to.first, h, to.body)); status != 401 {
				t.Errorf("%s with %s: %d %s, want 401", to.first, name, status, body)
			}
		}
	}
	for _, kind := range []string{"text/plain", "", "application/json; charset=utf-8", "multipart/form-data"} {
		if status, _, _ := s.raw(t, lines("POST /api/v1/jobs", with(s.from(erp, token), "Content-Type", "Content-Type: "+kind), fileJob("A1"))); status != 415 {
			t.Errorf("a job as %q: %d, want 415", kind, status)
		}
	}
	status, header, _ := s.raw(t, lines("OPTIONS /api/v1/jobs", []string{
		"Host: " + s.addr, "Origin: " + erp, "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: content-type,miandan-token", "Access-Control-Request-Private-Network: true",
	}, ""))
	if status != 204 || header.Get("Access-Control-Allow-Origin") != erp || header.Get("Access-Control-Allow-Credentials") != "" || !strings.Contains(strings.Join(header.Values("Vary"), ","), "Origin") || header.Get("Access-Control-Allow-Private-Network") != "true" {
		t.Errorf("a paired page's preflight: %d %v", status, header)
	}
	status, header, body := s.raw(t, lines("POST /api/v1/jobs", s.from(erp, token), fileJob("A1")))
	if status != 200 || header.Get("Access-Control-Allow-Origin") != erp || !strings.Contains(body, `"verdict":"new"`) {
		t.Errorf("a job: %d %v %s", status, header, body)
	}
	if _, _, body := s.raw(t, lines("POST /api/v1/jobs", s.from(erp, token), fileJob("A1"))); !strings.Contains(body, `"verdict":"same"`) {
		t.Errorf("the same again: %s", body)
	}
}

// TestCallersSeeTheirOwnJobsOnly has several pages print and look around, under the
// same few keys.
func TestCallersSeeTheirOwnJobsOnly(t *testing.T) {
	s := openShop(t, pairing.Policy{Ask: true})
	pages := []string{erp, "http://erp.lan", "https://other.example.com:8443"}
	tokens := map[string]string{}
	for _, o := range pages {
		tokens[o] = s.pair(o)
	}
	own := map[string]map[string]bool{pages[0]: {}, pages[1]: {}, pages[2]: {}}
	keys, r := []string{"A1", "A2", "A3", "B.1"}, rand.New(rand.NewPCG(9, 1))
	for range 300 {
		o, key := pages[r.IntN(len(pages))], keys[r.IntN(len(keys))]
		h := s.from(o, tokens[o])
		if r.IntN(4) == 0 && !own[o][key] {
			if status, _, body := s.raw(t, lines("POST /api/v1/jobs", h, fileJob(key))); status == 200 {
				own[o][key] = true
			} else {
				t.Fatalf("a job: %d %s", status, body)
			}
			continue
		}
		want := 404
		if own[o][key] {
			want = 200
		}
		for _, path := range []string{"jobs/" + key, "jobs/" + key + "/picture"} {
			if status, _, body := s.raw(t, lines("GET /api/v1/"+path, h, "")); status != want {
				t.Fatalf("%s asks for %s: %d %s, want %d", o, path, status, body, want)
			}
		}
		_, _, body := s.raw(t, lines("GET /api/v1/jobs", h, ""))
		var list struct{ Jobs []api.Job }
		if err := json.Unmarshal([]byte(body), &list); err != nil || len(list.Jobs) != len(own[o]) {
			t.Fatalf("%s lists %s, want its own %d", o, body, len(own[o]))
		}
	}
}

func TestLimitsOfACaller(t *testing.T) {
	s := openShop(t, pairing.Policy{Ask: true})
	token := s.pair(erp)
	var last int
	for i := range 61 {
		last, _, _ = s.raw(t, lines("POST /api/v1/jobs", s.from(erp, token), fileJob(fmt.Sprintf("L%d", i))))
	}
	if last != 429 || s.jobs.Count() != 60 {
		t.Errorf("the 61st job of a minute: %d, and %d were made; want 429 and 60", last, s.jobs.Count())
	}
	if status, _, _ := s.raw(t, lines("POST /api/v1/jobs", s.from(erp, token), strings.Repeat(" ", 5<<20))); status != 413 && status != 0 {
		t.Errorf("5 MiB: %d, want 413", status)
	}
}

func TestSocketTellsACallerOfItsJobs(t *testing.T) {
	s := openShop(t, pairing.Policy{Ask: true})
	token, other := s.pair(erp), s.pair("https://other.example.com")
	dial := func(origin, hello string) (*websocket.Conn, error) {
		c, _, err := websocket.Dial(t.Context(), "ws://"+s.addr+"/api/v1/ws", &websocket.DialOptions{HTTPHeader: http.Header{"Origin": {origin}}})
		if err == nil {
			t.Cleanup(func() { c.CloseNow() })
			err = c.Write(t.Context(), websocket.MessageText, []byte(hello))
		}
		return c, err
	}
	for _, hello := range []string{`{"token":""}`, `{"token":"` + other + `"}`, `{}`, "hello"} {
		c, err := dial(erp, hello)
		if err != nil {
			t.Fatal(err)
		}
		if _, m, err := c.Read(t.Context()); err != nil || !strings.Contains(string(m), "caller-token") {
			t.Errorf("hello %q: %s, %v", hello, m, err)
		}
	}
	mine, err1 := dial(erp, `{"token":"`+token+`"}`)
	theirs, err2 := dial("https://other.example.com", `{"token":"`+other+`"}`)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	post := func(origin, token, key string) {
		if status, _, body := s.raw(t, lines("POST /api/v1/jobs", s.from(origin, token), fileJob(key))); status != 200 {
			t.Fatalf("%d %s", status, body)
		}
	}
	post(erp, token, "S1")
	post("https://other.example.com", other, "T1")
	s.jobs.Done("S1")
	read := func(c *websocket.Conn) (job api.Job) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, m, err := c.Read(ctx)
		var in struct{ Job api.Job }
		if err != nil || json.Unmarshal(m, &in) != nil {
			t.Fatalf("%s, %v", m, err)
		}
		return in.Job
	}
	for j := read(mine); j.State != api.Done; j = read(mine) {
		if j.Key != "S1" {
			t.Fatalf("told of %+v", j)
		}
	}
	if j := read(theirs); j.Key != "T1" {
		t.Errorf("another page is told of %+v", j)
	}
	// Whose pairing ends hears no more.
	if err := s.book.Revoke(t.Context(), erp, "local"); err != nil {
		t.Fatal(err)
	}
	if _, m, err := mine.Read(t.Context()); err == nil {
		t.Errorf("told of %s after the pairing has ended", m)
	}
	// It calls again by itself, and nobody is asked about it for that.
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, answer, err := websocket.Dial(ctx, "ws://"+s.addr+"/api/v1/ws", &websocket.DialOptions{HTTPHeader: http.Header{"Origin": {erp}}})
	if err == nil || answer == nil || answer.StatusCode != http.StatusForbidden {
		t.Errorf("it calls again: %v", err)
	}
	if q, asked := s.book.Question(); asked {
		t.Errorf("a person is asked about %s", q.Origin)
	}
}

// TestUnknownPageIsHeldUntilSomebodyAnswers pairs as a page does: its first question
// waits, our own page sees it and answers.
func TestUnknownPageIsHeldUntilSomebodyAnswers(t *testing.T) {
	s := openShop(t, pairing.Policy{Ask: true})
	answered := make(chan string, 1)
	go func() {
		status, header, body := s.raw(t, lines("OPTIONS /api/v1/pair", []string{"Host: " + s.addr, "Origin: " + erp, "Access-Control-Request-Method: POST"}, ""))
		answered <- fmt.Sprint(status, header.Get("Access-Control-Allow-Origin"), body)
	}()
	var seen string
	for end := time.Now().Add(time.Minute); !strings.Contains(seen, erp) && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		_, _, seen = s.raw(t, lines("GET /api/v1/queue", s.good()[:1], ""))
	}
	if !strings.Contains(seen, `"asking":"`+erp+`"`) {
		t.Fatalf("the queue does not say who asks: %.200s", seen)
	}
	// Only the page that asks is a lead's to let in.
	if status, _, body := s.raw(t, lines("POST /api/v1/callers/answer", s.good(), `{"origin":"https://other.example.com","answer":"always"}`)); status != 403 {
		t.Errorf("a lead lets in a page that does not ask: %d %s", status, body)
	}
	if status, _, body := s.raw(t, lines("POST /api/v1/callers/answer", s.good(), `{"origin":"`+erp+`","answer":"always"}`)); status != 200 || strings.Contains(body, `"asking"`) {
		t.Errorf("answer: %d %s", status, body)
	}
	if got := <-answered; got != "204"+" "+erp+" " && got != "204"+erp {
		t.Errorf("the page that waited: %q", got)
	}
	if status, _, body := s.raw(t, lines("POST /api/v1/pair", s.from(erp, ""), "{}")); status != 200 || !strings.Contains(body, "token") {
		t.Errorf("its token: %d %s", status, body)
	}
}
