package config

import (
	"slices"
	"strings"

	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// Route says which carrier takes an order. The first that fits decides.
type Route struct {
	When    When   `toml:"when"`
	Carrier string `toml:"carrier"` // JDExpress, or WujiePrefix and a provider code
}

// When is what an order must be for a route to take it. What is left out is
// not asked; of several words one must fit.
type When struct {
	Source       string `toml:"source"`        // where it comes from: "jd", "api" for what programs hand in, or a hot folder's name
	Shipment     string `toml:"shipment"`      // the platform's word: "jd-express" is 京配
	Merchant     string `toml:"merchant"`      // "SOP", "FBP", "FCS"
	Province     Words  `toml:"province"`      // the receiver's province begins so: 新疆 is enough
	NoteContains Words  `toml:"note_contains"` // the seller's note contains one of these
	Shop         Words  `toml:"shop"`          // the shop that sold it
	SKU          Words  `toml:"sku"`           // all its goods are among these
	HasSKU       Words  `toml:"has_sku"`       // one of its goods is among these
}

// fits reports whether an order is what When asks for.
func (w When) fits(o order.Order) bool {
	province := o.Receiver.Address.Region().Province
	switch {
	case w.Source != "" && w.Source != o.Source:
		return false
	case w.Shipment != "" && w.Shipment != o.Shipment:
		return false
	case w.Merchant != "" && w.Merchant != string(o.Merchant):
		return false
	case len(w.Province) > 0 && !slices.ContainsFunc(w.Province, func(p string) bool { return strings.HasPrefix(province, p) }):
		return false
	case len(w.NoteContains) > 0 && !slices.ContainsFunc(w.NoteContains, func(n string) bool { return strings.Contains(o.Note, n) }):
		return false
	case len(w.Shop) > 0 && !slices.Contains(w.Shop, o.Shop):
		return false
	case len(w.SKU) > 0 && (len(o.Items) == 0 || slices.ContainsFunc(o.Items, func(i waybill.Item) bool { return !slices.Contains(w.SKU, i.SKU) })):
		return false
	case len(w.HasSKU) > 0 && !slices.ContainsFunc(o.Items, func(i waybill.Item) bool { return slices.Contains(w.HasSKU, i.SKU) }):
		return false
	}
	return true
}

// any reports whether every order fits.
func (w When) any() bool {
	return w.Source == "" && w.Shipment == "" && w.Merchant == "" && len(w.Province) == 0 && len(w.NoteContains) == 0 &&
		len(w.Shop) == 0 && len(w.SKU) == 0 && len(w.HasSKU) == 0
}

// Carrier returns the carrier that the routes choose for an order, or false.
func (c *Config) Carrier(o order.Order) (string, bool) {
	for _, r := range c.Routes {
		if r.When.fits(o) {
			return r.Carrier, true
		}
	}
	return "", false
}

// Service says what the parcels of an order are sent with besides being carried.
// All that fit count; of two that say the same thing the later one does.
type Service struct {
	When When `toml:"when"`
	// Parcels is how many boxes the order goes out in.
	Parcels int `toml:"parcels"`
	// Insure declares the order's price as its value, 保价.
	Insure bool `toml:"insure"`
	// SignReturn is the receipt that comes back, 签单返还: "paper", "checked",
	// "electronic", "both".
	SignReturn string `toml:"sign_return"`
}

var signReturns = map[string]order.SignReturn{
	"": order.NoReturn, "paper": order.PaperReturn, "checked": order.CheckedReturn, "electronic": order.ElectronicReturn, "both": order.BothReturn,
}

// Serve returns an order with the services that the settings give it.
func (c *Config) Serve(o order.Order) order.Order {
	for _, s := range c.Services {
		if !s.When.fits(o) {
			continue
		}
		if s.Parcels > 0 {
			o.Parcels = s.Parcels
		}
		if s.Insure {
			o.Insured = o.Price
		}
		if s.SignReturn != "" {
			o.SignReturn = signReturns[s.SignReturn]
		}
	}
	return o
}
