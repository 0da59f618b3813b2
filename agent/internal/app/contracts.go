package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/kinds"
	"miandan/agent/internal/config"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/platform/folder"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/secret"
)

// addContracts puts the carriers into the station with whom the merchant has a
// contract of its own.
func addContracts(s *dispatch.Station, c *config.Config, keys seal.Keystore) error {
	for _, a := range c.Accounts {
		issuer, err := contract(c, a, keys, s.Clock)
		if err != nil {
			return err
		}
		s.Issuers[a.Name] = issuer
	}
	return nil
}

// addFolders puts the hot folders into the station.
func addFolders(s *dispatch.Station, c *config.Config) {
	s.Rules.PollEach = map[string]time.Duration{}
	for _, f := range c.Folders {
		s.Sources[f.Name] = &folder.Source{
			Name: f.Name, Path: f.Path, Shop: f.Shop, AfterSales: f.AfterSales, Merchant: order.Merchant(f.Merchant),
			Keep: f.Keep, KeepWrong: f.KeepWrong.Duration, Trouble: func(err error) { s.Say(dispatch.Notice(err)) }, Now: s.Clock,
		}
		s.Rules.PollEach[f.Name] = f.PollEvery.Duration
	}
}

// CheckContracts tries the merchant's own contracts with carriers, without taking
// a number: the settings, the secrets, and how many numbers are left where the
// carrier counts them.
func CheckContracts(ctx context.Context, c *config.Config, keys seal.Keystore) []Check {
	var all []Check
	for _, a := range c.Accounts {
		check := Check{What: a.Name, Says: notice.Phrase{"the settings are whole; that the carrier takes them shows the first number", "设置完整；快递是否接受，取第一个号时可知"}}
		issuer, err := contract(c, a, keys, nil)
		if b, ok := issuer.(carrier.Balance); ok && err == nil {
			var n int
			if n, err = b.Balance(ctx); err == nil {
				check.Says = notice.Phrase{fmt.Sprintf("the carrier answers and knows this account; %d numbers are left", n), fmt.Sprintf("快递有应答，账号有效，剩余单号 %d 个", n)}
			}
		}
		if !errors.Is(err, carrier.ErrUncounted) {
			check.Err = err
		}
		all = append(all, check)
	}
	return all
}

func contract(c *config.Config, a config.Account, keys seal.Keystore, now func() time.Time) (carrier.Issuer, error) {
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
	account.Now = now
	return kind.New(account)
}
