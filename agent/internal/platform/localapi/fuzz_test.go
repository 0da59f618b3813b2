package localapi_test

import (
	"testing"

	"miandan/agent/internal/hostile"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/platform/localapi"
	"miandan/templates/waybill"
)

// FuzzRead reads what any program may hand in: it is orders and sentences, no
// sentence names anybody, and a list in parts is the same list.
func FuzzRead(f *testing.F) {
	for _, seed := range append(hostile.JSON(whole), hostile.JSON("["+with("A-1", "A-2")+","+with("A-1", "S-1")+"]")...) {
		f.Add(seed)
	}
	f.Add([]byte(`{"id":"S-1","after_sales":true,"receiver":{"name":"演示张三[4740]","phone":"17000000000","virtual_until":"2026-11-25T10:00:00Z","address":"演示路1号"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if !hostile.Short(body) {
			return
		}
		hostile.Bounded(t, len(body), func() {
			list, err := localapi.Read(body, now)
			if err != nil {
				hostile.Silent(t, err.Error())
				if notice.CodeOf(err) == notice.Internal {
					t.Errorf("no sentence says %v", err)
				}
				return
			}
			for _, h := range list {
				o := h.Order
				for _, w := range h.Wrong {
					hostile.Silent(t, w.Why.Text(notice.English)+w.Why.Text(notice.Chinese))
					if !notice.Known(w.Why.Code) {
						t.Errorf("no sentence says %s", w.Why.Code)
					}
				}
				if len(h.Wrong) > 0 {
					continue
				}
				if o.ID == "" || o.ID != h.ID || o.Source != localapi.Name || o.PaidAt.IsZero() || o.Price < 0 || o.Collect < 0 || o.Insured < 0 || o.Parcels < 0 || o.Parcels > 99 || o.SignReturn > order.BothReturn {
					t.Errorf("the order %+v", o)
				}
				if o.State == order.ToShip && (o.Receiver.Name.Empty() || o.Receiver.Phone.Empty() || o.Receiver.Address.Empty() || o.PhoneKind != waybill.PhoneReal && o.PhoneKind != waybill.PhoneVirtual) {
					t.Errorf("an order that ships to nobody: %+v", o)
				}
			}
			n := 0
			for _, part := range localapi.Parts(body, 3) {
				again, err := localapi.Read(part, now)
				if err != nil {
					t.Errorf("a part of a good list: %v", err)
				}
				n += len(again)
			}
			if n != len(list) {
				t.Errorf("%d orders in parts, %d at once", n, len(list))
			}
		})
	})
}
