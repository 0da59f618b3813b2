// Package jos speaks to JD's open platform, 京东宙斯: one gateway for orders,
// for the Wujie e-waybill and for JD Express.
//
// A caller must know one thing about a failure that JD does not say: whether
// the call may have had its effect. So every error carries its code, and a
// code is either known to be the gateway's own, given before anything behind
// it was asked, or it leaves the effect open. Only calls that change nothing
// are made again here.
package jos

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/outbound"
	"miandan/agent/internal/secret"
)

// DefaultGateway is the gateway that the public SDKs use.
const DefaultGateway = "https://api.jd.com/routerjson"

// Beijing is the time of every date that JD sends or is sent. China keeps no
// summer time, and Windows has no zone files, hence a fixed zone.
var Beijing = time.FixedZone("CST", 8*60*60)

// DateTime is the form of JD's dates.
const DateTime = "2006-01-02 15:04:05"

// Client calls the gateway for one merchant. Its methods may be called from
// several goroutines at once; its fields must not change any more by then.
type Client struct {
	Gateway     string // DefaultGateway if empty
	AppKey      string
	AppSecret   secret.Token
	AccessToken secret.Token     // the merchant's authorisation; empty for methods that need none
	Tokens      TokenSource      // gives the authorisation instead of AccessToken, if not nil
	HTTP        *outbound.Client // nil is one of this client's own
	Now         func() time.Time // nil is time.Now
	Rest        *Rest            // keeps back methods whose calls are used up (code 2); nil asks each time
	Backoff     time.Duration    // before the first repetition of a read; zero is 500 ms, as in JD's own SDK

	own outbound.Client // used if HTTP is nil
}

// TokenSource gives a merchant's authorisation, which is renewed from time to
// time. Package oauth has one.
type TokenSource interface {
	// Token returns the authorisation that is good now. Errors are
	// *notice.Error.
	Token(ctx context.Context) (secret.Token, error)
	// Refused tells that the platform does not take a token any more, so that
	// the next Token returns another.
	Refused(secret.Token)
}

// Access returns the authorisation that the next call is made with.
func (c *Client) Access(ctx context.Context) (secret.Token, error) {
	if c.Tokens == nil {
		return c.AccessToken, nil
	}
	t, err := c.Tokens.Token(ctx)
	if err != nil {
		return secret.Token{}, noToken(err)
	}
	return t, nil
}

// Call calls a method once and reads its answer into result, which may be nil.
// params is encoded as a JSON object. Every error is a *notice.Error; if the
// gateway gave a reason it wraps an *Error.
//
// The answer is the first child of the root, whatever its name, or the root
// itself where the platform forgot to wrap it.
func (c *Client) Call(ctx context.Context, method string, params, result any) error {
	body, err := c.exchange(ctx, method, params)
	if err != nil {
		return err
	}
	if result == nil {
		return nil
	}
	if err := json.Unmarshal(body, result); err != nil {
		return broken(method, shape(err))
	}
	return nil
}

// exchange makes a call, and makes it a second time if the gateway turns the
// authorisation away and there is another: nothing behind the gateway was asked
// by then.
func (c *Client) exchange(ctx context.Context, method string, params any) (json.RawMessage, error) {
	token, err := c.Access(ctx)
	if err != nil {
		return nil, err
	}
	body, err := c.send(ctx, method, params, token)
	if c.Tokens == nil || !TurnedAway(err) {
		return body, err
	}
	c.Tokens.Refused(token)
	another, none := c.Access(ctx)
	if none != nil || another.Equal(token) {
		return nil, err
	}
	return c.send(ctx, method, params, another)
}

func (c *Client) send(ctx context.Context, method string, params any, token secret.Token) (json.RawMessage, error) {
	if !c.Rest.Over(method, c.now()) {
		return nil, notice.New(NoticeQuota, fmt.Errorf("%w; it is left alone for now", &Error{Method: method, Code: codeQuota}))
	}
	req, err := c.request(ctx, method, params, token)
	if err != nil {
		return nil, err
	}
	answer, err := c.http().Do(req)
	if err != nil {
		return nil, unreachable(method, err)
	}
	if answer.Status != http.StatusOK {
		return nil, broken(method, StatusError(answer.Status))
	}
	body, err := open(method, answer.Body)
	if e := (*Error)(nil); errors.As(err, &e) {
		e.quotes(params)
	}
	c.Rest.Heard(method, notice.CodeOf(err) == NoticeQuota, c.now())
	return body, err
}

// request signs and builds a call. The parameters of the system stand in the
// query, those of the method in the body, as JD's own SDK sends them.
func (c *Client) request(ctx context.Context, method string, params any, token secret.Token) (*http.Request, error) {
	if c.AppKey == "" || c.AppSecret.Empty() {
		return nil, notConfigured(method)
	}
	business, err := encode(params)
	if err != nil {
		return nil, notice.New(notice.Internal, fmt.Errorf("%s: encode parameters: %w", name(method), err), name(method))
	}
	system := map[string]string{
		"method":       method,
		"app_key":      c.AppKey,
		"access_token": token.Reveal(),
		"timestamp":    c.now().In(Beijing).Format(DateTime),
		"format":       "json",
		"v":            "2.0",
	}
	signed := maps.Clone(system)
	signed[paramJSON] = business
	system["sign"] = Sign(c.AppSecret, signed)

	query := url.Values{}
	for k, v := range system {
		if v != "" {
			query.Set(k, v)
		}
	}
	target, err := url.Parse(c.gateway())
	if err != nil {
		return nil, badGateway(method)
	}
	target.RawQuery = query.Encode()
	form := url.Values{paramJSON: {business}}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), strings.NewReader(form))
	if err != nil {
		return nil, badGateway(method)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")
	return req, nil
}

const paramJSON = "360buy_param_json"

// Sign returns the signature of a call's parameters, as they are before URL
// encoding. Empty ones count as not sent.
func Sign(appSecret secret.Token, params map[string]string) string {
	var s strings.Builder
	s.WriteString(appSecret.Reveal())
	for _, k := range slices.Sorted(maps.Keys(params)) {
		if k != "" && params[k] != "" && k != "sign" {
			s.WriteString(k)
			s.WriteString(params[k])
		}
	}
	s.WriteString(appSecret.Reveal())
	sum := md5.Sum([]byte(s.String()))
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// encode leaves <, > and & as they are: not every back-end of JD has been seen
// to read \u003c.
func encode(params any) (string, error) {
	if params == nil {
		return "{}", nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(params); err != nil {
		return "", err
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// Object encodes v as JSON text, for the methods that want JSON within JSON.
func Object(v any) (string, error) { return encode(v) }

func (c *Client) gateway() string {
	if c.Gateway == "" {
		return DefaultGateway
	}
	return c.Gateway
}

func (c *Client) http() *outbound.Client {
	if c.HTTP == nil {
		return &c.own
	}
	return c.HTTP
}

func (c *Client) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

func (c *Client) backoff() time.Duration {
	if c.Backoff == 0 {
		return 500 * time.Millisecond
	}
	return c.Backoff
}
