package jdsim

import (
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// visit asks an OAuth page.
func visit(g *Gateway, method, path string, q map[string]string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	g.OAuth().ServeHTTP(w, httptest.NewRequest(method, path+"?"+form(q).Encode(), nil))
	return w
}

func TestJOSAuthorisation(t *testing.T) {
	c := &clock{noon}
	g := open(t, Config{Clock: c.time, TokenLife: time.Hour})
	login := map[string]string{"app_key": DefaultAppKey, "response_type": "code", "redirect_uri": "http://127.0.0.1/back?x=1", "state": "s", "scope": "snsapi_base"}
	if w := visit(g, "GET", "/oauth2/to_login", login); w.Code != 200 || !strings.Contains(w.Body.String(), "同意授权") {
		t.Fatalf("the page: %d %s", w.Code, w.Body)
	}
	w := visit(g, "POST", "/oauth2/to_login", login)
	to, err := url.Parse(w.Header().Get("Location"))
	if err != nil || w.Code != 302 || to.Query().Get("state") != "s" || to.Query().Get("x") != "1" {
		t.Fatalf("the redirect: %d %s", w.Code, to)
	}
	exchange := map[string]string{"app_key": DefaultAppKey, "app_secret": DefaultAppSecret, "grant_type": "authorization_code", "code": to.Query().Get("code")}
	tokens := decode(t, visit(g, "GET", "/oauth2/access_token", exchange).Body.String())
	token, _ := tokens["access_token"].(string)
	if token == "" || tokens["expires_in"] != 3600.0 || tokens["code"] != 0.0 {
		t.Fatalf("tokens %v", tokens)
	}
	if again := decode(t, visit(g, "GET", "/oauth2/access_token", exchange).Body.String()); again["access_token"] != nil {
		t.Errorf("the code is good twice: %v", again)
	}
	call := func() string {
		p := system(enSearch, "{}")
		p["access_token"], p["timestamp"] = token, stamp(c.now)
		p["sign"] = sign(p, DefaultAppSecret)
		return gatewayCode(t, post(t, g, "", form(p)))
	}
	if got := call(); got != "" {
		t.Errorf("with the new token: code %s", got)
	}
	c.now = c.now.Add(time.Hour)
	if got := call(); got != "19" {
		t.Errorf("when it has expired: code %q, want 19", got)
	}
	refresh := map[string]string{"app_key": DefaultAppKey, "app_secret": DefaultAppSecret, "grant_type": "refresh_token", "refresh_token": tokens["refresh_token"].(string)}
	renewed := decode(t, visit(g, "GET", "/oauth2/refresh_token", refresh).Body.String())
	if renewed["access_token"] == token || renewed["access_token"] == nil {
		t.Errorf("refreshed %v", renewed)
	}
	if again := decode(t, visit(g, "GET", "/oauth2/refresh_token", refresh).Body.String()); again["access_token"] != nil {
		t.Errorf("the refresh token is good twice: %v", again)
	}
	for field, value := range map[string]string{"app_key": "x", "response_type": "token", "redirect_uri": "javascript:1"} {
		wrong := map[string]string{"app_key": DefaultAppKey, "response_type": "code", "redirect_uri": "http://127.0.0.1/"}
		wrong[field] = value
		for _, method := range []string{"GET", "POST"} {
			if w := visit(g, method, "/oauth2/to_login", wrong); w.Code != 400 {
				t.Errorf("%s %s = %s: status %d", method, field, value, w.Code)
			}
		}
	}
}

func TestRefreshKeepsTheToken(t *testing.T) {
	g := open(t, Config{SameTokenOnRefresh: true, TokenUntil: noon})
	if got := gatewayCode(t, signed(t, g, enSearch, object{})); got != "19" {
		t.Errorf("a token that ended: code %q, want 19", got)
	}
	refresh := map[string]string{"app_key": DefaultAppKey, "app_secret": DefaultAppSecret, "grant_type": "refresh_token", "refresh_token": DefaultRefreshToken}
	if got := decode(t, visit(g, "GET", "/oauth2/refresh_token", refresh).Body.String()); got["access_token"] != DefaultAccessToken {
		t.Errorf("refreshed %v", got)
	}
	if got := gatewayCode(t, signed(t, g, enSearch, object{})); got != "" {
		t.Errorf("after refreshing: code %q", got)
	}
}

func TestLOPAuthorisation(t *testing.T) {
	c := &clock{noon}
	g := open(t, Config{Clock: c.time})
	w := visit(g, "POST", "/oauth/authorize", map[string]string{"client_id": DefaultLOPAppKey, "response_type": "code", "redirect_uri": outOfBand})
	code := regexp.MustCompile(`id="code">([0-9a-f]+)<`).FindStringSubmatch(w.Body.String())
	if code == nil {
		t.Fatalf("no code on %s", w.Body)
	}
	exchange := map[string]string{"client_id": DefaultLOPAppKey, "client_secret": "x", "code": code[1]}
	if got := decode(t, visit(g, "GET", "/oauth/token", exchange).Body.String()); got["accessToken"] != nil {
		t.Errorf("with another secret: %v", got)
	}
	// A code is spent by the attempt.
	w = visit(g, "POST", "/oauth/authorize", map[string]string{"client_id": DefaultLOPAppKey, "response_type": "code", "redirect_uri": outOfBand})
	exchange["client_secret"] = DefaultLOPAppSecret
	exchange["code"] = regexp.MustCompile(`id="code">([0-9a-f]+)<`).FindStringSubmatch(w.Body.String())[1]
	tokens := decode(t, visit(g, "GET", "/oauth/token", exchange).Body.String())
	if tokens["sellerId"] != DefaultVendorID || tokens["accessExpire"] != "2027-11-23 16:30:00" || tokens["refreshExpire"] != "2027-12-23 16:30:00" {
		t.Errorf("tokens %v", tokens)
	}
	if got := lop(t, g, ecapPrefix+"status/get", object{}); dig(t, got, "error_response.code") != 19.0 {
		t.Errorf("with the old token: %v", got)
	}
	r := lopOf(ecapPrefix+"status/get", object{})
	r.query["access_token"] = tokens["accessToken"].(string)
	if got := r.send(t, g); got["error_response"] != nil {
		t.Errorf("with the new token: %v", got)
	}
	refresh := map[string]string{"client_id": DefaultLOPAppKey, "client_secret": DefaultLOPAppSecret, "refreshToken": tokens["refreshToken"].(string)}
	got := decode(t, visit(g, "GET", "/oauth/refresh", refresh).Body.String())
	if got["code"] != 1000.0 || dig(t, got, "data.accessToken") == tokens["accessToken"] {
		t.Errorf("refreshed %v", got)
	}
}
