package api

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"miandan/agent/internal/notice"
)

// Limits of a request. The largest that the page sends is a few hundred bytes.
const (
	maxBody   = 64 << 10
	maxHeader = 16 << 10
)

// TokenHeader carries the session's token on every POST over TCP.
const TokenHeader = "Miandan-Token"

// NewToken returns 256 random bits.
func NewToken() string {
	b := make([]byte, 32)
	rand.Read(b) // never fails: it ends the program instead
	return base64.RawURLEncoding.EncodeToString(b)
}

// gates stands in front of everything a listener serves: routes, page, files
// and the event stream. The order is part of the defence: a request under a
// foreign name learns nothing, not even which routes there are.
type gates struct {
	next     http.Handler
	hosts    []string // exact; nil on the unix socket, where the socket is the gate
	token    string   // of this run
	sessions *sessions
	closed   bool    // a page is opened by a link only
	guests   *guests // nil: no page of another origin is answered
	channel  string
	language notice.Language
	log      *slog.Logger
}

type gate func(r *http.Request) (status int, refusal notice.Code)

func (g *gates) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	guard(w.Header())
	order := []gate{g.method, g.json, g.body}
	if g.hosts != nil {
		order = []gate{g.host, g.origin, g.method, g.json, g.body, g.session, g.tokenMatches}
	}
	if g.guests != nil {
		if o, foreign := g.guests.foreign(r); foreign && addressed(r, g.hosts) {
			g.guests.serve(w, r, o)
			return
		}
	}
	for _, pass := range order {
		if status, code := pass(r); code != "" {
			// The values are the attacker's and stay out of the log.
			g.log.Info("request refused", "gate", string(code), "channel", g.channel)
			w.Header().Set("Connection", "close")
			refuse(w, r, g.language, status, code)
			return
		}
	}
	most, _ := g.limit(r)
	r.Body = http.MaxBytesReader(w, r.Body, most)
	who := g.caller(r)
	g.next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callerKey{}, who)))
}

// guard sets what the browser must not do with any of our answers.
func guard(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; "+
		"connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
}

// host lets pass what is addressed to us by one of three exact names. A page
// that has bound its own name to 127.0.0.1 (DNS rebinding: CVE-2022-41924,
// CVE-2017-18190) arrives under that name. An absolute URI would override the
// Host header; no browser sends one to a server that is no proxy.
func (g *gates) host(r *http.Request) (int, notice.Code) {
	if addressed(r, g.hosts) {
		return 0, ""
	}
	return http.StatusMisdirectedRequest, hostRefused
}

func addressed(r *http.Request, hosts []string) bool {
	return r.URL.Scheme == "" && r.URL.Host == "" && slices.Contains(hosts, r.Host)
}

// origin lets pass our own page and people who type the address. Whole
// strings are compared: vendors' local servers fell to look-alike endings
// (CVE-2025-3462). A POST needs an Origin, so that an old browser shell
// without Sec-Fetch-Site is not taken for the page.
func (g *gates) origin(r *http.Request) (int, notice.Code) {
	switch o := r.Header.Values("Origin"); {
	case len(o) > 1, len(o) == 1 && o[0] != "http://"+r.Host, len(o) == 0 && !safe(r.Method):
		return http.StatusForbidden, originRefused
	}
	for _, site := range r.Header.Values("Sec-Fetch-Site") {
		if site != "same-origin" && site != "none" {
			return http.StatusForbidden, originRefused
		}
	}
	return 0, ""
}

func safe(method string) bool { return method == http.MethodGet || method == http.MethodHead }

// method knows three words. OPTIONS is refused with the rest, so no preflight
// ever succeeds.
func (g *gates) method(r *http.Request) (int, notice.Code) {
	if safe(r.Method) || r.Method == http.MethodPost {
		return 0, ""
	}
	return http.StatusMethodNotAllowed, methodRefused
}

// json is what a form, a beacon and an image cannot send.
func (g *gates) json(r *http.Request) (int, notice.Code) {
	if safe(r.Method) {
		return 0, ""
	}
	if t := r.Header.Values("Content-Type"); len(t) == 1 && t[0] == "application/json" && r.Header.Get("Content-Encoding") == "" {
		return 0, ""
	}
	return http.StatusUnsupportedMediaType, notJSON
}

// body lets no question have one: until it is read to its end nobody notices
// that whoever asked for the event stream has gone.
func (g *gates) body(r *http.Request) (int, notice.Code) {
	switch most, tooLarge := g.limit(r); {
	case r.ContentLength > most:
		return http.StatusRequestEntityTooLarge, tooLarge
	case safe(r.Method) && r.ContentLength != 0:
		return http.StatusBadRequest, badRequest
	}
	return 0, ""
}

// door are the only paths that answer before there is a session: the page, which
// is the door then, and what the door needs.
func door(r *http.Request) bool {
	return r.URL.Path == "/" || r.URL.Path == enterRoute || strings.HasPrefix(r.URL.Path, "/enter") || strings.HasPrefix(r.URL.Path, "/static/")
}

const enterRoute = prefix + "session/enter"

// session lets nobody read where other users share the PC, until the page was
// opened by a link: a port of the loopback is everybody's who is logged in. Where
// the PC is one person's, who types the address may read.
func (g *gates) session(r *http.Request) (int, notice.Code) {
	if !g.closed || door(r) || g.ownToken(r) {
		return 0, ""
	}
	if _, ok := g.sessions.of(r); !ok {
		return http.StatusForbidden, sessionRefused
	}
	return 0, ""
}

// tokenMatches asks for the token of the session whose cookie came: whoever
// cannot read the page, cannot act. The token of this run itself is the program's
// that serves; no page has it.
func (g *gates) tokenMatches(r *http.Request) (int, notice.Code) {
	if safe(r.Method) || r.URL.Path == enterRoute || g.ownToken(r) {
		return 0, ""
	}
	t := r.Header.Values(TokenHeader)
	if session, ok := g.sessions.of(r); ok && len(t) == 1 && same(t[0], g.sessions.token(session)) {
		return 0, ""
	}
	return http.StatusForbidden, tokenRefused
}

func (g *gates) ownToken(r *http.Request) bool {
	t := r.Header.Values(TokenHeader)
	return len(t) == 1 && same(t[0], g.token)
}

// caller says who has passed.
func (g *gates) caller(r *http.Request) caller {
	who := caller{channel: g.channel, role: Admin, language: LanguageOf(r, g.language)}
	if g.channel == page {
		if session, ok := g.sessions.of(r); ok {
			who.session = session
		} else if g.ownToken(r) {
			who.session = g.token
		}
		who.role, _ = g.sessions.role(r.Context(), who.session)
		if !safe(r.Method) {
			g.sessions.acted(who.session)
		}
	}
	if g.channel == local {
		if who.peer = peerOf(r.Context()); !who.peer.admin {
			who.role = g.sessions.base(r.Context())
		}
	}
	return who
}

// capability is a gate of single routes, behind those of the listener and
// before a request's body is read.
type capability = func(huma.Context, func(huma.Context))
