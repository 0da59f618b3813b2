package carrier

import (
	"fmt"
	"strings"

	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// Hidden refuses an order whose receiver cannot be read, before anybody is
// asked for a number: a label with stars on it reaches nobody. Where the
// carrier takes the platform's oaid in the receiver's stead, byID, an order
// that has one may pass.
func Hidden(o order.Order, byID bool) error {
	to := o.Receiver
	if byID && o.Consignee != "" && !to.Name.Empty() && !to.Address.Empty() {
		return nil
	}
	switch {
	case o.PhoneKind == waybill.PhoneMasked || to.Phone.Hidden():
		return &Refusal{Code: "phone-masked", Message: "the phone is hidden"}
	case o.PhoneKind == waybill.PhoneSealed:
		return &Refusal{Code: "receiver-sealed", Message: "the receiver is encrypted"}
	case strings.ContainsAny(to.Name.Reveal(), "*＊•"), strings.Contains(to.Address.Reveal(), "**"), strings.ContainsAny(to.Address.Reveal(), "＊•"):
		return &Refusal{Code: "receiver-masked", Message: "the name or the address is hidden"}
	}
	return nil
}

// Many refuses an order of more parcels than the carrier takes at once.
func Many(o order.Order, most int) error {
	if o.Boxes() > most {
		return &Refusal{Code: "parcels-too-many", Message: fmt.Sprintf("%d > %d", o.Boxes(), most)}
	}
	return nil
}

// Unserved refuses an order that asks for a service that the settings do not
// say how to ask the carrier for.
func Unserved(service string) error { return &Refusal{Code: "service-not-set-up", Message: service} }

// Yuan is an amount as JD's carriers are told it.
func Yuan(m order.Money) float64 { return float64(m) / 100 }
