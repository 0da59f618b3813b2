package sf

import (
	"fmt"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// placed is an order as SF gives it, when it is placed and when it is looked up.
type placed struct {
	Order   jos.Text `json:"orderId"`
	Filter  jos.Text `json:"filterResult"`
	Remark  jos.Text `json:"remark"`
	Numbers []struct {
		Type   jos.Text `json:"waybillType"`
		Number jos.Text `json:"waybillNo"`
	} `json:"waybillNoInfoList"`
	Labels []routeLabel `json:"routeLabelInfo"`

	says string // in place of an order
}

// The kinds of numbers.
const (
	mother  = "1" // 母单
	child   = "2" // 子单
	receipt = "3" // 签回单, which brings the signed receipt back
)

// What SF thinks of the addresses, 筛单.
const (
	byHand       = "1"
	undelivered  = "3"
	toOutOfRange = "1"
	byOutOfRange = "2"
	otherReason  = "3"
)

func (p placed) there() bool { return p.Order != "" || len(p.Numbers) > 0 }

// numbered reports whether any number is named, whatever for.
func (p placed) numbered() bool {
	for _, n := range p.Numbers {
		if n.Number != "" {
			return true
		}
	}
	return false
}

// parcels returns the numbers of the parcels, the mother's first.
func (p placed) parcels() []waybill.Number {
	var first, rest []waybill.Number
	for _, n := range p.Numbers {
		switch n.Type {
		case mother:
			first = append(first, waybill.Number(n.Number))
		case child:
			rest = append(rest, waybill.Number(n.Number))
		}
	}
	if len(first) != 1 {
		return nil
	}
	return append(first, rest...)
}

// receipt returns the number under which the signed receipt comes back.
func (p placed) receipt() waybill.Number {
	for _, n := range p.Numbers {
		if n.Type == receipt {
			return waybill.Number(n.Number)
		}
	}
	return ""
}

// given makes a waybill of an answer that says yes.
func (i *Issuer) given(name string, r result, o order.Order) (waybill.Waybill, error) {
	var p placed
	if err := i.client.Read(name, r.Data, &p); err != nil {
		return waybill.Waybill{}, carrier.Classify(err, false)
	}
	return i.taken(name, p, o)
}

func (i *Issuer) taken(name string, p placed, o order.Order) (waybill.Waybill, error) {
	switch {
	case p.Filter == undelivered && p.numbered():
		return waybill.Waybill{}, i.client.Both(name, outOfRange(string(p.Remark), o))
	case p.Filter == undelivered:
		return waybill.Waybill{}, outOfRange(string(p.Remark), o)
	}
	if ref := i.account.Reference(o); p.Order != "" && string(p.Order) != ref {
		return waybill.Waybill{}, carrier.Classify(i.client.Broken(name, "another order than the one that was asked for"), false)
	}
	numbers := p.parcels()
	if len(numbers) != o.Boxes() {
		why := fmt.Sprintf("%d numbers for %d parcels", len(numbers), o.Boxes())
		if p.Filter == byHand && len(numbers) == 0 {
			why = "SF's people still look at the address, 人工筛单"
		}
		return waybill.Waybill{}, carrier.Classify(i.client.Broken(name, why), false)
	}
	w := i.waybill(o, numbers)
	p.apply(&w)
	if err := carrier.Sound(o.ID, w); err != nil {
		return waybill.Waybill{}, carrier.Classify(err, false)
	}
	return w, nil
}

// outOfRange refuses an order that SF does not carry. Whether SF remembers one
// that it did not carry is not public: it says that it answers again with the
// first order that was successful.
func outOfRange(remark string, o order.Order) error {
	switch remark {
	case toOutOfRange:
		return &carrier.Refusal{Code: "carrier-area", Message: "不可收派：收件地址超出服务范围"}
	case byOutOfRange:
		return &carrier.Refusal{Code: "carrier-area", Message: "不可收派：寄件地址超出服务范围"}
	case "", otherReason:
		remark = "其他原因"
	}
	return &carrier.Refusal{Code: "carrier-refused", Message: carrier.Words("不可收派："+remark, o.Receiver)}
}

func (i *Issuer) waybill(o order.Order, numbers []waybill.Number) waybill.Waybill {
	w := i.account.Waybill("SF", "顺丰速运", o, numbers[0])
	w.Parcels = carrier.Numbered(numbers)
	if i.account.Values["pay_method"] == "2" {
		w.Handling = append(w.Handling, "到付") // how much is known when it has been weighed
	}
	return w
}
