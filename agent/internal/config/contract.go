package config

import "miandan/templates/waybill"

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
	Settings map[string]string `toml:"settings"`     // the carrier's own, by name
}
