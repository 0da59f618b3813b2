// Package config reads the settings file, miandan.toml.
//
// The people who write it are no programmers and the file decides where
// parcels go. So nothing in it is overlooked: an unknown setting is an error
// with the line and the name that was probably meant, every value is checked
// when the file is read and not when it is first needed, and all that is wrong
// is said at once. Secrets are refused here; they lie in the key store.
package config

import (
	"miandan/templates/waybill"
)

// FileName is the settings file's name in the data folder.
const FileName = "miandan.toml"

// Names of carriers in routes. A Wujie carrier is WujiePrefix and its provider
// code: wujie/ZTO.
const (
	JDExpress   = "jd-express"
	WujiePrefix = "wujie/"
)

// Config is the whole file. Load fills in what the file leaves out.
type Config struct {
	Station  string    `toml:"station"`  // what this packing station is called; empty for the computer's name
	Language string    `toml:"language"` // "zh", "en", or "" for the system's
	JD       JD        `toml:"jd"`
	JDL      JDL       `toml:"jdl"`
	Sender   Sender    `toml:"sender"`
	Express  Express   `toml:"express"`
	Wujie    []Wujie   `toml:"wujie"`
	Accounts []Account `toml:"account"`
	Folders  []Folder  `toml:"folder"`
	Routes   []Route   `toml:"route"`
	Services []Service `toml:"service"`
	Auto     []Auto    `toml:"auto"`

	CloudPrint CloudPrint `toml:"cloudprint"`
	Printers   []Printer  `toml:"printer"`
	Labels     Labels     `toml:"labels"`
	Print      Print      `toml:"print"`
	Privacy    Privacy    `toml:"privacy"`
	Shipped    Shipped    `toml:"shipped"`
	Listen     Listen     `toml:"listen"`
	Update     Update     `toml:"update"`
	Fleet      Fleet      `toml:"fleet"`
	Metrics    Metrics    `toml:"metrics"`
	Compat     Compat     `toml:"compat"`
	Log        Log        `toml:"log"`
}

// Sender is who sends the parcels. It prints masked.
type Sender struct {
	Name     Name   `toml:"name"`
	Phone    Phone  `toml:"phone"`
	Province string `toml:"province"`
	City     string `toml:"city"`
	District string `toml:"district"`
	Town     string `toml:"town"`
	Address  Line   `toml:"address"` // street and number
	// JD's numbers of the regions, which Wujie asks for; zero where unknown.
	ProvinceID int `toml:"province_id"`
	CityID     int `toml:"city_id"`
	DistrictID int `toml:"district_id"`
	TownID     int `toml:"town_id"`
}

// Labels says which layout a label is drawn with.
type Labels struct {
	Layouts string `toml:"layouts"` // folder of one's own layouts; made absolute by Load; empty for none
	Paper   Paper  `toml:"paper"`   // of labels whose layout is not named
	// JDExpress and Wujie name a layout; empty takes the carrier's own of that paper.
	JDExpress string `toml:"jd-express"`
	Wujie     string `toml:"wujie"`
}

// Print is how printing goes.
type Print struct {
	Auto  bool     `toml:"auto"`  // labels are printed by themselves
	Fresh Duration `toml:"fresh"` // an order older than this is read again before its label goes to paper
	// Offline is what becomes of a label whose order is older than that while its
	// platform cannot be reached: "hold" it, or "print" it and ask afterwards.
	Offline string            `toml:"offline"`
	Phone   waybill.PhoneKind `toml:"phone"` // which number the carrier accounts want on paper: real, virtual
	// Places is a file that says where goods lie, by which waves are sorted: lines of
	// SKU and place; made absolute by Load; empty for none.
	Places string `toml:"places"`
	// WavePatience is how long a label of a wave waits for one before it that is not
	// ready yet.
	WavePatience Duration `toml:"wave_patience"`
	// WarnAhead is how long before its deadline people are told of an order that
	// has not shipped; 0 tells only of what is late.
	WarnAhead Duration `toml:"warn_ahead"`
}

// Privacy is when personal data is deleted, and what is left without it.
type Privacy struct {
	PurgeAfter        Duration `toml:"purge_after"`         // after a label has ended
	PurgeUnknownAfter Duration `toml:"purge_unknown_after"` // after a label became unknown
	History           Duration `toml:"history"`             // how long what is left is kept: numbers, states, evidence

	Reveals    Reveals `toml:"reveals_per_hour"`
	ExportMost int     `toml:"export_most"` // orders in a list that somebody who is no administrator may export
}

// Reveals is how many receivers the people of each role may see within an hour
// at this station; -1 as many as they like.
type Reveals struct {
	Packer int `toml:"packer"`
	Lead   int `toml:"lead"`
	Admin  int `toml:"admin"`
}

// Shipped is when the platform is told that an order has shipped.
type Shipped struct {
	When string `toml:"when"` // "scan", "confirmed", "never"
}

// Listen is where the page and the API are.
type Listen struct {
	Address string `toml:"address"` // on the loopback; port 0 picks a free one
	// Open lets whoever types the address at this computer use the page; else it
	// opens from the tray or by the code of `miandan page`.
	Open bool `toml:"open"`
}

// Metrics is where Prometheus reads how the station stands.
type Metrics struct {
	Listen string `toml:"listen"` // on the loopback, a port of its own; empty is off
}

// Log is the log's size and detail.
type Log struct {
	Level     string `toml:"level"`
	Format    string `toml:"format"`      // "text", "json"
	MaxSizeMB int    `toml:"max_size_mb"` // of one file
	Files     int    `toml:"files"`       // kept beside the current one
}

// Carriers lists the carriers that are set up, as routes name them.
func (c *Config) Carriers() []string {
	var names []string
	if c.Express.Enabled {
		names = append(names, JDExpress)
	}
	for _, w := range c.Wujie {
		names = append(names, w.Name())
	}
	for _, a := range c.Accounts {
		names = append(names, a.Name)
	}
	return names
}

// UsesJD reports whether anything in the file calls JD's gateway.
func (c *Config) UsesJD() bool { return c.JD.Enabled || c.Express.Enabled || len(c.Wujie) > 0 }
