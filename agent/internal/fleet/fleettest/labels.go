package fleettest

import (
	"fmt"
	"testing"
	"time"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/order"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// Source is where the orders of Labels come from.
const Source = "fleettest"

// Labels publishes n labels of invented orders, sealed for whoever may print them
// now, as the platform station p, and returns their numbers. The orders are named
// name-1, name-2, …; the receivers are invented.
func Labels(t testing.TB, p *Member, name string, n int, target, paper string) []int64 {
	t.Helper()
	to, err := fleet.Recipients(t.Context(), p.Pool(), target)
	if err != nil {
		t.Fatal(err)
	}
	list := make([]fleet.New, n)
	for i := range list {
		o, w := Order(fmt.Sprintf("%s-%d", name, i+1))
		plain, err := ledger.Pack(o, w)
		if err != nil {
			t.Fatal(err)
		}
		place := fleet.Place{Order: o.Key, Waybill: string(w.Number)}
		sealed, err := fleet.Seal(plain, place, to)
		if err != nil {
			t.Fatal(err)
		}
		list[i] = fleet.New{Order: o.Key, Waybill: string(w.Number), Issuer: "practice", Template: "generic", Paper: paper, Target: target,
			Deadline: time.Now().Add(48 * time.Hour), Turn: 2, Sealed: sealed}
	}
	ids, err := fleet.Publish(t.Context(), p.Pool(), list)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// Order returns an invented order and its waybill.
func Order(id string) (order.Order, waybill.Waybill) {
	receiver := waybill.Party{Name: pii.NewName("演示收件人"), Phone: pii.NewPhone("13800000001"), Address: pii.NewAddress(pii.Region{Province: "浙江"}, "演示路1号")}
	o := order.Order{Key: order.Key{Source: Source, ID: id}, Receiver: receiver, PhoneKind: waybill.PhoneReal, PaidAt: time.Now()}
	w := waybill.Waybill{Carrier: "jd", Number: waybill.Number("JDX" + id), Order: id, Receiver: receiver, PhoneKind: waybill.PhoneReal, Parcels: []waybill.Parcel{{Barcode: "JDX" + id, Index: 1, Count: 1}}}
	return o, w
}
