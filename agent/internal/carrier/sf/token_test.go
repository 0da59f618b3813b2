package sf_test

import (
	"errors"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/sf/sfsim"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/secret"
)

// clocked is an account that logs in, and a carrier whose clock goes with it.
func clocked(t *testing.T) (i carrier.Issuer, sim *sfsim.Gateway, pass func(time.Duration)) {
	t.Helper()
	at := now
	clock := func() time.Time { return at }
	sim = sfsim.New(sfsim.Config{Now: clock})
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	a := account(server.URL, map[string]string{"auth": "token"})
	a.Now = clock
	return issuerOf(t, a), sim, func(d time.Duration) { at = at.Add(d) }
}

func TestTokens(t *testing.T) {
	const order = "EXP_RECE_CREATE_ORDER"
	issue := func(t *testing.T, i carrier.Issuer, id string) {
		t.Helper()
		if _, err := i.Issue(t.Context(), carriertest.Order(id)); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("one serves many calls and is renewed before it lapses", func(t *testing.T) {
		i, sim, pass := clocked(t)
		issue(t, i, "249786309732")
		pass(107 * time.Minute)
		issue(t, i, "249786309733")
		pass(2 * time.Minute) // it would live for eleven more
		issue(t, i, "249786309734")
		if got, want := sim.Calls(), []string{"token", order, order, "token", order}; !slices.Equal(got, want) {
			t.Errorf("called %v, want %v", got, want)
		}
	})
	t.Run("one that is good no longer is renewed at once", func(t *testing.T) {
		i, sim, _ := clocked(t)
		issue(t, i, "249786309732")
		sim.EndTokens()
		issue(t, i, "249786309733")
		if got, want := sim.Calls(), []string{"token", order, order, "token", order}; !slices.Equal(got, want) {
			t.Errorf("called %v, want %v", got, want)
		}
		if got := len(sim.Given()); got != 2 {
			t.Errorf("%d orders, want 2", got)
		}
	})
	t.Run("a wrong check word", func(t *testing.T) {
		sim := sfsim.New(sfsim.Config{})
		server := httptest.NewServer(sim)
		defer server.Close()
		a := account(server.URL, map[string]string{"auth": "token"})
		a.Secrets = map[string]secret.Token{"check_word": secret.New("anotherWord")}
		_, err := issuerOf(t, a).Issue(t.Context(), demoOrder())
		if !errors.Is(err, carrier.ErrUnsent) || notice.CodeOf(err) != "gateway-signature" {
			t.Errorf("err = %v", err)
		}
		if got := sim.Calls(); !slices.Equal(got, []string{"token"}) {
			t.Errorf("called %v", got)
		}
	})
	t.Run("a login whose answer says nothing", func(t *testing.T) {
		for _, answer := range []string{`{"apiResultCode":"A1000","accessToken":"","expiresIn":7200}`, `{"apiResultCode":"A1000","accessToken":"T","expiresIn":0}`, `{`, `null`, `[]`} {
			a := account(speaks(t, answer), map[string]string{"auth": "token"})
			if _, err := issuerOf(t, a).Issue(t.Context(), demoOrder()); !errors.Is(err, carrier.ErrUnsent) || notice.CodeOf(err) != "gateway-answer" {
				t.Errorf("%s: %v", answer, err)
			}
		}
	})
	t.Run("a token that is never good", func(t *testing.T) {
		a := account(speaks(t, `{"apiResultCode":"A1002","apiErrorMsg":"","accessToken":"T","expiresIn":7200}`), map[string]string{"auth": "token"})
		if _, err := issuerOf(t, a).Issue(t.Context(), demoOrder()); !errors.Is(err, carrier.ErrUnsent) {
			t.Errorf("err = %v", err)
		}
	})
}
