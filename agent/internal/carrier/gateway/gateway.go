// Package gateway carries calls to a carrier's own platform.
//
// Every carrier signs and packs in its own way, and that is its package's
// matter. What is the same for all of them is what decides about a second
// number: whether a call that failed may have had its effect, and what its code
// means. That is here, once, and so are the sentences.
package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/outbound"
	"miandan/templates/waybill"
)

// Client calls one carrier for one account. Its methods may be called from
// several goroutines at once.
type Client struct {
	Account string // the account's name, for sentences
	Base    string // the gateway's address
	HTTP    *outbound.Client
	Codes   Codes
}

// Call is one request. Its body is Form if there is one, and JSON otherwise.
type Call struct {
	Name   string // of the interface, for errors
	Path   string // behind the gateway's address; empty for that itself
	Query  url.Values
	Header http.Header
	Form   url.Values
	JSON   []byte
}

// Post makes a call and returns the body of its answer. Every error is a
// *notice.Error; NoEffect tells whether the call may be made again.
func (c *Client) Post(ctx context.Context, call Call) ([]byte, error) {
	target, err := url.Parse(strings.TrimSuffix(c.Base, "/"))
	if err != nil || target.Host == "" {
		return nil, &noEffect{notice.New("gateway-url", fmt.Errorf("%s: the gateway's address is no URL", call.Name), c.Account)}
	}
	if call.Path != "" {
		target = target.JoinPath(call.Path)
	}
	target.RawQuery = call.Query.Encode()
	body, kind := call.JSON, "application/json;charset=UTF-8"
	if call.Form != nil {
		body, kind = []byte(call.Form.Encode()), "application/x-www-form-urlencoded;charset=UTF-8"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), bytes.NewReader(body))
	if err != nil {
		return nil, &noEffect{notice.New("gateway-url", fmt.Errorf("%s: the gateway's address is no URL", call.Name), c.Account)}
	}
	req.Header.Set("Content-Type", kind)
	for key, values := range call.Header {
		req.Header[key] = values
	}
	return c.do(call.Name, req)
}

// Get fetches what an answer pointed to, such as a label's file. It must come
// from one of the hosts, or from this computer if the gateway is on it too: an
// answer that was tampered with would have us ask anybody.
func (c *Client) Get(ctx context.Context, name, address string, header http.Header, hosts ...string) ([]byte, error) {
	target, err := url.Parse(address)
	if err != nil || !c.trusts(target, hosts) {
		return nil, c.Broken(name, "a file at an address that is not the carrier's")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return nil, c.Broken(name, "a file without an address")
	}
	for key, values := range header {
		req.Header[key] = values
	}
	return c.do(name, req)
}

// trusts reports whether an address may be asked: by https on a host that is
// named, or on one below it.
func (c *Client) trusts(u *url.URL, hosts []string) bool {
	if base, err := url.Parse(c.Base); err == nil && u.Scheme == base.Scheme && u.Host == base.Host {
		return true
	}
	return u.Scheme == "https" && u.User == nil && slices.ContainsFunc(hosts, func(h string) bool {
		return u.Hostname() == h || strings.HasSuffix(u.Hostname(), "."+h)
	})
}

func (c *Client) do(name string, req *http.Request) ([]byte, error) {
	answer, err := c.HTTP.Do(req)
	switch {
	case errors.Is(err, outbound.ErrBadTarget):
		return nil, &noEffect{notice.New("gateway-url", fmt.Errorf("%s: %w", name, err), c.Account)}
	case outbound.Certificate(err):
		return nil, &noEffect{notice.New("gateway-certificate", fmt.Errorf("%s: %w", name, err), c.Account)}
	case err != nil:
		return nil, notice.New("gateway-unreachable", fmt.Errorf("%s: %w", name, err), c.Account)
	case answer.Status != http.StatusOK:
		return nil, c.Broken(name, fmt.Sprintf("HTTP status %d", answer.Status))
	}
	return answer.Body, nil
}

// Broken is the error of an answer that came whole but does not say what the
// interface is known to say.
func (c *Client) Broken(name, why string) error {
	return notice.New("gateway-answer", fmt.Errorf("%s: %s", name, why), c.Account)
}

