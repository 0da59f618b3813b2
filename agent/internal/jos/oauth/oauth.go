// Package oauth holds a shop's authorisation for JD's two platforms and renews
// it before it ends.
//
// JD's documents do not agree on whether a renewal returns the old token with a
// longer life or a new one. So whatever is returned counts and is stored before
// it is used, access and refresh token as one value: half of a renewal on disk
// would lock the shop out.
package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"miandan/agent/internal/secret"
)

// Token is a shop's authorisation. It prints as bullets and dates.
type Token struct {
	Access  secret.Token
	Refresh secret.Token
	Got     time.Time // when the platform gave it
	Expires time.Time // of Access; zero if the platform does not say
	// RefreshExpires is until when Refresh may be used; zero if the platform
	// does not say. JDL's lives about a month longer than its Access.
	RefreshExpires time.Time
}

// Good reports whether the access token may be used at a time.
func (t Token) Good(now time.Time) bool {
	return !t.Access.Empty() && (t.Expires.IsZero() || now.Before(t.Expires))
}

// latestAhead and shareAhead say how long before its end a token is renewed: a
// week, or an eighth of its life if that is less. An app in test state has
// tokens of a day, one that is online of a year.
const (
	latestAhead = 7 * 24 * time.Hour
	shareAhead  = 8
)

// Due returns from when on the token should be renewed; zero is never.
func (t Token) Due() time.Time {
	if t.Refresh.Empty() || t.Expires.IsZero() {
		return time.Time{}
	}
	ahead := latestAhead
	if !t.Got.IsZero() && t.Expires.After(t.Got) {
		ahead = min(ahead, t.Expires.Sub(t.Got)/shareAhead)
	}
	return t.Expires.Add(-ahead)
}

// packed is a Token as the key store keeps it.
type packed struct {
	Access         string    `json:"access"`
	Refresh        string    `json:"refresh,omitempty"`
	Got            time.Time `json:"got,omitzero"`
	Expires        time.Time `json:"expires,omitzero"`
	RefreshExpires time.Time `json:"refresh_expires,omitzero"`
}

// Pack makes one secret of a Token, for the key store.
func (t Token) Pack() secret.Token {
	b, err := json.Marshal(packed{t.Access.Reveal(), t.Refresh.Reveal(), t.Got, t.Expires, t.RefreshExpires})
	if err != nil { // a time beyond the year 9999, which no answer is read as
		panic("oauth: " + err.Error())
	}
	return secret.New(string(b))
}

// Unpack reads what Pack made. A bare access token, as people type it in, is a
// Token that is never renewed.
func Unpack(s secret.Token) (Token, error) {
	if s.Empty() {
		return Token{}, ErrNone
	}
	text := s.Reveal()
	if text[0] != '{' {
		return Token{Access: s}, nil
	}
	var p packed
	access := secret.Token{}
	err := json.Unmarshal([]byte(text), &p)
	if err == nil {
		access = secret.New(p.Access)
	}
	if access.Empty() {
		return Token{}, errors.New("the stored authorisation cannot be read")
	}
	return Token{access, secret.New(p.Refresh), p.Got, p.Expires, p.RefreshExpires}, nil
}

// ErrNone reports that no authorisation is stored.
var ErrNone = errors.New("the shop has not authorised the app")

// Store keeps one shop's authorisation, best in the system's key store.
type Store interface {
	// Load returns what was saved last, or ErrNone.
	Load(ctx context.Context) (Token, error)
	// Save returns when the token survives a loss of power.
	Save(ctx context.Context, t Token) error
}

// Platform gives authorisations: [JOS] or [JDL].
type Platform interface {
	// Exchange makes a token of the code that the shop's browser brought back.
	// Errors are *notice.Error.
	Exchange(ctx context.Context, code string) (Token, error)
	// Renew returns what follows a token. Errors are *notice.Error; one that
	// wraps ErrRefused is the platform's no.
	Renew(ctx context.Context, t Token) (Token, error)
}

// ErrRefused reports that the platform does not take the code or the refresh
// token: the shop must authorise the app again.
var ErrRefused = errors.New("the platform does not take it")

// Refusal is a platform's no with its code.
type Refusal struct{ Code string }

func (r *Refusal) Error() string { return fmt.Sprintf("code %s", r.Code) }

// Is makes errors.Is(err, ErrRefused) true.
func (r *Refusal) Is(target error) bool { return target == ErrRefused }
