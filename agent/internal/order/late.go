package order

import (
	"fmt"
	"time"
)

// What a late shipment costs: a third party's merchant 30 % of the order's
// price, a self-operated one five yuan.
const (
	lateShare        = 30 // per cent
	lateSelfOperated = Money(500)
)

// SelfOperated reports whether the platform sells the goods itself and the
// merchant only ships them.
func (m Merchant) SelfOperated() bool { return m == FCS }

// Left returns how long the order may still wait, less than zero once it is
// late. known is false for an order that nobody says when it was paid.
func (o Order) Left(now time.Time) (left time.Duration, known bool) {
	if o.PaidAt.IsZero() {
		return 0, false
	}
	return o.Deadline().Sub(now), true
}

// LateCost returns what it costs not to have shipped by the deadline.
func (o Order) LateCost() Money {
	if o.Merchant.SelfOperated() {
		return lateSelfOperated
	}
	return (o.Price*lateShare + 50) / 100
}

// WarnAhead is how long before the deadline people are warned, if the settings
// say nothing: time enough to pack what a morning brings.
const WarnAhead = 6 * time.Hour

// Lateness returns what people are told of the deadline of an order that still
// ships: a code of package notice and what its sentence takes. The code is empty
// while there is more than ahead left, and for an order that nobody says when
// it was paid.
func (o Order) Lateness(now time.Time, ahead time.Duration) (code string, args []any) {
	left, known := o.Left(now)
	if !known || left > ahead || o.IsParent || o.State != ToShip {
		return "", nil
	}
	code = "order-late-cost"
	if left <= 0 {
		code = "order-is-late"
	}
	return code, []any{o.ID, o.Deadline().In(now.Location()).Format("01-02 15:04"), o.LateCost().Yuan()}
}

// Yuan writes an amount as people do: 59.00.
func (m Money) Yuan() string {
	sign := ""
	if m < 0 {
		sign, m = "-", -m
	}
	return fmt.Sprintf("%s%d.%02d", sign, m/100, m%100)
}

// Cautions are what people should know of an order that nevertheless ships, in
// codes of package notice that take the order's number.
func (o Order) Cautions() []string {
	var codes []string
	if o.Subscription && o.Plan == "" {
		codes = append(codes, "order-book-subscription")
	}
	if len(o.Items) == 0 && !o.IsParent {
		codes = append(codes, "order-goods-none")
	}
	return codes
}

// SealedNumberAsked is NumberAsked for a carrier account that is told of the
// receiver by the platform itself, under the order's Consignee, and whose label
// is made of the platform's sealed data: there a name or a phone that stays
// closed is no hindrance.
func (o Order) SealedNumberAsked() (refusal string) {
	switch refusal = o.NumberAsked(); refusal {
	case "receiver-sealed", "phone-masked", "phone-expired", "receiver-no-name", "receiver-no-phone", "receiver-no-address":
		if o.Consignee != "" {
			return ""
		}
	}
	return refusal
}
