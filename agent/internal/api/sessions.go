package api

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Times of a session and of what opens one.
const (
	linkLives  = 30 * time.Second
	idle       = 10 * time.Minute // after which a role that was unlocked ends
	pinTries   = 5                // before the first wait
	firstWait  = time.Minute
	longWait   = time.Hour
	pinsFresh  = 5 * time.Second // how long the key store's answer holds
	mostLinks  = 16
	mostRaised = 64
)

// sessions are those of our own page: a cookie that scripts cannot read and
// another site's request does not carry, and a token in the page itself that
// every act must show. Both derive from the key of this run, so that opening a
// page changes nothing here: a site that makes a browser ask for pages ten
// thousand times fills no table. Only what a PIN has unlocked is remembered.
type sessions struct {
	key    []byte
	name   string // of the cookie: with the port, since browsers do not keep ports apart
	url    string // of the page; empty if none is served
	keeper Doorkeeper
	now    func() time.Time

	trying sync.Mutex
	mu     sync.Mutex
	known  pinList
	links  map[string]time.Time // codes, until when
	raised map[string]raised    // by session
	misses map[Role]misses
}

type pinList struct {
	roles []Role
	err   error
	at    time.Time
}

type raised struct {
	role Role
	last time.Time // act
}

type misses struct {
	n     int
	until time.Time // before which nobody may try
}

func newSessions(key string, keeper Doorkeeper) *sessions {
	return &sessions{
		key: []byte(key), keeper: keeper, now: time.Now,
		links: map[string]time.Time{}, raised: map[string]raised{}, misses: map[Role]misses{},
	}
}

// begin makes a session.
func (a *sessions) begin() string { return NewToken() }

// token is what a session's page shows with every act.
func (a *sessions) token(session string) string { return a.derive("token", session) }

func (a *sessions) derive(what, session string) string {
	h := hmac.New(sha256.New, a.key)
	h.Write([]byte(what + "\x00" + session))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

func (a *sessions) cookie(session string) http.Cookie {
	return http.Cookie{Name: a.name, Value: session + "." + a.derive("cookie", session), Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode}
}

// of returns the session whose cookie a request carries.
func (a *sessions) of(r *http.Request) (string, bool) {
	cookies := r.CookiesNamed(a.name)
	if len(cookies) != 1 {
		return "", false
	}
	session, mac, ok := strings.Cut(cookies[0].Value, ".")
	if !ok || !same(mac, a.derive("cookie", session)) {
		return "", false
	}
	return session, true
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// link makes a code. Twelve of 32 letters are 60 bits: too many to try in half a
// minute, few enough to type.
func (a *sessions) link() Link {
	const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	b := make([]byte, 12)
	rand.Read(b) // never fails: it ends the program instead
	for i := range b {
		b[i] = letters[b[i]%32]
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	for code, until := range a.links {
		if !now.Before(until) || len(a.links) >= mostLinks {
			delete(a.links, code)
		}
	}
	a.links[string(b)] = now.Add(linkLives)
	shown := string(b[:4]) + "-" + string(b[4:8]) + "-" + string(b[8:])
	return Link{URL: a.url + "/enter#" + shown, Code: shown, Until: now.Add(linkLives)}
}

// enter takes a code, however it was typed. It opens once.
func (a *sessions) enter(code string) bool {
	code = strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(code))
	a.mu.Lock()
	defer a.mu.Unlock()
	until, ok := a.links[code]
	delete(a.links, code)
	return ok && a.now().Before(until)
}

// pins lists the roles that have a PIN. The key store is asked at most every few
// seconds: on some systems it is another process.
func (a *sessions) pins(ctx context.Context) ([]Role, error) {
	if a.keeper == nil {
		return []Role{}, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.known.at.IsZero() || a.now().Sub(a.known.at) > pinsFresh {
		roles, err := a.keeper.Pins(ctx)
		a.known = pinList{append([]Role{}, roles...), err, a.now()}
	}
	return a.known.roles, a.known.err
}

// base is what a page may do without a PIN: where there is none a lead's work,
// since nobody could become one, and else a packer's. Where it cannot be known it
// is the least.
func (a *sessions) base(ctx context.Context) Role {
	if pins, err := a.pins(ctx); err != nil || len(pins) > 0 {
		return Packer
	}
	return Lead
}

// role returns what a session may do, and until when if a PIN has unlocked it.
func (a *sessions) role(ctx context.Context, session string) (Role, time.Time) {
	base := a.base(ctx)
	a.mu.Lock()
	defer a.mu.Unlock()
	r, ok := a.raised[session]
	if !ok {
		return base, time.Time{}
	}
	until := r.last.Add(idle)
	if !a.now().Before(until) {
		delete(a.raised, session)
		return base, time.Time{}
	}
	return r.role, until
}

// acted notes that somebody is at the page. What a page asks by itself is no act.
func (a *sessions) acted(session string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if r, ok := a.raised[session]; ok && a.now().Before(r.last.Add(idle)) {
		r.last = a.now()
		a.raised[session] = r
	}
}

func (a *sessions) raise(session string, role Role) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.misses, role)
	for s, r := range a.raised {
		if !a.now().Before(r.last.Add(idle)) || len(a.raised) >= mostRaised {
			delete(a.raised, s)
		}
	}
	a.raised[session] = raised{role, a.now()}
}

// drop gives a session's role back and returns what it was.
func (a *sessions) drop(session string) Role {
	a.mu.Lock()
	defer a.mu.Unlock()
	r := a.raised[session]
	delete(a.raised, session)
	return r.role
}

// wait is how long nobody may try a role's PIN.
func (a *sessions) wait(role Role) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.misses[role].until.Sub(a.now())
}

func (a *sessions) missed(role Role) {
	a.mu.Lock()
	defer a.mu.Unlock()
	m := a.misses[role]
	m.n++
	if m.n%pinTries == 0 {
		wait := firstWait << min(m.n/pinTries-1, 6)
		m.until = a.now().Add(min(wait, longWait))
	}
	a.misses[role] = m
}
