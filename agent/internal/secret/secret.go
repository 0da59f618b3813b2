// Package secret holds tokens and passwords: what opens an account.
//
// A token prints as bullets, whatever prints it: every verb of fmt, JSON, slog
// and templates. It is built like the types of package pii, for the reasons
// given there; unlike them it shows nothing of itself, not even its length.
package secret

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// Mask is what a token prints as.
const Mask = "••••"

// Names of the secrets that people put into the key store with
// `miandan config secret NAME`.
const (
	JDAppSecret    = "jd.app_secret"
	JDAccessToken  = "jd.access_token" // or the whole authorisation, see package oauth
	JDLAppSecret   = "jdl.app_secret"
	JDLAccessToken = "jdl.access_token"
	LeadPIN        = "page.lead_pin" // of the page's roles; what is kept is a hash, see package pin
	AdminPIN       = "page.admin_pin"
	FleetPassword  = "fleet.password" // of this station's role in the fleet's database; nobody types it
)

// Names lists them in the order in which they are asked for.
func Names() []string {
	return []string{JDAppSecret, JDAccessToken, JDLAppSecret, JDLAccessToken, LeadPIN, AdminPIN}
}

// ErrMasked reports that a token read back is our own mask: it was copied from
// a screen or a log.
var ErrMasked = errors.New("the secret is masked: it was copied from a screen or a log, not from the source")

// Token is a secret: an app secret, an access token, a password.
type Token struct {
	_ [0]func() // no ==, no map key: use Equal
	v *string   // behind a pointer: fmt prints unexported fields without asking them
}

// New takes a secret as it was typed or read; surrounding space is dropped,
// which no platform's secret has and every copied one may have.
func New(s string) Token {
	s = strings.TrimSpace(s)
	if s == "" {
		return Token{}
	}
	return Token{v: &s}
}

// Reveal returns the secret itself.
func (t Token) Reveal() string {
	if t.v == nil {
		return ""
	}
	return *t.v
}

// Empty reports whether there is no secret.
func (t Token) Empty() bool { return t.v == nil }

// Equal reports whether both are the same secret. The time it takes tells
// nothing about where they differ.
func (t Token) Equal(o Token) bool {
	return subtle.ConstantTimeCompare([]byte(t.Reveal()), []byte(o.Reveal())) == 1
}

// String returns Mask, or nothing for an empty token: that a secret is missing
// may be seen.
func (t Token) String() string {
	if t.v == nil {
		return ""
	}
	return Mask
}

func (t Token) GoString() string             { return t.String() }
func (t Token) Format(f fmt.State, _ rune)   { io.WriteString(f, t.String()) }
func (t Token) LogValue() slog.Value         { return slog.StringValue(t.String()) }
func (t Token) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText takes a secret and refuses what Token printed itself.
func (t *Token) UnmarshalText(b []byte) error {
	if strings.ContainsRune(string(b), '•') {
		return ErrMasked
	}
	*t = New(string(b))
	return nil
}
