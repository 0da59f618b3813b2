package ledger

import (
	"testing"

	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// A platform's virtual number gives way to what the platform says last; a
// carrier's own does not, least of all to the real one.
func TestACarriersOwnNumberStays(t *testing.T) {
	for _, own := range []bool{false, true} {
		b := newBench(t)
		o := b.order("1")
		ctx := t.Context()
		b.accept(o)
		b.do(b.issuing(o))
		w := bill(o, 1)
		w.Receiver.Phone, w.PhoneKind, w.CarrierPhone = pii.NewPhone("95013000000000"), waybill.PhoneVirtual, own
		b.do(b.Issued(ctx, o.Key, w, 0))
		b.do(b.Enqueue(ctx, o.Key, w, Paper{"sto-76x130", "76x130"}, 0))
		l := b.print(Claimed)
		if stays := l.Receiver.Phone.Equal(w.Receiver.Phone) && l.PhoneKind == waybill.PhoneVirtual; stays != own {
			t.Errorf("the carrier's own: %v; it stays: %v, as a %s one", own, stays, l.PhoneKind)
		}
	}
}
