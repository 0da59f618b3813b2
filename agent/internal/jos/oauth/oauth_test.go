package oauth_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/jos/oauth"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/secret"
)

var now = time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)

const day = 24 * time.Hour

func app(t *testing.T, seen *url.URL, status int, answer string) oauth.App {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*seen = *r.URL
		w.WriteHeader(status)
		io.WriteString(w, answer)
	}))
	t.Cleanup(s.Close)
	return oauth.App{Base: s.URL, Key: "K", Secret: secret.New("APPSECRET"), Now: func() time.Time { return now }}
}

const josAnswer = `{"access_token":"A2","expires_in":31535999,"refresh_token":"R2","scope":"snsapi_base","open_id":"o","uid":"1","time":1795422600000,"token_type":"bearer","code":0}`

func TestJOS(t *testing.T) {
	var seen url.URL
	p := oauth.JOS{App: app(t, &seen, 200, josAnswer)}
	for _, test := range []struct {
		name        string
		ask         func() (oauth.Token, error)
		path, query string
	}{
		{"code", func() (oauth.Token, error) { return p.Exchange(t.Context(), "C") },
			"/oauth2/access_token", "app_key=K&app_secret=APPSECRET&code=C&grant_type=authorization_code"},
		{"renewal", func() (oauth.Token, error) { return p.Renew(t.Context(), oauth.Token{Refresh: secret.New("R1")}) },
			"/oauth2/refresh_token", "app_key=K&app_secret=APPSECRET&grant_type=refresh_token&refresh_token=R1"},
	} {
		got, err := test.ask()
		if err != nil || got.Access.Reveal() != "A2" || got.Refresh.Reveal() != "R2" || !got.Expires.Equal(now.Add(31535999*time.Second)) || !got.Got.Equal(now) {
			t.Errorf("%s: %+v, %v", test.name, got, err)
		}
		if seen.Path != test.path || seen.Query().Encode() != test.query {
			t.Errorf("%s: asked %s?%s", test.name, seen.Path, seen.Query().Encode())
		}
	}
	if got := (oauth.JOS{App: oauth.App{Key: "K"}}).AuthorizeURL("http://127.0.0.1:1/back", "S"); got != "https://open-oauth.jd.com/oauth2/to_login?app_key=K&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fback&response_type=code&scope=snsapi_base&state=S" {
		t.Errorf("AuthorizeURL = %s", got)
	}
}

func TestJDL(t *testing.T) {
	const bare = `{"accessToken":"A2","accessExpire":"2027-11-23 16:30:00","refreshToken":"R2","refreshExpire":"2027-12-23 16:30:00","clientId":"K","sellerId":"1","code":"C"}`
	for _, test := range []struct{ name, answer string }{
		{"bare", bare}, {"wrapped", `{"code":1000,"message":"success","enMessage":null,"data":` + bare + `}`},
	} {
		var seen url.URL
		p := oauth.JDL{App: app(t, &seen, 200, test.answer)}
		got, err := p.Exchange(t.Context(), "C")
		year := time.Date(2027, 11, 23, 8, 30, 0, 0, time.UTC)
		if err != nil || got.Access.Reveal() != "A2" || got.Refresh.Reveal() != "R2" || !got.Expires.Equal(year) || !got.RefreshExpires.Equal(year.AddDate(0, 1, 0)) {
			t.Errorf("%s: %+v, %v", test.name, got, err)
		}
		if q := seen.Query().Encode(); seen.Path != "/oauth/token" || q != "client_id=K&client_secret=APPSECRET&code=C" {
			t.Errorf("%s: asked %s?%s", test.name, seen.Path, q)
		}
		if _, err := p.Renew(t.Context(), got); err != nil || seen.Path != "/oauth/refresh" || seen.Query().Get("refresh_token") != "R2" {
			t.Errorf("%s: renewed at %s: %v", test.name, seen.Path, err)
		}
	}
}

