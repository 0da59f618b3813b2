// Package lop speaks to JD Logistics' open platform, 京东物流开放平台, where
// JD Express takes orders (ECAP) and renders labels (jdcloudprint).
//
// It is a gateway of its own, beside the one of package jos: the path is the
// method, the body is a JSON list of arguments, and the signature is over the
// very bytes of that body. What is alike is what a caller must know about a
// failure: whether the call may have had its effect.
package lop

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/outbound"
	"miandan/agent/internal/secret"
)

// The gateways.
const (
	DefaultGateway = "https://api.jdl.com"
	TestGateway    = "https://uat-api.jdl.com"
)

// API is one interface of the platform.
type API struct {
	Domain string // LOP-DN, the code of the solution that was subscribed to: ECAP, jdcloudprint
	Path   string // /ecap/v1/orders/create
}

func (a API) String() string { return strings.TrimPrefix(a.Path, "/") }

// Client calls the platform for one merchant. Its methods may be called from
// several goroutines at once; its fields must not change any more by then.
type Client struct {
	Gateway     string // DefaultGateway if empty
	AppKey      string
	AppSecret   secret.Token
	AccessToken secret.Token    // empty for a partner's own app, which needs none
	Tokens      jos.TokenSource // gives the authorisation instead of AccessToken, if not nil
	Rest        *jos.Rest       // keeps back interfaces whose calls are used up; nil asks each time
	// JOS says that key, secret and token are those of JD's other platform,
	// which this one takes too (X-UseJosAuth).
	JOS       bool
	Algorithm Algorithm        // MD5Salt if empty
	Faults    map[int]Fault    // what the codes mean; nil is what Faults returns
	HTTP      *outbound.Client // nil is one of this client's own
	Now       func() time.Time // nil is time.Now
	Backoff   time.Duration    // before the first repetition of a read; zero is 500 ms

	own outbound.Client // used if HTTP is nil
}

// Call calls an interface once with one argument and reads its answer into
// result, which may be nil. Every error is a *notice.Error; if the platform
// gave a reason it wraps an *Error.
//
// Where Tokens has another authorisation than the one that the gateway turns
// away, the call is made a second time: nothing behind the gateway was asked by
// then.
func (c *Client) Call(ctx context.Context, api API, argument, result any) error {
	token, err := c.access(ctx, api)
	if err != nil {
		return err
	}
	err = c.send(ctx, api, argument, result, token)
	if c.Tokens == nil || !turnedAway(err) {
		return err
	}
	c.Tokens.Refused(token)
	another, none := c.access(ctx, api)
	if none != nil || another.Equal(token) {
		return err
	}
	return c.send(ctx, api, argument, result, another)
}

// Read is Call for an interface that changes nothing. It asks again a few times,
// each time waiting longer, if no whole answer came: the connection broke, nothing
// came in time, or what stands in front of the platform is in trouble (HTTP 5xx).
func (c *Client) Read(ctx context.Context, api API, argument, result any) error {
	backoff := c.Backoff
	if backoff == 0 {
		backoff = 500 * time.Millisecond
	}
	return jos.Repeat(ctx, backoff, jos.ReadsIfLost, func() error { return c.Call(ctx, api, argument, result) })
}

// access returns the authorisation that the next call is made with.
func (c *Client) access(ctx context.Context, api API) (secret.Token, error) {
	if c.Tokens == nil {
		return c.AccessToken, nil
	}
	t, err := c.Tokens.Token(ctx)
	if err != nil {
		return secret.Token{}, c.noToken(api, err)
	}
	return t, nil
}

func (c *Client) send(ctx context.Context, api API, argument, result any, token secret.Token) error {
	if !c.Rest.Over(api.Path, c.now()) {
		return notice.New(NoticeQuota, fmt.Errorf("%w; it is left alone for now", &Error{API: api, Code: "of quota", noEffect: true}))
	}
	req, err := c.request(ctx, api, argument, token)
	if err != nil {
		return err
	}
	answer, err := c.http().Do(req)
	if err != nil {
		return unreachable(api, err)
	}
	trace := c.trace(answer.Header, token)
	err = c.refusal(api, answer.Body, trace)
	if e := (*Error)(nil); errors.As(err, &e) {
		if sent, err := encode(argument); err == nil { // it may quote the receiver
			e.Message = outbound.Words(e.Message, outbound.Texts(string(sent))...)
		}
	}
	c.Rest.Heard(api.Path, notice.CodeOf(err) == NoticeQuota, c.now())
	if err != nil {
		return err
	}
	if answer.Status != http.StatusOK {
		return broken(api, trace, jos.StatusError(answer.Status))
	}
	if result == nil {
		return nil
	}
	if err := json.Unmarshal(answer.Body, result); err != nil {
		return broken(api, trace, shape(err))
	}
	return nil
}

