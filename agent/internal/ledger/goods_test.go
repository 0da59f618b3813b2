package ledger

import (
	"fmt"
	"testing"
	"time"

	"miandan/templates/waybill"
)

// goods lists what the table says of the goods of all orders.
func (b *bench) goods() string {
	b.t.Helper()
	rows, err := b.db.Read.Query(`SELECT o.platform_id, g.sku, g.quantity FROM order_goods g JOIN orders o ON o.id = g.order_id ORDER BY 1, 2`)
	b.do(err)
	defer rows.Close()
	all := ""
	for rows.Next() {
		var (
			id, sku string
			n       int
		)
		b.do(rows.Scan(&id, &sku, &n))
		all += fmt.Sprintf("%s %s×%d; ", id, sku, n)
	}
	b.do(rows.Err())
	return all
}

// TestGoodsFollowTheOrder writes the goods down with the order, again when it is
// replaced, over a crash, and until the order's data is deleted.
func TestGoodsFollowTheOrder(t *testing.T) {
	b := newBench(t)
	o := b.order("1")
	o.Items = []waybill.Item{{SKU: "CUP", Quantity: 1}, {SKU: "PEN", Quantity: 2}, {SKU: "CUP", Quantity: 3}, {Name: "演示"}}
	b.accept(o)
	check := func(want string) {
		t.Helper()
		if got := b.goods(); got != want {
			t.Errorf("goods %q, want %q", got, want)
		}
	}
	check("1 CUP×4; 1 PEN×2; ")

	b.now = b.now.Add(time.Minute)
	changed := b.order("1")
	changed.Items = []waybill.Item{{SKU: "MUG", Quantity: 1}}
	changed.Services.Parcels = 2
	if v := b.accept(changed); v != Replaced {
		t.Fatalf("the changed order is %s, want replaced", v)
	}
	check("1 MUG×1; ")

	b.crash()
	check("1 MUG×1; ")

	_, err := b.Delete(t.Context(), o.Key, Person{Who: "tester", Why: "asked for"})
	b.do(err)
	check("")
}
