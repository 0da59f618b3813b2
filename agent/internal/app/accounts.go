package app

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"time"

	"miandan/agent/internal/config"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/jos/oauth"
	"miandan/agent/internal/lop"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/outbound"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/secret"
)

// accounts are the merchant's accounts at JD's two platforms, as far as the
// settings need them.
type accounts struct {
	config *config.Config
	keys   seal.Keystore
	say    func(error) // is told of what holds up one thing and not the rest; may be nil
	now    func() time.Time

	jos *jos.Client
	lop *lop.Client // nil if nothing needs JD Logistics' own platform
}

func openAccounts(c *config.Config, keys seal.Keystore, say func(error)) (*accounts, error) {
	a := &accounts{config: c, keys: keys, say: say, now: time.Now}
	var err error
	if a.jos, err = a.openJOS(); err != nil {
		return nil, err
	}
	if c.UsesJDL() {
		if a.lop, err = a.openLOP(); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func (a *accounts) openJOS() (*jos.Client, error) {
	c := a.config.JD
	appSecret, err := seal.Secret(a.keys, secret.JDAppSecret)
	if err != nil {
		return nil, err
	}
	if _, err := seal.Secret(a.keys, secret.JDAccessToken); err != nil {
		return nil, err // at the start, and not at the first call
	}
	return &jos.Client{
		Gateway: c.Gateway, AppKey: c.AppKey, AppSecret: appSecret, HTTP: &outbound.Client{Account: config.JOSAccount, Timeout: c.Timeout.Duration},
		Rest: new(jos.Rest), Tokens: &oauth.Source{Platform: josPlatform(a.config, appSecret), Store: tokens{a.keys, secret.JDAccessToken}, Name: "JD", Trouble: a.say},
	}, nil
}

func (a *accounts) openLOP() (*lop.Client, error) {
	c := a.config.JDL
	client := &lop.Client{Gateway: c.Gateway, AppKey: c.AppKey, Algorithm: lop.Algorithm(c.Algorithm), HTTP: &outbound.Client{Account: config.JDLAccount, Timeout: c.Timeout.Duration}, Rest: new(jos.Rest)}
	if c.JOSAuth {
		client.JOS, client.AppKey, client.AppSecret, client.Tokens = true, a.jos.AppKey, a.jos.AppSecret, a.jos.Tokens
		return client, nil
	}
	var err error
	if client.AppSecret, err = seal.Secret(a.keys, secret.JDLAppSecret); err != nil {
		return nil, err
	}
	if c.Partner {
		return client, nil
	}
	if _, err := seal.Secret(a.keys, secret.JDLAccessToken); err != nil {
		return nil, err
	}
	client.Tokens = &oauth.Source{
		Platform: jdlPlatform(a.config, client.AppSecret), Store: tokens{a.keys, secret.JDLAccessToken}, Name: "JDL", Trouble: a.say,
	}
	return client, nil
}

func josPlatform(c *config.Config, appSecret secret.Token) oauth.JOS {
	return oauth.JOS{App: oauth.App{Base: c.JD.OAuth, Key: c.JD.AppKey, Secret: appSecret}}
}

func jdlPlatform(c *config.Config, appSecret secret.Token) oauth.JDL {
	return oauth.JDL{App: oauth.App{Base: c.JDL.OAuth, Key: c.JDL.AppKey, Secret: appSecret}, RenewPath: c.JDL.RenewPath}
}

// tokens keeps an authorisation in the key store.
type tokens struct {
	keys seal.Keystore
	name string
}

var _ oauth.Store = tokens{}

// Load implements oauth.Store.
func (t tokens) Load(context.Context) (oauth.Token, error) {
	s, err := seal.Secret(t.keys, t.name)
	if errors.Is(err, seal.ErrNotFound) {
		return oauth.Token{}, oauth.ErrNone
	}
	if err != nil {
		return oauth.Token{}, err
	}
	return oauth.Unpack(s)
}

// Save implements oauth.Store.
func (t tokens) Save(_ context.Context, token oauth.Token) error {
	return seal.SetSecret(t.keys, t.name, token.Pack())
}

// voucherKey reads the certificate, or the bare public key, that JD signs the
// vouchers of encrypted fields with.
func voucherKey(path string) (*rsa.PublicKey, error) {
	if path == "" {
		return nil, nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, notice.New("file-not-found", err, path)
	}
	block, _ := pem.Decode(b)
	if block == nil {
		return nil, notice.New("file-not-certificate", nil, path)
	}
	var key any
	if c, err := x509.ParseCertificate(block.Bytes); err == nil {
		key = c.PublicKey
	} else if key, err = x509.ParsePKIXPublicKey(block.Bytes); err != nil {
		return nil, notice.New("file-not-certificate", err, path)
	}
	if k, ok := key.(*rsa.PublicKey); ok {
		return k, nil
	}
	return nil, notice.New("file-not-certificate", nil, path)
}

// AuthoriseURL returns the page on which the shop authorises the app at a
// platform, "jd" or "jdl".
func AuthoriseURL(c *config.Config, platform string) string {
	if platform == "jdl" {
		return jdlPlatform(c, secret.Token{}).AuthorizeURL(c.JD.Redirect, "miandan")
	}
	return josPlatform(c, secret.Token{}).AuthorizeURL(c.JD.Redirect, "miandan")
}

// Authorise makes an authorisation of the code that the shop's browser brought
// back, and puts it into the key store.
func Authorise(ctx context.Context, c *config.Config, keys seal.Keystore, platform, code string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	name, title := secret.JDAppSecret, "JD"
	if platform == "jdl" {
		name, title = secret.JDLAppSecret, "JDL"
	}
	appSecret, err := seal.Secret(keys, name)
	if err != nil {
		return err
	}
	s := &oauth.Source{Platform: josPlatform(c, appSecret), Store: tokens{keys, secret.JDAccessToken}, Name: title}
	if platform == "jdl" {
		s.Platform, s.Store = jdlPlatform(c, appSecret), tokens{keys, secret.JDLAccessToken}
	}
	return s.Authorise(ctx, code)
}

// Secrets are the names of the secrets that the settings need.
func Secrets(c *config.Config) []string {
	if !c.UsesJD() {
		return c.Secrets(true)
	}
	names := []string{secret.JDAppSecret, secret.JDAccessToken}
	if c.UsesJDL() && !c.JDL.JOSAuth {
		names = append(names, secret.JDLAppSecret)
		if !c.JDL.Partner {
			names = append(names, secret.JDLAccessToken)
		}
	}
	return append(names, c.Secrets(true)...)
}
