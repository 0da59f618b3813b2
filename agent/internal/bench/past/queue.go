package past

import (
	"context"
	"fmt"
	"time"

	"miandan/agent/internal/ledger"
	"miandan/agent/internal/order"
	"miandan/agent/internal/store"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// Paper is that of the queue's labels: one that no practice printer holds, so that they stay.
var Paper = ledger.Paper{Template: "jd-100x150", Size: "100x150"}

// Queue takes n orders to labels that wait for a printer, on their proper way but
// for the flushes of the disk.
func Queue(ctx context.Context, db *store.DB, l *ledger.Ledger, n int, now time.Time) error {
	if _, err := db.Write.ExecContext(ctx, `PRAGMA synchronous = OFF`); err != nil {
		return err
	}
	for i := range n {
		o := Order(i, now)
		if err := enqueue(ctx, l, o, Waybill(o)); err != nil {
			return err
		}
	}
	_, err := db.Write.ExecContext(ctx, `PRAGMA synchronous = FULL`)
	return err
}

func enqueue(ctx context.Context, l *ledger.Ledger, o order.Order, w waybill.Waybill) error {
	if _, err := l.Accept(ctx, o, ledger.Plan{Issuer: "jd-express", Wanted: true}); err != nil {
		return err
	}
	n, err := l.Next(ctx)
	if err != nil {
		return err
	}
	if err := l.Issuing(ctx, n); err != nil {
		return err
	}
	if err := l.Issued(ctx, o.Key, w, 40*time.Millisecond); err != nil {
		return err
	}
	return l.Enqueue(ctx, o.Key, w, Paper, 20*time.Millisecond)
}

// Order is the i-th of them.
func Order(i int, now time.Time) order.Order {
	return order.Order{
		Key: order.Key{Source: "local", ID: fmt.Sprintf("40%010d", i)}, State: order.ToShip, Merchant: order.SOP, PhoneKind: waybill.PhoneReal,
		Receiver: waybill.Party{Name: pii.NewName("演示收件人"), Phone: pii.NewPhone(fmt.Sprintf("1380000%04d", i%10000)),
			Address: pii.NewAddress(pii.Region{Province: "浙江省", City: "杭州市", District: "西湖区"}, fmt.Sprintf("演示路%d号2幢301室", i))},
		Items:  []waybill.Item{{Name: "演示商品", SKU: fmt.Sprintf("SKU-%03d", i%300), Quantity: 1}},
		PaidAt: now.Add(-time.Duration(i%3600) * time.Second), ReadAt: now, Modified: now,
	}
}

// Waybill is the number of one of them, with all that stands on its label.
func Waybill(o order.Order) waybill.Waybill {
	n := waybill.Number("JDVA" + o.ID)
	return waybill.Waybill{
		Carrier: "JD", CarrierName: "京东快递", Product: "特惠送", Number: n, Order: o.ID, Receiver: o.Receiver, PhoneKind: o.PhoneKind, Items: o.Items,
		Sender: waybill.Party{Name: pii.NewName("演示仓"), Phone: pii.NewPhone("13800000000"),
			Address: pii.NewAddress(pii.Region{Province: "北京市", City: "北京市", District: "大兴区"}, "演示园1号")},
		Parcels: []waybill.Parcel{{Barcode: string(n) + "-1-1-", Index: 1, Count: 1}},
	}
}
