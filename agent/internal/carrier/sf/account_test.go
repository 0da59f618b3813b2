package sf

import (
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/secret"
)

func settings(change map[string]string) carrier.Account {
	values := map[string]string{"partner_id": "TESTPARTNER", "express_type": "2"}
	for name, v := range change {
		values[name] = v
	}
	return carrier.Account{Values: values, Secrets: map[string]secret.Token{"check_word": secret.New("W")}}
}

func TestWhereTokensAreGiven(t *testing.T) {
	for gateway, want := range map[string]string{
		production: "https://sfapi.sf-express.com/oauth2/accessToken",
		sandbox:    "https://sfapi-sbox.sf-express.com/oauth2/accessToken",
		"https://sfapi-hk.sf-express.com/std/service": "https://sfapi-hk.sf-express.com/oauth2/accessToken",
	} {
		if got := login(gateway); got != want {
			t.Errorf("login(%s) = %s, want %s", gateway, got, want)
		}
	}
}

func TestSettings(t *testing.T) {
	for name, change := range map[string]map[string]string{
		"partner_id":   {"partner_id": " "},
		"express_type": {"express_type": "特快"},
		"pay_method":   {"pay_method": "4"},
		"auth":         {"auth": "md5"},
		"call_courier": {"call_courier": "yes"},
	} {
		if _, err := Kind().New(settings(change)); notice.CodeOf(err) != "account-value" {
			t.Errorf("%s: %v", name, err)
		}
	}
	a := settings(nil)
	a.Secrets = nil
	if _, err := Kind().New(a); notice.CodeOf(err) != "account-secret" {
		t.Errorf("without a check word: %v", err)
	}
}

func TestSandboxHasItsOwnCard(t *testing.T) {
	for in, want := range map[bool]string{false: "", true: sandboxCard} {
		a := settings(nil)
		a.Sandbox = in
		i, err := Kind().New(a)
		if err != nil {
			t.Fatal(err)
		}
		if got := i.(*Issuer).account.Values["monthly_card"]; got != want {
			t.Errorf("sandbox %t: card %q, want %q", in, got, want)
		}
	}
}
