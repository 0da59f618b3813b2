package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"miandan/agent/internal/notice"
)

// Doorkeeper knows the PINs of the roles. Its answers go into the audit.
type Doorkeeper interface {
	// Pins lists the roles that have one.
	Pins(ctx context.Context) ([]Role, error)
	// Match reports whether a PIN is a role's. It takes its time on purpose, and
	// puts on record who tried and with what success; never the PIN.
	Match(ctx context.Context, role Role, pin, who string) (bool, error)
	// Locked puts on record that a page gave a role back.
	Locked(ctx context.Context, role Role, who string) error
}

// Session is what a page may do now.
type Session struct {
	Role  Role      `json:"role" enum:"packer,lead,admin"`
	Base  Role      `json:"base" enum:"packer,lead,admin" doc:"What it may do without a PIN"`
	Pins  []Role    `json:"pins" nullable:"false" doc:"The roles that a PIN unlocks"`
	Until time.Time `json:"until,omitzero" doc:"When the role ends if nothing is done until then"`
}

// Link opens the page once.
type Link struct {
	URL   string    `json:"url" doc:"The page's address, with the code behind the #, which no server and no log sees"`
	Code  string    `json:"code" doc:"What to type where the page asks for it"`
	Until time.Time `json:"until"`
}

const (
	noSuchCode notice.Code = "page-code-wrong"
	pinWrong   notice.Code = "pin-wrong"
	pinWait    notice.Code = "pin-wait"
	pinNone    notice.Code = "pin-none"
)

// session serves what a page is and may be.
func (s *Server) session(api huma.API, all *sessions) {
	register(api, http.MethodGet, "session", "What this page may do now", func(ctx context.Context, _ *struct{}) (*answer[Session], error) {
		return &answer[Session]{all.state(ctx, callerOf(ctx))}, nil
	})
	register(api, http.MethodPost, "session/unlock", "Take a role by its PIN; it ends ten minutes after the last act", func(ctx context.Context, in *struct {
		Body struct {
			Role Role   `json:"role" enum:"lead,admin"`
			Pin  string `json:"pin" minLength:"1" maxLength:"64"`
			Who  string `json:"who,omitempty" maxLength:"64"`
		}
	}) (*answer[Session], error) {
		who := callerOf(ctx)
		if err := all.unlock(ctx, who, in.Body.Role, in.Body.Pin, who.who(in.Body.Who)); err != nil {
			return nil, s.fail(ctx, "session/unlock", err)
		}
		return &answer[Session]{all.state(ctx, who)}, nil
	}, onPage)
	register(api, http.MethodPost, "session/lock", "Give the role back", func(ctx context.Context, in *struct{ Body Asked }) (*answer[Session], error) {
		who := callerOf(ctx)
		if err := all.lock(ctx, who, who.who(in.Body.Who)); err != nil {
			return nil, s.fail(ctx, "session/lock", err)
		}
		return &answer[Session]{all.state(ctx, who)}, nil
	}, onPage)
	type entered struct {
		Cookie http.Cookie `header:"Set-Cookie"`
	}
	register(api, http.MethodPost, "session/enter", "Open the page with the code of a link, once", func(ctx context.Context, in *struct {
		Body struct {
			Code string `json:"code" minLength:"1" maxLength:"64"`
		}
	}) (*entered, error) {
		if !all.enter(in.Body.Code) {
			return nil, &Problem{Status: http.StatusForbidden, Code: noSuchCode, Message: sentence(callerOf(ctx).language, noSuchCode)}
		}
		return &entered{all.cookie(all.begin())}, nil
	}, onPage)
	register(api, http.MethodPost, "session/link", "A link that opens the page once, within half a minute: on the unix socket only", func(ctx context.Context, in *struct{ Body Asked }) (*answer[Link], error) {
		if all.url == "" {
			return nil, s.fail(ctx, "session/link", notice.New("page-not-served", ErrUnready))
		}
		return &answer[Link]{all.link()}, nil
	}, onSocket)
}

// onPage lets pass what came by our own page.
func onPage(ctx huma.Context, next func(huma.Context)) {
	if callerOf(ctx.Context()).channel == page {
		next(ctx)
		return
	}
	forbid(ctx, pageOnly)
}

// onSocket lets pass whom the system has identified.
func onSocket(ctx huma.Context, next func(huma.Context)) {
	if callerOf(ctx.Context()).channel == local {
		next(ctx)
		return
	}
	forbid(ctx, socketOnly)
}

// state says what a caller may do.
func (a *sessions) state(ctx context.Context, who caller) Session {
	pins, _ := a.pins(ctx) // whoever cannot be asked lets nobody pass
	base := a.base(ctx)
	if who.channel == local {
		base = who.role
	}
	s := Session{Role: who.role, Base: base, Pins: pins}
	if who.channel == page {
		s.Role, s.Until = a.role(ctx, who.session)
	}
	return s
}

// unlock raises a session if the PIN is right. Whoever guesses waits: a minute
// after five wrong ones, and each time twice as long, whatever page they come
// from.
func (a *sessions) unlock(ctx context.Context, who caller, role Role, pin, name string) error {
	pins, err := a.pins(ctx)
	if err != nil {
		return err
	}
	if !slices.Contains(pins, role) {
		return notice.New(pinNone, ErrConflict, map[Role]notice.Phrase{Lead: {"a lead", "组长"}, Admin: {"an administrator", "管理员"}}[role])
	}
	a.trying.Lock() // one at a time: many at once would be many tries within one wait
	defer a.trying.Unlock()
	if left := a.wait(role); left > 0 {
		return notice.New(pinWait, ErrConflict, int(left/time.Second)+1)
	}
	ok, err := a.keeper.Match(ctx, role, pin, name)
	if err != nil {
		return err
	}
	if !ok {
		a.missed(role)
		return notice.New(pinWrong, errWrongPin)
	}
	a.raise(who.session, role)
	return nil
}

var errWrongPin = errors.New("the PIN is wrong")

func (a *sessions) lock(ctx context.Context, who caller, name string) error {
	role := a.drop(who.session)
	if role == "" || a.keeper == nil {
		return nil
	}
	return a.keeper.Locked(ctx, role, name)
}

// Session returns what the caller may do.
func (c *Client) Session(ctx context.Context) (v Session, err error) {
	return v, c.call(ctx, http.MethodGet, "session", nil, &v)
}

// Link returns a link that opens the page once. It is answered on the unix socket
// only.
func (c *Client) Link(ctx context.Context) (v Link, err error) {
	return v, c.call(ctx, http.MethodPost, "session/link", Asked{}, &v)
}
