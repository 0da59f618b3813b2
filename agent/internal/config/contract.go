package config

import (
	"maps"
	"slices"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/kinds"
	"miandan/agent/internal/secret"
	"miandan/templates/waybill"
)

// Account is a contract of the merchant's own with a carrier, or with somebody
// who speaks for several: SF, ZTO … and Kuaidi100. What it needs beside what
// stands here the carrier's package says; secrets lie in the key store as
// account.NAME.FIELD.
type Account struct {
	Carrier  string            `toml:"carrier"`      // "sf", "zto" …
	Name     string            `toml:"name"`         // in routes and secrets; the carrier's if empty
	Gateway  string            `toml:"gateway"`      // the carrier's own if empty
	Sandbox  bool              `toml:"sandbox"`      // the carrier's trial system
	Prefix   string            `toml:"order_prefix"` // before every order number that the carrier is told
	Shop     string            `toml:"shop"`         // jd.shop if empty
	Weight   float64           `toml:"weight"`       // kg
	Template string            `toml:"template"`     // the carrier's own layout if empty
	Way      string            `toml:"way"`          // who makes the label
	Phone    waybill.PhoneKind `toml:"phone"`        // which number is printed; print.phone if empty
	// StockWarning is below how many numbers left people are told, where the carrier
	// counts them; -1 never.
	StockWarning int               `toml:"stock_warning"`
	Settings     map[string]string `toml:"settings"` // the carrier's own, by name
}

// Contract returns what the settings say of the account, for its carrier. The
// secrets come from the key store.
func (a Account) Contract(c *Config, secrets map[string]secret.Token) carrier.Account {
	return carrier.Account{
		Name: a.Name, Gateway: a.Gateway, Sandbox: a.Sandbox, Prefix: a.Prefix, Shop: a.Shop, Weight: a.Weight,
		Sender: c.Sender.Party(), Values: a.Settings, Secrets: secrets,
	}
}

// SecretName is where a secret of the account lies in the key store.
func (a Account) SecretName(field string) string { return "account." + a.Name + "." + field }

// Secrets lists the names of the secrets that the accounts may have, or those
// without which no account can be used.
func (c *Config) Secrets(required bool) []string {
	var names []string
	for _, a := range c.Accounts {
		k, _ := kinds.Of(a.Carrier)
		for _, f := range k.Fields {
			if f.Secret && (f.Required || !required) {
				names = append(names, a.SecretName(f.Name))
			}
		}
	}
	return names
}

// layout is the carrier's own layout of the account's labels.
func (a Account) layout() string {
	k, ok := kinds.Of(a.Carrier)
	if !ok {
		return ""
	}
	return k.Layout(carrier.Account{Name: a.Name, Values: a.Settings})
}

// account returns the account that routes name so.
func (c *Config) account(name string) (Account, bool) {
	for _, a := range c.Accounts {
		if a.Name == name {
			return a, true
		}
	}
	return Account{}, false
}

// Phone returns which of the receiver's numbers a carrier's labels carry.
func (c *Config) Phone(name string) waybill.PhoneKind {
	if a, ok := c.account(name); ok && a.Phone != "" {
		return a.Phone
	}
	return c.Print.Phone
}

// Drawn lists the accounts whose labels their carrier draws.
func (c *Config) Drawn() []string {
	var names []string
	for _, a := range c.Accounts {
		if a.Way == Rendered {
			names = append(names, a.Name)
		}
	}
	return names
}

// settingNames lists the names that may stand in the account's settings.
func settingNames(k carrier.Kind) []string {
	var names []string
	for _, f := range k.Fields {
		if !f.Secret {
			names = append(names, f.Name)
		}
	}
	return names
}

// carrierNames lists the carriers that an account may be with.
func carrierNames() []string {
	var names []string
	for _, k := range kinds.All() {
		names = append(names, k.Name)
	}
	return names
}

// settingsOf returns the names of the account's settings in order.
func (a Account) settingsOf() []string { return slices.Sorted(maps.Keys(a.Settings)) }
