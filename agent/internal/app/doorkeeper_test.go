package app_test

import (
	"net/http"
	"net/http/cookiejar"
	"regexp"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/audit"
	"miandan/agent/internal/pin"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/secret"
	"miandan/agent/internal/store"
)

// TestPINsAreOnRecord unlocks the real page with the PIN of the key store.
func TestPINsAreOnRecord(t *testing.T) {
	s := open(t, 1, nil)
	keys, err := seal.OpenKeystore(s.world.Data)
	if err != nil {
		t.Fatal(err)
	}
	hash, err := pin.Hash("482913")
	if err == nil {
		err = seal.SetSecret(keys, secret.LeadPIN, secret.New(hash))
	}
	if err != nil {
		t.Fatal(err)
	}
	s.stop()
	s.start(t)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar}
	ask := func(method, path, token, body string) string {
		t.Helper()
		r, err := http.NewRequest(method, s.URL()+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if method == http.MethodPost {
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Origin", s.URL())
			r.Header.Set(api.TokenHeader, token)
		}
		answer, err := c.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		var b strings.Builder
		if err := answer.Write(&b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	token := regexp.MustCompile(`name="miandan-token" content="([^"]+)"`).FindStringSubmatch(ask("GET", "/", "", ""))
	if token == nil {
		t.Fatal("the page has no token")
	}
	for _, step := range []struct{ method, path, body, want string }{
		{"GET", "/api/v1/session", "", `"role":"packer"`}, {"POST", "/api/v1/session/unlock", `{"role":"lead","pin":"482914"}`, "pin-wrong"},
		{"POST", "/api/v1/session/unlock", `{"role":"lead","pin":"482913"}`, `"role":"lead"`}, {"POST", "/api/v1/session/lock", `{}`, `"role":"packer"`},
	} {
		if said := ask(step.method, step.path, token[1], step.body); !strings.Contains(said, step.want) {
			t.Errorf("%s %s: %s, want %s", step.method, step.path, said, step.want)
		}
	}
	var seen []string
	db, err := store.OpenRead(t.Context(), s.world.Data)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	records, err := audit.List(db, time.Time{}, "")
	for _, r := range records {
		if strings.HasPrefix(r.What, "role-") {
			seen = append(seen, r.What+" "+r.Why+" by "+r.Who)
		}
	}
	if want := "role-refused lead by page, role-taken lead by page, role-left lead by page"; err != nil || strings.Join(seen, ", ") != want {
		t.Errorf("on record: %q, %v, want %s", seen, err, want)
	}
}