func TestAnswersWithoutAToken(t *testing.T) {
	for _, test := range []struct {
		name    string
		status  int
		answer  string
		refused bool
		code    notice.Code
	}{
		{"refused", 200, `{"code":400,"msg":"invalid refresh_token R1"}`, true, oauth.NoticeRenew},
		{"refused in other words", 400, `{"errorcode":"203"}`, true, oauth.NoticeRenew},
		{"nothing", 200, `{}`, false, jos.NoticeAnswer},
		{"success and nothing", 200, `{"code":1000}`, false, jos.NoticeAnswer},
		{"no JSON", 200, `<html>`, false, jos.NoticeAnswer},
		{"the token is an object", 200, `{"access_token":{}}`, false, jos.NoticeAnswer},
		{"their server is broken", 502, `{"code":1}`, false, jos.NoticeBackEnd},
	} {
		var seen url.URL
		a := app(t, &seen, test.status, test.answer)
		for _, p := range []oauth.Platform{oauth.JOS{App: a}, oauth.JDL{App: a}} {
			if _, jdl := p.(oauth.JDL); jdl && strings.Contains(test.answer, "errorcode") {
				continue
			}
			_, err := p.Renew(t.Context(), oauth.Token{Refresh: secret.New("R1")})
			if _, jdl := p.(oauth.JDL); jdl && strings.Contains(test.answer, "access_token") {
				continue
			}
			if errors.Is(err, oauth.ErrRefused) != test.refused || notice.CodeOf(err) != test.code {
				t.Errorf("%s: %T: %v (%s)", test.name, p, err, notice.CodeOf(err))
			}
			for _, private := range []string{"APPSECRET", "R1", "http"} {
				if strings.Contains(fmt.Sprintf("%v %+v", err, err), private) {
					t.Errorf("%s: the error says %q", test.name, private)
				}
			}
		}
	}
	_, err := oauth.JOS{App: oauth.App{Base: "http://127.0.0.1:1", Key: "K", Secret: secret.New("S")}}.Exchange(t.Context(), "C")
	if notice.CodeOf(err) != jos.NoticeUnreachable {
		t.Errorf("nobody there: %v", err)
	}
	if _, err := (oauth.JOS{}).Exchange(t.Context(), "C"); notice.CodeOf(err) != jos.NoticeNotSetUp {
		t.Errorf("no app: %v", err)
	}
}

func TestDue(t *testing.T) {
	for _, test := range []struct {
		name string
		life time.Duration
		want time.Duration // after now; 0 is never
	}{
		{"a year", 365 * day, 358 * day}, {"a day", day, 21 * time.Hour}, {"nobody knows", 0, 0},
	} {
		token := oauth.Token{Access: secret.New("A"), Refresh: secret.New("R"), Got: now}
		var want time.Time
		if test.life > 0 {
			token.Expires, want = now.Add(test.life), now.Add(test.want)
		}
		if got := token.Due(); !got.Equal(want) {
			t.Errorf("%s: due %v, want %v", test.name, got, want)
		}
	}
}

func TestPack(t *testing.T) {
	want := oauth.Token{Access: secret.New("A"), Refresh: secret.New("R"), Got: now, Expires: now.Add(day), RefreshExpires: now.Add(2 * day)}
	got, err := oauth.Unpack(want.Pack())
	if err != nil || !got.Access.Equal(want.Access) || !got.Refresh.Equal(want.Refresh) || !got.Got.Equal(want.Got) || !got.Expires.Equal(want.Expires) || !got.RefreshExpires.Equal(want.RefreshExpires) {
		t.Errorf("Unpack(Pack) = %+v, %v", got, err)
	}
	if got, err := oauth.Unpack(secret.New("ffffffff0001")); err != nil || got.Access.Reveal() != "ffffffff0001" || !got.Good(now) || !got.Due().IsZero() {
		t.Errorf("a bare token: %+v, %v", got, err)
	}
	if _, err := oauth.Unpack(secret.Token{}); !errors.Is(err, oauth.ErrNone) {
		t.Errorf("no token: %v", err)
	}
	if _, err := oauth.Unpack(secret.New("{")); err == nil || errors.Is(err, oauth.ErrNone) {
		t.Errorf("half a token: %v", err)
	}
	if s := fmt.Sprintf("%v %+v %#v", want, want, want); strings.Contains(s, `"A"`) || strings.Contains(s, `"R"`) {
		t.Errorf("a token prints itself: %s", s)
	}
}

// shop is a platform and a store in one.
type shop struct {
	clock   time.Time
	life    time.Duration
	renewed int
	refuse  error
	same    bool // the access token stays the same

	stored   oauth.Token
	saves    int
	saveErr  error
	troubles []error
}

func (s *shop) Exchange(context.Context, string) (oauth.Token, error) { return s.token(), nil }

func (s *shop) Renew(_ context.Context, t oauth.Token) (oauth.Token, error) {
	s.renewed++
	if s.refuse != nil {
		return oauth.Token{}, s.refuse
	}
	n := s.token()
	if s.same {
		n.Access = t.Access
	}
	return n, nil
}

func (s *shop) token() oauth.Token {
	id := fmt.Sprint(s.renewed)
	return oauth.Token{Access: secret.New("A" + id), Refresh: secret.New("R" + id), Got: s.clock, Expires: s.clock.Add(s.life)}
}

func (s *shop) Load(context.Context) (oauth.Token, error) {
	if s.stored.Access.Empty() {
		return oauth.Token{}, oauth.ErrNone
	}
	return s.stored, nil
}

func (s *shop) Save(_ context.Context, t oauth.Token) error {
	if s.saveErr != nil {
		return s.saveErr
	}
	s.stored, s.saves = t, s.saves+1
	return nil
}

func newSource() (*oauth.Source, *shop) {
	s := &shop{clock: now, life: 365 * day}
	return &oauth.Source{Platform: s, Store: s, Name: "JD", Now: func() time.Time { return s.clock }, Trouble: func(err error) { s.troubles = append(s.troubles, err) }}, s
}

