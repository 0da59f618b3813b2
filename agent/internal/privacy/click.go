package privacy

import (
	"time"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
)

// Shown is what a person sees of a receiver after a click, which is one record
// in the audit. It prints as it is.
type Shown struct {
	Name    string `json:"name"`
	Address string `json:"address"`
	Call    *Call  `json:"call,omitempty"` // nil if there is no number to show
	// Why says why there is none; it takes the order's number.
	Why notice.Code `json:"why,omitempty"`
}

// Click returns what a click on an order shows: name, address and the virtual
// number while it lives. A real number is never shown, whoever clicks.
func Click(o order.Order, s Situation, now time.Time) Shown {
	shown := Shown{Name: o.Receiver.Name.Reveal(), Address: o.Receiver.Address.Reveal()}
	v, ok := Of(o)
	switch {
	case !ok:
		shown.Why = NoticeNotVirtual
	case !s.Alive(v, now):
		shown.Why = NoticeLapsed
		if _, refusal := s.Fetch(now); refusal != "" {
			shown.Why = refusal
		}
	default:
		c := v.Reveal()
		shown.Call = &c
	}
	return shown
}
