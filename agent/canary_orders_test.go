package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

// handIn hands in orders of people as a program does: good ones, and each kind of
// wrong one, whose sentence must not say what stands there.
func (a *aviary) handIn() {
	const place = "浙江省杭州市西湖区"
	var list []map[string]any
	good := 0
	for _, p := range a.people[:min(len(a.people), 20)] {
		to := map[string]any{"name": p.Name, "phone": p.Mobile, "address": place + p.Address}
		o := map[string]any{"id": fmt.Sprintf("H-%d", p.Index), "receiver": to, "remark": p.Remark, "items": []any{map[string]any{"name": "演示马克杯"}}}
		switch p.Index % 10 {
		case 0:
			to["phone"] = p.Mobile + "转" + p.Landline
		case 1:
			to[p.Name], o[p.Mobile] = p.Address, 1
		case 2:
			o["id"] = p.Mobile
		case 3:
			o["id"], to["town"] = p.Name, p.Mobile
		case 4:
			to["address"], o["price"] = strings.Repeat(p.Address, 40), p.Landline
		case 5:
			o["receiver"] = p.Name + p.Mobile + p.Address
		case 6:
			to["phone"], to["virtual_until"], o["after_sales"] = p.Virtual, p.Name, true
		case 7:
			to["phone"], o["after_sales"] = p.Virtual, true
			good++
		default:
			good++
		}
		list = append(list, o)
	}
	orders, err := json.Marshal(list)
	a.must(err)
	for i, file := range []string{a.file("orders.json", string(orders)), a.file("broken.json", string(orders[:len(orders)-1]))} {
		out, err := a.command("orders", "add", file)
		if err == nil {
			a.t.Error("no order was refused")
		}
		if taken := strings.Count(out, " new "); i == 0 && (taken != good || strings.Count(out, " refused ") < len(list)-good) {
			a.t.Errorf("of %d orders %d were taken, want %d: %s", len(list), taken, good, a.masked(out))
		}
	}
	if out, err := a.command("orders", "add", a.out("none.json")); err == nil {
		a.t.Errorf("a file that is not there: %s", a.masked(out))
	}
}
