// Package pick puts the orders of a wave into the sequence in which their goods
// are picked.
//
// Who walks the shelves once for all orders lays the goods down in the order of the
// walk; labels that come out in the same order are stuck on one after the other and
// nobody searches. Orders with one kind of goods come first: their goods are picked
// in bulk, and no two of them can be mixed up. Places are compared as people read
// them, A-2 before A-10.
package pick

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// Places says where goods lie, by SKU.
type Places map[string]string

// Stop is where an order's goods are picked first.
type Stop struct {
	Mixed bool // it has several kinds of goods
	Place string
}

// String is the stop as separators and lists show it: the place, with a mark for
// orders that several places go into.
func (s Stop) String() string {
	if s.Mixed {
		return strings.TrimSpace(s.Place + " +")
	}
	return s.Place
}

// Goods returns an order's goods in the sequence in which they are picked, each
// kind once.
func (p Places) Goods(o order.Order) []waybill.Item {
	var list []waybill.Item
	for _, item := range o.Items {
		item.Quantity = max(item.Quantity, 1)
		i := slices.IndexFunc(list, func(i waybill.Item) bool { return i.SKU == item.SKU && (item.SKU != "" || i.Name == item.Name) })
		if i < 0 {
			list = append(list, item)
			continue
		}
		list[i].Quantity += item.Quantity
	}
	slices.SortStableFunc(list, func(a, b waybill.Item) int {
		return cmp.Or(natural(p[a.SKU], p[b.SKU]), natural(a.SKU, b.SKU), cmp.Compare(a.Name, b.Name))
	})
	return list
}

// Stop returns where an order's goods are picked first.
func (p Places) Stop(o order.Order) Stop {
	goods := p.Goods(o)
	if len(goods) == 0 {
		return Stop{}
	}
	return Stop{len(goods) > 1, p[goods[0].SKU]}
}

// Sort puts orders into the sequence in which their goods are picked. Of those
// with the same goods the most urgent is first.
func (p Places) Sort(orders []order.Order) {
	type picked struct {
		order.Order
		stop  Stop
		goods []waybill.Item
	}
	list := make([]picked, len(orders))
	for i, o := range orders {
		list[i] = picked{o, p.Stop(o), p.Goods(o)}
	}
	slices.SortStableFunc(list, func(a, b picked) int {
		if a.stop.Mixed != b.stop.Mixed {
			if b.stop.Mixed {
				return -1
			}
			return 1
		}
		return cmp.Or(natural(a.stop.Place, b.stop.Place), skus(a.goods, b.goods), quantities(a.goods, b.goods),
			a.Deadline().Compare(b.Deadline()), cmp.Compare(a.ID, b.ID))
	})
	for i, o := range list {
		orders[i] = o.Order
	}
}

func skus(a, b []waybill.Item) int {
	return slices.CompareFunc(a, b, func(a, b waybill.Item) int { return cmp.Or(natural(a.SKU, b.SKU), cmp.Compare(a.Name, b.Name)) })
}

func quantities(a, b []waybill.Item) int {
	return slices.CompareFunc(a, b, func(a, b waybill.Item) int { return cmp.Compare(a.Quantity, b.Quantity) })
}

// Shown is goods in a line: CUP × 2, PEN × 1. What has no SKU goes by its name.
func Shown(goods []waybill.Item) string {
	var parts []string
	for _, g := range goods {
		parts = append(parts, cmp.Or(g.SKU, g.Name)+" × "+strconv.Itoa(g.Quantity))
	}
	return strings.Join(parts, ", ")
}

// natural compares texts as people read them: numbers in them by their value.
func natural(a, b string) int {
	for a != "" && b != "" {
		x, y := leading(a), leading(b)
		if x == "" || y == "" {
			if a[0] != b[0] {
				return cmp.Compare(a[0], b[0])
			}
			a, b = a[1:], b[1:]
			continue
		}
		n, m := strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
		if c := cmp.Or(cmp.Compare(len(n), len(m)), cmp.Compare(n, m)); c != 0 {
			return c
		}
		a, b = a[len(x):], b[len(y):]
	}
	return cmp.Compare(len(a), len(b))
}

// leading returns the digits that a text begins with.
func leading(s string) string {
	return s[:len(s)-len(strings.TrimLeft(s, "0123456789"))]
}
