package ledger

import (
	"encoding/json"
	"errors"
	"fmt"

	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// packing is the form of what Pack writes. Stations of one fleet are not all
// updated in the same minute: an older one says that it cannot read what a newer
// one has packed, rather than to print half of it.
const packing = 1

type packed struct {
	Packing int            `json:"packing"`
	Order   orderRecord    `json:"order"`
	Renewed int            `json:"renewed,omitempty"`
	Waybill *waybillRecord `json:"waybill,omitempty"`
}

// PackingError reports a packed order whose form this program does not know.
type PackingError struct{ Packing int }

func (e *PackingError) Error() string {
	return fmt.Sprintf("the order was packed in form %d; this program reads form %d", e.Packing, packing)
}

// Pack returns an order and its waybill whole, for the stations of a fleet. It is
// plain text about a person: it goes into a seal, and nowhere else.
func Pack(o order.Order, w waybill.Waybill) ([]byte, error) {
	r := recordOfWaybill(w)
	return pack(packed{Order: recordOf(o), Renewed: o.Renewed, Waybill: &r})
}

// PackOrder is Pack for an order that has no number yet.
func PackOrder(o order.Order) ([]byte, error) {
	return pack(packed{Order: recordOf(o), Renewed: o.Renewed})
}

func pack(p packed) ([]byte, error) {
	p.Packing = packing
	b, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("pack order: %w", err)
	}
	return b, nil
}

// errNoWaybill reports an order that was packed without a number.
var errNoWaybill = errors.New("unpack order: it has no waybill")

// Unpack reads what Pack has written. The key is not in it: a seal says to which
// order it belongs.
func Unpack(b []byte, key order.Key) (order.Order, waybill.Waybill, error) {
	p, err := unpack(b)
	switch {
	case err != nil:
		return order.Order{}, waybill.Waybill{}, err
	case p.Waybill == nil:
		return order.Order{}, waybill.Waybill{}, errNoWaybill
	}
	return p.order(key), p.Waybill.waybill(), nil
}

// UnpackOrder reads the order of what Pack or PackOrder has written.
func UnpackOrder(b []byte, key order.Key) (order.Order, error) {
	p, err := unpack(b)
	if err != nil {
		return order.Order{}, err
	}
	return p.order(key), nil
}

func (p packed) order(key order.Key) order.Order {
	o := p.Order.order(key)
	o.Renewed = p.Renewed
	return o
}

func unpack(b []byte) (packed, error) {
	var p packed
	if err := json.Unmarshal(b, &p); err != nil {
		return packed{}, errors.New("unpack order: it is damaged") // the cause may quote what it holds
	}
	if p.Packing != packing {
		return packed{}, &PackingError{p.Packing}
	}
	return p, nil
}
