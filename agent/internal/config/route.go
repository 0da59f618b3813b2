package config

import (
	"slices"
	"strings"

	"miandan/agent/internal/order"
)

// Route says which carrier takes an order. The first that fits decides.
type Route struct {
	When    When   `toml:"when"`
	Carrier string `toml:"carrier"` // JDExpress, or WujiePrefix and a provider code
}

// When is what an order must be for a route to take it. What is left out is
// not asked; of several words one must fit.
type When struct {
	Shipment     string `toml:"shipment"`      // the platform's word: "jd-express" is 京配
	Merchant     string `toml:"merchant"`      // "SOP", "FBP", "FCS"
	Province     Words  `toml:"province"`      // the receiver's province begins so: 新疆 is enough
	NoteContains Words  `toml:"note_contains"` // the seller's note contains one of these
}

// Takes reports whether the route takes an order.
func (r Route) Takes(o order.Order) bool {
	w := r.When
	province := o.Receiver.Address.Region().Province
	switch {
	case w.Shipment != "" && w.Shipment != o.Shipment:
		return false
	case w.Merchant != "" && w.Merchant != string(o.Merchant):
		return false
	case len(w.Province) > 0 && !slices.ContainsFunc(w.Province, func(p string) bool { return strings.HasPrefix(province, p) }):
		return false
	case len(w.NoteContains) > 0 && !slices.ContainsFunc(w.NoteContains, func(n string) bool { return strings.Contains(o.Note, n) }):
		return false
	}
	return true
}

// takesAll reports whether no order goes past the route.
func (r Route) takesAll() bool {
	w := r.When
	return w.Shipment == "" && w.Merchant == "" && len(w.Province) == 0 && len(w.NoteContains) == 0
}

// Carrier returns the carrier that the routes choose for an order, or false.
func (c *Config) Carrier(o order.Order) (string, bool) {
	for _, r := range c.Routes {
		if r.Takes(o) {
			return r.Carrier, true
		}
	}
	return "", false
}
