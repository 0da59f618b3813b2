package api_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/api/apitest"
	"miandan/agent/internal/notice"
)

// served is a server with PINs, whose pages show their token and whose door says
// so.
type served struct {
	running
	keeper *apitest.Doorkeeper
	t      *testing.T
}

func serveSessions(t *testing.T, closed bool, pin map[api.Role]string) served {
	t.Helper()
	tcp, err := api.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "api")
	if err != nil {
		t.Fatal(err)
	}
	socket, err := api.ListenLocal(localName(filepath.Join(dir, "agent.sock")))
	if err != nil {
		t.Fatal(err)
	}
	station, keeper := apitest.New(apitest.Bench(time.Now())), &apitest.Doorkeeper{PIN: pin}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- api.Serve(ctx, api.Server{
			Station: station, Keeper: keeper, Closed: closed,
			Pages: func(token string, _ notice.Language) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "page "+token) })
			},
			Door: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "door") }),
		}, tcp, socket)
	}()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("Serve ended with %v", err)
		}
		os.RemoveAll(dir)
	})
	return served{running{station: station, addr: tcp.Addr().String(), local: api.Local(localName(filepath.Join(dir, "agent.sock")), notice.English)}, keeper, t}
}

// browse asks for the page as a browser does that has typed its address, and
// returns what it then sends with every act.
func (s served) browse(cookie string) (body string, headers []string) {
	s.t.Helper()
	ask := []string{"Host: " + s.addr, "Sec-Fetch-Site: none"}
	if cookie != "" {
		ask = append(ask, "Cookie: "+cookie)
	}
	_, header, body := s.raw(s.t, lines("GET /", ask, ""))
	if set := header.Get("Set-Cookie"); set != "" {
		for _, part := range []string{"HttpOnly", "SameSite=Strict", "Path=/"} {
			if !strings.Contains(set, part) {
				s.t.Errorf("the cookie is not %s: %s", part, set)
			}
		}
		cookie, _, _ = strings.Cut(set, ";")
	}
	return body, []string{
		"Host: " + s.addr, "Origin: http://" + s.addr, "Sec-Fetch-Site: same-origin", "Content-Type: application/json",
		"Cookie: " + cookie, api.TokenHeader + ": " + strings.TrimPrefix(body, "page "),
	}
}

func (s served) post(headers []string, path, body string) (int, string) {
	s.t.Helper()
	status, _, said := s.raw(s.t, lines("POST /api/v1/"+path, headers, body))
	return status, said
}

func TestActsNeedCookieAndTokenOfOneSession(t *testing.T) {
	s := serveSessions(t, false, nil)
	_, first := s.browse("")
	_, second := s.browse("")
	cookie, token := first[4], first[5]
	for name, headers := range map[string][]string{
		"no cookie": with(first, "Cookie", ""), "no token": with(first, api.TokenHeader, ""), "another's token": with(first, api.TokenHeader, second[5]),
		"another's cookie": with(first, "Cookie", second[4]), "cut cookie": with(first, "Cookie", cookie[:len(cookie)-1]), "two cookies": append(with(first, "Cookie", ""), cookie+"; "+strings.TrimPrefix(cookie, "Cookie: ")),
		"cookie as token": with(first, api.TokenHeader, api.TokenHeader+": "+cookie[strings.LastIndex(cookie, ".")+1:]), "two tokens": append(first[:6:6], token),
		"empty": with(first, api.TokenHeader, api.TokenHeader+": "),
	} {
		if status, said := s.post(headers, "pause", "{}"); status != 403 {
			t.Errorf("%s: %d %s, want 403", name, status, said)
		}
	}
	unchanged(t, s.running)
	for _, headers := range [][]string{first, second} {
		if status, said := s.post(headers, "pause", "{}"); status/100 != 2 {
			t.Errorf("from a page: %d %s", status, said)
		}
	}
	// The page again keeps its session.
	body, _ := s.browse(strings.TrimPrefix(cookie, "Cookie: "))
	if api.TokenHeader+": "+strings.TrimPrefix(body, "page ") != token {
		t.Error("loading the page again changes its token")
	}
}

