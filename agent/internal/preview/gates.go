package preview

import (
	"net"
	"net/http"
	"slices"
	"strconv"
)

// gates stand before everything that the preview serves. Nothing can be changed
// through it, so that there is no token; but a page under another name, or of
// another site, must not read what a layout and its data say. They are those
// of the agent's own interface, for the reasons given there.
type gates struct {
	next  http.Handler
	hosts []string // exact
}

// hostsOf returns the only Hosts that a listener answers to.
func hostsOf(a net.Addr) []string {
	_, port, err := net.SplitHostPort(a.String())
	if err != nil {
		return nil
	}
	return []string{net.JoinHostPort("127.0.0.1", port), net.JoinHostPort("::1", port), net.JoinHostPort("localhost", port)}
}

func (g *gates) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; "+
		"connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	if status := g.refuse(r); status != 0 {
		h.Set("Connection", "close")
		http.Error(w, strconv.Itoa(status), status)
		return
	}
	g.next.ServeHTTP(w, r)
}

// refuse returns the status with which a request is turned away, or 0.
func (g *gates) refuse(r *http.Request) int {
	if r.URL.Scheme != "" || r.URL.Host != "" || !slices.Contains(g.hosts, r.Host) {
		return http.StatusMisdirectedRequest
	}
	for _, o := range r.Header.Values("Origin") {
		if o != "http://"+r.Host {
			return http.StatusForbidden
		}
	}
	for _, site := range r.Header.Values("Sec-Fetch-Site") {
		if site != "same-origin" && site != "none" {
			return http.StatusForbidden
		}
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return http.StatusMethodNotAllowed
	}
	return 0
}
