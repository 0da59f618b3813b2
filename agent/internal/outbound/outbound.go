// Package outbound is the one way out to the network.
//
// Platforms and carriers take tokens in the query and telephone numbers in the
// body, and net/http puts the whole URL into its errors. So nobody else makes
// an HTTP request: here an answer has a largest size and a latest moment, a
// redirect never carries a body to another host, and an error names the verb
// and the host, no more.
//
// An error also tells the one thing that decides whether a number may be asked
// for again: whether the request may have reached the other side.
package outbound

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// What a zero Client goes by.
const (
	DefaultTimeout   = 30 * time.Second
	DefaultMaxAnswer = 5 << 20 // bytes
)

const (
	dialTimeout  = 10 * time.Second
	maxRedirects = 3
)

// Errors that an Error may wrap besides those of the net and context packages.
var (
	ErrTooLong   = errors.New("the answer is larger than allowed")
	ErrNotHTTP   = errors.New("the connection broke or what answered does not speak HTTP")
	ErrBadTarget = errors.New("the address is no http or https URL with a host")
)

// Client makes requests. Its zero value is ready; it must not be copied after
// its first use.
type Client struct {
	Account   string            // of whose calls a pace counts, see Paced; empty is nobody's
	Timeout   time.Duration     // for one exchange, the answer read to its end; zero is DefaultTimeout
	MaxAnswer int64             // bytes; zero is DefaultMaxAnswer
	Transport http.RoundTripper // nil is a pool of this client's own, through the system's proxy

	once sync.Once
	pool *http.Client
}

// Answer is what came back, whatever its status.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Error is a request that brought no whole answer.
type Error struct {
	Op     string // the verb: POST
	Host   string // with its port, if the URL names one
	Unsent bool   // nothing of the request was written: it has had no effect
	Err    error  // the cause; never a *url.Error
}

func (e *Error) Error() string { return fmt.Sprintf("%s %s: %v", e.Op, e.Host, e.Err) }

func (e *Error) Unwrap() error { return e.Err }

// Unsent reports whether err is a request that provably never reached the
// other side, so that making it again cannot double its effect.
func Unsent(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Unsent
}

// Do makes the request. Every error is an *Error. A status that tells of
// failure is no error here: platforms put their reasons into the body.
func (c *Client) Do(req *http.Request) (*Answer, error) {
	fail := func(unsent bool, err error) (*Answer, error) {
		return nil, &Error{Op: req.Method, Host: host(req.URL), Unsent: unsent, Err: cause(err)}
	}
	if !target(req.URL) {
		return fail(true, ErrBadTarget)
	}
	if err := keepPace(req.Context(), c.Account); err != nil {
		return nil, &Error{Op: req.Method, Host: host(req.URL), Unsent: true, Err: err}
	}
	ctx, cancel := context.WithTimeout(req.Context(), c.timeout())
	defer cancel()

	// Once the head is written the body follows in the same breath; whether it
	// has left the kernel cannot be known any more. The hook fires when the
	// head is in the buffer, so it errs on the side of "may have arrived".
	var wrote atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteHeaders: func() { wrote.Store(true) },
		WroteRequest: func(i httptrace.WroteRequestInfo) {
			if i.Err == nil {
				wrote.Store(true)
			}
		},
	})
	resp, err := c.client().Do(req.WithContext(ctx))
	if err != nil {
		return fail(!wrote.Load(), err)
	}
	defer resp.Body.Close()
	limit := c.maxAnswer()
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return fail(false, err)
	}
	if int64(len(body)) > limit {
		return fail(false, ErrTooLong)
	}
	return &Answer{Status: resp.StatusCode, Header: resp.Header, Body: body}, nil
}

func (c *Client) client() *http.Client {
	c.once.Do(func() {
		t := c.Transport
		if t == nil {
			t = &http.Transport{
				Proxy:                 http.ProxyFromEnvironment,
				DialContext:           (&net.Dialer{Timeout: dialTimeout}).DialContext,
				TLSHandshakeTimeout:   dialTimeout,
				IdleConnTimeout:       60 * time.Second,
				MaxIdleConnsPerHost:   4,
				ForceAttemptHTTP2:     true,
				ExpectContinueTimeout: time.Second,
			}
		}
		c.pool = &http.Client{Transport: t, CheckRedirect: sameHost}
	})
	return c.pool
}

// sameHost follows a redirect only where nothing new is told to anybody: a
// request without a body, to the same host by the same scheme. Any other
// redirect is itself the answer.
func sameHost(req *http.Request, via []*http.Request) error {
	first := via[0]
	reads := first.Method == http.MethodGet || first.Method == http.MethodHead
	if !reads || req.URL.Host != first.URL.Host || req.URL.Scheme != first.URL.Scheme || len(via) > maxRedirects {
		return http.ErrUseLastResponse
	}
	return nil
}

func (c *Client) timeout() time.Duration {
	if c.Timeout > 0 {
		return c.Timeout
	}
	return DefaultTimeout
}

func (c *Client) maxAnswer() int64 {
	if c.MaxAnswer > 0 {
		return c.MaxAnswer
	}
	return DefaultMaxAnswer
}

func target(u *url.URL) bool {
	return u != nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

func host(u *url.URL) string {
	if u == nil {
		return ""
	}
	return u.Host
}

// cause keeps the errors that are known to name hosts and system calls only.
// What else net/http reports may quote bytes of the answer.
func cause(err error) error {
	var u *url.Error
	for errors.As(err, &u) {
		err = u.Err
	}
	var (
		op   *net.OpError
		dns  *net.DNSError
		cert *tls.CertificateVerificationError
		tlsh tls.RecordHeaderError
	)
	switch {
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded
	case errors.As(err, &dns):
		return dns
	case errors.As(err, &op):
		return op
	case errors.As(err, &cert):
		return cert
	case errors.As(err, &tlsh):
		return ErrNotHTTP
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return io.ErrUnexpectedEOF
	case errors.Is(err, ErrTooLong), errors.Is(err, ErrBadTarget):
		return err
	}
	if n, ok := err.(net.Error); ok && n.Timeout() {
		return context.DeadlineExceeded
	}
	return ErrNotHTTP
}

// Certificate reports whether err is a certificate that does not belong to the
// host, or that nobody here trusts.
func Certificate(err error) bool {
	var (
		cert *tls.CertificateVerificationError
		auth x509.UnknownAuthorityError
	)
	return errors.As(err, &cert) || errors.As(err, &auth)
}
