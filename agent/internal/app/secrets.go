package app

import (
	"context"
	"errors"
	"slices"
	"strings"

	"miandan/agent/internal/api"
	"miandan/agent/internal/config"
	"miandan/agent/internal/host"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/secret"
)

// SecretNames lists the secrets that an agent with these settings may have, which
// are more than it needs.
func SecretNames(c *config.Config) []string {
	names := secret.Names()
	if c != nil {
		names = append(names, c.Secrets(false)...)
	}
	return names
}

// keyring takes secrets for the account that this process runs under.
type keyring struct {
	options Options
	// note puts on record that one was taken; what cannot be recorded is not.
	note func(ctx context.Context, what, name, who string) error
	kept func() // is called after each; may be nil
}

var _ api.Secrets = keyring{}

func (a *App) keyring() keyring {
	return keyring{options: a.options, note: func(ctx context.Context, what, name, who string) error {
		return a.Ledger.Note(ctx, what, ledger.Person{Who: who, Why: name})
	}}
}

// SetSecret implements api.Secrets.
func (k keyring) SetSecret(ctx context.Context, name string, t secret.Token, who string) (api.Kept, error) {
	c, _ := Settings(k.options.Config) // broken ones need the others all the same
	if !slices.Contains(SecretNames(c), name) {
		return api.Kept{}, notice.New("config-no-such-secret", api.ErrNotFound, name, strings.Join(SecretNames(c), ", "))
	}
	keys, err := seal.OpenKeystore(k.options.Data)
	if err != nil {
		return api.Kept{}, err
	}
	if err := k.note(ctx, "secret-set", name, who); err != nil {
		return api.Kept{}, err
	}
	if err := seal.SetSecret(keys, name, t); err != nil {
		return api.Kept{}, err
	}
	k.tell()
	// PINs are looked up each time.
	return api.Kept{Restart: k.kept == nil && name != secret.LeadPIN && name != secret.AdminPIN}, nil
}

// Authorise implements api.Secrets.
func (k keyring) Authorise(ctx context.Context, platform, code, who string) (api.Kept, error) {
	c, err := Settings(k.options.Config)
	if err != nil {
		return api.Kept{}, settingNotice(err)
	}
	keys, err := seal.OpenKeystore(k.options.Data)
	if err != nil {
		return api.Kept{}, err
	}
	if err := k.note(ctx, "authorised", platform, who); err != nil {
		return api.Kept{}, err
	}
	if err := Authorise(ctx, c, keys, platform, code); err != nil {
		return api.Kept{}, err
	}
	k.tell()
	return api.Kept{Restart: k.kept == nil}, nil
}

func (k keyring) tell() {
	if k.kept != nil {
		k.kept()
	}
}

// AwaitSecrets waits until the key store holds every secret that the settings
// need, and takes them on the unix socket or pipe meanwhile. Where none is missing
// it returns at once. Before it waits it calls waiting, and says what for.
//
// A service's key store is its account's own, which nobody fills beforehand: the
// account comes with the installation, and Windows takes back an installation whose
// service ends at its start.
func AwaitSecrets(ctx context.Context, o Options, waiting func()) error {
	c, err := Settings(o.Config)
	if err != nil {
		return err
	}
	missing, err := missingSecrets(c, o.Data)
	if err != nil || len(missing) == 0 {
		return err
	}
	lock, err := host.TakeLock(o.Data)
	if err != nil {
		return err
	}
	defer lock.Release()
	path, err := host.MakeSocketPath(o.Data)
	if err != nil {
		return err
	}
	socket, err := api.ListenLocal(path)
	if err != nil {
		return notice.New("data-folder-failed", err, o.Data)
	}
	ctx, enough := context.WithCancel(ctx)
	defer enough()
	for _, name := range missing {
		o.Say(notice.New("secret-missing", seal.ErrNotFound, name))
	}
	waiting()
	k := keyring{options: o, note: func(context.Context, string, string, string) error { return nil }, kept: func() {
		if missing, err := missingSecrets(c, o.Data); err == nil && len(missing) == 0 {
			enough()
		}
	}}
	return api.ServeSecrets(ctx, k, o.Language, nil, socket)
}

func missingSecrets(c *config.Config, data string) ([]string, error) {
	keys, err := seal.OpenKeystore(data)
	if err != nil {
		return nil, err
	}
	var missing []string
	for _, name := range Secrets(c) {
		switch _, err := seal.Secret(keys, name); {
		case errors.Is(err, seal.ErrNotFound):
			missing = append(missing, name)
		case err != nil:
			return nil, err
		}
	}
	return missing, nil
}
