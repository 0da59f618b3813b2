package ledger

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"miandan/agent/internal/order"
)

// putGoods notes what an order is to be found and picked by. Goods without a SKU
// have no name but the one in the seal; those that stand in several lines are
// one kind.
func putGoods(tx *sql.Tx, id int64, o order.Order) error {
	if _, err := tx.Exec(`DELETE FROM order_goods WHERE order_id = ?`, id); err != nil {
		return err
	}
	goods, exact := goodsOf(o), ""
	for sku, n := range goods {
		if sku == "" {
			continue
		}
		if _, err := tx.Exec(`INSERT INTO order_goods (order_id, sku, quantity) VALUES (?, ?, ?)`, id, sku, n); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT OR IGNORE INTO skus (sku) VALUES (?)`, sku); err != nil {
			return err
		}
	}
	if len(goods) > 0 && goods[""] == 0 { // who scans all that can be scanned of a parcel must have all that is in it
		exact = exactly(goods)
	}
	_, err := tx.Exec(`UPDATE orders SET exactly = ? WHERE id = ? AND exactly <> ?`, exact, id, exact)
	return err
}

// goodsOf returns how many pieces of each SKU an order has; "" is what has none.
func goodsOf(o order.Order) map[string]int {
	goods := map[string]int{}
	for _, item := range o.Items {
		goods[item.SKU] += max(item.Quantity, 1)
	}
	return goods
}

// exactly is a fingerprint of goods and how many there are of each.
func exactly(goods map[string]int) string {
	h := sha256.New()
	for _, sku := range slices.Sorted(maps.Keys(goods)) {
		fmt.Fprintf(h, "%d %q\n", goods[sku], sku)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
