// Package order is an order as a platform gives it, before any carrier has a
// number for it.
//
// It holds what the trade's rules need: until when it must ship, whether it is
// a parent whose children ship in its stead, which kind of merchant it belongs
// to, and how much is known of the receiver's telephone number.
package order

import (
	"strings"
	"time"

	"miandan/templates/waybill"
)

// Key names an order: the platform it came from and its number there.
type Key struct {
	Source string `json:"source"` // "jd"
	ID     string `json:"id"`
}

func (k Key) String() string { return k.Source + ":" + k.ID }

// documents is before a platform's name in the source of a label that the platform
// sealed and somebody handed in. No source in the settings has a slash.
const documents = "documents/"

// OfDocument returns the key of a sealed label that was handed in under an id.
func OfDocument(platform, id string) Key { return Key{Source: documents + platform, ID: id} }

// OfCaller returns the key of a label that a page or a program handed in, by whose
// it is: two callers may use one id for two labels, and neither finds the other's.
func OfCaller(caller, id string) Key { return Key{Source: documents + "caller/" + caller, ID: id} }

// Given reports whether the order stands for a label that was handed in.
// Its number is none of ours to give back, and whoever handed it in tells the
// platform what has shipped.
func (k Key) Given() bool { return strings.HasPrefix(k.Source, documents) }

// State is what the platform says of an order.
type State string

// Only a ToShip order gets a number.
const (
	ToShip    State = "to-ship"
	Shipped   State = "shipped"
	Cancelled State = "cancelled"
	Locked    State = "locked" // the buyer has asked for a cancellation
	Paused    State = "paused"
	Other     State = "other"
)

// Merchant is the kind of merchant, 商家类型.
type Merchant string

// FCS are self-operated merchants that ship from their own factory.
const (
	SOP Merchant = "SOP"
	FBP Merchant = "FBP"
	FCS Merchant = "FCS"
)

// Money is an amount in fen.
type Money int64

// Order is one order. Everything about a person in it prints masked.
type Order struct {
	Key
	Services
	State     State
	Merchant  Merchant
	Shop      string // the shop that sold it, for the label; empty for that of the account
	Parent    string // the order this one was split from; empty for none
	IsParent  bool   // its children ship, it never does
	Receiver  waybill.Party
	PhoneKind waybill.PhoneKind
	// VirtualUntil is until when a virtual number reaches the receiver; zero
	// where the platform does not say.
	VirtualUntil time.Time
	Consignee    string // JD's oaid: stands for the receiver in calls to the platform
	// ReceiverMark is the source's own mark of what it opened the receiver from:
	// as long as the platform says the same, it need not be opened again. Empty if
	// nothing was opened.
	ReceiverMark string
	RegionIDs    RegionIDs
	Items        []waybill.Item
	Remark       string // the buyer's
	Note         string // the seller's
	Price        Money
	Shipment     string // the platform's word for how it must ship: JD's 京配 is "jd-express"
	// Plan is the regular purchase, 定期购, that this order is one delivery of;
	// empty for none.
	Plan string
	// Subscription says that later issues of what was bought are to follow, a
	// periodical sold outside a regular purchase.
	Subscription bool
	PaidAt       time.Time
	// EndedAt is when the platform closed the order; zero while it is open.
	EndedAt time.Time
	// AfterSales marks an after-sales service order, 售后服务单. The platform lists
	// none among its orders: they are imported.
	AfterSales bool
	// Renewed is how often the order has given its number back here: the next one
	// is asked for as for another order. No platform says it.
	Renewed  int
	Modified time.Time
	ReadAt   time.Time // when the platform gave it to us
}

// RegionIDs are the platform's numbers for province, city, district and town.
type RegionIDs struct{ Province, City, District, Town int }

// ShipWithin is how long after payment an order may wait.
const ShipWithin = 48 * time.Hour

// Deadline returns when the order must have shipped.
func (o Order) Deadline() time.Time { return o.PaidAt.Add(ShipWithin) }

// VirtualLapsed reports whether the order's virtual number is known to reach
// nobody any more at a time.
func (o Order) VirtualLapsed(at time.Time) bool {
	return o.PhoneKind == waybill.PhoneVirtual && !o.VirtualUntil.IsZero() && !at.Before(o.VirtualUntil)
}

// NumberAsked reports why no number may be taken for o, or the empty string.
// The codes are those of package notice.
func (o Order) NumberAsked() (refusal string) {
	switch {
	case o.IsParent:
		return "order-is-parent"
	case o.State == Cancelled:
		return "order-cancelled"
	case o.State == Locked:
		return "order-locked"
	case o.State == Paused:
		return "order-paused"
	case o.State != ToShip:
		return "order-not-to-ship"
	case o.PhoneKind == waybill.PhoneSealed && o.Receiver.Name.Empty():
		return "receiver-sealed"
	case o.PhoneKind == waybill.PhoneMasked:
		return "phone-masked"
	case o.VirtualLapsed(o.ReadAt):
		return "phone-expired"
	case o.Receiver.Name.Empty():
		return "receiver-no-name"
	case o.Receiver.Phone.Empty():
		return "receiver-no-phone"
	case o.Receiver.Address.Empty():
		return "receiver-no-address"
	}
	return ""
}
