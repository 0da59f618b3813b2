package carrier

import (
	"strings"

	"miandan/agent/internal/notice"
	"miandan/templates/waybill"
)

// longestNumber is more than any waybill number or barcode text that is known:
// JD's, with parcel and count behind it, has some 30 characters.
const longestNumber = 64

// Sound returns a notice if what a carrier gave for an order cannot be its
// number: a scanner and a console must be able to say it back. The number may
// have been taken all the same, so a person looks.
func Sound(order string, w waybill.Waybill) error {
	said := []string{string(w.Number)}
	for _, p := range w.Parcels {
		said = append(said, p.Barcode)
		if p.Number != "" {
			said = append(said, string(p.Number))
		}
	}
	for _, s := range said {
		if s == "" || len(s) > longestNumber || strings.Trim(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_/.+:$ ") != "" {
			return notice.New("number-malformed", nil, order)
		}
	}
	return nil
}