// Read reads a JSON answer. Its error quotes nothing of the answer.
func (c *Client) Read(name string, body []byte, into any) error {
	if err := json.Unmarshal(body, into); err != nil {
		why := "the answer is not whole JSON"
		if kind := (*json.UnmarshalTypeError)(nil); errors.As(err, &kind) {
			why = fmt.Sprintf("field %s is no %v", kind.Field, kind.Type)
		}
		return c.Broken(name, why)
	}
	return nil
}

// noEffect is a call that provably changed nothing.
type noEffect struct{ error }

func (e *noEffect) Unwrap() error { return e.error }

// NoEffect reports whether a call that failed with err provably changed
// nothing: it never left, or the gateway turned it away itself.
func NoEffect(err error) bool {
	var e *noEffect
	return errors.As(err, &e) || outbound.Unsent(err)
}

// Lost wraps a failed request for a number in carrier.ErrUnsent or
// carrier.ErrUnknown.
func Lost(err error) error { return carrier.Classify(err, NoEffect(err)) }

// Effect is what a code of failure says about the request.
type Effect uint8

// The effects.
const (
	None Effect = iota + 1 // the gateway asked nobody behind it: the same call may be made again
	Open                   // it may have got half way
	No                     // the carrier's definite no about this order
	Has                    // the carrier has this order already
)

// Meaning is what a code means.
type Meaning struct {
	Notice notice.Code // for No a code of a carrier.Refusal; empty with No and Has
	Effect Effect
}

// Codes are what a carrier's codes mean.
type Codes map[string]Meaning

// Mean gives several codes one meaning.
func (c Codes) Mean(n notice.Code, e Effect, codes ...string) Codes {
	for _, code := range codes {
		c[code] = Meaning{n, e}
	}
	return c
}

// Error is the code with which a carrier answered.
type Error struct {
	Call  string
	Code  string
	Words string // without anything about a person
}

func (e *Error) Error() string { return fmt.Sprintf("%s: code %s: %s", e.Call, e.Code, e.Words) }

// Refused returns the error of a request for a number that the carrier answered
// with a code, of which words are its explanation. A code that nobody knows is
// judged by the words, as carriers' people do.
func (c *Client) Refused(name, code, words string, o order.Order) error {
	m, known := c.Codes[code]
	switch {
	case known && m.Effect == No && m.Notice != "":
		r := carrier.Refuse(words, o)
		r.Code = string(m.Notice)
		r.Retry = carrier.ActionOf(m.Notice) == carrier.Wait
		return r
	case known && m.Effect == No:
		return carrier.Refuse(words, o)
	case known && m.Effect == Has:
		return carrier.Has(words, o)
	case known:
		return Lost(c.Failed(name, code, carrier.Refuse(words, o).Message))
	}
	if strings.TrimSpace(words) == "" { // nothing says that this is a no about the order
		return carrier.Trouble(&Error{Call: name, Code: outbound.Code(code)}, outbound.Code(code), o)
	}
	if doubt := carrier.Doubt(words, o); doubt != nil {
		return doubt
	}
	return carrier.Refuse(words, o)
}

// Both is carrier.Both for an answer of this client's.
func (c *Client) Both(name string, no error) error {
	return carrier.Both(no, c.Broken(name, "a failure and a number"))
}

// Kept returns the error of a number that its carrier did not take back: for
// good, or for as long as the gateway, or what is behind it, is in trouble.
func (c *Client) Kept(name, code, words string, n waybill.Number) error {
	m, known := c.Codes[code]
	if m.Effect == None || m.Effect == Open || !known && carrier.Troubled(words) {
		return c.Failed(name, code, words)
	}
	return carrier.NotTaken(n, words)
}

// Failed returns the error of any other call that was answered with a code.
// words must not hold anything about a person; outbound.Words sees to it.
func (c *Client) Failed(name, code, words string) error {
	e := &Error{Call: name, Code: outbound.Code(code), Words: outbound.Words(words)}
	m := c.Codes[code]
	switch {
	case m.Notice == "" || m.Effect == No || m.Effect == Has:
		return notice.New("gateway-error", e, c.Account, e.Code, e.Words)
	case m.Effect == None:
		return &noEffect{notice.New(m.Notice, e, c.Account)}
	}
	return notice.New(m.Notice, e, c.Account)
}
