package jos

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/secret"
)

// A method whose calls are used up is asked less and less often, and as before
// once it answers again. Other methods are none of its business.
func TestRest(t *testing.T) {
	const no, yes = `{"error_response":{"code":"2"}}`, `{"x":{"code":"0"}}`
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	asked, answer := 0, no
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("method") != "jingdong.x" {
			io.WriteString(w, yes)
			return
		}
		asked++
		io.WriteString(w, answer)
	}))
	defer s.Close()
	c := &Client{Gateway: s.URL, AppKey: "K", AppSecret: secret.New("S")}
	c.Rest, c.Now = new(Rest), func() time.Time { return now }
	call := func(method string) error { return c.Call(t.Context(), method, nil, nil) }

	var at []time.Duration
	for start := now; now.Sub(start) < time.Hour; now = now.Add(5 * time.Second) {
		before := asked
		err := call("jingdong.x")
		if notice.CodeOf(err) != NoticeQuota || !NoEffect(err) || CodeOf(err) != "2" {
			t.Fatalf("after %v: %v", now.Sub(start), err)
		}
		if asked > before {
			at = append(at, now.Sub(start))
		}
	}
	if len(at) < 8 || at[1] != 10*time.Second || at[2] != 30*time.Second || at[3] != 70*time.Second || at[len(at)-1]-at[len(at)-2] != 10*time.Minute {
		t.Errorf("asked at %v", at)
	}
	if err := call("jingdong.y"); err != nil {
		t.Errorf("another method: %v", err)
	}

	now, answer = now.Add(10*time.Minute), yes
	for range 3 {
		if err := call("jingdong.x"); err != nil {
			t.Errorf("once JD answers again: %v", err)
		}
	}
	answer = no
	call("jingdong.x")
	if now = now.Add(10 * time.Second); c.Rest.Over("jingdong.x", now.Add(-time.Nanosecond)) || !c.Rest.Over("jingdong.x", now) {
		t.Error("a new rest does not begin with ten seconds")
	}
	// Once the clock is set back far, the rest is over and not for ever.
	call("jingdong.x")
	if !c.Rest.Over("jingdong.x", now.Add(-time.Hour)) {
		t.Error("a clock that is set back makes a rest longer")
	}
}

// Without a Rest, and after any other trouble, the next call is made at once.
func TestNoRest(t *testing.T) {
	for name, c := range map[string]struct {
		rest   *Rest
		answer string
	}{
		"no rest":         {nil, `{"error_response":{"code":"2"}}`},
		"another trouble": {new(Rest), `{"error_response":{"code":"12"}}`},
	} {
		asked := 0
		client := gateway(t, func(*http.Request) { asked++ }, c.answer)
		client.Rest = c.rest
		for range 3 {
			client.Call(t.Context(), "jingdong.x", nil, nil)
		}
		if asked != 3 {
			t.Errorf("%s: asked %d times, want 3", name, asked)
		}
	}
}
