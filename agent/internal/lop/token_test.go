package lop

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/jos/oauth"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/secret"
)

// tokens gives one token after another, the next when one was refused.
type tokens struct {
	list []string
	err  error
}

func (s *tokens) Token(context.Context) (secret.Token, error) {
	if s.err != nil {
		return secret.Token{}, s.err
	}
	return secret.New(s.list[0]), nil
}

func (s *tokens) Refused(t secret.Token) {
	if len(s.list) > 1 && t.Equal(secret.New(s.list[0])) {
		s.list = s.list[1:]
	}
}

func TestTokenSource(t *testing.T) {
	const no, yes = `{"error_response":{"code":19}}`, `{"code":0}`
	for _, test := range []struct {
		name    string
		tokens  []string
		jos     bool
		answers []string
		asked   []string
		code    notice.Code
	}{
		{"good", []string{"A"}, false, []string{yes}, []string{"A"}, ""},
		{"renewed", []string{"A", "B"}, false, []string{no, yes}, []string{"A", "B"}, ""},
		{"there is no other", []string{"A"}, false, []string{no}, []string{"A"}, NoticeToken},
		{"the other is no better", []string{"A", "B", "C"}, false, []string{no}, []string{"A", "B"}, NoticeToken},
		{"that of the other platform", []string{"A"}, true, []string{no}, []string{"A"}, jos.NoticeToken},
		{"another trouble", []string{"A", "B"}, false, []string{`{"error_response":{"code":12}}`}, []string{"A"}, NoticeSignature},
		{"the interface's own 19", []string{"A", "B"}, false, []string{`{"code":19}`}, []string{"A"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var asked, signed []string
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				q := r.URL.Query()
				body, _ := io.ReadAll(r.Body)
				token := q.Get("access_token")
				io.WriteString(w, test.answers[min(len(asked), len(test.answers)-1)])
				asked = append(asked, token)
				call := Call{AppKey: "K", AppSecret: secret.New("S"), AccessToken: secret.New(token), Path: r.URL.Path, Body: body, Timestamp: q.Get("timestamp")}
				if sign, err := call.Sign(MD5Salt); err == nil && sign == q.Get("sign") {
					signed = append(signed, token)
				}
			}))
			defer s.Close()
			c := &Client{Gateway: s.URL, AppKey: "K", AppSecret: secret.New("S"), JOS: test.jos, Tokens: &tokens{list: test.tokens}}
			err := c.Call(t.Context(), API{"ECAP", "/x"}, nil, nil)
			if test.code == "" && err != nil || test.code != "" && notice.CodeOf(err) != test.code {
				t.Errorf("Call = %v, want %q", err, test.code)
			}
			if !slices.Equal(asked, test.asked) || !slices.Equal(signed, test.asked) {
				t.Errorf("asked with %v, signed with %v, want %v", asked, signed, test.asked)
			}
		})
	}
}

func TestNoToken(t *testing.T) {
	for _, test := range []struct {
		name string
		jos  bool
		err  error
		want notice.Code
	}{
		{"it has ended", false, notice.New(jos.NoticeToken, oauth.ErrNone), NoticeToken},
		{"it has ended, of the other platform", true, notice.New(jos.NoticeToken, oauth.ErrNone), jos.NoticeToken},
		{"it cannot be read", false, notice.New(oauth.NoticeStore, errors.New("locked"), "JDL"), oauth.NoticeStore},
		{"it is not renewed", false, notice.New(oauth.NoticeRenew, &oauth.Refusal{Code: "1"}, "JDL"), oauth.NoticeRenew},
	} {
		c := &Client{Gateway: "http://127.0.0.1:1", AppKey: "K", AppSecret: secret.New("S"), JOS: test.jos, Tokens: &tokens{err: test.err}}
		err := c.Call(t.Context(), API{"ECAP", "/x"}, nil, nil)
		if notice.CodeOf(err) != test.want || !NoEffect(err) || !errors.Is(err, jos.ErrNoToken) {
			t.Errorf("%s: %v (%s)", test.name, err, notice.CodeOf(err))
		}
		var n *notice.Error
		if errors.As(err, &n) && strings.Contains(n.Text(notice.English), "–") {
			t.Errorf("%s: %s", test.name, n.Text(notice.English))
		}
	}
}

// An interface whose calls are used up is left alone for a while.
func TestRest(t *testing.T) {
	now, asked := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		io.WriteString(w, `{"error_response":{"code":2}}`)
	}))
	defer s.Close()
	c := &Client{Gateway: s.URL, AppKey: "K", AppSecret: secret.New("S"), Rest: new(jos.Rest), Now: func() time.Time { return now }}
	for range 3 {
		if err := c.Call(t.Context(), API{"ECAP", "/x"}, nil, nil); notice.CodeOf(err) != NoticeQuota || !NoEffect(err) {
			t.Errorf("Call = %v", err)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times, want once", asked)
	}
	now = now.Add(10 * time.Second)
	c.Call(t.Context(), API{"ECAP", "/x"}, nil, nil)
	if asked != 2 {
		t.Errorf("asked %d times in all, want twice", asked)
	}
}
