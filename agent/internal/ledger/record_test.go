package ledger

import (
	"reflect"
	"testing"
	"time"

	"miandan/agent/internal/order"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// TestNothingOfAnOrderIsLost seals an order of which every field says something
// and opens it again. A field that order.Order gains fails it until it is kept.
func TestNothingOfAnOrderIsLost(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2026, 11, 25, 9, minute, 0, 0, time.UTC) }
	want := order.Order{
		Key:      order.Key{Source: "jd", ID: "312045870013"},
		Services: order.Services{Collect: 32800, Insured: 10000, SignReturn: order.CheckedReturn, Parcels: 2},
		State:    order.ToShip, Merchant: order.FBP, Shop: "演示旗舰店", Parent: "312045870100", IsParent: true, Renewed: 1,
		Receiver: waybill.Party{
			Name: pii.NewName(name), Phone: pii.NewPhone(phone),
			Address: pii.NewAddress(pii.Region{Province: "江苏", City: "南京市", District: "玄武区", Town: "新街口街道"}, street),
		},
		PhoneKind: waybill.PhoneVirtual, VirtualUntil: at(1), Consignee: "o1-x", ReceiverMark: "mark", RegionIDs: order.RegionIDs{Province: 12, City: 904, District: 50648, Town: 50700},
		Items: []waybill.Item{{SKU: "CUP-350-W", Name: "杯", Quantity: 1}}, Remark: "请放门口", Note: "分2箱", Price: 5900, Shipment: "jd-express",
		Plan: "880013", Subscription: true, PaidAt: at(2), EndedAt: at(3), AfterSales: true, Modified: at(4), ReadAt: at(5),
	}
	for v, i := reflect.ValueOf(want), 0; i < v.NumField(); i++ {
		if v.Field(i).IsZero() {
			t.Errorf("%s says nothing: the test is not whole", v.Type().Field(i).Name)
		}
	}
	b := newBench(t)
	key, _, err := b.seal.NewKey()
	b.do(err)
	sealed, err := sealOrder(key, want)
	b.do(err)
	got, err := openOrder(key, want.Key, sealed)
	b.do(err)
	if g, w := got.Receiver, want.Receiver; !g.Name.Equal(w.Name) || !g.Phone.Equal(w.Phone) || !g.Address.Equal(w.Address) || g.Address.Region() != w.Address.Region() {
		t.Error("Receiver comes back as somebody else")
	}
	got.Receiver = want.Receiver
	got.Renewed = want.Renewed // it is counted in a column of its own
	for g, w, i := reflect.ValueOf(got), reflect.ValueOf(want), 0; i < w.NumField(); i++ {
		if !reflect.DeepEqual(g.Field(i).Interface(), w.Field(i).Interface()) {
			t.Errorf("%s comes back as %v", w.Type().Field(i).Name, g.Field(i))
		}
	}
}
