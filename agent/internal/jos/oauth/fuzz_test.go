package oauth_test

import (
	"errors"
	"testing"
	"time"

	"miandan/agent/internal/hostile"
	"miandan/agent/internal/jos/oauth"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/outbound"
	"miandan/agent/internal/secret"
)

// FuzzToken reads what both platforms say when they are asked for a token, and
// puts a token through the key store's form.
func FuzzToken(f *testing.F) {
	for _, s := range append(hostile.JSON(published), hostile.JSON(`{"code":1000,"data":{"accessToken":"A2","accessExpire":"2027-11-23 16:30:00","refreshToken":"R2","refreshExpire":"2027-12-23 16:30:00"}}`)...) {
		f.Add(s)
	}
	f.Add([]byte(`{"access_token":"A","expires_in":9223372036854775807}`))
	f.Add([]byte(`{"accessToken":"A","accessExpire":"9999-12-31 23:59:59","refreshExpire":"0000-01-01 00:00:00"}`))
	f.Fuzz(func(t *testing.T, answer []byte) {
		app := oauth.App{Base: "http://127.0.0.1:1", Key: "K", Secret: secret.New("APPS3CRET"), Now: func() time.Time { return now },
			HTTP: &outbound.Client{Transport: hostile.Says(answer)}}
		for _, p := range []oauth.Platform{oauth.JOS{App: app}, oauth.JDL{App: app}} {
			hostile.Bounded(t, len(answer), func() {
				got, err := p.Renew(t.Context(), oauth.Token{Refresh: secret.New("R3FRESH")})
				if err != nil {
					var n *notice.Error
					if !errors.As(err, &n) || !notice.Known(n.Code) || !got.Access.Empty() {
						t.Errorf("%T: %v with a token %v", p, err, got)
					}
					hostile.Silent(t, err, "APPS3CRET", "R3FRESH")
					return
				}
				if got.Access.Empty() || got.Refresh.Empty() || !got.Got.Equal(now) {
					t.Errorf("%T: a token without its parts: %v", p, got)
				}
				same(t, got)
			})
		}
	})
}

// same wants a token back as it went into the key store.
func same(t *testing.T, want oauth.Token) {
	t.Helper()
	got, err := oauth.Unpack(want.Pack())
	if err != nil || !got.Access.Equal(want.Access) || !got.Refresh.Equal(want.Refresh) || !got.Expires.Equal(want.Expires) || !got.RefreshExpires.Equal(want.RefreshExpires) {
		t.Errorf("Unpack(Pack) = %v, %v", got, err)
	}
}

// FuzzUnpack reads what stands in the key store, where people type tokens in.
func FuzzUnpack(f *testing.F) {
	token := oauth.Token{Access: secret.New("A"), Refresh: secret.New("R"), Got: now, Expires: now.Add(day)}
	for _, s := range hostile.JSON(token.Pack().Reveal()) {
		f.Add(string(s))
	}
	f.Add("ffffffff0001")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := oauth.Unpack(secret.New(s))
		if err != nil {
			hostile.Silent(t, err)
			return
		}
		if got.Access.Empty() {
			t.Error("a token that is none")
		}
		if s[0] == '{' {
			same(t, got)
		}
	})
}
