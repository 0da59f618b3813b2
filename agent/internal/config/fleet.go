package config

import (
	"regexp"

	"miandan/agent/internal/notice"
)

// Fleet is the database that this station shares with others. `miandan fleet join`
// writes it; the station's password and key lie in the key store.
type Fleet struct {
	DSN      string `toml:"dsn"`      // servers and database, without user and password; empty for a station that stands alone
	Station  string `toml:"station"`  // what the fleet calls this one
	Zone     string `toml:"zone"`     // the part of the room it stands in
	Platform bool   `toml:"platform"` // it polls platforms and takes numbers, for all
	Ahead    int    `toml:"ahead"`    // labels that are claimed before their printer is free, for each printer
	Lot      int    `toml:"lot"`      // labels that may print while the database is away
}

// Member reports whether the station is one of a fleet's.
func (f Fleet) Member() bool { return f.DSN != "" }

// ofFleet is what the fleet's database takes for a name, see package fleet.
var ofFleet = regexp.MustCompile(`^[a-z][a-z0-9-]{0,23}$`)

func (k *checker) fleet(c *Config) {
	f := c.Fleet
	k.whole("fleet.ahead", f.Ahead, 1, 100)
	k.whole("fleet.lot", f.Lot, 0, 100)
	if f.Member() && !ofFleet.MatchString(f.Station) {
		k.wrong("fleet.station", notice.Phrase{"up to 24 lower-case letters, digits and dashes, beginning with a letter", "不超过 24 个小写字母、数字和连字符，以字母开头"})
	}
}
