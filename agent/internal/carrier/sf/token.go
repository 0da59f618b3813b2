package sf

import (
	"context"
	"net/url"
	"sync"
	"time"

	"miandan/agent/internal/carrier/gateway"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/secret"
)

// token is the access token of the moment.
type token struct {
	mu    sync.Mutex
	text  secret.Token
	until time.Time
}

// get returns the token, or asks for a new one a tenth of its time before it
// lapses: one that lapses on the way is an order that waits.
func (t *token) get(ctx context.Context, ask func(context.Context) (secret.Token, time.Duration, error), now func() time.Time) (secret.Token, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.text.Empty() && now().Before(t.until) {
		return t.text, nil
	}
	text, lives, err := ask(ctx)
	if err != nil {
		return secret.Token{}, err
	}
	t.text, t.until = text, now().Add(lives/10*9)
	return text, nil
}

func (t *token) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = secret.Token{}
}

// login asks for an access token and how long it lives.
func (i *Issuer) login(ctx context.Context) (secret.Token, time.Duration, error) {
	const name = "oauth2/accessToken"
	body, err := i.logins.Post(ctx, gateway.Call{Name: name, Form: url.Values{
		"partnerID": {i.account.Values["partner_id"]}, "secret": {i.account.Secrets["check_word"].Reveal()}, "grantType": {"password"},
	}})
	if err != nil {
		return secret.Token{}, 0, err
	}
	var answer struct {
		Code    jos.Text `json:"apiResultCode"`
		Words   jos.Text `json:"apiErrorMsg"`
		Token   jos.Text `json:"accessToken"`
		Seconds jos.Text `json:"expiresIn"`
	}
	if err := i.logins.Read(name, body, &answer); err != nil {
		return secret.Token{}, 0, err
	}
	switch text := secret.New(string(answer.Token)); {
	case answer.Code != accepted && answer.Code != "":
		return secret.Token{}, 0, i.logins.Failed(name, string(answer.Code), string(answer.Words))
	case text.Empty() || answer.Seconds.Int() <= 0:
		return secret.Token{}, 0, i.logins.Broken(name, "no token, or none that lives")
	default:
		return text, time.Duration(min(answer.Seconds.Int(), 7200)) * time.Second, nil
	}
}
