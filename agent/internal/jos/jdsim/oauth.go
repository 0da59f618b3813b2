package jdsim

import (
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"time"
)

// codeFor is how long the code of an authorisation is good (guessed).
const codeFor = 10 * time.Minute

// outOfBand is the redirect that shows the code instead.
const outOfBand = "urn:ietf:wg:oauth:2.0:oob"

// credential is what a platform knows of the merchant's authorisation. It is
// kept in memory: a gateway made anew begins with the tokens of its Config.
type credential struct {
	access, refresh string
	until           time.Time // of access; zero for no end
	refreshUntil    time.Time
	expired         bool // by the test's wish
	issued          int
	codes           map[string]time.Time // not yet used, with their ends
}

func (c *credential) good(token string, now time.Time) bool {
	return token != "" && token == c.access && !c.expired && (c.until.IsZero() || now.Before(c.until))
}

// lifeBeyond is how much longer than the access token the refresh token lives.
const lifeBeyond = 30 * 24 * time.Hour

// renew gives new tokens, or the same access token with a longer life.
func (g *Gateway) renew(c *credential, what string, now time.Time, same bool) {
	c.issued++
	token := func(kind string) string { return hex.EncodeToString(g.digest(what+kind, fmt.Sprint(c.issued))[:18]) }
	if !same {
		c.access = token("access")
	}
	c.refresh, c.expired = token("refresh"), false
	c.until = now.Add(g.config.TokenLife)
	c.refreshUntil = c.until.Add(lifeBeyond)
}

// OAuth returns the pages and calls of both platforms by which an app comes to
// a token: /oauth2/… as on open-oauth.jd.com, /oauth/… as on oauth.jdl.com.
func (g *Gateway) OAuth() http.Handler {
	jos := site{g: g, credential: &g.josAuth, name: "jos", clientField: "app_key", secretField: "app_secret",
		client: g.config.AppKey, secret: g.config.AppSecret, answer: josToken, fault: josFault}
	lop := site{g: g, credential: &g.lopAuth, name: "lop", clientField: "client_id", secretField: "client_secret",
		client: g.config.LOPAppKey, secret: g.config.LOPAppSecret, answer: g.lopToken, fault: lopFault}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /oauth2/to_login", jos.page)
	mux.HandleFunc("POST /oauth2/to_login", jos.agree)
	mux.HandleFunc("GET /oauth2/access_token", jos.token)
	mux.HandleFunc("GET /oauth2/refresh_token", jos.renew)
	mux.HandleFunc("GET /oauth/authorize", lop.page)
	mux.HandleFunc("POST /oauth/authorize", lop.agree)
	mux.HandleFunc("GET /oauth/token", lop.token)
	mux.HandleFunc("GET /oauth/refresh", lop.renew)
	return mux
}

// site is one platform's authorisation.
type site struct {
	g                        *Gateway
	credential               *credential
	name                     string
	clientField, secretField string
	client, secret           string
	answer                   func(c credential, now time.Time, refreshed bool) object
	fault                    func(message string) object
}

var consent = template.Must(template.New("").Parse(`<!DOCTYPE html>
<meta charset="utf-8"><title>授权（模拟）</title>
<h1>授权（模拟）</h1>
{{with .Code}}<p>授权码：<code id="code">{{.}}</code></p>{{else}}
<p>应用 {{.Client}} 请求访问演示旗舰店的订单。</p>
<form method="post"><button>同意授权</button></form>{{end}}
`))

// page asks the merchant.
func (s site) page(w http.ResponseWriter, r *http.Request) {
	if message := s.requestFault(r.URL.Query()); message != "" {
		http.Error(w, message, http.StatusBadRequest)
		return
	}
	s.show(w, "")
}

func (s site) show(w http.ResponseWriter, code string) {
	w.Header().Set("Content-Type", "text/html;charset=utf-8")
	// The merchant may have gone; there is nobody to tell.
	_ = consent.Execute(w, struct{ Client, Code string }{s.client, code})
}

func (s site) requestFault(q url.Values) string {
	to, err := url.Parse(q.Get("redirect_uri"))
	switch {
	case q.Get(s.clientField) != s.client:
		return "无效的" + s.clientField
	case q.Get("response_type") != "code":
		return "response_type 应为 code"
	case err != nil || q.Get("redirect_uri") == "" || to.Scheme != "http" && to.Scheme != "https" && q.Get("redirect_uri") != outOfBand:
		return "无效的redirect_uri"
	}
	return ""
}

