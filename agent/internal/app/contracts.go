package app

import (
	"errors"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/kinds"
	"miandan/agent/internal/config"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/secret"
)

// addContracts puts the carriers into the station with whom the merchant has a
// contract of its own.
func addContracts(s *dispatch.Station, c *config.Config, keys seal.Keystore) error {
	for _, a := range c.Accounts {
		issuer, err := contract(c, a, keys, s)
		if err != nil {
			return err
		}
		s.Issuers[a.Name] = issuer
	}
	return nil
}

func contract(c *config.Config, a config.Account, keys seal.Keystore, s *dispatch.Station) (carrier.Issuer, error) {
	kind, _ := kinds.Of(a.Carrier) // the settings were checked
	secrets := map[string]secret.Token{}
	for _, f := range kind.Fields {
		if !f.Secret {
			continue
		}
		t, err := seal.Secret(keys, a.SecretName(f.Name))
		if err != nil && !errors.Is(err, seal.ErrNotFound) {
			return nil, err
		}
		secrets[f.Name] = t
	}
	account := a.Contract(c, secrets)
	account.Now = s.Clock
	return kind.New(account)
}
