package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/outbound"
	"miandan/agent/internal/secret"
)

// The addresses that the public SDKs use.
const (
	DefaultJOS = "https://open-oauth.jd.com"
	DefaultJDL = "https://oauth.jdl.com"
)

// The notices of this package.
const (
	NoticeCode  notice.Code = "jd-code-refused"   // the code from the browser
	NoticeRenew notice.Code = "jd-renew-refused"  // takes the platform's name
	NoticeStore notice.Code = "jd-token-unstored" // takes the platform's name
)

// App is what both platforms must know of the app.
type App struct {
	Base      string // the address without path; the platform's default if empty
	Key       string // app_key, client_id
	Secret    secret.Token
	HTTP      *outbound.Client // nil is one for each call
	Now       func() time.Time // nil is time.Now
	NoticeFor string           // the platform's name in sentences; its default if empty
}

// JOS is JD's open platform, 京东宙斯.
type JOS struct{ App }

// JDL is JD Logistics' open platform, 京东物流开放平台.
type JDL struct {
	App
	// RenewPath is where a token is renewed. One client is known to use
	// /oauth/refresh, the default, without a signature; so it is uncertain.
	RenewPath string
}

var (
	_ Platform = JOS{}
	_ Platform = JDL{}
)

// AuthorizeURL returns the page on which the shop authorises the app. state
// comes back with the code and must be compared.
func (p JOS) AuthorizeURL(redirect, state string) string {
	return p.base(DefaultJOS) + "/oauth2/to_login?" + url.Values{
		"app_key": {p.Key}, "response_type": {"code"}, "redirect_uri": {redirect}, "state": {state}, "scope": {"snsapi_base"},
	}.Encode()
}

// Exchange implements Platform.
func (p JOS) Exchange(ctx context.Context, code string) (Token, error) {
	return p.ask(ctx, "/oauth2/access_token", NoticeCode, url.Values{"grant_type": {"authorization_code"}, "code": {code}})
}

// Renew implements Platform.
func (p JOS) Renew(ctx context.Context, t Token) (Token, error) {
	n, err := p.ask(ctx, "/oauth2/refresh_token", NoticeRenew, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {t.Refresh.Reveal()}})
	return follow(n, t), err
}

func (p JOS) ask(ctx context.Context, path string, refused notice.Code, params url.Values) (Token, error) {
	params.Set("app_key", p.Key)
	params.Set("app_secret", p.Secret.Reveal())
	body, err := p.get(ctx, p.base(DefaultJOS)+path, params)
	if err != nil {
		return Token{}, err
	}
	var a struct {
		Access  sealed   `json:"access_token"`
		Refresh sealed   `json:"refresh_token"`
		Life    jos.Text `json:"expires_in"` // seconds
		Code    jos.Text `json:"code"`
		Error   jos.Text `json:"errorcode"`
	}
	if json.Unmarshal(body, &a) != nil {
		return Token{}, unreadable(path)
	}
	if a.Access.Empty() {
		return Token{}, p.refuse("JD", refused, a.Code+a.Error, path)
	}
	t := Token{Access: a.Access.Token, Refresh: a.Refresh.Token, Got: p.now()}
	if life, err := strconv.ParseInt(string(a.Life), 10, 64); err == nil && life > 0 && life < 100*365*24*3600 {
		t.Expires = t.Got.Add(time.Duration(life) * time.Second)
	}
	return t, nil
}

// AuthorizeURL returns the page on which the shop authorises the app.
func (p JDL) AuthorizeURL(redirect, state string) string {
	return p.base(DefaultJDL) + "/oauth/authorize?" + url.Values{
		"client_id": {p.Key}, "redirect_uri": {redirect}, "response_type": {"code"}, "state": {state},
	}.Encode()
}

// Exchange implements Platform.
func (p JDL) Exchange(ctx context.Context, code string) (Token, error) {
	return p.ask(ctx, "/oauth/token", NoticeCode, url.Values{"code": {code}})
}

// Renew implements Platform.
func (p JDL) Renew(ctx context.Context, t Token) (Token, error) {
	path := p.RenewPath
	if path == "" {
		path = "/oauth/refresh"
	}
	n, err := p.ask(ctx, path, NoticeRenew, url.Values{"refresh_token": {t.Refresh.Reveal()}})
	return follow(n, t), err
}

