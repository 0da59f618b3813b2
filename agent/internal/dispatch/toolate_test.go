package dispatch

import (
	"slices"
	"testing"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/pii"
)

// TestPeopleAreToldOfWhatCameTooLate: the parcel of an order that was cancelled or
// changed when its label had begun is stopped by people alone.
func TestPeopleAreToldOfWhatCameTooLate(t *testing.T) {
	for want, change := range map[notice.Code]func(*order.Order){
		"order-cancelled-too-late": func(o *order.Order) { o.State = order.Cancelled },
		"order-changed-too-late":   func(o *order.Order) { o.Receiver.Phone = pii.NewPhone("13800000009") },
	} {
		d := newDesk(t)
		d.Rules.Route = func(order.Order) (string, bool) { return "wujie/ZTO", true }
		o := d.accept("1", nil)
		d.put(d.queue(o))
		change(&o)
		for range 2 { // it is told of for as long as the platform does
			d.do(d.acceptNew(t.Context(), []order.Order{o}))
		}
		if !slices.Equal(d.said, []notice.Code{want}) {
			t.Errorf("people were told %q, want %s once", d.said, want)
		}

		d = newDesk(t)
		d.Rules.Route = func(order.Order) (string, bool) { return "wujie/ZTO", true }
		o = d.accept("1", nil)
		n, err := d.Ledger.Next(t.Context())
		d.do(err)
		d.do(d.Ledger.Issuing(t.Context(), n))
		change(&o)
		d.do(d.acceptNew(t.Context(), []order.Order{o}))
		if len(d.said) > 0 {
			t.Errorf("before there is a label people were told %q", d.said)
		}
	}
}