// agree is the merchant's yes.
func (s site) agree(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if message := s.requestFault(q); message != "" {
		http.Error(w, message, http.StatusBadRequest)
		return
	}
	s.g.mu.Lock()
	now := s.g.config.Clock()
	s.credential.issued++
	code := hex.EncodeToString(s.g.digest(s.name+"code", fmt.Sprint(s.credential.issued))[:12])
	if s.credential.codes == nil {
		s.credential.codes = map[string]time.Time{}
	}
	s.credential.codes[code] = now.Add(codeFor)
	s.g.mu.Unlock()
	if q.Get("redirect_uri") == outOfBand {
		s.show(w, code)
		return
	}
	to, err := url.Parse(q.Get("redirect_uri"))
	if err != nil {
		http.Error(w, "无效的redirect_uri", http.StatusBadRequest)
		return
	}
	back := to.Query()
	back.Set("code", code)
	if state := q.Get("state"); state != "" {
		back.Set("state", state)
	}
	to.RawQuery = back.Encode()
	http.Redirect(w, r, to.String(), http.StatusFound)
}

// token changes a code for tokens.
func (s site) token(w http.ResponseWriter, r *http.Request) {
	s.exchange(w, r, false, func(q url.Values, now time.Time) string {
		if t := q.Get("grant_type"); t != "authorization_code" && (s.name == "jos" || t != "") {
			return "grant_type 不正确"
		}
		until, ok := s.credential.codes[q.Get("code")]
		delete(s.credential.codes, q.Get("code"))
		if !ok || !now.Before(until) {
			return "授权码无效或已过期"
		}
		return ""
	})
}

// renew changes a refresh token for tokens. Whether LOP signs this call has
// not been seen.
func (s site) renew(w http.ResponseWriter, r *http.Request) {
	s.exchange(w, r, true, func(q url.Values, now time.Time) string {
		if t := q.Get("grant_type"); t != "refresh_token" && (s.name == "jos" || t != "") {
			return "grant_type 不正确"
		}
		token := q.Get("refresh_token")
		if token == "" {
			token = q.Get("refreshToken")
		}
		c := s.credential
		if token == "" || token != c.refresh || !c.refreshUntil.IsZero() && !now.Before(c.refreshUntil) {
			return "refresh_token 无效或已过期"
		}
		return ""
	})
}

func (s site) exchange(w http.ResponseWriter, r *http.Request, refreshed bool, fault func(url.Values, time.Time) string) {
	s.g.mu.Lock()
	defer s.g.mu.Unlock()
	now, q := s.g.config.Clock(), r.URL.Query()
	message := fault(q, now)
	if q.Get(s.clientField) != s.client || q.Get(s.secretField) != s.secret {
		message = s.clientField + " 或 " + s.secretField + " 不正确"
	}
	if message != "" {
		writeJSON(w, encode(s.fault(message)))
		return
	}
	s.g.renew(s.credential, s.name, now, refreshed && s.g.config.SameTokenOnRefresh)
	writeJSON(w, encode(s.answer(*s.credential, now, refreshed)))
}

func josToken(c credential, now time.Time, _ bool) object {
	return object{
		"access_token": c.access, "expires_in": int64(c.until.Sub(now) / time.Second), "refresh_token": c.refresh,
		"scope": "snsapi_base", "open_id": "o-demo-0001", "uid": "1234567890", "time": now.UnixMilli(), "token_type": "bearer", "code": 0,
	}
}

// josFault is a failure; its keys and code are remembered, not documented.
func josFault(message string) object { return object{"code": 400, "msg": message} }

func (g *Gateway) lopToken(c credential, _ time.Time, refreshed bool) object {
	o := object{
		"accessToken": c.access, "accessExpire": stamp(c.until), "refreshToken": c.refresh, "refreshExpire": stamp(c.refreshUntil),
		"clientId": g.config.LOPAppKey, "sellerId": g.config.VendorID, "code": 1000,
	}
	if refreshed {
		return object{"code": 1000, "message": "success", "enMessage": nil, "data": o}
	}
	return o
}

// lopFault is a failure; its code is guessed.
func lopFault(message string) object {
	return object{"code": 1001, "message": message, "enMessage": nil, "data": nil}
}
