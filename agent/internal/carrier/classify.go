package carrier

import (
	"fmt"

	"miandan/agent/internal/outbound"
	"miandan/templates/waybill"
)

// Classify wraps a failed request for a number in ErrUnsent or ErrUnknown.
// noEffect is the gateway client's word that nothing can have happened.
func Classify(err error, noEffect bool) error {
	if noEffect {
		return fmt.Errorf("%w: %w", ErrUnsent, err)
	}
	return fmt.Errorf("%w: %w", ErrUnknown, err)
}

// Words makes a carrier's own words fit to be shown: carriers like to quote
// whom a parcel goes to.
func Words(words string, receiver waybill.Party) string {
	return outbound.Words(words, receiver.Name.Reveal(), receiver.Phone.Reveal(), receiver.Address.Reveal())
}