// jdlToken is what JDL gives, bare or within data.
type jdlToken struct {
	Access         sealed   `json:"accessToken"`
	Refresh        sealed   `json:"refreshToken"`
	Expires        jos.Text `json:"accessExpire"`
	RefreshExpires jos.Text `json:"refreshExpire"`
}

func (p JDL) ask(ctx context.Context, path string, refused notice.Code, params url.Values) (Token, error) {
	params.Set("client_id", p.Key)
	params.Set("client_secret", p.Secret.Reveal())
	body, err := p.get(ctx, p.base(DefaultJDL)+path, params)
	if err != nil {
		return Token{}, err
	}
	var a struct {
		jdlToken
		Code jos.Text  `json:"code"`
		Data *jdlToken `json:"data"`
	}
	if json.Unmarshal(body, &a) != nil {
		return Token{}, unreadable(path)
	}
	if a.Data != nil && a.Access.Empty() {
		a.jdlToken = *a.Data
	}
	if a.Access.Empty() {
		return Token{}, p.refuse("JDL", refused, a.Code, path)
	}
	return Token{Access: a.Access.Token, Refresh: a.Refresh.Token, Got: p.now(), Expires: moment(a.Expires), RefreshExpires: moment(a.RefreshExpires)}, nil
}

// follow keeps the refresh token of old where a renewal returns none.
func follow(t, old Token) Token {
	if !t.Access.Empty() && t.Refresh.Empty() {
		t.Refresh, t.RefreshExpires = old.Refresh, old.RefreshExpires
	}
	return t
}

func moment(s jos.Text) time.Time {
	t, err := time.ParseInLocation(jos.DateTime, string(s), jos.Beijing)
	if err != nil {
		return time.Time{}
	}
	return t
}

// get asks with everything in the query, since the platforms want it there.
func (a App) get(ctx context.Context, target string, params url.Values) ([]byte, error) {
	if a.Key == "" || a.Secret.Empty() {
		return nil, notice.New(jos.NoticeNotSetUp, errors.New("no app key or no app secret"))
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target+"?"+params.Encode(), nil)
	if err != nil {
		return nil, notice.New(jos.NoticeGateway, errors.New("the address for authorisations is no URL"))
	}
	client := a.HTTP
	if client == nil {
		client = new(outbound.Client)
	}
	answer, err := client.Do(req)
	switch {
	case errors.Is(err, outbound.ErrBadTarget):
		return nil, notice.New(jos.NoticeGateway, errors.New("the address for authorisations is no URL"))
	case err != nil && outbound.Certificate(err):
		return nil, notice.New(jos.NoticeCertificate, err)
	case err != nil:
		return nil, notice.New(jos.NoticeUnreachable, err)
	case answer.Status >= 500:
		return nil, notice.New(jos.NoticeBackEnd, fmt.Errorf("status %d", answer.Status))
	}
	return answer.Body, nil // a refusal comes with a status of its own choice
}

// refuse makes the error of an answer without a token. One without a code is
// no refusal: nothing is known then.
func (a App) refuse(platform string, n notice.Code, code jos.Text, path string) error {
	if code == "" || code == "0" || code == "1000" { // JDL's success
		return unreadable(path)
	}
	if a.NoticeFor != "" {
		platform = a.NoticeFor
	}
	r := &Refusal{outbound.Code(string(code))}
	if n == NoticeCode {
		return notice.New(n, r)
	}
	return notice.New(n, r, platform)
}

func unreadable(path string) error {
	return notice.New(jos.NoticeAnswer, fmt.Errorf("%s: no token in the answer", path))
}

func (a App) base(def string) string {
	if a.Base == "" {
		return def
	}
	return a.Base
}

func (a App) now() time.Time {
	if a.Now == nil {
		return time.Now()
	}
	return a.Now()
}

// sealed is a token on its way out of an answer.
type sealed struct{ secret.Token }

func (s *sealed) UnmarshalJSON(b []byte) error {
	var t jos.Text
	if err := t.UnmarshalJSON(b); err != nil {
		return errors.New("a token is no text")
	}
	s.Token = secret.New(string(t))
	return nil
}