func TestRolesByPIN(t *testing.T) {
	s := serveSessions(t, false, map[api.Role]string{api.Lead: "482913", api.Admin: "739105"})
	_, page := s.browse("")
	state := func() string {
		_, _, said := s.raw(t, lines("GET /api/v1/session", page, ""))
		return said
	}
	if got := state(); !strings.Contains(got, `"role":"packer"`) || !strings.Contains(got, `"pins":["lead","admin"]`) || strings.Contains(got, "until") {
		t.Errorf("session: %s", got)
	}
	if status, said := s.post(page, "session/unlock", `{"role":"lead","pin":"111111"}`); status != 422 || !strings.Contains(said, "pin-wrong") {
		t.Errorf("a wrong PIN: %d %s", status, said)
	}
	if status, said := s.post(page, "session/unlock", `{"role":"admin","pin":"482913"}`); status != 422 {
		t.Errorf("the lead's PIN for an administrator: %d %s", status, said)
	}
	if status, said := s.post(page, "session/unlock", `{"role":"lead","pin":"482913","who":"演示组长"}`); status != 200 || !strings.Contains(said, `"role":"lead"`) || !strings.Contains(said, "until") {
		t.Errorf("unlock: %d %s", status, said)
	}
	if _, other := s.browse(""); other != nil {
		if _, _, said := s.raw(t, lines("GET /api/v1/session", other, "")); !strings.Contains(said, `"role":"packer"`) {
			t.Errorf("another page: %s", said)
		}
	}
	if status, said := s.post(page, "session/lock", `{}`); status != 200 || !strings.Contains(said, `"role":"packer"`) {
		t.Errorf("lock: %d %s", status, said)
	}
	want := []string{"page tries lead: false", "page tries admin: false", "page:演示组长 tries lead: true", "page leaves lead"}
	if got := s.keeper.Log(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("on record: %q, want %q", got, want)
	}
	if v, err := s.local.Session(t.Context()); err != nil || v.Role != api.Admin {
		t.Errorf("on the socket: %+v, %v, want admin", v, err)
	}
	if status, _ := s.post(page, "session/link", `{}`); status != 403 {
		t.Errorf("a page makes a link: %d, want 403", status)
	}
}

func TestWithoutPINsAPageIsALead(t *testing.T) {
	s := serveSessions(t, false, nil)
	_, page := s.browse("")
	if _, _, said := s.raw(t, lines("GET /api/v1/session", page, "")); !strings.Contains(said, `"role":"lead"`) || !strings.Contains(said, `"pins":[]`) {
		t.Errorf("session: %s", said)
	}
	if status, said := s.post(page, "session/unlock", `{"role":"admin","pin":"482913"}`); status != 409 || !strings.Contains(said, "pin-none") {
		t.Errorf("unlock without a PIN: %d %s, want 409 pin-none", status, said)
	}
}

func TestClosedPageOpensByALink(t *testing.T) {
	s := serveSessions(t, true, nil)
	body, stranger := s.browse("")
	if body != "door" {
		t.Fatalf("the address alone shows %q, want the door", body)
	}
	for _, path := range []string{"queue", "orders", "version", "openapi.json", "events", "session", "nowhere"} {
		if status, _, said := s.raw(t, lines("GET /api/v1/"+path, stranger[:3], "")); status != 403 || !strings.Contains(said, "session-refused") {
			t.Errorf("GET %s without a session: %d %s, want 403 session-refused", path, status, said)
		}
	}
	for _, code := range []string{"", "AAAA-AAAA-AAAA"} {
		if status, said := s.post(stranger[:4], "session/enter", fmt.Sprintf(`{"code":%q}`, code)); status/100 == 2 {
			t.Errorf("code %q opens: %d %s", code, status, said)
		}
	}
	link, err := s.local.Link(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if link.URL != "http://"+s.addr+"/enter#"+link.Code {
		t.Errorf("link %q", link.URL)
	}
	enter := lines("POST /api/v1/session/enter", stranger[:4], fmt.Sprintf(`{"code":%q}`, link.Code))
	status, header, said := s.raw(t, enter)
	if status/100 != 2 || header.Get("Set-Cookie") == "" {
		t.Fatalf("enter: %d %s", status, said)
	}
	if again, header, _ := s.raw(t, enter); again != 403 || header.Get("Set-Cookie") != "" {
		t.Errorf("the same code again: %d", again)
	}
	cookie, _, _ := strings.Cut(header.Get("Set-Cookie"), ";")
	body, page := s.browse(cookie)
	if !strings.HasPrefix(body, "page ") {
		t.Fatalf("with a session: %q", body)
	}
	if status, _, said := s.raw(t, lines("GET /api/v1/queue", page[:5], "")); status != 200 {
		t.Errorf("the queue: %d %s", status, said)
	}
	if status, said := s.post(page, "pause", "{}"); status/100 != 2 {
		t.Errorf("pause: %d %s", status, said)
	}
}