func (s *shop) want(t *testing.T, source *oauth.Source, token string, code notice.Code) {
	t.Helper()
	got, err := source.Token(t.Context())
	if got.Reveal() != token || err != nil && notice.CodeOf(err) != code || err == nil && code != "" {
		t.Errorf("Token = %q, %v; want %q, %q", got.Reveal(), err, token, code)
	}
}

func TestAYearAndARenewal(t *testing.T) {
	source, s := newSource()
	s.want(t, source, "", jos.NoticeToken) // nobody has authorised yet
	if err := source.Authorise(t.Context(), "C"); err != nil || s.saves != 1 {
		t.Fatalf("Authorise: %v, %d saved", err, s.saves)
	}
	s.want(t, source, "A0", "")
	s.clock = now.Add(357 * day)
	s.want(t, source, "A0", "")
	s.clock = now.Add(359 * day)
	s.want(t, source, "A1", "")
	if !s.stored.Access.Equal(secret.New("A1")) || s.renewed != 1 {
		t.Errorf("the renewed token is not stored, %d renewals", s.renewed)
	}
	again, _ := newSource() // another start
	again.Platform, again.Store, again.Now = s, s, source.Now
	s.want(t, again, "A1", "")
}

func TestARenewalThatFails(t *testing.T) {
	source, s := newSource()
	source.Authorise(t.Context(), "C")
	s.refuse = notice.New(jos.NoticeUnreachable, errors.New("no network"))
	s.clock = now.Add(359 * day)
	s.want(t, source, "A0", "") // it still serves
	s.want(t, source, "A0", "")
	if s.renewed != 1 || len(s.troubles) != 1 {
		t.Errorf("%d renewals, %d troubles, want one of each", s.renewed, len(s.troubles))
	}
	s.clock = now.Add(366 * day)
	s.want(t, source, "", jos.NoticeUnreachable)
	s.refuse = nil
	s.want(t, source, "A3", "") // the first that the network lets through
}

func TestARefreshTokenThatIsRefused(t *testing.T) {
	source, s := newSource()
	source.Authorise(t.Context(), "C")
	s.clock = now.Add(366 * day)
	s.refuse = notice.New(oauth.NoticeRenew, &oauth.Refusal{Code: "400"}, "JD")
	s.want(t, source, "", oauth.NoticeRenew)
	s.want(t, source, "", jos.NoticeToken)
	if s.renewed != 1 {
		t.Errorf("%d renewals, want 1 in the hour", s.renewed)
	}
	s.stored = oauth.Token{Access: secret.New("NEW"), Expires: s.clock.Add(day)} // authorised elsewhere
	s.want(t, source, "NEW", "")
}

func TestATokenThatIsTurnedAway(t *testing.T) {
	source, s := newSource()
	source.Authorise(t.Context(), "C")
	source.Refused(secret.New("another"))
	s.want(t, source, "A0", "")
	source.Refused(secret.New("A0"))
	s.want(t, source, "A1", "")
	source.Refused(secret.New("A1"))
	s.want(t, source, "", jos.NoticeToken) // just renewed: no storm of renewals
	s.clock = s.clock.Add(6 * time.Minute)
	s.want(t, source, "A2", "")
}

func TestARenewalThatKeepsTheTokenIsNotRepeatedAtOnce(t *testing.T) {
	source, s := newSource()
	source.Authorise(t.Context(), "C")
	s.same = true
	source.Refused(secret.New("A0"))
	s.want(t, source, "A0", "")
	source.Refused(secret.New("A0"))
	s.want(t, source, "", jos.NoticeToken)
	if s.renewed != 1 {
		t.Errorf("%d renewals, want 1", s.renewed)
	}
}

func TestATokenThatCannotBeStoredServesAndIsStoredLater(t *testing.T) {
	source, s := newSource()
	source.Authorise(t.Context(), "C")
	s.saveErr = errors.New("locked")
	s.clock = now.Add(359 * day)
	s.want(t, source, "A1", "")
	if len(s.troubles) != 1 || notice.CodeOf(s.troubles[0]) != oauth.NoticeStore {
		t.Errorf("troubles: %v", s.troubles)
	}
	s.saveErr = nil
	s.want(t, source, "A1", "")
	if !s.stored.Access.Equal(secret.New("A1")) || s.renewed != 1 {
		t.Error("it is not stored later")
	}
}

func TestATokenThatCannotBeRenewedIsTriedAgain(t *testing.T) {
	source, s := newSource()
	s.stored = oauth.Token{Access: secret.New("typed in")}
	s.want(t, source, "typed in", "")
	source.Refused(secret.New("typed in"))
	s.want(t, source, "", jos.NoticeToken)
	s.clock = s.clock.Add(10 * time.Second) // the shop may have authorised the app again under the same token
	s.want(t, source, "typed in", "")
	source.Refused(secret.New("typed in"))
	s.want(t, source, "", jos.NoticeToken)
	s.stored = oauth.Token{Access: secret.New("another")}
	s.want(t, source, "another", "")
}
