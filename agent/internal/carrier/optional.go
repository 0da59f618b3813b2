package carrier

import (
	"context"
	"errors"

	"miandan/agent/internal/order"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// Adopter is an Issuer that can make a waybill of a number that somebody found
// in the carrier's console, after its own answer was lost.
type Adopter interface {
	// Adopt returns the waybill of o under numbers: one for all parcels, or one
	// for each. It asks nobody; what it lacks of routing a Router fills in.
	Adopt(o order.Order, numbers []waybill.Number) (waybill.Waybill, error)
}

// Prover is an Issuer that can tell whether a number is the merchant's: asked
// before a number that somebody has typed in is believed.
type Prover interface {
	// Prove returns nil for a number that the carrier knows under this account.
	Prove(ctx context.Context, n waybill.Number) error
}

// Appender is an Issuer that gives one parcel more to an order that has its
// number, 追加子单.
type Appender interface {
	// Append takes a number for one more parcel and adds it to w. The call is
	// no more to be repeated than Issue; its errors are the same.
	Append(ctx context.Context, o order.Order, w *waybill.Waybill) error
}

// Referrer is an Issuer that can say under which reference its carrier is asked
// for an order. An order whose answer was lost is asked for again under that one
// only: settings may have changed since, and under another one a second number
// would be taken.
type Referrer interface {
	Reference(o order.Order) string
}

// Returner is an Issuer whose carrier takes numbers back under the number of
// their order: where the order is known, Return is asked in Cancel's stead.
type Returner interface {
	// Return gives back a number of an order, of which only what it is called and how
	// often it was renewed is known. Its errors are those of Cancel.
	Return(ctx context.Context, o order.Order, n waybill.Number) error
}

// Documents is an Issuer whose carrier draws the labels itself, 云打印.
type Documents interface {
	// Document returns the label of one parcel of w as the carrier draws it, or
	// ErrLater. It changes nothing at the carrier and may be called again at will.
	Document(ctx context.Context, w waybill.Waybill, parcel int) (Document, error)
}

// Document is a label as its carrier draws it: one of the two.
type Document struct {
	PDF []byte // of one page
	PNG []byte
}

// ErrLater reports a label that its carrier has not drawn yet.
var ErrLater = errors.New("the carrier has not drawn the label yet")

// Balance is an Issuer whose numbers are bought beforehand, 面单余额.
type Balance interface {
	// Balance returns how many numbers are left, or ErrUncounted.
	Balance(ctx context.Context) (int, error)
}

// ErrUncounted reports a carrier that does not count its numbers: one of
// 直营, which is paid by the parcel.
var ErrUncounted = errors.New("the carrier does not count its numbers")

// Contracts is an Issuer that can tell what the merchant has signed, 签约.
type Contracts interface {
	Contracts(ctx context.Context) ([]Contract, error)
}

// Contract is what a merchant has signed with one carrier.
type Contract struct {
	ProviderCode   string // ZTO, YTO …
	ProviderName   string
	ProviderID     int
	Direct         bool   // 直营: by settlement code; otherwise 加盟: by branch code
	BranchCode     string // 网点编码
	BranchName     string
	SettlementCode string // 财务结算编码
	Amount         int    // numbers left; of no meaning with Direct
	Collects       bool   // 代收货款 may be asked for
	Services       []string
	// From is the sender's address that was signed for; parcels from elsewhere
	// may be refused.
	From    pii.Address
	FromIDs order.RegionIDs
}

// Boxes returns the parcels of a waybill whose boxes all travel under its
// number, each with a barcode of its own.
func Boxes(n int, barcode func(index int) string) []waybill.Parcel {
	list := make([]waybill.Parcel, n)
	for i := range list {
		list[i] = waybill.Parcel{Barcode: barcode(i + 1), Index: i + 1, Count: n}
	}
	return list
}

// Numbered returns the parcels of a waybill whose boxes have a number each.
func Numbered(numbers []waybill.Number) []waybill.Parcel {
	list := Boxes(len(numbers), func(index int) string { return string(numbers[index-1]) })
	for i := range list {
		if len(list) > 1 {
			list[i].Number = numbers[i]
		}
	}
	return list
}
