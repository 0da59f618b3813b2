package app

import (
	"context"
	"errors"

	"miandan/agent/internal/api"
	"miandan/agent/internal/audit"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/pin"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/secret"
)

// doorkeeper knows the PINs from the key store and puts on record who used one.
type doorkeeper struct {
	ledger *ledger.Ledger
	seal   *seal.Sealer
}

var _ api.Doorkeeper = doorkeeper{}

// Pins implements api.Doorkeeper.
func (d doorkeeper) Pins(context.Context) (roles []api.Role, err error) {
	for _, role := range []api.Role{api.Lead, api.Admin} {
		_, err := d.hash(role)
		if errors.Is(err, seal.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		roles = append(roles, role)
	}
	return roles, nil
}

// Match implements api.Doorkeeper. What cannot be recorded is not unlocked.
func (d doorkeeper) Match(ctx context.Context, role api.Role, text, who string) (bool, error) {
	hash, err := d.hash(role)
	if err != nil {
		return false, err
	}
	ok, err := pin.Match(hash, text)
	if err != nil {
		return false, err
	}
	what := audit.RoleTaken
	if !ok {
		what = audit.RoleRefused
	}
	return ok, d.ledger.Note(ctx, what, ledger.Person{Who: who, Why: string(role)})
}

// Locked implements api.Doorkeeper.
func (d doorkeeper) Locked(ctx context.Context, role api.Role, who string) error {
	return d.ledger.Note(ctx, audit.RoleLeft, ledger.Person{Who: who, Why: string(role)})
}

func (d doorkeeper) hash(role api.Role) (secret.Token, error) {
	name := secret.LeadPIN
	if role == api.Admin {
		name = secret.AdminPIN
	}
	return d.seal.Secret(name)
}
