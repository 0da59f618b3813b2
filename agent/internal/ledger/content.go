package ledger

import (
	"strconv"

	"miandan/agent/internal/order"
	"miandan/agent/internal/seal"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// content is what makes an order the same order, under this station's own key.
func (l *Ledger) content(o order.Order) []byte { return l.seal.Fingerprint(contentOf(o)...) }

// Content is what makes an order the same order under a key that several
// stations share.
func Content(key []byte, o order.Order) []byte { return seal.Keyed(key, contentOf(o)...) }

// contentOf is whom an order goes to. Virtual numbers, cipher texts and times
// change with every fetch and are left out.
func contentOf(o order.Order) [][]byte {
	phone := o.Receiver.Phone.Reveal()
	if o.PhoneKind != waybill.PhoneReal {
		phone = ""
	}
	parts := [][]byte{[]byte(o.Receiver.Name.Reveal()), []byte(phone), []byte(o.Receiver.Address.Reveal())}
	if o.Boxes() > 1 || o.Collect != 0 {
		parts = append(parts, strconv.AppendInt(nil, int64(o.Boxes()), 10))
	}
	if o.Collect != 0 { // what the courier takes stands on the label
		parts = append(parts, strconv.AppendInt(nil, int64(o.Collect), 10))
	}
	return parts
}

// ShownOtherwise reports whether an order that has its number, kept as it was read
// once, and what was read now are the same although they read differently: the
// platform shows the receiver in another way than it did. Only what both ways show
// is compared.
func ShownOtherwise(kept, o order.Order) bool {
	if kept.PhoneKind == o.PhoneKind || kept.Boxes() != o.Boxes() || kept.Collect != o.Collect {
		return false
	}
	was, is, none := kept.Receiver.Address, o.Receiver.Address, pii.Region{}
	if was.Region() != is.Region() && was.Region() != none && is.Region() != none {
		return false
	}
	// A real number may come in place of a virtual one, or the other way round.
	return closed(o) || closed(kept) || kept.Receiver.Name.Reveal() == o.Receiver.Name.Reveal() && was.Reveal() == is.Reveal()
}

// Closed reports whether the platform does not show whom the order goes to.
func Closed(o order.Order) bool { return closed(o) }

// SamePhone reports whether two readings of an order give the same number.
func SamePhone(a, b order.Order) bool { return a.Receiver.Phone.Reveal() == b.Receiver.Phone.Reveal() }
