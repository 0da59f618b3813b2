package ledger

import (
	"testing"
	"time"

	"miandan/agent/internal/order"
	"miandan/templates/pii"
)

// A reason that is written down without what its sentence takes has not that of the
// one before: the sentence would be about another thing.
func TestAReasonHasNoOthersWords(t *testing.T) {
	away := Problem{Code: "gateway-unreachable", Args: []any{"中通"}}
	for name, then := range map[string]func(b *bench, o order.Order){
		"carrier-answer-unknown": func(b *bench, o order.Order) {
			b.accept(o)
			b.do(b.NotIssued(b.t.Context(), o.Key, away, 0))
			b.do(b.issuing(o))
			b.crash()
		},
		"label-unknown": func(b *bench, o order.Order) {
			b.enqueue(o, 1)
			b.do(b.Release(b.t.Context(), b.print(Claimed).ID, away, 0))
			b.print(Claimed)
			b.db.Torn = true
			_, err := b.Recover(b.t.Context())
			b.do(err)
		},
		"order-changed": func(b *bench, o order.Order) {
			b.unrouted(o, away)
			o.Receiver.Phone = pii.NewPhone("13900000009")
			b.accept(o)
		},
		"order-cancelled": func(b *bench, o order.Order) {
			b.unrouted(o, away)
			o.State = order.Cancelled
			b.accept(o)
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			then(b, b.order("1"))
			if p := b.row("1").Problem; p.Code != name || p.Args != nil {
				t.Errorf("it stands as %s with %v", p.Code, p.Args)
			}
		})
	}
}

// unrouted takes an order to its number and no further.
func (b *bench) unrouted(o order.Order, why Problem) {
	b.t.Helper()
	b.accept(o)
	b.do(b.issuing(o))
	b.do(b.Issued(b.t.Context(), o.Key, bill(o, 1), 0))
	b.do(b.Unrouted(b.t.Context(), o.Key, why, time.Minute))
}
