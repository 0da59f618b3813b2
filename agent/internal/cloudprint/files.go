package cloudprint

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"miandan/agent/internal/outbound"
)

// errNotAllowed reports an address that a rendered label may not lie at.
var errNotAllowed = errors.New("the file lies where no file may be got from")

// Limits of a rendered file.
const (
	maxFile      = 5 << 20 // bytes
	maxRedirects = 3
	fileTimeout  = 10 * time.Second // for one request
)

// Files gets what the renderer's answers point to. An answer is foreign text,
// and this computer stands behind a firewall that trusts it; so only the hosts
// in the settings are asked, by https and on its own port, at addresses that
// are everybody's, and every redirect is looked at in the same way. There is
// no proxy on this way, for behind one nobody sees which address is dialled.
//
// It must not be copied after its first use.
type Files struct {
	Hosts []string // exact names
	// Practice says that the gateway itself is on this computer: then files may
	// lie there too, without TLS and on any port.
	Practice bool

	once   sync.Once
	client *outbound.Client
}

// get returns the file, or an error that is errNotAllowed or outbound's.
func (f *Files) get(ctx context.Context, address string) ([]byte, error) {
	f.once.Do(func() {
		dialer := &net.Dialer{Timeout: fileTimeout, Control: f.control}
		f.client = &outbound.Client{Timeout: fileTimeout, MaxAnswer: maxFile, Transport: still{&http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: fileTimeout, DisableCompression: true, DisableKeepAlives: true,
		}}}
	})
	u, err := url.Parse(address)
	if err != nil {
		return nil, errNotAllowed
	}
	for hops := 0; ; hops++ {
		if !f.allowed(u) {
			return nil, fmt.Errorf("%w: host %q", errNotAllowed, outbound.Words(u.Hostname()))
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
		if err != nil {
			return nil, errNotAllowed
		}
		answer, err := f.client.Do(req)
		if err != nil {
			return nil, err
		}
		next := answer.Header.Get(onward)
		switch {
		case answer.Status == http.StatusOK:
			return answer.Body, nil
		case next == "" || answer.Status/100 != 3:
			return nil, fmt.Errorf("status %d", answer.Status)
		case hops == maxRedirects:
			return nil, fmt.Errorf("more than %d redirects", maxRedirects)
		}
		if u, err = u.Parse(next); err != nil {
			return nil, errNotAllowed
		}
	}
}

func (f *Files) allowed(u *url.URL) bool {
	if u.User != nil || u.Opaque != "" || !slices.Contains(f.Hosts, u.Hostname()) {
		return false
	}
	if ip, err := netip.ParseAddr(u.Hostname()); f.Practice && err == nil && ip.IsLoopback() {
		return u.Scheme == "http" || u.Scheme == "https"
	}
	return u.Scheme == "https" && (u.Port() == "" || u.Port() == "443")
}

// control looks at the address that is dialled, which is what a name has just
// been resolved to.
func (f *Files) control(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return errNotAllowed
	}
	if ip := at.Addr().Unmap(); public(ip) || f.Practice && ip.IsLoopback() {
		return nil
	}
	return errNotAllowed
}

// public reports whether an address belongs to everybody's network.
func public(ip netip.Addr) bool {
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.Zone() != "" {
		return false
	}
	for _, reserved := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		// IPv6 that carries IPv4 (mapped, NAT64, 6to4, Teredo), discarded, documentation.
		"::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/23", "100::/64", "2001:db8::/32",
	} {
		if netip.MustParsePrefix(reserved).Contains(ip) {
			return false
		}
	}
	return true
}

// onward is where still keeps the target of a redirect.
const onward = "X-Miandan-Location"

// still keeps net/http from following redirects: Files looks at each itself.
type still struct{ next http.RoundTripper }

func (s still) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := s.next.RoundTrip(req)
	if err == nil {
		resp.Header.Del(onward)
		if to := resp.Header.Get("Location"); strings.TrimSpace(to) != "" {
			resp.Header.Set(onward, to)
			resp.Header.Del("Location")
		}
	}
	return resp, err
}
