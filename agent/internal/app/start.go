package app

import (
	"context"
	"errors"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/config"
	"miandan/agent/internal/host"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/pin"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/secret"
	"miandan/agent/internal/store"
)

// ErrAgain is what Run ends with when somebody asked for a new start: Open is to be
// called again.
var ErrAgain = errors.New("the agent starts anew")

// BeginSettings writes the commented settings file where there is none and never
// was one, and reports whether it did. A data folder with a database in it has lost
// its settings, and to go on without them would be to go on without what IT or a
// person has laid down.
func BeginSettings(data, path string) (bool, error) {
	if _, err := os.Stat(path); err == nil || store.Exists(data) {
		return false, nil
	}
	if err := host.AtomicWrite(path, config.Template(), 0o600); err != nil {
		return false, notice.New("file-unwritable", err, path)
	}
	return true, nil
}

// starter is the first steps at a station.
type starter struct {
	upkeep
	trying *sync.Mutex // one card at a time
	again  func()
}

var (
	_ api.Starter = starter{}
	_ api.Fitter  = starter{}
)

// Bare implements api.Starter.
func (s starter) Bare(ctx context.Context) bool {
	pins, err := doorkeeper{s.Ledger, s.seal}.Pins(ctx)
	return err == nil && len(pins) == 0 && len(s.config.Printers) == 0
}

// Start implements api.Starter. It tells what stands in the file, which this run
// may have begun without.
func (s starter) Start(ctx context.Context, l notice.Language) (api.Start, error) {
	v := api.Start{Run: s.started.Format(time.RFC3339Nano), Bare: s.Bare(ctx), Settings: s.options.Config, Printers: []string{}, Running: []string{}, Pins: []api.Role{}}
	c, err := Settings(s.options.Config)
	if err != nil {
		return v, settingNotice(err)
	}
	keys, err := seal.OpenKeystore(s.options.Data)
	if err != nil {
		return v, err
	}
	v.Keys, v.Sealed = keystore(keys, l), keys.Kind() != "file"
	for _, p := range c.Printers {
		v.Printers = append(v.Printers, p.Name)
	}
	for _, p := range s.config.Printers {
		v.Running = append(v.Running, p.Name)
	}
	if pins, err := (doorkeeper{s.Ledger, s.seal}).Pins(ctx); err == nil {
		v.Pins = append(v.Pins, pins...)
	}
	_, noSecret := seal.Secret(keys, secret.JDAppSecret)
	_, noToken := seal.Secret(keys, secret.JDAccessToken)
	v.JD = api.JDState{AppKey: c.JD.AppKey, VenderID: c.JD.VenderID, Shop: c.JD.Shop, Redirect: c.JD.Redirect, Secret: noSecret == nil, Authorised: noToken == nil && c.JD.Enabled}
	if c.JD.AppKey != "" && c.JD.Redirect != "" && v.JD.Secret {
		v.JD.Page = AuthoriseURL(c, "jd")
	}
	return v, nil
}

// SetJD implements api.Starter.
func (s starter) SetJD(ctx context.Context, in api.JDApp, who string) error {
	keys, err := seal.OpenKeystore(s.options.Data)
	if err != nil {
		return err
	}
	if in.Secret.Empty() {
		if _, err := seal.Secret(keys, secret.JDAppSecret); err != nil {
			return notice.New("start-secret", err)
		}
	}
	if to, err := url.Parse(in.Redirect); err != nil || !to.IsAbs() {
		return notice.New("start-redirect", err)
	}
	err = s.write(ctx, who, [][2]string{{"jd.app_key", in.AppKey}, {"jd.vender_id", in.VenderID}, {"jd.shop", in.Shop}, {"jd.redirect", in.Redirect}})
	if err != nil || in.Secret.Empty() {
		return err
	}
	if err := seal.SetSecret(keys, secret.JDAppSecret, in.Secret); err != nil {
		return err
	}
	return s.told(s.Ledger.Note(ctx, "secret-set", ledger.Person{Who: who, Why: secret.JDAppSecret}))
}

// write changes settings, all of them or none. What the administrator has laid down
// stays; that it says something else is no reason to stop here.
func (s starter) write(ctx context.Context, who string, values [][2]string) error {
	s.editing.Lock()
	defer s.editing.Unlock()
	path, pins := s.options.Config, pinned()
	var changed []string
	err := editSettings(path, func(file []byte) (_ []byte, err error) {
		for _, v := range values {
			if _, is := pins[v[0]]; is {
				continue
			}
			if file, err = config.SetValue(path, file, v[0], v[1]); err != nil {
				return nil, err
			}
			changed = append(changed, v[0])
		}
		return file, nil
	})
	switch {
	case errors.Is(err, config.ErrByHand), errors.Is(err, config.ErrFixed):
		return notice.New("setting-by-hand", errors.Join(api.ErrConflict, err), values[len(changed)][0], path)
	case err != nil:
		return settingNotice(err)
	}
	return s.told(s.Ledger.Note(ctx, "setting-changed", ledger.Person{Who: who, Why: strings.Join(changed, " ")}))
}

// Authorise implements api.Starter.
func (s starter) Authorise(ctx context.Context, code, who string) error {
	c, err := Settings(s.options.Config)
	if err != nil {
		return settingNotice(err)
	}
	keys, err := seal.OpenKeystore(s.options.Data)
	if err != nil {
		return err
	}
	if err := Authorise(ctx, c, keys, "jd", codeIn(code)); err != nil {
		return err
	}
	return s.write(ctx, who, [][2]string{{"jd.enabled", "true"}})
}

// codeIn is the code in what a person has copied: the code alone, or the address of
// the page that the browser came to.
func codeIn(text string) string {
	text = strings.TrimSpace(text)
	if u, err := url.Parse(text); err == nil && u.Query().Get("code") != "" {
		return u.Query().Get("code")
	}
	return text
}

// Begin implements api.Starter. What a new start would refuse is said before this
// run ends.
func (s starter) Begin(ctx context.Context, digits, who string) error {
	c, err := Settings(s.options.Config)
	if err != nil {
		return settingNotice(err)
	}
	keys, err := seal.OpenKeystore(s.options.Data)
	if err != nil {
		return err
	}
	for _, name := range Secrets(c) {
		if _, err := seal.Secret(keys, name); err != nil {
			return err
		}
	}
	if digits != "" {
		hash, err := pin.Hash(digits)
		if err != nil {
			return err
		}
		if err := seal.SetSecret(keys, secret.AdminPIN, secret.New(hash)); err != nil {
			return err
		}
		if err := s.Ledger.Note(ctx, "secret-set", ledger.Person{Who: who, Why: secret.AdminPIN}); err != nil {
			return s.told(err)
		}
	}
	if err := s.Ledger.Note(ctx, "started-anew", ledger.Person{Who: who}); err != nil {
		return s.told(err)
	}
	s.again()
	return nil
}
