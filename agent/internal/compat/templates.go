package compat

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"miandan/agent/internal/compat/lpml"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/outbound"
)

// How long a template is good, and how many are kept.
const (
	templateLives = 5 * time.Minute
	templatesKept = 64
	fetchTime     = 10 * time.Second
)

// Templates fetches what labels are drawn by, from hosts that the settings allow and no
// others: an address that a page names is a way into the warehouse's network. It is
// always asked by https, whatever the page writes.
type Templates struct {
	Hosts   []string // host, or host:port
	Setting string   // the table in which they stand
	// Transport reaches them; nil is the system's.
	Transport http.RoundTripper

	once   sync.Once
	client outbound.Client

	mu     sync.Mutex
	kept   map[string]fetched // by address
	parsed map[[sha256.Size]byte]*lpml.Template
}

type fetched struct {
	content []byte
	until   time.Time
}

// only is a transport to the allowed hosts, on every step of a redirect.
type only struct {
	hosts []string
	next  http.RoundTripper
}

var errHost = errors.New("the host is not allowed")

func (o only) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" || !slices.Contains(o.hosts, r.URL.Host) {
		return nil, errHost
	}
	return o.next.RoundTrip(r)
}

// Raw returns what lies at an address.
func (t *Templates) Raw(ctx context.Context, address string) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || !slices.Contains(t.Hosts, u.Host) {
		return nil, notice.New("compat-template-host", nil, t.Setting)
	}
	u.Scheme, u.Fragment = "https", ""
	t.mu.Lock()
	f, ok := t.kept[u.String()]
	t.mu.Unlock()
	if ok && time.Now().Before(f.until) {
		return f.content, nil
	}
	t.once.Do(func() {
		next := t.Transport
		if next == nil {
			next = http.DefaultTransport
		}
		t.client.Timeout, t.client.MaxAnswer, t.client.Transport = fetchTime, lpml.MaxSize, only{t.Hosts, next}
	})
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, notice.New("compat-template-fetch", err)
	}
	a, err := t.client.Do(r)
	switch {
	case errors.Is(err, errHost):
		return nil, notice.New("compat-template-host", err, t.Setting)
	case err != nil:
		return nil, notice.New("compat-template-fetch", err)
	case a.Status != http.StatusOK || len(a.Body) == 0:
		return nil, notice.New("compat-template-fetch", nil)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.kept == nil || len(t.kept) >= templatesKept {
		t.kept = map[string]fetched{}
	}
	t.kept[u.String()] = fetched{a.Body, time.Now().Add(templateLives)}
	return a.Body, nil
}

// Get returns a template in Cainiao's language: what stands at an address, or the
// template itself if the page has it.
func (t *Templates) Get(ctx context.Context, address string) (*lpml.Template, error) {
	content := []byte(address)
	if !strings.HasPrefix(strings.TrimSpace(address), "<") {
		var err error
		if content, err = t.Raw(ctx, address); err != nil {
			return nil, err
		}
	}
	sum := sha256.Sum256(content)
	t.mu.Lock()
	known := t.parsed[sum]
	t.mu.Unlock()
	if known != nil {
		return known, nil
	}
	parsed, err := lpml.Parse(content)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.parsed == nil || len(t.parsed) >= templatesKept {
		t.parsed = map[[sha256.Size]byte]*lpml.Template{}
	}
	t.parsed[sum] = parsed
	return parsed, nil
}