// refusal returns the error that the answer is, or nil. A code of the gateway
// counts whatever the status: proxies change statuses, not bodies.
func (c *Client) refusal(api API, body []byte, trace string) error {
	var answer struct {
		Error *struct {
			Code jos.Text `json:"code"`
			Zh   string   `json:"zh_desc"`
			En   string   `json:"en_desc"`
		} `json:"error_response"`
	}
	if json.Unmarshal(body, &answer) != nil || answer.Error == nil {
		return nil
	}
	words := answer.Error.Zh
	if words == "" {
		words = answer.Error.En
	}
	return c.refused(&Error{API: api, Code: outbound.Code(string(answer.Error.Code)), Message: outbound.Words(words), Trace: trace})
}

func (c *Client) request(ctx context.Context, api API, argument any, token secret.Token) (*http.Request, error) {
	if c.AppKey == "" || c.AppSecret.Empty() {
		return nil, notice.New(NoticeNotSetUp, fmt.Errorf("%s: no app key or no app secret", api))
	}
	body, err := encode(argument)
	if err != nil {
		return nil, notice.New(notice.Internal, fmt.Errorf("%s: encode argument: %w", api, err))
	}
	call := Call{
		AppKey: c.AppKey, AppSecret: c.AppSecret, AccessToken: token, Path: api.Path, Body: body,
		Timestamp: c.now().In(jos.Beijing).Format(jos.DateTime),
	}
	algorithm := c.Algorithm
	if algorithm == "" {
		algorithm = MD5Salt
	}
	sign, err := call.Sign(algorithm)
	if err != nil {
		return nil, notice.New(NoticeAlgorithm, fmt.Errorf("%s: %w", api, err))
	}
	query := url.Values{
		"LOP-DN": {api.Domain}, "app_key": {c.AppKey}, "timestamp": {call.Timestamp}, "v": {version},
		"sign": {sign}, "algorithm": {string(algorithm)},
	}
	if !token.Empty() {
		query.Set("access_token", token.Reveal())
	}
	gateway := c.Gateway
	if gateway == "" {
		gateway = DefaultGateway
	}
	target, err := url.Parse(strings.TrimSuffix(gateway, "/"))
	if err != nil {
		return nil, badGateway(api)
	}
	target = target.JoinPath(api.Path)
	target.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), bytes.NewReader(body))
	if err != nil {
		return nil, badGateway(api)
	}
	req.Header.Set("Content-Type", "application/json;charset=utf-8")
	req.Header.Set("User-Agent", "lop-opensdk/go@1.0.0")
	req.Header.Set("lop-tz", "8") // hours east of Greenwich of the timestamp
	if c.JOS {
		req.Header.Set("X-UseJosAuth", "true")
	}
	return req, nil
}

// encode makes the body: a list of one argument. <, > and & stay as they are.
func encode(argument any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode([]any{argument}); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// maxTrace is longer than any trace ID that has been seen.
const maxTrace = 64

// trace returns the platform's name for the call, which its support asks for.
// What does not look like one is dropped.
func (c *Client) trace(h http.Header, token secret.Token) string {
	trace := h.Get("Lop-Trace-Id")
	odd := func(r rune) bool {
		return r >= 128 || !strings.ContainsRune("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._:-", r)
	}
	if len(trace) > maxTrace || strings.ContainsFunc(trace, odd) {
		return ""
	}
	for _, s := range []secret.Token{token, c.AppSecret} {
		if !s.Empty() && strings.Contains(trace, s.Reveal()) {
			return ""
		}
	}
	return trace
}

// shape says what is wrong with the form of an answer without quoting it.
func shape(err error) error {
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind) && kind.Field != "":
		return fmt.Errorf("field %s is no %v", kind.Field, kind.Type)
	case errors.As(err, &kind):
		return errors.New("the answer is no object")
	}
	return errors.New("the answer is not whole JSON")
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
