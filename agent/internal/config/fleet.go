package config

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

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
	// Rate is how often in a second each account of a platform or carrier may be
	// called, by all stations together; Rates that of single accounts: "jd", "jdl", or
	// an account's name.
	Rate  float64            `toml:"rate"`
	Rates map[string]float64 `toml:"rates"`
}

// Member reports whether the station is one of a fleet's.
func (f Fleet) Member() bool { return f.DSN != "" }

// ofFleet is what the fleet's database takes for a name, see package fleet.
var ofFleet = regexp.MustCompile(`^[a-z][a-z0-9-]{0,23}$`)

func (k *checker) fleet(c *Config) {
	f := c.Fleet
	k.whole("fleet.ahead", f.Ahead, 1, 100)
	k.whole("fleet.lot", f.Lot, 0, 100)
	k.number("fleet.rate", f.Rate, leastRate, mostRate)
	accounts := c.callAccounts()
	for _, name := range slices.Sorted(maps.Keys(f.Rates)) {
		if !slices.Contains(accounts, name) {
			k.wrong("fleet.rates", strings.Join(accounts, " | "))
			continue
		}
		k.number("fleet.rates."+name, f.Rates[name], leastRate, mostRate)
	}
	if f.Member() && !ofFleet.MatchString(f.Station) {
		k.wrong("fleet.station", notice.Phrase{"up to 24 lower-case letters, digits and dashes, beginning with a letter", "不超过 24 个小写字母、数字和连字符，以字母开头"})
	}
}

// The accounts at JD that a rate counts for, beside the merchant's own contracts.
const (
	JOSAccount = "jd"  // the app at JD's open platform: orders, Wujie, JD Express by it
	JDLAccount = "jdl" // the app at JD Logistics' open platform
)

const (
	leastRate = 0.1  // calls a second: with fewer a page of orders takes minutes
	mostRate  = 1000 // as good as none
)

// defaultRate is a guess: most carriers and JD publish no figure and go by contract.
// The one figure known of a gateway in earnest is kdniao's, 20 requests a second.
const defaultRate = 20

// published are the rates that a carrier names itself, by its code. SF's is that of
// its sandbox; whether it holds in earnest is uncertain.
var published = map[string]float64{"sf": 30}

// callAccounts lists the accounts that rates count for.
func (c *Config) callAccounts() []string {
	list := []string{JOSAccount, JDLAccount}
	for _, a := range c.Accounts {
		list = append(list, a.Name)
	}
	return list
}

// CallEvery returns the least time between two calls on each account.
func (c *Config) CallEvery() map[string]time.Duration {
	every := map[string]time.Duration{}
	for _, name := range c.callAccounts() {
		rate, own := c.Fleet.Rates[name]
		if a, known := c.account(name); !own && known {
			rate, own = published[a.Carrier]
		}
		if !own {
			rate = c.Fleet.Rate
		}
		every[name] = time.Duration(float64(time.Second) / rate)
	}
	return every
}

// CallAccounts returns the account on which each of JD's carriers is asked first. A
// contract of the merchant's own is an account by its own name.
func (c *Config) CallAccounts() map[string]string {
	of := map[string]string{JDExpress: JOSAccount}
	if c.Express.By == "lop" {
		of[JDExpress] = JDLAccount
	}
	for _, w := range c.Wujie {
		of[w.Name()] = JOSAccount
	}
	return of
}
