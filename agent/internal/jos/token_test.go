package jos

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/secret"
)

// tokens gives one token after another, the next when one was refused.
type tokens struct {
	list []string
	err  error
}

func (s *tokens) Token(context.Context) (secret.Token, error) {
	if s.err != nil {
		return secret.Token{}, s.err
	}
	return secret.New(s.list[0]), nil
}

func (s *tokens) Refused(t secret.Token) {
	if len(s.list) > 1 && t.Equal(secret.New(s.list[0])) {
		s.list = s.list[1:]
	}
}

func TestTokenSource(t *testing.T) {
	const no, yes = `{"error_response":{"code":"19"}}`, `{"x":{"code":"0"}}`
	for _, test := range []struct {
		name    string
		tokens  []string
		answers []string
		asked   []string
		code    notice.Code
	}{
		{"good", []string{"A"}, []string{yes}, []string{"A"}, ""},
		{"renewed", []string{"A", "B"}, []string{no, yes}, []string{"A", "B"}, ""},
		{"there is no other", []string{"A"}, []string{no}, []string{"A"}, NoticeToken},
		{"the other is no better", []string{"A", "B", "C"}, []string{no}, []string{"A", "B"}, NoticeToken},
		{"another trouble", []string{"A", "B"}, []string{`{"error_response":{"code":"12"}}`}, []string{"A"}, NoticeSignature},
		{"the method's own 19", []string{"A", "B"}, []string{`{"x":{"code":"19"}}`}, []string{"A"}, NoticeToken},
	} {
		t.Run(test.name, func(t *testing.T) {
			var asked []string
			c := gateway(t, func(r *http.Request) { asked = append(asked, r.URL.Query().Get("access_token")) }, test.answers...)
			c.Tokens = &tokens{list: test.tokens}
			err := c.Call(t.Context(), "jingdong.x", nil, nil)
			if test.code == "" && err != nil || test.code != "" && notice.CodeOf(err) != test.code {
				t.Errorf("Call = %v, want %q", err, test.code)
			}
			if !slices.Equal(asked, test.asked) {
				t.Errorf("asked with %v, want %v", asked, test.asked)
			}
		})
	}
}

func TestWithoutATokenNothingIsAsked(t *testing.T) {
	c := gateway(t, func(*http.Request) { t.Error("the gateway was asked") }, `{}`)
	lost := notice.New(NoticeUnreachable, errors.New("the renewal's answer was lost"))
	c.Tokens = &tokens{err: lost}
	err := c.Call(t.Context(), "jingdong.x", nil, nil)
	if notice.CodeOf(err) != NoticeUnreachable || !errors.Is(err, lost) || !NoEffect(err) {
		t.Errorf("Call = %v, effect excluded: %v; want the renewal's trouble and no effect", err, NoEffect(err))
	}
}
